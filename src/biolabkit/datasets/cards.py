"""The cards that there are: ``datasets/<name>.toml``, whose keys ``datasets/README.md`` describes.

In a wheel they are packaged beside this module, in a checkout they stand in the repository's ``datasets/``.
"""

from functools import lru_cache
from pathlib import Path

from biolabkit.datasets.model import Card
from biolabkit.datasets.parsing import parse_card
from biolabkit.datasets.phrases import tell, unknown
from biolabkit.errors import DatasetError

__all__ = ["card_folder", "card_names", "read_card"]


def card_folder() -> Path:
    """The folder of the cards: packaged in a wheel, ``datasets/`` in a checkout.

    Raises
    ------
    DatasetError
        When neither is there: the installation is broken.
    """
    packaged = Path(__file__).parent / "cards"
    checkout = Path(__file__).parents[3] / "datasets"
    for folder in (packaged, checkout):
        if any(folder.glob("*.toml")):
            return folder
    raise DatasetError(tell("no-cards", packaged=packaged, checkout=checkout))


def card_names() -> list[str]:
    """Names of all datasets, sorted."""
    return sorted(path.stem for path in card_folder().glob("*.toml"))


def read_card(name: str) -> Card:
    """Read the card of a dataset by its name.

    Raises
    ------
    UnknownNameError
        When there is no such dataset; the near name is suggested.
    DatasetError
        When the card has problems; all of them are told at once.
    """
    known = card_names()
    if name not in known:
        raise unknown("dataset", name, known, see="datasets.names(), biolab data list")
    path = card_folder() / f"{name}.toml"
    return _read_cached(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read_cached(path: Path, _modified: int) -> Card:
    return parse_card(path)
