"""The desk on its own: a server on this machine alone, for whoever has the address with its token."""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import secrets
import signal
import socket
import tempfile
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from biolabkit._files import atomic_write
from biolabkit.errors import CourseError, InputError

from .handlers import routes
from .jobs import Jobs
from .room import make_room, room
from .service import Service

__all__ = ["PORTS", "application", "serve"]

_HOST = "127.0.0.1"
_NAMES = (_HOST, "localhost")
#: Tried one after the other; then any that is free.
PORTS = range(8760, 8780)


class Guard(RequestHandler):
    """Lets in who has the token, and only under the server's own name."""

    async def prepare(self) -> None:
        """Refuse a request that is not the instructor's."""
        settings = self.application.settings
        # another site's name may lead to this address (DNS rebinding): its pages send their own name;
        # the port may be another one, that of a tunnel
        if self.request.host_name not in _NAMES:
            raise HTTPError(403, "open the address that biolab desk printed")
        token = self.get_query_argument("token", "")
        if token and hmac.compare_digest(token, settings["desk_token"]):
            self.set_cookie(settings["desk_cookie"], token, httponly=True, samesite="Lax")
            self.redirect(self.request.path)
            return
        if not hmac.compare_digest(
            self.get_cookie(settings["desk_cookie"], "") or "", settings["desk_token"]
        ):
            raise HTTPError(403, "this address needs its token: open the one that biolab desk printed")


def application(service: Service, port: int, token: str) -> Application:
    """Make the web application.

    Parameters
    ----------
    service : Service
        The course.
    port : int
        On which it will listen.
    token : str
        What the address must have once.
    """
    return Application(
        routes(service, "/", Guard),
        desk_token=token,
        # cookies of one host are shared by its ports
        desk_cookie=f"biolab-desk-{port}",
        xsrf_cookies=True,
        xsrf_cookie_name=f"biolab-desk-xsrf-{port}",
        xsrf_cookie_kwargs={"samesite": "Lax"},
        log_function=lambda _: None,
    )


def serve(
    folder: Path,
    *,
    port: int | None = None,
    browser: bool = True,
    unsafe: bool = False,
    workers: int | None = None,
) -> None:
    """Open a desk for a course until Ctrl-C; one that is open already is shown.

    Raises
    ------
    CourseError
        When the folder cannot be written.
    InputError
        When the port is taken.
    """
    try:
        make_room(folder)
        lock = FileLock(room(folder) / "server.lock", timeout=0)
        lock.acquire()
    except Timeout:
        _show_other(folder, browser=browser)
        return
    except OSError as error:
        raise CourseError(f"{folder} cannot be written ({error.strerror}); the desk needs that") from error
    try:
        sockets = _listen(port)
        asyncio.run(_serve(Service(folder, Jobs(folder, unsafe=unsafe, workers=workers)), sockets, browser))
    finally:
        _address_file(folder).unlink(missing_ok=True)
        lock.release()


async def _serve(service: Service, sockets: Sequence[socket.socket], browser: bool) -> None:
    port, token = sockets[0].getsockname()[1], secrets.token_urlsafe(24)
    server = HTTPServer(application(service, port, token), max_buffer_size=1_000_000)
    server.add_sockets(sockets)
    address = f"http://{_HOST}:{port}/?token={token}"
    with atomic_write(_address_file(service.folder), permissions=0o600) as stream:
        json.dump({"address": address, "pid": os.getpid()}, stream)
    print(f"The desk of {service.folder} is open at\n  {address}\nCtrl-C closes it.", flush=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C ends asyncio.run there
            loop.add_signal_handler(number, stop.set)
    with _opened(address, browser=browser):
        await stop.wait()
    server.stop()
    await server.close_all_connections()
    if service.jobs.running() is not None:
        print("The run that is going on goes on; biolab desk shows it again.")


def _listen(port: int | None) -> list[socket.socket]:
    """Listen on this machine alone."""
    for wanted in [port] if port is not None else [*PORTS, 0]:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name != "nt":  # there it would share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        try:
            listener.bind((_HOST, wanted))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if port is not None:
                raise InputError(
                    f"port {port} cannot be used ({error.strerror}); give another one with --port, or leave "
                    "it out to take one that is free"
                ) from error
            continue
        return [listener]
    raise InputError("no port of this machine is free; give one with --port")


def _address_file(folder: Path) -> Path:
    return room(folder) / "server.json"


def _show_other(folder: Path, *, browser: bool) -> None:
    """Say where the desk of this course is open already."""
    try:
        found: dict[str, Any] = json.loads(_address_file(folder).read_text(encoding="utf-8"))
        address = str(found["address"])
    except (OSError, ValueError, KeyError) as error:
        raise CourseError(
            f"the desk of {folder} is open already, of another user or starting just now; close it first"
        ) from error
    print(f"The desk of {folder} is open already (process {found.get('pid')}) at\n  {address}", flush=True)
    with _opened(address, browser=browser):
        pass


@contextmanager
def _opened(address: str, *, browser: bool) -> Iterator[None]:
    """Open a browser by a file that only this user reads: others see what programs are started with."""
    if not browser:
        yield
        return
    descriptor, name = tempfile.mkstemp(prefix="biolab-desk-", suffix=".html")
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(
            '<!doctype html><meta charset="utf-8">'
            f'<meta http-equiv="refresh" content="0; url={escape(address)}">'
        )
    try:
        with suppress(webbrowser.Error):
            webbrowser.open(Path(name).as_uri())
        yield
    finally:
        Path(name).unlink(missing_ok=True)
