"""Whether this machine has what an exercise imports: without it every learner would get no points."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.util import find_spec

from biolabkit.errors import CourseError

__all__ = ["require_imports"]

#: Which extra of biolabkit brings a package, for those that come with one.
_EXTRAS = {"torch": "train", "lifelines": "health", "pydicom": "health", "wfdb": "health", "mappy": "align"}


def require_imports(exercise: str, imports: Iterable[str]) -> None:
    """Refuse to grade where a package is missing.

    Parameters
    ----------
    exercise : str
        Its name, for the message.
    imports : iterable of str
        Dotted names of modules.

    Raises
    ------
    CourseError
        Names every missing package and how to install it.
    """
    packages = dict.fromkeys(module.partition(".")[0] for module in imports)
    missing = [name for name in packages if name not in sys.modules and find_spec(name) is None]
    if missing:
        extras = sorted({_EXTRAS[name] for name in missing if name in _EXTRAS})
        install = [f"'biolabkit[{','.join(extras)}]'"] if extras else []
        install += [name for name in missing if name not in _EXTRAS]
        raise CourseError(
            f"{exercise} needs {', '.join(missing)}, which is not installed here; nothing was graded; run: "
            f"pip install {' '.join(install)}"
        )
