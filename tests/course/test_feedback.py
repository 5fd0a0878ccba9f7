"""What a learner receives: points and hints first, no hidden test, nothing that runs or loads."""

import re
from html import unescape

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from biolabkit.check import Card, hint
from biolabkit.check.cards import MIME_TYPE
from biolabkit_autograder.visible import visible_source
from biolabkit_autograder.workflow.feedback_page import Feedback, Score, page
from biolabkit_autograder.workflow.prose import formula, markdown
from biolabkit_autograder.workflow.sanitise import MARK, clean

SCRIPT = "<script>document.title='marked'</script>"
#: One white point.
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP6DwABBQECz6AuzQAAAABJRU5ErkJggg=="
ATTACKS = [
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "<img src='https://example.org/track.png'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<svg onload=alert(1)><script>1</script></svg>",
    "<iframe src='https://example.org'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>1</script>'>x</a>",
    "<form action='https://example.org'><input name=a></form>",
    "<style>body { background: url(https://example.org/x) }</style>",
    "<div style=\"background: url('https://example.org/x'); position: fixed\">x</div>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<base href='https://example.org'>",
]
ACTS = re.compile(
    r"<\s*(script|iframe|form|input|style|meta|base|svg|object|embed|link)|\son\w+\s*=|javascript:|url\(|"
    r"src=[\"'](?!data:image/(png|jpeg))|position\s*:",
    re.IGNORECASE,
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_acts_is_taken_out(attack):
    assert not ACTS.search(clean(attack))
    assert not ACTS.search(markdown(attack))


def test_what_only_shows_is_kept():
    table = '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td colspan="2">1</td></tr></tbody></table>'
    assert clean(table) == table
    assert f'src="data:image/png;base64,{DOT}"' in clean(f'<img src="data:image/png;base64,{DOT}" alt="x">')


def test_a_card_survives_sanitising():
    card = Card(
        check="a.b", points=2, what_en="A number", got="3", expected="4", hint=hint("h", 3, en="E", ko="K")
    )
    html = card.to_html("en")
    # the sanitiser writes the same styles with other quotes and spaces
    before, after = (re.sub(r"[\s'\"]", "", unescape(text)) for text in (html, clean(html)))
    assert after == before


def test_formulas_are_mathml_and_odd_ones_stay_text():
    assert formula(r"\frac{p}{1-p}") == (
        '<math display="inline"><mrow><mfrac><mrow><mi>p</mi></mrow>'
        "<mrow><mn>1</mn><mo>−</mo><mi>p</mi></mrow></mfrac></mrow></math>"
    )
    html = markdown(r"The odds $\frac{p}{1-p}$ and $$\sqrt{x}$$")
    assert html.count("<math") == 2
    assert '<math display="block"><mrow><msqrt>' in html
    assert formula(r"\nonsense{") == r"<code>\nonsense{</code>"


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\tfrac12 P(b \mid a_1)", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        (r"P = \begin{cases} 1 - e & b = a \\ e/3 & b \ne a \end{cases}", '<mtd style="text-align: left">'),
        (
            r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
            '<mtd style="text-align: right"><mi>a</mi></mtd>',
        ),
        (r"-10\log_{10}\bigl(1 - P(\text{best} \mid D)\bigr)", "<mtext>best</mtext>"),
        (r"\text{정밀도} = \frac{TP}{TP + FP}", "<mtext>정밀도</mtext>"),
        (r"A \bigcup B", "<mo>⋃</mo>"),
    ],
)
def test_formulas_of_teaching_notebooks_can_be_drawn(tex, part):
    assert part in formula(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>document.title='marked'</script>}",
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        r"\class{a' onclick='alert(1)}{x}",
        r"\style{position: fixed}{x}",
        r"\textcolor{url(https://example.org)}{x}",
        r"\mbox{&lt;script&gt;1&lt;/script&gt;}",
        r"\unicode{x3c}script\unicode{x3e}",
    ],
)
def test_a_formula_cannot_act(tex):
    written = formula(tex)
    written = re.sub(r"&lt;.*?&gt;", "", written) if "<math" in written else ""
    assert not ACTS.search(written)
    names = {found.group(1) for found in re.finditer(r"</?([a-z]+)", written)}
    assert all(name.startswith("m") for name in names)


def test_a_formula_that_would_grow_or_nest_without_end_is_code():
    growing = r"\newcommand{\a}{xx}\newcommand{\b}{\a\a}\b"
    assert formula(growing).startswith("<code>")
    assert formula("{" * 1900).startswith("<code>")
    assert formula("x+" * 1500).startswith("<code>")


def test_a_forged_mark_in_an_attribute_is_taken_out():
    forged = f"{MARK}{b'<i>'.hex()}-inline{MARK}"
    assert "<math" not in markdown(f'<img alt="{forged}" title="$x$" src="data:image/png;base64,{DOT}">')
    assert "<math" not in markdown(f'<span style="font-family: {forged}">x</span>')
    assert "<math" not in markdown(f"![a $x$ b](data:image/png;base64,{DOT})")


def test_markdown_is_rendered():
    html = markdown("| a | b |\n|---|---|\n| 1 | 2 |\n\n**bold** `code`")
    assert "<td>1</td>" in html
    assert "<strong>bold</strong> <code>code</code>" in html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS", "a"),
        ("a\n  ### BEGIN HIDDEN TESTS\nb\n", "a"),
        ("### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc", "c"),
        ("a\n", "a\n"),
    ],
)
def test_the_hidden_part_of_a_check_is_cut_out(source, shown):
    assert visible_source(source) == shown


def _check_cell(*outputs):
    source = "lab.check('x', points=2)\nassert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(SECRET) == 7\n"
    nbgrader = {"grade": True, "solution": False, "grade_id": "check-x", "points": 2}
    return new_code_cell(
        source + "### END HIDDEN TESTS", metadata={"nbgrader": nbgrader}, outputs=list(outputs)
    )


def _page(*cells, language="en", **options):
    scores = options.pop("scores", [Score("check-x", 0.0, 2.0, waiting=False)])
    notebook = new_notebook(cells=list(cells))
    return page(Feedback("Title", "kim", "김하늘", language, scores, notebook=notebook, **options))


def test_hidden_tests_and_what_may_quote_them_are_not_shown():
    card = Card(
        check="x", points=2, what_en="f of some number", hint=hint("h", 3, en="Look there", ko="거기")
    )
    html = _page(
        _check_cell(
            new_output("stream", text="called with SECRET"),
            new_output("display_data", {MIME_TYPE: card.to_dict(), "text/plain": "SECRET"}),
            new_output("error", ename="CheckFailed", evalue="SECRET", traceback=["SECRET"]),
        )
    )
    assert "SECRET" not in html
    assert "assert" in html
    assert html.index("Look there") < html.index("Your notebook")


def test_the_table_sets_code_as_the_card_does_and_korean_words_stay_whole():
    card = Card(check="x", points=2, hint=hint("h", 3, en="call `f(<x>)`", ko="`f(<x>)` 호출"))
    html = _page(
        _check_cell(new_output("display_data", {MIME_TYPE: card.to_dict(), "text/plain": "x"})), language="ko"
    )
    (row,) = re.findall(r"<tr><td>(.*?)</tr>", html)
    assert re.search("<code[^>]*>f\\(&lt;x&gt;\\)</code> 호출", row)
    assert "word-break: keep-all" in html


def test_checks_are_named_as_on_the_card():
    scores = [Score("check-model-one", 1.0, 1.0, False), Score("essay-honest_figure", 0.0, 3.0, True)]
    rows = re.findall(r"<tr><td>(.*?)</td>", _page(scores=scores))
    names = [re.sub("<span.*</span>", "", row).strip() for row in rows]
    assert names == ["model · one", "honest_figure (written answer)"]
    assert "model · one" in Card(check="model.one", points=1).to_html()


def test_a_check_without_a_card_says_only_how_it_stopped():
    html = _page(_check_cell(new_output("error", ename="ValueError", evalue="SECRET", traceback=["SECRET"])))
    assert "SECRET" not in html
    assert "This check stopped with ValueError." in html
    html = _page(_check_cell(new_output("error", ename="CellTimeoutError", evalue="", traceback=["x"])))
    assert "stopped at its time limit" in html


def test_the_table_says_what_a_time_limit_cost():
    limit = new_output("error", ename="CellTimeoutError", evalue="", traceback=["x"])
    absent = Card(check="x", points=2, what_en="f", hint=hint("h", 3, en="f is not defined", ko="f"))
    undefined = new_output("display_data", {MIME_TYPE: absent.to_dict(), "text/plain": "x"})
    answer, stopped = new_code_cell("def f(): ..."), new_code_cell("while True: ...", outputs=[limit])

    def row(*cells):
        return re.findall(r"<tr><td>(.*?)</tr>", _page(*cells))[0]

    assert "Your cell was stopped at its time limit. f is not defined" in row(stopped, _check_cell(undefined))
    assert "The check was stopped at its time limit." in row(answer, _check_cell(limit))
    assert "time limit" not in row(answer, _check_cell(undefined))
    another = _check_cell(undefined)
    another.metadata.nbgrader.grade_id = "check-of-the-task-before"
    assert "time limit" not in row(stopped, another, answer, _check_cell(undefined))


def test_a_page_loads_nothing_and_runs_nothing():
    png = {"image/png": f'{DOT}" onerror="alert(1)', "text/plain": "x"}
    html = _page(
        new_markdown_cell(SCRIPT + "\n\n<img src=x onerror=alert(1)>"),
        new_code_cell(
            "'</pre><script>1</script>'",
            outputs=[
                new_output("display_data", {"text/html": "".join(ATTACKS)}),
                new_output("display_data", {"application/javascript": "alert(1)", "text/plain": "js"}),
                new_output("display_data", {"image/svg+xml": SCRIPT, "text/plain": "svg"}),
                new_output("display_data", png),
                new_output("stream", text="\x1b[31m</pre><script>1</script>\x1b[0m"),
                new_output("error", ename="<script>", evalue="<script>", traceback=["\x1b[0;31m<script>"]),
            ],
        ),
        problems=["<script>1</script>"],
        comments={},
    )
    body = html[html.index("<body>") :]
    assert not ACTS.search(re.sub(r"&lt;.*?&gt;", "", body).replace('<span style="width', '<span x="width'))
    assert "Content-Security-Policy" in html
    assert "http" not in re.sub(r"http-equiv", "", html[: html.index("<body>")])


def test_waiting_essays_comments_and_penalties_in_korean():
    essay = {"grade": True, "solution": True, "grade_id": "essay-why", "points": 3}
    html = _page(
        new_markdown_cell("내 답", metadata={"nbgrader": essay}),
        language="ko",
        scores=[Score("check-x", 2.0, 2.0, waiting=False), Score("essay-why", 0.0, 3.0, waiting=True)],
        comments={"essay-why": "잘 <b>썼습니다"},
        penalty=0.5,
    )
    assert "1.5 / 5" in html
    assert "직접 채점을 기다리고 있습니다" in html
    assert "잘 &lt;b&gt;썼습니다" in html
    assert "0.5점이 감점되었습니다" in html


def test_a_refused_file_has_a_page_with_the_reason():
    html = page(Feedback("Title", "kim", "Kim", "en", problems=["it is not JSON"]))
    assert "could not be graded" in html
    assert "it is not JSON" in html


def test_the_table_tells_full_part_and_no_points_apart_and_shows_what_the_instructor_wrote():
    scores = [
        Score("essay-a", 2.0, 2.0, False),
        Score("essay-b", 1.5, 2.0, False),
        Score("essay-c", 0.0, 2.0, False),
    ]
    html = _page(scores=scores, comments={"essay-b": "Why <then>?"})
    rows = re.findall(r"<tr><td>(.*?)</tr>", html)
    assert [sign for row in rows for sign in "✓◐✗" if sign in row] == ["✓", "◐", "✗"]
    assert "Why &lt;then&gt;?" in rows[1]
