"""Plots of genomics: each takes Axes, or makes them, and returns them."""

from biolabkit.genomics.plots.calls import plot_coverage, plot_genotypes, plot_pileup, plot_pr_curve

__all__ = ["plot_coverage", "plot_genotypes", "plot_pileup", "plot_pr_curve"]
