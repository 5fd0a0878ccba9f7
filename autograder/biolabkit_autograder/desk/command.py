"""``biolab desk`` and ``biolab course status``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["desk"]


def desk(
    folder: Annotated[Path, typer.Argument(help="The course folder.", show_default="here")] = Path(),
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Of this machine; a free one if not given.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address only.")] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Grade without isolation where the machine gives none.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions at one time; the cores if not given.")
    ] = None,
) -> None:
    """Open the instructor's desk: one local page to release, collect, grade and give feedback."""
    from biolabkit_autograder.course import open_course

    from .server import serve

    course = open_course(folder)
    serve(course.folder, port=port, browser=not no_browser, unsafe=unsafe, workers=workers)
