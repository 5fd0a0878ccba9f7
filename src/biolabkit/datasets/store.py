"""Verified files: from the cache, else from the mirror, else from the network.

The cache has the layout of a mirror, ``<host>/<path of the URL>``, so that it can be served as one. A lock
per folder lets several processes ask for the same file at once.
"""

import errno
import hashlib
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from biolabkit.datasets.model import File
from biolabkit.datasets.phrases import tell
from biolabkit.datasets.settings import Settings
from biolabkit.datasets.sources import (
    DamagedError,
    Source,
    UnreachableError,
    Web,
    folder_source,
    sha256_of,
)
from biolabkit.errors import DatasetCorruptError, DatasetError, DatasetUnavailableError

__all__ = ["Store", "readable_errors"]

LOCK_SECONDS = 600.0
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


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
    _web: Web = field(init=False)

    def __post_init__(self) -> None:
        self._web = Web(self.progress)

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
        what = tell("what-file", file=path.name, bytes=file.bytes)
        with readable_errors(dataset, what, self.settings.cache), self.lock(path.parent):
            if self.state(file) != "whole":  # another process may have fetched it while this one waited
                self._fill(dataset, file, path)
        return path

    def _fill(self, dataset: str, file: File, path: Path) -> None:
        """Try the sources in order, under the lock of the folder."""
        _remove_leftovers(path.parent)
        failures: list[str] = []
        damaged: list[tuple[str, DamagedError]] = []
        for source in self._sources(file):
            try:
                source.fetch(file, path)
            except UnreachableError as error:
                failures.append(f"{source.label}: {error}")
            except DamagedError as error:
                failures.append(f"{source.label}: {error}")
                damaged.append((source.label, error))
            else:
                for label, why in damaged:  # all went well, but somebody should mend that source
                    told = tell("damaged-source", dataset=dataset, source=label, file=path.name, why=why)
                    warnings.warn(told, stacklevel=2)
                return
        if self.settings.offline:
            failures.append(tell("not-asked"))
        kind = DatasetCorruptError if damaged else DatasetUnavailableError
        phrase = "corrupt" if damaged else "unavailable"
        raise kind(tell(phrase, dataset=dataset, file=path.name, tried="; ".join(failures)))

    def _sources(self, file: File) -> Iterator[Source]:
        """The sources that may be asked, in their order."""
        settings = self.settings
        if self.donor is not None:
            yield folder_source(tell("from-cache", where=self.donor), self.donor, file)
        if settings.mirror and not settings.mirror_is_url:
            folder = Path(settings.mirror).expanduser()
            phrase = "from-mirror" if folder.is_dir() else "from-no-mirror"
            yield folder_source(tell(phrase, where=settings.mirror), folder, file)
        if settings.offline:
            return
        if settings.mirror and settings.mirror_is_url:
            url = f"{settings.mirror.rstrip('/')}/{quote(file.relative.as_posix(), safe='/:')}"
            yield self._web.source(tell("from-mirror", where=settings.mirror), url, file)
        for url in (file.url, *file.alternates):
            yield self._web.source(tell("from-network", where=urlsplit(url).netloc), url, file)

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
            raise DatasetError(tell("locked", folder=folder, seconds=LOCK_SECONDS)) from None


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
            raise DatasetError(tell("disk-full", dataset=dataset, folder=folder, what=what)) from None
        if error.errno in _NOT_WRITABLE:
            raise DatasetError(tell("not-writable", dataset=dataset, folder=folder, what=what)) from None
        raise DatasetError(
            tell("cannot-write", dataset=dataset, folder=folder, what=what, error=error)
        ) from error
