"""Plots of healthcare: each takes Axes, or makes them, and returns them."""

from biolabkit.health.plots.flow import plot_flow
from biolabkit.health.plots.survival import plot_kaplan_meier

__all__ = ["plot_flow", "plot_kaplan_meier"]
