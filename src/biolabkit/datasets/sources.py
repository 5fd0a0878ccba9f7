"""Where a file may come from: a folder, or the web. What is not the card's file never gets its name.

pooch downloads to a temporary name, which it renames when the SHA-256 is the card's.
"""

import hashlib
import os
import shutil
import socket
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from biolabkit.datasets.model import File
from biolabkit.datasets.phrases import tell
from biolabkit.datasets.progress import progress_bar

__all__ = ["DamagedError", "Source", "UnreachableError", "Web", "folder_source", "sha256_of"]

ATTEMPTS = 3
CONNECT_SECONDS, READ_SECONDS = 4.0, 30.0


class UnreachableError(Exception):
    """A source that does not have the file, or cannot be asked; says why."""


class _TransientError(UnreachableError):
    """A failure of the network that may be over in a second."""


class DamagedError(Exception):
    """A source whose bytes are not the card's; says what was found."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True)
class Source:
    """Somewhere a file may come from: what a person calls it, and a pooch downloader."""

    label: str
    url: str
    download: Callable[[str, str, Any], None]
    attempts: int = 1

    def fetch(self, file: File, path: Path) -> None:
        """Put the file at its path, whole; retry what another try may mend.

        Raises
        ------
        UnreachableError
            When the file is not here, or nothing is to be had from here.
        DamagedError
            When the bytes are not the card's.
        OSError
            When the file cannot be written.
        """
        for attempt in range(1, self.attempts + 1):
            try:
                self._retrieve(file, path)
            except (DamagedError, _TransientError):
                if attempt == self.attempts:
                    raise
            else:
                return
            time.sleep(0.5 * attempt)

    def _retrieve(self, file: File, path: Path) -> None:
        import logging

        import requests

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tqdm's, in a notebook without ipywidgets: the bar is text there
            import pooch

        pooch.get_logger().setLevel(logging.WARNING)

        def download(url: str, output: str, pooch_instance: Any) -> None:
            self.download(url, output, pooch_instance)
            _compare(Path(output), file)
            Path(output).chmod(0o644)  # pooch's are private, and a mirror is served by somebody else

        try:
            pooch.retrieve(self.url, f"sha256:{file.sha256}", path.name, path.parent, downloader=download)
        except requests.RequestException as error:
            raise _readable(error) from None


def _compare(got: Path, file: File) -> None:
    found = sha256_of(got)
    if found == file.sha256:
        return
    with got.open("rb") as stream:
        beginning = stream.read(200).lstrip().lower()
    if beginning.startswith((b"<!doctype html", b"<html")):
        raise UnreachableError(tell("web-page"))
    raise DamagedError(
        tell(
            "other-bytes",
            bytes=file.bytes,
            sha256=file.sha256[:12],
            found_bytes=got.stat().st_size,
            found=found[:12],
        )
    )


def _readable(error: Any) -> UnreachableError:
    """Say in a few words what requests met, and whether another try may mend it."""
    import requests

    answer = error.response
    if isinstance(error, requests.HTTPError) and answer is not None:
        status = answer.status_code
        kind = _TransientError if status in {408, 425, 429} or status >= 500 else UnreachableError
        return kind(tell("answered", status=status, reason=answer.reason))
    phrases = {
        requests.exceptions.ProxyError: "proxy",
        requests.exceptions.SSLError: "certificate",
        requests.Timeout: "too-slow",
    }
    phrase = next((phrase for cause, phrase in phrases.items() if isinstance(error, cause)), "broken-off")
    return _TransientError(tell(phrase, kind=type(error).__name__))


def folder_source(label: str, folder: Path, file: File) -> Source:
    """A folder in mirror layout."""
    return Source(label, str(folder / file.relative), copy)


def copy(source: str, output: str, _pooch: Any) -> None:
    """A pooch downloader for a mirror that is a folder."""
    if not Path(source).is_file():
        raise UnreachableError(tell("lacks-file"))
    if not os.access(source, os.R_OK):
        raise UnreachableError(tell("may-not-read"))
    with Path(source).open("rb") as stream, Path(output).open("wb") as target:
        shutil.copyfileobj(stream, target, 1 << 20)


@dataclass
class Web:
    """What is on the web; remembers which hosts cannot be reached.

    `progress` says whether downloads show a progress bar; ``None``: in a terminal or a notebook.
    """

    progress: bool | None = None
    _hosts: dict[str, str] = field(default_factory=dict)

    def source(self, label: str, url: str, file: File) -> Source:
        """An address of a file."""

        def download(url: str, output: str, pooch_instance: Any) -> None:
            from pooch import HTTPDownloader

            self._require_host(url)
            with progress_bar(file.relative.name, file.bytes, self.progress) as bar:
                get = HTTPDownloader(
                    progressbar=bar or False,
                    chunk_size=1 << 16,
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    headers={"Accept-Encoding": "identity"},
                    hooks={"response": _keep_packed},
                )
                get(url, output, pooch_instance)

        return Source(label, url, download, ATTEMPTS)

    def _require_host(self, url: str) -> None:
        """Learn quickly, and once, that a host cannot be reached."""
        host = urlsplit(url).netloc
        if host not in self._hosts:
            self._hosts[host] = _why_unreachable(url)
        if self._hosts[host]:
            raise UnreachableError(self._hosts[host])


def _keep_packed(response: Any, *_arguments: Any, **_options: Any) -> None:
    """Keep requests from unpacking: to some web servers a ``.gz`` file is an encoding of what is in it."""
    response.raw.headers.pop("Content-Encoding", None)


def _why_unreachable(url: str) -> str:
    """Why no connection to a URL's host can be made; empty when one can.

    Resolving a name can hang for half a minute where there is no network, and no HTTP time-out covers it.
    """
    from requests.utils import get_environ_proxies

    if get_environ_proxies(url, no_proxy=None):
        return ""  # the proxy resolves names; its own time-outs apply
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    answer: list[str] = []

    def connect() -> None:
        try:
            socket.create_connection((parts.hostname or "", port), timeout=CONNECT_SECONDS).close()
            answer.append("")
        except OSError as error:
            answer.append(tell("unreachable", why=error.strerror or error))

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(2 * CONNECT_SECONDS)
    return answer[0] if answer else tell("silent", seconds=2 * CONNECT_SECONDS)
