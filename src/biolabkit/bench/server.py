"""The extension ``biolabkit.bench`` of Jupyter's server: what the panel asks for, below ``<base>/biolab/``.

Handlers only read requests and write answers. Files are read in threads, notebooks are checked by processes:
the server answers everybody else meanwhile. Authentication, authorisation and XSRF are Jupyter's own.
"""

import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from biolabkit.bench import phrases, server_words
from biolabkit.bench.jobs import Jobs, Workers
from biolabkit.bench.server_work import Work
from biolabkit.errors import BiolabkitError

__all__ = ["_load_jupyter_server_extension"]

_RESOURCE = "biolab"
_EXERCISE = r"(?P<exercise>[a-z0-9]+(?:-[a-z0-9]+)*)"
_FEEDBACK_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-popups",
    )
)


class _Handler(APIHandler):
    """Answers JSON; what goes wrong is a ``message`` in the trainee's language."""

    auth_resource = _RESOURCE
    refusal = 404  # of what cannot be done as things are

    def initialize(self, work: Work, workers: Workers) -> None:
        self.work, self.workers = work, workers

    async def answer(self, function: Callable[..., dict[str, Any]], *arguments: Any) -> None:
        """Answer what a function that blocks returns, or why it does not."""
        try:
            self.finish(json.dumps(await self.workers.run(function, *arguments)))
        except BiolabkitError as error:
            self.refuse(self.refusal, str(error))
        except OSError as error:
            language = await self.workers.run(self.work.language)
            where = error.filename or self.work.root
            self.refuse(500, phrases.explain(language, error, where, self.work.root))
        except Exception:
            self.log.exception("%s %s", self.request.method, self.request.path)
            language = await self.workers.run(self.work.language)
            self.refuse(500, server_words.UNEXPECTED.to(language))

    def refuse(self, status: int, message: str) -> None:
        """Answer why not."""
        self.set_status(status)
        self.finish(json.dumps({"message": message}))


class _Course(_Handler):
    @web.authenticated
    @authorized
    async def get(self) -> None:
        await self.answer(self.work.course)


class _Fetch(_Handler):
    refusal = 409

    @web.authenticated
    @authorized
    async def post(self) -> None:
        await self.answer(self.work.fetch)


class _Start(_Handler):
    def initialize(self, work: Work, workers: Workers, kind: str = "") -> None:
        super().initialize(work, workers)
        self.kind = kind

    @web.authenticated
    @authorized
    async def post(self) -> None:
        try:
            asked = json.loads(self.request.body)
            exercise, confirmed = str(asked["exercise"]), asked.get("confirmed") is True
        except (ValueError, KeyError, TypeError, AttributeError):
            self.refuse(400, server_words.NO_REQUEST.to(await self.workers.run(self.work.language)))
            return
        await self.answer(lambda: {"job": self.work.start(self.kind, exercise, confirmed).id})


class _Job(_Handler):
    _track_activity = False  # polling is no sign that somebody is there

    @web.authenticated
    @authorized
    async def get(self, identifier: str) -> None:
        job = self.work.jobs.find(identifier)
        if job is None:
            self.refuse(404, server_words.NO_JOB.to(await self.workers.run(self.work.language)))
            return
        self.finish(json.dumps(job.to_dict()))

    @web.authenticated
    @authorized
    async def delete(self, identifier: str) -> None:
        job = self.work.jobs.find(identifier)
        if job is None:
            self.refuse(404, server_words.NO_JOB.to(await self.workers.run(self.work.language)))
            return
        await self.workers.run(job.stop)
        self.set_status(204)
        self.finish()


class _Feedback(JupyterHandler):
    """The page that the instructor published; nothing in it may run or load anything."""

    auth_resource = _RESOURCE

    def initialize(self, work: Work, workers: Workers) -> None:
        self.work, self.workers = work, workers

    @property
    def content_security_policy(self) -> str:
        return _FEEDBACK_POLICY

    @web.authenticated
    @authorized
    async def get(self, exercise: str) -> None:
        try:
            page = await self.workers.run(self.work.feedback, exercise)
        except (BiolabkitError, OSError) as error:
            self.set_status(404)
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps({"message": str(error)}))
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(page)


def _load_jupyter_server_extension(app: Any) -> None:
    """Add the addresses to a server.

    What all its extensions have imported stays for good: so the garbage collector need not look through it,
    which takes 0.3 s each time and keeps everybody waiting.
    """
    gc.freeze()
    work = Work(Path(app.root_dir).expanduser().absolute(), Jobs())
    options = {"work": work, "workers": Workers()}
    routes = [
        ("api/course", _Course, options),
        ("api/fetch", _Fetch, options),
        ("api/check", _Start, {**options, "kind": "check"}),
        ("api/submit", _Start, {**options, "kind": "submit"}),
        (r"api/jobs/(?P<identifier>[0-9a-f]{1,64})", _Job, options),
        (f"feedback/{_EXERCISE}", _Feedback, options),
    ]
    base = app.web_app.settings["base_url"]
    app.web_app.add_handlers(
        ".*$", [(url_path_join(base, "biolab", path), handler, kept) for path, handler, kept in routes]
    )
