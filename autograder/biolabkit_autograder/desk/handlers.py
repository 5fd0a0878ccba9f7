"""The desk's addresses: pages, their files, and JSON for them; alone and in a Jupyter server the same.

Every answer has a strict content policy: the pages run the desk's own script file and nothing else, and what
comes of submissions (feedback, report, answers) runs nothing at all.
"""

from __future__ import annotations

import errno
import json
import mimetypes
from collections.abc import Callable
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, TypeVar
from urllib.parse import quote

from tornado.ioloop import IOLoop
from tornado.web import HTTPError, RequestHandler

from biolabkit.errors import BiolabkitError, UnknownNameError
from biolabkit_autograder.workflow.sanitise import CONTENT_POLICY

from .essays import ChangedError
from .jobs import BusyError
from .service import Service

__all__ = ["DeskHandler", "routes"]

T = TypeVar("T")

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_DOCUMENT_POLICY = f"{CONTENT_POLICY}; frame-ancestors 'self'"
_PAGES = {"": "desk.html", "essays": "essays.html"}
_STATIC = {
    "common.js": "text/javascript",
    "desk.js": "text/javascript",
    "essays.js": "text/javascript",
    "style.css": "text/css",
    "words.json": "application/json",
    "icon.svg": "image/svg+xml",
}
_MOST_BYTES = 100_000


class DeskHandler(RequestHandler):
    """Calls the service in threads, and says errors as JSON."""

    service: Service
    #: Path of the desk on its server, with a slash at the end.
    base: str

    def initialize(self, service: Service, base: str) -> None:
        """Take what every handler needs."""
        self.service, self.base = service, base

    def set_default_headers(self) -> None:
        """Nothing is kept by the browser, nothing runs but the desk's own script."""
        self.set_header("Content-Security-Policy", _PAGE_POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    async def ask(self, question: Callable[[], T]) -> T:
        """Have something worked out in a thread; the server goes on answering meanwhile.

        Raises
        ------
        HTTPError
            With the reason for the page, where the service raised.
        """
        try:
            return await IOLoop.current().run_in_executor(None, question)
        except ChangedError as error:
            raise HTTPError(409, reason="changed") from error
        except BusyError as error:
            raise HTTPError(409, reason="busy") from error
        except UnknownNameError as error:
            raise HTTPError(404, reason="unknown") from error
        except BiolabkitError as error:
            raise HTTPError(400, reason="refused") from error
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise HTTPError(507 if full else 500, reason="disk") from error

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what is wrong in one JSON object."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        cause = error.__cause__ if isinstance(error, HTTPError) and error.__cause__ else error
        if isinstance(cause, HTTPError):
            message = cause.log_message or cause.reason or f"status {status_code}"
        elif isinstance(cause, BiolabkitError):
            message = str(cause)
        elif isinstance(cause, OSError):
            full = cause.errno in (errno.ENOSPC, errno.EDQUOT)
            where = cause.filename or "the course folder"
            message = f"no space left in {where}; free some and try again" if full else str(cause)
        else:
            message = f"unforeseen: {type(cause).__name__}: {cause}"
        if "text/html" in self.request.headers.get("Accept", ""):  # a person, not our script
            self.set_header("Content-Type", "text/plain; charset=UTF-8")
            self.finish(message)
        else:
            self.set_header("Content-Type", "application/json; charset=UTF-8")
            self.finish(json.dumps({"message": message, "kind": self._reason}))

    def log_exception(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        """Keep off the terminal what the page says already."""
        if not isinstance(error, HTTPError):
            super().log_exception(kind, error, trace)

    def told(self) -> dict[str, Any]:
        """The JSON object in the request's body.

        Raises
        ------
        HTTPError
            When it is none.
        """
        try:
            body = json.loads(self.request.body) if len(self.request.body) <= _MOST_BYTES else None
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise HTTPError(400, "expected a JSON object")
        return body

    def reply(self, value: Any) -> None:
        """Answer with JSON."""
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.finish(json.dumps(value, ensure_ascii=False))


class PageHandler(DeskHandler):
    """The desk and the page to grade answers on."""

    async def get(self, name: str) -> None:
        """Give the page; its words are put in by its script."""
        language = await self.ask(self.service.language)
        text = Template(_text(_PAGES[name])).substitute(
            base=escape(self.base),
            language=language,
            xsrf=escape(self.xsrf_token.decode()),
            title=escape(self.service.folder.name),
        )
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.finish(text)


class StaticHandler(DeskHandler):
    """Scripts, style and words."""

    def get(self, name: str) -> None:
        """Give the file."""
        if name not in _STATIC:
            raise HTTPError(404, "there is no such file")
        self.set_header("Content-Type", f"{_STATIC[name]}; charset=UTF-8")
        self.finish(_text(name))


class StateHandler(DeskHandler):
    """The course at a glance."""

    async def get(self) -> None:
        """Give the state."""
        self.reply(await self.ask(self.service.state))


class RunsHandler(DeskHandler):
    """The runs of the course."""

    async def get(self) -> None:
        """Give the last runs."""
        self.reply(await self.ask(self.service.jobs.recent))

    async def post(self) -> None:
        """Start a run."""
        told = self.told()
        action, exercise = str(told.get("action")), told.get("exercise")
        if exercise is not None:
            course = await self.ask(self.service.course)
            exercise = (await self.ask(lambda: course.exercise(str(exercise)))).name
        jobs = self.service.jobs
        run = await self.ask(lambda: jobs.start(action, exercise, again=told.get("again") is True))
        self.reply({"run": run.id})


class RunHandler(DeskHandler):
    """One run."""

    async def get(self, identity: str) -> None:
        """Give what it told since a place in its record."""
        after = self.get_query_argument("after", "0")
        if not after.isdecimal():
            raise HTTPError(400, "after: expected a number")
        self.reply(await self.ask(lambda: self.service.jobs.follow(identity, int(after))))

    async def delete(self, identity: str) -> None:
        """Stop it."""
        await self.ask(lambda: self.service.jobs.cancel(identity))
        self.reply({})

    async def post(self, identity: str) -> None:
        """Answer its question whether to write."""
        write = self.told().get("write") is True
        await self.ask(lambda: self.service.jobs.answer(identity, write=write))
        self.reply({})


class LearnersHandler(DeskHandler):
    """The learners of an exercise."""

    async def get(self) -> None:
        """Give where each is."""
        exercise = self.get_query_argument("exercise")
        self.reply(await self.ask(lambda: self.service.learners(exercise)))


class EssaysHandler(DeskHandler):
    """The questions of an exercise that are graded by hand."""

    async def get(self) -> None:
        """Give questions, mark schemes and the list of answers."""
        exercise = self.get_query_argument("exercise")
        self.reply(await self.ask(lambda: self.service.essays(exercise)))


class AnswerHandler(DeskHandler):
    """One written answer."""

    async def get(self, key: str) -> None:
        """Give it to read."""
        named = self.get_query_argument("names", "") == "1"
        self.reply(await self.ask(lambda: self.service.answer(key, named=named)))

    async def put(self, key: str) -> None:
        """Grade it."""
        told = self.told()
        points, comment, version = told.get("points"), told.get("comment", ""), told.get("version")
        is_number = isinstance(points, int | float) and not isinstance(points, bool)
        if not (points is None or is_number) or not isinstance(comment, str) or not isinstance(version, str):
            raise HTTPError(400, "expected points (a number or null), comment and version")
        named = told.get("names") is True
        grade = self.service.grade_answer
        self.reply(await self.ask(lambda: grade(key, points, comment, version, named=named)))


class DocumentHandler(DeskHandler):
    """Report and feedback: whole pages that were written to the course folder."""

    def set_default_headers(self) -> None:
        """What they hold runs nothing and loads nothing."""
        super().set_default_headers()
        self.set_header("Content-Security-Policy", _DOCUMENT_POLICY)

    async def show(self, find: Callable[[], Path]) -> None:
        """Give a page."""
        data = await self.ask(lambda: find().read_bytes())
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.finish(data)


class ReportHandler(DocumentHandler):
    """The cohort's report."""

    async def get(self) -> None:
        """Give the page."""
        await self.show(self.service.report)


class FeedbackHandler(DocumentHandler):
    """A learner's feedback."""

    async def get(self, exercise: str, learner: str) -> None:
        """Give the page."""
        await self.show(lambda: self.service.feedback(exercise, learner))


class FileHandler(DocumentHandler):
    """Files of export and completion."""

    async def get(self, folder: str, name: str) -> None:
        """Give the file: transcripts to read, all else to keep."""
        path = await self.ask(lambda: self.service.file(folder, name))
        if path.suffix == ".html":
            await self.show(lambda: path)
            return
        self.keep(await self.ask(path.read_bytes), path.name)

    def keep(self, data: bytes, name: str) -> None:
        """Give a file that the browser saves under its name."""
        self.set_header("Content-Type", mimetypes.guess_type(name)[0] or "application/octet-stream")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}")
        self.finish(data)


class ArchiveHandler(FileHandler):
    """All files of export or completion."""

    async def get(self, folder: str) -> None:  # type: ignore[override]  # one part of the address less
        """Give a zip file."""
        self.keep(await self.ask(lambda: self.service.archive(folder)), f"{folder}.zip")


class NothingHandler(DeskHandler):
    """Whatever else is asked for."""

    def get(self, *_: str) -> None:
        """Say that it is not there."""
        raise HTTPError(404, "there is nothing at this address")


_ROUTES: tuple[tuple[str, type[DeskHandler]], ...] = (
    (r"(|essays)", PageHandler),
    (r"static/([a-z.]+)", StaticHandler),
    (r"api/state", StateHandler),
    (r"api/runs", RunsHandler),
    (r"api/runs/([0-9a-f-]+)", RunHandler),
    (r"api/learners", LearnersHandler),
    (r"api/essays", EssaysHandler),
    (r"api/answers/([0-9a-f-]+)", AnswerHandler),
    (r"report", ReportHandler),
    (r"feedback/([^/]+)/([^/]+)", FeedbackHandler),
    (r"files/([a-z]+)\.zip", ArchiveHandler),
    (r"files/([a-z]+)/(.+)", FileHandler),
    (r".*", NothingHandler),
)


def routes(
    service: Service, base: str, guard: type[RequestHandler]
) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """Make the handlers of a desk.

    Parameters
    ----------
    service : Service
        The course.
    base : str
        Path of the desk on its server, beginning and ending with a slash.
    guard : type
        A handler whose ``prepare`` lets only the instructor in.
    """
    values = {"service": service, "base": base}
    return [
        (f"{base}{pattern}", type(handler.__name__, (handler, guard), {}), values)
        for pattern, handler in _ROUTES
    ]


@cache
def _text(name: str) -> str:
    return files("biolabkit_autograder.desk").joinpath("page", name).read_text(encoding="utf-8")
