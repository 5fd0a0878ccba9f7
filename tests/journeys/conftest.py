"""Users, a browser and a course for the journeys."""

import importlib.util
import os
import sys
import tempfile
from pathlib import Path

import pytest


def _load(name, folder):
    """Import a package beside the tests."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


classroom = _load("classroom", Path(__file__).parent / "classroom")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Pictures of all windows where a journey fails; with BIOLAB_PICTURES=FOLDER after every test."""
    report = yield
    wanted = os.environ.get("BIOLAB_PICTURES") if report.when == "call" else None
    if (report.failed or wanted) and classroom.Browser.running:
        folder = Path(wanted, item.name) if wanted else Path(tempfile.mkdtemp(prefix=f"{item.name}-"))
        folder.mkdir(parents=True, exist_ok=True)
        paths = [path for browser in classroom.Browser.running for path in browser.photograph(folder)]
        report.sections.append(("pictures", "\n".join(map(str, paths))))
    return report
