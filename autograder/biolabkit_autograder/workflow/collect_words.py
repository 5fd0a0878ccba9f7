"""What collecting says of files that it refuses or wonders at, in the course's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from biolabkit.errors import BiolabkitError, nearest
from biolabkit_autograder.grading import RefusedError

__all__ = ["refused", "say", "told", "unknown_exercise"]

_PHRASES = {
    "misplaced": (
        "is not where a submission belongs; expected inbox/<exercise>/<learner>.ipynb, "
        "inbox/<learner>/<exercise>.ipynb or inbox/<learner>+<exercise>.ipynb",
        "제출물이 있을 위치가 아닙니다. inbox/<실습>/<학습자>.ipynb, inbox/<학습자>/<실습>.ipynb, "
        "inbox/<학습자>+<실습>.ipynb 중 하나로 두십시오",
    ),
    "unknown-exercise": (
        "there is no exercise in this course {name!r}",
        "이 과정에 없는 실습입니다: {name!r}",
    ),
    "did-you-mean": ("; did you mean {near!r}?", ". {near!r}입니까?"),
    "bad-id": (
        "{name!r} cannot be a learner's id; it may have letters, digits and . _ @ - only",
        "학습자 ID로 쓸 수 없습니다: {name!r}. 글자, 숫자와 . _ @ -만 쓸 수 있습니다",
    ),
    "namesakes": (
        "several learners are called {name!r}; rename the file: <exercise>/<id of the learner>.ipynb",
        "이름이 같은 학습자가 여럿입니다: {name!r}. 파일 이름을 <실습>/<학습자 ID>.ipynb로 바꾸십시오",
    ),
    "kept": ("{damage}; the earlier submission is kept", "{damage}. 이전 제출물을 그대로 둡니다"),
    "and": ("{one}; {other}", "{one}. {other}"),
    "no-file": ("is not a regular file", "일반 파일이 아닙니다"),
    "bad-zip": (
        "cannot be read as a zip file; make it again",
        "zip 파일로 읽을 수 없습니다. 다시 만들어 넣으십시오",
    ),
    "zip-files": ("has {n} files, the limit is {limit}", "파일이 {n}개로 한도 {limit}개를 넘습니다"),
    "zip-outside": ("its path leaves the archive", "경로가 zip 파일 밖을 가리킵니다"),
    "zip-size": (
        "unpacks to more than 4 GB; the rest was left out",
        "압축을 풀면 4 GB가 넘어 나머지는 받지 않았습니다",
    ),
    "big-member": (
        "has more than {limit} MB; clear its outputs and submit it again",
        "{limit} MB가 넘습니다. 출력을 지우고 다시 제출해야 합니다",
    ),
    "bad-member": (
        "cannot be unpacked; make the zip file again",
        "압축을 풀 수 없습니다. zip 파일을 다시 만들어 넣으십시오",
    ),
    # the exchange
    "windows": (
        "an exchange cannot be read on Windows, where files have no such owners",
        "Windows에서는 파일의 소유자를 알 수 없어 교환 폴더를 읽지 않습니다",
    ),
    "no-inbound": (
        "cannot be opened ({why}); see exchange in course.toml, or run: biolab course release",
        "열 수 없습니다({why}). course.toml의 exchange를 확인하시거나 다음을 실행하십시오: "
        "biolab course release",
    ),
    "times": ("{problem} ({n} times)", "{problem}({n}번)"),
    "strange": (
        "is no submission's name; {n} such entries are passed over",
        "제출물의 이름이 아닙니다. 이런 항목 {n}개를 건너뛰었습니다",
    ),
    "as-account": (
        "was handed in as {account!r}, the account of {learner!r}: it was worked on with the data of "
        "{account!r} and is graded with those of {learner!r}; tell them to write learner = "
        '"{learner}" into their biolab.toml, run the notebook again and submit it',
        "{account!r} 계정의 이름으로 제출되었으며 학습자 ID는 {learner!r}입니다. 작업한 데이터는 "
        "{account!r}의 것이고 채점에는 {learner!r}의 데이터를 씁니다. biolab.toml에 "
        'learner = "{learner}"라고 적고 노트북을 다시 실행하여 제출하라고 알려 주십시오',
    ),
    "clock": (
        "says that it was handed in at {said:%Y-%m-%d %H:%M} UTC, but was written at "
        "{written:%Y-%m-%d %H:%M} UTC, which counts",
        "적힌 제출 시각은 {said:%Y-%m-%d %H:%M} UTC이지만 파일이 쓰인 시각은 {written:%Y-%m-%d %H:%M} "
        "UTC입니다. 파일이 쓰인 시각으로 처리합니다",
    ),
    "no-account": (
        "the account {account!r} of the learner {learner!r} is not known on this machine; write it into "
        "the column account of the roster",
        "학습자 {learner!r}의 계정 {account!r}: 이 컴퓨터에 없는 계정입니다. 명단의 account 열에 계정을 "
        "적으십시오",
    ),
    "no-folder": ("is not a folder that can be read ({why})", "읽을 수 있는 폴더가 아닙니다({why})"),
    "other-owner": (
        "claims to be of the learner {learner!r} (account {account!r}) but belongs to {owner!r}; refused",
        "학습자 {learner!r}(계정 {account!r})의 것이라고 하지만 소유자는 {owner!r}입니다. 받지 않았습니다",
    ),
    "unreadable": ("cannot be read ({why})", "읽을 수 없습니다({why})"),
    "no-notebook": ("has no notebook", "노트북이 없습니다"),
    "unreadable-file": ("{name} cannot be read ({why})", "{name}: 읽을 수 없습니다({why})"),
    "other-owner-file": (
        "{name} is another account's; refused",
        "{name}: 소유자가 다른 계정입니다. 받지 않았습니다",
    ),
    "hard-link": (
        "{name} has a second name (a hard link); refused",
        "{name}: 다른 이름이 또 있는 파일(하드 링크)입니다. 받지 않았습니다",
    ),
}


def say(language: str, phrase: str, **values: Any) -> str:
    """Give a sentence in ``"ko"``, or in English for any other language."""
    return _PHRASES[phrase][language == "ko"].format(**values)


def refused(phrase: str, **values: Any) -> RefusedError:
    """Make the error that says why a file is not taken."""
    return RefusedError(say("en", phrase, **values), say("ko", phrase, **values))


def unknown_exercise(name: str, exercises: Iterable[str]) -> RefusedError:
    """Say that no exercise has this name, and which one may be meant."""
    near = nearest(name, exercises)
    meant = [say(language, "did-you-mean", near=near) if near else "" for language in ("en", "ko")]
    en, ko = (say(language, "unknown-exercise", name=name) for language in ("en", "ko"))
    return RefusedError(en + meant[0], ko + meant[1])


def told(error: BiolabkitError, language: str) -> str:
    """Give what an error says, in the course's language where it has both."""
    return error.in_language(language) if isinstance(error, RefusedError) else str(error)
