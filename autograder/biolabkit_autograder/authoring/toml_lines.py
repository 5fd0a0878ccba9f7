"""TOML files checked against a pydantic model, with the line of every problem."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from biolabkit.errors import suggest
from biolabkit_autograder.authoring.problem import Problem

__all__ = ["line_of", "read_toml"]

Model = TypeVar("Model", bound=BaseModel)

# What may be open at the end of a line; closing it makes the lines so far a document of their own.
_CLOSERS = ("", "]", "]]", '"""', "'''")

# How tomllib begins to say that something before was never closed.
_OPEN = ("Unclosed", "Unterminated")


def read_toml(path: Path, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """Read a TOML file into a pydantic model, or say everything that is wrong with it.

    Parameters
    ----------
    path : Path
        The file, UTF-8.
    model : type of pydantic.BaseModel
        What it must hold. With ``extra="forbid"`` an unknown key is a problem that suggests the near one.

    Returns
    -------
    value : BaseModel or None
        None when there are problems.
    problems : list of Problem
        All of them, in the order of the file. Lines that are no TOML are left out to look at the others, as
        long as it is clear where they end; what is missing is then not said, as it may stand in them.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None, [Problem(path, 1, "the file is missing")]
    except OSError as error:
        return None, [Problem(path, 1, f"the file cannot be read ({error.strerror})")]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [Problem(path, line, "this line cannot be read as UTF-8 text; save the file as UTF-8")]
    problems, text = _syntax_problems(path, text)
    try:
        value = model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        return None, problems
    except ValidationError as error:
        details = [one for one in error.errors() if not (problems and one["type"] == "missing")]
        return None, sorted({*problems, *(_problem(path, text, model, detail) for detail in details)})
    return (None, problems) if problems else (value, [])


def line_of(text: str, keys: Sequence[str | int]) -> int:
    """Find the line of a key, of an element of an array, or of the nearest table around it.

    Parameters
    ----------
    text : str
        A valid TOML document.
    keys : sequence of str or int
        The path to the value: table and key names, and 0-based positions in arrays.

    Returns
    -------
    int
        1-based line where the value begins; where it is missing, the line of the table that should hold it.

    Examples
    --------
    >>> line_of('title = "x"\\n\\n[limits]\\nseconds = 3\\n', ["limits", "seconds"])
    4
    """
    for length in range(len(keys), 0, -1):
        for line, document in _prefixes(text):
            if _holds(document, keys[:length]):
                return line
    return 1


@lru_cache(maxsize=16)
def _prefixes(text: str) -> tuple[tuple[int, dict[str, Any]], ...]:
    """The documents that the first 1, 2, … lines are: tomllib itself says what a line adds."""
    return tuple(_parsed_prefixes(text.splitlines()))


def _parsed_prefixes(lines: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for count in range(1, len(lines) + 1):
        for closer in _CLOSERS:
            try:
                yield count, tomllib.loads("\n".join([*lines[:count], closer]))
            except tomllib.TOMLDecodeError:
                continue
            break


def _holds(value: Any, keys: Sequence[str | int]) -> bool:
    for key in keys:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _syntax_problems(path: Path, text: str) -> tuple[list[Problem], str]:
    """What is no TOML, and the text with empty lines in its place."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    problems: list[Problem] = []
    while True:
        try:
            tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as error:
            place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
            message = str(error).replace(place[0], "") if place else str(error)
            number = min(int(place[1]), len(lines)) if place and place[1] else len(lines)
            found = lines[number - 1].strip()
            problems.append(Problem(path, number, f"not valid TOML: {message}, found: {found}"))
            # what is open ends nobody knows where: without that line the next one would be blamed
            if not found or not (place and place[1]) or message.startswith(_OPEN):
                break
            lines[number - 1] = ""
        else:
            break
    return problems, "\n".join(lines)


def _problem(path: Path, text: str, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    # pydantic puts a "[key]" behind the name of a bad key of a dict
    keys = [key for key in detail["loc"] if key != "[key]"]
    return Problem(path, line_of(text, keys), _message(model, keys, detail))


def _message(model: type[BaseModel], keys: list[str | int], detail: ErrorDetails) -> str:
    name = ".".join(str(key) for key in keys)
    if detail["type"] == "missing":
        return f"{name} is missing"
    if detail["type"] == "extra_forbidden":
        return f"unknown key {name}{suggest(str(keys[-1]), _fields(model, keys[:-1]))}"
    if detail["type"] == "value_error":  # raised by a validator of ours, which says what it found
        said = detail["msg"].removeprefix("Value error, ")
    elif detail["type"] == "model_type":
        table = ", ".join(f"{key} = …" for key in _fields(model, keys))
        said = f"expected a table {{ {table} }}, found {detail['input']!r}"
    else:
        said = f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, found {detail['input']!r}"
    return f"{name}: {said}" if name else said


def _fields(model: type[BaseModel], keys: list[str | int]) -> list[str]:
    """The keys that the table at a path may have."""
    found: type[BaseModel] | None = model
    for key in keys:
        if isinstance(key, int) or found is None:
            continue
        field = found.model_fields.get(key)
        found = _model_in(field.annotation) if field else None
    return [field.alias or name for name, field in found.model_fields.items()] if found else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside ``Model``, ``Model | None``, ``list[Model]`` or ``dict[str, Model]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
