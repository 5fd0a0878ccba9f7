"""`biolab exercise`: what an author does with an exercise, from an empty folder to a notebook."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from biolabkit._files import atomic_write
from biolabkit.errors import ExerciseError, UnknownNameError
from biolabkit_autograder.authoring.exercise import exercise_folders, load_exercise
from biolabkit_autograder.authoring.lint import lint_folder
from biolabkit_autograder.authoring.problem import Problem, summary
from biolabkit_autograder.authoring.source import LANGUAGES

if TYPE_CHECKING:
    from biolabkit_autograder.authoring.trial import Trial

__all__ = ["app"]

app = typer.Typer(
    help="Write exercises: scaffold, lint, try with every wrong answer, build notebooks.",
    no_args_is_help=True,
    add_completion=False,
)

Names = Annotated[
    list[str] | None,
    typer.Argument(help="Names (genome-05-…) or folders of exercises; all of --root without."),
]
Root = Annotated[Path, typer.Option(help="Folder that holds <track>/<nn-slug>/exercise.py.")]
Language = Annotated[Literal["en", "ko", "both"], typer.Option(help="Language of the notebook.")]


@app.command()
def new(
    name: Annotated[
        str,
        typer.Argument(
            help="A name, such as genome-11-my-exercise, or the new folder, such as "
            "exercises/genome/11-my-exercise."
        ),
    ],
    root: Root = Path("exercises"),
) -> None:
    """Write a small valid exercise to start from."""
    from biolabkit_autograder.authoring.scaffold import new_exercise

    if "/" in name:
        folder = Path(name)
        name, root = f"{folder.parent.name}-{folder.name}", folder.parent.parent
    folder = new_exercise(name, root)
    print(
        f"{folder}: edit exercise.py, exercise.toml and wrong_answers.py, then: biolab exercise try {folder}"
    )


@app.command()
def lint(names: Names = None, root: Root = Path("exercises")) -> None:
    """Print every problem as file:line; exit status 1 when there is one."""
    folders = _folders(names, root)
    problems = [problem for folder in folders for problem in lint_folder(folder)]
    _report(problems)
    print(f"{len(folders)} exercise{'s' * (len(folders) != 1)}: no problem")


@app.command(name="try")
def try_(
    names: Names = None,
    root: Root = Path("exercises"),
    language: Language = "both",
    data: Annotated[
        Literal["simulated", "real", "any"], typer.Option(help="Which datasets to use; any: what can be had.")
    ] = "any",
    learner: Annotated[
        list[str], typer.Option(help="Whose simulated data to use; give several to try several seeds.")
    ] = ["trial"],  # noqa: B006  (typer reads it, nothing changes it)
    jobs: Annotated[int | None, typer.Option(help="Runs at a time; default: the cores.")] = None,
) -> None:
    """Run the solution, the unsolved notebook and every wrong answer; exit status 1 on a broken promise."""
    from biolabkit_autograder.authoring.trial import try_exercise

    problems: list[Problem] = []
    for folder in _folders(names, root):
        found = lint_folder(folder)
        if found:
            problems += found
            continue
        exercise = load_exercise(folder)
        for tongue in _languages(language):
            for who in learner:
                wanted = None if data == "any" else data
                trial = try_exercise(exercise, tongue, learner=who, data=wanted, jobs=jobs)
                Console().print(_table(trial))
                problems += trial.problems
    _report(sorted(set(problems)))


@app.command()
def build(
    to: Annotated[Path, typer.Option(help="Folder for the notebooks: <to>/<language>/<name>.ipynb.")],
    names: Names = None,
    root: Root = Path("exercises"),
    language: Language = "both",
    release: Annotated[
        bool, typer.Option(help="As learners get them: no solutions, no hidden tests.")
    ] = False,
) -> None:
    """Write the notebooks, the instructor's with solutions and hidden tests."""
    from biolabkit_autograder.authoring.builder import build_notebook, notebook_bytes
    from biolabkit_autograder.authoring.release import release_notebook

    for folder in _folders(names, root):
        problems = lint_folder(folder)
        if problems:
            raise ExerciseError(summary(problems))
        exercise = load_exercise(folder)
        for tongue in _languages(language):
            notebook = build_notebook(exercise, tongue)
            if release:
                notebook = release_notebook(notebook, tongue)
            path = to / tongue / f"{exercise.name}.ipynb"
            with atomic_write(path, "wb") as stream:
                stream.write(notebook_bytes(notebook))
            print(path)


def _folders(names: list[str] | None, root: Path) -> list[Path]:
    """The folders meant by names or paths; all exercises of the root without any."""
    chosen = []
    known = exercise_folders(root) if not names or not all(map(_is_folder, names)) else {}
    for name in names or known:
        if _is_folder(name):
            if not Path(name).is_dir():
                raise ExerciseError(f"there is no folder {name}; make one with: biolab exercise new {name}")
            chosen.append(Path(name))
        elif name in known:
            chosen.append(known[name])
        else:
            raise UnknownNameError("exercise", name, known)
    if not chosen:
        raise ExerciseError(
            f"{root} holds no exercise; a folder with <track>/<nn-slug>/exercise.py is expected"
        )
    return chosen


def _is_folder(name: str) -> bool:
    return "/" in name or Path(name).is_dir()


def _languages(language: str) -> tuple[str, ...]:
    return LANGUAGES if language == "both" else (language,)


def _report(problems: list[Problem]) -> None:
    """Print problems, one a line, and end the command when there are any."""
    for problem in problems:
        print(problem)
    if problems:
        raise typer.Exit(1)


def _table(trial: "Trial") -> Table:
    table = Table(
        title=f"{trial.exercise} · {trial.language} · learner {trial.learner}", title_justify="left"
    )
    for heading in ("answer", "points", "loses", "hints", "seconds"):
        justify: Literal["left", "right"] = "right" if heading in ("points", "seconds") else "left"
        table.add_column(heading, justify=justify, overflow="fold")
    for run in trial.runs.values():
        lost = run.stopped or ", ".join(sorted(run.lost))
        points = f"{sum(run.points.values()):g}"
        table.add_row(run.name, points, lost, ", ".join(run.hints), f"{run.seconds:.2f}")
    return table
