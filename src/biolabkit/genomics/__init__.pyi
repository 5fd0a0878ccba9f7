"""What `biolabkit.genomics` has, for type checkers and editors; ``__init__.py`` imports it on first use."""

from biolabkit.genomics.alignment import align, mark_duplicates
from biolabkit.genomics.alignment_table import ALIGNMENT_COLUMNS, read_alignments
from biolabkit.genomics.calling import call_variants, filter_calls
from biolabkit.genomics.calling_vcf import call_to_vcf
from biolabkit.genomics.cigar import aligned_blocks, parse_cigar, query_span, reference_span
from biolabkit.genomics.cohort import (
    GenotypePCA,
    allele_frequencies,
    associate,
    fdr,
    genomic_inflation,
    genotype_pca,
    hwe_exact,
    ld_prune,
)
from biolabkit.genomics.cohort_genotypes import Genotypes, read_genotypes
from biolabkit.genomics.compare import Comparison, compare_calls
from biolabkit.genomics.consequences import CONSEQUENCES, predict_consequences
from biolabkit.genomics.consequences_genes import GeneModel, Transcript, read_gene_model
from biolabkit.genomics.coverages import NOT_COUNTED, breadth, coverage, read_depth, window_depth
from biolabkit.genomics.expression import (
    ExpressionPCA,
    check_counts,
    differential_expression,
    expression_pca,
    log_normalise,
    size_factors,
)
from biolabkit.genomics.fastq import (
    Reads,
    check_mates,
    expected_errors,
    read_fastq,
    read_fastq_pair,
    write_fastq,
)
from biolabkit.genomics.fastq_profile import quality_profile, summarise_reads
from biolabkit.genomics.fastq_quality import PhredOffset, detect_phred_offset, mean_quality
from biolabkit.genomics.flags import FLAGS, decode_flag, encode_flag
from biolabkit.genomics.genotypes import GENOTYPES, genotype_likelihoods, phred, posterior
from biolabkit.genomics.haploid import haploid_calls
from biolabkit.genomics.left_alignment import left_align
from biolabkit.genomics.normalization import normalize
from biolabkit.genomics.pileups import depth, pileup
from biolabkit.genomics.plots import (
    plot_alignments,
    plot_base_composition,
    plot_coverage,
    plot_depths,
    plot_frames,
    plot_genotypes,
    plot_manhattan,
    plot_pca,
    plot_pileup,
    plot_pr_curve,
    plot_qq,
    plot_quality_profile,
    plot_tree,
    plot_volcano,
)
from biolabkit.genomics.regions import inside, merge_regions, parse_region, read_bed
from biolabkit.genomics.sequences import gc_content, reverse_complement, translate
from biolabkit.genomics.sequences_fasta import read_fasta, write_fasta
from biolabkit.genomics.sequences_genbank import FEATURE_COLUMNS, GenBank, read_genbank, write_genbank
from biolabkit.genomics.sequences_orfs import find_orfs
from biolabkit.genomics.trees import (
    allele_distances,
    bootstrap_tree,
    neighbour_joining,
    read_newick,
    root_tree,
    sequence_distances,
    write_newick,
)
from biolabkit.genomics.trimming import ADAPTERS, TrimmedPairs, quality_cut, trim, trim_pairs
from biolabkit.genomics.trimming_adapters import find_adapter
from biolabkit.genomics.vcf import CALL_COLUMNS, read_vcf, write_vcf

__all__ = [
    "ADAPTERS",
    "ALIGNMENT_COLUMNS",
    "CALL_COLUMNS",
    "CONSEQUENCES",
    "FEATURE_COLUMNS",
    "FLAGS",
    "GENOTYPES",
    "NOT_COUNTED",
    "Comparison",
    "ExpressionPCA",
    "GenBank",
    "GeneModel",
    "GenotypePCA",
    "Genotypes",
    "PhredOffset",
    "Reads",
    "Transcript",
    "TrimmedPairs",
    "align",
    "aligned_blocks",
    "allele_distances",
    "allele_frequencies",
    "associate",
    "bootstrap_tree",
    "breadth",
    "call_to_vcf",
    "call_variants",
    "check_counts",
    "check_mates",
    "compare_calls",
    "coverage",
    "decode_flag",
    "depth",
    "detect_phred_offset",
    "differential_expression",
    "encode_flag",
    "expected_errors",
    "expression_pca",
    "fdr",
    "filter_calls",
    "find_adapter",
    "find_orfs",
    "gc_content",
    "genomic_inflation",
    "genotype_likelihoods",
    "genotype_pca",
    "haploid_calls",
    "hwe_exact",
    "inside",
    "ld_prune",
    "left_align",
    "log_normalise",
    "mark_duplicates",
    "mean_quality",
    "merge_regions",
    "neighbour_joining",
    "normalize",
    "parse_cigar",
    "parse_region",
    "phred",
    "pileup",
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
    "posterior",
    "predict_consequences",
    "quality_cut",
    "quality_profile",
    "query_span",
    "read_alignments",
    "read_bed",
    "read_depth",
    "read_fasta",
    "read_fastq",
    "read_fastq_pair",
    "read_genbank",
    "read_gene_model",
    "read_genotypes",
    "read_newick",
    "read_vcf",
    "reference_span",
    "reverse_complement",
    "root_tree",
    "sequence_distances",
    "size_factors",
    "summarise_reads",
    "translate",
    "trim",
    "trim_pairs",
    "window_depth",
    "write_fasta",
    "write_fastq",
    "write_genbank",
    "write_newick",
    "write_vcf",
]
