"""What *check all* says, in English and Korean."""

from typing import Any

from biolabkit.check.words import Words

__all__ = ["fill"]


def fill(words: Words, **values: Any) -> Words:
    """Put values into a text of both languages; those that are words themselves are put in by language."""
    english, korean = (
        {name: value.to(language) if isinstance(value, Words) else value for name, value in values.items()}
        for language in ("en", "ko")
    )
    return Words(words.en.format(**english), words.ko.format(**korean))


MISSING = Words(
    "These checks are missing from the notebook: {checks}. "
    "Get the notebook again and copy your answers into it.",
    "노트북에 다음 검사가 없습니다: {checks}. 노트북을 다시 받아 답을 옮겨 적으십시오.",
)
TWICE = Words(
    "These checks are there more than once, and the first of each counts: {checks}. Delete the copies.",
    "다음 검사가 두 번 이상 있어 첫 번째만 셉니다: {checks}. 복사된 셀을 지우십시오.",
)
EDITED = Words(
    "These cells are not as they were handed out: {cells}. Grading uses the original ones, "
    "so its result may differ.",
    "다음 셀은 배포된 것과 다릅니다: {cells}. 채점에는 원래 셀을 쓰므로 결과가 다를 수 있습니다.",
)
NO_CHECKS = Words(
    "There is no check in this notebook.",
    "이 노트북에는 검사가 없습니다.",
)
TIMED_OUT = Words(
    "{cell} was stopped after {seconds:g} seconds. Does a loop in it, or in what it calls, ever end?",
    "{cell}: {seconds:g}초가 지나 중단되었습니다. 이 셀이나 이 셀이 부르는 코드의 반복문이 끝나는지 "
    "확인하십시오.",
)
MEMORY = Words(
    "{cell} needed more than {megabytes:,} MB of memory and was stopped.",
    "{cell}: 메모리를 {megabytes:,} MB보다 많이 써서 중단되었습니다.",
)
DIED = Words(
    "{cell} ended the kernel.",
    "{cell}: 커널을 종료시켰습니다.",
)
STOPPED = Words(
    "{cell} stopped with an error: {error}",
    "{cell}: 오류로 멈췄습니다. {error}",
)
NO_CARD = Words(
    "The check could not run: {error}",
    "검사를 실행할 수 없었습니다: {error}",
)
NOT_RUN = Words(
    "Not run, as the kernel could not be brought back after it had ended.",
    "커널이 종료된 뒤 다시 시작하지 못하여 실행하지 않았습니다.",
)
NO_KERNEL = Words(
    "No kernel could be started: {why}. Try again; if it stays so, run `biolab doctor`.",
    "커널을 시작할 수 없습니다: {why}. 다시 시도하고, 계속되면 `biolab doctor`를 실행하십시오.",
)
BROKE_OFF = Words(
    "Checking ended unexpectedly ({why}). Try again; your notebook is as it was.",
    "검사가 예기치 않게 끝났습니다({why}). 다시 시도하십시오. 노트북은 그대로입니다.",
)
CANCELLED = Words("Checking was stopped.", "검사를 중단했습니다.")
CELL_OF_TASK = Words("Your cell of `{task}`", "`{task}` 과제의 셀")
CELL_OF_CHECK = Words("The check `{check}`", "`{check}` 검사 셀")
CELL_THAT_BEGINS = Words("The cell that begins with `{line}`", "첫 줄이 `{line}`인 셀")
