"""Who is working, and in which language: environment first, then biolab.toml, then the machine."""

import locale
import os
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biolabkit.errors import BiolabkitError, FormatError, InputError

__all__ = ["LANGUAGES", "PRACTICE", "account_name", "find_language", "find_learner", "language_to_show"]

LANGUAGES = ("en", "ko")

#: The learner when nobody is named: everybody's practice data are the same.
PRACTICE = "practice"

_SETTINGS_FILE = "biolab.toml"


def find_language(folder: Path | None = None) -> str:
    """Find the course's language.

    ``BIOLAB_LANGUAGE``, else `language` in the nearest biolab.toml that has it, else Korean on a Korean
    machine, else English.

    Raises
    ------
    InputError
        When the language that is asked for is neither ``"en"`` nor ``"ko"``.
    FormatError
        When biolab.toml is not TOML.
    """
    asked = os.environ.get("BIOLAB_LANGUAGE")
    source = "BIOLAB_LANGUAGE"
    if not asked:
        path, asked = _nearest(folder or Path.cwd(), "language")
        source = str(path)
    if not asked:
        return _machine_language()
    if asked not in LANGUAGES:
        raise InputError(f"{source}: language {asked!r} is not known; use 'en' or 'ko'")
    return str(asked)


def language_to_show(folder: Path | None = None) -> str:
    """The language of what is shown by itself, such as a card in a notebook: never an error.

    Where `find_language` would tell what is wrong with the settings, or where there is no folder to look in
    any more, it is the machine's language.
    """
    try:
        return find_language(folder)
    except (BiolabkitError, OSError):
        return _machine_language()


def find_learner(folder: Path | None = None) -> str:
    """Find the learner's id.

    ``BIOLAB_LEARNER``, else `learner` in the nearest biolab.toml that has it, else ``JUPYTERHUB_USER``, else
    in a course of an `exchange` the account's name, else `PRACTICE`. What came from another `source`, such as
    a zip file of an exchange's course, is on another machine, whose accounts say nothing. Korean letters are
    composed (NFC), as in the roster: the id decides the learner's data.
    """
    here = folder or Path.cwd()
    named = (
        os.environ.get("BIOLAB_LEARNER")
        or _nearest(here, "learner")[1]
        or os.environ.get("JUPYTERHUB_USER")
        or (_nearest(here, "exchange")[1] and not _nearest(here, "source")[1] and account_name())
        or PRACTICE
    )
    return unicodedata.normalize("NFC", str(named))


def account_name() -> str | None:
    """The name of the account that runs this; None where it has none, as in some containers or on Windows."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return None


def _nearest(folder: Path, key: str) -> tuple[Path | None, Any]:
    """The nearest biolab.toml that has a key: an exercise's own says little, its course's the rest."""
    for candidate in (folder, *folder.parents):
        path = candidate / _SETTINGS_FILE
        if path.is_file() and (value := _read(path).get(key)):
            return path, value
    return None, None


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"{path}: expected a TOML file with `language` and `learner`; {error}") from error


def _machine_language() -> str:
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    machine = next((value for value in named if value), None) or locale.getlocale()[0] or ""
    return "ko" if machine.lower().startswith("ko") else "en"
