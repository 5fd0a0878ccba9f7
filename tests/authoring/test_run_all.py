"""A learner presses "Run All" before anything is answered: the notebook runs to its end."""

from nbclient import NotebookClient

from biolabkit_autograder.authoring import LANGUAGES, build_notebook, release_notebook


def test_run_all_stops_nowhere_in_the_unsolved_notebook(example):
    language = LANGUAGES[-1]
    notebook = release_notebook(build_notebook(example, language), language)
    # no allow_errors: as in JupyterLab, an error stops the run unless its cell is tagged
    NotebookClient(notebook, timeout=120).execute()
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    errors = [
        cell.id
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert errors
