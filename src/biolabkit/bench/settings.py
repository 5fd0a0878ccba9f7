"""The settings that JupyterLab starts with on a trainee's bench, as files of Jupyter's own formats.

They are found through ``JUPYTER_CONFIG_PATH`` and ``JUPYTER_PATH``, which come before the user's own
settings. Nothing is written into those, and whatever they say that is not said here still holds.
"""

import json
import logging
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write

__all__ = [
    "LAB_EXTENSION",
    "SERVER_EXTENSION",
    "Bench",
    "has_language_pack",
    "is_checkout",
    "is_root",
    "panel_source",
    "write_settings",
]

#: What a server calls the trainee's panel, and what serves it.
LAB_EXTENSION = "biolabkit"
SERVER_EXTENSION = "biolabkit.bench"

_LOCALES = {"en": "en", "ko": "ko_KR"}
_AUTOSAVE_SECONDS = 15
_ERRORS = logging.ERROR  # a trainee can mend nothing that a warning of the server tells

# An instructor's tools, which the panel and `biolab desk` stand in for, and what takes time or is not needed:
# language servers (none comes with biolabkit) and the pages of Notebook 7.
_SERVER_EXTENSIONS = {
    SERVER_EXTENSION: True,
    "jupyter_lsp": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "notebook": False,
}
# The same in the browser, and what would ask the network: news, updates, extensions to install.
_DISABLED_IN_LAB = (
    "@jupyter-notebook/lab-extension",
    "@jupyter/nbgrader",
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/lsp-extension",
    "@jupyterlab/notebook-extension:language-server",
)


@dataclass(frozen=True)
class Bench:
    """What is opened.

    Attributes
    ----------
    root : Path
        The folder that JupyterLab shows, absolute.
    language : {"en", "ko"}
    page : str
        Where the browser begins, below the server's address: ``"/lab"`` or ``"/lab/tree/<notebook>"``.
    """

    root: Path
    language: str
    page: str = "/lab"


def write_settings(home: Path, bench: Bench) -> dict[str, str]:
    """Write all settings into a folder.

    Parameters
    ----------
    home : Path
        The folder; files of an earlier start are replaced. Also keeps the layout of tabs.
    bench : Bench
        What is opened.

    Returns
    -------
    dict
        The environment variables that let Jupyter find them.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    config, data = home / "config", home / "data"
    _write(config / "jupyter_server_config.json", _server(bench))
    _write(config / "jupyter_lab_config.json", _lab(bench, home))
    _write(
        config / "jupyter_server_config.d" / "biolabkit.json",
        {"ServerApp": {"jpserver_extensions": _SERVER_EXTENSIONS}},
    )
    _write(
        config / "labconfig" / "page_config.json",
        {"disabledExtensions": dict.fromkeys(_DISABLED_IN_LAB, True)},
    )
    _write(config / "labconfig" / "default_setting_overrides.json", _overrides(bench.language))
    _write_kernel(data / "kernels" / "python3", bench.language)
    _place_panel(data / "labextensions" / LAB_EXTENSION)
    return {
        name: os.pathsep.join(filter(None, (str(folder), os.environ.get(name))))
        for name, folder in (("JUPYTER_CONFIG_PATH", config), ("JUPYTER_PATH", data))
    }


def has_language_pack(language: str) -> bool:
    """Whether JupyterLab can speak the language."""
    return language == "en" or _LOCALES[language] in entry_points(group="jupyterlab.languagepack").names


def is_root() -> bool:
    """Whether this user may do everything; Windows has no such account."""
    return getattr(os, "geteuid", lambda: None)() == 0


def _server(bench: Bench) -> Mapping[str, Any]:
    return {
        "ServerApp": {"allow_root": is_root(), "log_level": _ERRORS, "root_dir": str(bench.root)},
        "MultiKernelManager": {"default_kernel_name": "python3"},
        "KernelManager": _encryption(),
    }


def _encryption() -> Mapping[str, Any]:
    """Keep what a kernel prints from the other users of a shared machine, where Jupyter can do so."""
    import zmq
    from jupyter_client.manager import KernelManager

    possible = "transport_encryption" in KernelManager.class_trait_names() and zmq.has("curve")
    return {"transport_encryption": "auto"} if possible else {}


def _lab(bench: Bench, home: Path) -> Mapping[str, Any]:
    return {
        "LabApp": {
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "default_url": bench.page,
            "extension_manager": "readonly",
            "log_level": _ERRORS,
            "news_url": None,
            "workspaces_dir": str(home / "workspaces"),
        }
    }


def _overrides(language: str) -> Mapping[str, Any]:
    """Defaults of JupyterLab's own settings; what a user has chosen in its dialogs goes before them."""
    locale = _LOCALES[language] if has_language_pack(language) else "en"
    return {
        "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
        "@jupyterlab/docmanager-extension:plugin": {"autosave": True, "autosaveInterval": _AUTOSAVE_SECONDS},
        "@jupyterlab/translation-extension:plugin": {"locale": locale},
    }


def _write_kernel(folder: Path, language: str) -> None:
    """The kernel `python3` of every notebook: this very interpreter, also where another one is registered."""
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict

    arguments = ["--ext", "biolabkit.bench.kernel"] if language == "ko" else []
    _write(folder / "kernel.json", get_kernel_dict(extra_arguments=arguments))
    for logo in Path(RESOURCES).glob("logo*"):
        shutil.copyfile(logo, folder / logo.name)


def is_checkout() -> bool:
    """Whether this is an editable install: what was copied into the environment may then be old."""
    return (Path(__file__).parents[3] / "pyproject.toml").is_file()


def panel_source() -> Path:
    """The panel's folder in a checkout."""
    return Path(__file__).with_name("labextension")


def _place_panel(target: Path) -> None:
    """Let JupyterLab take the panel of a checkout from its sources: linked, or copied where links cannot be.

    An installed package needs nothing here, and nothing of an earlier checkout.
    """
    if target.is_symlink():
        target.unlink()
    elif target.is_dir():
        shutil.rmtree(target)
    if not is_checkout():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.symlink_to(panel_source(), target_is_directory=True)
    except OSError:  # Windows asks for a privilege
        shutil.copytree(panel_source(), target)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    with atomic_write(path) as stream:
        json.dump(content, stream, ensure_ascii=False, indent=1)
