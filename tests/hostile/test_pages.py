"""Pages made of hostile submissions, in a browser: no script runs, nothing is loaded from elsewhere."""

import base64
import re
import struct
from pathlib import Path

import pytest
from hostile_course import Browser, formgrader_page

import hostile
from biolabkit_autograder.workflow.report import write_report
from hostile.rendering import MARK, script

needs_browser = pytest.mark.skipif(Browser.command is None, reason="Chromium is not installed")


def renderers(batch):
    return [
        who for who, name in batch.classroom.attackers.items() if hostile.ATTACKS[name].group == "rendering"
    ]


def has_run(document):
    """Whether the marker script has changed the page; its text alone says something else."""
    return f"<title>{MARK}</title>" in document or f'id="{MARK}"' in document


@pytest.fixture(scope="session")
def formgrader_pages(run, tmp_path_factory):
    """What an instructor sees in formgrader, of those who attack pages."""
    learners = [who for who in renderers(run.batch) if run.batch.autograded(who)]
    if not learners:
        pytest.skip("no page to look at: this run has no rendering attacks")
    folder = tmp_path_factory.mktemp("formgrader")
    return {who: formgrader_page(run.batch.classroom, who, folder) for who in learners}


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
    wanted = scripts_of(run.batch, {who: Path(pages[who]) for who in renderers(run.batch)})
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


def test_nothing_covers_a_page_or_fills_a_browser(run, pages, formgrader_pages):
    found = []
    for path in [*(Path(pages[learner]) for learner in renderers(run.batch)), *formgrader_pages.values()]:
        text = path.read_text(encoding="utf-8")
        found += [
            (path, style) for style in re.findall(r'<[^>]*style="([^"]*margin[^;"]*-\s*[\d.][^"]*)"', text)
        ]
        heads = (base64.b64decode(data) for data in re.findall(r"data:image/png;base64,([\w+/]{40})", text))
        sizes = (struct.unpack(">II", head[16:24]) for head in heads if head[12:16] == b"IHDR")
        found += [(path, size) for size in sizes if size[0] * size[1] > 50e6]
    assert found == []


@needs_browser
def test_formgrader_runs_no_script_of_a_learner(run, formgrader_pages, browser):
    documents = browser.open_all(scripts_of(run.batch, formgrader_pages))
    assert [path.name for path, text in documents.items() if has_run(text)] == []
