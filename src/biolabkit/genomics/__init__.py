"""Genomics: from aligned reads to genotypes, and from genotypes to a benchmark.

Conventions, stated once:

- **Coordinates** are 0-based and half-open: ``chrom, start, end`` in every table. A 1-based VCF position is
  always called ``pos`` (= start + 1). A region written as text, ``"20:101-200"``, is 1-based with both ends
  included, as samtools writes it; a tuple ``("20", 100, 200)`` is 0-based and half-open.
- **Strands** are ``"+"`` and ``"-"``; start and end are those of the forward strand whatever the strand. On a
  circular sequence a feature over the origin has ``end > length``.
- **Genotypes** are two int8 columns ``allele1, allele2``: 0 is the reference, 1 the first alternative, -1
  missing.
- **Qualities** are on the Phred scale, −10 log10 of a probability of error; likelihoods are log10.
- Paths go in, pandas tables and NumPy arrays come out. `call_variants` is ``pileup`` →
  ``genotype_likelihoods`` → ``posterior`` → ``filter_calls``, and each step can be used alone.
"""

from importlib import import_module
from typing import Any

from biolabkit._words import suggestion, told

# Where each name lives. It is imported when somebody first asks for it (PEP 562), so that who only calls
# variants does not wait for pandas. No module may have one of these names: it would take its place.
_HOMES = {
    "alignment": ("align", "mark_duplicates"),
    "alignment_table": ("ALIGNMENT_COLUMNS", "read_alignments"),
    "calling": ("call_variants", "filter_calls"),
    "calling_vcf": ("call_to_vcf",),
    "cigar": ("aligned_blocks", "parse_cigar", "query_span", "reference_span"),
    "cohort": (
        "GenotypePCA",
        "allele_frequencies",
        "associate",
        "fdr",
        "genomic_inflation",
        "genotype_pca",
        "hwe_exact",
        "ld_prune",
    ),
    "cohort_genotypes": ("Genotypes", "read_genotypes"),
    "compare": ("Comparison", "compare_calls"),
    "consequences": ("CONSEQUENCES", "predict_consequences"),
    "consequences_genes": ("GeneModel", "Transcript", "read_gene_model"),
    "coverages": ("NOT_COUNTED", "breadth", "coverage", "read_depth", "window_depth"),
    "expression": (
        "ExpressionPCA",
        "check_counts",
        "differential_expression",
        "expression_pca",
        "log_normalise",
        "size_factors",
    ),
    "fastq": ("Reads", "check_mates", "expected_errors", "read_fastq", "read_fastq_pair", "write_fastq"),
    "fastq_profile": ("quality_profile", "summarise_reads"),
    "fastq_quality": ("PhredOffset", "detect_phred_offset", "mean_quality"),
    "flags": ("FLAGS", "decode_flag", "encode_flag"),
    "genotypes": ("GENOTYPES", "genotype_likelihoods", "phred", "posterior"),
    "haploid": ("haploid_calls",),
    "left_alignment": ("left_align",),
    "normalization": ("normalize",),
    "pileups": ("depth", "pileup"),
    "plots": (
        "plot_alignments",
        "plot_base_composition",
        "plot_coverage",
        "plot_depths",
        "plot_frames",
        "plot_genotypes",
        "plot_manhattan",
        "plot_pca",
        "plot_pileup",
        "plot_pr_curve",
        "plot_qq",
        "plot_quality_profile",
        "plot_tree",
        "plot_volcano",
    ),
    "regions": ("inside", "merge_regions", "parse_region", "read_bed"),
    "sequences": ("gc_content", "reverse_complement", "translate"),
    "sequences_fasta": ("read_fasta", "write_fasta"),
    "sequences_genbank": ("FEATURE_COLUMNS", "GenBank", "read_genbank", "write_genbank"),
    "sequences_orfs": ("find_orfs",),
    "trees": (
        "allele_distances",
        "bootstrap_tree",
        "neighbour_joining",
        "read_newick",
        "root_tree",
        "sequence_distances",
        "write_newick",
    ),
    "trimming": ("ADAPTERS", "TrimmedPairs", "quality_cut", "trim", "trim_pairs"),
    "trimming_adapters": ("find_adapter",),
    "vcf": ("CALL_COLUMNS", "read_vcf", "write_vcf"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        sentence = told(
            f"module 'biolabkit.genomics' has no attribute {name!r}",
            f"biolabkit.genomics에 없는 이름입니다: {name!r}",
        )
        raise AttributeError(sentence + suggestion(name, _HOME_OF))
    value = getattr(import_module(f"biolabkit.genomics.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
