"""The records of grading as bytes, and back: JSON only, so that no submission decides what is unpickled."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from biolabkit_autograder.grading import Graded, Limits, Mark, Settings, Submission

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

__all__ = [
    "decode_assignment",
    "decode_graded",
    "decode_settings",
    "decode_submission",
    "dump",
    "encode_assignment",
    "encode_graded",
    "encode_settings",
    "encode_submission",
]


def dump(value: Any) -> bytes:
    """Write plain values as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def encode_settings(settings: Settings) -> bytes:
    """Write how submissions are graded."""
    return dump(_plain_settings(settings))


def decode_settings(data: bytes) -> Settings:
    """Read what `encode_settings` wrote."""
    return _settings(json.loads(data))


def encode_assignment(notebook: NotebookNode, settings: Settings) -> bytes:
    """Write an exercise: the course's own notebook and how its submissions are graded."""
    return dump({"notebook": notebook, "settings": _plain_settings(settings)})


def decode_assignment(data: bytes) -> tuple[NotebookNode, Settings]:
    """Read what `encode_assignment` wrote."""
    found = json.loads(data)
    return _notebook(found["notebook"]), _settings(found["settings"])


def encode_submission(submission: Submission) -> bytes:
    """Write a submission with its merged notebook."""
    return dump({name: getattr(submission, name) for name in Submission.__dataclass_fields__})


def decode_submission(data: bytes) -> Submission:
    """Read what `encode_submission` wrote."""
    found = json.loads(data)
    for name in ("problems", "unanswered"):
        found[name] = tuple(found[name])
    return Submission(**{**found, "notebook": _notebook(found["notebook"])})


def encode_graded(graded: Graded) -> bytes:
    """Write a result: our own marks, and a notebook whose outputs are sanitised already."""
    fields = {name: getattr(graded, name) for name in Graded.__dataclass_fields__}
    return dump({**fields, "marks": [asdict(mark) for mark in graded.marks]})


def decode_graded(data: bytes) -> Graded:
    """Read what `encode_graded` wrote."""
    found = json.loads(data)
    return Graded(
        learner=found["learner"],
        exercise=found["exercise"],
        marks=tuple(Mark(**mark) for mark in found["marks"]),
        notebook=_notebook(found["notebook"]),
        problems=tuple(found["problems"]),
        engine=found["engine"],
        isolation=found["isolation"],
    )


def _plain_settings(settings: Settings) -> dict[str, Any]:
    fields = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
    return {**fields, "limits": asdict(settings.limits), "environment": dict(settings.environment)}


def _settings(found: dict[str, Any]) -> Settings:
    lists = {name: tuple(found[name]) for name in ("imports", "datasets")}
    return Settings(**{**found, **lists, "limits": Limits(**found["limits"])})


def _notebook(found: dict[str, Any]) -> NotebookNode:
    from nbformat.notebooknode import from_dict

    return from_dict(found)
