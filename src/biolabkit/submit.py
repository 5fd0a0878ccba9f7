"""`biolab submit`: put a saved notebook into the course's inbox, whole, with a receipt."""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from biolabkit._files import atomic_write
from biolabkit._settings import PRACTICE, find_language, find_learner
from biolabkit.errors import FormatError, InputError

__all__ = ["Receipt", "submit", "submit_notebook"]

LARGEST_BYTES = 20_000_000
_START = re.compile(r"""\blab\.start\(\s*["']([^"']+)["']""")
_UNANSWERED = re.compile(r"^\s*raise NotImplementedError\(\)\s*$", re.MULTILINE)
_SAFE = re.compile(r"[^\\/:*?\"<>|\x00-\x1f.][^\\/:*?\"<>|\x00-\x1f]{0,99}")

_WORDS = {
    "en": "Submitted {exercise} for {learner}\n"
    "  notebook   {notebook}, saved {saved:%Y-%m-%d %H:%M:%S %z}\n"
    "  received   {received:%Y-%m-%d %H:%M:%S %z}\n"
    "  SHA-256    {sha256}\n"
    "  in         {target}",
    "ko": "{learner} 님의 {exercise} 과제를 제출했습니다.\n"
    "  노트북     {notebook}, 저장 시각 {saved:%Y-%m-%d %H:%M:%S %z}\n"
    "  접수 시각  {received:%Y-%m-%d %H:%M:%S %z}\n"
    "  SHA-256    {sha256}\n"
    "  위치       {target}",
}
_REPLACED = {"en": "  It replaces your earlier submission.", "ko": "  이전 제출물을 대신합니다."}
_OPEN = {
    "en": "  Note: {count} tasks are unanswered; if you answered them, save the notebook and submit again.",
    "ko": "  참고: 답하지 않은 과제가 {count}개 있습니다. 답하셨다면 노트북을 저장하고 다시 제출하십시오.",
}


@dataclass(frozen=True)
class Receipt:
    """What was handed in, when and where."""

    exercise: str
    learner: str
    notebook: Path
    saved: datetime
    received: datetime
    sha256: str
    target: Path
    replaced: bool
    unanswered: int

    def to_text(self, language: str) -> str:
        """The receipt in ``"en"`` or ``"ko"``."""
        lines = [_WORDS[language].format(**vars(self))]
        if self.replaced:
            lines.append(_REPLACED[language])
        if self.unanswered:
            lines.append(_OPEN[language].format(count=self.unanswered))
        return "\n".join(lines)


def submit(
    notebook: Annotated[
        Path | None, typer.Argument(help="The notebook; by default the only one here.")
    ] = None,
    learner: Annotated[str | None, typer.Option(help="Your id in the course.")] = None,
) -> None:
    """Hand in a saved notebook; the receipt shows its time and SHA-256."""
    path = notebook or _only_notebook(Path())
    typer.echo(submit_notebook(path, learner).to_text(find_language(path.absolute().parent)))


def submit_notebook(path: Path, learner: str | None = None) -> Receipt:
    """Put a notebook into the inbox that `submit_to` in biolab.toml beside it names.

    Raises
    ------
    InputError
        When the notebook, the inbox or the learner is not known.
    FormatError
        When the file is not a notebook, or biolab.toml is not TOML.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such notebook; save it first, or check the name")
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise InputError(
            f"{path}: {size / 1e6:.0f} MB, and at most {LARGEST_BYTES / 1e6:.0f} MB are accepted; "
            "clear large outputs, save and submit again"
        )
    content = path.read_bytes()
    sources = list(_code(path, content))
    settings = _settings(path.absolute().parent)
    exercise = _exercise(path, sources, settings)
    learner = _safe("learner", learner or find_learner(path.absolute().parent))
    if learner == PRACTICE:
        raise InputError("who are you? set `learner` in biolab.toml beside the notebook, or use --learner ID")
    target = _inbox(path, settings) / exercise / f"{learner}.ipynb"
    replaced = target.exists()
    _write(target, content)
    return Receipt(
        exercise=exercise,
        learner=learner,
        notebook=path,
        saved=datetime.fromtimestamp(path.stat().st_mtime).astimezone(),
        received=datetime.now().astimezone(),
        sha256=hashlib.sha256(content).hexdigest(),
        target=target,
        replaced=replaced,
        unanswered=sum(len(_UNANSWERED.findall(source)) for source in sources),
    )


def _only_notebook(folder: Path) -> Path:
    found = sorted(folder.glob("*.ipynb"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise InputError(f"which notebook? there are: {names}; name one: biolab submit NOTEBOOK")
    return found[0]


def _code(path: Path, content: bytes) -> Iterator[str]:
    """The sources of the code cells of a notebook of format 4."""
    try:
        notebook = json.loads(content)
    except ValueError as error:
        raise FormatError(
            f"{path}: not a notebook, as it is not JSON ({error}); save it in JupyterLab"
        ) from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or notebook.get("nbformat") != 4:
        raise FormatError(f"{path}: not a notebook of format 4; open and save it in JupyterLab")
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", "")
            yield "".join(source) if isinstance(source, list) else str(source)


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / "biolab.toml"
    if not path.is_file():
        raise InputError(
            f"{path} is missing: it came with the notebook and says where to submit; get it again"
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FormatError(f"{path}: not TOML: {error}") from None


def _exercise(path: Path, sources: list[str], settings: dict[str, Any]) -> str:
    """The exercise as the notebook itself says it: the file may have been renamed."""
    for source in sources:
        if found := _START.search(source):
            return _safe("exercise", found.group(1))
    return _safe("exercise", str(settings.get("exercise") or path.stem))


def _safe(what: str, name: str) -> str:
    """A name that is one plain file name on every system."""
    if not _SAFE.fullmatch(name) or name != name.strip():
        raise InputError(f"{what} {name!r} cannot be a file name; use letters, digits, spaces and hyphens")
    return name


def _inbox(path: Path, settings: dict[str, Any]) -> Path:
    named = settings.get("submit_to")
    if not isinstance(named, str) or not named:
        raise InputError(
            f"{path.absolute().parent / 'biolab.toml'}: `submit_to` is missing; ask your instructor"
        )
    inbox = path.absolute().parent / Path(named).expanduser()
    if not inbox.is_dir():
        raise InputError(
            f"the course's inbox {inbox} is not there; is its disk connected? ask your instructor"
        )
    return inbox


def _write(target: Path, content: bytes) -> None:
    folder = target.parent
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        with suppress(PermissionError):  # another learner made it a moment ago
            folder.chmod(folder.parent.stat().st_mode & 0o7777)  # the next learner must be able to write too
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"you may not write into the course's inbox {folder}; ask your instructor")
    try:
        with atomic_write(target, "wb") as stream:
            stream.write(content)
    except OSError as error:
        raise InputError(
            f"cannot write into the course's inbox {folder}: {error.strerror}; nothing was submitted"
        ) from error
