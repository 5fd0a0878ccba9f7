"""A donor's sequencing run as files: reads, reference, truth and regions, as a benchmark has them."""

from os import PathLike
from pathlib import Path

import numpy as np

from biolabkit._files import atomic_write
from biolabkit._pysam import import_pysam
from biolabkit.simulate._bases import Seed
from biolabkit.simulate.alignments import write_bam
from biolabkit.simulate.donors import Sample
from biolabkit.simulate.fragments import read_pairs

__all__ = ["reads"]


def reads(
    sample: Sample,
    folder: str | PathLike[str],
    *,
    seed: Seed,
    depth: float = 30.0,
    read_length: int = 150,
    fragment: tuple[float, float] = (400.0, 60.0),
    duplicates: float = 0.0,
    flag_duplicates: bool = True,
    adapters: tuple[str, str] | None = None,
    end_quality: float = 25.0,
    fastq: bool = False,
) -> dict[str, Path]:
    """Sequence a donor in read pairs and write what a benchmark has: reads, reference, truth and regions.

    Base qualities fall towards the end of a read; a base is wrong with exactly the probability that its
    quality states, so the error model of the textbooks holds. Reads lie where they come from, with gaps
    left-aligned; an end of fewer than six bases beyond a gap is soft-clipped, as aligners do, and so is an
    adapter.

    Parameters
    ----------
    sample : Sample
        From `diploid_sample` or `haploid_sample`.
    folder : path-like
        Made when missing.
    seed : int or Generator
        Same seed, same bytes (of one htslib and zlib version).
    depth, read_length, fragment, duplicates, adapters, end_quality
        See `read_pairs`, which gives the same reads for the same seed.
    flag_duplicates : bool
        Whether PCR copies carry the flag 0x400 in the BAM, as after duplicate marking. Without it they are
        as an aligner leaves them; the truth is in `ReadPairs.fragments`.
    fastq : bool
        Write the reads as FASTQ too, and where each pair comes from.

    Returns
    -------
    dict of str to Path
        ``reads`` (BAM), ``reads_index``, ``reference`` (FASTA), ``reference_index``, ``truth`` (bgzipped VCF
        of the variants inside the confident regions), ``truth_index``, ``confident`` (BED). With `fastq` also
        ``reads_1``, ``reads_2`` (gzipped FASTQ) and ``fragments`` (TSV of `ReadPairs.fragments`).

    Raises
    ------
    InputError
        When a depth or length is not positive, or the fragments do not fit the reads or the genome.
    """
    pairs = read_pairs(
        sample,
        seed=seed,
        depth=depth,
        read_length=read_length,
        fragment=fragment,
        duplicates=duplicates,
        adapters=adapters,
        end_quality=end_quality,
    )
    target = Path(folder)
    sample.genome.write_fasta(target / "reference.fa")
    _write_truth(sample, target / "truth.vcf")
    with atomic_write(target / "confident.bed") as stream:
        sample.confident.to_csv(stream, sep="\t", header=False, index=False, lineterminator="\n")
    write_bam(pairs, target / "reads.bam", flag_duplicates=flag_duplicates)
    written = {
        "reads": target / "reads.bam",
        "reads_index": target / "reads.bam.bai",
        "reference": target / "reference.fa",
        "reference_index": target / "reference.fa.fai",
        "truth": target / "truth.vcf.gz",
        "truth_index": target / "truth.vcf.gz.tbi",
        "confident": target / "confident.bed",
    }
    if fastq:
        written |= pairs.write_fastq(target)
        written["fragments"] = target / "fragments.tsv"
        with atomic_write(written["fragments"]) as stream:
            pairs.fragments.to_csv(stream, sep="\t", index=False, lineterminator="\n")
    return written


def _write_truth(sample: Sample, path: Path) -> None:
    """A bgzipped, indexed VCF at ``path + ".gz"`` of the variants that lie inside the confident regions."""
    pysam = import_pysam()
    inside = np.zeros(len(sample.truth), dtype=bool)
    for start, end in sample.confident[["start", "end"]].itertuples(index=False):
        inside |= (sample.truth["start"] >= start).to_numpy() & (sample.truth["end"] <= end).to_numpy()
    haploid = len(sample.haplotypes) == 1
    with atomic_write(path) as stream:
        stream.write(
            "##fileformat=VCFv4.2\n"
            f"##contig=<ID={sample.genome.name},length={len(sample.genome)}>\n"
            '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype, haplotypes in order">\n'
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tsimulated\n"
        )
        for row in sample.truth[inside].itertuples(index=False):
            genotype = f"{row.allele1}" if haploid else f"{row.allele1}|{row.allele2}"
            stream.write(f"{row.chrom}\t{row.pos}\t.\t{row.ref}\t{row.alt}\t.\tPASS\t.\tGT\t{genotype}\n")
    pysam.tabix_index(str(path), preset="vcf", force=True)
