"""A gradebook that this user may not read is told apart from one that is damaged."""

import os
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from biolabkit.errors import CourseError
from biolabkit_autograder.desk.points import select
from biolabkit_autograder.gradebook_rows import GradebookRows
from biolabkit_autograder.store import create_gradebook

NOBODY = 65534


@pytest.fixture
def forbidden():
    """A whole gradebook that this user may not read; root is somebody else while the test runs."""
    folder = Path(tempfile.mkdtemp())
    try:
        path = folder / "gradebook.db"
        create_gradebook(path)
        folder.chmod(0o755)
        path.chmod(0)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(NOBODY)
        try:
            yield path
        finally:
            if is_root:
                os.seteuid(0)
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no POSIX permissions")
@pytest.mark.parametrize(
    "read",
    [
        lambda path: select(SimpleNamespace(folder=path.parent), "SELECT 1"),
        lambda path: GradebookRows(path, "course"),
    ],
    ids=["desk", "grading"],
)
def test_no_permission_is_no_damage(forbidden, read):
    with pytest.raises(CourseError) as found:
        read(forbidden)
    assert str(found.value).startswith(
        f"you may not read {forbidden} (permission denied); ask whoever owns it"
    )
    assert "restore" not in str(found.value)
