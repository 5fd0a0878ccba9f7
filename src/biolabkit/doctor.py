"""`biolab doctor`: what this machine has and what it lacks.

Other distributions add findings through the entry point group ``biolabkit.doctor``: a function without
arguments that returns ``(state, topic, text)`` triples, with ``"ok"``, ``"note"`` or ``"problem"`` as state.
"""

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path
from typing import NamedTuple

import typer

from biolabkit.datasets.cards import card_names, read_card
from biolabkit.datasets.presentation import size
from biolabkit.datasets.settings import Settings
from biolabkit.datasets.store import Store
from biolabkit.errors import BiolabkitError

__all__ = ["Finding", "doctor", "examine"]

GROUP = "biolabkit.doctor"
SCARCE_BYTES = 1_000_000_000
_MARKS = {"ok": "ok  ", "note": "note", "problem": "BAD "}
_STYLES = {"ok": "green", "note": "yellow", "problem": "bold red"}


class Finding(NamedTuple):
    """One line of the examination."""

    state: str
    topic: str
    text: str


def doctor() -> None:
    """Say what this machine has and what it lacks."""
    findings = list(examine())
    if sys.stdout.isatty():
        _print_grid(findings)
    else:
        width = max(len(finding.topic) for finding in findings)
        for finding in findings:
            typer.echo(f"{_MARKS[finding.state]}  {finding.topic:<{width}}  {finding.text}")
    problems = [finding.topic for finding in findings if finding.state == "problem"]
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise BiolabkitError(f"{count} on this machine: {', '.join(problems)}")


def _print_grid(findings: list[Finding]) -> None:
    """The findings as columns that keep their places when a text wraps."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for state, topic, text in findings:
        grid.add_row(Text(_MARKS[state], style=_STYLES[state]), Text(topic, style="bold"), Text(text))
    Console(highlight=False).print(grid)


def examine() -> Iterator[Finding]:
    """Everything that is looked at, in the order in which it is shown."""
    yield _python()
    yield from _packages()
    yield _cache()
    yield _mirror()
    yield _korean()
    yield _disk()
    yield from _added()


def _python() -> Finding:
    text = f"{platform.python_version()} at {sys.executable}, {platform.system()} {platform.machine()}"
    return Finding("ok" if sys.version_info >= (3, 11) else "problem", "Python", text)


def _packages() -> Iterator[Finding]:
    """The requirements of biolabkit and of each extra, by their installed metadata: nothing is imported."""
    base: list[str] = []
    extras: dict[str, list[str]] = {}
    for requirement in requires("biolabkit") or []:
        name = re.split(r"[\s<>=!~;\[(]", requirement, maxsplit=1)[0]
        of_extra = re.search(r"extra\s*==\s*[\"']([^\"']+)", requirement)
        if name != "biolabkit":
            (extras.setdefault(of_extra.group(1), []) if of_extra else base).append(name)
    present, absent = _versions(base)
    if "pysam" in absent and platform.system() == "Windows":
        absent.remove("pysam")
    state = "problem" if absent else "ok"
    yield Finding(state, "packages", present if not absent else f"missing: {', '.join(absent)}; {present}")
    extras.pop("all", None)  # it only joins the others
    for extra, names in sorted(extras.items()):
        present, absent = _versions(names)
        if absent:
            lacks = f"lacks {', '.join(absent)}; pip install 'biolabkit[{extra}]'"
            yield Finding("note", f"extra {extra}", lacks)
        else:
            yield Finding("ok", f"extra {extra}", present)


def _versions(names: list[str]) -> tuple[str, list[str]]:
    present, absent = [], []
    for name in names:
        try:
            present.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            absent.append(name)
    return ", ".join(present), absent


def _cache() -> Finding:
    settings = Settings.from_environment()
    store = Store(settings)
    files = [file for name in card_names() for file in read_card(name).files.values()]
    here = sum(store.path_of(file).is_file() for file in files)
    text = f"{settings.cache}: {here} of {len(files)} dataset files"
    if not _can_write(settings.cache):
        return Finding(
            "problem", "cache", f"{text}; may not be written: set BIOLABKIT_CACHE to a folder of yours"
        )
    return Finding("ok", "cache", text)


def _can_write(folder: Path) -> bool:
    """Whether the folder, or the nearest parent there is, lets this user write."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _mirror() -> Finding:
    settings = Settings.from_environment()
    network = "off (BIOLABKIT_OFFLINE)" if settings.offline else "used when cache and mirror lack a file"
    if settings.mirror is None:
        return Finding("note", "mirror", f"none (BIOLABKIT_MIRROR is not set); network {network}")
    if settings.mirror_is_url:
        return Finding("ok", "mirror", f"{settings.mirror}; network {network}")
    folder = Path(settings.mirror).expanduser()
    if not folder.is_dir():
        return Finding("problem", "mirror", f"BIOLABKIT_MIRROR={folder} is not a folder")
    files = [file for name in card_names() for file in read_card(name).files.values()]
    size_here = sum(file.bytes for file in files if (folder / file.relative).is_file())
    return Finding("ok", "mirror", f"{folder}: {size(size_here)} of known files; network {network}")


def _korean() -> Finding:
    from biolabkit.plot import KOREAN_FONTS, korean_font

    font = korean_font()
    if font is None:
        return Finding(
            "note", "Korean font", f"none: figures in Korean need one of {', '.join(KOREAN_FONTS[:3])}"
        )
    return Finding("ok", "Korean font", font)


def _disk() -> Finding:
    cache = Settings.from_environment().cache
    free = shutil.disk_usage(next(path for path in (cache, *cache.parents) if path.exists())).free
    return Finding("ok" if free >= SCARCE_BYTES else "problem", "disk", f"{size(free)} free for the cache")


def _added() -> Iterator[Finding]:
    for entry in entry_points(group=GROUP):
        try:
            for state, topic, text in entry.load()():
                yield Finding(state if state in _MARKS else "note", topic, text)
        except Exception as error:  # the examination must go on
            yield Finding("note", entry.name, f"could not be examined: {error}")
