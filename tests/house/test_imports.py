"""The house rules of who may import whom, read from the imports themselves."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SCIENCE = {"errors", "_files", "_pysam", "_settings", "_words", "learning", "plot"}
ALLOWED = {
    "errors": set(),
    "_files": set(),
    "_pysam": {"errors", "_words"},
    "_quick_imports": set(),
    "_settings": {"errors", "_files"},
    "_words": {"errors", "_settings"},
    "datasets": {"errors", "_files", "_pysam", "_settings", "_words"},
    "simulate": {"errors", "_files", "_pysam", "_settings", "_words"},
    "_progress": {"errors", "_files", "_settings"},
    "check": {"errors", "_files", "_settings", "_progress", "plot"},
    "plot": {"errors", "_files", "_settings"},
    "learning": {"errors", "_files", "_settings", "_words", "plot"},
    "genomics": SCIENCE,
    "health": SCIENCE,
    "bioprocess": SCIENCE,
    "bench": {"errors", "_files", "_settings", "_words", "_progress", "_quick_imports", "check", "plot"},
    "cli": {"errors", "_files", "_settings", "_words", "datasets", "doctor", "bench"},
    "doctor": {"errors", "_files", "_settings", "datasets", "plot", "bench"},
}
ALLOWED_TO_THE_AUTOGRADER = {"check", "datasets", "errors", "_files", "_quick_imports", "_settings", "plot"}
INSTRUCTOR_ONLY = {"nbgrader", "nbconvert", "biolabkit_autograder"}


def imported(path: Path, package: str) -> set[str]:
    """All modules that a file imports, as absolute dotted names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def modules(root: Path) -> list[tuple[str, Path]]:
    """(package of the module, file) of every Python file below a package's folder."""
    return [
        (".".join((root.name, *path.relative_to(root).parts[:-1])), path)
        for path in sorted(root.rglob("*.py"))
    ]


def rooms(names: set[str]) -> set[str]:
    """The parts of biolabkit that a set of imported modules reaches into."""
    return {name.split(".")[1] for name in names if name.startswith("biolabkit.")} - {"__version__"}


def test_science_keeps_to_its_rooms(repository):
    found = {}
    for package, path in modules(repository / "src" / "biolabkit"):
        relative = path.relative_to(repository / "src" / "biolabkit")
        room = relative.parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        assert room in ALLOWED, f"{relative}: a new room needs its rule here and in the design"
        reached = rooms(imported(path, package)) - {room}
        if reached - ALLOWED[room]:
            found[str(relative)] = sorted(reached - ALLOWED[room])
    assert not found


def test_the_autograder_uses_only_what_it_may(repository):
    found = {}
    root = repository / "autograder" / "biolabkit_autograder"
    for package, path in modules(root):
        reached = rooms(imported(path, package)) - ALLOWED_TO_THE_AUTOGRADER
        if reached:
            found[str(path.relative_to(root))] = sorted(reached)
    assert not found


def test_the_library_never_imports_the_instructor_s_side(repository):
    found = {}
    for package, path in modules(repository / "src" / "biolabkit"):
        tops = {name.split(".")[0] for name in imported(path, package)}
        if tops & INSTRUCTOR_ONLY:
            found[str(path)] = sorted(tops & INSTRUCTOR_ONLY)
    assert not found


@pytest.mark.parametrize("root", ["src/biolabkit", "autograder/biolabkit_autograder"])
def test_no_import_runs_in_a_circle(repository, root):
    """Imports inside functions count too; the face of a package, its ``__init__``, only hands names on."""
    files = {
        f"{package}.{path.stem}": (package, path)
        for package, path in modules(repository / root)
        if path.stem != "__init__"
    }
    uses = {
        name: (imported(path, package) & files.keys()) - {name} for name, (package, path) in files.items()
    }
    assert len(list(TopologicalSorter(uses).static_order())) == len(files)


@pytest.mark.parametrize(
    "module",
    ["pandas", "matplotlib", "sklearn", "scipy", "torch", "pysam", "nbgrader", "IPython", "requests"],
)
def test_import_biolabkit_loads_nothing_heavy(module):
    code = f"import sys, biolabkit; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_name_that_is_exported_exists():
    code = (
        "import biolabkit\n"
        "for room in biolabkit.__all__:\n"
        "    module = getattr(biolabkit, room)\n"
        "    for name in getattr(module, '__all__', []):\n"
        "        getattr(module, name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
