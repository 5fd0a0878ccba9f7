"""`biolab lab`: JupyterLab for a course: its folder, its language, no network, no surprises."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from biolabkit._quick_imports import defer_address_grammar
from biolabkit._settings import language_to_show
from biolabkit.errors import BiolabkitError, InputError, MissingExtraError

from .folder import open_folder
from .launch_words import say
from .settings import Bench, has_language_pack, is_root, write_settings

__all__ = ["app", "open_lab"]

app = typer.Typer(add_completion=False)


@app.command(context_settings={"ignore_unknown_options": True})
def lab(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FOLDER] [OPTIONS]...",
            help="The course's folder, one in it, or a notebook; then options of JupyterLab.",
        ),
    ] = None,
) -> None:
    """Start JupyterLab for the course that a folder belongs to; further options go to it."""
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
    if not _installed():
        raise MissingExtraError("jupyterlab", "lab")
    with _home(place) as home:
        os.environ.update(write_settings(home, place.bench))
        return _run(place, options)


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("jupyterlab") is not None


@dataclass(frozen=True)
class _Place:
    """What is opened, and what the trainee calls it."""

    bench: Bench
    title: str | None

    def say(self, phrase: str, **values: Any) -> None:
        """Tell the trainee something, apart from what JupyterLab prints."""
        typer.echo(f"biolab: {say(self.bench.language, phrase, **values)}", err=True)


def _find_place(path: Path) -> _Place:
    start = path.expanduser().absolute()
    notebook = start if start.suffix == ".ipynb" and start.is_file() else None
    if not start.is_dir() and notebook is None:
        raise InputError(say(language_to_show(), "no-folder", folder=path))
    folder = notebook.parent if notebook else start
    try:
        course = open_folder(folder)
    except BiolabkitError:  # no course, or a damaged one: its notebooks can be opened all the same
        root, language, title = folder, language_to_show(folder), None
    else:
        root, language, title = course.root, course.language, course.title
    return _Place(Bench(root, language, _page(root, notebook or folder)), title)


def _page(root: Path, opened: Path) -> str:
    """Where the browser begins: at the notebook that is meant, where one is."""
    if opened.is_dir() and opened != root:
        notebooks = list(opened.glob("*.ipynb"))
        opened = notebooks[0] if len(notebooks) == 1 else opened
    if opened == root:
        return "/lab"
    return f"/lab/tree/{quote(opened.relative_to(root).as_posix())}"


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
            place.say("no-place", folder=home, why=error.strerror)
        else:
            yield home
            return
    with tempfile.TemporaryDirectory(prefix="biolab-", ignore_cleanup_errors=True) as temporary:
        yield Path(temporary)


def _run(place: _Place, options: list[str]) -> int:
    defer_address_grammar()
    from jupyterlab.labapp import LabApp

    server = LabApp.initialize_server(argv=options)
    signal.signal(signal.SIGINT, lambda *_: server.stop(from_signal=True))
    _tell(place, server)
    server.start()
    place.say("ended", folder=place.bench.root)
    return 0


def _tell(place: _Place, server: Any) -> None:
    """What a trainee must know, in their language; JupyterLab adds the address."""
    if is_root():
        place.say("root")
    if not has_language_pack(place.bench.language):
        place.say("no-pack")
    if server.open_browser and not _has_browser(server.browser):
        place.say("no-browser", address=server.public_url)
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
