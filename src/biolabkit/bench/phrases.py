"""What a trainee is told about their course folder, files and hand-ins: every sentence in both languages."""

import errno
from typing import Any

__all__ = ["explain", "say"]

_PHRASES = {
    # the course folder
    "no-course": (
        "{folder}: there is no course here; go to the course's folder, or get the course with: "
        "biolab join SOURCE",
        "{folder}: 이곳에는 과정이 없습니다. 과정 폴더로 이동하시거나 biolab join SOURCE 명령으로 과정을 "
        "받으십시오",
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
        "{what} {name!r}은(는) 파일 이름으로 쓸 수 없습니다(cannot be a file name). 글자, 숫자, 빈칸, "
        "하이픈만 쓰십시오",
    ),
    "unknown-exercise": (
        "there is no exercise {name!r} in this course{near}",
        "이 과정에는 {name!r} 과제가 없습니다{near}",
    ),
    # notebooks
    "no-notebook": (
        "{path}: there is no such notebook; save it first, or check the name",
        "{path}: 그런 노트북이 없습니다. 먼저 저장하시거나 이름을 확인하십시오",
    ),
    "no-notebook-of": (
        "there is no notebook of {exercise} in {folder}; get it again with: biolab fetch",
        "{folder} 폴더에 {exercise} 과제의 노트북이 없습니다. biolab fetch 명령으로 다시 받으십시오",
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
}


def say(language: str, phrase: str, **values: Any) -> str:
    """Give a sentence in ``"ko"``, or in English for any other language."""
    return _PHRASES[phrase][language == "ko"].format(**values)


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
_PHRASES |= {
    "disk-full": (
        "there is no space left on the disk or in your quota for {where}; delete what you do not need and "
        "try again",
        "{where}에 쓸 디스크 공간이나 할당량이 남아 있지 않습니다. 필요 없는 파일을 지우고 다시 시도하십시오",
    ),
    "no-permission": (
        "you may not write to {where}; ask your instructor whether your account belongs to the course",
        "{where}에 쓸 권한이 없습니다. 계정이 과정에 등록되어 있는지 강사에게 문의하십시오",
    ),
    "read-only": (
        "{where} can only be read, not written; ask your instructor",
        "{where}은(는) 읽기 전용입니다. 강사에게 문의하십시오",
    ),
    "folder-gone": (
        "{where} is not there any more; is its disk connected? Ask your instructor where the course is now, "
        "then run: biolab join NEW-PLACE {folder}",
        "{where}이(가) 더 이상 없습니다. 디스크가 연결되어 있는지 확인하시고, 강사에게 과정의 새 위치를 물어 "
        "다음을 실행하십시오: biolab join 새-위치 {folder}",
    ),
    "cannot-write": (
        "{where} cannot be written ({why}); try again, or ask your instructor",
        "{where}에 쓸 수 없습니다({why}). 다시 시도하시거나 강사에게 문의하십시오",
    ),
}


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
    return say(language, phrase, where=where, folder=folder, why=error.strerror or error)
