"""Receipts: what was handed in, when, and the token by which its feedback is found.

A receipt is written before the notebook leaves (``….sending``) and gets its name when it has arrived. So a
hand-in that was cut off at any moment is known afterwards: it arrived, or it did not.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write

from .folder import CourseFolder
from .phrases import called, say

__all__ = ["Receipt", "all_of", "newest"]

_FORMAT = 1
_SENDING = ".sending"
#: A hand-in that has not arrived by then was cut off.
_CUT_OFF_SECONDS = 600


@dataclass(frozen=True)
class Receipt:
    """What was handed in, when and where.

    Attributes
    ----------
    exercise, learner : str
    notebook : Path
        The file that was handed in.
    saved, received : datetime
        When it was saved, and when it was handed in; with their offset.
    sha256 : str
        Of the file's bytes.
    target : Path
        Where it was put.
    token : str
        32 hexadecimal digits that nobody else knows; feedback is published under them.
    replaced : bool
        There was an earlier one.
    late : bool
        It was received after the due date.
    unanswered : tuple of str
        Names of the tasks without an answer.
    replaces : str or None
        Token of the hand-in before.
    number : int
        1 for the first hand-in of the exercise. It orders receipts where a clock was put back.
    """

    exercise: str
    learner: str
    notebook: Path
    saved: datetime
    received: datetime
    sha256: str
    target: Path
    token: str
    replaced: bool = False
    late: bool = False
    unanswered: tuple[str, ...] = ()
    replaces: str | None = None
    number: int = 1

    def to_dict(self) -> dict[str, Any]:
        """The receipt as JSON holds it; times in ISO 8601 with their offset."""
        return {
            "format": _FORMAT,
            "exercise": self.exercise,
            "learner": self.learner,
            "notebook": str(self.notebook),
            "saved": self.saved.isoformat(),
            "received": self.received.isoformat(),
            "sha256": self.sha256,
            "target": str(self.target),
            "token": self.token,
            "replaced": self.replaced,
            "late": self.late,
            "unanswered": list(self.unanswered),
            "replaces": self.replaces,
            "number": self.number,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Receipt":
        """Read what `to_dict` gave.

        Raises
        ------
        KeyError, TypeError, ValueError
            When it is not that.
        """
        return cls(
            exercise=str(values["exercise"]),
            learner=str(values["learner"]),
            notebook=Path(values["notebook"]),
            saved=datetime.fromisoformat(values["saved"]),
            received=datetime.fromisoformat(values["received"]),
            sha256=str(values["sha256"]),
            target=Path(values["target"]),
            token=str(values["token"]),
            replaced=bool(values["replaced"]),
            late=bool(values["late"]),
            unanswered=tuple(map(str, values["unanswered"])),
            replaces=values.get("replaces"),
            number=int(values["number"]),
        )

    def to_text(self, language: str) -> str:
        """The receipt in ``"en"`` or ``"ko"``, a line for each thing."""
        in_exchange = self.token in self.target.name  # the token is nobody else's business
        lines = [
            say(
                language,
                "receipt",
                exercise=self.exercise,
                learner=self.learner,
                notebook=self.notebook,
                saved=self.saved,
                received=self.received,
                sha256=self.sha256,
                target=self.target.parent if in_exchange else self.target,
            )
        ]
        if self.late:
            lines.append(say(language, "receipt-late"))
        if self.replaced:
            lines.append(say(language, "receipt-replaced"))
        if self.unanswered:
            names = called(language, self.unanswered)
            phrase = "receipt-unanswered-one" if len(self.unanswered) == 1 else "receipt-unanswered"
            lines.append(say(language, phrase, count=len(self.unanswered), names=names))
        return "\n".join(lines)


def newest(course: CourseFolder, exercise: str) -> Receipt | None:
    """The receipt of the last hand-in of an exercise that arrived; None when there is none."""
    return next(iter(all_of(course, exercise)), None)


def all_of(course: CourseFolder, exercise: str) -> list[Receipt]:
    """The receipts of an exercise, the newest first."""
    folder = _folder(course, exercise)
    for path in folder.glob(f"*{_SENDING}"):
        _settle(path)
    found = [receipt for path in folder.glob("*.json") if (receipt := _read(path))]
    return sorted(found, key=lambda one: (one.number, one.received.astimezone(UTC)), reverse=True)


def begin(course: CourseFolder, receipt: Receipt) -> Path:
    """Write a receipt before its notebook leaves.

    Raises
    ------
    OSError
        When it cannot be written; nothing was handed in then.
    """
    folder = _folder(course, receipt.exercise)
    name = f"{receipt.received.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{receipt.token[:8]}{_SENDING}"
    with atomic_write(folder / name, permissions=0o600) as stream:  # the token is the trainee's alone
        json.dump(receipt.to_dict(), stream, ensure_ascii=False, indent=1)
    return folder / name


def finish(sending: Path) -> None:
    """Say that the notebook has arrived: a rename, which a full disk does not refuse."""
    with suppress(FileNotFoundError):  # somebody looked at the receipts meanwhile, and has done it
        os.replace(sending, sending.with_suffix(".json"))  # noqa: PTH105  (atomic on every system)


def temporary(target: Path, token: str) -> Path:
    """The name that a folder in the exchange has until it is whole."""
    return target.with_name(f".{token}.part")


def _folder(course: CourseFolder, exercise: str) -> Path:
    return course.state(exercise) / "receipts"


def _read(path: Path) -> Receipt | None:
    try:
        return Receipt.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _settle(sending: Path) -> None:
    """Find out what became of a hand-in that did not end; remove what it left when it was cut off."""
    receipt = _read(sending)
    try:
        age = time.time() - sending.stat().st_mtime
    except OSError:
        return
    if receipt is not None and _arrived(receipt):
        finish(sending)
    elif abs(age) > _CUT_OFF_SECONDS:
        if receipt is not None:
            shutil.rmtree(temporary(receipt.target, receipt.token), ignore_errors=True)
        with suppress(OSError):
            sending.unlink()


def _arrived(receipt: Receipt) -> bool:
    if receipt.token in receipt.target.name:
        return receipt.target.is_dir()
    try:
        return hashlib.sha256(receipt.target.read_bytes()).hexdigest() == receipt.sha256
    except OSError:
        return False
