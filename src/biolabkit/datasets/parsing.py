"""A card's TOML file read into a `Card`, with every problem of it told at once to who wrote it."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from biolabkit.datasets.model import Card, Column, Derived, File, Table, Text
from biolabkit.datasets.readers import READERS
from biolabkit.errors import DatasetError, suggest

__all__ = ["TRACKS", "parse_card"]

DTYPES = ("int", "float", "string", "category", "bool", "date")
TRACKS = ("genome", "health", "bioprocess", "clinical", "packs")
_ROLE = re.compile(r"[a-z][a-z0-9_]*")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?")


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

    def texts(self, key: str) -> tuple[Text, ...]:
        found = []
        for number, value in enumerate(self.get(key, list, []), 1):
            if isinstance(value, dict):
                found.append(_Section(value, f"{self.where}{key}[{number}].", self.problems).whole_text())
            else:
                self.problem(f"{key}[{number}]", f"expected a table with en and ko, found {value!r}")
        return tuple(found)

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
        quirks=section.texts("quirks"),
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
    _check_url("url", file.url, section)
    for url in file.alternates:
        _check_url("alternates", url, section)
    return file


def _check_url(key: str, url: str, section: _Section) -> None:
    """A URL decides a file's place in the cache, so it must not lead out of it."""
    parts = urlsplit(url)
    steps = unquote(parts.path).split("/")[1:]
    if (
        parts.scheme not in {"http", "https"}
        or not _HOST.fullmatch(parts.netloc)
        or parts.query
        or parts.fragment
    ):
        section.problem(key, f"expected http(s)://host/path without query, found {url!r}")
    elif not all(steps) or {".", ".."} & set(steps) or "\\" in unquote(parts.path):
        section.problem(key, f"its path is not a plain file path: {url!r}")


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
