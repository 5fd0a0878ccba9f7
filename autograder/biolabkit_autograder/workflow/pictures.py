"""How large a picture is when it is shown: a few kilobytes can say gigabytes of white."""

from __future__ import annotations

import base64
import binascii
import io
import warnings

__all__ = ["LARGEST_PIXELS", "pixels"]

#: Of one picture; a figure of 20 by 20 inches at 160 dots per inch has 10 million.
LARGEST_PIXELS = 16_000_000
_KINDS = ("PNG", "JPEG", "GIF", "WEBP")


def pixels(picture: bytes | str) -> int | None:
    """Width times height as the picture's own header says it; nothing of it is decoded.

    Parameters
    ----------
    picture : bytes or str
        A PNG, JPEG, GIF or WebP file; as text, in base64.

    Returns
    -------
    int or None
        None for what is no such file, or has more than `LARGEST_PIXELS`.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        data = base64.b64decode(picture) if isinstance(picture, str) else picture
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own, about sizes
            width, height = Image.open(io.BytesIO(data), formats=_KINDS).size
    except (
        binascii.Error,
        Image.DecompressionBombError,
        UnidentifiedImageError,
        OSError,
        SyntaxError,  # so Pillow calls a broken file
        ValueError,
    ):
        return None
    size = width * height
    return size if 0 < size <= LARGEST_PIXELS else None
