"""What ``biolab doctor`` says about grading on this machine."""

from __future__ import annotations

from biolabkit._settings import language_to_show

from .sandbox import detect

__all__ = ["isolation"]

_TOPIC = ("isolation", "격리")
_MEANINGS = {
    "namespaces": (
        "ok",
        "full: own user, processes, network and files for each submission",
        "완전: 제출물마다 사용자, 프로세스, 네트워크, 파일을 따로 씁니다",
    ),
    "landlock": (
        "note",
        "Landlock and seccomp, without namespaces: learners' code cannot start processes",
        "네임스페이스 없이 Landlock과 seccomp만 씁니다: 학습자의 코드는 프로세스를 시작할 수 없습니다",
    ),
    "none": (
        "note",
        "none: biolab course grade refuses, unless with --unsafe; grade on Linux",
        "없음: biolab course grade는 --unsafe 없이는 채점하지 않습니다. Linux에서 채점하십시오",
    ),
}


def isolation() -> list[tuple[str, str, str]]:
    """Say how far learners' code is kept from the rest of this machine, and why.

    Returns
    -------
    list of (state, topic, text)
        As the entry point group ``biolabkit.doctor`` wants them, in the course's language; the reasons are
        those of the system, in English.
    """
    found = detect()
    korean = language_to_show() == "ko"
    state, *meanings = _MEANINGS[found.level]
    return [(state, _TOPIC[korean], f"{meanings[korean]} ({'; '.join(found.reasons)})")]
