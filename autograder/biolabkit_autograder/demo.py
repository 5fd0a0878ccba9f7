"""``biolab demo``: the whole way from exercises to a report, with a cohort made of known answers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.status import Status

from biolabkit.errors import CourseError, InputError

from .authoring import Exercise, exercise_folders, notebook_bytes
from .authoring.samples import answers, fill_in
from .course import Course
from .roster import Learner
from .workflow.assignment import read_notebook
from .workflow.build import build, prefetch
from .workflow.collect import collect
from .workflow.console import GradingProgress, summary
from .workflow.export import export
from .workflow.feedback import write_feedback
from .workflow.grade import Outcome, Request, default_workers, grade, pending
from .workflow.new import NewCourse, create
from .workflow.release import release
from .workflow.report import write_report
from .workflow.sources import exercises_root

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

__all__ = ["LEARNERS", "Handed", "cohort", "run_demo"]

_MARKER = ".biolab-demo"
_ZONE = "Asia/Seoul"
_EXERCISES = ("genome-05-diploid-genotypes", "health-02-risk-model")
_SUBMISSIONS = 6  # of each exercise

#: Invented people.
LEARNERS = (
    Learner("kim.haneul", "김하늘", "kim.haneul@example.org"),
    Learner("lee.sujin", "이수진", "lee.sujin@example.org"),
    Learner("park.jiho", "박지호", "park.jiho@example.org"),
    Learner("garcia.ana", "Ana García", "garcia.ana@example.org"),
    Learner("okafor.ben", "Ben Okafor", "okafor.ben@example.org"),
    Learner("choi.eunji", "최은지", "choi.eunji@example.org"),
)

#: What stands for a written answer: the exercises hold mark schemes, and nobody hands in one of these.
_ESSAY = {
    "en": "A sample answer of the demo: in a course, what the learner wrote stands here.",
    "ko": "데모의 예시 답안입니다. 실제 과정에서는 학습자가 쓴 글이 여기에 나옵니다.",
}


@dataclass(frozen=True)
class Handed:
    """One file of the sample cohort: whose, and which answers are in it."""

    learner: Learner
    exercise: str
    answer: str
    data: bytes


def run_demo(to: Path, language: str, exercises: Path | None, workers: int | None) -> None:
    """Make a course in a folder and run it from the exercises to the report.

    Parameters
    ----------
    to : Path
        A folder that is new, empty or an earlier demo, which is then made again.
    language : {"en", "ko"}
        Of the notebooks, feedback and report.
    exercises : Path, optional
        A folder of exercises; the checkout's own if not given.
    workers : int, optional
        Submissions at one time; the cores if not given.

    Raises
    ------
    CourseError
        When the folder holds something else, or the exercises cannot be found.
    """
    if language not in ("en", "ko"):
        raise InputError(f"there is no language {language!r}; use en or ko")
    root = exercises_root(exercises)
    names = _names(root)
    console = Console()
    with _step(console, f"course folder {to}"):
        course = _new_course(to, language, root, names)
    with _step(console, "notebooks built and released"):
        built = build(course)
        release(course)
    with _step(console, "datasets looked for") as status:
        data = _choose_data(built, status)
    console.print(f"  data: {data}", highlight=False, soft_wrap=True)
    with _step(console, "sample cohort handed in"):
        for handed in cohort(course, built):
            _hand_in(course, handed)
        collect(course)
    # the sample cohort is our own code: a machine without isolation is no reason not to show the rest
    request = Request(workers=workers or default_workers(), unsafe=True)
    with _step(console, "submissions graded") as status:
        status.stop()
        with GradingProgress(pending(course, request)) as progress:
            outcomes = grade(course, request, on_outcome=progress.advance)
    with _step(console, "feedback, report and export written"):
        pages = write_feedback(course)
        report = write_report(course)
        export(course)
    _print_results(console, course, outcomes, pages, report)
    if all(one.status == "refused" for one in outcomes):
        raise CourseError("no submission could be graded; the lines above say why")


def cohort(course: Course, exercises: list[Exercise]) -> list[Handed]:
    """Make the sample submissions: solutions, wrong answers, one unsolved, one damaged file.

    Each learner hands in each exercise. The solutions and one other submission have something written.
    """
    handed = []
    for place, exercise in enumerate(exercises):
        released = read_notebook(course.notebook("release", exercise.name))
        known = {name: _with_essays(one, course.language) for name, one in answers(exercise).items()}
        wrong = [name for name in known if name.startswith("wrong:")]
        last = "unsolved" if place % 2 == 0 else "damaged"
        chosen = ["solution", *_spread(wrong, _SUBMISSIONS - 2), last]
        for number, answer in enumerate(chosen):
            learner = LEARNERS[(number + place) % len(LEARNERS)]
            data = _notebook(released, known, answer, essays=number < 2)
            handed.append(Handed(learner, exercise.name, answer, data))
    return handed


def _with_essays(sources: dict[str, str], language: str) -> dict[str, str]:
    """The sources of a sample with written answers in the place of mark schemes."""
    return {name: _ESSAY[language] if name.startswith("essay-") else text for name, text in sources.items()}


def _spread(names: list[str], count: int) -> list[str]:
    """Some names from all over a list; again from its start when there are too few."""
    step = max(len(names) // count, 1)
    return [names[(number * step) % len(names)] for number in range(count)] if names else []


def _notebook(
    released: NotebookNode, known: dict[str, dict[str, str]], answer: str, *, essays: bool
) -> bytes:
    if answer == "damaged":  # as a file is when the disk was full or the download stopped
        whole = notebook_bytes(fill_in(released, known["solution"]))
        return whole[: len(whole) // 2]
    sources = {name: text for name, text in known[answer].items() if essays or not name.startswith("essay-")}
    return notebook_bytes(fill_in(released, sources))


def _hand_in(course: Course, handed: Handed) -> None:
    path = course.inbox / handed.exercise / f"{handed.learner.id}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(handed.data)


def _names(root: Path) -> list[str]:
    known = exercise_folders(root)
    names = [name for name in _EXERCISES if name in known] or list(known)[:2]
    if not names:
        raise CourseError(
            f"{root} holds no exercise; a folder with <track>/<nn-slug>/exercise.py is expected"
        )
    return names


def _new_course(to: Path, language: str, root: Path, names: list[str]) -> Course:
    if to.is_dir() and (to / _MARKER).is_file():
        _empty(to)
    elif to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise CourseError(f"{to} is not empty and not an earlier demo; name another folder with --to DIR")
    course = create(
        to,
        NewCourse(
            id="biolab-demo",
            title_en="Demo course",
            title_ko="데모 과정",
            language=language,
            timezone=_ZONE,
            sources=[root],
            exercises=names,
            due=datetime.combine(_today() + timedelta(weeks=1), time(23, 59)),
            learners=LEARNERS,
        ),
    )
    (course.folder / _MARKER).write_text("made by biolab demo, which may remove this folder\n")
    return course


def _empty(folder: Path) -> None:
    """Remove an earlier demo, its marker last: where that is interrupted, the next demo goes on with it."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != _MARKER:
            path.unlink()
    (folder / _MARKER).unlink()


def _today() -> date:
    return datetime.now(ZoneInfo(_ZONE)).date()


def _choose_data(exercises: list[Exercise], status: Status) -> str:
    """Real datasets if all can be had, else simulated ones: decided once, for all that follows."""
    wanted = os.environ.get("BIOLABKIT_DATA")
    if wanted == "simulated":
        return "simulated (BIOLABKIT_DATA=simulated)"
    names = [name for exercise in exercises for name in exercise.meta.datasets]
    if not names:
        return "the exercises need none"
    missing = prefetch(names, lambda name: status.update(f"dataset {name}"))
    if not missing:
        return "real: " + ", ".join(dict.fromkeys(names))
    if wanted == "real":
        raise CourseError(
            f"BIOLABKIT_DATA=real, but {', '.join(missing)} cannot be had; unset it or go online"
        )
    os.environ["BIOLABKIT_DATA"] = "simulated"
    return f"simulated, as neither a mirror, the cache nor the network has {', '.join(missing)}"


@contextmanager
def _step(console: Console, title: str) -> Iterator[Status]:
    """Show what is going on, and then how long it took."""
    start = perf_counter()
    with console.status(title) as status:
        yield status
    console.print(f"[green]✓[/] {title} [dim]{perf_counter() - start:.1f} s[/]", highlight=False)


def _print_results(
    console: Console, course: Course, outcomes: list[Outcome], pages: list[Path], report: Path
) -> None:
    summary(outcomes)
    for one in outcomes:
        for problem in one.problems:
            console.print(f"  {one.learner}: {problem}", highlight=False, soft_wrap=True)
    console.print(
        f"\n[bold]report[/]    {report}\n[bold]feedback[/]  {pages[0]} (and {len(pages) - 1} more)\n"
        f"[bold]course[/]    {course.folder}  (nbgrader's formgrader opens it too)",
        highlight=False,
        soft_wrap=True,
    )
