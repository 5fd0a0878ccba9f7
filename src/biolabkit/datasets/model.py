"""What a card says: files, tables, derived files, texts in both languages; data that can show itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from biolabkit._settings import language_to_show
from biolabkit.datasets.phrases import say, tell, unknown
from biolabkit.datasets.presentation import Section, Sheet, sheet_html, sheet_text
from biolabkit.errors import DatasetError

__all__ = ["Card", "Column", "Derived", "File", "Table", "Text"]


@dataclass(frozen=True)
class Text:
    """The same text in English and Korean."""

    en: str
    ko: str

    def __getitem__(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class File:
    """One file of a dataset, as its publisher serves it."""

    role: str
    url: str
    bytes: int
    sha256: str
    what: Text | None = None
    alternates: tuple[str, ...] = ()

    @property
    def relative(self) -> PurePosixPath:
        """Where the file is in a mirror and in the cache: ``<host>/<path of the URL>``."""
        parts = urlsplit(self.url)
        return PurePosixPath(parts.netloc, *PurePosixPath(unquote(parts.path)).parts[1:])

    def row(self, language: str) -> tuple[str, ...]:
        """Role, bytes, and what the file is or else its name."""
        return self.role, f"{self.bytes:,}", self.what[language] if self.what else self.relative.name


@dataclass(frozen=True)
class Derived:
    """Files that a recipe in code makes out of a dataset's files."""

    recipe: str
    sources: tuple[str, ...]
    makes: Mapping[str, str]
    what: Text

    def rows(self, language: str) -> list[tuple[str, ...]]:
        """Role, and the name of the file with what it is, of each file."""
        return [(role, f"{file}: {self.what[language]}") for role, file in self.makes.items()]


@dataclass(frozen=True)
class Column:
    """One column of a table, named as `load` names it."""

    name: str
    dtype: str
    unit: str | None = None
    what: Text | None = None
    source: str | None = None
    missing: tuple[float | str, ...] = ()
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    date_format: str | None = None

    def row(self, language: str) -> tuple[str, ...]:
        """Name, dtype with unit, and what the column is."""
        kind = f"{self.dtype} [{self.unit}]" if self.unit else self.dtype
        return self.name, kind, self.what[language] if self.what else ""


@dataclass(frozen=True)
class Table:
    """How one table is read from one or several files."""

    name: str
    what: Text
    parts: tuple[Mapping[str, Any], ...]
    columns: tuple[Column, ...]
    reader: str = "csv"
    delimiter: str = ","
    header: bool = True
    comment: str | None = None
    missing: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    others: str | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of the files that the table needs."""
        return tuple(str(part["file"]) for part in self.parts)

    def section(self, language: str, *, opened: bool) -> Section:
        """The columns below what the table is."""
        rows = [column.row(language) for column in self.columns]
        if self.others:
            rows.append((say(language, "others"), self.others, ""))
        heading = say(language, "table", name=self.name, what=self.what[language])
        return Section(heading, rows, opened=opened)


@dataclass(frozen=True)
class Card:
    """All that is known about a dataset; prints as text and shows as HTML in a notebook."""

    name: str
    track: str
    title: Text
    description: Text
    licence: str
    citation: str
    source: str
    files: Mapping[str, File]
    tables: Mapping[str, Table] = field(default_factory=dict)
    derived: tuple[Derived, ...] = ()
    quirks: tuple[Text, ...] = ()
    synthetic: bool = False

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(file.bytes for file in self.files.values())

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of the published files, then of the derived ones."""
        return (*self.files, *(role for made in self.derived for role in made.makes))

    def table(self, name: str | None = None) -> Table:
        """Find a table; without a name the only one there is.

        Raises
        ------
        UnknownNameError
            When there is no such table.
        DatasetError
            When the dataset holds no table, or several and none was named.
        """
        if not self.tables:
            raise DatasetError(tell("tables-none", dataset=self.name, roles=", ".join(self.roles)))
        if name is None:
            if len(self.tables) > 1:
                names = ", ".join(map(repr, self.tables))
                raise DatasetError(
                    tell("tables-several", dataset=self.name, count=len(self.tables), tables=names)
                )
            return next(iter(self.tables.values()))
        if name not in self.tables:
            raise unknown("table", name, self.tables, dataset=self.name)
        return self.tables[name]

    def sheet(self, language: str) -> Sheet:
        """What is shown of the card in ``"en"`` or ``"ko"``."""
        files = [file.row(language) for file in self.files.values()]
        sections = [Section(say(language, "files-bytes", bytes=self.bytes), files, numbers=1)]
        if self.derived:
            made = [row for derived in self.derived for row in derived.rows(language)]
            sections.append(Section(say(language, "derived"), made))
        sections += [table.section(language, opened=len(self.tables) == 1) for table in self.tables.values()]
        return Sheet(
            self.name,
            self.title[language],
            self.description[language],
            status=say(language, "synthetic") if self.synthetic else "",
            sections=sections,
            origin=[(say(language, key), getattr(self, key)) for key in ("licence", "citation", "source")],
            quirks=Section(say(language, "quirks"), [(quirk[language],) for quirk in self.quirks]),
        )

    def to_text(self, language: str = "en") -> str:
        """The card as plain text in ``"en"`` or ``"ko"``."""
        return sheet_text(self.sheet(language))

    def to_html(self, language: str = "en") -> str:
        """The card as a self-contained HTML fragment in ``"en"`` or ``"ko"``."""
        return sheet_html(self.sheet(language))

    def __str__(self) -> str:
        return self.to_text(language_to_show())

    def _repr_html_(self) -> str:
        return self.to_html(language_to_show())
