"""`biolab check`: check all on a terminal, for who works without JupyterLab."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from biolabkit._settings import language_to_show
from biolabkit._words import told
from biolabkit.check.words import Words
from biolabkit.errors import BiolabkitError, InputError

from . import progress, server_words
from .causes import reason
from .checking import SECONDS_PER_CELL, CheckRun, check_all
from .checking_words import fill
from .folder import Assignment, CourseFolder, open_folder
from .notebooks import exercise_in
from .phrases import not_installed

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["check"]

_WHICH = Words(
    "which notebook? name one: biolab check NOTEBOOK, or an exercise of {names}",
    "어느 노트북을 검사하시겠습니까? biolab check 다음에 노트북이나 실습 이름을 적으십시오({names})",
)
_TOTAL = Words(
    "{earned:g} of {max:g} points, {seconds:.1f} s",
    "{max:g}점 중 {earned:g}점, {seconds:.1f}초",
)
_GRADING = Words("Grading may check more.", "채점할 때 더 검사할 수 있습니다.")
_HINT = Words("Hint:", "힌트:")
_CHECKING = Words("checking", "검사 중")
_SIGNS = {
    "passed": ("✓", "green"),
    "failed": ("✗", "red"),
    "error": ("✗", "red"),
    "unanswered": ("○", "yellow"),
}


def check(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="NOTEBOOK|EXERCISE",
            help=told(
                "By default the notebook or exercise here.", "지정하지 않으면 여기에 있는 노트북이나 실습."
            ),
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            help=told("Stop a cell after this time.", "셀을 이 시간(초) 뒤에 멈춥니다."),
            show_default=told("the exercise's", "실습에 정해진 시간"),
        ),
    ] = None,
) -> None:
    """Run the visible checks of a saved notebook on a fresh kernel; exit status 1 when one does not pass."""
    for package in ("ipykernel", "jupyter_client", "psutil"):
        if find_spec(package) is None:
            raise not_installed(language_to_show(), package)
    chosen = _choose(what)
    run = chosen.run(seconds)
    _show(run, chosen.language)
    raise typer.Exit(0 if run.passed else 1)


@dataclass(frozen=True)
class _Chosen:
    """A notebook, and the assignment that it is where that is known."""

    notebook: Path
    language: str
    course: CourseFolder | None = None
    assignment: Assignment | None = None

    def run(self, seconds: float | None) -> CheckRun:
        """Check it, and keep what was found with the course."""
        known = self.assignment
        with _bar(self.language) as advance:
            run = check_all(
                self.notebook,
                on_event=advance,
                language=self.language,
                seconds_per_cell=seconds or (known.seconds_per_cell if known else SECONDS_PER_CELL),
                expected=[one.id for one in known.checks] if known else (),
            )
        if self.course and known:
            try:
                progress.record(self.course, known.name, run.checks)
            except OSError as error:
                run.problems.append(fill(server_words.NO_RECORD, why=reason(error)))
        return run


def _choose(what: str | None) -> _Chosen:
    """A notebook by its path, an exercise by its name, or what is here."""
    path = Path(what or ".")
    if what and not path.exists() and not what.lower().endswith(".ipynb"):
        course = open_folder()
        return _of_exercise(course, course.assignment(what))
    if not path.is_dir():
        return _of_notebook(path.absolute())
    here = path.absolute()
    notebooks = sorted(here.glob("*.ipynb"))
    if len(notebooks) == 1:
        return _of_notebook(notebooks[0])
    course = open_folder(here)
    own = [one for one in course.assignments if here == course.root / one.name]
    if len(own) != 1 or own[0].others:
        names = ", ".join(path.name for path in notebooks) or ", ".join(
            one.name for one in course.assignments
        )
        raise InputError(fill(_WHICH, names=names).to(course.language))
    return _of_exercise(course, own[0])


def _of_exercise(course: CourseFolder, assignment: Assignment) -> _Chosen:
    usual = course.root / assignment.name / f"{assignment.name}.ipynb"
    return _Chosen(assignment.notebook or usual, course.language, course, assignment)


def _of_notebook(path: Path) -> _Chosen:
    try:
        course = open_folder(path)
    except BiolabkitError:  # checks need no course
        return _Chosen(path, language_to_show(path.parent))
    with suppress(InputError):
        return _Chosen(path, course.language, course, course.assignment(exercise_in(path) or path.stem))
    return _Chosen(path, course.language)


@contextmanager
def _bar(language: str) -> Iterator[Any]:
    """A bar of the cells that have run; nothing where nobody is looking."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(_CHECKING.to(language), total=None)
        yield lambda event: bar.update(task, total=event.get("total"), completed=event.get("done"))


def _show(run: CheckRun, language: str) -> None:
    """A line for each check; under it what was found and what to think about."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(_table(run, language))
    for problem in run.problems:
        console.print(Text(f"! {problem.to(language)}", style="yellow"))
    total = _TOTAL.to(language).format(earned=run.earned, max=run.max, seconds=run.seconds)
    more = f" · {_GRADING.to(language)}" if run.passed else ""
    console.print(Text(f"{total}{more}", style="bold"))


def _table(run: CheckRun, language: str) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for name, state in run.checks.items():
        sign, color = _SIGNS[state.outcome]
        told = Text(name.removeprefix("check-"), style="bold")
        if message := state.message.to(language):
            told.append(f"\n{message}", style="not bold")
        if state.hint is not None:
            told.append(f"\n{_HINT.to(language)} {state.hint.to(language)}", style="not bold cyan")
        table.add_row(Text(sign, style=color), told, f"{state.points:g} / {state.max_points:g}")
    return table
