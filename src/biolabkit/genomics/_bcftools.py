"""bcftools as bundled with pysam, made safe to call.

pysam's in-process bcftools ignores ``-o`` unless ``catch_stdout=False``, cannot pipe (so a temporary BCF
stands between the two steps), and takes text arguments only. Its ``mpileup`` "succeeds" with the wrong FASTA:
the reads and the reference are checked by our own code first.
"""

import tempfile
from os import PathLike
from pathlib import Path

import pandas as pd

from biolabkit.errors import InputError
from biolabkit.genomics.vcf import read_vcf

__all__ = ["call_with_bcftools"]


def call_with_bcftools(
    bam: str | PathLike[str],
    reference: str | PathLike[str],
    regions: list[tuple[str, int, int]],
    min_base_quality: int,
    min_mapping_quality: int,
) -> pd.DataFrame:
    """Run ``bcftools mpileup | call -m -v`` on regions that were checked before; the table is that of
    `read_vcf`.
    """
    targets = ",".join(f"{chrom}:{start + 1}-{end}" for chrom, start, end in regions)
    with tempfile.TemporaryDirectory(prefix="biolabkit-") as folder:
        piled, called = str(Path(folder) / "pileup.bcf"), str(Path(folder) / "calls.vcf")
        _run(
            "mpileup",
            *(
                "-f",
                str(reference),
                "-r",
                targets,
                "-Q",
                str(min_base_quality),
                "-q",
                str(min_mapping_quality),
            ),
            *("-a", "FORMAT/AD,FORMAT/DP", "-Ob", "-o", piled, str(bam)),
        )
        _run("call", "-m", "-v", "-a", "GQ", "-Ov", "-o", called, piled)
        return read_vcf(called)


def _run(command: str, *arguments: str) -> None:
    import pysam.bcftools
    import pysam.utils

    try:
        getattr(pysam.bcftools, command)(*arguments, catch_stdout=False)
    except pysam.utils.SamtoolsError as error:
        reason = " ".join(str(error).replace("\\n", " ").split())
        raise InputError(f"bcftools {command} failed: {reason}") from error
