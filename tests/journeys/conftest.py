"""Users, a browser and a course for the journeys."""

import importlib.util
import sys
from pathlib import Path


def _load(name, folder):
    """Import a package beside the tests."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


_load("classroom", Path(__file__).parent / "classroom")
