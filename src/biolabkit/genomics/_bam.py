"""Opening sorted, indexed reads: BAM, or CRAM with its reference."""

import contextlib
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit._pysam import import_pysam
from biolabkit._words import told
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._sentences import unreadable

if TYPE_CHECKING:
    import pysam

__all__ = ["open_reads"]


@contextlib.contextmanager
def open_reads(
    reads: str | PathLike[str], reference: str | PathLike[str] | None = None
) -> Iterator["pysam.AlignmentFile"]:
    """Open sorted reads that have an index beside them.

    Parameters
    ----------
    reads : path-like
        BAM or CRAM.
    reference : path-like, optional
        The FASTA that a CRAM is decoded with; without it a CRAM is refused.

    Raises
    ------
    InputError
        When the file is missing, or has no index (the message says how to make one).
    FormatError
        When it is not BAM or CRAM, or truncated, or a CRAM and there is no reference.
    """
    pysam = import_pysam()
    path = Path(reads)
    if not path.is_file():
        raise InputError(told(f"there is no such file: {path}", f"그런 파일이 없습니다: {path}"))
    try:
        opened = pysam.AlignmentFile(
            str(path), "r", reference_filename=None if reference is None else str(reference)
        )
    except (OSError, ValueError) as error:
        raise unreadable(path, "BAM or CRAM", error, ko="BAM이나 CRAM") from error
    try:
        _check(opened, path, reference)
        yield opened
    finally:
        with contextlib.suppress(OSError):  # htslib repeats here that the file is damaged
            opened.close()


def _check(opened: "pysam.AlignmentFile", path: Path, reference: str | PathLike[str] | None) -> None:
    """Refuse text, a CRAM without its reference, and what has no index; say with which command to mend it."""
    if not (opened.is_bam or opened.is_cram):
        command = f"samtools sort -o reads.bam {path} && samtools index reads.bam"
        raise FormatError(
            told(
                f"{path} cannot be read as BAM or CRAM: it is text (SAM); sort, compress and index it "
                f"with: {command}",
                f"{path}: BAM이나 CRAM이 아니라 텍스트(SAM)입니다. 다음 명령으로 위치에 따라 정렬하고 "
                f"압축하여 색인을 만드십시오: {command}",
            )
        )
    if opened.is_cram and reference is None:
        command = f"samtools view -b -T reference.fa -o reads.bam {path} && samtools index reads.bam"
        raise FormatError(
            told(
                f"{path} is CRAM, which cannot be decoded without its reference; make a BAM of it with: "
                f"{command}",
                f"{path}: CRAM은 참조 서열 없이 읽을 수 없습니다. 다음 명령으로 BAM을 만드십시오: {command}",
            )
        )
    if not opened.has_index():
        command = f"samtools index {path}"
        raise InputError(
            told(
                f"{path} has no index beside it; make one with: {command}",
                f"{path}: 파일 옆에 색인이 없습니다. 다음 명령으로 만드십시오: {command}",
            )
        )
