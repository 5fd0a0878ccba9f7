"""Pages made of hostile submissions, in a browser: no script runs, nothing is loaded from elsewhere."""

import re
from pathlib import Path

import pytest
from hostile_course import Browser, formgrader_page

import hostile
from biolabkit_autograder.workflow.report import write_report
from hostile.rendering import COVER, MARK, script

needs_browser = pytest.mark.skipif(Browser.command is None, reason="Chromium is not installed")


def renderers(batch):
    """Who attacks pages."""
    attackers = batch.classroom.attackers
    return [who for who, name in attackers.items() if hostile.ATTACKS[name].group == "rendering"]


def scripts_of(batch, paths):
    """The pages of those who put scripts into them; the others only make them long."""
    return [path for who, path in paths.items() if not batch.classroom.attackers[who].endswith(" bomb")]


def has_run(document):
    """Whether the marker script has changed the page; its text alone says something else."""
    return f"<title>{MARK}</title>" in document or f'id="{MARK}"' in document


def painted_over(pixels):
    """How many pixels have the colour, or nearly: what lies over a page is a little transparent."""
    colour = [int(COVER[at : at + 2], 16) for at in (1, 3, 5)]
    return int((abs(pixels.astype(int) - colour).max(axis=-1) < 20).sum())


@pytest.fixture
def browser(tmp_path):
    with Browser(tmp_path) as one:
        yield one


@needs_browser
def test_the_browser_runs_scripts_and_calls_out(tmp_path, browser):
    """The marker would be seen, and so would a picture from elsewhere."""
    page = tmp_path / "control.html"
    page.write_text(
        f"<title>x</title><body><img src=x onerror=\"{script()}\"><img src='http://example.org/picture'></body>"
    )
    (document,) = browser.open_all([page]).values()
    assert has_run(document)
    assert any(b"/picture" in call for call in browser.calls)


@needs_browser
def test_feedback_and_report_run_and_load_nothing(run, pages, browser):
    wanted = [Path(pages[learner]) for learner in renderers(run.batch)]
    if not wanted:
        pytest.skip("no page to look at: this run has no rendering attacks")
    documents = browser.open_all([*wanted, write_report(run.batch.classroom.course)])
    assert [path.parent.parent.name for path, text in documents.items() if has_run(text)] == []
    assert browser.calls == []


def test_feedback_and_report_refer_to_nothing_outside(run, pages):
    """Besides links that a reader may follow."""
    paths = [*map(Path, pages.values()), write_report(run.batch.classroom.course)]
    for path in paths:
        text = path.read_text(encoding="utf-8")
        outside = re.findall(
            r"<[^>]*\s(?:src|srcset|data|action|poster|background)\s*=\s*[\"'](?!data:image/)", text
        )
        assert outside == [], path
        assert not re.search(
            r"<(script|iframe|object|embed|link|base|form|meta http-equiv=.refresh)\b", text
        ), path
        assert not re.search(r"<[^>]*(url\(|@import)", text), path


@needs_browser
def test_no_learner_paints_over_the_points(run, pages, browser, tmp_path):
    found = [who for who, name in run.batch.classroom.attackers.items() if name == "overlaid page"]
    if not found:
        pytest.skip("no page to look at: this run does not have the attack")
    (who,) = found
    inside = tmp_path / "inside.html"
    inside.write_text(f"<p style='background: {COVER}'>x</p>")
    assert painted_over(browser.top_of(inside, 300))
    assert painted_over(browser.top_of(Path(pages[who]), 10_000))  # it is shown, in its own place
    assert not painted_over(browser.top_of(Path(pages[who]), 700))
    assert not painted_over(browser.top_of(formgrader_page(run.batch.classroom, who, tmp_path), 200))


@needs_browser
def test_formgrader_runs_no_script_of_a_learner(run, browser, tmp_path):
    learners = [who for who in renderers(run.batch) if run.batch.autograded(who)]
    if not learners:
        pytest.skip("no page to look at: this run has no rendering attacks")
    pages = [formgrader_page(run.batch.classroom, learner, tmp_path) for learner in learners]
    documents = browser.open_all(pages)
    assert [path.name for path, text in documents.items() if has_run(text)] == []
