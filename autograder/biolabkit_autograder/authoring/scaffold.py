"""A small exercise to start from: it lints clean and passes its own trial."""

import re
from importlib.resources import files
from pathlib import Path
from string import Template

from biolabkit._files import atomic_write
from biolabkit.errors import InputError

__all__ = ["new_exercise"]

_NAME = re.compile(r"(?P<track>[a-z][a-z0-9]*)-(?P<slug>\d\d-[a-z0-9]+(-[a-z0-9]+)*)")


def new_exercise(name: str, root: Path) -> Path:
    """Write a small valid exercise.

    Parameters
    ----------
    name : str
        ``<track>-<nn-slug>``, for example ``genome-11-my-exercise``.
    root : Path
        The ``exercises`` folder of the toolkit or of a pack.

    Returns
    -------
    Path
        The new folder, ``<root>/<track>/<nn-slug>``.

    Raises
    ------
    biolabkit.errors.InputError
        When the name has another form or the folder exists already.
    """
    parts = _NAME.fullmatch(name)
    if parts is None:
        raise InputError(
            f"the name {name!r} has no form <track>-<nn-slug>; for example genome-11-my-exercise"
        )
    folder = root / parts["track"] / parts["slug"]
    if folder.exists():
        raise InputError(f"{folder} exists already; choose another name")
    for template in sorted(files(__package__).joinpath("template").iterdir(), key=lambda file: file.name):
        text = Template(template.read_text(encoding="utf-8")).substitute(name=name, track=parts["track"])
        with atomic_write(folder / template.name.removesuffix(".txt")) as stream:
            stream.write(text)
    return folder
