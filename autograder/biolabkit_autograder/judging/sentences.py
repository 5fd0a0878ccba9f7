"""What the learner is told when a limit was hit: one clear sentence each, in both languages."""

import re

__all__ = ["refused", "sentence"]

#: How Python itself meets a limit: the error of a cell or of a called function, and which limit it is.
_REFUSED = (
    (
        re.compile(r"MemoryError\b|.*_ArrayMemoryError\b|RuntimeError: .*can't allocate memory"),
        "memory-refused",
    ),
    (re.compile(r"OSError: \[Errno (27|28|122)\]"), "disk-refused"),
    (
        re.compile(r"(BlockingIOError|OSError): \[Errno 11\]|RuntimeError: can't start new thread"),
        "processes",
    ),
)

_SENTENCES = {
    "time": (
        "{where}: stopped after {seconds:g} s, the time limit of a cell",
        "{where}: 셀의 제한 시간 {seconds:g}초가 지나 중단했습니다",
    ),
    "stuck": (
        "{where}: could not be interrupted at the time limit of {seconds:g} s, so the process was ended; "
        "the cells before were run again",
        "{where}: 제한 시간 {seconds:g}초에 멈추지 않아 프로세스를 종료하고 앞의 셀들을 다시 실행했습니다",
    ),
    "memory": (
        "{where}: needed more than {memory_mb} MB of memory and was stopped; the cells before were run again",
        "{where}: 메모리 한도 {memory_mb}MB를 넘어 중단하고 앞의 셀들을 다시 실행했습니다",
    ),
    "disk": (
        "{where}: wrote more than {disk_mb} MB of files and was stopped; the cells before were run again",
        "{where}: 파일 한도 {disk_mb}MB를 넘어 중단하고 앞의 셀들을 다시 실행했습니다",
    ),
    "memory-refused": (
        "{where}: asked for more memory than the limit of {memory_mb} MB",
        "{where}: 메모리 한도 {memory_mb}MB보다 많은 메모리를 요청했습니다",
    ),
    "disk-refused": (
        "{where}: wrote more than {disk_mb} MB of files; the rest was refused",
        "{where}: 파일 한도 {disk_mb}MB를 넘어 더 쓸 수 없었습니다",
    ),
    "processes": (
        "{where}: started more than {processes} processes or threads; the next one was refused",
        "{where}: 프로세스와 스레드의 한도 {processes}개를 넘어 더 시작할 수 없었습니다",
    ),
    "ended": (
        "{where}: ended the Python process; the cells before were run again",
        "{where}: 파이썬 프로세스를 종료시켜 앞의 셀들을 다시 실행했습니다",
    ),
    "protocol": (
        "{where}: disturbed the connection to the grader and was stopped; the cells before were run again",
        "{where}: 채점기와의 연결을 방해하여 중단하고 앞의 셀들을 다시 실행했습니다",
    ),
    "output": (
        "{where}: printed or displayed more than {output_bytes} bytes; the rest was dropped",
        "{where}: 출력이 한도 {output_bytes}바이트를 넘어 나머지를 버렸습니다",
    ),
    "all-output": (
        "{where}: all cells together printed or displayed more than {all_output_bytes} bytes; the rest was "
        "dropped",
        "{where}: 모든 셀의 출력을 합쳐 한도 {all_output_bytes}바이트를 넘어 나머지를 버렸습니다",
    ),
    "more": (
        "more cells hit limits than are listed here",
        "한도에 걸린 셀이 더 있으나 여기에는 모두 적지 않았습니다",
    ),
    "total": (
        "{where}: not run, as the submission used up its {total:g} s",
        "{where}: 제출물 전체의 제한 시간 {total:g}초를 모두 써서 실행하지 않았습니다",
    ),
    "restarts": (
        "{where}: not run, as the process had to be started again too often",
        "{where}: 프로세스를 너무 여러 번 다시 시작해야 해서 실행하지 않았습니다",
    ),
    "setup": (
        "{where}: this cell of the course did not run in the judge ({detail}); tell your instructor",
        "{where}: 과정의 이 셀이 채점기에서 실행되지 않았습니다({detail}). 강사에게 알려 주십시오",
    ),
}


def sentence(kind: str, language: str, **values: object) -> str:
    """Say what happened.

    Parameters
    ----------
    kind : str
        One of the limits.
    language : {"en", "ko"}
        Of the sentence.
    **values
        ``where`` and the limits that the sentence names.
    """
    return _SENTENCES[kind][language == "ko"].format(**values)


def refused(error: str) -> str | None:
    """Which limit an error is about.

    Parameters
    ----------
    error : str
        ``"type: message"``. A learner may write any; it is a sentence about themselves.

    Returns
    -------
    str or None
        A kind of `sentence`.
    """
    return next((kind for pattern, kind in _REFUSED if pattern.match(error)), None)
