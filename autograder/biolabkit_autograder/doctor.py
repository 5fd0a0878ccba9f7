"""What ``biolab doctor`` says about grading on this machine."""

from __future__ import annotations

from .sandbox import detect

__all__ = ["isolation"]

_MEANINGS = {
    "namespaces": ("ok", "full: own user, processes, network and files for each submission"),
    "landlock": ("note", "Landlock and seccomp, without namespaces: learners' code cannot start processes"),
    "none": ("note", "none: biolab course grade refuses, unless with --unsafe; grade on Linux"),
}


def isolation() -> list[tuple[str, str, str]]:
    """Say how far learners' code is kept from the rest of this machine, and why.

    Returns
    -------
    list of (state, topic, text)
        As the entry point group ``biolabkit.doctor`` wants them.
    """
    found = detect()
    state, meaning = _MEANINGS[found.level]
    return [(state, "isolation", f"{meaning} ({'; '.join(found.reasons)})")]
