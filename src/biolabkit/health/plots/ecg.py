"""ECG strips on the standard grid, and tachograms."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit import plot
from biolabkit._words import told, unknown
from biolabkit.errors import InputError
from biolabkit.health.ecg import _need_one_channel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_ecg", "plot_tachogram"]

_LARGE = "#e8a0a0"
_SMALL = "#f6d8d8"


def plot_ecg(
    signal: npt.ArrayLike,
    hz: float,
    *,
    start: float = 0.0,
    seconds: float = 6.0,
    beats: npt.ArrayLike | None = None,
    label: str | None = None,
    unit: str = "mV",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw a strip as paper does: 25 mm/s and 10 mm/mV, small squares of 40 ms and 0.1 mV, large of five.

    Parameters
    ----------
    signal : array-like of float, shape (samples,)
        One channel; gaps (NaN) stay empty.
    hz : float
        Sampling rate.
    start, seconds : float
        What to show.
    beats : array-like of int, optional
        Samples marked by a triangle above the signal.
    label : str, optional
        Name of the channel, in the upper left corner.
    unit : str
        Unit of the signal. Only mV has the paper's scale; for any other unit there is no small grid, and the
        height is fitted.
    ax : Axes, optional
        Where to draw; by default a figure in which 25 mm are a second when it is shown at its size.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When the signal is not one channel, or nothing is there to show.
    """
    values = np.asarray(signal, dtype=float)
    _need_one_channel(values, "plot_ecg")
    first, last = round(start * hz), min(len(values), round((start + seconds) * hz))
    if not 0 <= first < last:
        raise InputError(
            told(
                f"plot_ecg: the signal of {len(values) / hz:g} s has nothing from {start} s on",
                f"plot_ecg: 신호의 길이가 {len(values) / hz:g}초여서 {start}초부터는 보여 줄 것이 없습니다",
            )
        )
    shown, time = values[first:last], np.arange(first, last) / hz
    if not np.isfinite(shown).any():
        raise InputError(
            told(
                f"plot_ecg: nothing but gaps (NaN) from {start} s to {start + seconds} s",
                f"plot_ecg: {start}초부터 {start + seconds}초까지는 빈 곳(NaN)뿐입니다",
            )
        )
    low, high = float(np.nanmin(shown)), float(np.nanmax(shown))
    room = 0.15 * (high - low) or 0.5
    low, high = low - room, high + 2 * room
    if unit == "mV":
        low, high = np.floor(low * 2) / 2, np.ceil(high * 2) / 2
    width = (time[-1] - time[0]) * 25 / 25.4 + 1
    height = (high - low) * 10 / 25.4 + 0.8 if unit == "mV" else 2.0
    ax = plot.axes(ax, figsize=(max(width, 3), min(max(height, 1.5), 5)))
    _paper(ax, (start, time[-1] + 1 / hz), (low, high), unit)
    ax.plot(time, shown, color="black", lw=0.9)
    if beats is not None:
        marks = np.asarray(beats, dtype=int)
        marks = marks[(marks >= first) & (marks < last)]
        ax.plot(marks / hz, np.full(len(marks), high - 0.08 * (high - low)), "v", color=plot.PALETTE[0], ms=6)
    if label:
        ax.text(0.01, 0.95, label, transform=ax.transAxes, va="top", weight="bold")
    return ax


def _paper(ax: "Axes", times: tuple[float, float], values: tuple[float, float], unit: str) -> None:
    from matplotlib.ticker import MultipleLocator

    ax.set(xlim=times, ylim=values, xlabel="s", ylabel=unit)
    ax.xaxis.set_major_locator(MultipleLocator(0.2 if times[1] - times[0] <= 3 else 1))
    ax.grid(visible=False)
    for x in np.arange(np.ceil(times[0] / 0.2) * 0.2, times[1], 0.2):
        ax.axvline(x, color=_LARGE, lw=0.7, zorder=0)
    if unit != "mV":
        return
    ax.set_aspect(0.4)  # 10 mm/mV over 25 mm/s
    ax.yaxis.set_major_locator(MultipleLocator(0.5))
    for y in np.arange(values[0], values[1] + 1e-9, 0.5):
        ax.axhline(y, color=_LARGE, lw=0.7, zorder=0)
    if times[1] - times[0] <= 12:  # finer lines would only be a colour
        for x in np.arange(np.ceil(times[0] / 0.04) * 0.04, times[1], 0.04):
            ax.axvline(x, color=_SMALL, lw=0.4, zorder=-1)
        for y in np.arange(values[0], values[1] + 1e-9, 0.1):
            ax.axhline(y, color=_SMALL, lw=0.4, zorder=-1)


def plot_tachogram(rr: pd.DataFrame, *, label: str | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw RR intervals over time; intervals beside an ectopic beat stand out.

    Parameters
    ----------
    rr : DataFrame
        ``seconds, rr_ms`` and optionally ``normal``, as `health.rr_intervals` gives them.
    label : str, optional
        Name in the legend.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        A second scale to the right gives the heart rate.

    Raises
    ------
    UnknownNameError
        When a column is missing.
    """
    for name in ("seconds", "rr_ms"):
        if name not in rr.columns:
            raise unknown("column in rr", "rr에 없는 열입니다", name, map(str, rr.columns))
    ax = plot.axes(ax, figsize=(9, 2.8))
    normal = rr["normal"].to_numpy(dtype=bool) if "normal" in rr.columns else np.ones(len(rr), dtype=bool)
    ax.plot(rr["seconds"], rr["rr_ms"], "-", color="0.7", lw=0.8, zorder=1)
    ax.plot(rr["seconds"][normal], rr["rr_ms"][normal], ".", color=plot.PALETTE[0], ms=4, label=label)
    if not normal.all():
        ax.plot(
            rr["seconds"][~normal], rr["rr_ms"][~normal], "x", color=plot.PALETTE[1], ms=5, label="ectopic"
        )
    ax.set(xlabel="s", ylabel="RR, ms")
    scale = ax.secondary_yaxis("right", functions=(_swap, _swap))
    scale.set_ylabel("1/min")
    if label or not normal.all():
        ax.legend(frameon=False, loc="upper right")
    return ax


def _swap(value: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Interval in ms to beats per minute and back: both are 60000 over the other."""
    return 60_000 / np.maximum(np.asarray(value, dtype=float), 1e-9)
