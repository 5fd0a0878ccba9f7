"""Plots in a real notebook: every figure is shown, in the cell that made it."""

import nbformat
import pytest
from nbclient import NotebookClient

FIGURE = "axes = plot.axes()\naxes.plot([1, 2])\nNone"


@pytest.fixture(scope="module")
def notebook():
    sources = ["from biolabkit import plot\nwith plot.style():\n    pass", FIGURE, FIGURE, FIGURE]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return notebook


def test_every_figure_is_shown(notebook):
    shown = [sum("image/png" in output.get("data", {}) for output in cell.outputs) for cell in notebook.cells]
    assert shown == [0, 1, 1, 1]
