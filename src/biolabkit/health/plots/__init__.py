"""Plots of healthcare: each takes Axes, or makes them, and returns them."""

from biolabkit.health.plots.flow import plot_flow

__all__ = ["plot_flow"]
