"""The steps between executing a notebook and reading its points, one small class each.

nbgrader reads points from the outputs of a check cell: an error or anything on stderr is 0, and the value of
the last expression is a partial credit. Here a check passes or fails: an error is 0, anything else is full
marks. The generated ``nbgrader_config.py`` gives the same list to nbgrader's own ``autograde``.
"""

from __future__ import annotations

import os
from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    Execute,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets import Integer

from biolabkit_autograder.visible import visible_source

__all__ = [
    "AUTOGRADE_PREPROCESSORS",
    "HideHiddenTests",
    "LimitBytes",
    "ResultIsNoScore",
    "SetLearner",
    "StderrIsNoFailure",
]

_Step = tuple[NotebookNode, dict[str, Any]]


class SetLearner(NbGraderPreprocessor):
    """Give the kernel the learner whose submission this is: their seed decides the simulated data."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> _Step:
        """Set ``BIOLAB_LEARNER`` for the kernel that is about to start."""
        os.environ["BIOLAB_LEARNER"] = resources["nbgrader"]["student"]
        return nb, resources


class StderrIsNoFailure(NbGraderPreprocessor):
    """Keep a warning of a check cell readable, but not a reason for 0 points."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> _Step:  # noqa: ARG002
        """Turn what a check cell wrote to stderr into ordinary output."""
        if utils.is_grade(cell) and cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"
        return cell, resources


class ResultIsNoScore(NbGraderPreprocessor):
    """Keep the value of a check cell's last expression from being read as its points."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> _Step:  # noqa: ARG002
        """Turn results of a check cell into displayed data."""
        if utils.is_grade(cell) and cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.output_type = "display_data"
                    output.pop("execution_count", None)
        return cell, resources


class LimitBytes(NbGraderPreprocessor):
    """Drop what a cell wrote beyond a number of bytes."""

    max_bytes = Integer(2_000_000, help="bytes of output kept of one cell").tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> _Step:  # noqa: ARG002
        """Keep outputs in their order as far as the limit goes; an error is always kept, cut short."""
        if cell.cell_type != "code":
            return cell, resources
        left, kept = self.max_bytes, []
        for output in cell.outputs:
            size = len(str(output))
            if output.output_type == "error" and size > left:
                output.traceback, output.evalue = [], output.evalue[:500]
            elif size > left:
                continue
            left -= size
            kept.append(output)
        if len(kept) < len(cell.outputs):
            note = f"... output of more than {self.max_bytes} bytes was dropped ...\n"
            kept.append(NotebookNode(output_type="stream", name="stdout", text=note))
        cell.outputs = kept
        return cell, resources


class HideHiddenTests(NbGraderPreprocessor):
    """Take hidden tests out of what nbgrader's own feedback shows."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> _Step:  # noqa: ARG002
        """Cut the hidden region out of a check cell, and tracebacks and prints that may quote it."""
        if utils.is_grade(cell) and cell.cell_type == "code":
            shown = visible_source(cell.source)
            if shown != cell.source:
                cell.source = shown
                cell.outputs = [output for output in cell.outputs if output.output_type == "display_data"]
        return cell, resources


#: What nbgrader does after sanitising a submission, in this order.
AUTOGRADE_PREPROCESSORS = [
    SetLearner,
    Execute,
    IgnorePattern,
    ClearMetadataPreprocessor,
    StderrIsNoFailure,
    ResultIsNoScore,
    LimitOutput,
    LimitBytes,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
