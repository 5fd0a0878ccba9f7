"""Figures write Korean from the first cell that draws, whoever imports matplotlib, and when."""

import subprocess
import sys

import pytest

from biolabkit.plot import korean_font

FAMILY = "print(matplotlib.rcParams['font.family'])"


@pytest.fixture(scope="module")
def fonts():
    font = korean_font()
    if font is None:
        pytest.skip("no Korean font is installed here")
    return ["DejaVu Sans", font]


def run(*lines: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_matplotlib_is_not_imported_for_it():
    program = "import sys; from biolabkit import plot; plot.use_korean_fonts_when_needed()"
    assert run(program, "print('matplotlib' in sys.modules)") == ["False"]


@pytest.mark.parametrize("imported", ["matplotlib.pyplot", "matplotlib.figure"])
def test_fonts_are_there_as_soon_as_matplotlib_is(fonts, imported):
    program = (
        "from biolabkit import plot; plot.use_korean_fonts_when_needed(); plot.use_korean_fonts_when_needed()"
    )
    before = "import sys; finders = len(sys.meta_path)"
    after = f"import {imported}, matplotlib; {FAMILY}; print(finders - len(sys.meta_path))"
    assert run(program, before, after) == [str(fonts), "1"]


def test_asking_whether_matplotlib_is_there_changes_nothing(fonts):
    program = "from biolabkit import plot; plot.use_korean_fonts_when_needed()"
    asked = "import importlib.util, matplotlib; importlib.util.find_spec('matplotlib.font_manager')"
    assert run(program, asked, f"import matplotlib.pyplot; {FAMILY}") == [str(fonts)]


def test_fonts_are_set_at_once_where_matplotlib_is_imported(fonts):
    program = "import matplotlib.pyplot; from biolabkit import plot; plot.use_korean_fonts_when_needed()"
    assert run(program, f"import matplotlib; {FAMILY}") == [str(fonts)]


@pytest.mark.parametrize(("language", "korean"), [("ko", True), ("en", False)])
def test_a_cell_that_starts_imports_and_draws_has_its_fonts(fonts, monkeypatch, language, korean):
    monkeypatch.setenv("BIOLAB_LANGUAGE", language)
    program = "from biolabkit.check import lab; lab.start('x'); import matplotlib.pyplot, matplotlib"
    assert (run(program, FAMILY)[-1] == str(fonts)) is korean
