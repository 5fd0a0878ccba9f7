"""Runs one submission: the learner's cells in the workbench, the course's checks in the judge.

::

    supervisor   starts both, lets one work at a time, relays their frames, decides about time
    workbench    runs the learner's cells and answers questions about what they made
    judge        runs the setup and check cells; a learner's name is asked for by value or becomes a `Remote`
    wire         frames on a socket
    codec        values as tagged JSON and raw bytes; `plain`, `arrays`, `tables`, `tensors` add the kinds
"""

from . import arrays, plain, tables, tensors

__all__ = ["arrays", "plain", "tables", "tensors"]  # imported so that the codec knows their kinds
