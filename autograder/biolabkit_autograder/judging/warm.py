"""Imported by the zygote for its side effects: loads and makes once what every workbench and judge uses."""

import importlib

from .shell import make_shell

__all__: list[str] = []

_ALSO = (
    "IPython.core.completer",
    "IPython.core.pylabtools",
    "IPython.display",
    "biolabkit.check.html",
    "biolabkit_autograder.judging.judge",
    "biolabkit_autograder.judging.workbench",
    "matplotlib.pyplot",
    "numpy.ma",
    "numpy.testing",
    "pandas.io.formats.html",
    "pandas.testing",
)

for _name in _ALSO:
    importlib.import_module(_name)

_shell = make_shell()
_shell.run_cell("None", store_history=False)  # the first cell of a shell is slow
