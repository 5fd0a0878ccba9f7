"""Certificates as PDF, drawn by matplotlib, which is there already and embeds the fonts it uses."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from biolabkit import plot
from biolabkit.errors import CourseError

from .phrases import phrase, written_date
from .rules import IssuerSpec
from .transcript import Transcript

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["certificate"]

_A4_LANDSCAPE = (11.69, 8.27)  # inches
_INK, _QUIET, _BLUE = "#1f2328", "#57606a", plot.PALETTE[0]
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
#: The width that a line may have, as a share of the page's; a longer one is written smaller.
_WIDEST = 0.8


def certificate(transcript: Transcript, issuer: IssuerSpec, language: str) -> bytes:
    """Draw the certificate of one learner.

    Parameters
    ----------
    transcript : Transcript
        Of a completed course.
    issuer : IssuerSpec
        Who issues it.
    language : {"en", "ko"}
        Of the certificate.

    Returns
    -------
    bytes
        A PDF of one A4 page in landscape; the same each time while nothing behind it changes.

    Raises
    ------
    CourseError
        When no installed font can write what stands on it.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    assert transcript.issued is not None, "only a completed course has a certificate"
    lines = _lines(transcript, issuer, language)
    font = _korean_font([text for _, text, *_ in lines])
    # glyphs as Type 3: any kind of font file, only what is used of it, and twenty times as fast as TrueType
    settings: Any = {"font.family": [*([font] if font else []), "DejaVu Sans"], "pdf.fonttype": 3}
    made = datetime.combine(transcript.issued, time(), UTC)
    about = {"Title": lines[0][1], "Subject": transcript.number, "CreationDate": made, "Creator": "biolabkit"}
    data = io.BytesIO()
    with mpl.rc_context(settings), _every_glyph(transcript.standing.name):
        figure = Figure(figsize=_A4_LANDSCAPE)
        _frame(figure)
        for y, text, size, color, weight in lines:
            _write(figure, y, text, size, color, weight)
        figure.savefig(data, format="pdf", metadata=about)
    return data.getvalue()


def _lines(
    transcript: Transcript, issuer: IssuerSpec, language: str
) -> list[tuple[float, str, float, str, str]]:
    """What stands on the page: height, text, size in points, colour, weight; from the top."""
    standing, spec = transcript.standing, transcript.course.spec
    rules, seen = spec.completion, standing.attendance
    assert rules is not None, "a standing is made by rules"
    assert transcript.issued is not None, "only a completed course has a certificate"
    facts = [phrase("hours", language, rules.hours)] if rules.hours else []
    facts += [phrase("attended", language, seen.percent)] if seen else []
    facts += [phrase("scored", language, standing.percent)] if standing.percent is not None else []
    title = spec.title.ko if language == "ko" else spec.title.en
    lines = [
        (0.795, phrase("certificate", language), 38, _BLUE, "bold"),
        (0.725, phrase("number_is", language, transcript.number), 11, _QUIET, "normal"),
        (0.635, phrase("before_name", language), 14, _QUIET, "normal"),
        (0.565, standing.name, 32, _INK, "bold"),
        (0.475, phrase("before_course", language), 14, _QUIET, "normal"),
        (0.405, title, 24, _INK, "bold"),
        (0.348, " · ".join(facts), 12.5, _INK, "normal"),
        (0.288, phrase("after_course", language), 14, _QUIET, "normal"),
        (0.225, written_date(transcript.issued, language), 14, _INK, "normal"),
        (0.165, issuer.name[language], 19, _INK, "bold"),
        (0.125, issuer.signatory[language] if issuer.signatory else "", 12.5, _INK, "normal"),
        (0.075, phrase("digest", language, transcript.digest), 6.5, _QUIET, "normal"),
    ]
    return [line for line in lines if line[1]]


def _frame(figure: Figure) -> None:
    from matplotlib.patches import Rectangle

    for margin, width in ((0.035, 2.6), (0.045, 0.8)):
        # the same margin on all sides of a page that is wider than high
        across = margin * _A4_LANDSCAPE[1] / _A4_LANDSCAPE[0]
        figure.add_artist(
            Rectangle(
                (across, margin),
                1 - 2 * across,
                1 - 2 * margin,
                transform=figure.transFigure,
                fill=False,
                edgecolor=_BLUE,
                linewidth=width,
            )
        )


def _write(figure: Figure, y: float, text: str, size: float, color: str, weight: str) -> None:
    """Write a centred line, smaller when it would be too wide. A ``$`` is a ``$``."""
    written = figure.text(
        0.5,
        y,
        text,
        ha="center",
        va="center",
        size=size,
        color=color,
        weight=weight,
        parse_math=False,
    )
    width = written.get_window_extent().width / figure.bbox.width
    if width > _WIDEST:
        written.set_fontsize(size * _WIDEST / width)


def _korean_font(texts: list[str]) -> str | None:
    font = plot.korean_font()
    if font is None and any(_HANGUL.search(text) for text in texts):
        raise CourseError(
            "no Korean font is installed, so a certificate with Korean text cannot be made; install one: "
            "apt install fonts-nanum (Debian, Ubuntu), dnf install google-noto-sans-cjk-fonts (Fedora)"
        )
    return font


@contextmanager
def _every_glyph(name: str) -> Iterator[None]:
    """Refuse a page with boxes for letters; keep what fonts say of themselves off the terminal."""
    fonts = logging.getLogger("matplotlib.font_manager")  # a Korean font calls its bold 600 instead of 700
    level = fonts.level
    fonts.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=r"Glyph \d+ .* missing from")
            yield
    except UserWarning as error:
        letter = re.search(r"Glyph (\d+)", str(error))
        which = f" {chr(int(letter[1]))!r}" if letter else ""
        raise CourseError(f"{name}: no installed font can write{which}; install one that can") from error
    finally:
        fonts.setLevel(level)
