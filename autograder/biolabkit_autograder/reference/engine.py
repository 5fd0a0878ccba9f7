"""One submission: a course folder and a process of its own for nbgrader's converter, and the result."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import psutil
from nbformat.notebooknode import NotebookNode

from biolabkit.check import Card
from biolabkit.check.cards import MIME_TYPE
from biolabkit_autograder.grading import Graded, Mark, RefusedError, Settings, Submission

from . import worker

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

__all__ = ["ReferenceEngine", "open_engine"]

#: Raised whenever this engine could give other points.
_REVISION = 1


@contextmanager
def open_engine(settings: Settings) -> Iterator[ReferenceEngine]:  # noqa: ARG001  (an EngineFactory)
    """Open the reference engine; its temporary folders are removed at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="biolab-grade-", ignore_cleanup_errors=True) as folder:
        yield ReferenceEngine(Path(folder))


class ReferenceEngine:
    """Grades with nbgrader's own ``Autograde`` converter.

    Parameters
    ----------
    folder : Path
        An empty folder for temporary files.
    """

    name = "nbgrader"
    isolation = "none"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._context = _context()
        self._locks: dict[str, threading.Lock] = {}
        self._gradebooks: dict[str, Path] = {}

    @property
    def version(self) -> str:
        """The version of nbgrader and our own revision."""
        return f"nbgrader {version('nbgrader')} revision {_REVISION}"

    def grade(self, submission: Submission, assignment: NotebookNode, settings: Settings) -> Graded:
        """Run one submission in its own process and course folder.

        Raises
        ------
        RefusedError
            When its kernel died, it took too long or nbgrader failed. One line.
        """
        template = self._gradebook(assignment, submission.exercise, settings)
        with tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as folder:
            root = Path(folder)
            shutil.copyfile(template, root / "gradebook.db")
            target = _notebook_path(root, "submitted", submission)
            target.parent.mkdir(parents=True)
            nbformat.write(submission.notebook, target)
            arguments = (
                root,
                submission.exercise,
                submission.learner,
                settings.limits,
                dict(settings.environment),
            )
            self._run(worker.autograde, arguments, settings.limits.seconds, root)
            return self._result(root, submission)

    def _gradebook(self, assignment: NotebookNode, exercise: str, settings: Settings) -> Path:
        """The gradebook of an assignment as nbgrader makes it; made once."""
        text = json.dumps([assignment, settings.language], sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()
        with self._locks.setdefault(key, threading.Lock()):
            if key not in self._gradebooks:
                with tempfile.TemporaryDirectory(dir=self._folder) as folder:
                    root = Path(folder)
                    source = root / "source" / exercise / f"{exercise}.ipynb"
                    source.parent.mkdir(parents=True)
                    nbformat.write(assignment, source)
                    self._run(worker.prepare, (root, exercise, settings.language), 120, root)
                    self._gradebooks[key] = self._folder / f"{key}.db"
                    shutil.move(root / "gradebook.db", self._gradebooks[key])
        return self._gradebooks[key]

    def _run(
        self, function: Callable[..., None], arguments: tuple[Any, ...], seconds: float, root: Path
    ) -> None:
        process = self._context.Process(target=function, args=arguments, daemon=True)  # type: ignore[attr-defined]
        process.start()
        try:
            process.join(seconds)
            if process.is_alive():
                raise RefusedError(
                    f"it ran for more than {seconds:g} s and was stopped",
                    f"실행 시간이 {seconds:g}초를 넘어 중단했습니다",
                )
        finally:
            if process.is_alive():
                _kill(process.pid)
                process.join()
        if process.exitcode != 0:
            raise _reason(root, process.exitcode)

    def _result(self, root: Path, submission: Submission) -> Graded:
        notebook = nbformat.read(_notebook_path(root, "autograded", submission), as_version=4)
        grades = json.loads((root / worker.GRADES).read_text(encoding="utf-8"))
        marks = tuple(
            _mark(cell, grades[cell.metadata.nbgrader.grade_id])
            for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        )
        return Graded(
            learner=submission.learner,
            exercise=submission.exercise,
            marks=marks,
            notebook=notebook,
            problems=submission.problems,
            engine=self.name,
            isolation=self.isolation,
        )


def _notebook_path(root: Path, step: str, submission: Submission) -> Path:
    return root / step / submission.learner / submission.exercise / f"{submission.exercise}.ipynb"


def _mark(cell: NotebookNode, grade: list[float | None]) -> Mark:
    points, max_points = grade
    card = _card(cell)
    hint = card.hint.code if card and card.hint and not card.passed else None
    return Mark(
        check=cell.metadata.nbgrader.grade_id,
        points=points,
        max_points=float(max_points or 0),
        hint=hint,
        card=card.to_dict() if card else None,
        seconds=_seconds(cell),
    )


def _card(cell: NotebookNode) -> Card | None:
    """The card that a check cell showed last, if it is one."""
    for output in reversed(cell.get("outputs", [])):
        data = output.get("data", {}).get(MIME_TYPE)
        if data is not None:
            with suppress(Exception):  # whatever a submission displayed under this name is no reason to fail
                return Card.from_dict(json.loads(data) if isinstance(data, str) else data)
    return None


def _seconds(cell: NotebookNode) -> float:
    """Wall time of a cell from the time stamps that nbclient keeps."""
    times = cell.metadata.get("execution", {})
    start, end = times.get("iopub.execute_input"), times.get("shell.execute_reply")
    return (
        (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
        if start and end
        else 0.0
    )


def _context() -> BaseContext:
    """Processes forked from one that has imported nbgrader, where the system can."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([worker.__name__])
    return context


def _kill(pid: int | None) -> None:
    """End a process and all that it started; a kernel has a session of its own."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for child in [*process.children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                child.kill()


def _reason(root: Path, exit_code: int | None) -> RefusedError:
    """One line about why nbgrader failed, from its log."""
    try:
        log = (root / worker.LOG).read_text(encoding="utf-8", errors="replace")
    except OSError:
        log = ""
    if "DeadKernelError" in log:
        return RefusedError(
            "its code ended the Python process (out of memory, or a crash in compiled code)",
            "코드가 파이썬 프로세스를 종료시켰습니다(메모리 부족 또는 컴파일된 코드의 충돌)",
        )
    if "kernel became unresponsive" in log or "CellTimeoutError: A cell timed out" in log:
        return RefusedError(
            "a cell could not be interrupted at its time limit",
            "시간 한도에 이른 셀을 중단할 수 없었습니다",
        )
    errors = re.findall(r"^([A-Za-z_][\w.]*(?:Error|Exception|Timeout)\b.*)$", log, re.MULTILINE)
    last = errors[-1][:200] if errors else f"exit status {exit_code}"
    return RefusedError(f"nbgrader could not grade it ({last})", f"nbgrader가 채점하지 못했습니다({last})")
