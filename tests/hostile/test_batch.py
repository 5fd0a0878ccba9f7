"""Attackers and honest learners are graded: nobody gets more, nobody less, and nothing else changes."""

import json
import re
from pathlib import Path

import nbformat
from hostile_course import EXERCISE

import hostile
from biolabkit_autograder.report import load_evidence
from biolabkit_autograder.store import open_gradebook

#: What only the course knows: parts of hidden checks and values that they expect.
_HIDDEN = ("hidden_cases", "ATGTAATCTGTAATC", "ATGCCCATGATGATG", "TCCCCCAAACCCCCC", "61409")
#: What a submitted file and the outputs of one cell of the target exercise may have.
INTAKE_LIMIT, OUTPUT_LIMIT = 20 * 2**20, 1_000_000
#: Far above what it takes, and far below what waiting for any one attack would take.
_MOST_SECONDS = 400


def test_attackers_get_what_they_honestly_earned(run):
    batch = run.batch
    found = {
        name: (batch.earned(learner), hostile.ATTACKS[name].earns)
        for learner, name in batch.classroom.attackers.items()
    }
    wrong = {name: pair for name, pair in found.items() if pair[0] != pair[1]}
    told = {
        name: batch.outcomes[who].problems for who, name in batch.classroom.attackers.items() if name in wrong
    }
    assert wrong == {}, told


def test_honest_learners_keep_every_point(run):
    batch = run.batch
    points = {learner: batch.earned(learner) for learner in batch.classroom.honest}
    assert points == dict.fromkeys(points, hostile.FULL_POINTS)
    assert [batch.outcomes[learner].problems for learner in points if batch.outcomes[learner].problems] == []


def test_the_batch_ends(run):
    assert len(run.batch.outcomes) == len(run.batch.classroom.attackers) + len(run.batch.classroom.honest)
    assert run.batch.seconds < _MOST_SECONDS


def test_the_grader_s_own_memory_has_bounds(run):
    assert run.batch.peak_memory < (300 + 100 * run.batch.workers) * 2**20


def test_nothing_outside_changed(run):
    before, after = run.batch.before, run.batch.after
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == set()
    assert run.traps.planted() == []


def test_nobody_was_reached(run):
    assert run.traps.reached() == []


def test_nothing_stays_alive(run):
    assert run.traps.alive() == {}


def test_nobody_got_out_or_read_a_secret(run):
    batch = run.batch
    found = []
    for learner, name in batch.classroom.attackers.items():
        text = batch.autograded(learner) + batch.classroom.course.evidence(EXERCISE, learner).read_text()
        found += [f"{name}: {line}" for line in _printed(batch.autograded(learner)) if "ESCAPED:" in line]
        found += [f"{name}: {kind}" for kind, secret in run.traps.secrets.items() if secret in text]
    assert found == []


def test_the_gradebook_holds_the_same_points(run):
    batch = run.batch
    with open_gradebook(batch.classroom.course) as gradebook:
        rows = {
            submission.student.id: sum(grade.auto_score or 0.0 for grade in submission.notebooks[0].grades)
            for submission in gradebook.assignment_submissions(EXERCISE)
        }
    graded = {one.learner: one.points for one in batch.outcomes.values() if one.status == "graded"}
    assert rows == graded


def test_hitting_a_limit_is_told_in_a_sentence(run):
    batch = run.batch
    silent = []
    for learner, name in batch.classroom.attackers.items():
        problems = batch.outcomes[learner].problems
        if hostile.ATTACKS[name].told and not problems:
            silent.append(name)
    assert silent == []


def test_a_refusal_is_one_line_and_in_the_report(run):
    batch = run.batch
    records = {one["learner"]: one for one in load_evidence(batch.classroom.course.folder / "evidence")}
    refused = [one for one in batch.outcomes.values() if one.status == "refused"]
    for one in refused:
        (problem,) = one.problems
        assert re.fullmatch(r"[^\x00-\x1f\x7f]{20,300}", problem)
        assert not re.search("Error|Traceback", problem), problem
        assert records[one.learner]["problems"] == [problem]
    names = {batch.classroom.attackers[one.learner] for one in refused}
    assert names == {
        name for name in batch.classroom.attackers.values() if hostile.ATTACKS[name].earns == hostile.REFUSED
    }


def test_problems_are_one_line_each(run):
    for one in run.batch.outcomes.values():
        for problem in one.problems:
            assert re.fullmatch(r"[^\x00-\x1f\x7f]+", problem)


def test_graded_notebooks_are_notebooks(run):
    for learner in run.batch.classroom.attackers:
        if text := run.batch.autograded(learner):
            nbformat.validate(json.loads(text))


def test_what_is_kept_has_bounds(run, pages):
    batch, large = run.batch, []
    for learner, name in batch.classroom.attackers.items():
        sizes = {
            "evidence": batch.classroom.course.evidence(EXERCISE, learner).stat().st_size / 1e5,
            "notebook": len(batch.autograded(learner)) / (INTAKE_LIMIT + 20 * OUTPUT_LIMIT),
            "page": Path(pages[learner]).stat().st_size / 5e6,
        }
        large += [(name, what, size) for what, size in sizes.items() if size > 1]
    assert large == []


def test_what_learners_receive_holds_nothing_hidden(run, pages):
    found = []
    for learner, path in pages.items():
        text = Path(path).read_text(encoding="utf-8")
        name = run.batch.classroom.attackers.get(learner, "honest")
        found += [f"{name}: {word}" for word in _HIDDEN if word in text]
        # what functions print and display while a check calls them
        found += [f"{name}: {told}" for told in re.findall(r"TOLD [A-Z0-9.]+", text)]
    assert found == []


def _printed(notebook):
    """Every line of every output of a notebook."""
    if not notebook:
        return
    for cell in json.loads(notebook)["cells"]:
        for output in cell.get("outputs", []):
            parts = [output.get("text", ""), output.get("evalue", ""), *output.get("data", {}).values()]
            for part in parts:
                yield from ("".join(part) if isinstance(part, list) else str(part)).splitlines()
