"""A course as the panel sees it: JSON data from the course's folder, progress, receipts and feedback."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from biolabkit._settings import PRACTICE, language_to_show
from biolabkit.bench import feedback, phrases, progress, receipts
from biolabkit.bench.course import COURSE_FILE, Check
from biolabkit.bench.feedback import Feedback
from biolabkit.bench.folder import SETTINGS_FILE, Assignment, CourseFolder, open_folder
from biolabkit.bench.jobs import Jobs
from biolabkit.bench.notebooks import digest
from biolabkit.bench.progress import CheckState, Progress
from biolabkit.bench.receipts import Receipt
from biolabkit.errors import BiolabkitError, FormatError

__all__ = ["course_data", "entry_data", "find_course", "language_of"]


def find_course(root: Path) -> CourseFolder:
    """The course that a server's folder lies in, or the one that lies in it.

    Raises
    ------
    BiolabkitError
        When there is none, or its files are damaged.
    """
    try:
        return open_folder(root)
    except FormatError:
        raise
    except BiolabkitError:
        inside = sorted(root.glob(f"*/{COURSE_FILE}"), key=lambda path: path.stat().st_mtime)
        if not inside:
            raise
        return open_folder(inside[-1].parent)


def language_of(root: Path) -> str:
    """The language of a course, or of the machine where there is none."""
    try:
        return find_course(root).language
    except (BiolabkitError, OSError):
        return language_to_show()


def course_data(course: CourseFolder, root: Path, jobs: Jobs) -> dict[str, Any]:
    """What ``GET course`` answers.

    Parameters
    ----------
    course : CourseFolder
        As it was just opened.
    root : Path
        The server's own folder, from which it names notebooks.
    jobs : Jobs
        What runs now.
    """
    named = {"id": course.course_id, "title": course.title, "folder": str(course.root)}
    problems = []
    if course.learner == PRACTICE:
        problems.append(phrases.say(course.language, "who", path=course.root / SETTINGS_FILE))
    return {
        "language": course.language,
        "course": named,
        "learner": course.learner,
        "now": datetime.now(UTC).isoformat(),
        "problems": problems,
        "assignments": [entry_data(course, one, root, jobs) for one in course.assignments],
    }


def entry_data(
    course: CourseFolder,
    assignment: Assignment,
    root: Path,
    jobs: Jobs,
    checked: Mapping[str, CheckState] = MappingProxyType({}),
) -> dict[str, Any]:
    """What ``GET course`` answers about one assignment.

    Parameters
    ----------
    course : CourseFolder
        As it was just opened.
    assignment : Assignment
        One of its assignments.
    root : Path
        The server's own folder.
    jobs : Jobs
        What runs now.
    checked : mapping of str to CheckState
        Checks that have just been run; they count also where they could not be recorded.
    """
    name = assignment.name
    done = Progress({**progress.read(course, name).checks, **checked})
    receipt = receipts.newest(course, name)
    found = feedback.find(course, name)
    return {
        "name": name,
        "title": assignment.title,
        "minutes": assignment.minutes,
        "due": assignment.due.isoformat() if assignment.due else None,
        "past_due": assignment.due is not None and datetime.now(UTC) > assignment.due,
        "notebook": _path_on_server(assignment.notebook, root),
        "state": _state(assignment, done, receipt, found),
        "changed_since_submit": bool(receipt and _differs(assignment, receipt.sha256)),
        "points": _points(assignment, done),
        "points_by_hand": sum(essay.points for essay in assignment.essays),
        "tasks": _tasks(assignment, done, course.language),
        "submitted": _submitted(receipt),
        "graded": _graded(found),
        "feedback": f"biolab/feedback/{name}" if found else None,
        "jobs": {kind: job.id for kind in ("check", "submit") if (job := jobs.running(kind, name))},
    }


def _state(assignment: Assignment, done: Progress, receipt: Receipt | None, found: Feedback | None) -> str:
    if found and (receipt is None or receipt.sha256 == found.submission_sha256):
        return "graded"
    if receipt:
        return "submitted"
    answered = any(state.outcome != "unanswered" for state in done.checks.values())
    return "in-progress" if answered or _was_worked_in(assignment) else "to-do"


def _was_worked_in(assignment: Assignment) -> bool:
    released = assignment.published.sha256 if assignment.published else ""
    return bool(released) and _differs(assignment, released)


def _differs(assignment: Assignment, sha256: str) -> bool:
    """Whether there is a notebook, and it is another than the one with this hash."""
    return assignment.notebook is not None and digest(assignment.notebook) not in ("", sha256)


def _points(assignment: Assignment, done: Progress) -> dict[str, float]:
    """Of the checks that the course has; where those are not known, of the checks that were run."""
    if not assignment.checks:
        return {"earned": done.earned, "max": done.max}
    passed = (done.checks[check.id].points for check in assignment.checks if check.id in done.checks)
    return {"earned": sum(passed), "max": assignment.max_points}


def _tasks(assignment: Assignment, done: Progress, language: str) -> list[dict[str, Any]]:
    names = dict.fromkeys((*assignment.tasks, *(check.task for check in assignment.checks)))
    return [
        {
            "name": task,
            "checks": _checks((one for one in assignment.checks if one.task == task), done, language),
        }
        for task in names
    ]


def _checks(checks: Iterable[Check], done: Progress, language: str) -> list[dict[str, Any]]:
    return [_check(check, done.checks.get(check.id), language) for check in checks]


def _check(check: Check, state: CheckState | None, language: str) -> dict[str, Any]:
    return {
        "id": check.id,
        "points": state.points if state else 0.0,
        "max_points": check.points,
        "outcome": state.outcome if state else None,
        "message": state.message.to(language) if state else "",
        "hint": state.hint.to(language) if state and state.hint else "",
        "at": state.at if state else None,
    }


def _submitted(receipt: Receipt | None) -> dict[str, Any] | None:
    if receipt is None:
        return None
    return {"at": receipt.received.isoformat(), "sha256": receipt.sha256, "late": receipt.late}


def _graded(found: Feedback | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "points": found.points,
        "max_points": found.max_points,
        "waiting": found.waiting,
        "at": found.graded_at.isoformat(),
    }


def _path_on_server(notebook: Path | None, root: Path) -> str | None:
    """A file's path as Jupyter names it; None outside the server's folder."""
    if notebook is None:
        return None
    for file, folder in ((notebook, root), (notebook.resolve(), root.resolve())):
        with suppress(ValueError):
            return file.relative_to(folder).as_posix()
    return None
