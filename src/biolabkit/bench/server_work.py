"""What the panel's buttons do, as functions that block: for threads of the server."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biolabkit.bench import checking_words, feedback, phrases, progress, server_words
from biolabkit.bench.causes import reason
from biolabkit.bench.checking import Checking, CheckRun
from biolabkit.bench.folder import Assignment, CourseFolder, fetch
from biolabkit.bench.jobs import Job, Jobs
from biolabkit.bench.server_course import course_data, entry_data, find_course, language_of
from biolabkit.bench.submit import review, submit
from biolabkit.check.words import Words
from biolabkit.errors import InputError

__all__ = ["Work"]


@dataclass(frozen=True)
class Work:
    """The work of one server.

    Attributes
    ----------
    root : Path
        The server's own folder.
    jobs : Jobs
    """

    root: Path
    jobs: Jobs

    def language(self) -> str:
        """The course's, for what has to be said where the course cannot be opened."""
        return language_of(self.root)

    def course(self) -> dict[str, Any]:
        """The course as it is now."""
        return course_data(find_course(self.root), self.root, self.jobs)

    def fetch(self) -> dict[str, Any]:
        """Bring what is new, and tell what that was."""
        course = find_course(self.root)
        try:
            found = fetch(course)
        except OSError as error:
            raise InputError(phrases.explain(course.language, error, course.root, course.root)) from error
        fetched = [{"name": one.name, "outcome": one.outcome} for one in found]
        return {**self.course(), "fetched": fetched}

    def start(self, kind: str, exercise: str, confirmed: bool) -> Job:
        """Begin to check or to submit an exercise of the course.

        Raises
        ------
        InputError
            When the course has no such exercise.
        """
        course = find_course(self.root)
        course.assignment(exercise)
        works: dict[str, Callable[[Job], dict[str, Any]]] = {
            "check": lambda job: self._check(job, exercise),
            "submit": lambda _job: self._submit(exercise, confirmed),
        }
        told = server_words.UNEXPECTED.to(course.language)
        return self.jobs.start(kind, exercise, works[kind], lambda: told)

    def feedback(self, exercise: str) -> bytes:
        """The page of an exercise's feedback.

        Raises
        ------
        InputError
            When the course has no such exercise, or no feedback on it.
        """
        course = find_course(self.root)
        found = feedback.find(course, course.assignment(exercise).name)
        if found is None:
            raise InputError(server_words.NO_FEEDBACK.to(course.language).format(exercise=exercise))
        return found.page.read_bytes()

    def _check(self, job: Job, exercise: str) -> dict[str, Any]:
        course = find_course(self.root)
        assignment = course.assignment(exercise)
        run, checking = CheckRun(), _begin(course, assignment)
        job.stopped_by(checking.stop)
        try:
            for event in checking.events():
                run.take(event)
                job.total = event.get("total", job.total)
                job.done = event.get("done", job.done)
        finally:
            lost = _keep(course, exercise, run)
        problems = [problem.to(course.language) for problem in (*run.problems, *lost)]
        entry = entry_data(course, assignment, self.root, self.jobs, run.checks)
        entry["jobs"].pop("check", None)  # this one, which has ended
        return {**entry, "seconds": run.seconds, "problems": problems}

    def _submit(self, exercise: str, confirmed: bool) -> dict[str, Any]:
        course = find_course(self.root)
        found = review(course, exercise)
        if found.problems:
            raise InputError(" ".join(found.problems))
        if found.warnings and not confirmed:
            return {"confirm": list(found.warnings)}
        receipt = submit(course, exercise)
        return {
            "receipt": {
                "at": receipt.received.isoformat(),
                "sha256": receipt.sha256,
                "late": receipt.late,
                "learner": receipt.learner,
                "exercise": receipt.exercise,
                "replaced": receipt.replaced,
            },
            "text": receipt.to_text(course.language),
            "notes": list(found.notes),
        }


def _begin(course: CourseFolder, assignment: Assignment) -> Checking:
    if assignment.notebook is None:
        told = {"exercise": assignment.name, "folder": course.root}
        raise InputError(phrases.say(course.language, "no-notebook-of", **told))
    return Checking(
        assignment.notebook,
        language=course.language,
        seconds_per_cell=assignment.seconds_per_cell,
        expected=[check.id for check in assignment.checks],
    )


def _keep(course: CourseFolder, exercise: str, run: CheckRun) -> list[Words]:
    """Record what was checked, also when it was stopped half way; say so where that cannot be."""
    try:
        progress.record(course, exercise, run.checks)
    except OSError as error:
        return [checking_words.fill(server_words.NO_RECORD, why=reason(error))]
    return []
