"""The plot style and Korean fonts."""

import warnings

import matplotlib as mpl
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt

from biolabkit import plot


@pytest.fixture(autouse=True)
def untouched():
    """Every test leaves matplotlib's settings, figures and fonts as they were."""
    from matplotlib import font_manager

    fonts = list(font_manager.fontManager.ttflist)
    with mpl.rc_context():
        yield
    font_manager.fontManager.ttflist[:] = fonts
    plt.close("all")


def korean_font_or_skip():
    font = plot.korean_font()
    if font is None:
        pytest.skip("no Korean font on this machine")
    return font


def test_korean_labels_are_drawn_without_a_warning():
    font = korean_font_or_skip()
    assert plot.use_korean_fonts() == font
    assert mpl.rcParams["font.family"] == ["DejaVu Sans", font]
    figure, ax = plt.subplots()
    ax.set_title("위양성률과 민감도 −0.5 µg")
    ax.plot([-1, 1], [-1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw()


def test_a_font_that_matplotlib_has_not_listed_is_found():
    from matplotlib import font_manager

    korean_font_or_skip()
    entries = font_manager.fontManager.ttflist
    entries[:] = [entry for entry in entries if entry.name not in plot.KOREAN_FONTS]
    assert plot.korean_font() in plot.KOREAN_FONTS


def test_without_a_korean_font_one_message_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(plot, "korean_font", lambda: None)
    monkeypatch.setattr(plot, "_said_missing", False)
    with warnings.catch_warnings():
        assert plot.use_korean_fonts() is None
        assert plot.use_korean_fonts() is None
        said = capsys.readouterr().out
        assert said.count("fonts-nanum") == 1
        with warnings.catch_warnings(record=True) as caught:
            figure, ax = plt.subplots()
            ax.set_title("한글")
            mpl.rcParams["font.family"] = ["DejaVu Sans"]
            figure.canvas.draw()
        assert not caught


def test_axes_returns_what_it_was_given_or_makes_them():
    _, given = plt.subplots()
    assert plot.axes(given) is given
    made = plot.axes(figsize=(3, 2))
    assert made is not given
    assert tuple(made.figure.get_size_inches()) == (3, 2)
    assert not made.spines["top"].get_visible()


def test_style_is_undone_after_the_block():
    before = dict(mpl.rcParams)
    with plot.style():
        cycle = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
        assert tuple(cycle) == plot.PALETTE
        assert mpl.rcParams["axes.grid"]
    assert dict(mpl.rcParams) == before


def deuteranopia(colour):
    """Machado et al. 2009, severity 1.0, on linear RGB."""
    linear = [((int(colour[i : i + 2], 16) / 255 + 0.055) / 1.055) ** 2.4 for i in (1, 3, 5)]
    matrix = (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    )
    return [sum(weight * channel for weight, channel in zip(row, linear, strict=True)) for row in matrix]


def test_the_first_colours_differ_without_red_green_vision():
    seen = [deuteranopia(colour) for colour in plot.PALETTE[:4]]
    for i, one in enumerate(seen):
        for other in seen[i + 1 :]:
            assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 0.1
