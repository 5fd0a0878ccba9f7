"""GIAB's HG002 benchmark in the coordinates of the reads that go with it.

The reads are on GRCh37 (contig ``20``), the reference slice calls the same contig ``chr20``, and the
benchmark v4.2.1 is on GRCh38 (``chr20``). Within 20:10,000,000-10,100,000 (0-based, half-open) the two
assemblies differ by a constant shift, so the truth is moved exactly, and every REF allele is compared with
the reference while it is.
"""

import gzip
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from biolabkit._pysam import import_pysam
from biolabkit.errors import DatasetError

__all__ = ["confident_grch37", "reference_grch37", "truth_grch37"]

CONTIG, CONTIG_LENGTH = "20", 63_025_520
WINDOW = range(10_000_000, 10_100_000)
GRCH37_MINUS_GRCH38 = -19_352
_PHASE_SET = "PS"

Paths = Mapping[str, Path]


def reference_grch37(sources: Paths, targets: Paths) -> None:
    """Name the reference's contig ``20`` as the reads do, full length, so that coordinates stay.

    Outside the slice it is N; compressed in blocks (BGZF) it takes 0.6 MB instead of 63 MB, and pysam,
    samtools and bcftools read it by region.
    """
    pysam = import_pysam()
    with (
        gzip.open(sources["reference_hg19"], "rb") as source,
        pysam.BGZFile(str(targets["reference"]), "w", None) as out,
    ):
        name = source.readline()
        if name.split() != [b">chr20"]:
            raise DatasetError(f"{sources['reference_hg19']}: expected one contig chr20, found {name!r}")
        out.write(f">{CONTIG}\n".encode())
        shutil.copyfileobj(source, out, 1 << 20)
    pysam.faidx(str(targets["reference"]))


def truth_grch37(sources: Paths, targets: Paths) -> None:
    """Move the truth's records inside the window to GRCh37, as a bgzipped VCF with a tabix index."""
    pysam = import_pysam()
    plain = targets["truth"].with_suffix("")
    with pysam.FastaFile(str(sources["reference_hg19"])) as reference:
        # The slice is the same sequence as `reference`; only its contig has another name.
        sequence = reference.fetch("chr20", WINDOW.start, WINDOW.stop + 1000).upper()
    with pysam.TabixFile(str(sources["truth_grch38"]), encoding="utf-8") as truth, plain.open("w") as out:
        out.writelines(f"{line}\n" for line in _moved_header(truth.header))
        shift = GRCH37_MINUS_GRCH38
        for line in truth.fetch("chr20", WINDOW.start - shift, WINDOW.stop - shift):
            fields = line.split("\t")
            start = int(fields[1]) - 1 + shift
            if start not in WINDOW:
                continue  # a deletion that begins before the window
            _compare_reference(fields, start, sequence)
            out.write("\t".join([CONTIG, str(start + 1), *_without_phase_set(fields)[2:]]) + "\n")
    pysam.tabix_compress(str(plain), str(targets["truth"]), force=True)
    plain.unlink()
    pysam.tabix_index(str(targets["truth"]), preset="vcf", force=True)


def confident_grch37(sources: Paths, targets: Paths) -> None:
    """Move the confident regions to GRCh37 and cut them at the window."""
    intervals = []
    for line in sources["confident_grch38"].read_text(encoding="ascii").splitlines():
        contig, start, end = line.split("\t")[:3]
        moved = (
            max(int(start) + GRCH37_MINUS_GRCH38, WINDOW.start),
            min(int(end) + GRCH37_MINUS_GRCH38, WINDOW.stop),
        )
        if contig == "chr20" and moved[0] < moved[1]:
            intervals.append(moved)
    text = "".join(f"{CONTIG}\t{start}\t{end}\n" for start, end in sorted(intervals))
    targets["confident"].write_text(text, encoding="ascii")


def _moved_header(header: list[str]) -> Iterator[str]:
    """The header with the one contig that is left and a line that says what was done."""
    for line in header:
        if line.startswith("##contig="):
            continue
        if line.startswith("#CHROM"):
            yield f"##contig=<ID={CONTIG},length={CONTIG_LENGTH},assembly=GRCh37>"
            yield (
                "##biolabkit=Derived from the GRCh38 benchmark: contig chr20 to 20, "
                f"POS shifted by {GRCH37_MINUS_GRCH38}, records that begin in "
                f"{CONTIG}:{WINDOW.start + 1}-{WINDOW.stop}"
            )
        yield line


def _compare_reference(fields: list[str], start: int, sequence: str) -> None:
    position, allele = int(fields[1]), fields[3].upper()
    found = sequence[start - WINDOW.start : start - WINDOW.start + len(allele)]
    if found != allele:
        raise DatasetError(
            f"truth record chr20:{position} (GRCh38) has REF {allele}, "
            f"GRCh37 has {found} at {CONTIG}:{start + 1}; no exact shift there"
        )


def _without_phase_set(fields: list[str]) -> list[str]:
    """Blank the phase set: where it is a number, it is a GRCh38 position."""
    keys, values = fields[8].split(":"), fields[9].split(":")
    if _PHASE_SET in keys and keys.index(_PHASE_SET) < len(values):
        values[keys.index(_PHASE_SET)] = "."
    return [*fields[:9], ":".join(values)]
