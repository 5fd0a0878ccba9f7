"""bcftools as bundled with pysam, made safe to call.

pysam's in-process bcftools ignores ``-o`` unless ``catch_stdout=False``, cannot pipe (so a temporary BCF
stands between the two steps), takes text arguments only, holds the GIL and leaks a file descriptor when it
fails: so it runs in a worker process where that is cheap. Its ``mpileup`` "succeeds" with the wrong FASTA:
the reads and the reference are compared by our own code first.
"""

import tempfile
from pathlib import Path

import pandas as pd

from biolabkit._pysam import import_pysam
from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics._alignment import open_alignment
from biolabkit.genomics._load import read_block
from biolabkit.genomics._reads import find_mismatches
from biolabkit.genomics._stretch import Options
from biolabkit.genomics.pileups import CHUNK
from biolabkit.genomics.vcf import read_vcf

__all__ = ["bcftools_stretch"]


def bcftools_stretch(
    bam: str, reference: str, options: Options, stretch: tuple[str, int, int]
) -> pd.DataFrame:
    """Run ``bcftools mpileup | call -m -v`` on one stretch ``(chrom, start, end)``.

    Returns
    -------
    DataFrame
        As `biolabkit.genomics.read_vcf` gives it.

    Raises
    ------
    FormatError
        A damaged file, or a FASTA that the reads were not aligned to.
    InputError
        When bcftools fails; the message is its own.
    """
    chrom, start, end = stretch
    with open_alignment(bam, reference) as alignment:
        for low in range(start, end, CHUNK):
            block = read_block(alignment, chrom, low, min(low + CHUNK, end), options.min_mapping_quality)
            find_mismatches(alignment, block)
    with tempfile.TemporaryDirectory(prefix="biolabkit-") as folder:
        piled, called = str(Path(folder) / "pileup.bcf"), str(Path(folder) / "calls.vcf")
        limits = ("-Q", str(options.min_base_quality), "-q", str(options.min_mapping_quality))
        where = ("-f", reference, "-r", f"{chrom}:{start + 1}-{end}")
        _run("mpileup", *where, *limits, "-a", "FORMAT/AD,FORMAT/DP", "-Ob", "-o", piled, bam)
        _run("call", "-m", "-v", "-a", "GQ", "-Ov", "-o", called, piled)
        return read_vcf(called)


def _run(command: str, *arguments: str) -> None:
    import_pysam()
    import pysam.bcftools
    import pysam.utils

    try:
        getattr(pysam.bcftools, command)(*arguments, catch_stdout=False)
    except pysam.utils.SamtoolsError as error:
        said = " ".join(str(error).replace("\\n", " ").split())
        raise InputError(
            told(f"bcftools {command} failed: {said}", f"bcftools {command} 실행에 실패했습니다: {said}")
        ) from error
