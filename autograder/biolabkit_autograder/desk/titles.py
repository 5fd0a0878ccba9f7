"""Exercises' titles, from their sources, else from what was built; a file that stays is read once."""

from __future__ import annotations

import json
import tomllib
from functools import lru_cache
from pathlib import Path

from .file_times import time_of

__all__ = ["title_of"]


def title_of(name: str, source: Path | None, built: Path) -> dict[str, str]:
    """Give an exercise's title by language; its name where none can be read.

    Parameters
    ----------
    name : str
        The exercise.
    source : Path or None
        Its folder, if there is one.
    built : Path
        The instructor's notebook.
    """
    toml = source / "exercise.toml" if source else None
    for path, read in ((toml, _of_source), (built, _of_notebook)):
        time = time_of(path) if path else None
        if path is not None and time is not None and (title := read(path, time)):
            return title
    return {"en": name, "ko": name}


@lru_cache(maxsize=200)
def _of_source(path: Path, _: float) -> dict[str, str] | None:
    try:
        title = tomllib.loads(path.read_text(encoding="utf-8"))["title"]
        return {"en": str(title["en"]), "ko": str(title["ko"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=200)
def _of_notebook(path: Path, _: float) -> dict[str, str] | None:
    try:
        title = str(json.loads(path.read_text(encoding="utf-8"))["metadata"]["title"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return {"en": title, "ko": title}
