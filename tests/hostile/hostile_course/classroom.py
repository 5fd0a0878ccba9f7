"""A course whose learners are attackers, with an honest one in every row."""

import os
import re
import shutil
from pathlib import Path

import hostile
from biolabkit_autograder.authoring import find_exercises, notebook_bytes, samples
from biolabkit_autograder.course import open_course
from biolabkit_autograder.roster import Learner
from biolabkit_autograder.workflow.build import build
from biolabkit_autograder.workflow.new import NewCourse, create
from biolabkit_autograder.workflow.release import release

EXERCISE = "genome-90-target"
SOURCES = Path(hostile.__file__).parent / "exercise"
_ROW = 12


class Classroom:
    """A released course and who sits where.

    Parameters
    ----------
    folder : Path
        Empty; the course and copies of the exercise's sources are made in it.
    attacks : list of str
        Names of the attacks that are handed in.
    patience : int
        By how much the exercise's time limits are longer than they are.
    """

    def __init__(self, folder, attacks, patience=1):
        self.folder = folder
        self.sources = folder / "sources"
        shutil.copytree(SOURCES, self.sources)
        _lengthen(self.sources, patience)
        self.attackers, self.honest = _seats(attacks)
        learners = [Learner(who, f"Learner {who}") for who in sorted([*self.attackers, *self.honest])]
        made = create(
            folder / "course",
            NewCourse(
                id="hostile",
                title_en="Attacks",
                title_ko="공격",
                language="en",
                timezone="Asia/Seoul",
                sources=[self.sources],
                exercises=[EXERCISE],
                learners=learners,
            ),
        )
        build(made)
        release(made)
        self.course = open_course(made.folder)

    @property
    def neighbour(self):
        """One of the honest learners."""
        return self.honest[len(self.honest) // 2]

    def hand_in(self, targets, secret):
        """Put everybody's notebook in its place; the secret stands in what honest learners wrote."""
        released = self.course.notebook("release", EXERCISE).read_bytes()
        honest = samples(find_exercises(self.sources)[EXERCISE], "en")["solution"]
        essay = next(cell for cell in honest.cells if cell.id == "essay-why")
        essay.source += f"\n\n{secret}"
        solved = notebook_bytes(honest)
        for learner in self.honest:
            self._place(learner).joinpath(f"{EXERCISE}.ipynb").write_bytes(solved)
        for learner, name in self.attackers.items():
            hostile.ATTACKS[name].place(self._place(learner), released, targets)

    def _place(self, learner):
        folder = self.course.notebook("submitted", EXERCISE, learner).parent
        folder.mkdir(parents=True)
        return folder

    def path(self, step, learner):
        """Where a step's notebook or page of a learner is."""
        return self.course.notebook(step, EXERCISE, learner)


def _lengthen(sources, patience):
    """Multiply the limits of time."""
    (meta,) = sources.rglob("exercise.toml")
    limits = re.sub(
        r"(?m)^(seconds\w*) = (\d+)$", lambda one: f"{one[1]} = {patience * int(one[2])}", meta.read_text()
    )
    meta.write_text(limits)


def _seats(attacks):
    """Ids in the order in which submissions are graded, every twelfth seat an honest learner's."""
    attackers, honest = {}, []
    waiting = list(attacks)
    while waiting or len(honest) < 2:
        who = f"kim{len(attackers) + len(honest):03}"
        if (len(attackers) + len(honest)) % _ROW == 0 or not waiting:
            honest.append(who)
        else:
            attackers[who] = waiting.pop(0)
    return attackers, [*honest]


def open_to_all(folder):
    """Let every user of this machine enter a test's folder: only the sandbox's walls are to be tested."""
    for parent in (folder, *folder.parents[:-2]):
        if parent.stat().st_uid == os.getuid() and parent.name != "tmp":
            parent.chmod(0o777)
