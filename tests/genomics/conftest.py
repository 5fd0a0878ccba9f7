"""Small alignments written out by hand, a simulated sample, and the real one."""

from pathlib import Path
from types import SimpleNamespace

import pysam
import pytest

from biolabkit import datasets, simulate

TOY = "ACGTTGCAAC" * 30


@pytest.fixture
def toy(tmp_path):
    """``toy(reads)`` writes a BAM of (name, start, cigar, bases, qualities, flag, mapq) and its reference."""

    def make(reads, *, reference=TOY, contig="toy", bam_contig=None, bam_length=None, index=True):
        fasta = tmp_path / "toy.fa"
        fasta.write_text(f">{contig}\n{reference}\n")
        sq = {"SN": bam_contig or contig, "LN": bam_length or len(reference)}
        header = pysam.AlignmentHeader.from_dict({"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [sq]})
        path = tmp_path / "toy.bam"
        with pysam.AlignmentFile(str(path), "wb", header=header) as bam:
            for name, start, cigar, bases, qualities, *rest in sorted(reads, key=lambda read: read[1]):
                read = pysam.AlignedSegment(header)
                read.query_name, read.reference_id, read.reference_start = name, 0, start
                read.cigarstring, read.query_sequence = cigar, bases
                if qualities is not None:
                    many = [qualities] * len(bases) if isinstance(qualities, int) else qualities
                    read.query_qualities = pysam.qualitystring_to_array("".join(chr(q + 33) for q in many))
                read.flag = rest[0] if rest else 0
                read.mapping_quality = rest[1] if len(rest) > 1 else 60
                bam.write(read)
        if index:
            pysam.index(str(path))
        return SimpleNamespace(reads=path, reference=fasta, sequence=reference)

    return make


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A simulated donor at 30x whose truth is known."""
    donor = simulate.diploid_sample(
        simulate.genome(40_000, seed=101, name="sim"),
        seed=102,
        snv_rate=0.003,
        indel_rate=0.001,
        multiallelic=0.05,
    )
    files = simulate.reads(donor, tmp_path_factory.mktemp("sample"), seed=103, depth=30)
    return SimpleNamespace(donor=donor, **files)


@pytest.fixture(scope="session")
def hg002(tmp_path_factory) -> SimpleNamespace:
    """The real sample; only for tests marked ``mirror``."""
    patch = pytest.MonkeyPatch()
    patch.setenv("BIOLABKIT_CACHE", str(tmp_path_factory.mktemp("hg002")))
    patch.setenv("BIOLABKIT_DATA", "real")
    try:
        data = datasets.fetch("giab-hg002-illumina-chr20-100kb")
        paths = {role: Path(data.path(role)) for role in ("reads", "reference", "truth", "confident")}
    finally:
        patch.undo()
    return SimpleNamespace(window=("20", 10_000_000, 10_100_000), **paths)
