"""Plots that take and return matplotlib Axes: one restrained style, and fonts that can write Korean.

matplotlib is imported inside the functions, so that importing this module costs nothing.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

    from matplotlib.axes import Axes

__all__ = [
    "KOREAN_FONTS",
    "PALETTE",
    "axes",
    "korean_font",
    "style",
    "use_korean_fonts",
    "use_korean_fonts_when_needed",
]

_log = logging.getLogger(__name__)

#: Okabe and Ito's colours, which people with any colour vision can tell apart, in the order of use. Blue and
#: vermilion come first as they also differ most in print; yellow is left out as it vanishes on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#4D4D4D")

#: Fonts with all Hangul syllables, by family name as matplotlib knows it, in the order of preference.
KOREAN_FONTS = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "NanumBarunGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "Noto Sans CJK JP",  # the name of the first face in the collection file that holds the Korean one too
    "UnDotum",
)

_FONT_FILES = re.compile(
    r"noto\s*sans\s*(cjk|kr)|nanum|malgun|applesdgothic|applegothic|undotum", re.IGNORECASE
)

_said_missing = False


def axes(ax: "Axes | None" = None, **figure: Any) -> "Axes":
    """Return `ax`, or the Axes of a new figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made when it is left out.
    **figure : dict
        Passed on to `matplotlib.pyplot.subplots` when a figure is made, for example ``figsize=(6, 4)``.
    """
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    with style():
        made: Axes = plt.subplots(**{"layout": "constrained", **figure})[1]
    return made


@contextmanager
def style() -> Iterator[None]:
    """Use the house style for the plots made inside the block.

    Colour-blind safe colours, a quiet grid behind the data and no box around it; in SVG, text is drawn as
    paths, so that it looks the same where the font is missing. Fonts are left as they are, so Korean set by
    `use_korean_fonts` stays.
    """
    import matplotlib as mpl
    from cycler import cycler

    quiet = "#5c6670"
    settings: dict[Any, Any] = {
        "axes.prop_cycle": cycler(color=PALETTE),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": quiet,
        "axes.labelcolor": "#24292f",
        "axes.titlesize": "medium",
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#d8dde2",
        "grid.linewidth": 0.7,
        "xtick.color": quiet,
        "ytick.color": quiet,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "figure.dpi": 110,
        "savefig.dpi": 160,
        "svg.fonttype": "path",
    }
    # Only these are put back: rc_context would also undo the interactive mode that a notebook's backend
    # switches on with its first figure, and no later figure would be shown.
    before = {name: mpl.rcParams[name] for name in settings}
    mpl.rcParams.update(settings)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def korean_font() -> str | None:
    """Find the first installed font of `KOREAN_FONTS`.

    Fonts installed after matplotlib made its list of fonts are found and added to it.

    Returns
    -------
    str or None
        The family's name; None when there is no such font.
    """
    from matplotlib import font_manager

    found = _first_known(font_manager)
    if found is None:
        for path in font_manager.findSystemFonts():
            if _FONT_FILES.search(Path(path).name):
                _add(font_manager, path)
        found = _first_known(font_manager)
    return found


def use_korean_fonts() -> str | None:
    """Let matplotlib write Korean: ``font.family`` becomes DejaVu Sans, then a Korean font.

    The second is used for what the first lacks: Latin text, the minus sign and mathematics keep their look.
    Where no Korean font is installed, a message says once which one to install, and the missing glyphs are
    drawn as boxes without further warnings.

    Returns
    -------
    str or None
        The Korean font's family name.
    """
    import matplotlib as mpl

    font = korean_font()
    if font is None:
        _say_missing()
        return None
    mpl.rcParams["font.family"] = ["DejaVu Sans", font]
    logging.getLogger("matplotlib.font_manager").addFilter(_worth_saying)
    return font


def use_korean_fonts_when_needed() -> None:
    """Do as `use_korean_fonts`: at once where matplotlib is imported, else right after somebody imports it.

    So a cell that imports matplotlib and draws has its fonts, and a session without figures imports nothing.
    """
    if "matplotlib.font_manager" in sys.modules:
        use_korean_fonts()
    elif not any(isinstance(finder, _AfterImport) for finder in sys.meta_path):
        # what first asks for fonts, directly or through pyplot, imports this module
        sys.meta_path.insert(0, _AfterImport("matplotlib.font_manager", use_korean_fonts))


class _AfterImport:
    """An import finder that calls a function once a module has been imported, and then leaves."""

    def __init__(self, module: str, then: Callable[[], Any]) -> None:
        self._module, self._then, self._asking = module, then, False

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> "ModuleSpec | None":
        """Find the module as the others do, and have its loader call the function at its end."""
        if name != self._module or self._asking:
            return None
        from importlib.util import find_spec

        self._asking = True
        try:
            spec = find_spec(name)
        finally:
            self._asking = False
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: self._run(execute, module)  # type: ignore[method-assign]
        return spec

    def _run(self, execute: Callable[[Any], None], module: Any) -> None:
        execute(module)
        if self in sys.meta_path:
            sys.meta_path.remove(self)
            self._then()


def _worth_saying(record: logging.LogRecord) -> bool:
    """Leave out that a Korean font calls its bold 600 instead of 700, which is no concern of a trainee."""
    return "Failed to find font weight" not in record.getMessage()


def _first_known(font_manager: Any) -> str | None:
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in KOREAN_FONTS if name in known), None)


def _add(font_manager: Any, path: str) -> None:
    try:
        font_manager.fontManager.addfont(path)
    except (OSError, RuntimeError):  # a font file that FreeType cannot read is no help
        _log.debug("cannot read the font %s", path)


def _say_missing() -> None:
    """Say once what to install, and keep matplotlib from warning about every single glyph."""
    global _said_missing
    if _said_missing:
        return
    _said_missing = True
    import warnings

    warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from", category=UserWarning)
    print(
        "한글 글꼴이 없어 그림의 한글이 네모로 나옵니다. 설치: apt install fonts-nanum (Debian, Ubuntu), "
        "dnf install google-noto-sans-cjk-fonts (Fedora).\n"
        "No Korean font is installed, so Korean labels show as boxes; see the line above for what to install."
    )
