"""Runs an exercise's solution, its unsolved form and every wrong answer, and says what is not as promised."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from biolabkit.errors import ExerciseError
from biolabkit_autograder.authoring.builder import build_notebook, trusted_source
from biolabkit_autograder.authoring.emptied import with_emptied_answers
from biolabkit_autograder.authoring.exercise import Exercise
from biolabkit_autograder.authoring.problem import Problem
from biolabkit_autograder.authoring.release import release_notebook
from biolabkit_autograder.authoring.samples import answers
from biolabkit_autograder.authoring.source import Cell, WrongAnswer

__all__ = ["CellRun", "Run", "Trial", "try_exercise"]

# One thread per run: the runs themselves are parallel, and a forked thread pool would hang.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class CellRun:
    """One code cell that was run.

    Attributes
    ----------
    cell : Cell
        Its source.
    error : str or None
        Type and message of what it raised.
    hint : str or None
        Code of the hint on its card.
    stderr : str
        What it wrote to stderr, from Python or from a C library.
    has_value : bool
        Whether it ended in a value, which nbgrader would read as partial credit.
    seconds : float
    """

    cell: Cell
    error: str | None
    hint: str | None
    stderr: str
    has_value: bool
    seconds: float


@dataclass(frozen=True)
class Run:
    """One answer to all tasks, run from the first cell to the last.

    Attributes
    ----------
    name : str
        ``solution``, ``unsolved``, ``wrong:<name>``, or ``emptied`` (the solution's answers without content).
    cells : tuple of CellRun
        As far as it came.
    stopped : str or None
        Why it did not reach the last cell.
    """

    name: str
    cells: tuple[CellRun, ...]
    stopped: str | None = None

    @property
    def checks(self) -> dict[str, CellRun]:
        """The check cells by grade_id."""
        return {run.cell.grade_id: run for run in self.cells if run.cell.kind == "check"}

    @property
    def points(self) -> dict[str, float]:
        """Points per check."""
        return {name: 0.0 if run.error else run.cell.points for name, run in self.checks.items()}

    @property
    def lost(self) -> set[str]:
        """The checks that failed."""
        return {name for name, run in self.checks.items() if run.error}

    @property
    def hints(self) -> list[str]:
        """Codes of the hints drawn, in order."""
        return [run.hint for run in self.checks.values() if run.hint]

    @property
    def seconds(self) -> float:
        """Time in the cells, imports already loaded."""
        return sum(run.seconds for run in self.cells)


@dataclass(frozen=True)
class Trial:
    """All runs of an exercise in one language, for one learner.

    Attributes
    ----------
    exercise : str
    language : str
    learner : str
    runs : dict of str to Run
        By the names of `samples`, and ``emptied``.
    problems : tuple of Problem
        Where a run did not do what the source promises.
    """

    exercise: str
    language: str
    learner: str
    runs: Mapping[str, Run] = field(hash=False)
    problems: tuple[Problem, ...]


def try_exercise(
    exercise: Exercise,
    language: str = "en",
    *,
    learner: str = "trial",
    data: Literal["simulated", "real"] | None = None,
    only: Collection[str] | None = None,
    jobs: int | None = None,
    seconds: float = 300.0,
) -> Trial:
    """Run the solution, the unsolved notebook and every wrong answer, and compare with what they promise.

    No check may pass on the solution's own answers when these are emptied; see `emptied`.

    Each runs in a process of its own, in IPython, forked from one that has loaded the exercise's imports. It
    is the author's own code: there is no sandbox here.

    Parameters
    ----------
    exercise : Exercise
        A source without lint problems.
    language : {"en", "ko"}
        Of cards and texts.
    learner : str
        Whose simulated data to use.
    data : {"simulated", "real"}, optional
        Which datasets to use; by default what can be had.
    only : collection of str, optional
        Names of the answers to run; by default all.
    jobs : int, optional
        Runs at a time; by default the number of cores.
    seconds : float
        After which a run is stopped. The limit of exercise.toml is for grading, on a machine that does
        nothing else.

    Raises
    ------
    biolabkit.errors.ExerciseError
        When a module of exercise.toml's ``imports`` cannot be imported.
    """
    code_cells = exercise.of_kind("setup", "free", "task", "check")
    variants = {
        name: [_source(cell, sources) for cell in code_cells]
        for name, sources in _all_answers(exercise, language).items()
    }
    kinds = [cell.kind for cell in code_cells]
    variants["emptied"] = with_emptied_answers(list(zip(kinds, variants["solution"], strict=True)))
    variants = {name: sources for name, sources in variants.items() if only is None or name in only}
    job = {
        "imports": exercise.meta.imports,
        "variants": variants,
        "jobs": jobs or os.cpu_count() or 1,
        "seconds": seconds,
    }
    records = _run(job, _environment(language, learner, data))
    runs = {
        name: Run(
            name,
            tuple(
                CellRun(cell, **record)
                for cell, record in zip(code_cells, records[name]["cells"], strict=False)
            ),
            records[name]["stopped"],
        )
        for name in variants
    }
    problems = sorted(set(_problems(exercise, runs)))
    return Trial(exercise.name, language, learner, runs, tuple(problems))


def _all_answers(exercise: Exercise, language: str) -> dict[str, dict[str, str]]:
    """The answers of `samples`, with the released stubs for the unsolved one."""
    released = release_notebook(build_notebook(exercise, language), language)
    stubs = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in released.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    return {name: {**stubs, **sources} for name, sources in answers(exercise).items()}


def _source(cell: Cell, sources: Mapping[str, str]) -> str:
    if cell.kind == "task":
        return sources[cell.grade_id]
    return trusted_source(cell) if cell.kind == "check" else cell.source


def _environment(language: str, learner: str, data: str | None) -> dict[str, str]:
    environment = {
        **os.environ,
        **dict.fromkeys(_ONE_THREAD, "1"),
        "BIOLAB_LANGUAGE": language,
        "BIOLAB_LEARNER": learner,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    return {**environment, "BIOLABKIT_DATA": data} if data else environment


def _run(job: Mapping[str, object], environment: Mapping[str, str]) -> dict[str, dict]:
    with tempfile.TemporaryDirectory(prefix="biolab-trial-") as folder:
        result = Path(folder, "result.json")
        Path(folder, "job.json").write_text(json.dumps(job), encoding="utf-8")
        done = subprocess.run(  # noqa: S603  (this interpreter, a module of this package)
            [sys.executable, "-m", "biolabkit_autograder.authoring.trial_runner", folder],
            env={**environment, "IPYTHONDIR": folder},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not result.exists():
            last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
            raise ExerciseError(f"the exercise cannot be tried: {last}")
        return json.loads(result.read_text(encoding="utf-8"))


def _problems(exercise: Exercise, runs: Mapping[str, Run]) -> Iterator[Problem]:
    path = exercise.source_path
    by_name = {f"wrong:{answer.name}": answer for answer in exercise.wrong_answers}
    for name, run in runs.items():
        answer = by_name.get(name)
        if run.stopped:
            at = (exercise.wrong_answers_path, answer.line) if answer else (path, 1)
            yield Problem(*at, f"{name}: {run.stopped}")
        elif answer:
            yield from _of_wrong_answer(exercise, run, answer)
        else:
            for cell_run in run.cells:
                message = _JUDGES[name](cell_run)
                if message:
                    yield Problem(path, cell_run.cell.line, message)


def _of_solution(run: CellRun) -> str | None:
    if run.error:
        what = f"loses {run.cell.grade_id}" if run.cell.kind == "check" else "stops here"
        return f"the solution {what}: {run.error}"
    if run.stderr:
        return f"the solution prints to stderr: {run.stderr.strip().splitlines()[-1]}"
    if run.has_value and run.cell.kind == "check":
        return "the check ends in a value, which nbgrader reads as partial credit; use assert or expect(…)"
    return None


def _of_unsolved(run: CellRun) -> str | None:
    if run.cell.kind == "check":
        return None if run.error else "the check passes on the unsolved notebook"
    is_stub = run.cell.kind == "task" and run.error and run.error.startswith("NotImplementedError")
    if run.error and not is_stub:
        return f"the unsolved notebook stops here: {run.error}; lab.show(function) waits for an answer"
    return None


def _of_emptied(run: CellRun) -> str | None:
    if run.cell.kind == "check" and not run.error:
        return (
            "the check passes on the solution's answers when these are emptied (arrays without rows, lists "
            "without items); compare shapes or lengths as well, as expect(…).equals does"
        )
    return None


_JUDGES: dict[str, Callable[[CellRun], str | None]] = {
    "solution": _of_solution,
    "unsolved": _of_unsolved,
    "emptied": _of_emptied,
}


def _of_wrong_answer(exercise: Exercise, run: Run, answer: WrongAnswer) -> Iterator[Problem]:
    path, line = exercise.wrong_answers_path, answer.line
    broken = [each for each in run.cells if each.cell.kind == "task" and each.error]
    for each in broken:
        at = answer.first_lines.get(each.cell.name, line)
        yield Problem(path, at, f"wrong answer {answer.name!r} stops in its own task cell: {each.error}")
    if run.lost != set(answer.loses):
        expected, found = (", ".join(sorted(checks)) or "nothing" for checks in (answer.loses, run.lost))
        yield Problem(path, line, f"wrong answer {answer.name!r} should lose {expected}; it loses {found}")
    if answer.hint not in run.hints:
        found = ", ".join(run.hints) or "none"
        said = "; ".join(f"{name}: {check.error}" for name, check in run.checks.items() if check.error)
        message = f"wrong answer {answer.name!r} should draw the hint {answer.hint!r}, drawn: {found}"
        yield Problem(path, line, f"{message} ({said})" if said else message)
