"""What nbgrader's own pages show of a submission, made harmless: formgrader and nbgrader's feedback.

Their templates put Markdown, HTML, SVG and scripts of a notebook into the page as they are, and MathJax runs
over all text. A script there would have the rights of the instructor who looks at it.
"""

from __future__ import annotations

from html import escape
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat.notebooknode import NotebookNode

from .budget import Budget
from .feedback_page import picture
from .prose import markdown
from .sanitise import clean, count_tags, fits

__all__ = ["CleanSubmission"]

_PICTURES = ("image/png", "image/jpeg")
#: Characters that are still shown of a code cell over the page's budget: nbconvert colours them, slowly.
_CODE_SHOWN = 20_000


class CleanSubmission(Preprocessor):
    """Leave only what can neither run nor load anything; for ``c.HTMLExporter.preprocessors``."""

    enabled = True

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Clean the notebook that is about to be shown; its file stays as it is."""
        budget = Budget()
        for cell in nb.cells:
            for name in ("tags", "format", "raw_mimetype", "slideshow"):
                cell.metadata.pop(name, None)
            cell.pop("attachments", None)
            if cell.cell_type == "code":
                if not budget.take("code", len(cell.source)):
                    cell.source = cell.source[:_CODE_SHOWN]
                cell.outputs = [_output(output, budget) for output in cell.outputs]
            elif cell.cell_type == "markdown":
                cell.source = _markdown(cell.source, budget)
            else:
                cell.source = _plain(cell.source, budget)
        return nb, resources


def _output(output: NotebookNode, budget: Budget) -> NotebookNode:
    if output.output_type == "stream":
        output.text = budget.cut(output.text)[0]
    elif output.output_type == "error":
        output.traceback = [budget.cut(line)[0] for line in output.traceback]
    else:
        output.data, output.metadata = NotebookNode(_data(output.data, budget)), NotebookNode()
    return output


def _data(data: NotebookNode, budget: Budget) -> dict[str, str]:
    """One form of an output: the one that the feedback page would show."""
    for kind in _PICTURES:
        if kind in data and (shown := picture(data[kind], budget)):
            return {kind: shown}
    html = str(data.get("text/html", ""))
    if html and fits(html) and budget.take("html", len(html)) and budget.take("tags", count_tags(html)):
        return {"text/html": _block(clean(html))}
    for kind in ("text/markdown", "text/latex"):
        if kind in data:
            return {"text/html": _markdown(str(data[kind]), budget)}
    return {"text/plain": budget.cut(str(data.get("text/plain", "")))[0]}


def _markdown(source: str, budget: Budget) -> str:
    is_taken = budget.take("markdown", len(source)) and budget.take("tags", count_tags(source))
    return _block(markdown(source)) if is_taken else _plain(source, budget)


def _plain(source: str, budget: Budget) -> str:
    return _block(f"<pre>{escape(budget.cut(source)[0])}</pre>")


def _block(html: str) -> str:
    """One block of HTML that Markdown's rules and MathJax leave alone: it has no line ends.

    It has no square bracket either: nbconvert looks for links to files behind each, in quadratic time. And
    nothing of it is drawn outside its own place, over the page's points.
    """
    line = html.replace("\r", "").replace("\n", "&#10;").replace("[", "&#91;")
    return f'<div class="tex2jax_ignore mathjax_ignore" style="contain: paint; overflow: auto">{line}</div>'
