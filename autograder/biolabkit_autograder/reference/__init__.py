"""The reference engine: nbgrader's own converters, one submission in one process, its traps made impossible.

It gives a submission no more isolation than nbgrader does: a learner's code runs as the instructor's user.
"""

from .engine import ReferenceEngine, open_engine

__all__ = ["ReferenceEngine", "open_engine"]
