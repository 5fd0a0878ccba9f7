"""Where the exercises of this checkout are."""

from __future__ import annotations

from pathlib import Path

from biolabkit.errors import CourseError

__all__ = ["exercises_root"]


def exercises_root(chosen: Path | None = None) -> Path:
    """Find the folder of exercises.

    Parameters
    ----------
    chosen : Path, optional
        The folder that the user named.

    Raises
    ------
    CourseError
        When it does not exist, or none was named and this is not an editable install from a checkout: the
        exercises hold answers, so no wheel has them.
    """
    if chosen is not None:
        if not chosen.is_dir():
            raise CourseError(f"{chosen} is not a folder; name the folder of exercises")
        return chosen.resolve()
    root = Path(__file__).resolve().parents[3] / "exercises"
    if not root.is_dir():
        raise CourseError(
            "the exercises are not part of the installed package; get the repository and name its folder "
            "exercises/ (biolab demo --exercises DIR, biolab course new --source DIR)"
        )
    return root
