"""Shared by every test: the mirror of real data, and a private cache so that no test touches the user's."""

import os
from pathlib import Path

import pytest

MIRROR = os.environ.get("BIOLABKIT_MIRROR")


def pytest_collection_modifyitems(items):
    """Skip, and so count, what needs real data where there is no mirror."""
    if MIRROR:
        return
    skip = pytest.mark.skip(reason="needs real data: set BIOLABKIT_MIRROR")
    for item in items:
        if item.get_closest_marker("mirror"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def private_settings(tmp_path_factory, monkeypatch):
    """Each test has its own cache and none of the user's settings."""
    for name in (
        "BIOLAB_LEARNER",
        "BIOLAB_LANGUAGE",
        "BIOLABKIT_DATA",
        "BIOLABKIT_OFFLINE",
        "JUPYTERHUB_USER",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BIOLABKIT_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's root."""
    return Path(__file__).resolve().parents[1]
