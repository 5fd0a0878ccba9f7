"""What to say of a gradebook's file that cannot be used: the one place where that is told."""

from __future__ import annotations

from pathlib import Path

from biolabkit.errors import CourseError

__all__ = ["forbidden", "unusable"]


def unusable(path: Path, reason: object) -> CourseError:
    """Make the error for a file that the database cannot use.

    SQLite says of a file that this user may not open only that it cannot; another copy helps nobody then.

    Parameters
    ----------
    path : Path
        The gradebook.
    reason : object
        What the database says.
    """
    return forbidden(path) or CourseError(
        f"{path} cannot be used as a gradebook ({reason}); restore a copy of it, or move it away and "
        "run: biolab course release"
    )


def forbidden(path: Path) -> CourseError | None:
    """Make the error for a file that exists and that this user may not read; None where it may be read."""
    try:
        path.open("rb").close()
    except PermissionError:
        return CourseError(
            f"you may not read {path} (permission denied); ask whoever owns it for permission to "
            "read and write it, or work as that user"
        )
    except OSError:
        pass
    return None
