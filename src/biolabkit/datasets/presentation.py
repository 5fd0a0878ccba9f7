"""Cards and datasets as text and HTML, in English and Korean."""

from html import escape
from typing import TYPE_CHECKING

from biolabkit.datasets.cards import Card, Column, Table

if TYPE_CHECKING:
    from biolabkit.datasets.dataset import Dataset

__all__ = [
    "WORDS",
    "card_html",
    "card_text",
    "columns_of",
    "dataset_html",
    "dataset_text",
    "derived_of",
    "files_of",
    "origin_of",
    "size",
]

WORDS = {
    "en": {
        "licence": "Licence",
        "citation": "Please cite",
        "source": "Source",
        "files": "Files",
        "bytes": " bytes",
        "derived": "Derived files (made here by a recipe in code)",
        "tables": "Tables",
        "quirks": "Mind",
        "synthetic": "The publisher made these data synthetically; they describe no real people.",
        "real": "Real data, verified by SHA-256.",
        "simulated": "SIMULATED stand-in, not the dataset itself.",
        "others": "other columns",
    },
    "ko": {
        "licence": "이용 허락",
        "citation": "인용",
        "source": "출처",
        "files": "파일",
        "bytes": "바이트",
        "derived": "파생 파일(코드로 된 절차가 여기에서 만듭니다)",
        "tables": "표",
        "quirks": "주의할 점",
        "synthetic": "배포처에서 합성한 자료이며 실제 사람의 기록이 아닙니다.",
        "real": "SHA-256으로 확인한 실제 자료입니다.",
        "simulated": "모의 자료입니다. 실제 데이터셋이 아닙니다.",
        "others": "그 밖의 열",
    },
}
_STYLE = "border-left:4px solid #4c8c8a;padding:0.4em 1em;margin:0.5em 0"


def size(count: int) -> str:
    """Bytes as a person reads them."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"


def card_text(card: Card, language: str) -> str:
    """A card as plain text."""
    words = WORDS[language]
    lines = [f"{card.name}: {card.title[language]}", "", card.description[language]]
    if card.synthetic:
        lines.append(words["synthetic"])
    for quirk in card.quirks:
        lines.append(f"  ! {quirk[language]}")
    lines += ["", f"{words['files']} ({card.bytes:,}{words['bytes']})"]
    lines += [f"  {role:<20} {count:>11,}  {text}" for role, count, text in files_of(card, language)]
    if card.derived:
        lines += ["", words["derived"]]
        lines += [f"  {role:<20} {text}" for role, text in derived_of(card, language)]
    for table in card.tables.values():
        lines += ["", f"{words['tables']}: {table.name}. {table.what[language]}"]
        lines += [
            f"  {name:<24} {kind:<16} {text}".rstrip() for name, kind, text in columns_of(table, language)
        ]
    lines += ["", *(f"{words[key]}: {value}" for key, value in origin_of(card))]
    return "\n".join(lines)


def card_html(card: Card, language: str) -> str:
    """A card as a self-contained HTML fragment that needs no script."""
    words = WORDS[language]
    parts = [
        f"<div style='{_STYLE}'><h4 style='margin:0'>{escape(card.title[language])}</h4>",
        f"<p><code>{escape(card.name)}</code> · {size(card.bytes)}</p>",
        f"<p>{escape(card.description[language])}</p>",
    ]
    if card.synthetic:
        parts.append(f"<p><b>{words['synthetic']}</b></p>")
    if card.quirks:
        items = "".join(f"<li>{escape(quirk[language])}</li>" for quirk in card.quirks)
        parts.append(f"<p><b>{words['quirks']}</b></p><ul>{items}</ul>")
    parts.append(
        _details(words["files"], [(r, size(n), t) for r, n, t in files_of(card, language)], opened=True)
    )
    if card.derived:
        parts.append(_details(words["derived"], list(derived_of(card, language)), opened=True))
    for table in card.tables.values():
        heading = f"{words['tables']}: {table.name}. {table.what[language]}"
        parts.append(_details(heading, columns_of(table, language), opened=len(card.tables) == 1))
    parts += [f"<p><b>{words[key]}</b>: {escape(value)}</p>" for key, value in origin_of(card)]
    return "".join([*parts, "</div>"])


def dataset_text(dataset: "Dataset", language: str) -> str:
    """Where a dataset's files are, and whether they are real."""
    lines = [f"{dataset.name}: {_status(dataset, language)}"]
    lines += [f"  {role:<20} {path}" for role, path in dataset.paths.items()]
    return "\n".join(lines)


def dataset_html(dataset: "Dataset", language: str) -> str:
    """What a dataset is, its licence, whether it is real, and where its files are."""
    words, card = WORDS[language], dataset.card
    rows = [(role, path.name) for role, path in dataset.paths.items()]
    return (
        f"<div style='{_STYLE}'><h4 style='margin:0'>{escape(card.title[language])}</h4>"
        f"<p><code>{escape(card.name)}</code> · <b>{escape(_status(dataset, language))}</b></p>"
        f"<p>{escape(card.description[language])}</p>{_details(words['files'], rows)}"
        f"<p><b>{words['licence']}</b>: {escape(card.licence)}</p></div>"
    )


def _status(dataset: "Dataset", language: str) -> str:
    words = WORDS[language]
    if dataset.simulated:
        return words["simulated"]
    return words["synthetic"] if dataset.card.synthetic else words["real"]


def files_of(card: Card, language: str) -> list[tuple[str, int, str]]:
    """Role, bytes and description of each published file."""
    return [
        (role, file.bytes, file.what[language] if file.what else file.relative.name)
        for role, file in card.files.items()
    ]


def derived_of(card: Card, language: str) -> list[tuple[str, str]]:
    """Role and description of each derived file."""
    return [
        (role, f"{file}: {made.what[language]}") for made in card.derived for role, file in made.makes.items()
    ]


def columns_of(table: Table, language: str) -> list[tuple[str, str, str]]:
    """Name, dtype with unit, and description of each column."""
    rows = [
        (column.name, _kind(column), column.what[language] if column.what else "") for column in table.columns
    ]
    if table.others:
        rows.append((f"({WORDS[language]['others']})", table.others, ""))
    return rows


def _kind(column: Column) -> str:
    return f"{column.dtype} [{column.unit}]" if column.unit else column.dtype


def origin_of(card: Card) -> list[tuple[str, str]]:
    """Licence, citation and source, each behind its key in `WORDS`."""
    return [("licence", card.licence), ("citation", card.citation), ("source", card.source)]


def _details(
    heading: str, rows: "list[tuple[str, str, str]] | list[tuple[str, str]]", *, opened: bool = False
) -> str:
    cells = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    state = " open" if opened else ""
    return f"<details{state}><summary><b>{escape(heading)}</b></summary><table>{cells}</table></details>"
