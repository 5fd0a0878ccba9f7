"""Simulated stand-ins: used only when they may be, and always told."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from biolabkit import datasets
from biolabkit.errors import DatasetUnavailableError, InputError, UnknownNameError

TABLE = '[tables.t]\nfile = "a"\nwhat = { en = "x", ko = "y" }\ncolumns = { n = "int" }\n'


def write_stand_in(folder: Path) -> dict[str, Path]:
    (folder / "made.txt").write_text("simulated")
    return {"a": folder / "made.txt"}


def make_table() -> pd.DataFrame:
    return pd.DataFrame({"n": [7]})


@pytest.fixture
def d(world):
    world.card("d", more=TABLE, a=b"n\n1\n2\n")
    return world


@pytest.mark.usefixtures("d")
def test_real_data_when_they_can_be_had():
    assert datasets.fetch("d", fallback=write_stand_in).simulated is False
    table = datasets.load("d", fallback=make_table)
    assert table.n.tolist() == [1, 2]
    assert table.attrs["simulated"] is False


@pytest.mark.usefixtures("d")
def test_simulated_when_they_cannot(monkeypatch):
    monkeypatch.setenv("BIOLABKIT_OFFLINE", "1")
    got = datasets.fetch("d", fallback=write_stand_in)
    assert got.simulated
    assert got.path("a").read_text() == "simulated"
    assert "SIMULATED" in str(got)
    assert "SIMULATED" in got._repr_html_()
    table = datasets.load("d", fallback=make_table)
    assert (table.n.tolist(), table.attrs["simulated"]) == ([7], True)
    with pytest.raises(UnknownNameError, match="simulated role of d"):
        got.path("b")


@pytest.mark.usefixtures("d")
def test_real_forbids_it(monkeypatch):
    monkeypatch.setenv("BIOLABKIT_OFFLINE", "1")
    monkeypatch.setenv("BIOLABKIT_DATA", "real")
    with pytest.raises(DatasetUnavailableError):
        datasets.fetch("d", fallback=write_stand_in)
    with pytest.raises(DatasetUnavailableError):
        datasets.load("d", fallback=make_table)


def test_simulated_demands_it(d, monkeypatch):
    monkeypatch.setenv("BIOLABKIT_DATA", "simulated")
    assert datasets.fetch("d", fallback=write_stand_in).simulated
    assert datasets.load("d", fallback=make_table).n.tolist() == [7]
    assert d.publisher.requests == []
    with pytest.raises(DatasetUnavailableError, match="nothing simulates d"):
        datasets.fetch("d")
    with pytest.raises(DatasetUnavailableError, match="nothing simulates d"):
        datasets.load("d")


@pytest.mark.usefixtures("d")
def test_an_unknown_value_suggests_the_near_one(monkeypatch):
    monkeypatch.setenv("BIOLABKIT_DATA", "simulate")
    with pytest.raises(InputError, match="did you mean 'simulated'"):
        datasets.fetch("d")


@pytest.mark.usefixtures("d")
def test_a_fallback_that_writes_nothing_is_told(monkeypatch):
    monkeypatch.setenv("BIOLABKIT_DATA", "simulated")
    with pytest.raises(InputError, match="did not write"):
        datasets.fetch("d", fallback=lambda folder: {"a": folder / "never"})


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
def test_the_folder_lives_as_long_as_the_process_that_made_it():
    script = """
import os
from biolabkit.datasets.dataset import _temporary_folder
folder = _temporary_folder("d")
child = os.fork()
if child == 0:
    raise SystemExit(0)  # an ordinary end runs the exit handlers of the child
os.waitpid(child, 0)
print(folder, folder.is_dir())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    folder, alive = done.stdout.split()
    assert alive == "True"
    assert not Path(folder).exists()
