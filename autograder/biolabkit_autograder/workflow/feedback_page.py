"""One learner's feedback page: points and hints first, then their notebook; no hidden test, no script."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

from nbformat.notebooknode import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from biolabkit.check import Card
from biolabkit.check.cards import MIME_TYPE
from biolabkit.check.html import with_code
from biolabkit_autograder.report.records import check_name
from biolabkit_autograder.visible import visible_source

from .budget import Budget
from .pictures import pixels
from .prose import markdown
from .sanitise import CONTENT_POLICY, clean, count_tags, fits

__all__ = ["Feedback", "Score", "page", "picture"]

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f]")

_WORDS = {
    "en": {
        "feedback": "Feedback",
        "points": "points",
        "check": "Check",
        "score": "Points",
        "hint": "What to look at",
        "waiting": "waits for a grade by hand",
        "late": "Handed in late: −{penalty:g} points",
        "notes": "About your file",
        "refused": "Your file could not be graded",
        "notebook": "Your notebook",
        "comment": "Instructor",
        "time": "This cell was stopped at its time limit.",
        "time-answer": "Your cell was stopped at its time limit.",
        "time-check": "The check was stopped at its time limit.",
        "stopped": "This check stopped with {ename}.",
        "essay": "written answer",
        "cut": "… too long for this page: only a part is shown",
    },
    "ko": {
        "feedback": "피드백",
        "points": "점",
        "check": "검사",
        "score": "점수",
        "hint": "살펴볼 점",
        "waiting": "직접 채점을 기다리고 있습니다",
        "late": "늦게 제출하여 {penalty:g}점이 감점되었습니다",
        "notes": "제출하신 파일에 대하여",
        "refused": "파일을 채점하지 못했습니다",
        "notebook": "제출하신 노트북",
        "comment": "강사",
        "time": "이 셀은 시간 한도에서 중단되었습니다.",
        "time-answer": "답안 셀이 시간 한도에서 중단되었습니다.",
        "time-check": "검사가 시간 한도에서 중단되었습니다.",
        "stopped": "이 검사는 오류({ename}) 때문에 멈췄습니다.",
        "essay": "서술형 답안",
        "cut": "… 이 페이지에 담기에는 너무 길어 일부만 표시합니다",
    },
}

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.55 system-ui, "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif;
  color: #1d2329; background: #fff; max-width: 900px; margin: 0 auto; padding: 24px 16px 80px;
  word-break: keep-all; overflow-wrap: break-word; }
h1 { font-size: 24px; margin: 0 0 2px; } h2 { font-size: 18px; margin: 32px 0 8px; }
.who { color: #5c6670; margin: 0 0 16px; }
.total { font-size: 32px; font-weight: 700; } .total small { font-size: 16px; font-weight: 400; }
.bar { height: 8px; background: #e3e7eb; border-radius: 4px; overflow: hidden; margin: 4px 0 16px; }
.bar span { display: block; height: 100%; background: #00775a; }
.checks { border-collapse: collapse; width: 100%; }
.checks th { text-align: left; font-weight: 600; color: #5c6670; border-bottom: 2px solid #d5dade; }
.checks th, .checks td { padding: 6px 10px 6px 0; vertical-align: top; }
.checks td { border-bottom: 1px solid #e3e7eb; }
.checks .n { white-space: nowrap; font-variant-numeric: tabular-nums; }
.ok { color: #00775a; } .no { color: #b84a00; } .part { color: #8a6100; } .wait { color: #5c6670; }
.note { background: #fff7e0; border-left: 4px solid #c98a00; padding: 8px 14px; margin: 12px 0; }
/* what a learner wrote is not drawn outside its own place, over points or cards */
.cell, .answer, .out { contain: paint; }
.cell { margin: 14px 0; } .cell pre { margin: 0; }
.code { background: #f5f7f9; border: 1px solid #e3e7eb; border-radius: 6px; padding: 8px 12px; overflow: auto;
  font: 13px/1.45 "JetBrains Mono", D2Coding, NanumGothicCoding, Menlo, Consolas, monospace; }
.answer { border-left: 4px solid #b9c2ca; padding: 1px 14px; }
.out { padding: 6px 12px; overflow: auto; }
.out pre { font: 13px/1.45 Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.out img { max-width: 100%; }
math { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", "DejaVu Math TeX Gyre", math;
  font-size: 1.08em; }
.error { color: #a0291e; }
.comment { background: #eaf3ff; border-left: 4px solid #2f6fb5; padding: 8px 14px; white-space: pre-wrap; }
table { border-collapse: collapse; }
table:not(.checks) { display: block; }
math[display="block"], table:not(.checks) { max-width: 100%; overflow-x: auto; }
table:not(.checks) td, table:not(.checks) th { padding: 2px 8px; border-bottom: 1px solid #e3e7eb; }
@media print { .code, .out { overflow: visible; } }
"""


@dataclass(frozen=True)
class Score:
    """One gradable cell as the gradebook holds it now, a grade by hand included."""

    check: str
    points: float
    max_points: float
    waiting: bool


@dataclass(frozen=True)
class Feedback:
    """What a page shows.

    Attributes
    ----------
    title, learner, name : str
        The exercise's title, the learner's id and name.
    language : {"en", "ko"}
        Of the page.
    scores : sequence of Score
        In the order of the notebook; empty when the submission could not be graded.
    problems : sequence of str
        Sentences about the file.
    comments : mapping of str to str
        By ``grade_id``: what the instructor wrote.
    penalty : float
        Points taken off for lateness.
    notebook : NotebookNode or None
        The autograded notebook.
    """

    title: str
    learner: str
    name: str
    language: str
    scores: Sequence[Score] = ()
    problems: Sequence[str] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    notebook: NotebookNode | None = None


def page(feedback: Feedback) -> str:
    """Write the page: one self-contained HTML file that works offline."""
    words = _WORDS[feedback.language]
    parts = [_head(feedback, words), _notes(feedback, words)]
    if feedback.notebook is not None:
        cards = _cards(feedback.notebook)
        parts += [_table(feedback, cards, words), f"<h2>{words['notebook']}</h2>"]
        budget = Budget()
        parts += [_cell(cell, feedback, cards, words, budget) for cell in feedback.notebook.cells]
    title = escape(f"{feedback.title} · {feedback.name}")
    return (
        f'<!doctype html>\n<html lang="{feedback.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}{_code_style()}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body>\n</html>\n"
    )


def _head(feedback: Feedback, words: Mapping[str, str]) -> str:
    lines = [
        f"<h1>{escape(feedback.title)}</h1>",
        f'<p class="who">{words["feedback"]} · {escape(feedback.name)} ({escape(feedback.learner)})</p>',
    ]
    if feedback.scores:
        most = sum(score.max_points for score in feedback.scores)
        points = max(sum(score.points for score in feedback.scores) - feedback.penalty, 0.0)
        share = 100 * points / most if most else 0.0
        lines += [
            f'<div class="total">{points:g} / {most:g} <small>{words["points"]}</small></div>',
            f'<div class="bar"><span style="width: {share:.0f}%"></span></div>',
        ]
    if feedback.penalty:
        lines.append(f'<p class="note">{escape(words["late"].format(penalty=feedback.penalty))}</p>')
    return "\n".join(lines)


def _notes(feedback: Feedback, words: Mapping[str, str]) -> str:
    if not feedback.problems:
        return ""
    title = words["notes"] if feedback.notebook is not None else words["refused"]
    items = "".join(f"<li>{escape(problem)}</li>" for problem in feedback.problems)
    return f'<div class="note"><strong>{title}</strong><ul>{items}</ul></div>'


def _table(feedback: Feedback, cards: Mapping[str, Card], words: Mapping[str, str]) -> str:
    limits = {check: words[phrase] for check, phrase in _over_time(feedback.notebook).items()}
    rows = "".join(
        _row(score, cards.get(score.check), feedback, words, limits.get(score.check, ""))
        for score in feedback.scores
    )
    head = f"<tr><th>{words['check']}</th><th>{words['score']}</th><th>{words['hint']}</th></tr>"
    return f'<table class="checks"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _over_time(notebook: NotebookNode | None) -> dict[str, str]:
    """Checks that a time limit cost their points, with the phrase that says whose limit it was.

    An answer that was stopped defines nothing, and its checks alone would only say that a name is missing.
    """
    found = {}
    stopped = after_check = False
    for cell in notebook.cells if notebook else ():
        if cell.cell_type != "code":
            continue
        is_stopped = any(one.get("ename") == "CellTimeoutError" for one in cell.outputs)
        if _is_check(cell):
            after_check = True
            if is_stopped or stopped:
                found[cell.metadata.nbgrader.grade_id] = "time-check" if is_stopped else "time-answer"
        else:  # the first cell behind a task's checks begins another task
            stopped = is_stopped or (stopped and not after_check)
            after_check = False
    return found


def _row(score: Score, card: Card | None, feedback: Feedback, words: Mapping[str, str], limit: str) -> str:
    if score.waiting:
        points, state, symbol = f"– / {score.max_points:g}", "wait", "…"
    elif score.points >= score.max_points:
        points, state, symbol = f"{score.points:g} / {score.max_points:g}", "ok", "✓"
    elif score.points > 0:
        points, state, symbol = f"{score.points:g} / {score.max_points:g}", "part", "◐"
    else:
        points, state, symbol = f"{score.points:g} / {score.max_points:g}", "no", "✗"
    remark = words["waiting"] if score.waiting else _remark(card, feedback.language)
    remark = remark or feedback.comments.get(score.check, "")
    if limit and state in ("part", "no"):
        remark = f"{limit} {remark}".strip()
    return (
        f'<tr><td><span class="{state}">{symbol}</span> {escape(_name(score.check, words))}</td>'
        f'<td class="n {state}">{points}</td><td>{with_code(remark)}</td></tr>'
    )


def _name(check: str, words: Mapping[str, str]) -> str:
    name = check_name(check)
    return f"{name} ({words['essay']})" if check.startswith("essay-") else name


def _remark(card: Card | None, language: str) -> str:
    """The hint, else what was checked."""
    if card is None or card.passed:
        return ""
    if card.hint is not None:
        return card.hint.ko if language == "ko" else card.hint.en
    return card.what_ko if language == "ko" else card.what_en


def _cards(notebook: NotebookNode) -> dict[str, Card]:
    cards = {}
    for cell in notebook.cells:
        if _is_check(cell):
            for output in cell.outputs:
                data = output.get("data", {}).get(MIME_TYPE)
                if isinstance(data, dict):
                    cards[cell.metadata.nbgrader.grade_id] = Card.from_dict(data)
    return cards


def _is_check(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("grade"))


def _cell(
    cell: NotebookNode,
    feedback: Feedback,
    cards: Mapping[str, Card],
    words: Mapping[str, str],
    budget: Budget,
) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    if cell.cell_type == "markdown":
        body = _markdown(cell.source, words, budget)
        if grade_id is not None:
            body = f'<div class="answer">{body}</div>'
    elif cell.cell_type == "raw":
        body = _text(cell.source, words, budget)
    elif _is_check(cell):
        body = _code(visible_source(cell.source), words, budget)
        body += _check_outcome(cell, cards, feedback.language, words)
    else:
        body = _code(cell.source, words, budget)
        body += "".join(_output(output, words, budget) for output in cell.outputs)
    comment = feedback.comments.get(grade_id or "")
    if comment:
        body += f'<div class="comment"><strong>{words["comment"]}</strong>\n{escape(comment)}</div>'
    return f'<div class="cell">{body}</div>'


def _markdown(source: str, words: Mapping[str, str], budget: Budget) -> str:
    is_taken = budget.take("markdown", len(source)) and budget.take("tags", count_tags(source))
    return markdown(source) if is_taken else _text(source, words, budget)


def _code(source: str, words: Mapping[str, str], budget: Budget) -> str:
    if not budget.take("code", len(source)):
        return _text(source, words, budget, "code")
    return (
        f'<div class="code"><pre>{highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))}</pre></div>'
    )


@cache
def _code_style() -> str:
    return str(HtmlFormatter(style="default").get_style_defs(".code"))


def _check_outcome(
    cell: NotebookNode, cards: Mapping[str, Card], language: str, words: Mapping[str, str]
) -> str:
    """The card alone: prints, values and tracebacks of a check cell may quote its hidden tests."""
    card = cards.get(cell.metadata.nbgrader.grade_id)
    if card is not None:
        return f'<div class="out">{clean(card.to_html(language))}</div>'
    for output in cell.outputs:
        if output.output_type == "error":
            return f'<div class="out error">{escape(_stopped(output.ename, words))}</div>'
    return ""


def _stopped(ename: str, words: Mapping[str, str]) -> str:
    return words["time"] if ename == "CellTimeoutError" else words["stopped"].format(ename=ename)


def _output(output: NotebookNode, words: Mapping[str, str], budget: Budget) -> str:
    if output.output_type == "stream":
        return _text(output.text, words, budget)
    if output.output_type == "error":
        if output.ename == "CellTimeoutError":
            return f'<div class="out error">{escape(words["time"])}</div>'
        told = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
        return _text(told, words, budget, "out error")
    return _data(output.get("data", {}), words, budget)


def _data(data: Mapping[str, Any], words: Mapping[str, str], budget: Budget) -> str:
    """The richest form that is safe; anything else has a text form."""
    for kind in ("image/png", "image/jpeg"):
        if kind in data and (shown := picture(data[kind], budget)):
            return f'<div class="out"><img alt="" src="data:{kind};base64,{shown}"></div>'
    html = str(data.get("text/html", ""))
    if html and fits(html) and budget.take("html", len(html)) and budget.take("tags", count_tags(html)):
        return f'<div class="out">{clean(html)}</div>'
    for kind in ("text/markdown", "text/latex"):
        if kind in data:
            return f'<div class="out">{_markdown(str(data[kind]), words, budget)}</div>'
    return _text(str(data.get("text/plain", "")), words, budget)


def picture(value: object, budget: Budget) -> str:
    """Base64 text as it must be, without whatever else stood there; empty for what is not shown."""
    text = re.sub(r"[^A-Za-z0-9+/=]", "", str(value))
    size = pixels(text)
    if size is None or not (budget.take("pictures", len(text)) and budget.take("pixels", size)):
        return ""
    return base64.b64encode(base64.b64decode(text)).decode("ascii")


def _text(text: str, words: Mapping[str, str], budget: Budget, kind: str = "out") -> str:
    shown, is_whole = budget.cut(text)
    plain = _ANSI.sub("", shown)
    note = "" if is_whole else f'<p class="wait">{escape(words["cut"])}</p>'
    return f'<div class="{kind}"><pre>{escape(plain)}</pre>{note}</div>' if plain.strip() or note else ""
