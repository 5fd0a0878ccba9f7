"""The instructor's notebook: valid, the same everywhere, and as a person last looked at it (golden/)."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.nbgraderformat import SCHEMA_VERSION, MetadataValidator

from biolabkit.errors import UnknownNameError
from biolabkit_autograder.authoring import LANGUAGES, build_notebook, notebook_bytes, release_notebook
from biolabkit_autograder.authoring.builder import trusted_source

GOLDEN = Path(__file__).parent / "golden"
FORMS = ("instructor", "release")


def grade_cells(notebook):
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_the_notebooks_are_the_golden_ones(example, form, language):
    path = GOLDEN / f"{example.name}.{language}.{form}.ipynb"
    notebook = build_notebook(example, language)
    built = notebook_bytes(release_notebook(notebook, language) if form == "release" else notebook)
    if os.environ.get("WRITE_GOLDEN"):
        path.write_bytes(built)
        pytest.skip(f"wrote {path.name}; read its diff")
    assert built == path.read_bytes(), "see golden/README.md"


def test_another_process_builds_the_same_bytes(example):
    program = (
        "import sys; from biolabkit_autograder.authoring import *; "
        f"built = build_notebook(load_exercise({str(example.folder)!r}), 'ko'); "
        "sys.stdout.buffer.write(notebook_bytes(built))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == notebook_bytes(build_notebook(example, "ko"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notebook_is_valid_for_nbformat_and_nbgrader(example, language):
    notebook = build_notebook(example, language)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    for cell in grade_cells(notebook).values():
        assert cell.metadata.nbgrader.schema_version == SCHEMA_VERSION
    assert json.loads(notebook_bytes(notebook)) == notebook


def test_languages_differ_in_text_only(example):
    english, korean = (build_notebook(example, language) for language in LANGUAGES)
    assert [cell.id for cell in english.cells] == [cell.id for cell in korean.cells]
    for one, other in zip(english.cells, korean.cells, strict=True):
        assert (one.cell_type, one.metadata) == (other.cell_type, other.metadata)
        is_text = one.cell_type == "markdown" and "nbgrader" not in one.metadata
        assert (one.source != other.source) == is_text
        if is_text:
            assert not re.search("[가-힣]", one.source)
            assert re.search("[가-힣]", other.source)
    assert (english.metadata.title, korean.metadata.title) == ("GC content", "GC 함량")


def test_cells_carry_the_metadata_of_their_kind(example):
    cells = grade_cells(build_notebook(example, "en"))
    roles = {
        name: tuple(cell.metadata.nbgrader[key] for key in ("grade", "solution", "locked", "task"))
        for name, cell in cells.items()
    }
    assert roles == {
        "setup": (False, False, True, False),
        "gc_content": (False, True, False, False),
        "check-gc_content-plain": (True, False, True, False),
        "check-gc_content-unknown": (True, False, True, False),
        "essay-why": (True, True, False, False),
    }
    points = {name: cell.metadata.nbgrader.get("points") for name, cell in cells.items()}
    assert points["check-gc_content-unknown"] == 2
    assert "points" not in cells["gc_content"].metadata.nbgrader


def test_text_cannot_be_edited_and_free_code_can(example):
    free = [cell for cell in build_notebook(example, "en").cells if "nbgrader" not in cell.metadata]
    assert {(cell.cell_type, cell.metadata.get("editable", True)) for cell in free} == {
        ("markdown", False),
        ("code", True),
    }


def test_an_edit_changes_few_ids(example):
    before = [cell.id for cell in build_notebook(example, "en").cells]
    last_text = max(i for i, cell in enumerate(example.cells) if cell.language == "en")
    longer = replace(example, cells=(*example.cells[:2], example.cells[0], *example.cells[2:]))
    after = [cell.id for cell in build_notebook(longer, "en").cells]
    assert last_text > 2
    assert set(before) <= set(after)
    assert set(after) - set(before) == {"text-top-2"}


def test_checks_name_themselves_and_hide_what_is_hidden(example):
    [check] = [cell for cell in example.cells if cell.name == "gc_content.plain"]
    lines = trusted_source(replace(check, points=1.5)).splitlines()
    assert lines[0] == 'lab.check("gc_content.plain", points=1.5)'
    assert lines[lines.index("### BEGIN HIDDEN TESTS") + 1] == "lab.hidden()"


def test_an_unknown_language_suggests_the_near_one(example):
    with pytest.raises(UnknownNameError, match=r"there is no course language 'kor'; did you mean 'ko'\?"):
        build_notebook(example, "kor")
