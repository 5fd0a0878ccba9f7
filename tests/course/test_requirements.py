"""A machine that lacks what an exercise imports grades nobody, instead of everybody 0."""

import json
import sys

import pytest

from biolabkit.errors import CourseError
from biolabkit_autograder.workflow.requirements import require_imports

EXERCISE = "genome-01-gc-content"


def test_what_is_there_is_no_problem():
    require_imports("any", ["json", "numpy", "biolabkit.genomics"])


def test_all_missing_packages_and_how_to_install_them(monkeypatch):
    def find(name):
        return None if name in ("torch", "wfdb", "unheard_of") else object()

    monkeypatch.setattr("biolabkit_autograder.workflow.requirements.find_spec", find)
    for name in ("torch", "wfdb"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(CourseError) as found:
        require_imports("health-06", ["numpy", "torch", "torch.nn", "wfdb", "unheard_of.part"])
    assert str(found.value) == (
        "health-06 needs torch, wfdb, unheard_of, which is not installed here; nothing was graded; run: "
        "pip install 'biolabkit[health,train]' unheard_of"
    )


def test_nothing_is_graded(course, hand_in, answered, biolab):
    hand_in("kim", answered["solution"])
    path = course.notebook("source", EXERCISE)
    notebook = json.loads(path.read_text())
    notebook["metadata"]["biolabkit"]["imports"] = ["numpy", "unheard_of"]
    path.write_text(json.dumps(notebook))
    biolab("course", "collect", "--course", course.folder)
    done = biolab("course", "grade", "--course", course.folder, status=2)
    assert done.stderr.splitlines() == [
        f"biolab: {EXERCISE} needs unheard_of, which is not installed here; nothing was graded; run: "
        "pip install unheard_of"
    ]
    assert not (course.folder / "evidence").exists()
