"""``biolab course status``."""

import json

import pytest
from typer.testing import CliRunner

from biolabkit_autograder.cli import course as app
from biolabkit_autograder.desk.status import print_status


def test_a_line_for_each_exercise(graded, capsys, hand_in, answered):
    hand_in(graded, "garcia.ana", answered["solution"])
    print_status(graded.folder)
    head, line = capsys.readouterr().out.splitlines()
    columns = [name.strip() for name in head.split("  ") if name.strip()]
    cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
    found = dict(zip(columns, cells, strict=True))
    assert found.pop("due").endswith("23:59")
    assert found == {
        "exercise": "genome-01-gc-content",
        "released": "yes",
        "to collect": "1",
        "graded": "1",
        "waiting": "1",
        "to grade": "–",
        "not gradable": "–",
        "missing": "1",
        "feedback": "0 of 2",
        "median": "1.5 of 5",
    }


def test_remarks_and_problems(graded, capsys):
    (graded.folder / "roster.csv").write_text("id,name\nkim,김하늘\n")
    (graded.folder / "gradebook.db").write_bytes(b"no gradebook")
    print_status(graded.folder)
    told = capsys.readouterr()
    assert "not in the roster: lee" in told.out
    assert "gradebook.db cannot be used as a gradebook (file is not a database); restore a copy" in told.err


def test_as_json(graded, capsys):
    print_status(graded.folder, as_json=True)
    state = json.loads(capsys.readouterr().out)
    assert state["exercises"][0]["counts"]["waiting"] == 1


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command(graded, options):
    done = CliRunner().invoke(app, ["status", "--course", str(graded.folder), *options])
    assert done.exit_code == 0
    assert "genome-01-gc-content" in done.stdout
