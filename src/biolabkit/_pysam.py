"""The one place that imports pysam, which has no version for Windows."""

import platform
from importlib import import_module
from typing import Any

from biolabkit._settings import language_to_show
from biolabkit.errors import MissingExtraError

__all__ = ["import_pysam"]

_ON_WINDOWS = {
    "en": "it does not exist for Windows: work in the Windows Subsystem for Linux (WSL) or on your course's "
    "server; everything that reads no BAM, CRAM or indexed file works here",
    "ko": "pysam은 Windows용이 없습니다. Windows의 Linux 하위 시스템(WSL)이나 과정 서버에서 작업하십시오. "
    "BAM, CRAM, 색인 파일을 읽지 않는 것은 모두 여기서 할 수 있습니다",
}
_ELSEWHERE = {"en": "run: pip install pysam", "ko": "다음을 실행하십시오: pip install pysam"}


def import_pysam() -> Any:
    """Import pysam.

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        Where it is not installed; says what to do, on Windows too.
    """
    try:
        return import_module("pysam")
    except ImportError as error:
        advice = _ON_WINDOWS if platform.system() == "Windows" else _ELSEWHERE
        raise MissingExtraError("pysam", advice=advice[language_to_show()]) from error
