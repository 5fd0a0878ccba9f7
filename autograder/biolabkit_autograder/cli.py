"""The instructor's commands: ``biolab course``, ``biolab exercise`` and ``biolab demo``.

This module is imported for ``biolab --help``: everything heavy is imported by the command that needs it.
"""

from __future__ import annotations

import atexit
import dataclasses
import datetime
import errno
import functools
import gc
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer

from biolabkit.errors import BiolabkitError, CourseError

if TYPE_CHECKING:
    from .course import Course
    from .grading import Engine
    from .workflow.collect import Collected
    from .workflow.grade import Change, Outcome

__all__ = ["course", "demo", "exercise"]  # noqa: F822  (exercise is loaded when it is asked for)

P = ParamSpec("P")
R = TypeVar("R")

course = typer.Typer(
    name="course",
    help="Make, release, collect, grade and report a course, in nbgrader's layout.",
    no_args_is_help=True,
    add_completion=False,
)

CourseFolder = Annotated[Path, typer.Option("--course", help="The course folder.", show_default="here")]
ExerciseName = Annotated[str | None, typer.Option("--exercise", help="Only this exercise.")]
LearnerId = Annotated[str | None, typer.Option("--learner", help="Only this learner.")]


def __getattr__(name: str) -> Any:
    """Load the authors' commands when they are asked for."""
    if name == "exercise":
        from .authoring.cli import app

        return app
    raise AttributeError(name)


def _tidy(command: Callable[P, R]) -> Callable[P, R]:
    """Say each of several problems in a line of its own; `biolab` itself prints one line per error."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BiolabkitError as error:
            problems = str(error).splitlines()
            if len(problems) < 2:
                raise
            for problem in problems:
                print(problem, file=sys.stderr)
            raise typer.Exit(2) from error
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            where = error.filename or "the course folder or the folder for temporary files"
            raise CourseError(
                f"no space left in {where}; free some and run the command again: what is written is whole"
            ) from error

    return wrapped


@course.command()
@_tidy
def new(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    exercises: Annotated[
        list[str] | None, typer.Option("--exercise", help="An exercise of the course; give it several times.")
    ] = None,
    sources: Annotated[
        list[Path] | None,
        typer.Option("--source", help="A folder of exercises; the checkout's own if not given."),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="PROFILE",
            help="For whom the course is: job-seekers, working-staff, physician-scientists, "
            "vocational-schools, or a TOML file of your own.",
        ),
    ] = None,
    hours: Annotated[
        float | None, typer.Option(help="With --from: hours for exercises, if not those of the profile.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="en or ko.", show_default="en")] = None,
    timezone: Annotated[
        str | None, typer.Option(help="A named zone, such as Asia/Seoul.", show_default="UTC")
    ] = None,
    title: Annotated[str, typer.Option(help="The course's title.")] = "",
    exchange: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder on a shared server to release to and collect from."),
    ] = None,
) -> None:
    """Make a course folder with a course.toml and a roster to fill in."""
    from .planning.customised import new_course
    from .workflow.new import create

    wanted = new_course(
        folder,
        title,
        exercises=exercises or (),
        sources=sources or (),
        profile=profile,
        hours=hours,
        language=language,
        timezone=timezone,
        note=_say,
    )
    made = create(folder, dataclasses.replace(wanted, exchange=exchange))
    print(f"made {made.folder}: look at course.toml, fill roster.csv in, then run: biolab course build")
    if made.exchange:
        _report_exchange(made.exchange)


@course.command()
@_tidy
def plan(
    hours: Annotated[float | None, typer.Option(help="Hours for exercises.")] = None,
    competencies: Annotated[
        list[str] | None,
        typer.Option("--competency", help="A competency to teach, such as R3; give it several times."),
    ] = None,
    tracks: Annotated[
        list[str] | None, typer.Option("--track", help="Only this track; give it several times.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--from", metavar="PROFILE", help="For what is not said: a profile's.")
    ] = None,
    sources: Annotated[
        list[Path] | None,
        typer.Option("--source", help="A folder of exercises; the checkout's own if not given."),
    ] = None,
    language: Annotated[str, typer.Option(help="Of the titles: en or ko.")] = "en",
) -> None:
    """Show which exercises fit the hours and teach the competencies, and why others are left out."""
    from .planning.customised import show_plan

    show_plan(profile, hours, competencies, tracks, sources or (), language)


@course.command()
@_tidy
def build(folder: CourseFolder = Path(), exercise: ExerciseName = None) -> None:
    """Lint the exercises and write the instructor's notebooks to source/; fetch their datasets."""
    from .workflow.build import build as build_exercises
    from .workflow.build import not_to_be_had, prefetch

    opened = _open(folder)
    built = build_exercises(opened, exercise)
    for one in built:
        print(opened.notebook("source", one.name))
    names = [name for one in built for name in one.meta.datasets]
    if missing := prefetch(names, _note):
        print(not_to_be_had(missing), file=sys.stderr)


@course.command()
@_tidy
def release(folder: CourseFolder = Path(), exercise: ExerciseName = None) -> None:
    """Write the learners' notebooks to release/ with nbgrader's own converter."""
    from .workflow.release import release as release_exercises

    for path in release_exercises(_open(folder), exercise):
        print(path)


@course.command()
@_tidy
def collect(folder: CourseFolder = Path()) -> None:
    """Take the files of inbox/ and of nbgrader's exchange into submitted/."""
    from .workflow.collect import collect as collect_files

    opened = _open(folder)
    collected = collect_files(opened)
    if not collected:
        print(f"nothing to collect: no file is in {opened.inbox}")
    _end(_report_collected(collected))


@course.command()
@_tidy
def grade(
    folder: CourseFolder = Path(),
    exercise: ExerciseName = None,
    learner: LearnerId = None,
    engine: Annotated[
        str, typer.Option(help="judge: in a sandbox; nbgrader: nbgrader's own, which isolates nothing.")
    ] = "judge",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions at one time; the cores if not given.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Grade also what is graded and unchanged; shows changes first.")
    ] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run without isolation where the machine gives none.")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Run on a dask cluster: tcp://host:8786. See autograder/deploy/README.md."
        ),
    ] = None,
) -> None:
    """Run every new or changed submission and write its points to the gradebook."""
    _spare_the_collector()
    from .workflow.console import GradingProgress
    from .workflow.grade import Request, default_workers, pending
    from .workflow.grade import grade as grade_submissions

    opened = _open(folder)
    request = Request(exercise, learner, engine, workers or default_workers(), again, unsafe, scheduler)
    with GradingProgress(pending(opened, request)) as progress:
        outcomes = grade_submissions(
            opened,
            request,
            on_outcome=progress.advance,
            on_changes=_report_changes,
            on_engine=_report_isolation,
        )
    _end(_report_outcomes(outcomes))


@course.command()
@_tidy
def feedback(folder: CourseFolder = Path(), exercise: ExerciseName = None, learner: LearnerId = None) -> None:
    """Write one HTML page per learner to feedback/, and publish it to them; no hidden tests."""
    from .workflow.feedback import write_feedback

    opened = _open(folder)
    pages = write_feedback(opened, exercise, learner)
    where = f", published in {opened.exchange}" if opened.exchange else ""
    print(f"{len(pages)} feedback pages in {opened.folder / 'feedback'}{where}")


@course.command()
@_tidy
def report(folder: CourseFolder = Path()) -> None:
    """Write the cohort's report to report/."""
    from .workflow.report import write_report

    print(write_report(_open(folder)))


@course.command()
@_tidy
def export(
    folder: CourseFolder = Path(),
    to: Annotated[Path | None, typer.Option(help="Folder for the files; export/ if not given.")] = None,
) -> None:
    """Write all results as CSV for Excel, Canvas and Moodle, and as JSON."""
    from .workflow.export import export as export_results

    for path in export_results(_open(folder), to):
        print(path)


@course.command()
@_tidy
def complete(
    folder: CourseFolder = Path(),
    to: Annotated[Path | None, typer.Option(help="Folder for the files; completion/ if not given.")] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="The date of new certificates; today if not given."),
    ] = None,
) -> None:
    """Say who has completed the course; write transcripts, certificates and Open Badges (not signed)."""
    from .completion.complete import complete as complete_course
    from .completion.standing import STATUSES

    done = complete_course(_open(folder), to, on=_day(date))
    for one in done.withdrawn:
        print(f"{one}: the certificate of an earlier run is removed: the rules are not kept any more")
    for status in STATUSES:
        names = [one.learner for one in done.standings if one.status == status]
        if names:
            print(f"{len(names)} {status.replace('_', ' ')}: {', '.join(names)}")
    print(done.folder / "completion.csv")
    for problem in done.problems:
        print(problem, file=sys.stderr)
    _end(len(done.problems))


@course.command()
@_tidy
def status(
    folder: CourseFolder = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show where the course stands: released, handed in, graded, waiting for you, feedback."""
    from .desk.status import print_status

    print_status(folder, as_json=as_json)


@_tidy
def demo(
    to: Annotated[
        Path, typer.Option("--to", help="Folder for the course; an earlier demo there is made again.")
    ] = Path("biolab-demo"),
    language: Annotated[str, typer.Option(help="en or ko.")] = "en",
    exercises: Annotated[
        Path | None, typer.Option("--exercises", help="Folder of exercises; the checkout's own if not given.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Submissions at one time.")] = None,
) -> None:
    """Run a whole course in a folder: build, release, a sample cohort, grades, feedback and report."""
    from .demo import run_demo

    run_demo(to, language, exercises, workers)


def _spare_the_collector() -> None:
    """Look for garbage seldom, and not at the end: there is none among what is imported."""
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)


def _open(folder: Path) -> Course:
    from .course import open_course

    return open_course(folder)


def _day(text: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CourseError(f"expected a date such as 2026-12-01, found {text!r}") from error


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _note(text: str) -> None:
    """Say what takes time, to somebody who is looking."""
    if sys.stderr.isatty():
        print(f"fetching {text}", file=sys.stderr)


def _end(problems: int) -> None:
    if problems:
        raise typer.Exit(2)


def _report_exchange(folder: Path) -> None:
    from .workflow.exchange import unreachable

    print(f"learners join with: biolab join {shlex.quote(str(folder))}")
    if closed := unreachable(folder):
        print(
            f"learners cannot get there yet: other accounts may not pass {closed} (chmod o+x)",
            file=sys.stderr,
        )


def _report_collected(collected: list[Collected]) -> int:
    counts: dict[str, int] = {}
    for one in collected:
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
        if one.problem:
            print(f"{one.origin}: {one.problem}", file=sys.stderr)
    if counts:
        print(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    return sum(bool(one.problem) for one in collected)


def _report_isolation(engine: Engine) -> None:
    """Say once what stands around the submissions where it is less than it could be."""
    if engine.name == "judge" and engine.isolation in _LESSER_ISOLATION:
        print(f"{_LESSER_ISOLATION[engine.isolation]} (biolab doctor says why)", file=sys.stderr)


_LESSER_ISOLATION = {
    "landlock": "isolation here is Landlock and seccomp without namespaces: learners' code cannot start "
    "processes",
    "none": "no isolation here: learners' code runs with your rights (--unsafe)",
}


def _report_changes(changes: list[Change]) -> None:
    if not changes:
        print("no learner's points change")
    for one in changes:
        print(f"{one.learner}: {one.exercise}: {one.before:g} -> {one.after:g} points")


def _report_outcomes(outcomes: list[Outcome]) -> int:
    from .workflow.console import summary

    for one in outcomes:
        for problem in one.problems:
            print(f"{one.learner}: {one.exercise}: {problem}", file=sys.stderr)
    summary(outcomes)
    return sum(one.status == "refused" for one in outcomes)
