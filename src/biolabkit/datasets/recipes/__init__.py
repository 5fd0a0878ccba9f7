"""Derived files: made by code out of published files, cached under ``derived/``, versioned.

A recipe is a function ``(sources: {role: path}, targets: {role: path}) -> None``. Its version stands here:
raise it when the recipe's output changes, and every cache makes the files anew.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from biolabkit.datasets.model import Card, Derived
from biolabkit.datasets.phrases import tell
from biolabkit.datasets.recipes import giab
from biolabkit.datasets.sources import sha256_of
from biolabkit.datasets.store import Store, readable_errors
from biolabkit.errors import UnknownNameError

__all__ = ["RECIPES", "Recipe", "derive"]

Paths = Mapping[str, Path]
MANIFEST = "manifest.json"
_WORKSHOP = ".making-"


@dataclass(frozen=True)
class Recipe:
    """A function that derives files, and the version of its output."""

    make: Callable[[Paths, Paths], None]
    version: int


RECIPES = {
    "giab-reference-grch37": Recipe(giab.reference_grch37, 1),
    "giab-truth-grch37": Recipe(giab.truth_grch37, 1),
    "giab-confident-grch37": Recipe(giab.confident_grch37, 1),
}


def derive(store: Store, card: Card, made: Derived, paths: Paths) -> dict[str, Path]:
    """Have the files that a recipe makes, whole, in the cache.

    Returns
    -------
    dict of str to Path
        The derived files by role.

    Raises
    ------
    DatasetError
        When the recipe finds something in the sources that it cannot treat, or the disk is full.
    """
    if made.recipe not in RECIPES:
        raise UnknownNameError(f"recipe (card of {card.name})", made.recipe, RECIPES)
    folder = derived_folder(store, card, made)
    if not _whole(folder, made):
        what = tell("what-derived", recipe=made.recipe)
        with readable_errors(card.name, what, store.settings.cache), store.lock(folder.parent):
            if not _whole(folder, made):
                _make(RECIPES[made.recipe], made, paths, folder)
    return {role: folder / file for role, file in made.makes.items()}


def derived_folder(store: Store, card: Card, made: Derived) -> Path:
    """Where a recipe's files are: named by recipe, version and the hashes of what they were made from."""
    inputs = "".join(card.files[role].sha256 for role in made.sources)
    key = hashlib.sha256(inputs.encode()).hexdigest()[:8]
    version = RECIPES[made.recipe].version
    return store.settings.cache / "derived" / card.name / f"{made.recipe}-v{version}-{key}"


def _whole(folder: Path, made: Derived) -> bool:
    """Whether the files are those that the recipe once wrote."""
    try:
        hashes = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return all(sha256_of(folder / file) == hashes[file] for file in made.makes.values())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _make(recipe: Recipe, made: Derived, paths: Paths, folder: Path) -> None:
    """Run a recipe in a folder beside the final one, then give it its name: whole or not there.

    The caller has the lock: what lies half-made beside it was left by a process that was killed.
    """
    for leftover in folder.parent.glob(f"{_WORKSHOP}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    workshop = Path(tempfile.mkdtemp(prefix=_WORKSHOP, dir=folder.parent))
    try:
        workshop.chmod(0o755)
        targets = {role: workshop / file for role, file in made.makes.items()}
        recipe.make({role: paths[role] for role in made.sources}, targets)
        hashes = {file: sha256_of(workshop / file) for file in made.makes.values()}
        (workshop / MANIFEST).write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        workshop.rename(folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
