"""The one place that imports pysam, which has no version for Windows."""

import platform
from importlib import import_module
from typing import Any

from biolabkit._words import told
from biolabkit.errors import MissingExtraError

__all__ = ["import_pysam"]


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
        message = _on_windows() if platform.system() == "Windows" else _elsewhere()
        raise MissingExtraError("pysam", message=message) from error


def _on_windows() -> str:
    return told(
        "pysam is not installed; it does not exist for Windows: work in the Windows Subsystem for Linux "
        "(WSL) or on your course's server; everything that reads no BAM, CRAM or indexed file works here",
        "pysam은 Windows용이 없습니다. Windows의 Linux 하위 시스템(WSL)이나 과정 서버에서 작업하십시오. "
        "BAM, CRAM, 색인 파일을 읽지 않는 것은 모두 여기서 할 수 있습니다",
    )


def _elsewhere() -> str:
    return told(
        "pysam is not installed; run: pip install pysam",
        "pysam 패키지가 설치되어 있지 않습니다. 다음을 실행하십시오: pip install pysam",
    )
