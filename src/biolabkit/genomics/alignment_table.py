"""The records of a BAM as a table."""

from array import array
from os import PathLike

import numpy as np
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import FormatError
from biolabkit.genomics._bam import open_reads
from biolabkit.genomics._region_text import Region, parse_region
from biolabkit.genomics._sentences import reason

__all__ = ["ALIGNMENT_COLUMNS", "read_alignments"]

ALIGNMENT_COLUMNS = {
    "name": "str",
    "flag": "int64",
    "chrom": "str",
    "start": "int64",
    "end": "int64",
    "mapping_quality": "int64",
    "cigar": "str",
    "mate_chrom": "str",
    "mate_start": "int64",
    "template_length": "int64",
    "edit_distance": "int64",
    "sequence": "str",
    "quality": "str",
}
"""Columns of the table that `read_alignments` returns, and their types."""


def read_alignments(bam: str | PathLike[str], region: Region | None = None) -> pd.DataFrame:
    """Read the records of a BAM, or those over a region, into a table; nothing is left out.

    Parameters
    ----------
    bam : path-like
        Sorted, with an index beside it.
    region : str or (chrom, start, end), optional
        Records that overlap it; by default all, with the unmapped ones at the end of the file.

    Returns
    -------
    DataFrame
        One row per record in the file's order: name; flag (see `decode_flag`); chrom, start, end (0-based,
        half-open; of the aligned bases); mapping_quality; cigar; mate_chrom, mate_start; template_length;
        edit_distance (the NM tag, -1 without one); sequence and quality (Phred+33) in the direction of the
        reference. What a record does not have is ``"*"``, or -1 for a position; a read that is placed beside
        its mate without being aligned has end = start. About 1 KB a row.

    Raises
    ------
    InputError
        A missing file or index; a region that is empty, off the contig or on an unknown one.
    FormatError
        A damaged or truncated file.

    Examples
    --------
    >>> table = read_alignments("reads.bam", "20:10,000,001-10,001,000")  # doctest: +SKIP
    >>> table["flag"].map(decode_flag)  # doctest: +SKIP
    """
    with open_reads(bam) as reads:
        lengths = dict(zip(reads.references, reads.lengths, strict=True))
        wanted = (
            reads.fetch(until_eof=True) if region is None else reads.fetch(*parse_region(region, lengths))
        )
        try:
            rows = [
                (
                    read.query_name or "*",
                    read.flag,
                    read.reference_name or "*",
                    read.reference_start,
                    read.reference_start if read.reference_end is None else read.reference_end,
                    read.mapping_quality,
                    read.cigarstring or "*",
                    read.next_reference_name or "*",
                    read.next_reference_start,
                    read.template_length,
                    read.get_tag("NM") if read.has_tag("NM") else -1,
                    read.query_sequence or "*",
                    _phred_33(read.query_qualities),
                )
                for read in wanted
            ]
        except OSError as error:
            raise FormatError(
                told(
                    f"{bam} is damaged or truncated: {error}",
                    f"{bam}: 손상되었거나 잘린 파일입니다({reason(error)})",
                )
            ) from error
    table = pd.DataFrame(rows, columns=list(ALIGNMENT_COLUMNS))
    integers = {name: np.int64 for name, dtype in ALIGNMENT_COLUMNS.items() if dtype == "int64"}
    return table.astype(integers | {name: object for name, d in ALIGNMENT_COLUMNS.items() if d == "str"})


def _phred_33(qualities: "array[int] | None") -> str:
    if qualities is None:
        return "*"
    return (np.frombuffer(qualities, dtype=np.uint8) + 33).tobytes().decode("ascii")
