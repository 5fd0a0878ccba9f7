"""What is shown of a dataset: a sheet in one language, as plain text and as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Section", "Sheet", "sheet_html", "sheet_text", "size"]

_STYLE = (
    "border-left:4px solid #4c8c8a;padding:0.4em 1em;margin:0.5em 0;"
    "word-break:keep-all;overflow-wrap:anywhere"  # Korean words stay whole at line ends, long paths do not
)


@dataclass(frozen=True)
class Section:
    """Rows of cells below a heading.

    `numbers` is the position of the column that is set flush right; `opened` whether the rows are seen at
    once where they can be folded.
    """

    heading: str
    rows: Sequence[Sequence[str]]
    numbers: int | None = None
    opened: bool = True


@dataclass(frozen=True)
class Sheet:
    """All that is shown of a dataset, in one language."""

    name: str
    title: str
    description: str
    status: str
    sections: Sequence[Section]
    origin: Sequence[tuple[str, str]]
    quirks: Section = Section("", ())


def size(count: int) -> str:
    """Bytes as a person reads them."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"


def sheet_text(sheet: Sheet) -> str:
    """A sheet as plain text."""
    lines = [f"{sheet.name}: {sheet.title}", "", sheet.description]
    if sheet.status:
        lines.append(sheet.status)
    lines += [f"  ! {quirk}" for (quirk,) in sheet.quirks.rows]
    for section in sheet.sections:
        lines += ["", section.heading, *_aligned(section)]
    lines += ["", *(f"{label}: {text}" for label, text in sheet.origin)]
    return "\n".join(lines)


def _aligned(section: Section) -> list[str]:
    """The rows as lines whose columns stand below each other, also where Korean letters are twice as wide."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*section.rows, strict=True)]
    lines = []
    for row in section.rows:
        cells = []
        for position, cell in enumerate(row[:-1]):
            blank = " " * (widths[position] - cell_len(cell))
            cells.append(blank + cell if position == section.numbers else cell + blank)
        lines.append("  " + "  ".join((*cells, row[-1])).rstrip())
    return lines


def sheet_html(sheet: Sheet) -> str:
    """A sheet as a self-contained HTML fragment that needs no script."""
    status = f" · <b>{escape(sheet.status)}</b>" if sheet.status else ""
    parts = [
        f"<div style='{_STYLE}'><h4 style='margin:0'>{escape(sheet.title)}</h4>",
        f"<p><code>{escape(sheet.name)}</code>{status}</p>",
        f"<p>{escape(sheet.description)}</p>",
    ]
    if sheet.quirks.rows:
        items = "".join(f"<li>{escape(quirk)}</li>" for (quirk,) in sheet.quirks.rows)
        parts.append(f"<p><b>{escape(sheet.quirks.heading)}</b></p><ul>{items}</ul>")
    parts += [_details(section) for section in sheet.sections]
    parts += [f"<p><b>{escape(label)}</b>: {escape(text)}</p>" for label, text in sheet.origin]
    return "".join([*parts, "</div>"])


def _details(section: Section) -> str:
    lines = []
    for row in section.rows:
        cells = (_cell(cell, position == section.numbers) for position, cell in enumerate(row))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f"<details{' open' if section.opened else ''} style='margin:0.5em 0'>"
        f"<summary><b>{escape(section.heading)}</b></summary><table>{''.join(lines)}</table></details>"
    )


def _cell(text: str, number: bool) -> str:
    """A cell with its own alignment: notebooks set all cells flush right."""
    return f"<td style='text-align:{'right' if number else 'left'}'>{escape(text)}</td>"
