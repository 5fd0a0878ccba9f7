"""Whatever a box says its outputs are: valid, bounded and harmless ones come out."""

import base64
import io
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from biolabkit.check import MIME_TYPE
from biolabkit_autograder.judging.clean_outputs import (
    OutputBudget,
    clean_card,
    clean_outputs,
    without_addresses,
)


def png(width, height):
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


PNG = png(2, 2)


def cleaned(*outputs, limit=100_000, budget=None, **options):
    return clean_outputs(list(outputs), limit, budget or OutputBudget(10**9), **options)[0]


def shown(data, **options):
    found = cleaned({"output_type": "display_data", "data": data, "metadata": {}}, **options)
    return found[0]["data"] if found else None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    [
        "output_type",
        "name",
        "text",
        "data",
        "metadata",
        "ename",
        "evalue",
        "traceback",
        "execution_count",
        "text/plain",
        "text/html",
        "image/png",
        "text/latex",
        "text/markdown",
    ]
)
words = st.sampled_from(
    ["stream", "display_data", "execute_result", "error", "stdout", PNG, "<b>x", [], ["a"], {}]
)
likely = st.recursive(
    words | json_values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6)
)


@given(likely)
def test_anything_becomes_valid_outputs(raw):
    outputs, _ = clean_outputs(raw if isinstance(raw, list) else [raw], 10_000, OutputBudget(100_000))
    cell = new_code_cell("x", outputs=[nbformat.from_dict(output) for output in outputs])
    nbformat.validate(new_notebook(cells=[cell]))


def test_only_known_kinds_stay():
    data = shown(
        {
            "text/plain": "x",
            "text/html": '<b onclick="a()">x</b><script>y</script><iframe src="z"></iframe><img src="http://z/i.png">',
            "image/png": PNG,
            "image/svg+xml": "<svg onload='a()'/>",
            "application/javascript": "a()",
            "application/vnd.jupyter.widget-view+json": {"model_id": "m"},
            "text/latex": "$x^2$",
            MIME_TYPE: {"passed": True},
        }
    )
    assert set(data) == {"text/plain", "text/html", "image/png", "text/latex"}
    assert data["text/html"] == "<b>x</b><img>"


def test_cards_come_from_the_judge_only():
    assert shown({MIME_TYPE: {"passed": True}}) is None
    assert shown({MIME_TYPE: {"passed": True}}, cards=True) == {MIME_TYPE: {"passed": True}}


@pytest.mark.parametrize(
    "latex", [r"\href{javascript:a()}{x}", r"\require{html}", r"\style{a}{b}", "<script>"]
)
def test_latex_with_links_or_extensions_is_left_out(latex):
    assert shown({"text/latex": latex, "text/plain": "t"}) == {"text/plain": "t"}


def test_markdown_is_shown_as_its_source():
    assert shown({"text/markdown": "**b**", "text/plain": "<Markdown>"}) == {"text/plain": "**b**"}


@pytest.mark.parametrize(
    "picture", ["", "no base64!", base64.b64encode(b"<svg/>").decode(), 7, None, png(30_000, 30_000)]
)
def test_what_is_no_picture_or_too_large_a_one_is_left_out(picture):
    assert shown({"image/png": picture, "text/plain": "t"}) == {"text/plain": "t"}


def test_metadata_and_control_characters_are_left_out():
    (output,) = cleaned(
        {
            "output_type": "execute_result",
            "data": {"text/plain": "a\x00b\x1b[0m\ud800"},
            "metadata": {"needs_background": "light", "x": 1},
            "execution_count": True,
        }
    )
    assert output["data"] == {"text/plain": "ab\x1b[0m?"}
    assert output["metadata"] == {"needs_background": "light"}
    assert output["execution_count"] is None


def test_the_limit_counts_all_outputs():
    lines = [{"output_type": "stream", "name": "stdout", "text": "x" * 400}] * 10
    kept, cut = clean_outputs(lines, 1200, OutputBudget(10**9))
    assert (len(kept), cut) == (2, True)
    assert clean_outputs(lines, 100_000, OutputBudget(10**9))[1] is False
    assert len(cleaned(*lines * 1000, limit=10**9)) == 2001


_LINE_ENDS = {"output_type": "stream", "name": "stdout", "text": "\n" * 50_000}
_ESCAPES = {"output_type": "stream", "name": "stdout", "text": '\x1b\\"\t' * 20_000}
_SYLLABLES = {"output_type": "stream", "name": "stdout", "text": "가😀" * 20_000}
_EMPTY_LINES = {"output_type": "error", "ename": "E", "evalue": "", "traceback": [""] * 50_000}
_NOTHING = {"output_type": "display_data", "data": {"text/plain": ""}, "metadata": {}}
_PICTURES = {"output_type": "display_data", "data": {"image/png": PNG, "text/plain": "\n" * 9000}}


@pytest.mark.parametrize(
    "output", [_LINE_ENDS, _ESCAPES, _SYLLABLES, _EMPTY_LINES, _NOTHING, _PICTURES], ids=range(6)
)
def test_the_file_of_all_cells_together_has_a_bound(output):
    budget, cells, cuts = OutputBudget(1_000_000), [], []
    for _ in range(60):
        outputs, cut = clean_outputs([output] * 100, 100_000, budget)
        cells.append(new_code_cell(outputs=[nbformat.from_dict(one) for one in outputs]))
        cuts.append(cut)
    written = nbformat.writes(new_notebook(cells=cells)).encode()
    assert 100_000 < len(written) < 1_000_000 + 60 * 300
    assert cuts[-1] is True
    assert budget.is_used_up


def test_a_verdict_is_kept_where_the_budget_is_used_up():
    budget = OutputBudget(-1)
    error = {"output_type": "error", "ename": "CheckFailed", "evalue": "x", "traceback": ["x"]}
    card = {"output_type": "display_data", "data": {MIME_TYPE: {"passed": False}}, "metadata": {}}
    printed = {"output_type": "stream", "name": "stdout", "text": "x"}
    kept, cut = clean_outputs([printed, card, error], 1000, budget, cards=True)
    assert [one["output_type"] for one in kept] == ["display_data", "error"]
    assert cut
    assert clean_outputs([printed, card, error], 1000, budget) == ([], True)


def test_deeply_nested_html_does_not_stop_the_supervisor():
    budget = OutputBudget(10**9)
    for _ in range(20):
        assert shown({"text/html": "<div>" * 200_000, "text/plain": "t"}, budget=budget, limit=10**7) == {
            "text/plain": "t"
        }
        shown({"text/html": "<div>" * 9_000, "text/plain": "t"}, budget=budget, limit=10**7)
    assert 0 <= budget.tags < 9_000


def test_addresses_are_taken_out():
    assert without_addresses("<f at 0x7f2fe556c110> 0xdeadbeef") == "<f at 0x0> 0xdeadbeef"


@pytest.mark.parametrize("count", [-1, 2**31, True, "1", 1.0])
def test_what_is_no_execution_count_is_left_out(count):
    raw = {"output_type": "execute_result", "data": {"text/plain": "1"}, "execution_count": count}
    ((output,), _) = clean_outputs([raw], 1000, OutputBudget(10**9))
    assert output["execution_count"] is None


def test_texts_of_cards_hold_no_half_or_control_characters():
    card = {
        "got": "a\ud800\x1b[2J\n\tb\x85",
        "hint": {"code": "\0"},
        "list": ["\udfff", 1, None],
        "\x07": True,
    }
    found = clean_card(card)
    assert found["got"] == "a\ufffd\ufffd[2J\n\tb\ufffd"
    assert found["hint"] == {"code": "\ufffd"}
    assert found["list"] == ["\ufffd", 1, None]
    assert found["\ufffd"] is True


def test_texts_of_cards_are_cut():
    card = dict.fromkeys(("what_en", "what_ko", "got"), "가" * 20_000_000) | {"list": ["x" * 3000]}
    found = clean_card(card)
    assert len(json.dumps(found, ensure_ascii=False).encode()) < 15_000
    assert found["what_en"].endswith("…")
    assert len(found["got"]) == 2000
