"""A feedback page in a narrow window: what is wide scrolls by itself, and the page does not."""

import shutil

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from biolabkit_autograder.workflow.feedback_page import Feedback, page

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

TERM = "\\sum_i \\left[s_i > s_j\\right]"
FORMULA = f"$$\\mathrm{{AUROC}} = {' + '.join([TERM] * 6)}$$"
TABLE = "| " + " | ".join(f"column{n}" for n in range(20)) + " |\n" + "|---" * 20 + "|\n"
WIDE = {
    "math": new_markdown_cell(FORMULA),
    "table": new_markdown_cell(TABLE),
    "pre": new_code_cell("x = 1  # " + "a" * 200),
}


@pytest.mark.parametrize("tag", WIDE)
def test_nothing_wide_makes_the_page_wider_than_the_window(tmp_path, tag):
    notebook = new_notebook(cells=[WIDE[tag]])
    path = tmp_path / "page.html"
    path.write_text(page(Feedback("Title", "kim", "Kim", "en", notebook=notebook)), encoding="utf-8")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM)
        window = browser.new_page(viewport={"width": 360, "height": 800})
        window.goto(path.as_uri())
        assert window.locator(tag).last.evaluate("(one) => (one.closest('.code') ?? one).scrollWidth") > 360
        assert window.evaluate("document.documentElement.scrollWidth") == 360
        browser.close()
