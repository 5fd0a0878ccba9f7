"""`biolab lab`: JupyterLab for a course: its folder, its language, no network, no surprises."""

import asyncio
import json
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from biolabkit._quick_imports import defer_address_grammar
from biolabkit._settings import language_to_show
from biolabkit._words import told
from biolabkit.errors import BiolabkitError, InputError

from .causes import reason
from .folder import open_folder
from .launch_words import say
from .phrases import not_installed
from .settings import Bench, has_language_pack, is_root, write_settings

__all__ = ["app", "open_lab"]

# What answers to the page's first requests import.
_ASKED_FIRST = ("nbconvert.exporters",)
_SECONDS_TO_END = 10

app = typer.Typer(add_completion=False)


@app.command(
    help=told(
        "Start JupyterLab for the course that a folder belongs to; further options go to it.",
        "폴더가 속한 과정을 JupyterLab으로 엽니다. 나머지 옵션은 JupyterLab에 넘깁니다.",
    ),
    context_settings={"ignore_unknown_options": True},
)
def lab(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FOLDER OPTIONS",
            help=told(
                "The course's folder, one in it, or a notebook; then options of JupyterLab.",
                "과정 폴더나 그 안의 폴더 또는 노트북. 그 뒤에 JupyterLab의 옵션을 쓸 수 있습니다.",
            ),
        ),
    ] = None,
) -> None:
    rest = list(arguments or ())
    named = rest.pop(0) if rest and not rest[0].startswith("-") else "."
    raise typer.Exit(open_lab(Path(named), rest))


def open_lab(path: Path, options: list[str]) -> int:
    """Run JupyterLab until it ends.

    Parameters
    ----------
    path : Path
        The course's folder, a folder in it, or a notebook that is to be open.
    options : list of str
        Further options of JupyterLab; they go before what is set here.

    Returns
    -------
    int
        Its exit status.

    Raises
    ------
    InputError
        When there is no such folder or notebook.
    MissingExtraError
        When JupyterLab is not installed.
    """
    place = _find_place(path)
    if find_spec("jupyterlab") is None:
        raise not_installed(place.bench.language, "jupyterlab")
    with _home(place) as home:
        os.environ.update(write_settings(home, place.bench))
        return _run(place, options)


@dataclass(frozen=True)
class _Place:
    """What is opened, what the trainee calls it, and the notebook whose kernel starts early."""

    bench: Bench
    title: str | None = None
    notebook: str | None = None
    problem: str | None = None

    def say(self, phrase: str, **values: Any) -> None:
        """Tell the trainee something, apart from what JupyterLab prints."""
        typer.echo(f"biolab: {say(self.bench.language, phrase, **values)}", err=True)


def _find_place(path: Path) -> _Place:
    start = path.expanduser().absolute()
    notebook = start if start.suffix == ".ipynb" and start.is_file() else None
    if not start.is_dir() and notebook is None:
        raise InputError(say(language_to_show(), "no-folder", folder=path))
    folder = notebook.parent if notebook else start
    title = problem = None
    try:
        course = open_folder(folder)
    except BiolabkitError as error:  # no course, or a damaged one: its notebooks can be opened all the same
        root, language, problem = folder, language_to_show(folder), str(error)
    else:
        root, language, title = course.root, course.language, course.title
    if notebook is None and len(found := list(folder.glob("*.ipynb"))) == 1:
        notebook = found[0]
    opened = (notebook or folder).relative_to(root).as_posix()
    page = "/lab" if opened == "." else f"/lab/tree/{quote(opened)}"
    early = opened if notebook is not None and _wants_python(notebook) else None
    return _Place(Bench(root, language, page), title, early, problem)


def _wants_python(notebook: Path) -> bool:
    """Whether a notebook names the kernel that is started early; one that cannot be read does not."""
    try:
        return bool(json.loads(notebook.read_bytes())["metadata"]["kernelspec"]["name"] == "python3")
    except (OSError, ValueError, KeyError, TypeError):
        return False


@contextmanager
def _home(place: _Place) -> Iterator[Path]:
    """Where the settings lie: with the course, so that its tabs come back; else in a temporary folder."""
    if place.title is not None:
        home = place.bench.root / ".biolab" / "lab"
        try:
            home.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=home):
                pass
        except OSError as error:
            place.say("no-place", folder=home, why=reason(error).to(place.bench.language))
        else:
            yield home
            return
    with tempfile.TemporaryDirectory(prefix="biolab-", ignore_cleanup_errors=True) as temporary:
        yield Path(temporary)


def _run(place: _Place, options: list[str]) -> int:
    defer_address_grammar()
    from jupyterlab.labapp import LabApp

    server = LabApp.initialize_server(argv=options)
    signal.signal(signal.SIGINT, lambda *_: _stop(server))
    _tell(place, server)
    if place.notebook is not None:
        server.io_loop.run_sync(partial(_start_kernel, server, place.notebook))
    server.io_loop.add_callback(threading.Thread(target=_preload, daemon=True).start)
    server.start()
    server.io_loop.run_sync(_cancel_rest)
    place.say("ended", folder=place.bench.root)
    return 0


def _stop(server: Any) -> None:
    """End at the first Ctrl-C without a question; a second one interrupts even that.

    What fails or hangs while it cleans up must not keep it alive: kernels end with their server anyway.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    loop = server.io_loop.asyncio_loop
    loop.call_soon_threadsafe(loop.call_later, _SECONDS_TO_END, loop.stop)
    server.stop(from_signal=True)


def _preload() -> None:
    """Import what the page's first requests need while the browser starts: else the server stands still."""
    for module in _ASKED_FIRST:
        with suppress(ImportError):
            import_module(module)


async def _cancel_rest() -> None:
    """Cancel what still runs, as `asyncio.run` does: its threads would keep the process alive for ever."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


async def _start_kernel(server: Any, notebook: str) -> None:
    """Start the kernel of a notebook while the browser still loads the page that opens it.

    It is there before the server answers, and JupyterLab finds it by the notebook's path. What cannot be
    started JupyterLab tries again, and says why.
    """
    with suppress(Exception):
        await server.session_manager.create_session(
            path=notebook, name=notebook.rpartition("/")[2], type="notebook", kernel_name="python3"
        )


def _tell(place: _Place, server: Any) -> None:
    """What a trainee must know, in their language; JupyterLab adds the address."""
    if is_root():
        place.say("root")
    if not has_language_pack(place.bench.language):
        place.say("no-pack")
    if server.open_browser and not _has_browser(server.browser):
        place.say("no-browser", address=server.public_url)
    if place.problem is not None:
        typer.echo(f"biolab: {place.problem}", err=True)
    if place.title is None:
        place.say("running-folder", folder=place.bench.root)
    else:
        place.say("running", title=place.title)


def _has_browser(named: str) -> bool:
    import webbrowser

    try:
        return webbrowser.get(named or None) is not None
    except webbrowser.Error:
        return False
