"""The process behind `trial`: loads an exercise's imports once and forks one child per answer.

Started as ``python -m biolabkit_autograder.authoring.trial_runner FOLDER``; reads ``job.json`` there and
writes ``result.json``.
"""

import importlib
import json
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write

__all__ = ["main"]

# What every exercise needs; loaded before the forks so that no run pays for it.
_ALWAYS = ("IPython.core.interactiveshell", "biolabkit.check", "matplotlib_inline.backend_inline")


@dataclass(frozen=True)
class _Child:
    """One run that is under way."""

    name: str
    place: Path
    process: Any
    deadline: float


def main(folder: Path) -> None:
    """Run all variants of a job, a few at a time.

    Parameters
    ----------
    folder : Path
        Holds ``job.json``: ``imports`` (module names), ``variants`` (list of cell sources by name), ``jobs``
        (processes at a time) and ``seconds`` (for one variant). ``result.json`` gets, by variant, ``cells``
        (error, hint, stderr, has_value, seconds of each cell that ran) and ``stopped`` (reason or null).
    """
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    for module in [*_ALWAYS, *job["imports"]]:
        importlib.import_module(module)
    # fork shares the loaded imports; the system libraries of macOS do not bear it
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    waiting = [(folder / str(number), name) for number, name in enumerate(job["variants"])]
    running: list[_Child] = []
    results = {}
    while waiting or running:
        while waiting and len(running) < job["jobs"]:
            place, name = waiting.pop(0)
            place.mkdir()
            process = context.Process(target=run_cells, args=(job["variants"][name], place))
            process.start()
            running.append(_Child(name, place, process, time.monotonic() + job["seconds"]))
        nearest = min(child.deadline for child in running)
        wait([child.process.sentinel for child in running], timeout=max(0.0, nearest - time.monotonic()))
        for child in [child for child in running if not _goes_on(child)]:
            running.remove(child)
            results[child.name] = _result(child, job["seconds"])
    with atomic_write(folder / "result.json") as stream:
        json.dump(results, stream)


def run_cells(sources: list[str], place: Path) -> None:
    """Run cells in a fresh IPython shell and record each as a line of JSON.

    Parameters
    ----------
    sources : list of str
        Code cells, in order; a cell that raises does not stop the next.
    place : Path
        An empty folder: the cells' current folder; ``stdout``, ``stderr`` and ``cells.jsonl`` go there.
    """
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    os.chdir(place)
    _redirect(place)
    quiet = {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
    shell = InteractiveShell.instance(config=Config(quiet), display_pub_class=CapturingDisplayPublisher)
    with (place / "cells.jsonl").open("w", encoding="utf-8") as records:
        for source in sources:
            print(json.dumps(_run_cell(shell, source, place / "stderr")), file=records, flush=True)


def _run_cell(shell: Any, source: str, stderr: Path) -> dict[str, object]:
    shell.display_pub.outputs.clear()
    written, started = stderr.stat().st_size, time.perf_counter()
    result = shell.run_cell(source, store_history=True)
    seconds = time.perf_counter() - started
    error = result.error_before_exec or result.error_in_exec
    card = _failed_card(shell.display_pub.outputs) if error else {}
    return {
        "error": f"{type(error).__name__}: {error}".split("\n")[0] + _values(card) if error else None,
        "hint": card["hint"]["code"] if card.get("hint") else None,
        "stderr": stderr.read_bytes()[written:].decode(errors="replace"),
        "has_value": result.result is not None,
        "seconds": round(seconds, 4),
    }


def _failed_card(outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """The card of the failed check that a cell displayed, as data; empty without one."""
    from biolabkit.check import MIME_TYPE

    cards = [output["data"][MIME_TYPE] for output in outputs if MIME_TYPE in output["data"]]
    return next((card for card in cards if not card["passed"]), {})


def _values(card: dict[str, Any]) -> str:
    """What an author wants to see of a card: the values, on the error's line."""
    if card.get("got") is None or card["kind"] == "error":
        return ""
    expected = f", expected {card['expected']}" if card["expected"] is not None else ""
    return f"; got {card['got']}{expected}".replace("\n", " ")


def _redirect(place: Path) -> None:
    """Send this process's stdout and stderr to files, also what C libraries write."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        with (place / name).open("ab") as file:
            os.dup2(file.fileno(), descriptor)
        setattr(sys, name, open(descriptor, "w", encoding="utf-8", errors="replace", buffering=1))  # noqa: SIM115, PTH123


def _goes_on(child: _Child) -> bool:
    return child.process.is_alive() and time.monotonic() < child.deadline


def _result(child: _Child, seconds: float) -> dict[str, object]:
    late = child.process.is_alive()
    if late:
        child.process.kill()
    child.process.join()
    lines = child.place / "cells.jsonl"
    cells = (
        [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
        if lines.exists()
        else []
    )
    status = child.process.exitcode
    reason = f"the process ended with status {status} after {len(cells)} cells" if status else None
    return {"cells": cells, "stopped": f"it did not end within {seconds:g} s" if late else reason}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
