"""Verified files: from the cache, else from the mirror, else from the network.

The only code that uses the network. The cache has the layout of a mirror, ``<host>/<path of the URL>``, so
that it can be served as one. A file gets its final name only when its SHA-256 is the card's. pooch downloads;
a lock per folder lets several processes ask for the same file at once.
"""

import errno
import hashlib
import os
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from biolabkit.datasets.cards import File
from biolabkit.datasets.progress import progress_bar
from biolabkit.datasets.settings import Settings
from biolabkit.errors import DatasetCorruptError, DatasetError, DatasetUnavailableError

__all__ = ["Store", "readable_errors", "sha256_of"]

ATTEMPTS = 3
CONNECT_SECONDS, READ_SECONDS = 4.0, 30.0
LOCK_SECONDS = 600.0
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


class _UnreachableError(Exception):
    """A source that does not have the file, or cannot be asked; says why."""


class _DamagedError(Exception):
    """A source whose bytes are not the card's; says what was found."""


@dataclass(frozen=True)
class _Source:
    """Somewhere a file may come from: what a person calls it, and a pooch downloader."""

    label: str
    url: str
    download: Callable[[str, str, Any], None]
    attempts: int = 1


@dataclass
class Store:
    """A folder of verified files and the sources that fill it.

    Parameters
    ----------
    settings : Settings
        Where the folder is and which sources may be asked.
    progress : bool or None
        Whether downloads show a progress bar; ``None``: in a terminal or a notebook.
    donor : Path or None
        A folder in mirror layout asked before the mirror, for example the cache when a mirror is being made.
    """

    settings: Settings
    progress: bool | None = None
    donor: Path | None = None
    _hosts: dict[str, str] = field(default_factory=dict)

    def path_of(self, file: File) -> Path:
        """Where a file is or would be."""
        return self.settings.cache / file.relative

    def ensure(self, dataset: str, files: Iterable[File]) -> dict[str, Path]:
        """Have files whole and verified in the folder.

        Returns
        -------
        dict of str to Path
            The path of each file by its role.

        Raises
        ------
        DatasetUnavailableError
            When neither the folder nor any source has a file.
        DatasetCorruptError
            When sources were found, and all of them have other bytes than the card says.
        DatasetError
            When the folder cannot be written or the disk is full.
        """
        return {file.role: self._ensure_one(dataset, file) for file in files}

    def state(self, file: File) -> str:
        """``"whole"``, ``"damaged"`` or ``"absent"``, by size and SHA-256 of what is in the folder."""
        path = self.path_of(file)
        if not path.is_file():
            return "absent"
        same = path.stat().st_size == file.bytes and sha256_of(path) == file.sha256
        return "whole" if same else "damaged"

    def _ensure_one(self, dataset: str, file: File) -> Path:
        path = self.path_of(file)
        if self.state(file) == "whole":
            return path
        what = f"{path.name} ({file.bytes:,} bytes)"
        with readable_errors(dataset, what, self.settings.cache), self.lock(path.parent):
            if self.state(file) != "whole":  # another process may have fetched it while this one waited
                self._fill(dataset, file, path)
        return path

    def _fill(self, dataset: str, file: File, path: Path) -> None:
        """Try the sources in order, under the lock of the folder."""
        _remove_leftovers(path.parent)
        failures: list[str] = []
        damaged: list[str] = []
        for source in self._sources(file):
            try:
                _download(source, file, path)
            except _UnreachableError as error:
                failures.append(f"{source.label}: {error}")
            except _DamagedError as error:
                damaged.append(f"{source.label} has a damaged {path.name} ({error}); it is not used")
                failures.append(f"{source.label}: {error}")
            else:
                for told in damaged:  # all went well, but somebody should mend that source
                    warnings.warn(f"{dataset}: {told}", stacklevel=2)
                return
        raise _failure(dataset, path, self.settings, failures, bool(damaged))

    def _sources(self, file: File) -> Iterator[_Source]:
        settings, relative = self.settings, file.relative.as_posix()
        if self.donor is not None:
            yield _Source(f"cache {self.donor}", str(self.donor / relative), _copy)
        if settings.mirror and not settings.mirror_is_url:
            folder = Path(settings.mirror).expanduser()
            label = f"mirror {folder}" + ("" if folder.is_dir() else " (which is not a folder)")
            yield _Source(label, str(folder / relative), _copy)
        if settings.offline:
            return
        if settings.mirror and settings.mirror_is_url:
            url = f"{settings.mirror.rstrip('/')}/{quote(relative, safe='/:')}"
            yield _Source(f"mirror {settings.mirror}", url, self._http(file), ATTEMPTS)
        for url in (file.url, *file.alternates):
            yield _Source(f"network {urlsplit(url).netloc}", url, self._http(file), ATTEMPTS)

    def _http(self, file: File) -> Callable[[str, str, Any], None]:
        def download(url: str, output: str, pooch_instance: Any) -> None:
            from pooch import HTTPDownloader

            self._require_host(url)
            bar = progress_bar(file.relative.name, file.bytes, self.progress)
            get = HTTPDownloader(
                progressbar=bar or False, chunk_size=1 << 16, timeout=(CONNECT_SECONDS, READ_SECONDS)
            )
            get(url, output, pooch_instance)

        return download

    def _require_host(self, url: str) -> None:
        """Learn quickly, and once per store, that a host cannot be reached."""
        host = urlsplit(url).netloc
        if host not in self._hosts:
            self._hosts[host] = _why_unreachable(url)
        if self._hosts[host]:
            raise _UnreachableError(self._hosts[host])

    @contextmanager
    def lock(self, folder: Path) -> Iterator[None]:
        """Be the only process that writes into a folder of the store."""
        from filelock import FileLock, Timeout

        locks = self.settings.cache / ".locks"
        locks.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        key = hashlib.sha256(str(folder.relative_to(self.settings.cache)).encode()).hexdigest()[:16]
        try:
            with FileLock(locks / f"{key}.lock", timeout=LOCK_SECONDS):
                yield
        except Timeout:
            raise DatasetError(
                f"another process has been writing into {folder} for {LOCK_SECONDS:.0f} s; "
                f"end it, or set BIOLABKIT_CACHE to another folder"
            ) from None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(source: _Source, file: File, path: Path) -> None:
    """Let pooch fetch one file from one source; retry what another try may mend."""
    for attempt in range(1, source.attempts + 1):
        try:
            _retrieve(source, file, path)
        except _DamagedError:
            if attempt == source.attempts:
                raise
        except _TransientError as error:
            if attempt == source.attempts:
                raise _UnreachableError(str(error)) from None
        else:
            return
        time.sleep(0.5 * attempt)


class _TransientError(Exception):
    """A failure of the network that may be over in a second."""


def _retrieve(source: _Source, file: File, path: Path) -> None:
    import logging

    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)

    def download(url: str, output: str, pooch_instance: Any) -> None:
        source.download(url, output, pooch_instance)
        temporary = Path(output)
        found = sha256_of(temporary)
        if found != file.sha256:
            raise _DamagedError(
                f"expected {file.bytes} bytes with SHA-256 {file.sha256[:12]}…, "
                f"found {temporary.stat().st_size} bytes with {found[:12]}…"
            )
        temporary.chmod(0o644)  # pooch's temporary files are private; a mirror is served by somebody else

    try:
        pooch.retrieve(source.url, f"sha256:{file.sha256}", path.name, path.parent, downloader=download)
    except requests.HTTPError as error:
        answer = error.response
        if answer is None:
            raise _TransientError(str(error)) from None
        status = answer.status_code
        kind = _TransientError if status in {408, 425, 429} or status >= 500 else _UnreachableError
        raise kind(f"answered {status} {answer.reason}") from None
    except requests.RequestException as error:
        raise _TransientError(f"{type(error).__name__} while downloading") from None


def _copy(source: str, output: str, _pooch: Any) -> None:
    """A pooch downloader for a mirror that is a folder."""
    import shutil

    if not Path(source).is_file():
        raise _UnreachableError("does not have the file")
    if not os.access(source, os.R_OK):
        raise _UnreachableError("has the file, but you may not read it")
    with Path(source).open("rb") as stream, Path(output).open("wb") as target:
        shutil.copyfileobj(stream, target, 1 << 20)


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
            answer.append(f"cannot be reached ({error.strerror or error})")

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(2 * CONNECT_SECONDS)
    return answer[0] if answer else f"did not answer in {2 * CONNECT_SECONDS:.0f} s"


def _remove_leftovers(folder: Path) -> None:
    """Remove temporary files of downloads that were killed; the lock says nobody is writing them."""
    for leftover in folder.glob("tmp????????"):
        if leftover.is_file():
            leftover.unlink(missing_ok=True)


@contextmanager
def readable_errors(dataset: str, what: str, folder: Path) -> Iterator[None]:
    """Turn what the operating system says while `what` is written below `folder` into a DatasetError."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise DatasetError(
                f"{dataset}: no space left in {folder} for {what}; "
                f"free some space, or choose a folder on another disk "
                f"(BIOLABKIT_CACHE for the cache, --to for a mirror)"
            ) from None
        if error.errno in _NOT_WRITABLE:
            raise DatasetError(
                f"{dataset}: {folder} may not be written by you, and {what} is not whole in it; "
                f"set BIOLABKIT_CACHE to a folder of your own"
            ) from None
        raise DatasetError(f"{dataset}: cannot write {what} into {folder}: {error}") from error


def _failure(
    dataset: str, path: Path, settings: Settings, failures: list[str], damaged: bool
) -> DatasetError:
    if settings.offline:
        failures.append("network: not asked, as BIOLABKIT_OFFLINE is set")
    tried = "; ".join(failures)
    if damaged:
        return DatasetCorruptError(
            f"{dataset}: no source has the bytes of {path.name} that the card promises: {tried}; "
            f"replace the file in the mirror, or correct the card's sha256"
        )
    return DatasetUnavailableError(
        f"{dataset}: cannot get {path.name}: {tried}; connect to the network, or set BIOLABKIT_MIRROR "
        f"to a folder or address made with: biolab data prefetch {dataset} --to FOLDER"
    )
