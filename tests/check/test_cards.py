"""Cards: their text, their HTML, their data; and cards made of other exceptions."""

import ast
import json
import re
from html.parser import HTMLParser

import nh3
import pytest

from biolabkit.check import (
    STYLE_PROPERTIES,
    TAGS,
    Card,
    CheckContext,
    card_from_exception,
    expect,
    hint,
    pass_card,
)
from biolabkit.check.asserts import keep_sides
from biolabkit.check.failures import CheckFailed

HINT = hint("hom-ref-forgotten", 1, en="Is `0/0` a genotype?", ko="`0/0`도 유전자형입니까?")
CARD = Card(
    check="genotypes.prior",
    task="genotypes",
    points=2,
    what_en="Posterior",
    what_ko="사후 확률",
    got="0.5",
    expected="0.9",
    hint=HINT,
    detail_en="The difference is -0.4.",
    detail_ko="차이는 -0.4입니다.",
)


def test_text_has_every_part_in_the_language():
    assert CARD.to_text("en") == (
        "✗ Not yet right · genotypes.prior · 2 points\n  Posterior\n  Got: 0.5\n  Expected: 0.9\n"
        "  The difference is -0.4.\n  Hint: Is `0/0` a genotype?"
    )
    assert CARD.to_text("ko") == (
        "✗ 아직 맞지 않습니다 · genotypes.prior · 2점\n  사후 확률\n  받은 값: 0.5\n  기대한 값: 0.9\n"
        "  차이는 -0.4입니다.\n  힌트: `0/0`도 유전자형입니까?"
    )


def test_a_value_of_several_lines_begins_on_its_own_line():
    assert "  Got:\n    a\n    b\n" in Card(got="a\nb", expected="c").to_text("en")


def test_one_line_has_one_line():
    card = Card(check="c", what_en="two\nlines", got="a\nb", expected="x" * 1000)
    assert "\n" not in card.one_line()
    assert len(card.one_line()) <= 220


def test_a_card_survives_json():
    again = Card.from_dict(json.loads(json.dumps(CARD.to_dict())))
    assert again == CARD
    assert again.hint.code == "hom-ref-forgotten"
    assert again.to_html("ko") == CARD.to_html("ko")


def test_keys_of_a_later_version_are_left_out():
    assert Card.from_dict({**CARD.to_dict(), "colour": "red"}) == CARD


class Styles(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.properties = set(), set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            self.properties |= {part.partition(":")[0].strip() for part in value.split(";") if part.strip()}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", ["passed", "failed", "error", "unanswered"])
def test_html_uses_only_what_it_promises(kind, language):
    card = Card(check="a.b", points=1, kind=kind, what_en="w `x`", got="g", expected="e", hint=HINT, line="l")
    styles = Styles()
    styles.feed(card.to_html(language))
    assert styles.tags <= TAGS
    assert styles.attributes == {"style"}
    assert styles.properties <= STYLE_PROPERTIES


def test_html_survives_a_sanitiser_unchanged():
    html = CARD.to_html("en")
    cleaned = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: {"style"} for tag in TAGS},
        filter_style_properties=set(STYLE_PROPERTIES),
    )

    def squeezed(text):
        return re.sub(r"\s|&ensp;|&quot;|['\"]|;", "", text)

    assert squeezed(cleaned) == squeezed(html)


def test_whatever_comes_from_a_learner_is_escaped():
    nasty = "<script>alert(1)</script>`<img src=x onerror=alert(1)>`"
    card = Card(
        check=nasty, what_en=nasty, got=nasty, expected=nasty, detail_en=nasty, line=nasty, place=nasty,
        hint=hint("x", 1, en=nasty, ko=nasty),
    )  # fmt: skip
    html = card.to_html("en")
    assert "<script" not in html
    assert "<img" not in html
    styles = Styles()
    styles.feed(html)
    assert styles.tags <= TAGS


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("kind", ["passed", "failed", "error", "unanswered"])
def test_the_badge_can_be_read(kind):
    accent = re.search(r"background-color: (#[0-9a-f]{6}); color: #ffffff", Card(kind=kind).to_html("en"))[1]
    assert 1.05 / (luminance(accent) + 0.05) >= 4.5  # WCAG AA for white text


# Other exceptions ----------------------------------------------------------------------------------------

CONTEXT = CheckContext(check="gc", points=1, filename="<check>")


def run(check, learner="", context=CONTEXT, source=None):
    """Run a check as a notebook does: learner and check are compiled apart and share one namespace."""
    import linecache

    names = {"expect": expect}
    for filename, text in (("<learner>", learner), ("<check>", source or check)):
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(learner, "<learner>", "exec"), names)
    try:
        exec(compile(check, "<check>", "exec"), names)
    except BaseException as error:
        return card_from_exception(error, context)
    raise AssertionError("the check passed")


HIDDEN = CheckContext(check="gc", points=1, filename="<check>", hidden=True)


def test_an_error_in_learner_code_shows_type_message_and_line():
    card = run("gc('')", "def gc(dna):\n    n = len(dna)\n    return 1 / n\n")
    assert card.kind == "error"
    assert card.got == "ZeroDivisionError: division by zero"
    assert (card.place, card.line) == ("gc:3", "return 1 / n")


def test_the_learners_line_is_found_below_a_library():
    card = run("gc('x')", "import json\ndef gc(dna):\n    return json.loads(dna)\n")
    assert card.got.startswith("JSONDecodeError")
    assert card.line == "return json.loads(dna)"


def test_an_error_in_the_check_itself_shows_its_line_unless_hidden():
    source = "answer = gc('')\nanswer['AUROC']"
    learner = "def gc(dna):\n    return None\n"
    assert run(source, learner).line == "answer['AUROC']"
    assert run(source, learner, HIDDEN).line is None


def test_an_unsolved_task_is_met_gently():
    for context in (CONTEXT, HIDDEN):
        card = run("gc('')", "def gc(dna):\n    raise NotImplementedError()\n", context)
        assert card.kind == "unanswered"
        assert card.got is None
    assert run("gc_content('')").kind == "unanswered"
    assert "`gc_content` is not defined yet" in run("gc_content('')").what_en


def test_a_misspelt_name_in_learner_code_is_an_error_of_theirs():
    card = run("gc('')", "def gc(dna):\n    return lenn(dna)\n")
    assert card.kind == "error"
    assert card.line == "return lenn(dna)"


def test_a_plain_assert_shows_message_and_statement():
    card = run("assert (1 +\n        1) == 3, 'sum is three'")
    assert card.what_en == card.what_ko == "sum is three"
    assert card.line == "assert (1 +\n        1) == 3, 'sum is three'"
    assert run("assert 1 == 2").what_en == "A condition does not hold."


def keep(source):
    """Compile a check as its cell is compiled."""
    return keep_sides(ast.parse(source, "<check>"))


@pytest.mark.parametrize(
    ("source", "got", "expected"),
    [
        ("assert gc('AC') == 0.75", "0.5", "0.75"),
        ("assert 0.75 == gc('AC')", "0.5", "0.75"),
        ("assert gc('AC') > 0.6, 'too low'", "0.5", "> 0.6"),
        ("assert gc('AC') in (0.1, 0.2)", "0.5", "in (0.1, 0.2)"),
        ("assert gc('AC') is None", "0.5", "None"),
        ("for want in (0.5, 0.6, 0.7):\n    assert gc('AC') == want", "0.5", "0.6"),
        ("def each(want):\n    assert (\n        gc('AC') == want\n    )\neach(0.6)", "0.5", "0.6"),
    ],
)
def test_a_plain_assert_shows_both_values(source, got, expected):
    card = run(keep(source), "def gc(dna):\n    return 0.5\n", source=source)
    assert (card.got, card.expected) == (got, expected)
    assert card.line.startswith("assert ")
    assert ast.parse(card.line)


def test_a_plain_assert_says_what_differs():
    card = run(keep("assert [1, 2] == [1, 3]"), source="assert [1, 2] == [1, 3]")
    assert card.detail_en == "1 of 2 items differs; first at index 1: got 2, expected 3."


@pytest.mark.parametrize("source", ["assert 1 == 1\nassert 2 > 3 > 4", "assert 3 < 2", "assert not [1]"])
def test_an_assert_without_a_value_and_an_expected_one_shows_its_statement(source):
    card = run(keep(source), source=source)
    assert (card.got, card.expected) == (None, None)
    assert card.line == source.splitlines()[-1]


def test_a_value_is_made_once_however_an_assert_is_kept():
    learner = "calls = []\ndef gc(dna):\n    calls.append(dna)\n    return len(calls)\n"
    source = "assert gc('A') == 1\nassert gc('A') == 3"
    assert run(keep(source), learner, source=source).got == "2"


@pytest.mark.parametrize(
    "source",
    [
        "import numpy\nnumpy.testing.assert_allclose(1, 12345)",
        "import pandas\npandas.testing.assert_series_equal(pandas.Series([1]), pandas.Series([12345]))",
        "{1: 2}[12345]",
        "import numpy\nnumpy.zeros(3) + numpy.zeros(12345)",
        "got = 1\nassert got == 12345",
    ],
)
def test_nothing_that_a_hidden_check_raises_tells_what_it_expected(source):
    card = run(keep(source), context=HIDDEN, source=source)
    assert "12345" not in json.dumps(card.to_dict())
    assert "12345" in json.dumps(run(keep(source), source=source).to_dict())


def test_an_authors_own_message_is_for_the_learner_in_a_hidden_check_too():
    assert run("assert 1 == 2, 'N is no base'", context=HIDDEN).what_en == "N is no base"


def test_an_interrupted_check_is_no_error_of_the_learner():
    card = run("gc('')", "def gc(dna):\n    raise KeyboardInterrupt\n")
    assert (card.what_en, card.got) == ("Interrupted before the check ended.", None)
    assert card.line == "raise KeyboardInterrupt"


def test_a_message_of_many_lines_is_cut():
    assert run("raise ValueError('a\\n' * 100)").got.count("\n") < 12


def test_a_hidden_assert_shows_no_source():
    card = run("assert 1 == 12345", context=HIDDEN)
    assert "12345" not in json.dumps(card.to_dict())


def test_an_assertion_of_the_learner_is_an_error_in_their_code():
    card = run("gc('')", "def gc(dna):\n    assert dna, 'empty'\n")
    assert (card.kind, card.line) == ("error", "assert dna, 'empty'")


def test_a_line_from_another_process_may_come_with_the_exception():
    error = ValueError("negative depth")
    error.learner_line, error.learner_place = "return log(depth)", "quality:7"
    card = card_from_exception(error, CONTEXT)
    assert (card.got, card.line, card.place) == (
        "ValueError: negative depth",
        "return log(depth)",
        "quality:7",
    )
    assert card.what_en == "Your code stopped with an error."


def test_an_exception_that_cannot_be_written_out_still_gives_a_card():
    class UnspeakableError(Exception):
        def __str__(self):
            raise RuntimeError

    assert card_from_exception(UnspeakableError(), CONTEXT).got == "UnspeakableError"
    assert len(card_from_exception(ValueError("x" * 10**6), CONTEXT).got) < 600


def test_without_a_context_a_card_is_still_made():
    assert card_from_exception(ValueError("no")).got == "ValueError: no"


def test_a_pass_says_whether_hidden_checks_have_run():
    assert pass_card(HIDDEN).what_en == "All checks passed."
    assert "Grading may check more" in pass_card(CONTEXT).what_en
    assert pass_card(CONTEXT).passed


def test_check_failed_is_an_assertion_error():
    assert issubclass(CheckFailed, AssertionError)
