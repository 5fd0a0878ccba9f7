"""A trainee's bench: the course's folder, checks and submissions, in a terminal and in JupyterLab."""

from typing import Any

__all__ = ["_jupyter_server_extension_points"]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter's server which module holds the extension."""
    return [{"module": "biolabkit.bench.server"}]
