"""How a check ended, as the learner's progress keeps it; and the recorder of a notebook's own check cells."""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from biolabkit import _progress
from biolabkit.check.cards import Card
from biolabkit.check.display import one_line
from biolabkit.check.words import Words, join

__all__ = ["SWITCH", "Recorder", "state_of"]

#: The environment variable that, set to ``off``, keeps a kernel from recording.
SWITCH = "BIOLAB_PROGRESS"

_LONGEST = 400


def state_of(card: Card, source: str) -> dict[str, Any]:
    """The state of a check in progress.json.

    Parameters
    ----------
    card : Card
        How the check ended.
    source : {"notebook", "check-all"}
        Who ran it.
    """
    worth = card.points or 0.0
    message = _message(card)
    return {
        "outcome": "passed" if card.passed else card.kind,
        "points": worth if card.passed else 0.0,
        "max_points": worth,
        "message": message._asdict(),
        "hint": {"code": card.hint.code, "en": card.hint.en, "ko": card.hint.ko} if card.hint else None,
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "source": source,
    }


def _message(card: Card) -> Words:
    """What the card says, in one line a language."""
    if card.passed:
        return Words("", "")
    if card.kind == "unanswered":
        return card.what
    values = [Words(f"{label.en}: {text}", f"{label.ko}: {text}") for label, text in card.rows()]
    whole = join([text for text in (card.what, *values, card.detail) if text.en], " · ")
    return Words(one_line(whole.en, _LONGEST), one_line(whole.ko, _LONGEST))


class Recorder:
    """Records how the check cells of one notebook end, where a learner works on an exercise of a course.

    It is active only in a notebook's kernel, where a biolab.toml shows that a learner works; never at
    grading, where neither is there. It says nothing, and an error in it is nobody's.

    Parameters
    ----------
    shell : IPython shell
    exercise : str
    """

    def __init__(self, shell: Any, exercise: str) -> None:
        self._file = None
        if hasattr(shell, "kernel") and os.environ.get(SWITCH) != "off":
            with suppress(OSError):
                root = _progress.root_of(Path.cwd(), exercise)
                self._file = root and _progress.progress_file(root, exercise)

    def record(self, card: Card) -> None:
        """Keep how a check ended; one whose hidden part was reached ran at an instructor's."""
        if self._file is None or card.hidden:
            return
        with suppress(Exception):
            _progress.merge(self._file, {_progress.check_id(card.check): state_of(card, "notebook")})
