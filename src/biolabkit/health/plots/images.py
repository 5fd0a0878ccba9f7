"""Images and saliency on Axes."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from biolabkit import plot
from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.health.images import MedicalImage, window

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_image", "plot_saliency"]


def plot_image(
    image: MedicalImage | npt.ArrayLike,
    *,
    center: float | None = None,
    width: float | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Show a grey image.

    Parameters
    ----------
    image : MedicalImage or array-like
        Shape (rows, columns). A `MedicalImage` is drawn with its pixels' true proportions.
    center, width : float, optional
        The window; by default the header's, else smallest to largest value.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        Only one of `center` and `width` was given, or the image has several frames.
    """
    if (center is None) != (width is None):
        raise InputError(
            told(
                "plot_image: center and width go together; give both or none",
                "plot_image: center와 width는 함께 써야 합니다. 둘 다 지정하거나 둘 다 빼십시오",
            )
        )
    header = image if isinstance(image, MedicalImage) else None
    pixels = np.asarray(image.pixels if isinstance(image, MedicalImage) else image, dtype=np.float64)
    if pixels.ndim != 2:
        raise InputError(
            told(
                f"plot_image: shape (rows, columns) expected, found {pixels.shape}; choose one frame",
                f"plot_image: 모양이 (행, 열)이어야 합니다. 받은 모양: {pixels.shape}. 프레임 하나를 "
                "고르십시오",
            )
        )
    proposed = header.window if header else None
    chosen = proposed if center is None or width is None else (center, width)
    grey = pixels if chosen is None else window(pixels, *chosen)
    ax = plot.axes(ax)
    spacing = (header.spacing_mm if header else None) or (1.0, 1.0)
    ax.imshow(
        grey,
        cmap="gray_r" if header and header.is_inverted else "gray",
        vmin=None if chosen is None else 0,
        vmax=None if chosen is None else 1,
        aspect=spacing[0] / spacing[1],
        interpolation="nearest",
    )
    ax.grid(visible=False)
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def plot_saliency(
    image: npt.ArrayLike, saliency: npt.ArrayLike, *, alpha: float = 0.6, ax: "Axes | None" = None
) -> "Axes":
    """Lay a saliency map over its image; what is not salient stays grey.

    Parameters
    ----------
    image : array-like
        Shape (rows, columns).
    saliency : array-like
        Of the same shape; negative values are drawn as 0, and the largest as `alpha`.
    alpha : float
        How opaque the most salient pixel is, 0 to 1.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        The shapes differ.
    """
    heat = np.clip(np.asarray(saliency, dtype=np.float64), 0, None)
    if heat.shape != np.shape(image):
        raise InputError(
            told(
                f"plot_saliency: the image has shape {np.shape(image)}, the map {heat.shape}",
                f"plot_saliency: 영상의 모양은 {np.shape(image)}, 지도의 모양은 {heat.shape}입니다. 서로 "
                "같아야 합니다",
            )
        )
    ax = plot_image(image, ax=ax)
    top = heat.max()
    share = heat / top if top > 0 else heat
    ax.imshow(share, cmap="inferno", vmin=0, vmax=1, alpha=alpha * share, interpolation="bilinear")
    return ax
