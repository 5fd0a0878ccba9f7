"""A trainee's course folder made of literal notebooks, and the course it came from."""

import hashlib
import json
import socket
from pathlib import Path

import pytest

EXERCISE = "health-02-risk-model"
STUB = "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()"
ESSAY_STUB = "YOUR ANSWER HERE"


def digest(text):
    return hashlib.sha256(text.strip().encode() if isinstance(text, str) else text).hexdigest()


def code(source, grade_id=None, points=None):
    marks = {"grade_id": grade_id, "grade": points is not None, "solution": points is None, "points": points}
    metadata = {"nbgrader": marks} if grade_id else {}
    return {"cell_type": "code", "metadata": metadata, "outputs": [], "source": source.splitlines(True)}


def essay(source, grade_id, points):
    marks = {"grade_id": grade_id, "grade": True, "solution": True, "points": points}
    return {"cell_type": "markdown", "metadata": {"nbgrader": marks}, "source": source}


def notebook_bytes(*cells):
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"title": "Risk"}, "cells": list(cells)}
    return json.dumps(document, ensure_ascii=False).encode()


def released_cells(exercise=EXERCISE):
    return [
        code(f'from biolabkit.check import lab\nlab.start("{exercise}")'),
        code(STUB, "f"),
        code('lab.check("f", points=2)\nassert f() == 1', "check-f", 2),
        essay(ESSAY_STUB, "essay-why", 3),
    ]


def entry(content, exercise=EXERCISE, due=None):
    """What course.json says of an exercise whose released notebook has these bytes."""
    check = 'lab.check("f", points=2)\nassert f() == 1'
    return {
        "name": exercise,
        "title": {"en": "A risk model", "ko": "위험 모형"},
        "track": "health",
        "minutes": 45,
        "due": due,
        "tasks": [
            {
                "name": "f",
                "sha256": digest(STUB),
                "checks": [{"id": "check-f", "points": 2, "sha256": digest(check)}],
            }
        ],
        "essays": [{"id": "essay-why", "points": 3, "sha256": digest(ESSAY_STUB)}],
        "seconds_per_cell": 30.0,
        "notebook": f"{exercise}/{exercise}.ipynb",
        "sha256": digest(content),
    }


def write_course(folder: Path, *entries, language="en", **settings) -> Path:
    """Write course.json with these exercises, their notebooks where there are none, and biolab.toml."""
    document = {
        "format": 1,
        "course": "bio101",
        "title": {"en": "Biology 101", "ko": "생물학 101"},
        "language": language,
        "timezone": "Asia/Seoul",
        "assignments": list(entries),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "course.json").write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    lines = [f"{key} = {json.dumps(str(value), ensure_ascii=False)}" for key, value in settings.items()]
    (folder / "biolab.toml").write_text("\n".join(lines), "utf-8")
    for one in entries:
        path = folder / one["notebook"]
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(notebook_bytes(*released_cells(one["name"])))
    return folder


def reserved_port():
    """A port for a server to be started, also more than once, and the socket that keeps it from all others.

    A server may bind it nevertheless: both allow the address to be used again, and this socket never listens.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    return kept, kept.getsockname()[1]


@pytest.fixture
def released():
    """The released notebook's bytes."""
    return notebook_bytes(*released_cells())
