"""What a trainee is told about their course folder, files and hand-ins: every sentence in both languages."""

import errno
import shlex
from collections.abc import Iterable
from typing import Any

from biolabkit.errors import MissingExtraError

from .causes import reason

__all__ = ["called", "explain", "not_installed", "quote", "say"]

_PHRASES = {
    # the course folder
    "no-course": (
        "{folder}: there is no course here (biolab.toml is missing); go to the course's folder, "
        "or get the course with: biolab join SOURCE",
        "{folder}: 이곳에는 과정이 없습니다(biolab.toml이 없음). 과정 폴더로 이동하시거나 "
        "biolab join SOURCE 명령으로 과정을 받으십시오",
    ),
    "bad-course-file": (
        "{path} is damaged ({why}); get it again with: biolab join {source} {folder}",
        "{path} 파일이 손상되었습니다({why}). 다음 명령으로 다시 받으십시오: biolab join {source} {folder}",
    ),
    "bad-settings": (
        "{path}: not TOML: {why}; correct that line, or get the course again with: "
        "biolab join SOURCE {folder}",
        "{path}: TOML 형식이 아닙니다({why}). 해당 줄을 고치시거나 과정을 다시 받으십시오: "
        "biolab join SOURCE {folder}",
    ),
    "bad-name": (
        "{what} {name!r} cannot be a file name; use letters, digits, spaces and hyphens",
        "파일 이름으로 쓸 수 없는 {what}입니다: {name!r}. 글자, 숫자, 빈칸, 하이픈만 쓰십시오",
    ),
    "unknown-exercise": (
        "there is no exercise {name!r} in this course",
        "이 과정에는 {name!r} 실습이 없습니다",
    ),
    "did-you-mean": ("; did you mean {near!r}?", ". {near!r}입니까?"),
    "there-are": ("; there are: {names}", ". 다음이 있습니다: {names}"),
    # notebooks
    "no-notebook": (
        "{path}: there is no such notebook; save it first, or check the name",
        "{path}: 그런 노트북이 없습니다. 먼저 저장하시거나 이름을 확인하십시오",
    ),
    "no-notebook-of": (
        "there is no notebook of {exercise} in {folder}; get it again with: biolab fetch",
        "{folder} 폴더에 {exercise} 실습의 노트북이 없습니다. biolab fetch 명령으로 다시 받으십시오",
    ),
    "which-notebook": (
        "which notebook? there are: {names}; name one: biolab submit NOTEBOOK",
        "어느 노트북을 제출하시겠습니까? 다음이 있습니다: {names}. 하나를 지정하십시오: "
        "biolab submit NOTEBOOK",
    ),
    "too-big": (
        "{path}: {size:.0f} MB, and at most {limit:.0f} MB are accepted; clear large outputs, save and "
        "submit again",
        "{path}: {size:.0f} MB이며 {limit:.0f} MB까지만 제출할 수 있습니다. 큰 출력을 지우고 저장한 뒤 다시 "
        "제출하십시오",
    ),
    "not-json": (
        "{path}: not a notebook, as it is not JSON ({why}); save it in JupyterLab",
        "{path}: JSON이 아니어서 노트북으로 읽을 수 없습니다({why}). JupyterLab에서 저장하십시오",
    ),
    "not-a-notebook": (
        "{path}: not a notebook of format 4; open and save it in JupyterLab",
        "{path}: 형식 4의 노트북이 아닙니다. JupyterLab에서 열어 저장하십시오",
    ),
    "unreadable": (
        "{path} cannot be read ({why}); check whether the file is there and yours",
        "{path} 파일을 읽을 수 없습니다({why}). 파일이 있는지, 권한이 있는지 확인하십시오",
    ),
    # handing in
    "learner": ("learner", "학습자 ID"),
    "exercise": ("exercise", "실습 이름"),
    "who": (
        "who are you? set `learner` in {path}, or use --learner ID",
        "학습자 ID를 알 수 없습니다. {path}에 `learner`를 적거나 --learner ID를 쓰십시오",
    ),
    "not-submitted": (
        "{why}; nothing was submitted, your notebook is as it was",
        "{why}. 제출되지 않았으며 노트북은 그대로 있습니다",
    ),
    "several-notebooks": (
        "there are several notebooks of this exercise: {name}, saved last, would be handed in, and not "
        "{others}; to hand in another, name it or remove those that you do not need",
        "이 실습의 노트북이 여러 개 있습니다. 제출하는 노트북은 가장 나중에 저장한 {name}이며, 다음은 "
        "제출하지 않습니다: {others}. 다른 노트북을 제출하려면 이름을 지정하거나 필요 없는 파일을 지우십시오",
    ),
    "renamed": (
        "{name} has another name than it was given; it is handed in as {exercise}",
        "{name}: 파일 이름이 바뀌었습니다. {exercise} 실습의 노트북으로 제출합니다",
    ),
    "no-start": (
        'the first cell with lab.start("{exercise}") is missing; put it back so that your own data are used',
        'lab.start("{exercise}")가 있는 첫 셀이 없습니다. 본인의 데이터가 쓰이도록 되돌려 놓으십시오',
    ),
    "past-due": (
        "it was due on {due:%Y-%m-%d %H:%M %Z}; it is accepted and marked late",
        "제출 기한({due:%Y-%m-%d %H:%M %Z})이 지났습니다. 접수는 되지만 지각 제출로 표시됩니다",
    ),
    "unanswered-one": ("1 task has no answer: {names}", "답하지 않은 과제가 1개 있습니다: {names}"),
    "unanswered": (
        "{count} tasks have no answer: {names}",
        "답하지 않은 과제가 {count}개 있습니다: {names}",
    ),
    "written-answer": ("{name} (written answer)", "{name}(서술형)"),
    "check-missing": (
        "check cells are missing: {tasks}; grading uses the course's own",
        "검사 셀이 없습니다: {tasks}. 채점에는 과정의 원본이 쓰입니다",
    ),
    "check-repeated": (
        "check cells are there more than once: {tasks}; grading uses the course's own",
        "검사 셀이 여러 번 있습니다: {tasks}. 채점에는 과정의 원본이 쓰입니다",
    ),
    "check-changed": (
        "check cells were changed: {tasks}; grading uses the course's own",
        "검사 셀이 바뀌었습니다: {tasks}. 채점에는 과정의 원본이 쓰입니다",
    ),
    "which-exercise": (
        "which exercise? name one: biolab submit EXERCISE, of {names}",
        "어느 실습을 제출하시겠습니까? 하나를 지정하십시오: biolab submit 실습 ({names})",
    ),
    "other-learner": (
        "this folder's data are those of {other}; to work with those of {learner}, set `learner` in {path}",
        "이 폴더의 데이터는 {other}의 것입니다. {learner}의 데이터로 작업하려면 {path}에 `learner`를 "
        "적으십시오",
    ),
    "note": ("Note", "참고"),
    # joining and fetching
    "no-source": (
        "{path} does not say where the course is published; get it with: biolab join SOURCE {folder}",
        "{path}에 과정이 게시된 곳이 적혀 있지 않습니다. 다음 명령으로 받으십시오: "
        "biolab join SOURCE {folder}",
    ),
    "no-source-there": (
        "{source} is not there; is its disk connected? If the course has moved, ask your instructor and run: "
        "biolab join NEW-PLACE {folder}",
        "과정을 찾을 수 없습니다: {source}. 디스크가 연결되어 있는지 확인하십시오. 과정의 위치가 "
        "바뀌었다면 강사에게 물어 다음을 실행하십시오: biolab join 새-위치 {folder}",
    ),
    "source-forbidden": (
        "you may not read {source}; ask your instructor",
        "{source}: 읽을 권한이 없습니다. 강사에게 문의하십시오",
    ),
    "no-course-in-source": (
        "{source}: no course is published here (there is no course.json); check the path, or ask your "
        "instructor",
        "{source}: 게시된 과정이 없습니다(course.json이 없음). 경로를 확인하시거나 강사에게 문의하십시오",
    ),
    "bad-source": (
        "{source}: what is published here is damaged ({why}); tell your instructor",
        "{source}: 게시된 과정이 손상되었습니다({why}). 강사에게 알리십시오",
    ),
    "bad-zip": (
        "{source} is neither a folder nor a zip file that can be read ({why}); download it again",
        "{source}: 폴더도 아니고 읽을 수 있는 zip 파일도 아닙니다({why}). 다시 내려받으십시오",
    ),
    "other-course": (
        "{folder} holds another course ({course}); name another folder",
        "{folder}에는 다른 과정({course})이 있습니다. 다른 폴더를 지정하십시오",
    ),
    "not-empty": (
        "{folder} holds other things; name a new folder: biolab join SOURCE {course}",
        "{folder}에 다른 파일이 있습니다. 새 폴더를 지정하십시오: biolab join SOURCE {course}",
    ),
    "joined": ("{title}: {folder}, learner {learner}", "{title}: {folder}, 학습자 {learner}"),
    "joined-unnamed": (
        "{title}: {folder}\nYour id in the course is not set yet; your own data depend on it. Run: "
        "biolab join {source} {where} --learner ID",
        "{title}: {folder}\n학습자 ID가 아직 없습니다. ID에 따라 본인의 데이터가 정해지므로 다음을 "
        "실행하십시오: biolab join {source} {where} --learner ID",
    ),
    "joined-next": ("Begin with: biolab lab {folder}", "다음 명령으로 시작하십시오: biolab lab {folder}"),
    "fetched-new": ("  {name}: new", "  {name}: 새 실습"),
    "fetched-updated": ("  {name}: brought up to date", "  {name}: 새로 고쳤습니다"),
    "fetched-kept": (
        "  {name}: released anew; yours is as it was, and the new one is {path}",
        "  {name}: 새로 게시되었습니다. 작성하시던 노트북은 그대로 두고 새 노트북을 {path}에 두었습니다",
    ),
    "fetched-same": ("  {name}: nothing new", "  {name}: 바뀐 것이 없습니다"),
    "feedback": (
        "  {name}: feedback, {points:g} of {most:g} points: {page}",
        "  {name}: 피드백, {most:g}점 중 {points:g}점: {page}",
    ),
    "feedback-waiting": (
        "  {name}: feedback, {points:g} of {most:g} points so far, {waiting} to be graded by hand: {page}",
        "  {name}: 피드백, 지금까지 {most:g}점 중 {points:g}점, 직접 채점할 답 {waiting}개 남음: {page}",
    ),
    "feedback-without-points": (
        "  {name}: it could not be graded, the feedback says why: {page}",
        "  {name}: 채점할 수 없었습니다. 이유는 피드백에 있습니다: {page}",
    ),
    # receipts
    "receipt": (
        "Submitted {exercise} for {learner}\n"
        "  notebook   {notebook}, saved {saved:%Y-%m-%d %H:%M:%S %z}\n"
        "  received   {received:%Y-%m-%d %H:%M:%S %z}\n"
        "  SHA-256    {sha256}\n"
        "  in         {target}",
        "{learner} 님의 {exercise} 실습을 제출했습니다.\n"
        "  노트북     {notebook}, 저장 시각 {saved:%Y-%m-%d %H:%M:%S %z}\n"
        "  접수 시각  {received:%Y-%m-%d %H:%M:%S %z}\n"
        "  SHA-256    {sha256}\n"
        "  위치       {target}",
    ),
    "receipt-late": ("  It is late: the due date has passed.", "  제출 기한이 지나 지각 제출로 표시됩니다."),
    "receipt-replaced": ("  It replaces your earlier submission.", "  이전 제출물을 대신합니다."),
    "receipt-unanswered-one": (
        "  Note: 1 task is unanswered ({names}); if you answered it, save the notebook and submit again.",
        "  참고: 답하지 않은 과제가 1개 있습니다({names}). 답하셨다면 노트북을 저장하고 다시 제출하십시오.",
    ),
    "receipt-unanswered": (
        "  Note: {count} tasks are unanswered ({names}); if you answered them, save the notebook and submit "
        "again.",
        "  참고: 답하지 않은 과제가 {count}개 있습니다({names}). 답하셨다면 노트북을 저장하고 다시 "
        "제출하십시오.",
    ),
    "no-such-path": ("{path}: there is no such file or folder", "{path}: 그런 파일이나 폴더가 없습니다"),
    # where to hand in: how it can be done comes first
    "no-inbox-named": (
        "it is not known where to hand in: use --to FOLDER with a folder that your instructor names "
        "(`submit_to` is missing in {path})",
        "제출할 곳을 알 수 없습니다. 강사가 알려 준 폴더에 다음 명령으로 제출하십시오: biolab submit --to "
        "폴더 ({path}에 `submit_to`가 없음)",
    ),
    "inbox-gone": (
        "hand in with: biolab submit --to FOLDER (a folder that your instructor names), as the course's "
        "inbox {inbox} is not on this machine; if it should be, has it moved (`submit_to` in {path}), or is "
        "its disk connected?",
        "강사가 알려 준 폴더에 다음 명령으로 제출하십시오: biolab submit --to 폴더. 이 컴퓨터에 과정의 "
        "제출함이 없기 때문입니다: {inbox}. 있어야 한다면 위치가 바뀌었는지({path}의 `submit_to`), 디스크가 "
        "연결되어 있는지 확인하십시오",
    ),
    "exchange-gone": (
        "hand in on the course's server, or with: biolab submit --to FOLDER (a folder that your instructor "
        "names), as {where} is not on this machine; if the course has moved, run: biolab join NEW-PLACE "
        "{folder}; if it should be here, is its disk connected?",
        "과정의 서버에서 제출하시거나 강사가 알려 준 폴더에 다음 명령으로 제출하십시오: biolab submit --to "
        "폴더. 이 컴퓨터에 과정이 있던 곳이 없기 때문입니다: {where}. 과정의 위치가 바뀌었다면 다음을 "
        "실행하십시오: biolab join 새-위치 {folder}. 이 컴퓨터에 있어야 한다면 디스크가 연결되어 있는지 "
        "확인하십시오",
    ),
    # whose data a folder has
    "learner-is-account": (
        "learner {learner} is your account's name; if your id in the course is another, run: "
        "biolab join {source} {where} --learner ID",
        "학습자 ID로 계정 이름을 썼습니다({learner}). 과정에서 쓰는 ID가 다르면 다음을 실행하십시오: "
        "biolab join {source} {where} --learner ID",
    ),
    "data-of-another": (
        "this folder's data are now those of {learner}, no longer those of {other}; run your notebooks again",
        "이제 이 폴더의 데이터는 {learner}의 것이며 더 이상 {other}의 것이 아닙니다. 노트북을 다시 "
        "실행하십시오",
    ),
    "practice-here": (
        "no learner is set in this folder; if the notebook was run without one, its data are practice data, "
        "not those of {learner}: set `learner` in {path}, run the notebook again and submit it",
        "이 폴더에는 학습자 ID가 정해져 있지 않습니다. ID 없이 노트북을 실행하셨다면 그 데이터는 "
        "{learner}의 것이 아니라 연습용입니다. {path}에 `learner`를 적고 노트북을 다시 실행하여 제출하십시오",
    ),
    "not-installed": (
        "{package} is not installed; run: pip install 'biolabkit[lab]'",
        "{package}: 설치되어 있지 않습니다. 다음을 실행하십시오: pip install 'biolabkit[lab]'",
    ),
    # what a disk refuses
    "disk-full": (
        "there is no space left on the disk or in your quota for {where}; delete what you do not need and "
        "try again, or tell your instructor",
        "{where}에 쓸 디스크 공간이나 할당량이 남아 있지 않습니다. 필요 없는 파일을 지우고 다시 시도하시거나 "
        "강사에게 알리십시오",
    ),
    "no-permission": (
        "you may not write to {where}; ask your instructor whether your account belongs to the course",
        "{where}에 쓸 권한이 없습니다. 계정이 과정에 등록되어 있는지 강사에게 문의하십시오",
    ),
    "read-only": (
        "{where} can only be read, not written; ask your instructor",
        "{where}: 읽기 전용이어서 쓸 수 없습니다. 강사에게 문의하십시오",
    ),
    "folder-gone": (
        "{where} is not there any more; is its disk connected? Ask your instructor where the course is now, "
        "then run: biolab join NEW-PLACE {folder}",
        "{where}: 더 이상 없습니다. 디스크가 연결되어 있는지 확인하시고, 강사에게 과정의 새 위치를 물어 "
        "다음을 실행하십시오: biolab join 새-위치 {folder}",
    ),
    "cannot-write": (
        "{where} cannot be written ({why}); try again, or ask your instructor",
        "{where}에 쓸 수 없습니다({why}). 다시 시도하시거나 강사에게 문의하십시오",
    ),
}
_CAUSES = {
    errno.ENOSPC: "disk-full",
    getattr(errno, "EDQUOT", errno.ENOSPC): "disk-full",
    errno.EACCES: "no-permission",
    errno.EPERM: "no-permission",
    errno.EROFS: "read-only",
    errno.ENOENT: "folder-gone",
    errno.ENOTDIR: "folder-gone",
    getattr(errno, "ESTALE", errno.ENOENT): "folder-gone",
}


def say(language: str, phrase: str, **values: Any) -> str:
    """Give a sentence in ``"ko"``, or in English for any other language."""
    return _PHRASES[phrase][language == "ko"].format(**values)


def called(language: str, answers: Iterable[str]) -> str:
    """What to call tasks and essays in a sentence: by name, without the mark of an essay's cell."""
    return ", ".join(
        say(language, "written-answer", name=name.removeprefix("essay-"))
        if name.startswith("essay-")
        else name
        for name in answers
    )


def not_installed(language: str, package: str) -> MissingExtraError:
    """The error for a package of the extra ``lab``, which a trainee reads."""
    return MissingExtraError(package, "lab", message=say(language, "not-installed", package=package))


def quote(path: object) -> str:
    """A path as a shell takes it, for a command that a sentence names."""
    return shlex.quote(str(path))


def explain(language: str, error: OSError, where: object, folder: object = ".") -> str:
    """Say in one sentence why a file could not be written, and what to do about it.

    Parameters
    ----------
    language : {"en", "ko"}
        Of the sentence.
    error : OSError
        What went wrong.
    where : path-like
        What was written to.
    folder : path-like
        The trainee's course folder.
    """
    phrase = _CAUSES.get(error.errno or 0, "cannot-write")
    return say(language, phrase, where=where, folder=quote(folder), why=reason(error).to(language))
