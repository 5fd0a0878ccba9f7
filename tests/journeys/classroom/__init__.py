"""What the journeys are made of: users, a browser, and the pages they meet."""

from .accounts import Account, accounts, why_not
from .bench import Bench, Desktop
from .browser import Browser, Window
from .latency import latency
from .school import COURSE, EXERCISE, SECONDS_PER_CELL, School, open_desk, school

__all__ = [
    "COURSE",
    "EXERCISE",
    "SECONDS_PER_CELL",
    "Account",
    "Bench",
    "Browser",
    "Desktop",
    "School",
    "Window",
    "accounts",
    "latency",
    "open_desk",
    "school",
    "why_not",
]
