"""``submitted/<learner>/<exercise>/submission.json``: by which tokens the feedback of a file is found."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write

__all__ = ["TOKEN", "SubmissionRecord", "read_record", "read_replaces", "write_record"]

FILE = "submission.json"
TOKEN = re.compile(r"[0-9a-f]{32}")
#: A learner who hands in all day is no reason for a file without end.
_MOST_TOKENS = 200


@dataclass(frozen=True)
class SubmissionRecord:
    """What is known of a learner's submissions to one exercise.

    Attributes
    ----------
    token : str or None
        Of the submission that is in ``submitted/``.
    secret : str or None
        nbgrader's, of the same submission.
    tokens : tuple of (sha256, token)
        Of all that were collected from an exchange, the last one last.
    """

    token: str | None = None
    secret: str | None = None
    tokens: tuple[tuple[str, str], ...] = ()

    def tokens_of(self, sha256: str) -> list[str]:
        """The tokens under which a file was handed in."""
        return [token for digest, token in self.tokens if digest == sha256]

    def collected(self, sha256: str, token: str | None, secret: str | None) -> SubmissionRecord:
        """The record after a submission was taken."""
        tokens = self.tokens
        if token and (sha256, token) not in tokens:
            tokens = (*tokens, (sha256, token))[-_MOST_TOKENS:]
        return SubmissionRecord(token, secret, tokens)


def read_record(notebook: Path) -> SubmissionRecord:
    """Read the record beside a submitted notebook; an empty one where there is none."""
    values = _parsed(_bytes(notebook.with_name(FILE)))
    if values.get("format") != 1 or not isinstance(values.get("tokens"), list):
        return SubmissionRecord()
    pairs = [tuple(pair) for pair in values["tokens"] if isinstance(pair, list) and len(pair) == 2]
    tokens = tuple((str(digest), token) for digest, token in pairs if _is_token(token))
    token, secret = values.get("token"), values.get("secret")
    return SubmissionRecord(
        token if _is_token(token) else None, secret if isinstance(secret, str) else None, tokens
    )


def write_record(notebook: Path, record: SubmissionRecord) -> None:
    """Write the record beside a submitted notebook; only the instructor's account may read it."""
    values = {
        "format": 1,
        "token": record.token,
        "secret": record.secret,
        "tokens": [list(pair) for pair in record.tokens],
    }
    with atomic_write(notebook.with_name(FILE), permissions=0o600) as stream:
        json.dump(values, stream, indent=1)


def read_replaces(content: bytes | None) -> str | None:
    """The token of the submission before, as the learner's side wrote it into ``submission.json``."""
    replaces = _parsed(content).get("replaces")
    return replaces if _is_token(replaces) else None


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and TOKEN.fullmatch(value) is not None


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _parsed(content: bytes | None) -> dict[str, Any]:
    try:
        values = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
