"""What a box may do and use, and how it ended: the plain values that both sides of the sandbox share."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from biolabkit.errors import BiolabkitError, InputError

__all__ = ["ExitReport", "Level", "Limits", "Policy", "Reason", "SandboxError"]

Level = Literal["namespaces", "landlock", "none"]
Reason = Literal["ok", "error", "timeout", "memory", "disk", "killed", "signal", "lost"]

LEVELS: tuple[Level, ...] = ("namespaces", "landlock", "none")
# Handing one of these to a box would give back what the walls take away.
FORBIDDEN_PATHS = frozenset(
    map(Path, ("/", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/var"))
)


class SandboxError(BiolabkitError):
    """A box cannot be made, or the zygote that makes them has ended.

    It is about this machine and no submission's fault: a run ends with it, and the next one goes on.
    """


@dataclass(frozen=True)
class Limits:
    """How much a box may use.

    Attributes
    ----------
    seconds : float
        Wall-clock time of the whole box, counted from its start. Deadlines per cell are the supervisor's:
        it calls `Box.kill` with the reason ``"timeout"``.
    memory_mb : int
        MiB that the box's processes together may hold beyond what the zygote had loaded already. A single
        allocation beyond it raises `MemoryError` in the box; the sum of all processes is watched, and the
        box is killed with the reason ``"memory"``.
    processes : int
        Processes and threads together.
    disk_mb : int
        MiB of files in the box's folders together.
    output_bytes : int
        Bytes of outputs per submission. The walls know no outputs: the supervisor that relays them counts.
    open_files : int
        Descriptors per process.
    """

    seconds: float = 300.0
    memory_mb: int = 2048
    processes: int = 64
    disk_mb: int = 256
    output_bytes: int = 20_000_000
    open_files: int = 256

    def __post_init__(self) -> None:
        """Refuse limits that limit nothing."""
        wrong = [f"{name} = {value!r}" for name, value in asdict(self).items() if not value > 0]
        if wrong:
            raise InputError(f"limits of a box: expected numbers above 0, found {', '.join(wrong)}")


@dataclass(frozen=True)
class Policy:
    """What one box may see and use, and which walls stand around it.

    Attributes
    ----------
    isolation : {"namespaces", "landlock", "none"}
        The walls; choose with `detect`. Never lowered silently.
    read_only : tuple of Path
        Files and folders that the box may read besides the interpreter and the packages.
    datasets : tuple of Path
        The course's data folders; readable as well.
    environment : mapping of str to str
        Added to the box's otherwise cleaned environment.
    limits : Limits
        How much it may use.
    unsafe : bool
        Required for ``isolation="none"``, where learner code runs with the rights of the caller.
    """

    isolation: Level
    read_only: tuple[Path, ...] = ()
    datasets: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    unsafe: bool = False

    def __post_init__(self) -> None:
        """Refuse what would open the box."""
        if self.isolation not in LEVELS:
            raise InputError(f"isolation: expected one of {', '.join(LEVELS)}, found {self.isolation!r}")
        if self.isolation == "none" and not self.unsafe:
            raise SandboxError(
                "this machine isolates nothing: learner code would run with your rights; "
                "grade on Linux, or accept the risk with --unsafe"
            )
        for path in self.paths:
            if not path.is_absolute() or Path(os.path.realpath(path)) in FORBIDDEN_PATHS:
                raise SandboxError(
                    f"{path}: a box gets absolute paths below the system folders, not this one"
                )

    @property
    def paths(self) -> tuple[Path, ...]:
        """All that the box may read besides interpreter and packages."""
        return (*map(Path, self.read_only), *map(Path, self.datasets))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as they travel to the zygote."""
        return {
            "isolation": self.isolation,
            "read_only": [str(path) for path in self.read_only],
            "datasets": [str(path) for path in self.datasets],
            "environment": dict(self.environment),
            "limits": asdict(self.limits),
            "unsafe": self.unsafe,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Policy":
        """Build the policy again from `to_dict`'s values."""
        return cls(
            isolation=values["isolation"],
            read_only=tuple(map(Path, values["read_only"])),
            datasets=tuple(map(Path, values["datasets"])),
            environment=values["environment"],
            limits=Limits(**values["limits"]),
            unsafe=values["unsafe"],
        )


@dataclass(frozen=True)
class ExitReport:
    """How a box ended.

    Attributes
    ----------
    reason : str
        ``"ok"``: the role's main returned. ``"error"``: it raised or left with a status. ``"signal"``: it
        crashed. ``"timeout"``, ``"memory"``, ``"disk"``: a limit was hit. ``"killed"``: `Box.kill` was
        called. ``"lost"``: the zygote ended and took the box with it.
    seconds : float
        Wall-clock time from its start to its end.
    max_rss : int
        Peak resident bytes of its main process, pages shared with the zygote included.
    cpu_seconds : float
        Processor time of its main process and of the children that this one waited for.
    detail : str
        The last lines of the role's traceback, or the signal's name. Learner code may have written it: show
        it to the instructor as text only.
    """

    reason: Reason
    seconds: float
    max_rss: int = 0
    cpu_seconds: float = 0.0
    detail: str = ""
