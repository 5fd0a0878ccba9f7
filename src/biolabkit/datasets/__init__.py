"""Real public datasets with their provenance: cards, verified files, tables.

>>> from biolabkit import datasets
>>> datasets.names()                                            # doctest: +SKIP
>>> print(datasets.describe("uci-heart-disease-4-sites"))       # doctest: +SKIP
>>> datasets.load("uci-heart-disease-4-sites")                  # doctest: +SKIP
>>> datasets.fetch("giab-hg002-illumina-chr20-100kb").path("truth")     # doctest: +SKIP
"""

from biolabkit.datasets.cards import card_names, read_card
from biolabkit.datasets.dataset import Dataset, fetch, load
from biolabkit.datasets.model import Card

__all__ = ["Card", "Dataset", "describe", "fetch", "load", "names"]


def names() -> list[str]:
    """Names of all datasets, sorted."""
    return card_names()


def describe(name: str) -> Card:
    """What a dataset is: files, tables, licence, citation, quirks.

    Returns
    -------
    Card
        Prints as text, shows as HTML in a notebook, in the language of ``BIOLAB_LANGUAGE``.

    Raises
    ------
    UnknownNameError
        When there is no such dataset; the near name is suggested.
    """
    return read_card(name)
