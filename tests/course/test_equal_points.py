"""Every exercise's known answers are worth what its author promises, in the sandbox and in nbgrader alike.

Running every known answer of every exercise alone takes minutes for each exercise: that is done with
``BIOLAB_FULL=1``. Without it, all wrong answers of an exercise go into one notebook: after the setup cells
comes, for each of them, a section with the cells whose outcome it can change; then the tasks unsolved; at the
end the whole solution, which fails if a section left anything behind. In Korean, on real data if there is a
mirror, both engines run it and have to agree. In English, on simulated data, the sandbox runs the solution
and the unsolved notebook as learners hand them in, and sections of the wrong answers. One that does not keep
its promise among the others has to keep it alone.
"""

import ast
import os
import symtable
import tempfile
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from biolabkit_autograder.authoring import (
    build_notebook,
    exercise_folders,
    load_exercise,
    notebook_bytes,
    release_notebook,
    samples,
)
from biolabkit_autograder.authoring.samples import answers
from biolabkit_autograder.engines import engine_factory
from biolabkit_autograder.grading import Settings, Submission
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.judging.plan import Role, bindings, role_of, without_magics
from biolabkit_autograder.reference import ReferenceEngine
from biolabkit_autograder.sandbox import detect
from biolabkit_autograder.workflow.assignment import learner_environment
from biolabkit_autograder.workflow.grade import default_workers

FOLDERS = exercise_folders(Path(__file__).resolve().parents[2] / "exercises")
REAL = "real" if os.environ.get("BIOLABKIT_MIRROR") else "simulated"
#: In memory where that can be had: nbgrader writes each cell's points to the disk, and waits for it.
SCRATCH = next((path for path in ("/dev/shm",) if os.access(path, os.W_OK)), None)

every_exercise = pytest.mark.parametrize("name", sorted(FOLDERS))
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(detect().level == "none", reason="this machine isolates nothing"),
]


class Course:
    """One exercise as a course has it, in one language."""

    def __init__(self, name, language):
        self.exercise, self.language = load_exercise(FOLDERS[name]), language
        self.known = samples(self.exercise, language)
        self.notebook = build_notebook(self.exercise, language)
        self.stubs = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in release_notebook(self.notebook, language).cells
            if cell.metadata.get("nbgrader", {}).get("solution")
        }
        self.notebook.metadata["biolabkit"]["stubs"] = self.stubs
        meta = self.exercise.meta
        self.settings = Settings(
            language=language,
            imports=tuple(meta.imports),
            datasets=tuple(meta.datasets),
            environment=learner_environment(language),
            workers=default_workers(),
        )

    def open(self, engine):
        return engine_factory(engine)(self.settings)

    def handed_in(self, sample, folder):
        """A sample as a learner hands it in, through the intake."""
        path = folder / "submitted.ipynb"
        path.write_bytes(notebook_bytes(self.known[sample]))
        submission = read_submission(path, "kim", self.notebook, language=self.language)
        return replace(submission, exercise=self.exercise.name, learner=sample.replace(":", "-"))


# ------------------------------------------------------------------ all answers in one notebook


class Sections:
    """A course's notebook in which wrong answers, the unsolved tasks and the solution follow each other.

    Attributes
    ----------
    assignment, answered : list of cells
        As the author wrote them, and with the answers.
    checks : dict of str to (str, str)
        For each check cell of these the sample that it looks at, and the check's own name.
    """

    def __init__(self, course):
        self.assignment, self.answered, self.checks = [], [], {}
        self._course, self._answers = course, answers(course.exercise)
        code = [cell for cell in course.notebook.cells if cell.cell_type == "code"]
        self._cells = [cell for cell in code if role_of(cell) is not Role.SETUP]
        self._names = [names_of(cell.source) for cell in self._cells]
        self._state = {}
        for cell in code:
            if role_of(cell) is Role.SETUP:
                self._add("start", cell)

    def add_wrong(self, answer):
        """The checks that an answer can change, and before them what they rest on, where it is not so yet."""
        sample = f"wrong:{answer.name}"
        for place, cell in enumerate(self._cells):
            if role_of(cell) is Role.CHECK:
                needed = self._needed(place)
                if grade_id(cell) in answer.loses or any(self._is_touched(one, answer) for one in needed):
                    for one in needed:
                        self._have(one, sample if self._is_touched(one, answer) else "solution")
                    self._add(sample, cell)

    def add_unsolved(self):
        """Every cell behind the setup, with the tasks as released; nothing of an answer is left."""
        names = sorted({name for bound, _ in self._names for name in bound})
        self._add("unsolved", new_code_cell(f"for name in {names}:\n    globals().pop(name, None)"))
        self._add_whole("unsolved")

    def add_solution(self):
        """Every cell behind the setup, solved."""
        self._add_whole("solution")

    def handed_in(self):
        """The assignment's notebook, and a submission of what was answered."""
        made = []
        for cells in (self.assignment, self.answered):
            notebook = deepcopy(self._course.notebook)
            notebook.cells = cells
            made.append(notebook)
        return made[0], Submission("kim", self._course.exercise.name, made[1], (), (), "")

    def _needed(self, place):
        """Cells before this one that bind what it uses, or what those use; in their order."""
        found, open_names = set(), set(self._names[place][1])
        while open_names:
            name = open_names.pop()
            for one in range(place):
                if one not in found and name in self._names[one][0] and not self._is_check(one):
                    found.add(one)
                    open_names |= self._names[one][1]
        return sorted(found)

    def _is_check(self, place):
        return role_of(self._cells[place]) is Role.CHECK

    def _is_touched(self, place, answer):
        """Whether a cell is an answer's own, or rests on one that is."""
        return any(grade_id(self._cells[one]) in answer.tasks for one in (place, *self._needed(place)))

    def _have(self, place, sample):
        if self._state.get(place) != sample:
            self._add(sample, self._cells[place])
            self._state[place] = sample

    def _add_whole(self, sample):
        for cell in self._cells:
            self._add(sample, cell)

    def _add(self, sample, cell):
        number, key = len(self.answered), grade_id(cell)
        answer = cell.source
        if key in self._course.stubs:
            answer = self._answers[sample].get(key, self._course.stubs[key])
        for cells, source in ((self.assignment, cell.source), (self.answered, answer)):
            copy = deepcopy(cell)
            copy.id, copy.source = f"cell-{number}", source
            if key:
                copy.metadata.nbgrader.grade_id = f"{key}-{number}"
            cells.append(copy)
        if role_of(cell) is Role.CHECK:
            self.checks[f"{key}-{number}"] = (sample, key)


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def names_of(source):
    """Names that a cell binds or changes, and those it takes from other cells."""
    text = without_magics(source)
    tables, used, bound = [symtable.symtable(text, "<cell>", "exec")], set(), set(bindings(source).names)
    for table in tables:
        tables += table.get_children()
        used |= {one.get_name() for one in table.get_symbols() if one.is_global() and one.is_referenced()}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            bound |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)} & used
    return bound, used - set(bindings(source).names)


# ------------------------------------------------------------------------------------ the tests


def outcome(graded):
    return {mark.check: (mark.points, mark.max_points, mark.hint) for mark in graded.marks}


def lost(marks):
    return {check for check, (points, most, _) in marks.items() if points is not None and points < most}


def keeps(answer, marks):
    """Whether a wrong answer loses its checks, no others, and draws its hint."""
    return lost(marks) == set(answer.loses) and answer.hint in {hint for _, _, hint in marks.values()}


#: A live one, such as a progress bar: its state is not in a notebook, and the sandbox's outputs leave it out.
WIDGET = "application/vnd.jupyter.widget-view+json"


def kinds(graded):
    """What sorts of outputs each cell has; streams may be cut into other pieces."""
    return {
        f"{index} {grade_id(cell) or ''}": sorted(
            "+".join(sorted(set(output.get("data", {})) - {"text/plain"})) or output["output_type"]
            for output in cell.get("outputs", [])
            if output["output_type"] != "stream" and WIDGET not in output.get("data", {})
        )
        for index, cell in enumerate(graded.notebook.cells)
        if cell.cell_type == "code"
    }


def worth(sections, graded):
    """The marks of each section."""
    marks = {}
    for key, mark in outcome(graded).items():
        sample, check = sections.checks[key]
        marks.setdefault(sample, {})[check] = mark
    return marks


def assert_all_kept(course, wrong, marks, judge, folder):
    """Wrong answers keep their promises, alone where they do not among the others."""
    for answer in wrong:
        sample = f"wrong:{answer.name}"
        if not keeps(answer, marks[sample]):
            alone = judge.grade(course.handed_in(sample, folder), course.notebook, course.settings)
            assert_kept(answer, outcome(alone))


def assert_kept(answer, marks):
    assert (answer.name, lost(marks)) == (answer.name, set(answer.loses))
    assert answer.hint in {hint for _, _, hint in marks.values()}, answer.name


@every_exercise
def test_known_answers_have_the_same_points_in_both_engines(name, tmp_path, monkeypatch):
    monkeypatch.setenv("BIOLABKIT_DATA", REAL)
    course = Course(name, "ko")
    wrong = course.exercise.wrong_answers
    sections = Sections(course)
    for answer in wrong:
        sections.add_wrong(answer)
    sections.add_unsolved()
    sections.add_solution()
    assignment, submission = sections.handed_in()
    with course.open("judge") as judge, tempfile.TemporaryDirectory(dir=SCRATCH) as scratch:
        ours = judge.grade(submission, assignment, course.settings)
        theirs = ReferenceEngine(Path(scratch)).grade(submission, assignment, course.settings)
        assert outcome(ours) == outcome(theirs)
        assert kinds(ours) == kinds(theirs)
        assert ours.problems == ()
        marks = worth(sections, ours)
        assert sum(points for points, _, _ in marks["unsolved"].values()) == 0
        assert lost(marks["solution"]) == set()
        assert_all_kept(course, wrong, marks, judge, tmp_path)


@every_exercise
def test_known_answers_have_their_points_in_english_too(name, tmp_path, monkeypatch):
    monkeypatch.setenv("BIOLABKIT_DATA", "simulated")  # as if nothing could be fetched
    course = Course(name, "en")
    wrong = course.exercise.wrong_answers
    sections = Sections(course)
    for answer in wrong:
        sections.add_wrong(answer)
    assignment, submission = sections.handed_in()
    with course.open("judge") as judge:
        for sample, share, essay_points in (("solution", 1.0, None), ("unsolved", 0.0, 0.0)):
            graded = judge.grade(course.handed_in(sample, tmp_path), course.notebook, course.settings)
            assert graded.problems == ()
            essays = {cell.grade_id for cell in course.exercise.of_kind("essay")}
            assert {mark.check: mark.points for mark in graded.marks} == {
                check: essay_points if check in essays else share * most
                for check, most in course.exercise.points.items()
            }
            assert complaining(graded) <= ({"grade", "solution"} if sample == "unsolved" else set())
        graded = judge.grade(submission, assignment, course.settings)
        assert graded.problems == ()
        assert_all_kept(course, wrong, worth(sections, graded), judge, tmp_path)


def complaining(graded):
    """What nbgrader calls the cells that stop or write to stderr: "grade", "solution" or their source."""
    found = set()
    for cell in graded.notebook.cells:
        if {"error", "stderr"} & {one.get("name", one.output_type) for one in cell.get("outputs", [])}:
            marks = cell.metadata.get("nbgrader", {})
            found.add(next((mark for mark in ("grade", "solution") if marks.get(mark)), cell.source))
    return found


@pytest.mark.skipif(not os.environ.get("BIOLAB_FULL"), reason="takes minutes: set BIOLAB_FULL=1")
@every_exercise
@pytest.mark.parametrize(
    ("language", "data"), [("en", "simulated"), ("ko", REAL)], ids=["en-simulated", f"ko-{REAL}"]
)
def test_each_known_answer_alone_has_the_same_points_in_both_engines(
    name, language, data, tmp_path, monkeypatch
):
    monkeypatch.setenv("BIOLABKIT_DATA", data)
    course = Course(name, language)
    handed_in = {sample: course.handed_in(sample, tmp_path) for sample in course.known}

    def run(engine):
        with course.open(engine) as opened, ThreadPoolExecutor(default_workers()) as pool:
            graded = pool.map(
                lambda one: opened.grade(one, course.notebook, course.settings), handed_in.values()
            )
            return {
                sample: (outcome(each), kinds(each)) for sample, each in zip(handed_in, graded, strict=True)
            }

    judge, nbgrader = run("judge"), run("nbgrader")
    assert judge == nbgrader
    marks = {sample: found for sample, (found, _) in judge.items()}
    assert sum(points or 0 for points, _, _ in marks["unsolved"].values()) == 0
    assert lost(marks["solution"]) == set()
    for answer in course.exercise.wrong_answers:
        assert_kept(answer, marks[f"wrong:{answer.name}"])
