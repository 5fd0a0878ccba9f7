"""Which exercises fit the hours: prerequisites kept, as many of the wanted competencies as can be.

The choice is a small integer programme, solved exactly by SciPy's HiGHS: a greedy choice would sometimes say
that the hours are too few where they are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush

import numpy as np

from biolabkit.errors import InputError, UnknownNameError

__all__ = ["Candidate", "LeftOut", "Plan", "Step", "make_plan"]


@dataclass(frozen=True)
class Candidate:
    """An exercise that a course may have.

    Attributes
    ----------
    name, track : str
        As in exercise.toml.
    minutes : int
        What it takes a learner.
    competencies : tuple of str
        Codes, for example ``("E", "R3")``.
    prerequisites : tuple of str
        Names of the exercises that come before it.
    title : str
        In the language of the plan.
    """

    name: str
    track: str
    minutes: int
    competencies: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Step:
    """A chosen exercise.

    Attributes
    ----------
    exercise : Candidate
        The exercise.
    teaches : tuple of str
        The wanted competencies that it teaches.
    prepares : tuple of str
        The chosen exercises that it is a direct prerequisite of.
    """

    exercise: Candidate
    teaches: tuple[str, ...]
    prepares: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """An exercise that was not chosen, and why, in a sentence."""

    exercise: Candidate
    reason: str


@dataclass(frozen=True)
class Plan:
    """What `make_plan` found.

    Attributes
    ----------
    steps : tuple of Step
        In the order in which they are to be worked on.
    left_out : tuple of LeftOut
        Every other exercise.
    minutes : int
        The time there is.
    wanted, covered : tuple of str
        Competencies that were asked for, and those that the plan teaches.
    untaught : tuple of str
        Wanted competencies that no exercise teaches, whatever the hours.
    needed : int
        The fewest minutes that teach all that can be taught.
    """

    steps: tuple[Step, ...]
    left_out: tuple[LeftOut, ...]
    minutes: int
    wanted: tuple[str, ...]
    covered: tuple[str, ...]
    untaught: tuple[str, ...]
    needed: int

    @property
    def names(self) -> list[str]:
        """The chosen exercises in their order."""
        return [step.exercise.name for step in self.steps]

    @property
    def used(self) -> int:
        """Minutes of the chosen exercises."""
        return sum(step.exercise.minutes for step in self.steps)

    @property
    def notes(self) -> list[str]:
        """What the hours or the exercises do not give, a sentence each."""
        notes = []
        lacking = [code for code in self.wanted if code not in (*self.covered, *self.untaught)]
        if lacking:
            notes.append(
                f"{_hours(self.minutes)} are too few for {', '.join(lacking)}: "
                f"all that was asked for takes at least {_hours(self.needed)}"
            )
        if self.untaught:
            notes.append(f"no exercise here teaches {', '.join(self.untaught)}")
        return notes


def make_plan(
    candidates: Iterable[Candidate],
    minutes: int,
    competencies: Sequence[str] = (),
    tracks: Sequence[str] = (),
) -> Plan:
    """Choose the exercises of a course.

    In this order: as many of the wanted competencies as can be; then each of them as often as can be,
    counted over the exercises; then the least time; then what comes first in the order of `tracks` and names.
    The same exercises give the same plan, in whatever order they come.

    Parameters
    ----------
    candidates : iterable of Candidate
        All exercises there are.
    minutes : int
        The time for them, in minutes.
    competencies : sequence of str
        What is to be taught; all that the exercises teach when it is left out.
    tracks : sequence of str
        Only exercises of these, prerequisites aside; all when it is left out.

    Raises
    ------
    UnknownNameError
        When no exercise is of one of the tracks.
    InputError
        When the minutes are not positive, or prerequisites go in a circle.
    """
    if minutes <= 0:
        raise InputError(f"expected some hours for the exercises, found {minutes / 60:g}; give --hours 6")
    choice = _Choice(list(candidates), list(dict.fromkeys(competencies)), list(dict.fromkeys(tracks)))
    return choice.plan(minutes)


class _Choice:
    """The exercises in a fixed order, and what can be said of them before there are hours."""

    def __init__(self, candidates: list[Candidate], wanted: list[str], tracks: list[str]) -> None:
        known = sorted({one.track for one in candidates})
        for track in tracks:
            if track not in known:
                raise UnknownNameError("track among these exercises", track, known)
        places = {track: place for place, track in enumerate([*tracks, *(set(known) - set(tracks))])}
        if not tracks:
            places = {track: place for place, track in enumerate(known)}
        self.tracks = set(tracks or known)
        self.all = sorted(candidates, key=lambda one: (places[one.track], one.name))
        self.by_name = {one.name: one for one in self.all}
        taught = sorted({code for one in self.all if one.track in self.tracks for code in one.competencies})
        self.wanted = tuple(wanted or taught)
        self.order = self._in_order()

    @cached_property
    def usable(self) -> list[Candidate]:
        """The exercises all of whose prerequisites are there."""
        return [one for one in self.all if not self.missing(one)]

    @cached_property
    def relevant(self) -> list[Candidate]:
        """The usable exercises that are of the tracks and teach something wanted."""
        return [one for one in self.usable if one.track in self.tracks and self.teaches(one)]

    @cached_property
    def untaught(self) -> tuple[str, ...]:
        """Wanted competencies that no exercise teaches."""
        taught = {code for one in self.relevant for code in one.competencies}
        return tuple(code for code in self.wanted if code not in taught)

    def teaches(self, one: Candidate) -> tuple[str, ...]:
        """The wanted competencies of an exercise."""
        return tuple(code for code in self.wanted if code in one.competencies)

    def bundle(self, one: Candidate) -> dict[str, Candidate | None]:
        """An exercise with all that comes before it, by name; None for what is not there."""
        found: dict[str, Candidate | None] = {}
        names = [one.name]
        while names:
            name = names.pop()
            if name not in found:
                found[name] = self.by_name.get(name)
                names += (found[name] or Candidate(name, "", 0)).prerequisites
        return found

    def missing(self, one: Candidate) -> list[str]:
        """Prerequisites that are not among the exercises."""
        return sorted(name for name, found in self.bundle(one).items() if found is None)

    def plan(self, minutes: int) -> Plan:
        """Choose for some time."""
        programme = _Programme(self)
        needed = programme.fewest_minutes()
        chosen = programme.choose(minutes)
        steps = tuple(
            Step(
                one,
                self.teaches(one) if one in self.relevant else (),
                tuple(other for other in self.order if other in chosen and self._is_before(one, other)),
            )
            for one in (self.by_name[name] for name in self.order if name in chosen)
        )
        left = minutes - sum(step.exercise.minutes for step in steps)
        left_out = tuple(
            LeftOut(one, self._reason(one, chosen, left)) for one in self.all if one.name not in chosen
        )
        taught = {code for step in steps for code in step.teaches}
        covered = tuple(code for code in self.wanted if code in taught)
        return Plan(steps, left_out, minutes, self.wanted, covered, self.untaught, needed)

    def _is_before(self, one: Candidate, other: str) -> bool:
        return one.name in self.by_name[other].prerequisites

    def _reason(self, one: Candidate, chosen: set[str], left: int) -> str:
        if missing := self.missing(one):
            return f"needs what is not among the exercises: {', '.join(missing)}"
        if one.track not in self.tracks:
            return f"is of the track {one.track}, which was not asked for"
        if not self.teaches(one):
            return f"teaches none of {', '.join(self.wanted)}"
        others = [other for other in self.bundle(one).values() if other and other.name not in chosen]
        takes = sum(other.minutes for other in others)
        with_what = [name for name in self.order if name in {other.name for other in others} - {one.name}]
        prepared = f" with {', '.join(with_what)} before it" if with_what else ""
        return f"takes {takes} min{prepared}; {left} min are left"

    def _in_order(self) -> list[str]:
        """All names, each after its prerequisites, else as they are sorted."""
        place = {one.name: number for number, one in enumerate(self.all)}
        waits = {one.name: {name for name in one.prerequisites if name in place} for one in self.all}
        ready = [place[name] for name, before in waits.items() if not before]
        heapify(ready)
        order: list[str] = []
        while ready:
            done = self.all[heappop(ready)].name
            order.append(done)
            for name, before in waits.items():
                if done in before:
                    before.remove(done)
                    if not before:
                        heappush(ready, place[name])
        if len(order) < len(self.all):
            circle = ", ".join(name for name in place if name not in order)
            raise InputError(f"the prerequisites of these exercises go in a circle: {circle}; remove one")
        return order


class _Programme:
    """The integer programme: a variable for each usable exercise, then one for each competency to cover.

    All numbers are small integers, so every optimum is found exactly.
    """

    def __init__(self, choice: _Choice) -> None:
        self.exercises = choice.usable
        self.codes = [code for code in choice.wanted if code not in choice.untaught]
        count = len(self.exercises)
        self.size = count + len(self.codes)
        self.minutes = self._row({place: one.minutes for place, one in enumerate(self.exercises)})
        self.often = self._row(
            {
                place: len(choice.teaches(one))
                for place, one in enumerate(self.exercises)
                if one.track in choice.tracks
            }
        )
        self.covered = self._row({count + place: 1 for place in range(len(self.codes))})
        places = {one.name: place for place, one in enumerate(self.exercises)}
        self.rules: list[tuple[np.ndarray, float]] = []  # each: row @ x <= bound
        for one in self.exercises:
            for name in one.prerequisites:
                self.rules.append((self._row({places[one.name]: 1, places[name]: -1}), 0))
        for number, code in enumerate(self.codes):
            teachers = [places[one.name] for one in choice.relevant if code in one.competencies]
            self.rules.append((self._row({count + number: 1} | dict.fromkeys(teachers, -1)), 0))

    def _row(self, values: Mapping[int, float]) -> np.ndarray:
        row = np.zeros(self.size)
        row[list(values)] = list(values.values())
        return row

    def fewest_minutes(self) -> int:
        """The least time that covers every competency that can be."""
        everything = (-self.covered, -len(self.codes))
        return self._best(-self.minutes, [*self.rules, everything]) * -1

    def choose(self, minutes: int) -> set[str]:
        """The names of the exercises that are best for some time."""
        rules = [*self.rules, (self.minutes, minutes)]
        for objective in (self.covered, self.often, -self.minutes):
            rules.append((-objective, -self._best(objective, rules)))
        chosen: set[str] = set()
        for place, one in enumerate(self.exercises):  # of several best ones: the first in the order
            with_it = (self._row({place: -1}), -1)
            if self._solve(self.covered, [*rules, with_it]) is not None:
                rules.append(with_it)
                chosen.add(one.name)
            else:
                rules.append((self._row({place: 1}), 0))
        return chosen

    def _best(self, objective: np.ndarray, rules: list[tuple[np.ndarray, float]]) -> int:
        best = self._solve(objective, rules)
        assert best is not None, "choosing nothing is always allowed"
        return best

    def _solve(self, objective: np.ndarray, rules: list[tuple[np.ndarray, float]]) -> int | None:
        """The greatest value of an objective under rules; None when they cannot be kept."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        if not self.size:
            return 0
        found = milp(
            -objective,
            integrality=np.ones(self.size),
            bounds=Bounds(0, 1),
            constraints=[LinearConstraint(row, ub=bound) for row, bound in rules],
            options={"mip_rel_gap": 0},
        )
        return None if found.x is None else round(float(objective @ np.round(found.x)))


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.4g} hours"
