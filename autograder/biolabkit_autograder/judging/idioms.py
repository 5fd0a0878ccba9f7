"""What check cells use that has to know of a learner's objects: `isinstance`, `inspect`, IPython's shell.

Only check and setup cells see this `isinstance`; libraries in the judge keep the real one, so that what a
learner's object claims about its class does not mislead them.
"""

import inspect
from typing import Any

from .references import NotSendableError
from .remote import Remote, ask

__all__ = ["INSPECTIONS", "NoShell", "check_isinstance", "check_issubclass", "teach_inspect"]

#: Functions of `inspect` that the workbench answers for a learner's object.
INSPECTIONS = frozenset(
    {"getsource", "getdoc", "isclass", "isfunction", "isgenerator", "isgeneratorfunction", "isroutine"}
)


class NoShell:
    """Stands for IPython's shell where setup cells use magics such as ``%matplotlib inline``."""

    def run_line_magic(self, *_arguments: Any, **_options: Any) -> None:
        """Leave it out: display is the workbench's."""

    run_cell_magic = system = getoutput = run_line_magic


def check_isinstance(value: Any, kinds: Any) -> bool:
    """Tell whether a value is an instance; for a learner's object the workbench says so."""
    if isinstance(value, kinds):
        return True
    if not isinstance(value, Remote):
        return False
    try:
        return bool(ask(value, "isinstance", kinds))
    except NotSendableError:
        return False


def check_issubclass(value: Any, kinds: Any) -> bool:
    """Tell whether a class is a subclass; for a learner's class the workbench says so."""
    if not isinstance(value, Remote):
        return issubclass(value, kinds)
    return bool(ask(value, "issubclass", kinds))


def teach_inspect() -> None:
    """Have `inspect` ask the workbench about a learner's object."""
    for name in INSPECTIONS:
        vars(inspect)[name] = _asking(name, getattr(inspect, name))


def _asking(name: str, function: Any) -> Any:
    def inspected(target: Any) -> Any:
        return ask(target, "inspect", name) if isinstance(target, Remote) else function(target)

    return inspected
