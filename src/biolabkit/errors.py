"""Every exception that biolabkit raises on purpose, in one tree.

::

    BiolabkitError                 something a user can mend; the command line prints it as one line
    ├── InputError                 a value, file or table that cannot be used (also a ValueError)
    │   ├── UnknownNameError       a name that does not exist; suggests the near one (also a KeyError)
    │   └── FormatError            a file that is damaged or not of the expected format
    ├── DatasetError               a dataset that cannot be had as its card says
    │   ├── DatasetUnavailableError    neither mirror, cache nor network has the file
    │   └── DatasetCorruptError        the bytes are not the card's bytes
    ├── ExerciseError              an exercise's source has problems
    ├── CourseError                a course folder or course.toml that cannot be used
    ├── GradingError               a submission that cannot be graded
    └── MissingExtraError          an optional dependency is not installed (also an ImportError)

A message says where, what was expected, what was found and what to do.
"""

from collections.abc import Iterable

__all__ = [
    "BiolabkitError",
    "CourseError",
    "DatasetCorruptError",
    "DatasetError",
    "DatasetUnavailableError",
    "ExerciseError",
    "FormatError",
    "GradingError",
    "InputError",
    "MissingExtraError",
    "UnknownNameError",
    "nearest",
    "suggest",
]


class BiolabkitError(Exception):
    """Base of all errors that a user of biolabkit can mend."""


class InputError(BiolabkitError, ValueError):
    """A value, a file or a table cannot be used as it is."""


class UnknownNameError(InputError, KeyError):
    """A name does not exist.

    Parameters
    ----------
    kind : str
        What was looked up, for example ``"dataset"``.
    name : str
        The name that was asked for.
    known : iterable of str
        The names that exist; the nearest is suggested.
    message : str, optional
        The whole sentence, where it is not to be made of these in English.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], *, message: str = "") -> None:
        self.kind, self.name, self.known = kind, name, sorted(known)
        self.message = message or f"there is no {kind} {name!r}{suggest(name, self.known)}"
        super().__init__(kind, name, self.known)  # what it is made of again when another process raised it

    def __str__(self) -> str:
        return self.message


class FormatError(InputError):
    """A file is damaged or not of the expected format."""


class DatasetError(BiolabkitError):
    """A dataset cannot be had as its card says."""


class DatasetUnavailableError(DatasetError):
    """Neither the mirror, the cache nor the network has a file of the dataset."""


class DatasetCorruptError(DatasetError):
    """The bytes of a file are not those that its card promises."""


class ExerciseError(BiolabkitError):
    """The source of an exercise has problems."""


class CourseError(BiolabkitError):
    """A course folder or its course.toml cannot be used."""


class GradingError(BiolabkitError):
    """A submission cannot be graded."""


class MissingExtraError(BiolabkitError, ImportError):
    """An optional dependency is not installed.

    Parameters
    ----------
    package : str
        The package that is missing.
    extra : str
        The extra of biolabkit that installs it.
    message : str, optional
        The whole sentence, where it is not to be made of these in English.
    """

    def __init__(self, package: str, extra: str = "", *, message: str = "") -> None:
        self.package, self.extra = package, extra
        self.message = message or f"{package} is not installed; run: pip install 'biolabkit[{extra}]'"
        super().__init__(package, extra)  # what it is made of again when another process raised it

    def __str__(self) -> str:
        return self.message


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Find the known name that an unknown one was probably meant to be; None when nothing is near."""
    from difflib import get_close_matches  # slow to load, and rarely needed

    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6) or [one for one in names if name and name in one]
    return near[0] if near else None


def suggest(name: str, known: Iterable[str]) -> str:
    """Say which known name is nearest to an unknown one.

    Returns
    -------
    str
        ``"; did you mean 'x'?"``, else ``"; known: a, b"``, or an empty string when nothing is known.

    Examples
    --------
    >>> suggest("genom", ["genome", "health"])
    "; did you mean 'genome'?"
    """
    names = sorted(known)
    if near := nearest(name, names):
        return f"; did you mean {near!r}?"
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return f"; known: {shown}" if names else ""
