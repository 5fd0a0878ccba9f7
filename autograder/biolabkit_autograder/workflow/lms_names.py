"""Files as learning systems name them when a teacher downloads all submissions at once.

==========  ==============================================================================================
Moodle      ``<full name>_<number>_assignsubmission_file_/<file>``, or without folders ``…_file_<file>``
Canvas      ``<name in one word>_<number>_<number>_<file>``, with ``LATE_`` before the numbers of late ones
==========  ==============================================================================================

Neither tells a learner's id, so that the names of the roster decide, where only one learner has the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["learners_called", "named_by_lms"]

_MOODLE = re.compile(r"(?P<name>.+)_\d+_assignsubmission_file(?:_(?P<file>.*))?")
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?\d+_\d+_(?P<file>.+)")
#: What Canvas puts behind the name of a file that was handed in again.
_AGAIN = re.compile(r"-\d+(?=\.ipynb$)")


def named_by_lms(parts: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Read the path of a file in such a download.

    Parameters
    ----------
    parts : sequence of str
        The last parts of its path.

    Returns
    -------
    tuple of (str, tuple of str) or None
        The learner's name, and names that the file may have had; None where it is no such path.
    """
    if len(parts) > 1 and (found := _MOODLE.fullmatch(parts[-2])) and not found["file"]:
        return found["name"], (parts[-1],)
    if (found := _MOODLE.fullmatch(parts[-1])) and found["file"]:
        return found["name"], (found["file"],)
    if found := _CANVAS.fullmatch(parts[-1]):
        return found["name"], (found["file"], _AGAIN.sub("", found["file"]))
    return None


def learners_called(name: str, learners: Iterable[tuple[str, str]]) -> list[str]:
    """Give the ids of those who have a name, whichever part of it comes first.

    Parameters
    ----------
    name : str
        As the learning system writes it.
    learners : iterable of (str, str)
        Ids and names of the roster.
    """
    wanted = _spellings(name)
    return [learner for learner, known in learners if wanted & _spellings(known)]


def _spellings(name: str) -> set[str]:
    """The name in one word, with each of its parts in front."""
    words = name.casefold().replace(",", " ").split()
    turned = ("".join((*words[n:], *words[:n])) for n in range(len(words)))
    return {"".join(filter(str.isalnum, one)) for one in turned}
