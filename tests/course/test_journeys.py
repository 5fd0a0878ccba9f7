"""The instructor's main jobs as shell commands in a temporary course."""

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from biolabkit.errors import CourseError
from biolabkit_autograder.workflow import release as releasing
from biolabkit_autograder.workflow.release import release

EXERCISE = "genome-01-gc-content"
SAMPLES = {"kim": "solution", "lee": "unsolved", "garcia.ana": "wrong:counts_n"}
POINTS = {"kim": 3.0, "lee": 0.0, "garcia.ana": 1.0}
EXPORTED = {"grades.csv", "checks.csv", "grades.json", "canvas.csv", "moodle.csv"}

pytestmark = pytest.mark.journey


@pytest.fixture
def submitted(course, hand_in, answered):
    for learner, sample in SAMPLES.items():
        hand_in(learner, answered[sample])
    return course


def gradebook_points(course):
    with Gradebook(course.gradebook_url) as gradebook:
        return {one.student.id: one.score for one in gradebook.assignment_submissions(EXERCISE)}


def test_a_course_from_its_folder_to_its_report(tmp_path, sources, answered, biolab):
    folder = tmp_path / "과정 2026"
    biolab("course", "new", folder, "--source", sources, "--exercise", EXERCISE, "--language", "ko")
    (folder / "roster.csv").write_text(
        "id,name\nkim,김하늘\nlee,이수진\ngarcia.ana,Ana García\n", encoding="utf-8-sig"
    )
    biolab("course", "build", cwd=folder)
    released = biolab("course", "release", cwd=folder).stdout.strip()
    text = (folder / "release" / EXERCISE / f"{EXERCISE}.ipynb").read_text(encoding="utf-8")
    assert released.endswith(f"{EXERCISE}.ipynb")
    assert "HIDDEN" not in text
    assert "여기에 코드를 작성하십시오" in text

    desk = tmp_path / "desk"  # a learner's
    shutil.copytree(folder / "release" / EXERCISE, desk)
    (desk / f"{EXERCISE}.ipynb").write_bytes(answered["solution"])
    biolab("submit", "--learner", "kim", cwd=desk)
    for learner in ("lee", "garcia.ana"):
        (folder / "inbox" / EXERCISE / f"{learner}.ipynb").write_bytes(answered[SAMPLES[learner]])
    assert biolab("course", "collect", cwd=folder).stdout == "3 new\n"

    graded = biolab("course", "grade", "--workers", "3", cwd=folder)
    assert graded.stdout == "3 graded, 0 unchanged, 0 refused\n"
    assert graded.stderr == "", "no progress bar where nobody is looking"
    assert biolab("course", "grade", cwd=folder).stdout == "0 graded, 3 unchanged, 0 refused\n"
    biolab("course", "feedback", cwd=folder)
    page = (folder / "feedback" / "garcia.ana" / EXERCISE / f"{EXERCISE}.html").read_text(encoding="utf-8")
    assert "N은 알 수 없는 염기입니다" in page
    assert "GC content of your sequence" not in page, "a hidden test"
    biolab("course", "report", cwd=folder)
    assert "김하늘" in (folder / "report" / "index.html").read_text(encoding="utf-8")
    exported = biolab("course", "export", "--to", tmp_path / "out", cwd=folder).stdout.split()
    assert {Path(path).name for path in exported} == EXPORTED


def test_points_are_in_nbgrader_s_gradebook_and_formgrader_opens_them(submitted, biolab):
    biolab("course", "collect", "--course", submitted.folder)
    biolab("course", "grade", "--course", submitted.folder)
    assert gradebook_points(submitted) == POINTS
    directory = CourseDirectory(root=str(submitted.folder), course_id="gc-2026")
    api = NbGraderAPI(directory, config=Config())
    assert api.get_source_assignments() == {EXERCISE}
    assert api.get_autograded_students(EXERCISE) == set(SAMPLES)
    submissions = {one["student"]: one for one in api.get_submissions(EXERCISE)}
    assert {student: one["score"] for student, one in submissions.items()} == POINTS
    assert submissions["kim"]["autograded"]
    assert submissions["kim"]["needs_manual_grade"]


def test_nbgrader_s_own_commands_work_in_the_folder_and_agree(submitted, biolab):
    biolab("course", "collect", "--course", submitted.folder)

    def nbgrader(*arguments):
        environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=submitted.folder,
            capture_output=True,
            text=True,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        return done

    nbgrader("autograde", EXERCISE)
    assert gradebook_points(submitted) == POINTS
    nbgrader("generate_feedback", EXERCISE)
    page = submitted.notebook("feedback", EXERCISE, "garcia.ana").with_suffix(".html").read_text()
    assert "GC content of your sequence" not in page, "a hidden test"
    nbgrader("generate_assignment", EXERCISE, "--force")
    assert "YOUR CODE HERE" in submitted.notebook("release", EXERCISE).read_text(encoding="utf-8")
    biolab("course", "grade", "--course", submitted.folder)
    assert gradebook_points(submitted) == POINTS


def test_a_fixed_check_shows_whose_points_change_before_writing(tmp_path, sources, submitted, biolab):
    own = tmp_path / "exercises"
    shutil.copytree(sources, own)
    toml = submitted.folder / "course.toml"
    lines = [
        f'sources = ["{own}"]' if line.startswith("sources") else line
        for line in toml.read_text(encoding="utf-8").splitlines()
    ]
    toml.write_text("\n".join(lines), encoding="utf-8")
    biolab("course", "collect", cwd=submitted.folder)
    biolab("course", "grade", cwd=submitted.folder)
    source = own / "genome" / "01-gc-content" / "exercise.py"
    text = source.read_text(encoding="utf-8")
    assert text.count("0.5, hints=[n_counted]") == 1
    source.write_text(text.replace("0.5, hints=[n_counted]", "0.25, hints=[n_counted]"), encoding="utf-8")
    biolab("course", "build", cwd=submitted.folder)
    biolab("course", "release", cwd=submitted.folder)
    done = biolab("course", "grade", "--again", cwd=submitted.folder)
    assert done.stdout.splitlines() == [
        f"kim: {EXERCISE}: 3 -> 1 points",
        "3 graded, 0 unchanged, 0 refused",
    ]
    assert gradebook_points(submitted)["kim"] == 1.0


def test_a_course_without_a_roster_grades_whoever_hands_in(submitted, biolab):
    (submitted.folder / "roster.csv").unlink()
    biolab("course", "collect", cwd=submitted.folder)
    with sqlite3.connect(submitted.folder / "gradebook.db") as gradebook:
        gradebook.execute("DELETE FROM student")
    assert biolab("course", "grade", cwd=submitted.folder).stdout == "3 graded, 0 unchanged, 0 refused\n"
    assert gradebook_points(submitted) == POINTS


def test_with_nothing_submitted_it_says_what_to_do(course, biolab):
    done = biolab("course", "grade", cwd=course.folder)
    assert done.stdout.startswith("nothing to grade: put notebooks into inbox/")


def test_one_bad_submission_stops_no_other(submitted, hand_in, biolab):
    hand_in("lee", b'{"cells": [')
    collected = biolab("course", "collect", cwd=submitted.folder, status=2)
    assert collected.stderr.count("\n") == 1
    graded = biolab("course", "grade", cwd=submitted.folder, status=2)
    assert graded.stdout == "2 graded, 0 unchanged, 1 refused\n"
    assert graded.stderr.startswith(f"lee: {EXERCISE}: ")
    assert "is not JSON" in graded.stderr
    assert graded.stderr.count("\n") == 1
    assert gradebook_points(submitted) == {"kim": 3.0, "garcia.ana": 1.0}
    biolab("course", "feedback", cwd=submitted.folder)
    page = submitted.notebook("feedback", EXERCISE, "lee").with_suffix(".html").read_text()
    assert "could not be graded" in page


def test_strangers_among_the_submissions(submitted, biolab):
    biolab("course", "collect", cwd=submitted.folder)
    shutil.copytree(submitted.folder / "submitted" / "kim", submitted.folder / "submitted" / "nobody")
    shutil.move(
        submitted.folder / "submitted" / "lee" / EXERCISE, submitted.folder / "submitted" / "lee" / "gc"
    )
    done = biolab("course", "grade", cwd=submitted.folder, status=2)
    assert sorted(line.split(";")[0] for line in done.stderr.splitlines()) == [
        "lee: gc: there is no exercise in this course 'gc'",
        f"nobody: {EXERCISE}: there is no learner in the roster 'nobody'",
    ]
    assert set(gradebook_points(submitted)) == {"kim", "garcia.ana"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("course", "grade", "--course", "elsewhere"), "not a course folder"),
        (("course", "grade", "--exercise", "genome-01-gc-contnt"), "did you mean 'genome-01-gc-content'?"),
        (("course", "grade", "--learner", "garcia.anna"), "did you mean 'garcia.ana'?"),
        (("course", "grade", "--learner", "kim"), "has submitted nothing yet"),
        (("course", "grade", "--engine", "nbgradr"), "did you mean 'nbgrader'?"),
        (("course", "build", "--exercise", "x"), "there is no exercise in this course 'x'"),
        (("course", "report"), "nothing is graded yet"),
        (("course", "new", "."), "is not empty"),
        (("course", "new", "new", "--source", "elsewhere"), "elsewhere is no folder"),
        (("demo", "--to", "."), "is not empty and not an earlier demo"),
        (("demo", "--to", "d", "--language", "fr"), "use en or ko"),
    ],
)
def test_a_mistake_is_one_line(course, biolab, arguments, said):
    if said == "has submitted nothing yet":
        (course.folder / "submitted").mkdir(exist_ok=True)
    done = biolab(*arguments, cwd=course.folder, status=2)
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (course.folder / "new").exists()
    assert not (course.folder / "d").exists()


def test_a_broken_course_toml_says_each_problem_in_a_line(course, biolab):
    path = course.folder / "course.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Asia/Seoul", "+0900").replace("weight", "weigth"), encoding="utf-8")
    done = biolab("course", "build", cwd=course.folder, status=2)
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("course.toml:") for line in lines)


def test_an_exercise_with_problems_writes_nothing(tmp_path, sources, course, biolab):
    own = tmp_path / "exercises"
    shutil.copytree(sources, own)
    source = own / "genome" / "01-gc-content" / "exercise.py"
    source.write_text(source.read_text(encoding="utf-8").replace('lang="ko"', 'lang="kr"'), encoding="utf-8")
    toml = course.folder / "course.toml"
    lines = [
        f'sources = ["{own}"]' if line.startswith("sources") else line
        for line in toml.read_text(encoding="utf-8").splitlines()
    ]
    toml.write_text("\n".join(lines), encoding="utf-8")
    before = course.notebook("source", EXERCISE).read_bytes()
    done = biolab("course", "build", cwd=course.folder, status=2)
    assert "exercise.py:" in done.stderr
    assert course.notebook("source", EXERCISE).read_bytes() == before


def test_built_again_needs_a_new_release(submitted, biolab):
    biolab("course", "collect", cwd=submitted.folder)
    path = submitted.notebook("source", EXERCISE)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "check-gc_content-plain":
            cell["metadata"]["nbgrader"]["points"] = 7
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = biolab("course", "grade", cwd=submitted.folder, status=2)
    assert "built again since its release; run: biolab course release" in done.stderr


def test_a_release_in_the_middle_of_another_disturbs_neither(course, monkeypatch):
    convert = releasing._convert

    def interrupted(*arguments):
        convert(*arguments)
        monkeypatch.setattr(releasing, "_convert", convert)
        release(course)
        course.notebook("release", EXERCISE).unlink()

    monkeypatch.setattr(releasing, "_convert", interrupted)
    before = course.notebook("release", EXERCISE).read_bytes()
    release(course)
    assert course.notebook("release", EXERCISE).read_bytes() == before
    assert not list(course.folder.glob(".release*"))


def test_a_full_disk_during_a_release_is_said_as_everywhere(course, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = course.notebook("release", EXERCISE).read_bytes()
    monkeypatch.setattr("nbconvert.writers.FilesWriter.write", full)
    with pytest.raises(CourseError, match="no space left in the course folder; free some and run"):
        release(course)
    assert course.notebook("release", EXERCISE).read_bytes() == before
    assert not list(course.folder.glob(".release*"))


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on file sizes")
def test_a_full_disk_leaves_nothing_half_written(submitted, biolab):
    biolab("course", "collect", cwd=submitted.folder)
    biolab("course", "grade", cwd=submitted.folder)
    before = sorted(path for path in submitted.folder.rglob("*") if path.is_file())
    command = 'ulimit -f 2; exec "$0" -m biolabkit.cli course feedback'
    done = subprocess.run(
        ["bash", "-c", command, sys.executable], cwd=submitted.folder, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "File too large" in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(path for path in submitted.folder.rglob("*") if path.is_file()) == before


def test_the_demo_from_exercises_to_report(tmp_path, sources, biolab):
    to = tmp_path / "demo"
    for _ in range(2):  # an earlier demo is made again
        done = biolab("demo", "--to", to, "--exercises", sources, "--language", "ko", BIOLABKIT_OFFLINE="1")
        assert str(to / "report" / "index.html") in done.stdout
        assert "6 graded" in done.stdout
    pages = list(to.glob("feedback/*/*/*.html"))
    assert len(pages) == 6
    assert {path.name for path in to.glob("export/*")} == EXPORTED
