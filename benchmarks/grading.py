"""How fast a cohort is graded: ``biolab course grade`` beside nbgrader, otter and the floor, in one run.

``python benchmarks/grading.py --help`` lists the options; README.md says what is measured and how.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from _cohort import Cohort, data_used, make_cohort, points, write_for_floor
from _floor import children_cpu
from _memory import PeakMemory
from _peers import Otter, grade_with_nbgrader

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent / "exercises"
#: The authors' example, and each exercise by its track and number: genome-05, health-02 …
EXERCISES = {"light": (HERE.parent / "tests" / "authoring" / "example", "genome-01-gc-content")} | {
    f"{folder.parent.name}-{folder.name[:2]}": (SOURCES, f"{folder.parent.name}-{folder.name}")
    for folder in sorted(SOURCES.glob("*/[0-9][0-9]-*"))
}
#: nbgrader is timed on cohorts of these sizes: the difference is what submissions cost, the rest its start.
FEW, MORE = 2, 8
SINGLES = 5
PACKAGES = ("biolabkit", "nbgrader", "nbclient", "ipykernel", "ipython", "numpy", "pandas", "scikit-learn")


@dataclass(frozen=True)
class Timing:
    """Seconds of a run: wall, and CPU of all its processes."""

    wall: float
    cpu: float = 0.0

    @classmethod
    def median(cls, found: "list[Timing]") -> "Timing":
        return cls(statistics.median(one.wall for one in found), statistics.median(one.cpu for one in found))


@dataclass
class Samples:
    """What was measured, several times over."""

    ours: dict[int, list[Timing]] = field(default_factory=dict)
    floor_all: dict[int, list[Timing]] = field(default_factory=dict)
    floor_own: dict[int, list[Timing]] = field(default_factory=dict)
    cells: list[float] = field(default_factory=list)
    nbgrader: dict[int, list[float]] = field(default_factory=dict)
    otter: list[float] = field(default_factory=list)

    def nbgrader_seconds(self, size: int) -> float:
        """What nbgrader takes for a cohort, from its start and what each submission adds."""
        few, more = (statistics.median(self.nbgrader[count]) for count in (FEW, MORE))
        each = (more - few) / (MORE - FEW)
        return few + (size - FEW) * each


class Benchmark:
    """All measurements of one exercise."""

    def __init__(self, name: str, options: argparse.Namespace, folder: Path) -> None:
        sources, self.exercise = EXERCISES[name]
        self.options, self.folder = options, folder
        self.environment = {**os.environ, "BIOLABKIT_CACHE": str(folder / "cache")}
        os.environ["BIOLABKIT_CACHE"] = self.environment["BIOLABKIT_CACHE"]
        self.data = data_used(sources, self.exercise, self.environment)
        largest = make_cohort(sources, self.exercise, max(MORE, *options.sizes), folder / "largest")
        self.cohorts = {
            size: largest.copy(folder / f"cohort-{size}", size) for size in {*options.sizes, FEW, MORE}
        }
        for size, cohort in self.cohorts.items():
            write_for_floor(cohort, folder / f"floor-{size}.json")
        self.samples = Samples()
        self.our_points: dict[str, float] = {}
        self.their_points: dict[str, dict[str, float]] = {"nbgrader": {}, "otter": {}}

    def run(self) -> None:
        """One round of everything, as often as asked for, so that a busy minute hits all alike."""
        otter = self._otter()
        for _ in range(self.options.repeats):
            for size in self.options.sizes:
                self.samples.ours.setdefault(size, []).append(self.grade(size))
                for which, found in (("all", self.samples.floor_all), ("own", self.samples.floor_own)):
                    found.setdefault(size, []).append(self.floor(size, which))
            if self.options.brief:
                continue
            self._run_nbgrader()
            if otter is not None:
                self._run_otter(otter)

    def grade(self, size: int) -> Timing:
        """Grade a cohort that nobody has graded yet, as one command."""
        cohort = self.cohorts[size].copy(self.folder / "run")
        began, cpu = time.perf_counter(), children_cpu()
        self._finish(self.command(cohort, "--workers", self.options.workers))
        found = Timing(time.perf_counter() - began, children_cpu() - cpu)
        self.our_points |= points(cohort)
        return found

    def command(self, cohort: Cohort, *more: object) -> "subprocess.Popen[str]":
        """Start ``biolab course grade``."""
        arguments = ["-m", "biolabkit.cli", "course", "grade", "--course", cohort.folder, *more]
        return subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def floor(self, size: int, which: str) -> Timing:
        """Run the cells of a cohort's submissions alone."""
        found = json.loads(self._finish(self._floor(size, which)))
        if which == "all":
            self.samples.cells += found["seconds"].values()
        return Timing(found["wall"], found["cpu"])

    def _floor(self, size: int, which: str) -> "subprocess.Popen[str]":
        command = [sys.executable, HERE / "_floor.py", self.folder / f"floor-{size}.json"]
        return subprocess.Popen(
            [*map(str, command), str(self.options.workers), which],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _finish(self, process: "subprocess.Popen[str]") -> str:
        out, err = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{process.args} ended with {process.returncode}: {err[-2000:]}")
        return out

    def _run_nbgrader(self) -> None:
        for size in (FEW, MORE):
            cohort = self.cohorts[size].copy(self.folder / "run")
            seconds, found = grade_with_nbgrader(cohort, self.environment)
            self.samples.nbgrader.setdefault(size, []).append(seconds)
            self.their_points["nbgrader"] |= found

    def _otter(self) -> Otter | None:
        if self.options.otter_python is None:
            return None
        cohort = self.cohorts[MORE]
        return Otter(self.options.otter_python, cohort, self.folder / "otter", self.environment)

    def _run_otter(self, otter: Otter) -> None:
        for learner in self.cohorts[FEW].learners:
            seconds, found = otter.grade(learner)
            self.samples.otter.append(seconds)
            self.their_points["otter"][learner] = found

    def one_learner(self) -> tuple[float, float, float]:
        """Seconds of one submission as a command: the first time, after that (median), and its own cells."""
        cohort = self.cohorts[MORE].copy(self.folder / "run")
        learner = cohort.learners[0]
        seconds = []
        for _ in range(SINGLES + 1):
            began = time.perf_counter()
            self._finish(self.command(cohort, "--learner", learner, "--again"))
            seconds.append(time.perf_counter() - began)
        cells = []
        for _ in range(3):
            found = json.loads(self._finish(self._floor(FEW, "all")))
            cells.append(found["seconds"][learner])
        return seconds[0], statistics.median(seconds[1:]), statistics.median(cells)

    def memory(self, size: int) -> tuple[PeakMemory, PeakMemory]:
        """Peak memory of a run, and of the floor's."""
        found = []
        cohort = self.cohorts[size].copy(self.folder / "run")
        workers = self.options.workers
        starts = (lambda: self.command(cohort, "--workers", workers), lambda: self._floor(size, "all"))
        for start in starts:
            process = start()
            with PeakMemory(process) as peak:
                self._finish(process)
            found.append(peak)
        return found[0], found[1]

    def inside(self) -> dict[str, float]:
        """Seconds of one submission by part, one at a time."""
        cohort = self.cohorts[MORE].copy(self.folder / "run")
        command = [sys.executable, HERE / "_inside.py", cohort.folder, cohort.exercise, MORE]
        done = subprocess.run(
            [str(part) for part in command], env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        parts: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return parts


def main() -> None:
    options = read_options()
    print_machine(options)
    for name in options.exercises:
        with tempfile.TemporaryDirectory(prefix="biolab-benchmark-", dir=options.folder) as folder:
            benchmark = Benchmark(name, options, Path(folder))
            print(f"\n== {benchmark.exercise}; data: {benchmark.data}", flush=True)
            benchmark.run()
            print_speed(benchmark)
            if options.brief:
                continue
            print_points(benchmark)
            print_inside(benchmark)
            print_one_learner(benchmark)
            print_memory(benchmark)
    print(f"\nload at the end: {load()}")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", default=["light"], help=f"of {', '.join(EXERCISES)}")
    parser.add_argument("--sizes", nargs="+", type=int, default=[40, 500], help="submissions in a cohort")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repeats", type=int, default=3, help="rounds; medians are printed")
    parser.add_argument(
        "--otter-python", type=Path, help="an interpreter with otter-grader, ipykernel and biolabkit"
    )
    parser.add_argument("--brief", action="store_true", help="only ours and the floor")
    parser.add_argument("--folder", type=Path, help="where the courses are made; the system's if not given")
    options = parser.parse_args()
    unknown = set(options.exercises) - set(EXERCISES)
    if unknown:
        parser.error(f"there is no exercise {', '.join(unknown)}; known: {', '.join(EXERCISES)}")
    return options


def print_machine(options: argparse.Namespace) -> None:
    from biolabkit_autograder.sandbox import detect

    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    print(f"{platform.platform()}, Python {platform.python_version()}, {versions}")
    cores = len(os.sched_getaffinity(0))
    print(f"cores: {cores}; workers: {options.workers}; isolation: {detect().level}; load before: {load()}")


def load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def print_speed(benchmark: Benchmark) -> None:
    samples = benchmark.samples
    print(f"cells of one submission, checks included: {statistics.median(samples.cells):.3f} s (median)")
    for size in benchmark.options.sizes:
        ours = Timing.median(samples.ours[size])
        runs = [one.wall for one in samples.ours[size]]
        print(f"cohort of {size} ({len(runs)} runs of ours: {min(runs):.1f} to {max(runs):.1f} s)")
        print_row("biolab course grade", ours, size)
        for name, found in (
            ("floor: every cell", samples.floor_all),
            ("floor: no checks", samples.floor_own),
        ):
            floor = Timing.median(found[size])
            ratios = f"ours: {ours.wall / floor.wall:.2f} x its wall, {ours.cpu / floor.cpu:.2f} x its CPU"
            print_row(name, floor, size, ratios)
        if samples.nbgrader:
            nbgrader = Timing(samples.nbgrader_seconds(size))
            how = f"reckoned from runs of {FEW} and {MORE}"
            print_row("nbgrader autograde", nbgrader, size, f"{nbgrader.wall / ours.wall:.1f} x ours; {how}")
        if samples.otter:
            otter = Timing(statistics.median(samples.otter) * size)
            how = f"reckoned from {len(samples.otter)} commands"
            print_row("otter run", otter, size, f"{otter.wall / ours.wall:.1f} x ours; {how}")
    if benchmark.options.brief:
        return
    workers = benchmark.options.workers
    print(f"  nbgrader and otter run one submission at a time; ours and the floor {workers}")


def print_row(name: str, found: Timing, size: int, note: str = "") -> None:
    cpu = f"{found.cpu:8.1f} s CPU" if found.cpu else " " * 14
    print(f"  {name:<20}{found.wall:9.1f} s {cpu}  {found.wall / size:7.3f} s each  {note}".rstrip())


def print_points(benchmark: Benchmark) -> None:
    for peer, found in benchmark.their_points.items():
        if found:
            same = sum(benchmark.our_points[learner] == value for learner, value in found.items())
            print(f"points equal to those of {peer}: {same} of {len(found)}")


def print_inside(benchmark: Benchmark) -> None:
    parts = benchmark.inside()
    wall = parts.pop("wall")
    print(f"one submission at a time, ms: {milliseconds(parts)}; from one to the next {wall * 1000:.0f}")


def milliseconds(parts: dict[str, float]) -> str:
    return ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in parts.items())


def print_one_learner(benchmark: Benchmark) -> None:
    first, warm, cells = benchmark.one_learner()
    print(
        f"one learner from command to points: {warm:.2f} s (median of {SINGLES}; first time {first:.2f} s), "
        f"{cells:.2f} s of it the notebook's cells: {warm - cells:.2f} s our own"
    )


def print_memory(benchmark: Benchmark) -> None:
    size, workers = min(benchmark.options.sizes), benchmark.options.workers
    ours, floor = benchmark.memory(size)
    parts = ", ".join(f"{kind} {value:.0f}" for kind, value in ours.parts.items())
    print(
        f"peak memory at {size}: {ours.total:.0f} MB ({parts}); the floor's {floor.total:.0f} MB; "
        f"beyond it {ours.total - floor.total:.0f} MB, allowed {300 + 100 * workers} MB"
    )


if __name__ == "__main__":
    main()
