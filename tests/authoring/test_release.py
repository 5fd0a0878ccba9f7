"""nbgrader's own generate_assignment takes the notebooks as they are, and clears them as we do."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum
from traitlets.config import Config

from biolabkit.errors import UnknownNameError
from biolabkit_autograder.authoring import (
    LANGUAGES,
    build_notebook,
    notebook_bytes,
    release_config,
    release_notebook,
    samples,
)


@pytest.fixture(scope="module", params=LANGUAGES)
def course(request, example, tmp_path_factory):
    """A course in which nbgrader has released the example: its language, folder and database."""
    language, root = request.param, tmp_path_factory.mktemp("course")
    source = root / "source" / example.name / f"{example.name}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(notebook_bytes(build_notebook(example, language)))
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.assignment_id = example.name
    config.merge(release_config(language))
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader starts `alembic` by its bare name to make a gradebook
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
        yield language, root, f"sqlite:///{root / 'gradebook.db'}"


def test_nbgrader_releases_what_release_notebook_makes(course, example):
    language, root, _ = course
    theirs = nbformat.read(root / "release" / example.name / f"{example.name}.ipynb", as_version=4)
    assert theirs == release_notebook(build_notebook(example, language), language)


def test_the_gradebook_has_the_points_of_the_source(course, example):
    _, _, database = course
    with Gradebook(database) as gradebook:
        notebook = gradebook.find_notebook(example.name, example.name)
        assert {cell.name: cell.max_score for cell in notebook.grade_cells} == example.points
        assert {cell.name for cell in notebook.solution_cells} == {"gc_content", "essay-why"}
        # what grading puts back into a submission still has the hidden tests
        check = gradebook.find_source_cell("check-gc_content-plain", example.name, example.name)
        assert "lab.hidden()" in check.source
        assert check.locked


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_answer_is_released(example, language):
    instructor = build_notebook(example, language)
    before = notebook_bytes(instructor)
    text = notebook_bytes(release_notebook(instructor, language)).decode()
    assert notebook_bytes(instructor) == before
    for secret in ("HIDDEN", "SOLUTION", "lab.hidden", "PCR amplifies", "acgg", "NNN"):
        assert secret in before.decode()
        assert secret not in text
    stub = {"en": "# YOUR CODE HERE", "ko": "# 여기에 코드를 작성하십시오"}[language]
    essay = {"en": "YOUR ANSWER HERE", "ko": "여기에 답을 작성하십시오."}[language]
    assert f"{stub}\\n    raise NotImplementedError()" in text
    assert f'"source": "{essay}"' in text
    # the prompt of the essay stays, in its own cell
    assert {"en": "Why do very GC-rich", "ko": "GC가 매우 많은 영역은"}[language] in text


def test_samples_are_releases_with_answers_written_in(example):
    made = samples(example, "en")
    assert list(made) == [
        "solution",
        "unsolved",
        *(f"wrong:{answer.name}" for answer in example.wrong_answers),
    ]
    assert made["unsolved"] == release_notebook(build_notebook(example, "en"), "en")
    for name, notebook in made.items():
        nbformat.validate(notebook)
        assert "HIDDEN" not in notebook_bytes(notebook).decode()
        assert "SOLUTION" not in notebook_bytes(notebook).decode()
        for cell, untouched in zip(notebook.cells, made["unsolved"].cells, strict=True):
            assert cell.metadata == untouched.metadata
            if not cell.metadata.get("nbgrader", {}).get("solution"):
                assert cell.source == untouched.source
            else:
                answered = compute_checksum(cell) != cell.metadata.nbgrader.checksum
                assert answered == (name != "unsolved")


def test_a_wrong_sample_differs_from_the_solution_in_its_tasks_only(example):
    made = samples(example, "ko")
    for answer in example.wrong_answers:
        pairs = zip(made["solution"].cells, made[f"wrong:{answer.name}"].cells, strict=True)
        assert [right.id for right, wrong in pairs if right.source != wrong.source] == list(answer.tasks)


def test_an_unknown_language_is_refused():
    with pytest.raises(UnknownNameError, match="course language 'fr'; known: en, ko"):
        release_config("fr")
