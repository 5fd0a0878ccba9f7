"""Where the desk keeps its own few files inside a course."""

from __future__ import annotations

from pathlib import Path

__all__ = ["answer_file", "lock_file", "make_room", "room", "runs_folder"]


def room(folder: Path) -> Path:
    """The desk's hidden folder in a course folder; it may not be there yet."""
    return folder / ".desk"


def make_room(folder: Path) -> None:
    """Make the desk's folder: names, points and the address with its token are nobody else's."""
    room(folder).mkdir(mode=0o700, exist_ok=True)


def lock_file(folder: Path) -> Path:
    """Held by the one run of a course while it goes on."""
    return room(folder) / "run.lock"


def answer_file(folder: Path) -> Path:
    """What the instructor answered to the run that asks."""
    return room(folder) / "answer.json"


def runs_folder(folder: Path) -> Path:
    """The records of the last runs."""
    return room(folder) / "runs"
