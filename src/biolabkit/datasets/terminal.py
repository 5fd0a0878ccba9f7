"""Datasets on a terminal: tables and cards that fit its width, in English and Korean."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from biolabkit.datasets.cards import Card
from biolabkit.datasets.presentation import WORDS, columns_of, derived_of, files_of, origin_of, size

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

__all__ = ["Listed", "print_card", "print_list", "print_table"]

_HEADINGS = {
    "en": ("name", "size", "here", "title"),
    "ko": ("이름", "크기", "받음", "제목"),
}
_HERE = {"en": {"yes": "yes", "no": "-"}, "ko": {"yes": "예", "no": "-"}}
_TOTAL = {
    "en": "{count} datasets, {bytes:,} bytes ({size}); whole in {cache}: {here}",
    "ko": "데이터셋 {count}개, {bytes:,}바이트({size}). {cache}에 모두 받은 것: {here}개",
}


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
    footer = _TOTAL[language].format(
        count=len(listed), bytes=total, size=size(total), cache=cache, here=whole
    )
    console.print(footer, style="dim", markup=False, soft_wrap=True)


def _list_table(listed: Sequence[Listed], language: str, *, title_below: bool) -> "Table":
    from rich import box
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    name, count, here, title = _HEADINGS[language]
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
            numbers = (size(card.bytes), _HERE[language].get(state, state))
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


def print_card(card: Card, language: str) -> None:
    """A card whose columns keep their places when a text wraps."""
    from rich.console import Console
    from rich.text import Text

    words = WORDS[language]
    parts: list[RenderableType] = [
        Text.assemble((card.name, "bold cyan"), "  ", (card.title[language], "bold")),
        "",
        Text(card.description[language]),
    ]
    if card.synthetic:
        parts.append(Text(words["synthetic"], style="bold"))
    if card.quirks:
        parts += ["", _grid([("!", quirk[language]) for quirk in card.quirks], "yellow")]
    files = [(role, f"{count:,}", text) for role, count, text in files_of(card, language)]
    parts += ["", _heading(f"{words['files']} ({card.bytes:,}{words['bytes']})"), _grid(files, right=1)]
    if card.derived:
        parts += ["", _heading(words["derived"]), _grid(derived_of(card, language))]
    for table in card.tables.values():
        parts += ["", _heading(f"{words['tables']}: {table.name}. {table.what[language]}")]
        parts.append(_grid(columns_of(table, language)))
    parts += ["", _grid([(words[key], value) for key, value in origin_of(card)], "bold")]
    console = Console(highlight=False)
    for part in parts:
        console.print(part)


def _heading(text: str) -> "RenderableType":
    from rich.text import Text

    return Text(text, style="bold")


def _grid(rows: Sequence[Sequence[str]], first: str = "cyan", right: int | None = None) -> "Table":
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
            justify="right" if position == right else "left",
        )
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    return grid
