"""The instructor's desk: one local page that shows a course and runs its steps.

`desk` is the command; `_jupyter_server_extension_points` lets a Jupyter server show the same page under
``<base>/biolab-desk/``. Everything heavy is imported by what needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .command import desk

__all__ = ["desk"]


def __getattr__(name: str) -> Any:
    """Load the command when it is asked for."""
    if name == "desk":
        from .command import desk

        return desk
    raise AttributeError(name)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "biolabkit_autograder.desk"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from .jupyter import load

    load(server)
