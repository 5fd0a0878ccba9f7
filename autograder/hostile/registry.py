"""The register of attacks: a function each, with a group, one sentence and what it honestly earns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .notebook import HONEST_POINTS, Submitted, Targets

__all__ = ["ATTACKS", "REFUSED", "Attack", "Group", "attack", "file_attack"]

Group = Literal["points", "harm", "design", "malformed", "rendering"]

#: Earned by a file that cannot be graded at all: the learner gets a line that says why.
REFUSED = -1.0

Edit = Callable[[Submitted], None]
Write = Callable[[Path, Submitted], None]


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Attributes
    ----------
    name : str
        The name of its function, with blanks.
    group : str
    does : str
        What it does, in one sentence.
    earns : float
        The points that its honest answers are worth, or `REFUSED`.
    told : bool
        It hits a limit or loses its process: the learner must be told so in a sentence.
    edit : callable, optional
        Changes the released notebook.
    write : callable, optional
        Writes the file itself, in the folder it is given.
    """

    name: str
    group: Group
    does: str
    earns: float
    told: bool = False
    edit: Edit | None = None
    write: Write | None = None

    def place(self, folder: Path, released: bytes, targets: Targets) -> None:
        """Put the submission into a learner's folder of an exercise.

        Parameters
        ----------
        folder : Path
            ``submitted/<learner>/<exercise>``; it exists.
        released : bytes
            The notebook as it was released.
        targets : Targets
            What the attack aims at.
        """
        notebook = Submitted(released, targets)
        if self.edit is not None:
            self.edit(notebook)
            (folder / f"{folder.name}.ipynb").write_bytes(notebook.to_bytes())
        elif self.write is not None:
            self.write(folder / f"{folder.name}.ipynb", notebook)


#: All attacks, by name.
ATTACKS: dict[str, Attack] = {}


def attack(
    group: Group, does: str, *, earns: float = HONEST_POINTS, told: bool = False
) -> Callable[[Edit], Edit]:
    """Register a function that edits a released notebook."""

    def register(edit: Edit) -> Edit:
        _add(Attack(_name(edit), group, does, earns, told, edit=edit))
        return edit

    return register


def file_attack(group: Group, does: str, *, earns: float = REFUSED) -> Callable[[Write], Write]:
    """Register a function that writes the submitted file itself."""

    def register(write: Write) -> Write:
        _add(Attack(_name(write), group, does, earns, write=write))
        return write

    return register


def _name(function: Callable[..., None]) -> str:
    return function.__name__.replace("_", " ")


def _add(one: Attack) -> None:
    if one.name in ATTACKS:
        raise ValueError(f"two attacks are called {one.name!r}")
    ATTACKS[one.name] = one
