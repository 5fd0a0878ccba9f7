"""The desk inside a Jupyter server, under ``<base>/biolab-desk/``, for whoever may use that server.

The course is ``BIOLABKIT_DESK_COURSE``, else ``BiolabDesk.course`` in the server's configuration, else the
server's own folder.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError
from traitlets import Unicode
from traitlets.config import LoggingConfigurable

from .handlers import routes
from .jobs import Jobs
from .service import Service

__all__ = ["BiolabDesk", "load"]


class BiolabDesk(LoggingConfigurable):
    """Configuration of the desk in a Jupyter server."""

    course = Unicode("", help="The course folder.").tag(config=True)


class Guard(JupyterHandler):
    """Lets in whom the Jupyter server knows."""

    async def prepare(self, **settings: Any) -> None:
        """Refuse a request of anybody else."""
        await super().prepare(**settings)
        if self.current_user is None:
            raise HTTPError(403, "log in to the Jupyter server first")


def load(server: Any) -> None:
    """Add the desk to a Jupyter server.

    Parameters
    ----------
    server : jupyter_server.serverapp.ServerApp
        The server that starts.
    """
    chosen = os.environ.get("BIOLABKIT_DESK_COURSE") or BiolabDesk(parent=server).course or server.root_dir
    folder = Path(chosen).expanduser().resolve()
    base = f"{server.web_app.settings['base_url'].rstrip('/')}/biolab-desk/"
    service = Service(folder, Jobs(folder))
    server.web_app.add_handlers(".*$", routes(service, base, Guard))
    server.log.info("The desk of %s is at %s", folder, base)
