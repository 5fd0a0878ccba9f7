"""Why a file cannot be read, written or used, in a few words of both languages that stand in brackets."""

import errno
import json
import re

from biolabkit.check.words import Words

__all__ = ["json_damage", "reason", "toml_damage"]

# By their names: not every system has all of them.
_IN_KOREAN = {
    "EACCES": "권한이 없음",
    "EBUSY": "다른 곳에서 사용 중",
    "EDQUOT": "디스크 할당량을 다 씀",
    "EFBIG": "파일이 너무 큼",
    "EIO": "입출력 오류",
    "EISDIR": "파일이 아니라 폴더임",
    "EMFILE": "열린 파일이 너무 많음",
    "ENAMETOOLONG": "이름이 너무 긺",
    "ENFILE": "열린 파일이 너무 많음",
    "ENOENT": "그런 파일이나 폴더가 없음",
    "ENOMEM": "메모리가 부족함",
    "ENOSPC": "디스크에 남은 공간이 없음",
    "ENOTDIR": "폴더가 아님",
    "EPERM": "허용되지 않은 작업",
    "EROFS": "읽기 전용 파일 시스템",
    "ESTALE": "연결이 끊긴 네트워크 폴더",
    "ETIMEDOUT": "응답 시간 초과",
}
_NOT_TEXT = Words("not UTF-8 text", "UTF-8 텍스트가 아님")
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def reason(error: OSError) -> Words:
    """Say why the operating system refused: the usual reasons in Korean too, any other as it says it."""
    english = error.strerror or str(error)
    return Words(english, _IN_KOREAN.get(errno.errorcode.get(error.errno or 0, ""), english))


def json_damage(error: ValueError | RecursionError) -> Words:
    """Say where a file stops being JSON; Python's own sentence is English."""
    if isinstance(error, json.JSONDecodeError):
        place = f"line {error.lineno}, column {error.colno}: {error.msg}"
        return Words(place, f"{error.lineno}번째 줄 {error.colno}번째 글자")
    if isinstance(error, UnicodeDecodeError):
        return _NOT_TEXT
    if isinstance(error, RecursionError):
        return Words("nested too deeply", "너무 깊이 중첩됨")
    return Words("it holds what JSON cannot", "JSON에 쓸 수 없는 값이 있음")


def toml_damage(error: ValueError) -> Words:
    """Say where a file stops being TOML."""
    if isinstance(error, UnicodeDecodeError):
        return _NOT_TEXT
    place = _TOML_PLACE.search(str(error))
    return Words(str(error), f"{place[1]}번째 줄 {place[2]}번째 글자" if place else "파일 끝")
