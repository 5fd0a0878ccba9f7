"""`fetch` and `load`: real files when they can be had, a simulated stand-in when allowed."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit._settings import language_to_show
from biolabkit.datasets.cards import read_card
from biolabkit.datasets.model import Card
from biolabkit.datasets.phrases import say, tell, unknown
from biolabkit.datasets.presentation import Section, Sheet, sheet_html, sheet_text
from biolabkit.datasets.recipes import derive
from biolabkit.datasets.settings import Settings
from biolabkit.datasets.store import Store
from biolabkit.datasets.tables import read_table
from biolabkit.errors import DatasetUnavailableError, InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Dataset", "fetch", "load"]


@dataclass(frozen=True)
class Dataset:
    """The files of a dataset on this machine.

    Attributes
    ----------
    card : Card
        What the dataset is.
    paths : mapping of str to Path
        Every file, published or derived, by its role. A derived index stands beside the file it belongs to.
    simulated : bool
        Whether the files are a simulated stand-in, not the dataset itself.
    """

    card: Card
    paths: Mapping[str, Path] = field(repr=False)
    simulated: bool = False

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.card.name

    def path(self, role: str) -> Path:
        """The file with a role.

        Raises
        ------
        UnknownNameError
            When no file has the role; the near one is suggested.
        """
        if role not in self.paths:
            kind = "simulated-role" if self.simulated else "role"
            raise unknown(kind, role, self.paths, dataset=self.name)
        return self.paths[role]

    def sheet(self, language: str) -> Sheet:
        """What is shown of the dataset in ``"en"`` or ``"ko"``: what it is, whether it is real, its files."""
        real = "synthetic" if self.card.synthetic else "real"
        files = [(role, str(path)) for role, path in self.paths.items()]
        return Sheet(
            self.name,
            self.card.title[language],
            self.card.description[language],
            status=say(language, "simulated" if self.simulated else real),
            sections=[Section(say(language, "files"), files, opened=False)],
            origin=[(say(language, "licence"), self.card.licence)],
        )

    def __str__(self) -> str:
        return sheet_text(self.sheet(language_to_show()))

    def _repr_html_(self) -> str:
        return sheet_html(self.sheet(language_to_show()))


def fetch(
    name: str,
    *,
    fallback: Callable[[Path], Mapping[str, Path]] | None = None,
    progress: bool | None = None,
) -> Dataset:
    """Have all files of a dataset on this machine, verified, with the derived ones made.

    Files come from the cache, else from ``BIOLABKIT_MIRROR`` (a folder or an address), else from the network.

    Parameters
    ----------
    name : str
        A name of `names`.
    fallback : callable, optional
        ``folder -> {role: path}``: writes a simulated stand-in into an empty folder that lives as long
        as this process. Used when the real files cannot be had, or always with
        ``BIOLABKIT_DATA=simulated``, or never with ``BIOLABKIT_DATA=real``.
    progress : bool, optional
        Show progress bars; by default only in a terminal or a notebook.

    Raises
    ------
    UnknownNameError
        When there is no such dataset.
    DatasetUnavailableError
        When the files cannot be had and no fallback may be used.
    DatasetCorruptError
        When sources have the files, but with other bytes than the card promises.
    DatasetError
        When the disk is full or the cache cannot be written.
    """
    card = read_card(name)
    settings = Settings.from_environment()
    if not _must_simulate(name, settings, fallback is not None):
        try:
            return fetch_real(card, settings, progress)
        except DatasetUnavailableError:
            if fallback is None or settings.data == "real":
                raise
    assert fallback is not None
    folder = _temporary_folder(name)
    paths = {role: Path(path) for role, path in fallback(folder).items()}
    absent = [str(path) for path in paths.values() if not path.is_file()]
    if absent:
        raise InputError(f"the fallback of {name} did not write {', '.join(absent)}")
    return Dataset(card, paths, simulated=True)


def fetch_real(card: Card, settings: Settings, progress: bool | None = None) -> Dataset:
    """The published files of a dataset and those that its recipes derive."""
    store = Store(settings, progress)
    paths = store.ensure(card.name, card.files.values())
    for made in card.derived:
        paths |= derive(store, card, made, paths)
    return Dataset(card, paths)


def load(
    name: str,
    table: str | None = None,
    *,
    fallback: Callable[[], "pd.DataFrame"] | None = None,
) -> "pd.DataFrame":
    """Read a table of a dataset with the dtypes, column names and missing values of its card.

    Parameters
    ----------
    name : str
        A name of `names`.
    table : str, optional
        Which table; needed when the dataset has several.
    fallback : callable, optional
        Makes a simulated table of the same form; used as `fetch` uses its own.

    Returns
    -------
    DataFrame
        ``attrs`` holds ``dataset``, ``table``, ``simulated`` and ``units`` (column to unit).

    Raises
    ------
    UnknownNameError
        When there is no such dataset or table.
    DatasetError
        When the table was not named though there are several, or the files cannot be had (see `fetch`).
    """
    card = read_card(name)
    wanted = card.table(table)
    settings = Settings.from_environment()
    frame = None
    if not _must_simulate(name, settings, fallback is not None):
        try:
            paths = Store(settings).ensure(name, [card.files[role] for role in dict.fromkeys(wanted.roles)])
        except DatasetUnavailableError:
            if fallback is None or settings.data == "real":
                raise
        else:
            frame = read_table(card, wanted, paths)
    simulated = frame is None
    if frame is None:
        assert fallback is not None
        frame = fallback()
    units = {column.name: column.unit for column in wanted.columns if column.unit}
    frame.attrs.update(dataset=name, table=wanted.name, simulated=simulated, units=units)
    return frame


def _must_simulate(name: str, settings: Settings, possible: bool) -> bool:
    if settings.data != "simulated":
        return False
    if not possible:
        raise DatasetUnavailableError(tell("nothing-simulates", dataset=name))
    return True


def _temporary_folder(name: str) -> Path:
    """An empty folder that is removed when this process ends, and not when a forked child of it ends."""
    folder = Path(tempfile.mkdtemp(prefix=f"biolabkit-{name}-"))
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder
