"""What ``biolab course new --from`` and ``biolab course plan`` do."""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from biolabkit.errors import BiolabkitError, CourseError, InputError, UnknownNameError
from biolabkit_autograder.authoring import exercise_folders
from biolabkit_autograder.course_spec import named_zone
from biolabkit_autograder.workflow.new import NewCourse, check_vacant
from biolabkit_autograder.workflow.sources import exercises_root

from .made_to_measure import Wishes, check_hours, check_language, plan_course
from .planner import Plan
from .profiles import Profile, read_profile

__all__ = ["new_course", "show_plan"]


class _Problems(list[BiolabkitError]):
    """What is wrong with a call: gathered, to be told at once."""

    @contextmanager
    def gathered(self) -> Iterator[None]:
        try:
            yield
        except BiolabkitError as error:
            self.append(error)

    def tell(self) -> None:
        if len(self) == 1:
            raise self[0]
        if self:
            raise CourseError("\n".join(map(str, self)))


def new_course(
    folder: Path,
    title: str,
    *,
    exercises: Sequence[str] = (),
    sources: Sequence[Path] = (),
    profile: str | None = None,
    hours: float | None = None,
    language: str | None = None,
    timezone: str | None = None,
    note: Callable[[str], None],
) -> NewCourse:
    """What a new course begins with: the exercises that were named, those that a profile asks for, or all.

    Parameters
    ----------
    folder : Path
        Where the course is to be; its id comes from the folder's name.
    title : str
        The title in the course's language, or empty.
    exercises, sources : sequence
        Names, and the folders where they are; the checkout's own when left out.
    profile : str, optional
        A profile's name or file.
    hours, language, timezone : optional
        In place of the profile's.
    note : callable
        Gets a sentence about each thing that the profile asks for and that cannot be had.

    Raises
    ------
    BiolabkitError
        When one of the values cannot be used: the folder, the language, the zone, the hours, a profile, a
        source or an exercise; when both a profile and exercises are named, or no exercise fits the hours.
    CourseError
        When several cannot: all of them, one a line.
    """
    problems = _Problems()
    with problems.gathered():
        check_vacant(folder)
    chosen = None
    with problems.gathered():
        chosen = read_profile(profile) if profile else None
    language = language or (chosen.language if chosen else "en")
    timezone = timezone or (chosen.timezone if chosen else "UTC")
    with problems.gathered():
        check_language(language)
    with problems.gathered():
        _check_zone(timezone)
    with problems.gathered():
        _check_hours(profile, hours)
    if profile and exercises:
        problems.append(CourseError("--from chooses the exercises: give either it or --exercise"))
    roots: Sequence[Path] = sources
    known: Iterable[str] = ()
    with problems.gathered():
        roots = sources or [exercises_root()]
        known = _known(roots)
        unknown = [] if profile else [one for one in exercises if one not in known]
        problems += [UnknownNameError("exercise", one, known) for one in unknown]
    problems.tell()
    if chosen:
        exercises = _planned(chosen, roots, hours, language, note)
    name = folder.resolve().name
    return NewCourse(
        id=_course_id(name),
        title_en=title or (chosen.name.en if chosen else name),
        title_ko=title or (chosen.name.ko if chosen else name),
        language=language,
        timezone=timezone,
        sources=roots,
        exercises=exercises or list(known),
        completion=chosen.completion if chosen else None,
    )


def _check_zone(name: str) -> None:
    try:
        named_zone(name)
    except ValueError as error:
        raise InputError(str(error)) from error


def _check_hours(profile: str | None, hours: float | None) -> None:
    if hours is not None and not profile:
        raise CourseError("--hours needs a profile: give --from, for example --from working-staff")
    if hours is not None:
        check_hours(hours)


def _known(roots: Sequence[Path]) -> list[str]:
    known = list(exercise_folders(*roots))
    if not known:
        where = ", ".join(map(str, roots))
        raise CourseError(f"{where}: no exercise; a folder with <track>/<nn-slug>/exercise.py is expected")
    return known


def _course_id(name: str) -> str:
    """A name for the course's folder in an exchange, of ASCII letters as nbgrader wants it.

    Where Korean letters are left out, what stays is not the course's own: all of ``유전체 2026`` and
    ``임상 2026`` would be ``2026``, and one would be handed in to the other.
    """
    name = unicodedata.normalize("NFC", name)
    left = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    if left and not any(letter.isalnum() and not letter.isascii() for letter in name):
        return left
    return f"{left or 'course'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _planned(
    profile: Profile, roots: Sequence[Path], hours: float | None, language: str, note: Callable[[str], None]
) -> list[str]:
    wishes = Wishes.of(profile, hours, None, None)
    plan, notes = plan_course(roots, wishes, language, tracks_may_lack=True)
    if not plan.names:
        raise CourseError(f"no exercise fits {wishes.hours:g} hours: {plan.left_out[0].reason}")
    for one in (*notes, *plan.notes):
        note(one)
    return plan.names


def show_plan(
    profile: str | None,
    hours: float | None,
    competencies: Sequence[str] | None,
    tracks: Sequence[str] | None,
    sources: Sequence[Path],
    language: str,
) -> None:
    """Print a plan as a table; what the hours do not give stands below it.

    Raises
    ------
    InputError
        When neither hours nor a profile is given, or one of the values cannot be used.
    """
    if hours is None and profile is None:
        raise InputError("say how many hours there are: --hours 6, or --from PROFILE")
    chosen = read_profile(profile) if profile else None
    wishes = Wishes.of(chosen, hours, competencies, tracks)
    may_lack = chosen is not None and not tracks
    plan, notes = plan_course(sources or [exercises_root()], wishes, language, tracks_may_lack=may_lack)
    # a table that is piped into a file has lines as long as they are
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)
    console.print(_chosen(plan))
    console.print(_total(plan))
    for one in (*notes, *plan.notes):
        console.print(one)
    if plan.left_out:
        console.print()
        console.print(_left_out(plan))


def _total(plan: Plan) -> str:
    taught = ", ".join(plan.covered) or "nothing that was asked for"
    of = "" if plan.covered == plan.wanted else f" of {', '.join(plan.wanted)}"
    return f"{plan.used / 60:.4g} of {plan.minutes / 60:.4g} hours; teaches {taught}{of}"


def _chosen(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("exercise", no_wrap=True)
    table.add_column("title")
    table.add_column("min", justify="right")
    table.add_column("teaches")
    table.add_column("prepares for")
    for step in plan.steps:
        one = step.exercise
        cells = (", ".join(step.teaches), ", ".join(step.prepares))
        table.add_row(one.name, one.title, str(one.minutes), *cells)
    return table


def _left_out(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("left out", no_wrap=True)
    table.add_column("min", justify="right")
    table.add_column("because it")
    for one in plan.left_out:
        table.add_row(one.exercise.name, str(one.exercise.minutes), one.reason)
    return table
