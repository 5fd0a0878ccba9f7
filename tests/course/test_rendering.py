"""Pages made of hostile notebooks: bounded work, and nothing that acts in nbgrader's own pages."""

import base64
import io
import re
from importlib.resources import files
from time import process_time

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from PIL import Image
from traitlets.config import Config

from biolabkit_autograder.workflow.budget import Budget
from biolabkit_autograder.workflow.config import config_text
from biolabkit_autograder.workflow.feedback_page import Feedback, page
from biolabkit_autograder.workflow.formgrader import CleanSubmission
from biolabkit_autograder.workflow.pictures import pixels
from biolabkit_autograder.workflow.sanitise import clean, fits

SCRIPT = "<script>document.title='marked'</script>"


def png(image, kind="PNG"):
    file = io.BytesIO()
    image.save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def feedback(*cells, language="en"):
    return page(Feedback("Title", "kim", "Kim", language, notebook=new_notebook(cells=list(cells))))


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<b " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</b>",
        "<b " + " ".join(f"a{n}" for n in range(100_000)) + ">x</b>",
        "<table>" * 50_000,
        "<p>" + "".join(f"<b title={n}>" for n in range(3000)) + "<p>x" * 3000,
        "".join(f"<I\ttitle={n}><div>" for n in range(3000)) + "</i>" * 30_000,
        "x" * 300_000,
    ],
)
def test_html_that_would_take_minutes_is_shown_as_the_beginning_of_its_text(html):
    start = process_time()
    cleaned = clean(html)
    assert process_time() - start < 1
    assert not fits(html)
    assert cleaned.startswith("<pre>")
    assert len(cleaned) < 20_000


def test_html_as_large_as_a_table_or_with_a_picture_in_it_is_kept():
    rows = "<tr><td>1.234</td><td>5.678</td></tr>" * 2000
    table = f"<table><tbody>{rows}</tbody></table>"
    assert clean(table) == table
    noise = png(Image.effect_noise((900, 900), 90))
    assert len(noise) > 700_000
    picture = f'<img src="data:image/png;base64,{noise}" alt="">'
    assert fits(picture)
    assert noise in clean(picture)


def test_a_picture_of_a_few_kilobytes_does_not_become_gigabytes():
    white = png(Image.new("1", (30_000, 30_000)))
    assert len(white) < 300_000
    outputs = [
        new_output("display_data", {"image/png": white, "text/plain": "<Figure>"}),
        new_output("display_data", {"text/html": f'<img src="data:image/png;base64,{white}">'}),
    ]
    page = feedback(new_code_cell("f()", outputs=outputs))
    assert white not in page
    assert "&lt;Figure&gt;" in page


def test_all_pictures_of_a_page_have_a_bound():
    large = png(Image.new("1", (4_000, 4_000)))
    shown = new_code_cell(
        "f()", outputs=[new_output("display_data", {"image/png": large}) for _ in range(40)]
    )
    assert feedback(shown).count(large) == 12  # of 16 million pixels each


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pixels_are_counted_without_decoding(kind):
    assert pixels(png(Image.new("L", (30, 20)), kind)) == 600


@pytest.mark.parametrize("picture", ["", "no base64", "AAAA", b"<svg width='1'/>", b"\x89PNG\r\n\x1a\n...."])
def test_what_is_no_picture_has_no_pixels(picture):
    assert pixels(picture) is None


@pytest.mark.parametrize(
    "cell",
    [
        new_markdown_cell("\n" * 1_000_000),
        new_markdown_cell("$x_1$ " * 200_000),
        new_markdown_cell("<div>" * 20_000),
        new_markdown_cell("[" * 49_000),
        new_code_cell("x=1\n" * 250_000),
        new_code_cell("pass", outputs=[new_output("stream", text="y" * 5_000_000)]),
        new_code_cell("pass", outputs=[new_output("display_data", {"text/html": "<div>" * 100_000})]),
    ],
)
def test_a_page_of_a_huge_cell_is_small_and_quick(cell):
    start = process_time()
    html = feedback(cell)
    assert process_time() - start < 5
    assert len(html) < 1_000_000


def test_a_page_of_many_large_cells_is_bounded_and_says_so_in_both_languages():
    cells = [new_markdown_cell("$x_1$ " * 8000) for _ in range(200)]
    assert len(feedback(*cells)) < 12_000_000
    assert "only a part is shown" in feedback(new_code_cell("x=1\n" * 250_000))
    assert "일부만 표시합니다" in feedback(new_code_cell("x=1\n" * 250_000), language="ko")


def test_what_is_taken_from_a_budget_is_gone():
    budget = Budget()
    assert not budget.take("markdown", 50_001), "more than one cell may have"
    assert [budget.take("markdown", 50_000) for _ in range(7)] == [True] * 6 + [False]
    assert budget.cut("abc") == ("abc", True)
    assert budget.cut("x" * 300_000) == ("x" * 200_000, False)


def _nbgrader_html(notebook):
    """The notebook as nbgrader's formgrader shows it."""
    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    templates = files("nbgrader") / "server_extensions" / "formgrader" / "templates"
    config.HTMLExporter.extra_template_basedirs = [str(templates)]
    config.HTMLExporter.preprocessors = [CleanSubmission]
    resources = dict.fromkeys(
        ("assignment_id", "notebook_id", "submission_id", "base_url", "student", "last_name", "first_name"),
        "x",
    )
    resources |= {"index": 0, "total": 1, "notebook_path": "x"}
    html, _ = HTMLExporter(config=config).from_notebook_node(notebook, resources=resources)
    return html


def test_nothing_of_a_submission_acts_in_formgrader():
    essay = {"grade": True, "solution": True, "grade_id": "essay-why", "points": 3, "schema_version": 3}
    html = _nbgrader_html(
        new_notebook(
            cells=[
                new_markdown_cell(f"My **answer**\n\n{SCRIPT}\n\n$x^2$", metadata={"nbgrader": essay}),
                new_markdown_cell(
                    "[x](javascript:marked)\n\n\\(\\href{javascript:marked}{x}\\)\n\n```\na\n\nb\n```"
                ),
                new_raw_cell(SCRIPT),
                new_code_cell(
                    "f()",
                    outputs=[
                        new_output("display_data", {"text/html": SCRIPT + "<b>bold</b>"}),
                        new_output("display_data", {"image/svg+xml": f"<svg>{SCRIPT}</svg>"}),
                        new_output("display_data", {"application/javascript": "marked"}),
                        new_output("display_data", {"text/markdown": SCRIPT}),
                        new_output("display_data", {"text/latex": r"$\\href{javascript:marked}{x}$"}),
                        new_output("display_data", {"image/png": f'AAAA"> {SCRIPT}'}),
                        new_output("stream", text=SCRIPT),
                    ],
                ),
            ]
        )
    )
    for found in re.finditer("marked", html):
        around = html[max(0, found.start() - 120) : found.end()]
        ignored = html.rfind("mathjax_ignore", 0, found.start()) > html.rfind(
            '<div class="cell', 0, found.start()
        )
        assert "&lt;script&gt;" in around or ("href{javascript" in around and ignored), around
    assert "<strong>answer</strong>" in html
    assert "<msup>" in html
    assert "<b>bold</b>" in html
    assert "a&#10;&#10;b" in html or "a\n\nb" in html


def test_what_nbconvert_is_slow_at_does_not_reach_it():
    long_code = "x = 1\n" * 500_000
    brackets = new_markdown_cell("[" * 40_000)
    cleaned, _ = CleanSubmission().preprocess(new_notebook(cells=[brackets, new_code_cell(long_code)]), {})
    assert "[" not in cleaned.cells[0].source
    assert cleaned.cells[0].source.count("&#91;") == 40_000
    assert long_code.startswith(cleaned.cells[1].source)
    assert len(cleaned.cells[1].source) <= 20_000


def test_a_course_s_own_configuration_has_the_preprocessor(course):
    assert "c.HTMLExporter.preprocessors = [CleanSubmission]" in config_text(course)
