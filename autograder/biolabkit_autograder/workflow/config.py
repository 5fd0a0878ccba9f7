"""``nbgrader_config.py``: lets nbgrader's own commands and formgrader work inside a course folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biolabkit._files import atomic_write

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["config_text", "write_config"]

_TEMPLATE = """\
# Written by `biolab course build` from course.toml. Change that file: this one is written again.
#
# Times are UTC here on purpose. With another zone formgrader writes due dates with an offset such as "+0900",
# which nbgrader reads as 900 seconds. The due dates are those of course.toml, in its own time zone.
from pathlib import Path

from biolabkit_autograder.authoring import release_config
from biolabkit_autograder.reference.preprocessors import AUTOGRADE_PREPROCESSORS, HideHiddenTests
from biolabkit_autograder.workflow.formgrader import CleanSubmission
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import GetGrades

c = get_config()  # noqa: F821  (given by nbgrader)
c.merge(release_config({language!r}))

c.CourseDirectory.course_id = {course!r}
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.Exchange.timezone = "UTC"
c.NbGraderAPI.timezone = "UTC"
{exchange}
# `biolab course grade` is the command to grade with. nbgrader's own gives the same points with these steps:
# warnings cost nothing, the last value of a check is no score, each kernel has its learner's data.
c.Autograde.autograde_preprocessors = AUTOGRADE_PREPROCESSORS
c.Execute.timeout = {timeout}
# formgrader and nbgrader's feedback put a notebook's Markdown and HTML into their pages as they are.
c.HTMLExporter.preprocessors = [CleanSubmission]
c.GenerateFeedback.preprocessors = [GetGrades, HideHiddenTests, CSSHTMLHeaderPreprocessor]
"""


def config_text(course: Course) -> str:
    """The text of a course's ``nbgrader_config.py``."""
    exchange = str(course.exchange.parent) if course.exchange else None
    return _TEMPLATE.format(
        language=course.language,
        course=course.spec.id,
        exchange=f"c.Exchange.root = {exchange!r}\n" if exchange else "",
        timeout=int(course.limits({}).seconds_per_cell),
    )


def write_config(course: Course) -> None:
    """Write ``nbgrader_config.py`` into the course folder."""
    with atomic_write(course.folder / "nbgrader_config.py") as stream:
        stream.write(config_text(course))
