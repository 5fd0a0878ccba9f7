"""What the library says of wrong input, in the language of whoever works here."""

from collections.abc import Iterable

from biolabkit._settings import language_to_show
from biolabkit.errors import MissingExtraError, UnknownNameError, nearest, suggest

__all__ = ["joined", "missing_extra", "suggestion", "told", "unknown"]

_BETWEEN = ("; ", ". ")


def told(en: str, ko: str) -> str:
    """One of two texts that say the same: Korean for whoever works in Korean, else English."""
    return ko if language_to_show() == "ko" else en


def joined(problems: Iterable[str]) -> str:
    """All problems of one input as one text; each is a sentence of `told`, without a full stop."""
    return told(*_BETWEEN).join(problems).replace("?. ", "? ")


def unknown(kind: str, ko: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Make the error for a name that does not exist; it suggests the near one.

    Parameters
    ----------
    kind : str
        What was looked up, as it follows "there is no", for example ``"column in calls"``.
    ko : str
        The same as a Korean sentence that a colon and the name follow: ``"calls에 없는 열입니다"``.
    name : str
        The name that was asked for.
    known : iterable of str
        The names that exist.
    """
    names = sorted(known)
    sentence = told(f"there is no {kind} {name!r}", f"{ko}: {name!r}")
    return UnknownNameError(kind, name, names, message=sentence + suggestion(name, names))


def suggestion(name: str, known: Iterable[str]) -> str:
    """Say which known name is nearest to an unknown one, else which there are; follows a sentence."""
    names = sorted(known)
    near = nearest(name, names)
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    korean = f". {near!r}입니까?" if near else f". 다음이 있습니다: {shown}" if names else ""
    return told(suggest(name, names), korean)


def missing_extra(package: str, extra: str) -> MissingExtraError:
    """Make the error for an optional dependency that is not installed."""
    en = f"{package} is not installed; run: pip install 'biolabkit[{extra}]'"
    ko = f"{package} 패키지가 설치되어 있지 않습니다. 다음을 실행하십시오: pip install 'biolabkit[{extra}]'"
    return MissingExtraError(package, extra, message=told(en, ko))
