"""The curve that a notebook shows while a network is trained."""

import time
from typing import Any

__all__ = ["LiveCurve", "in_notebook"]

_REDRAW_SECONDS = 0.5


def in_notebook() -> bool:
    """Tell whether output goes to a notebook, which can redraw it."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


class LiveCurve:
    """Training and validation loss, drawn at most twice a second and once at the end."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._drawn = 0.0

    def update(self, history: list[tuple[int, float, float, float, float]], *, last: bool = False) -> None:
        """Redraw.

        Parameters
        ----------
        history : list of tuple
            ``epoch, train_loss, valid_loss, learning_rate, seconds``.
        last : bool
            Draw whatever was drawn before.
        """
        if not history or (not last and time.monotonic() - self._drawn < _REDRAW_SECONDS):
            return
        from IPython.display import display
        from matplotlib import pyplot as plt

        figure, ax = plt.subplots()
        epochs, train, valid, *_ = zip(*history, strict=True)
        ax.plot(epochs, train, label="training")
        if valid[-1] == valid[-1]:  # NaN without validation rows
            ax.plot(epochs, valid, label="validation")
        ax.set(xlabel="epoch", ylabel="loss")
        ax.legend(frameon=False)
        if self._handle is None:
            self._handle = display(figure, display_id=True)
        else:
            self._handle.update(figure)
        plt.close(figure)
        self._drawn = time.monotonic()
