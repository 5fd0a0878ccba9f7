"""Dataset cards: what a dataset is, where its files are and how its tables are read.

A card is ``datasets/<name>.toml``; ``datasets/README.md`` describes every key. In a wheel the cards are
packaged beside this module, in a checkout they stand in the repository's ``datasets/``.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from biolabkit.errors import DatasetError, UnknownNameError, suggest

__all__ = ["Card", "Column", "Derived", "File", "Table", "Text", "card_folder", "card_names", "read_card"]

DTYPES = ("int", "float", "string", "category", "bool", "date")
READERS = ("csv", "gff", "letters", "spans-json", "splice-arff", "texts-json")
TRACKS = ("genome", "health", "bioprocess", "clinical", "packs")
_ROLE = re.compile(r"[a-z][a-z0-9_]*")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?")


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


@dataclass(frozen=True)
class Derived:
    """Files that a recipe in code makes out of a dataset's files."""

    recipe: str
    sources: tuple[str, ...]
    makes: Mapping[str, str]
    what: Text


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
            raise DatasetError(
                f"{self.name} holds no tables; use datasets.fetch({self.name!r}).path(role) "
                f"with a role of {', '.join(self.roles)}"
            )
        if name is None:
            if len(self.tables) > 1:
                raise DatasetError(
                    f"{self.name} holds {len(self.tables)} tables; name one: "
                    f"datasets.load({self.name!r}, table) with {', '.join(map(repr, self.tables))}"
                )
            return next(iter(self.tables.values()))
        if name not in self.tables:
            raise UnknownNameError(f"table of {self.name}", name, self.tables)
        return self.tables[name]

    def to_text(self, language: str = "en") -> str:
        """The card as plain text in ``"en"`` or ``"ko"``."""
        from biolabkit.datasets.presentation import card_text

        return card_text(self, language)

    def to_html(self, language: str = "en") -> str:
        """The card as a self-contained HTML fragment in ``"en"`` or ``"ko"``."""
        from biolabkit.datasets.presentation import card_html

        return card_html(self, language)

    def __str__(self) -> str:
        from biolabkit._settings import language_to_show

        return self.to_text(language_to_show())

    def _repr_html_(self) -> str:
        from biolabkit._settings import language_to_show

        return self.to_html(language_to_show())


def card_folder() -> Path:
    """The folder of the cards: packaged in a wheel, ``datasets/`` in a checkout.

    Raises
    ------
    DatasetError
        When neither is there: the installation is broken.
    """
    packaged = Path(__file__).parent / "cards"
    checkout = Path(__file__).parents[3] / "datasets"
    for folder in (packaged, checkout):
        if any(folder.glob("*.toml")):
            return folder
    raise DatasetError(f"no dataset cards in {packaged} or {checkout}; install biolabkit again")


def card_names() -> list[str]:
    """Names of all datasets, sorted."""
    return sorted(path.stem for path in card_folder().glob("*.toml"))


def read_card(name: str) -> Card:
    """Read the card of a dataset by its name.

    Raises
    ------
    UnknownNameError
        When there is no such dataset; the near name is suggested.
    DatasetError
        When the card has problems; all of them are told at once.
    """
    known = card_names()
    if name not in known:
        raise UnknownNameError("dataset", name, known)
    path = card_folder() / f"{name}.toml"
    return _read_cached(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read_cached(path: Path, _modified: int) -> Card:
    return parse_card(path)


def parse_card(path: Path) -> Card:
    """Read one card file.

    Raises
    ------
    DatasetError
        When it is not TOML or not a card; the message lists every problem.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DatasetError(f"card {path}: not TOML: {error}") from None
    problems: list[str] = []
    card = _card(path.stem, _Section(data, "", problems))
    if problems:
        raise DatasetError(f"card {path}: " + "; ".join(problems))
    return card


class _Section:
    """One table of the TOML file: typed access that collects every problem, not only the first."""

    def __init__(self, data: Mapping[str, Any], where: str, problems: list[str]) -> None:
        self.data, self.where, self.problems = data, where, problems
        self.asked: set[str] = set()

    def problem(self, key: str, message: str) -> None:
        self.problems.append(f"{self.where}{key}: {message}")

    def get(self, key: str, kind: type, default: Any = None, *, required: bool = False) -> Any:
        self.asked.add(key)
        if key not in self.data:
            if required:
                self.problem(key, f"missing, expected a {_KINDS[kind]}")
            return kind() if required else default
        value = self.data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.problem(key, f"expected a {_KINDS[kind]}, found {value!r}")
            return kind() if default is None else default
        return value

    def choice(self, key: str, known: Iterable[str], default: str | None = None) -> str:
        value = self.get(key, str, default, required=default is None)
        if value and value not in known:
            self.problem(key, f"{value!r} is not known{suggest(value, known)}")
        return str(value)

    def text(self, key: str, *, required: bool = True) -> Text | None:
        if key not in self.data and not required:
            self.asked.add(key)
            return None
        inner = _Section(self.get(key, dict, required=True), f"{self.where}{key}.", self.problems)
        return inner.whole_text()

    def whole_text(self) -> Text:
        text = Text(self.get("en", str, required=True).strip(), self.get("ko", str, required=True).strip())
        self.done()
        return text

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.get(key, list, [])
        if not all(isinstance(value, str) for value in values):
            self.problem(key, f"expected strings, found {values!r}")
        return tuple(map(str, values))

    def sections(self, key: str, short: str | None = None) -> dict[str, "_Section"]:
        """The tables inside a table; with `short` a plain string stands for a table with that one key."""
        found = {}
        for name, value in self.get(key, dict, {}).items():
            if short and isinstance(value, str):
                value = {short: value}
            if not isinstance(value, dict):
                self.problem(f"{key}.{name}", f"expected a table, found {value!r}")
                continue
            found[name] = _Section(value, f"{self.where}{key}.{name}.", self.problems)
        return found

    def done(self) -> None:
        """Refuse keys that nobody asked for: a misspelt key must not be ignored."""
        for key in self.data.keys() - self.asked:
            self.problem(key, f"unknown key{suggest(key, self.asked)}")


_KINDS = {str: "string", int: "number", dict: "table", list: "list", bool: "true or false"}


def _card(name: str, section: _Section) -> Card:
    files = {role: _file(role, inner) for role, inner in section.sections("files").items()}
    if not files:
        section.problem("files", "missing, a dataset has at least one file")
    derived = tuple(_derived(recipe, inner, files) for recipe, inner in section.sections("derived").items())
    for role in (role for made in derived for role in made.makes):
        if role in files:
            section.problem(f"derived.{role}", "a published file already has this role")
    quirks = section.get("quirks", list, [])
    card = Card(
        name=name,
        track=section.choice("track", TRACKS),
        title=_required(section.text("title")),
        description=_required(section.text("description")),
        licence=section.get("licence", str, required=True),
        citation=section.get("citation", str, required=True),
        source=section.get("source", str, required=True),
        files=files,
        tables={key: _table(key, inner, files) for key, inner in section.sections("tables").items()},
        derived=derived,
        quirks=tuple(
            _Section(quirk, f"quirks[{i}].", section.problems).whole_text() for i, quirk in enumerate(quirks)
        ),
        synthetic=section.get("synthetic", bool, False),
    )
    section.done()
    return card


def _required(text: Text | None) -> Text:
    return text or Text("", "")


def _file(role: str, section: _Section) -> File:
    if not _ROLE.fullmatch(role):
        section.problem("", f"a role is lower case with underscores, found {role!r}")
    file = File(
        role=role,
        url=section.get("url", str, required=True),
        bytes=section.get("bytes", int, required=True),
        sha256=section.get("sha256", str, required=True),
        what=section.text("what", required=False),
        alternates=section.strings("alternates"),
    )
    section.done()
    if not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
        section.problem("sha256", f"expected 64 lower-case hexadecimal digits, found {file.sha256!r}")
    for url in (file.url, *file.alternates):
        _check_url(url, section)
    return file


def _check_url(url: str, section: _Section) -> None:
    """A URL decides a file's place in the cache, so it must not lead out of it."""
    parts = urlsplit(url)
    steps = unquote(parts.path).split("/")[1:]
    if (
        parts.scheme not in {"http", "https"}
        or not _HOST.fullmatch(parts.netloc)
        or parts.query
        or parts.fragment
    ):
        section.problem("url", f"expected http(s)://host/path without query, found {url!r}")
    elif not all(steps) or {".", ".."} & set(steps) or "\\" in unquote(parts.path):
        section.problem("url", f"its path is not a plain file path: {url!r}")


def _derived(recipe: str, section: _Section, files: Mapping[str, File]) -> Derived:
    sources = section.strings("from")
    for role in sources:
        if role not in files:
            section.problem("from", f"no file has the role {role!r}{suggest(role, files)}")
    makes = section.get("makes", dict, required=True)
    for role, file in makes.items():
        if not isinstance(file, str) or PurePosixPath(file).name != file:
            section.problem(f"makes.{role}", f"expected a file name, found {file!r}")
    made = Derived(recipe, sources, makes, _required(section.text("what")))
    section.done()
    return made


def _table(name: str, section: _Section, files: Mapping[str, File]) -> Table:
    parts = section.get("parts", list, [])
    if not parts:
        parts = [{"file": section.get("file", str, required=True)}]
    for part in parts:
        if not isinstance(part, dict) or part.get("file") not in files:
            section.problem("parts", f"expected {{file = <role of a file>, ...}}, found {part!r}")
    table = Table(
        name=name,
        what=_required(section.text("what")),
        parts=tuple(part for part in parts if isinstance(part, dict) and "file" in part),
        columns=tuple(_column(key, inner) for key, inner in section.sections("columns", "dtype").items()),
        reader=section.choice("reader", READERS, "csv"),
        delimiter=section.get("delimiter", str, ","),
        header=section.get("header", bool, True),
        comment=section.get("comment", str),
        missing=section.strings("missing"),
        ignore=section.strings("ignore"),
        others=section.choice("others", DTYPES, "") or None,
    )
    section.done()
    return table


def _column(name: str, section: _Section) -> Column:
    text = None
    if "en" in section.data or "ko" in section.data:
        text = Text(section.get("en", str, required=True), section.get("ko", str, required=True))
    column = Column(
        name=name,
        dtype=section.choice("dtype", DTYPES),
        unit=section.get("unit", str),
        what=text,
        source=section.get("source", str),
        missing=tuple(section.get("missing", list, [])),
        true=section.strings("true"),
        false=section.strings("false"),
        date_format=section.get("date_format", str),
    )
    section.done()
    return column
