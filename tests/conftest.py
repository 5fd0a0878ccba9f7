"""Shared by every test: the mirror of real data, and a private cache so that no test touches the user's."""

import os
import sys
import tomllib
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

MIRROR = os.environ.get("BIOLABKIT_MIRROR")

# Tests run in parallel already. Threads of their own, for which NumPy, PyTorch and joblib take all cores in
# each process, would wait for each other most of the time; NumPy reads this when it is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

#: Folders of the exercises by their names.
EXERCISES = {
    f"{path.parents[1].name}-{path.parent.name}": path.parent
    for path in (Path(__file__).resolve().parents[1] / "exercises").glob("*/*/exercise.toml")
}

#: Files with tests that take long though they are no journeys: these begin before the many short ones.
LONG = {
    "bench/test_checking.py",
    "cli/test_main.py",
    "cli/test_script.py",
    "cluster/test_grading.py",
    "course/test_killed_writer.py",
    "course/test_reference.py",
    "genomics/test_expression.py",
    "hostile/test_users.py",
    "sandbox/test_users.py",
}

# how long an example takes is the machine's affair
settings.register_profile("biolabkit", deadline=None)
settings.load_profile("biolabkit")


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(items):
    """Skip, and so count, what needs real data where there is no mirror; plan who runs what.

    With pytest-xdist (``--dist loadgroup``) tests that share a long fixture go to one worker, and what takes
    longest begins first, so that no worker is left alone with it at the end.
    """
    skip = pytest.mark.skip(reason="needs real data: set BIOLABKIT_MIRROR")
    for item in items:
        if not MIRROR and item.get_closest_marker("mirror"):
            item.add_marker(skip)
        if lacking := _lacking(item):
            item.add_marker(pytest.mark.skip(reason=f"an exercise needs {', '.join(lacking)}"))
        if group := _shared(item):
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_turn)


def _lacking(item):
    """What is not installed of the packages that an exercise imports, if the test runs an exercise."""
    values = getattr(getattr(item, "callspec", None), "params", {})
    folder = values.get("folder") or EXERCISES.get(values.get("name"))
    runs_it = "trial_of" in item.fixturenames or item.get_closest_marker("journey")
    return _missing_imports(folder) if folder and runs_it else ()


@cache
def _missing_imports(folder):
    modules = tomllib.loads((folder / "exercise.toml").read_text(encoding="utf-8"))["imports"]
    return tuple(sorted({name for name in (one.split(".")[0] for one in modules) if find_spec(name) is None}))


def _shared(item):
    """Name the long fixture that a test shares with others; empty when it shares none."""
    values = getattr(getattr(item, "callspec", None), "params", {})
    if "hostile" in item.path.parts and "run" in values:
        return "hostile"  # one batch after the other: each of them fills the machine
    if "trial_of" in item.fixturenames:
        return f"trial-{item.callspec.id if values else item.name}"
    return ""


def _turn(item):
    """0 for what begins first."""
    if item.get_closest_marker("xdist_group"):
        return 0 if "hostile" in item.path.parts else 1
    return 2 if item.get_closest_marker("journey") or "/".join(item.path.parts[-2:]) in LONG else 3


def pytest_terminal_summary(terminalreporter):
    """Count the skipped tests by reason, one line each."""
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", []))
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"SKIPPED {count} {reason.removeprefix('Skipped: ')}")


@pytest.fixture(autouse=True)
def private_settings(tmp_path_factory, monkeypatch):
    """Each test has its own cache and none of the user's settings."""
    for name in (
        "BIOLAB_LEARNER",
        "BIOLAB_LANGUAGE",
        "BIOLABKIT_DATA",
        "BIOLABKIT_OFFLINE",
        "JUPYTERHUB_USER",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BIOLABKIT_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(autouse=True)
def no_check_goes_on():
    """End a check that the test began: cards of the next would hide what was expected."""
    yield
    if context := sys.modules.get("biolabkit.check.context"):
        context.leave()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's root."""
    return Path(__file__).resolve().parents[1]
