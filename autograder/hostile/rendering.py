"""Group `rendering`: run a script in, or load something into, the pages that others open.

The script sets the page's title to a text that stands nowhere in the submission; links lead to loopback.
"""

from __future__ import annotations

from .notebook import Submitted
from .registry import attack

__all__ = ["COVER", "MARK", "script"]

#: The page's title, and an element in it, once a script has run; the two halves never stand together.
MARK = "hostile-script-has-run"
#: The colour in which pages are painted over; nothing else has it.
COVER = "#ff00ff"
_SCRIPT = (
    "var m='hostile-script-'+'has-run';document.title=m;"
    "document.body.appendChild(document.createElement('i')).id=m"
)


def script() -> str:
    """The marker script, for attributes and elements."""
    return _SCRIPT


def _show(mime: str, text: str, port: int) -> str:
    return (
        f"from IPython.display import display\nPORT = {port}\nSCRIPT = {_SCRIPT!r}\n"
        f"display({{{mime!r}: {text}, 'text/plain': 'x'}}, raw=True)"
    )


_ELEMENTS = """
<script>SCRIPT</script>
<img src=x onerror="SCRIPT">
<svg onload="SCRIPT"><script>SCRIPT</script><foreignObject><body onload="SCRIPT"></foreignObject></svg>
<iframe srcdoc="<script>parent.eval('SCRIPT_QUOTED')</script>"></iframe>
<iframe src="javascript:SCRIPT"></iframe>
<object data="data:text/html,<script>SCRIPT</script>"></object>
<embed src="data:text/html,<script>SCRIPT</script>">
<body onload="SCRIPT"><details open ontoggle="SCRIPT"><summary>x</summary></details>
<video autoplay><source onerror="SCRIPT"></video><input autofocus onfocus="SCRIPT">
<form action="javascript:SCRIPT"><button id="send">x</button></form>
<style onload="SCRIPT">@import "http://127.0.0.1:PORT/style";</style>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=SCRIPT&gt;">
<noscript><p title="</noscript><img src=x onerror=SCRIPT>"></noscript>
<template><img src=x onerror="SCRIPT"></template><marquee onstart="SCRIPT">x</marquee>
<a href="java&#9;script:SCRIPT" id="body">x</a><base href="http://127.0.0.1:PORT/">
<meta http-equiv="refresh" content="0;url=http://127.0.0.1:PORT/">
<link rel="stylesheet" href="http://127.0.0.1:PORT/link"><img src="http://127.0.0.1:PORT/picture">
<div style="background-image: url(http://127.0.0.1:PORT/back); list-style: url(//127.0.0.1:PORT/list)">x</div>
<img src="//127.0.0.1:PORT/x" srcset="http://127.0.0.1:PORT/y 2x">
<img src="data:image/svg+xml,<svg onload='SCRIPT'/>">
"""


def _elements(port: int) -> str:
    quoted = _SCRIPT.replace("'", "\\'")
    return _ELEMENTS.replace("SCRIPT_QUOTED", quoted).replace("SCRIPT", _SCRIPT).replace("PORT", str(port))


@attack("rendering", "An HTML output with scripts, handlers, frames, styles and links of every kind.")
def html_output(notebook: Submitted) -> None:
    notebook.code(_show("text/html", repr(_elements(notebook.targets.port)), notebook.targets.port))


@attack("rendering", "Prose with the same in Markdown, in an added cell and in the essay.")
def html_in_prose(notebook: Submitted) -> None:
    port = notebook.targets.port
    notebook.add_markdown(_elements(port))
    notebook.write_essay(_elements(port))
    notebook.add_markdown(
        f"[x](javascript:{_SCRIPT})\n\n![x](http://127.0.0.1:{port}/markdown)\n\n<http://127.0.0.1:{port}/>\n\n"
        f'[r]: javascript:{_SCRIPT} "x"\n\n[x][r] | ![y](data:text/html,<script>{_SCRIPT}</script>)'
    )


@attack("rendering", "A JavaScript output.")
def javascript_output(notebook: Submitted) -> None:
    notebook.code(_show("application/javascript", "SCRIPT", notebook.targets.port))


@attack("rendering", "An SVG output with a script, a handler and an outside picture.")
def svg_output(notebook: Submitted) -> None:
    svg = (
        "'<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"' + SCRIPT + '\"><script>' + SCRIPT + '</script>"
        "<image href=\"http://127.0.0.1:' + str(PORT) + '/svg\"/></svg>'"
    )
    notebook.code(_show("image/svg+xml", svg, notebook.targets.port))


@attack("rendering", "A widget whose view loads a module from elsewhere.")
def widget_output(notebook: Submitted) -> None:
    view = '{"version_major": 2, "version_minor": 0, "model_id": "x\\"><script>" + SCRIPT + "</script>"}'
    notebook.code(_show("application/vnd.jupyter.widget-view+json", view, notebook.targets.port))
    state = {
        "x": {"model_module": f"http://127.0.0.1:{notebook.targets.port}/m", "model_name": "M", "state": {}}
    }
    notebook.content["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2, "version_minor": 0}
    }


@attack("rendering", "Formulas that MathJax would turn into links, styles and pictures.")
def latex_output(notebook: Submitted) -> None:
    latex = (
        "'$$\\\\href{javascript:' + SCRIPT + '}{x}\\\\style{background:url(//127.0.0.1)}{y}"
        "\\\\unicode[\\'><img src=x onerror=x>]{x}\\\\class{x}{y}</script><script>' + SCRIPT + '</script>$$'"
    )
    notebook.code(_show("text/latex", latex, notebook.targets.port))
    notebook.add_markdown(
        f"$\\href{{javascript:{_SCRIPT}}}{{x}}$ $$</script><script>{_SCRIPT}</script>$$ $<img>$"
    )


@attack("rendering", "Pictures that are none: a PNG of HTML, a JPEG that is SVG, base64 with quotes in it.")
def false_pictures(notebook: Submitted) -> None:
    notebook.code(
        f"""
import base64
from IPython.display import display
SCRIPT = {_SCRIPT!r}
html = ("<script>" + SCRIPT + "</script>").encode()
head = b"\\x89PNG\\r\\n\\x1a\\n"
for mime, data in (("image/png", html), ("image/jpeg", b"<svg onload='x'>"), ("image/png", head + html)):
    display({{mime: base64.b64encode(data).decode(), "text/plain": "x"}}, raw=True)
display({{"image/png": 'AAAA" onerror="' + SCRIPT, "text/plain": "x"}}, raw=True)
display({{"image/png\\" onerror=\\"" + SCRIPT: "AAAA", "text/plain": "x"}}, raw=True)
"""
    )


@attack("rendering", "Text outputs, errors and their names hold HTML and terminal colours around it.")
def html_in_text(notebook: Submitted) -> None:
    notebook.code(
        f"""
import sys
TEXT = "<script>" + {_SCRIPT!r} + "</script><img src=x onerror=\\"" + {_SCRIPT!r} + "\\">"
print(TEXT, "\\x1b[31m" + TEXT + "\\x1b[0m", "\\x1b]8;;javascript:x\\x07x", TEXT, file=sys.stderr)
print(TEXT)
kind = type(TEXT, (Exception,), {{}})
def reverse_complement(sequence):
    raise kind(TEXT)
def error_probability(quality):
    raise NameError(TEXT, name=TEXT)
def mean_depth(table):
    return pd.DataFrame({{TEXT: [TEXT]}})
class BaseCounter:
    # from no cell of the notebook: the name itself becomes what was checked
    add = eval("lambda self, sequence: (_ for _ in ()).throw(NameError('x', name=TEXT))")
    def __len__(self): raise AssertionError(TEXT)
start_codons = [TEXT]
raise kind(TEXT)
"""
    )


@attack("rendering", "Tables, docstrings and representations hold HTML.")
def html_in_tables(notebook: Submitted) -> None:
    notebook.code(
        f"""
from IPython.display import display
TEXT = "<script>" + {_SCRIPT!r} + "</script>"
table = pd.DataFrame({{TEXT: [TEXT]}}, index=[TEXT])
display(table)
table.to_html = lambda *a, **k: TEXT
class Shown:
    def _repr_html_(self): return TEXT
    def _repr_svg_(self): return TEXT
    def _repr_javascript_(self): return TEXT
    def _repr_markdown_(self): return TEXT
    def _repr_mimebundle_(self, **k): return {{"text/html": TEXT, "text/vnd.x+html": TEXT}}
    def __repr__(self): return TEXT
display(Shown(), table.style)
reverse_complement = error_probability = mean_depth = lambda value: Shown()
start_codons = Shown()
Shown()
"""
    )


@attack("rendering", "Code and comments close the page's own elements and open scripts.")
def html_in_code(notebook: Submitted) -> None:
    notebook.code(f"'''</pre></div></script><script>{_SCRIPT}</script><img src=x onerror=\"{_SCRIPT}\">'''")
    notebook.add_code(f"# --></style></title></textarea><script>{_SCRIPT}</script>")


@attack(
    "rendering",
    "HTML outputs of 150,000 elements, each in the one before, of one with many attributes, and of 3,000 "
    "that every paragraph opens anew.",
)
def html_bomb(notebook: Submitted) -> None:
    shows = (
        '"<div>" * 150_000',
        '"<b " + " ".join(f"a{n}=1" for n in range(90_000)) + ">"',
        '"".join(f"<b title={n}>" for n in range(5000)) + "<p>x" * 5000',
        '"<table>" * 100_000',
        '"<p>" + "".join(f"<b title={n}>" for n in range(3000)) + "<p>x" * 3000',
        '"".join(f"<b title={n}><p>" for n in range(3000)) + "</b>" * 3000',
    )
    notebook.code("from IPython.display import display, HTML")
    for text in shows:
        notebook.add_code(f"display(HTML({text}))")


@attack("rendering", "Prose of two million line ends, of nested quotes and lists, and of open brackets.")
def markdown_bomb(notebook: Submitted) -> None:
    notebook.write_essay("\n" * 2_000_000 + "x")
    notebook.add_markdown(">" * 20_000 + "x")
    notebook.add_markdown("".join("  " * depth + "- a\n" for depth in range(1500)))
    notebook.add_markdown("[" * 50_000 + "*a_ " * 20_000 + "![" * 20_000 + "<a " * 20_000)


@attack("rendering", "20,000 formulas, and some that are nested, long or a kilometre wide.")
def formula_bomb(notebook: Submitted) -> None:
    notebook.write_essay(" ".join(f"$x_{{{number}}}$" for number in range(20_000)))
    notebook.add_markdown(
        r"$\hspace{60000}a$ $" + r"\frac{1}{" * 200 + "a" + "}" * 200 + "$ $" + "a" * 20_000 + "$"
    )


@attack("rendering", "A code cell of 3 MB, which is coloured in the page.")
def code_bomb(notebook: Submitted) -> None:
    notebook.code("x = 1\n" * 500_000)


#: Drawn over what stands before it, over what follows, and by a letter that is larger than the page.
_OVER_THE_PAGE = (
    f'<div style="margin: -4000px -100px 0 -100px; padding: 0 0 4000px 100px; opacity: 0.99; '
    f'background-color: {COVER}">17 / 17 points</div>'
    f'<div style="max-height: 0; overflow: visible; opacity: 0.99"><div style="padding: 0 0 3000px 0; '
    f'background-color: {COVER}">passed</div></div>'
    f'<div style="line-height: 0; font-size: 4000px; opacity: 0.99; color: {COVER}">█</div>'
)


@attack(
    "rendering", "Prose and outputs are laid over the rest of the page, points that nobody gave among them."
)
def overlaid_page(notebook: Submitted) -> None:
    notebook.write_essay(_OVER_THE_PAGE)
    notebook.add_markdown(_OVER_THE_PAGE, at=3)
    notebook.code(f"from IPython.display import HTML, display\ndisplay(HTML({_OVER_THE_PAGE!r}))")
