"""Clicks and seconds of an instructor's round, on the desk and in nbgrader's formgrader, in a real browser.

``python benchmarks/round.py --help`` lists the options; README.md says what is measured and how.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from _browser import Browser
from _cohort import Cohort, make_cohort
from _desk import desk_round
from _formgrader import formgrader_round
from _steps import Step

HERE = Path(__file__).resolve().parent
SOURCES, EXERCISE = HERE.parent / "tests" / "authoring" / "example", "genome-01-gc-content"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if Browser.command is None:
        parser.error("Chromium is not installed")
    with tempfile.TemporaryDirectory(prefix="biolab-round-") as folder, Browser() as browser:
        os.environ["BIOLABKIT_CACHE"] = str(Path(folder) / "cache")
        # all at one depth: course.toml names the exercises relative to itself
        cohort = make_cohort(SOURCES, EXERCISE, options.learners, Path(folder) / "made" / "course")
        print(f"{options.learners} learners, 2 checks and an essay each; load {os.getloadavg()[0]:.1f}")
        ours = cohort.copy(Path(folder) / "desk" / "course")
        _back_to_the_inbox(ours)
        show("biolab desk", desk_round(ours.folder, browser, options.workers))
        theirs = cohort.copy(Path(folder) / "formgrader" / "course")
        show("nbgrader formgrader", formgrader_round(theirs, browser, theirs.folder.parent))
        print(f"load {os.getloadavg()[0]:.1f}; asked beyond this machine: {len(browser.outside)} times")


def show(title: str, steps: Iterable[Step]) -> None:
    steps = list(steps)
    print(f"\n{title:<24}clicks  seconds  longest that another request waited")
    for step in steps:
        print(f"  {step.name:<22}{step.clicks:>6}{step.seconds:>9.1f}{step.frozen:>9.2f}")
    clicks, seconds = sum(step.clicks for step in steps), sum(step.seconds for step in steps)
    print(f"  {'all':<22}{clicks:>6}{seconds:>9.1f}{max(step.frozen for step in steps):>9.2f}")


def _back_to_the_inbox(cohort: Cohort) -> None:
    """As before the instructor has done anything: handed in, not collected, nothing built or released."""
    for learner in cohort.learners:
        handed_in = cohort.course.notebook("submitted", cohort.exercise, learner)
        shutil.move(handed_in, cohort.course.inbox / cohort.exercise / f"{learner}.ipynb")
    for name in ("submitted", "release", "source"):
        shutil.rmtree(cohort.folder / name)
        (cohort.folder / name).mkdir()


if __name__ == "__main__":
    main()
