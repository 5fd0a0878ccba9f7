"""Datasets on a terminal: tables and cards that fit its width, in English and Korean."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from biolabkit.datasets.model import Card
from biolabkit.datasets.phrases import say
from biolabkit.datasets.presentation import Sheet, size

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

__all__ = ["Listed", "print_list", "print_sheet", "print_table"]

_WIDE = 100  # columns from which a title fits beside the longest name


class Listed(NamedTuple):
    """One line of the list: the card, and how much of it is here (``yes``, ``no`` or ``2/5``)."""

    card: Card
    here: str


def print_list(listed: Sequence[Listed], language: str, cache: str) -> None:
    """All datasets by track. Names are never cut: where it is narrow the title stands below the name."""
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_list_table(listed, language, title_below=console.width < _WIDE))
    total = sum(row.card.bytes for row in listed)
    whole = sum(row.here == "yes" for row in listed)
    footer = say(
        language,
        "listed-one" if len(listed) == 1 else "listed",
        count=len(listed),
        bytes=total,
        size=size(total),
        cache=cache,
        here=whole,
    )
    console.print(footer, style="dim", markup=False, soft_wrap=True)


def _list_table(listed: Sequence[Listed], language: str, *, title_below: bool) -> "Table":
    from rich import box
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    name, count, here, title = (say(language, f"column-{key}") for key in ("name", "size", "here", "title"))
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    longest = max((len(row.card.name) for row in listed), default=0)
    table.add_column(name, overflow="fold", min_width=longest)
    table.add_column(count, justify="right", no_wrap=True)
    table.add_column(here, no_wrap=True)
    if not title_below:
        table.add_column(title, overflow="fold")
    for track in dict.fromkeys(row.card.track for row in listed):
        table.add_row(Text(track, style="bold cyan"))
        for card, state in (row for row in listed if row.card.track == track):
            here_too = say(language, f"here-{state}") if state in {"yes", "no"} else state
            numbers = (size(card.bytes), here_too)
            if title_below:
                below = Padding(Text(card.title[language], style="dim"), (0, 0, 0, 2))
                table.add_row(Group(card.name, below), *numbers)
            else:
                table.add_row(Text(card.name), *numbers, Text(card.title[language]))
        table.add_section()
    return table


def print_table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A plain table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for name in heading:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False).print(table)


def print_sheet(sheet: Sheet) -> None:
    """A sheet whose columns keep their places when a text wraps."""
    from rich.console import Console
    from rich.text import Text

    title = Text.assemble((sheet.name, "bold cyan"), "  ", (sheet.title, "bold"))
    parts: list[RenderableType] = [title, "", Text(sheet.description)]
    if sheet.status:
        parts.append(Text(sheet.status, style="bold"))
    if sheet.quirks.rows:
        parts += ["", _grid([("!", quirk) for (quirk,) in sheet.quirks.rows], "yellow")]
    for section in sheet.sections:
        parts += ["", Text(section.heading, style="bold"), _grid(section.rows, numbers=section.numbers)]
    parts += ["", _grid(sheet.origin, "bold")]
    console = Console(highlight=False)
    for part in parts:
        console.print(part)


def _grid(rows: Sequence[Sequence[str]], first: str = "cyan", numbers: int | None = None) -> "Table":
    """Rows below a heading; only the last column wraps."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    count = len(rows[0]) if rows else 0
    for position in range(count):
        grid.add_column(
            style=first if position == 0 else None,
            overflow="fold",  # rich's ellipsis eats a letter where a line of wide letters is just full
            no_wrap=position < count - 1,
            justify="right" if position == numbers else "left",
        )
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    return grid
