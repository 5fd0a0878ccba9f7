"""What a trainee is told while JupyterLab starts and ends: every sentence in both languages."""

from typing import Any

__all__ = ["say"]

_PHRASES = {
    "no-folder": (
        "{folder}: there is no such folder; name the course's folder, or get the course with: "
        "biolab join SOURCE",
        "{folder}: 그런 폴더가 없습니다. 과정 폴더를 지정하시거나 biolab join SOURCE 명령으로 과정을 "
        "받으십시오",
    ),
    "no-place": (
        "{folder}: JupyterLab's settings for this course cannot be written there ({why}); "
        "tabs will not be remembered",
        "{folder}: 이 과정의 JupyterLab 설정을 저장할 수 없습니다({why}). 열어 둔 탭이 기억되지 않습니다",
    ),
    "root": (
        "JupyterLab runs with the rights of root; everyday work is safer in an account of your own",
        "JupyterLab을 root 권한으로 실행합니다. 평소에는 개인 계정에서 작업하시는 편이 안전합니다",
    ),
    "no-pack": (
        "the Korean texts of JupyterLab are not installed, so it speaks English; run: "
        "pip install jupyterlab-language-pack-ko-KR",
        "JupyterLab의 한국어 언어 팩이 없어 화면이 영어로 표시됩니다. 다음을 실행하십시오: "
        "pip install jupyterlab-language-pack-ko-KR",
    ),
    "running": (
        "{title} is open in JupyterLab; Ctrl-C in this window ends it and stops its kernels",
        "JupyterLab에서 {title} 과정을 열었습니다. 끝내시려면 이 창에서 Ctrl-C를 누르십시오(커널도 함께 "
        "종료됩니다)",
    ),
    "running-folder": (
        "{folder} is open in JupyterLab; Ctrl-C in this window ends it and stops its kernels",
        "JupyterLab에서 {folder} 폴더를 열었습니다. 끝내시려면 이 창에서 Ctrl-C를 누르십시오(커널도 함께 "
        "종료됩니다)",
    ),
    "no-browser": (
        "no browser was found here; open this address in one:\n    {address}",
        "브라우저를 찾지 못했습니다. 다음 주소를 브라우저에서 여십시오:\n    {address}",
    ),
    "ended": (
        "JupyterLab has ended and its kernels are stopped; saved notebooks are in {folder}",
        "JupyterLab을 끝내고 커널을 종료했습니다. 저장한 노트북은 {folder} 폴더에 있습니다",
    ),
}


def say(language: str, phrase: str, **values: Any) -> str:
    """Give a sentence in ``"ko"``, or in English for any other language."""
    return _PHRASES[phrase][language == "ko"].format(**values)
