"""Plots of healthcare: each takes Axes, or makes them, and returns them."""

from biolabkit.health.plots.ecg import plot_ecg, plot_tachogram
from biolabkit.health.plots.flow import plot_flow
from biolabkit.health.plots.images import plot_image, plot_saliency
from biolabkit.health.plots.survival import plot_kaplan_meier

__all__ = ["plot_ecg", "plot_flow", "plot_image", "plot_kaplan_meier", "plot_saliency", "plot_tachogram"]
