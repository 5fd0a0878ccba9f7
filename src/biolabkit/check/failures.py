"""From an exception in a check cell to the card that explains it."""

import linecache
import textwrap
import traceback
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

from biolabkit.check.asserts import failed_assert
from biolabkit.check.cards import Card
from biolabkit.check.compare import compare
from biolabkit.check.context import CheckContext, current
from biolabkit.check.display import clip, one_line, shown
from biolabkit.check.words import Words

__all__ = ["CheckFailed", "card_from_exception", "pass_card"]

_MAX_MESSAGE = 500
_NO_WORDS = Words("", "")


class CheckFailed(AssertionError):  # noqa: N818  (it reads as the sentence that the learner sees)
    """A check found something that is not as expected.

    Attributes
    ----------
    card : Card
        What the learner is shown.
    """

    def __init__(self, card: Card) -> None:
        self.card = card
        context = current()
        super().__init__(card.one_line(context.language if context else "en"))


def pass_card(context: CheckContext) -> Card:
    """The card of a check that ended well.

    A release has no hidden part, so there the card says that only the visible checks have passed.
    """
    if context.hidden:
        what = Words("All checks passed.", "모든 검사를 통과했습니다.")
    else:
        what = Words(
            "The checks you can see passed. Grading may check more.",
            "보이는 검사를 모두 통과했습니다. 채점할 때 더 검사할 수 있습니다.",
        )
    return _card(context, kind="passed", what=what, passed=True)


def card_from_exception(exc: BaseException, context: CheckContext | None = None) -> Card:
    """Explain an exception that ended a check cell.

    A plain assert that compares two values shows both, where `asserts.keep_sides` has prepared it.

    Parameters
    ----------
    exc : BaseException
        `CheckFailed` brings its own card; a plain AssertionError shows its message; any other shows its
        type, its message and the learner's line. A line that cannot be found in the traceback, as when the
        code ran in another process, may be given as two attributes of the exception: ``learner_line`` (the
        source) and ``learner_place`` (``"function:line"``).
    context : CheckContext, optional
        The check that was running; the current one when left out.

    Returns
    -------
    Card
        Without the check's own source, and without expected values, when its hidden part was running.
    """
    context = context or current() or CheckContext()
    if isinstance(exc, CheckFailed):
        return exc.card
    learner = _learner_line(exc, context)
    if isinstance(exc, NotImplementedError):
        return _unanswered(context)
    if isinstance(exc, KeyboardInterrupt):
        return _interrupted(context, learner)
    if isinstance(exc, NameError) and learner is None:
        return _undefined(exc, context)
    if isinstance(exc, AssertionError) and learner is None:
        return _assertion(exc, context)
    return _error(exc, context, learner)


def _card(context: CheckContext, *, kind: str, what: Words, detail: Words = _NO_WORDS, **more: Any) -> Card:
    return Card(
        check=context.check,
        task=context.task,
        points=context.points,
        hidden=context.hidden,
        kind=kind,
        what_en=what.en,
        what_ko=what.ko,
        detail_en=detail.en,
        detail_ko=detail.ko,
        **more,
    )


def _unanswered(context: CheckContext) -> Card:
    detail = Words(
        "Write your answer in the task's cell, run it, then run this check again.",
        "과제 셀에 답을 쓰고 실행한 다음, 이 검사를 다시 실행하십시오.",
    )
    return _card(
        context, kind="unanswered", what=Words("No answer yet.", "아직 답이 없습니다."), detail=detail
    )


def _undefined(exc: NameError, context: CheckContext) -> Card:
    name = getattr(exc, "name", None) or str(exc)
    what = Words(f"`{name}` is not defined yet.", f"아직 정의되지 않은 이름입니다: `{name}`")
    detail = Words(
        "Run the cells from the top, and answer the task that defines it.",
        "위에서부터 셀을 실행하고, 이것을 정의하는 과제에 답하십시오.",
    )
    return _card(context, kind="unanswered", what=what, detail=detail)


def _interrupted(context: CheckContext, learner: tuple[str, str] | None) -> Card:
    what = Words("Interrupted before the check ended.", "검사가 끝나기 전에 중단되었습니다.")
    line, place = learner or (None, None)
    return _card(context, kind="error", what=what, line=line, place=place)


def _assertion(exc: AssertionError, context: CheckContext) -> Card:
    step = exc.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    is_own = step is not None and step.tb_frame.f_code.co_filename == context.filename
    # a library's own message, such as that of numpy.testing, writes out what it expected
    message = _message(exc) if is_own or not context.hidden else ""
    what = (
        Words(message, message)
        if message
        else Words("A condition does not hold.", "조건이 성립하지 않습니다.")
    )
    found = failed_assert(step) if step is not None and is_own and not context.hidden else None
    if found is None:
        return _card(context, kind="failed", what=what, line=_check_line(exc, context))
    if found.operator is None:
        return _card(context, kind="failed", what=what, line=clip(found.source))
    got, want = found.sides
    mismatch = compare(got, want) if found.operator == "" else None
    return _card(
        context,
        kind="failed",
        what=what,
        got=shown(got),
        expected=found.operator + shown(want),
        line=clip(found.source),
        detail=mismatch.says if mismatch is not None else _NO_WORDS,
    )


def _error(exc: BaseException, context: CheckContext, learner: tuple[str, str] | None) -> Card:
    name, message = type(exc).__name__, _message(exc)
    if learner is None:
        what = Words("The check could not work with your result.", "검사에서 결과를 사용할 수 없었습니다.")
        line, place = _check_line(exc, context), None
        message = "" if context.hidden else message  # it may write out what the check expected
    else:
        what = Words("Your code stopped with an error.", "작성한 코드가 오류로 멈췄습니다.")
        line, place = learner
    text = f"{name}: {message}" if message else name
    return _card(context, kind="error", what=what, got=text, line=line, place=place)


def _message(exc: BaseException) -> str:
    try:
        return clip(str(exc).strip(), _MAX_MESSAGE)
    except Exception:
        return ""


def _frames(exc: BaseException) -> Iterator[tuple[FrameType, TracebackType]]:
    step = exc.__traceback__
    while step is not None:
        yield step.tb_frame, step
        step = step.tb_next


def _learner_line(exc: BaseException, context: CheckContext) -> tuple[str, str] | None:
    """The innermost line of the notebook, other than the check's own, that the exception came through."""
    if getattr(exc, "learner_line", None) is not None:
        return str(exc.learner_line), str(getattr(exc, "learner_place", ""))  # type: ignore[attr-defined]
    frames = list(_frames(exc))
    names = next((f.f_globals for f, _ in frames if f.f_code.co_filename == context.filename), None)
    if names is None:
        return None
    for frame, step in reversed(frames):
        filename = frame.f_code.co_filename
        if frame.f_globals is names and filename != context.filename:
            line = linecache.getline(filename, step.tb_lineno).strip()
            return one_line(line, 200), f"{frame.f_code.co_name}:{step.tb_lineno}"
    return None


def _check_line(exc: BaseException, context: CheckContext) -> str | None:
    """The statement of the check that failed; nothing from the hidden part."""
    if context.hidden or context.filename is None:
        return None
    summary = traceback.extract_tb(exc.__traceback__)
    own = [frame for frame in summary if frame.filename == context.filename]
    if not own or own[-1].lineno is None:
        return None
    first, last = own[-1].lineno, own[-1].end_lineno or own[-1].lineno
    source = "".join(linecache.getline(context.filename, number) for number in range(first, last + 1))
    return clip(textwrap.dedent(source).strip()) or None
