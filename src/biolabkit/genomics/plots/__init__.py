"""Plots of genomics: each takes Axes, or makes them, and returns them."""

from biolabkit.genomics.plots.calls import plot_genotypes, plot_pileup, plot_pr_curve
from biolabkit.genomics.plots.cohort import plot_manhattan, plot_pca, plot_qq
from biolabkit.genomics.plots.coverage import plot_alignments, plot_coverage, plot_depths
from biolabkit.genomics.plots.expression import plot_volcano
from biolabkit.genomics.plots.reads import plot_base_composition, plot_quality_profile
from biolabkit.genomics.plots.sequences import plot_frames
from biolabkit.genomics.plots.trees import plot_tree

__all__ = [
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
]
