"""The environment variables that steer where data come from, read at each call: a notebook may set them."""

import os
from dataclasses import dataclass
from pathlib import Path

from biolabkit.datasets.phrases import suggestion, tell
from biolabkit.errors import InputError

__all__ = ["Settings"]

_DATA = ("auto", "real", "simulated")
_OFF = {"", "0", "false", "no", "off"}


@dataclass(frozen=True)
class Settings:
    """Where files may come from.

    Attributes
    ----------
    cache : Path
        ``BIOLABKIT_CACHE``, else the user's cache folder of the operating system.
    mirror : str or None
        ``BIOLABKIT_MIRROR``: a folder, or an ``http(s)://`` address, asked before the network.
    offline : bool
        ``BIOLABKIT_OFFLINE``: never touch the network (a mirror that is an address is network too).
    data : {"auto", "real", "simulated"}
        ``BIOLABKIT_DATA``: whether a simulated stand-in may, must not or must take the place of real data.
    """

    cache: Path
    mirror: str | None = None
    offline: bool = False
    data: str = "auto"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings of this process.

        Raises
        ------
        InputError
            When ``BIOLABKIT_DATA`` is none of its three values.
        """
        data = os.environ.get("BIOLABKIT_DATA", "").strip().lower() or "auto"
        if data not in _DATA:
            raise InputError(tell("bad-data", value=data) + suggestion(data, _DATA))
        return cls(
            cache=_cache_folder(),
            mirror=os.environ.get("BIOLABKIT_MIRROR", "").strip() or None,
            offline=os.environ.get("BIOLABKIT_OFFLINE", "").strip().lower() not in _OFF,
            data=data,
        )

    @property
    def mirror_is_url(self) -> bool:
        """Whether the mirror is a web address, not a folder."""
        return self.mirror is not None and self.mirror.lower().startswith(("http://", "https://"))


def _cache_folder() -> Path:
    chosen = os.environ.get("BIOLABKIT_CACHE", "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path("biolabkit")
