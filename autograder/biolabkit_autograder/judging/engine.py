"""The engine ``judge``: sandboxed workbenches for submissions, sandboxed judges for checks, one zygote."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit.errors import BiolabkitError
from biolabkit_autograder.grading import Graded, Settings, Submission
from biolabkit_autograder.sandbox import Box, Isolation, Limits, Policy, Zygote, recall

from .supervisor import grade

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

__all__ = ["NAME", "SandboxEngine", "open_engine"]

NAME = "judge"
#: Raised whenever this engine could give other points.
_REVISION = 4
_WARM = "biolabkit_autograder.judging.warm"
_WORKBENCH = "biolabkit_autograder.judging.workbench:main"
_JUDGE = "biolabkit_autograder.judging.judge:main"
#: A box outlives its own limit a little, so that the supervisor can say which limit was hit.
_SLACK_SECONDS = 10.0


@contextmanager
def open_engine(settings: Settings, *, course_folder: Path | None = None) -> Iterator[SandboxEngine]:
    """Open the engine for the submissions of one exercise (an ``EngineFactory``).

    Parameters
    ----------
    settings : Settings
        Of the exercise.
    course_folder : Path, optional
        Use the warm zygote of this course, and leave it for the next command; else the zygote ends with the
        block.

    Raises
    ------
    SandboxError
        When this machine isolates nothing and ``settings.unsafe`` is not set.
    """
    isolation = recall()
    imports = [*settings.imports, _WARM]
    Policy(isolation.level, unsafe=settings.unsafe)  # refuses before anything is started
    with ExitStack() as stack:
        if course_folder is None:
            zygote = stack.enter_context(Zygote(imports, isolation=isolation.level))
        else:
            zygote = Zygote.connect_or_start(course_folder, imports, isolation=isolation.level)
        yield SandboxEngine(zygote, isolation, settings, stack)


class SandboxEngine:
    """Grades submissions in boxes; `grade` may be called from several threads.

    Parameters
    ----------
    zygote : Zygote
        A running zygote.
    isolation : Isolation
        What this machine gives.
    settings : Settings
        Of the exercise: its datasets are made ready once, here.
    stack : ExitStack
        Removes a copy of the datasets, if one is needed, when the engine is closed.
    """

    name = NAME

    def __init__(self, zygote: Zygote, isolation: Isolation, settings: Settings, stack: ExitStack) -> None:
        self._zygote = zygote
        self.isolation = isolation.level
        self._folders, self._environment = _data_for_boxes(settings, stack)

    @property
    def version(self) -> str:
        """Changes whenever the engine could give other points."""
        return str(_REVISION)

    def grade(self, submission: Submission, assignment: NotebookNode, settings: Settings) -> Graded:
        """Run one submission.

        Raises
        ------
        SandboxError
            When no box could be made. One line.
        """
        environment = {**settings.environment, **self._environment}
        boxes = _Boxes(self._zygote, self._policy(settings))
        kept = replace(settings, environment={k: v for k, v in environment.items() if v})
        return grade(submission, assignment, kept, boxes, engine=self.name, isolation=self.isolation)

    def _policy(self, settings: Settings) -> Policy:
        limits = settings.limits
        return Policy(
            isolation=self.isolation,
            datasets=self._folders,
            limits=Limits(
                seconds=limits.seconds + _SLACK_SECONDS,
                memory_mb=limits.memory_mb,
                processes=limits.processes,
                disk_mb=limits.disk_mb,
                output_bytes=limits.output_bytes,
            ),
            unsafe=settings.unsafe,
        )


class _Boxes:
    def __init__(self, zygote: Zygote, policy: Policy) -> None:
        self._zygote, self._policy = zygote, policy

    def workbench(self, config: Mapping[str, Any]) -> Box:
        return self._zygote.spawn(_WORKBENCH, config, self._policy)

    def both(self, config: Mapping[str, Any]) -> tuple[Box, Box]:
        with ExitStack() as stack:
            judge = stack.enter_context(self._zygote.begin(_JUDGE, config, self._policy))
            workbench = stack.enter_context(self._zygote.begin(_WORKBENCH, config, self._policy))
            judge.ready()
            workbench.ready()
            stack.pop_all()
        return judge, workbench


def _data_for_boxes(settings: Settings, stack: ExitStack) -> tuple[tuple[Path, ...], dict[str, str]]:
    """Make the exercise's datasets ready, and say how boxes find them.

    Where all are there, boxes read the cache. Where one is not, boxes use the cache as a mirror only, so that
    what is missing is simulated in the box's own folder.
    """
    from biolabkit.datasets.cards import card_folder
    from biolabkit.datasets.settings import Settings as DataSettings

    with _variables(settings.environment):
        whole = _fetch(settings.datasets)
        cache = DataSettings.from_environment().cache
    if not cache.is_dir():
        return (card_folder(),), {"BIOLABKIT_CACHE": "", "BIOLABKIT_MIRROR": "", "BIOLABKIT_OFFLINE": "1"}
    if os.geteuid() == 0 and not _readable_by_all(cache):
        cache = _readable_copy(cache, settings, stack)
    place, other = (
        ("BIOLABKIT_CACHE", "BIOLABKIT_MIRROR") if whole else ("BIOLABKIT_MIRROR", "BIOLABKIT_CACHE")
    )
    return (card_folder(), cache), {place: str(cache), other: "", "BIOLABKIT_OFFLINE": "1"}


def _fetch(names: Iterable[str]) -> bool:
    """Fetch datasets; tells whether all of them could be had."""
    from biolabkit import datasets

    whole = True
    for name in names:
        try:
            datasets.fetch(name, progress=False)
        except BiolabkitError:
            whole = False
    return whole


def _readable_by_all(folder: Path) -> bool:
    """Whether the user that a box of root's becomes can read it."""
    return all(path.stat().st_mode & 0o004 for path in (folder, *folder.rglob("*")) if path.name != ".locks")


def _readable_copy(cache: Path, settings: Settings, stack: ExitStack) -> Path:
    copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="biolab-data-")))
    with _variables({**settings.environment, "BIOLABKIT_CACHE": str(copy), "BIOLABKIT_MIRROR": str(cache)}):
        _fetch(settings.datasets)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy


@contextmanager
def _variables(environment: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
