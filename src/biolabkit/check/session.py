"""`lab`: the session of one exercise — its learner, seed and language, and the check that is running."""

import hashlib
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit._settings import PRACTICE, find_language, find_learner
from biolabkit.check import context
from biolabkit.check.context import CheckContext
from biolabkit.check.notebook import NotebookHooks, say
from biolabkit.check.words import Words
from biolabkit.errors import InputError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Lab", "lab", "seed_of"]

_SHOW = "BIOLAB_SHOW"

_PRACTICE_NOTE = Words(
    "Practice data are used, as no learner is named: set BIOLAB_LEARNER, or `learner` in biolab.toml.",
    "학습자 이름이 없어 연습용 데이터를 사용합니다. "
    "BIOLAB_LEARNER 또는 biolab.toml의 `learner`를 설정하십시오.",
)
_NOTHING_NOTE = Words(
    "Nothing to show yet: answer the task above first.",
    "아직 보여 드릴 것이 없습니다. 먼저 위의 과제에 답하십시오.",
)


def seed_of(exercise: str, learner: str) -> int:
    """The learner's seed for an exercise: the same on every machine, in ``[0, 2**31)``.

    The first 8 bytes of the SHA-256 of ``f"{exercise}\\n{learner}"`` as a big-endian integer, modulo 2**31.
    """
    digest = hashlib.sha256(f"{exercise}\n{learner}".encode()).digest()
    return int.from_bytes(digest[:8], "big") & 0x7FFFFFFF


class Lab:
    """The session of one exercise; there is one in a process, `biolabkit.check.lab`.

    Examples
    --------
    >>> from biolabkit.check import lab
    >>> lab.start("genome-05-diploid-genotypes")
    >>> rng = lab.rng()
    """

    def __init__(self) -> None:
        self._exercise: str | None = None
        self._learner = PRACTICE
        self._language = "en"
        self._hooks: NotebookHooks | None = None
        self._fonts_set = False

    def __repr__(self) -> str:
        if self._exercise is None:
            return "<lab: not started>"
        return f"<lab: {self._exercise}, learner {self._learner}, language {self._language}>"

    def start(self, exercise: str) -> "Lab":
        """Begin an exercise: find learner and language, seed the generators, make the notebook show cards.

        Calling it again begins anew. Without IPython everything but the display works the same.

        Raises
        ------
        InputError
            When the exercise has no name, or the language asked for does not exist.
        """
        if not exercise.strip():
            raise InputError("lab.start: expected the exercise's name, such as 'genome-05-diploid-genotypes'")
        self._exercise, self._language, self._learner = exercise, find_language(), find_learner()
        self._fonts_set = False
        context.leave()
        self._seed_everything()
        self._hooks = NotebookHooks.install(exercise, self._language, self._use_fonts)
        self._use_fonts()
        if self._learner == PRACTICE:
            say(_PRACTICE_NOTE.to(self._language))
        return self

    @property
    def exercise(self) -> str:
        """The exercise's name."""
        if self._exercise is None:
            raise InputError("lab has not been started: call lab.start('<exercise>') in the first cell")
        return self._exercise

    @property
    def learner(self) -> str:
        """The learner's id, ``"practice"`` when nobody is named."""
        return self._learner

    @property
    def language(self) -> str:
        """``"en"`` or ``"ko"``."""
        return self._language

    @property
    def seed(self) -> int:
        """The learner's seed for this exercise, see `seed_of`."""
        return seed_of(self.exercise, self.learner)

    def rng(self) -> "np.random.Generator":
        """A new generator at the start of the learner's stream: every call gives the same numbers."""
        import numpy as np

        return np.random.default_rng(self.seed)

    def text(self, en: str, ko: str) -> str:
        """The text in the course's language, for labels and prints."""
        return Words(en, ko).to(self._language)

    def check(self, name: str, points: float | None = None) -> None:
        """Begin a check; the first line of every check cell.

        Parameters
        ----------
        name : str
            ``"task"`` or ``"task.part"``.
        points : float, optional
            What the check is worth.
        """
        caller = sys._getframe(1)
        context.enter(CheckContext(name, points, False, self._language, caller.f_code.co_filename))
        self._use_fonts()
        if self._hooks is not None:
            self._hooks.begin_check()

    def hidden(self) -> None:
        """Go on to the hidden part of the check: expected values are not shown from here on."""
        context.enter_hidden()

    def current(self) -> CheckContext | None:
        """The check that is running, None outside check cells."""
        return context.current()

    def show(self, function: Callable[[], Any]) -> None:
        """Run a function that shows something, or say that the task is still open.

        Parameters
        ----------
        function : callable
            Takes nothing. Where it, or what it calls, is not written yet (NotImplementedError), or a name
            that it uses itself is not there yet (NameError), a note stands in. Other errors are raised.
            It is not called where ``BIOLAB_SHOW=off``: when only the checks count and nobody looks.
        """
        if os.environ.get(_SHOW) == "off":
            return
        try:
            function()
        except NotImplementedError:
            say(_NOTHING_NOTE.to(self._language))
        except NameError as error:
            if not _raised_in(error, function):
                raise
            say(_NOTHING_NOTE.to(self._language))

    def _seed_everything(self) -> None:
        import numpy as np

        random.seed(self.seed)
        np.random.seed(self.seed)  # noqa: NPY002  (libraries that a learner calls still use the global one)

    def _use_fonts(self) -> None:
        """Let matplotlib write Korean as soon as somebody imports it."""
        if self._language == "ko" and not self._fonts_set:
            from biolabkit.plot import use_korean_fonts_when_needed

            self._fonts_set = True
            use_korean_fonts_when_needed()


def _raised_in(error: BaseException, function: Callable[[], Any]) -> bool:
    """Whether an error comes from the function's own cell and not from what it calls elsewhere."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    code = getattr(function, "__code__", None)
    return (
        step is not None
        and code is not None
        and Path(step.tb_frame.f_code.co_filename) == Path(code.co_filename)
    )


lab = Lab()
