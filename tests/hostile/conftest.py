"""The hostile set as a package, and batches: a course in which attackers sit between honest learners."""

import contextlib
import importlib.util
import os
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from biolabkit_autograder.sandbox import detect
from biolabkit_autograder.sandbox import paths as reach

REPOSITORY = Path(__file__).resolve().parents[2]


def _load(name, folder):
    """Import a package of the checkout that is not installed."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


hostile = _load("hostile", REPOSITORY / "autograder" / "hostile")
course = _load("hostile_course", Path(__file__).parent / "hostile_course")

Run = namedtuple("Run", "batch traps")

#: Without namespaces points are decided as with them: what depends on the walls is tried again.
GROUPS = {
    "namespaces": ("points", "harm", "design", "malformed", "rendering"),
    "landlock": ("harm", "design"),
}


def _unavailable(level):
    """Say why a level cannot be had here; empty when it can."""
    if sys.platform != "linux":
        return "the walls are Linux's"
    if level == "namespaces":
        found = detect()
        return "" if found.level == "namespaces" else "; ".join(found.reasons)
    return reach.unreachable(1) if os.geteuid() == 0 else ""


@pytest.fixture(scope="session", params=["namespaces", "landlock"])
def run(request, tmp_path_factory):
    """A cohort graded at one level of isolation."""
    level = request.param
    if why := _unavailable(level):
        pytest.skip(why)
    chosen = os.environ.get("BIOLAB_HOSTILE_ATTACKS", "")
    workers = int(os.environ.get("BIOLAB_HOSTILE_WORKERS", "8"))  # many attacks only wait for their end
    attacks = [name for name, one in hostile.ATTACKS.items() if one.group in GROUPS[level]]
    patience = int(os.environ.get("BIOLAB_HOSTILE_PATIENCE", "4"))
    folder = tmp_path_factory.mktemp("hostile")
    with contextlib.ExitStack() as until_the_end:
        with pytest.MonkeyPatch.context() as patch:  # other tests of this process keep their surroundings
            classroom = course.Classroom(folder, chosen.split(",") if chosen else attacks, patience)
            traps = until_the_end.enter_context(course.Traps(classroom, patch))
            classroom.hand_in(traps.targets, traps.secrets["work"])
            course.open_to_all(folder)
            batch = course.grade_batch(classroom, traps, level, patch, workers)
        yield Run(batch, traps)


@pytest.fixture(scope="session")
def pages(run):
    """The feedback page of every learner."""
    from biolabkit_autograder.workflow.feedback import write_feedback

    return {path.parent.parent.name: path for path in write_feedback(run.batch.classroom.course)}
