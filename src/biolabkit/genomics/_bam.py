"""Opening sorted, indexed reads: BAM, or CRAM with its reference."""

import contextlib
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit._pysam import import_pysam
from biolabkit.errors import FormatError, InputError

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
        raise InputError(f"there is no such file: {path}")
    try:
        opened = pysam.AlignmentFile(
            str(path), "r", reference_filename=None if reference is None else str(reference)
        )
    except (OSError, ValueError) as error:
        raise FormatError(f"{path} cannot be read as BAM or CRAM: {error}") from error
    try:
        if not (opened.is_bam or opened.is_cram):
            raise FormatError(
                f"{path} cannot be read as BAM or CRAM: it is text (SAM); sort, compress and index it "
                f"with: samtools sort -o reads.bam {path} && samtools index reads.bam"
            )
        if opened.is_cram and reference is None:
            raise FormatError(
                f"{path} is CRAM, which cannot be decoded without its reference; make a BAM of it with: "
                f"samtools view -b -T reference.fa -o reads.bam {path} && samtools index reads.bam"
            )
        if not opened.has_index():
            raise InputError(f"{path} has no index beside it; make one with: samtools index {path}")
        yield opened
    finally:
        with contextlib.suppress(OSError):  # htslib repeats here that the file is damaged
            opened.close()
