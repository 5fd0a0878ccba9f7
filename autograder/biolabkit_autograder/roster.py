"""The roster: who learns in a course, read from the CSV file that an instructor keeps."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from biolabkit.errors import CourseError

from .authoring.problem import Problem

__all__ = ["LEARNER_ID", "Learner", "read_roster", "read_text", "told_apart"]

#: File names and nbgrader's globs take these as they are; Korean letters are letters.
LEARNER_ID = re.compile(r"\w[\w.@-]{0,63}")
_COLUMNS = {
    "id": "id",
    "learner": "id",
    "학번": "id",
    "아이디": "id",
    "name": "name",
    "이름": "name",
    "성명": "name",
    "email": "email",
    "e-mail": "email",
    "이메일": "email",
    "account": "account",
    "계정": "account",
}


@dataclass(frozen=True)
class Learner:
    """One line of the roster.

    Attributes
    ----------
    id, name, email : str
    account : str
        The learner's account on a shared server; empty when it is called as the id.
    """

    id: str
    name: str
    email: str = ""
    account: str = ""


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """What to call each learner where the id does not stand beside the name: namesakes have theirs with it.

    Examples
    --------
    >>> told_apart({"s1": "Kim Minji", "s2": "Kim Minji", "s3": "Lee"})
    {'s1': 'Kim Minji (s1)', 's2': 'Kim Minji (s2)', 's3': 'Lee'}
    """
    bearers = Counter(names.values())
    return {learner: f"{name} ({learner})" if bearers[name] > 1 else name for learner, name in names.items()}


def read_roster(path: Path) -> dict[str, Learner]:
    """Read a roster: a CSV file with the columns ``id``, ``name`` and, if wanted, ``email`` and ``account``.

    UTF-8 with or without a byte-order mark, or CP949 as a Korean Excel writes it.

    Returns
    -------
    dict of str to Learner
        By id, in the file's order.

    Raises
    ------
    CourseError
        All problems at once, one a line, as ``file:line``.
    """
    rows = csv.reader(io.StringIO(read_text(path, "the roster"), newline=""))
    header = [_COLUMNS.get(cell.strip().lower(), cell.strip()) for cell in next(rows, [])]
    if "id" not in header or "name" not in header:
        raise CourseError(
            f"{path}:1: expected the columns id, name, email, separated by commas; "
            f"found {', '.join(header) or 'none'}"
        )
    learners: dict[str, Learner] = {}
    problems: list[Problem] = []
    line = rows.line_num + 1
    for row in rows:
        number, line = line, rows.line_num + 1
        texts = [cell.strip() for cell in row]
        if not any(texts):
            continue
        cells = dict(zip(header, texts, strict=False))
        learner_id = unicodedata.normalize("NFC", cells.get("id", ""))
        if problem := _row_problem(header, texts, learner_id, learners):
            problems.append(Problem(path, number, problem))
        else:
            name = unicodedata.normalize("NFC", cells.get("name", "")) or learner_id
            account = cells.get("account", "")
            learners[learner_id] = Learner(learner_id, name, cells.get("email", ""), account)
    if problems:
        raise CourseError("\n".join(str(problem) for problem in problems))
    return learners


def _row_problem(header: list[str], texts: list[str], learner_id: str, learners: Iterable[str]) -> str | None:
    """What is wrong with a learner's row: what would lose a learner, or put a cell into another's column."""
    if any("\n" in text for text in texts):
        return "a cell goes on over the end of the line; close its quotation mark"
    if any(texts[len(header) :]):
        return (
            f"{len(texts)} cells where the header has {len(header)}; put quotation marks around a cell that "
            "has a comma"
        )
    if not learner_id:
        return "the id is missing"
    if not LEARNER_ID.fullmatch(learner_id):
        return f"the id {learner_id!r} may have letters, digits and . _ @ - only"
    return f"the id {learner_id!r} is there twice; keep one" if learner_id in learners else None


def read_text(path: Path, what: str) -> str:
    """Read a file that an instructor saved: UTF-8, or CP949 as a Korean Excel writes it.

    Raises
    ------
    CourseError
        When it cannot be read, or is neither; `what` is the file's name in the message.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: {what} cannot be read ({error.strerror})") from error
    # a workbook that is only called .csv decodes by chance, but no text has a zero byte
    for encoding in () if b"\0" in data else ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CourseError(f"{path}: {what} is neither UTF-8 nor CP949 text; save it as CSV UTF-8")
