"""Plots of genomics: each takes Axes, or makes them, and returns them."""

from biolabkit.genomics.plots.calls import plot_genotypes, plot_pileup, plot_pr_curve
from biolabkit.genomics.plots.coverage import plot_alignments, plot_coverage, plot_depths

__all__ = [
    "plot_alignments",
    "plot_coverage",
    "plot_depths",
    "plot_genotypes",
    "plot_pileup",
    "plot_pr_curve",
]
