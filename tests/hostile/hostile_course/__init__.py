"""What the tests of the hostile set are made of: a course, traps around it, a batch, pages and a browser."""

from .batch import Batch, grade_batch
from .browser import Browser
from .classroom import EXERCISE, Classroom, open_to_all
from .pages import formgrader_page
from .traps import Traps

__all__ = [
    "EXERCISE",
    "Batch",
    "Browser",
    "Classroom",
    "Traps",
    "formgrader_page",
    "grade_batch",
    "open_to_all",
]
