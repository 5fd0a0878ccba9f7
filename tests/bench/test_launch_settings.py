"""What `biolab lab` writes for Jupyter: found before the user's settings, of which nothing is lost."""

import json
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")

from biolabkit.bench import launch, settings
from biolabkit.bench.settings import Bench, write_settings


@pytest.fixture
def user(tmp_path, monkeypatch):
    """A user who has settings and a kernel of their own: (folder of settings, folder of data)."""
    config, data = tmp_path / "user" / "config", tmp_path / "user" / "data"
    for name, folder in (("JUPYTER_CONFIG_DIR", config), ("JUPYTER_DATA_DIR", data)):
        folder.mkdir(parents=True)
        monkeypatch.setenv(name, str(folder))
    for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")  # as outside virtual environments: the user's go first
    return config, data


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Write the settings and set the environment as `biolab lab` does; gives the folder."""

    def write(language: str = "ko") -> Path:
        home = tmp_path / "home"
        for name, value in write_settings(home, Bench(tmp_path, language)).items():
            monkeypatch.setenv(name, value)
        return home

    return write


def save(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def page_config() -> dict:
    from jupyterlab_server.config import get_page_config

    return get_page_config([])


def test_the_kernel_is_this_interpreter_though_the_user_has_another_python3(user, start):
    from jupyter_client.kernelspec import KernelSpecManager

    kernels = user[1] / "kernels"
    save(kernels / "python3" / "kernel.json", {"argv": ["/other/python"], "display_name": "Other"})
    save(kernels / "r" / "kernel.json", {"argv": ["/usr/bin/R"], "display_name": "R"})
    assert KernelSpecManager().get_kernel_spec("python3").argv == ["/other/python"]
    start()
    assert KernelSpecManager().get_kernel_spec("python3").argv[0] == sys.executable
    assert "r" in KernelSpecManager().find_kernel_specs()


@pytest.mark.usefixtures("user")
def test_every_server_extension_of_nbgrader_is_off(start):
    from jupyter_server.extension.config import ExtensionConfigManager

    registered = Path(sys.prefix) / "etc" / "jupyter" / "jupyter_server_config.d" / "nbgrader.json"
    if not registered.is_file():
        pytest.skip("nbgrader is not installed here")
    names = json.loads(registered.read_text())["ServerApp"]["jpserver_extensions"]
    config = start() / "config"
    enabled = ExtensionConfigManager(
        read_config_path=[str(config), str(registered.parents[1])]
    ).get_jpserver_extensions()
    assert names
    assert not [name for name in names if enabled[name]]
    assert enabled["biolabkit.bench"]
    assert enabled["jupyterlab"]


def test_extensions_are_hidden_besides_those_that_the_user_hides(user, start):
    save(user[0] / "labconfig" / "page_config.json", {"disabledExtensions": {"a-toy": True}})
    start()
    hidden = page_config()["disabledExtensions"]
    assert "a-toy" in hidden
    assert "@jupyter/nbgrader" in hidden
    assert "@jupyterlab/apputils-extension:announcements" in hidden


def test_every_core_extension_that_is_hidden_exists():
    """An extension that was renamed would come back unseen."""
    from jupyterlab.commands import get_app_dir

    package = json.loads((Path(get_app_dir()) / "static" / "package.json").read_text())
    core = package["jupyterlab"]["extensions"]
    names = [name.partition(":")[0] for name in settings._DISABLED_IN_LAB if name.startswith("@jupyterlab/")]
    assert names
    assert not [name for name in names if name not in core]


@pytest.mark.usefixtures("user")
def test_nothing_is_written_outside_the_folder(start, user):
    start()
    assert not [path for folder in user for path in folder.rglob("*")]


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize(("language", "locale"), [("en", "en"), ("ko", "ko_KR")])
def test_the_interface_speaks_the_course_s_language(start, monkeypatch, language, locale):
    pack = EntryPoint("ko_KR", "jupyterlab_language_pack_ko_KR", "jupyterlab.languagepack")
    monkeypatch.setattr(settings, "entry_points", lambda **_group: EntryPoints([pack]))
    written = json.loads((start(language) / "config/labconfig/default_setting_overrides.json").read_text())
    assert written["@jupyterlab/translation-extension:plugin"] == {"locale": locale}


@pytest.mark.usefixtures("user")
def test_without_the_language_pack_it_speaks_english(start, monkeypatch):
    monkeypatch.setattr(settings, "entry_points", lambda **_group: EntryPoints([]))
    written = json.loads((start("ko") / "config/labconfig/default_setting_overrides.json").read_text())
    assert written["@jupyterlab/translation-extension:plugin"] == {"locale": "en"}
    assert not settings.has_language_pack("ko")
    assert settings.has_language_pack("en")


def test_jupyter_s_own_variables_are_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_PATH", "/of/the/user")
    assert write_settings(tmp_path, Bench(tmp_path, "en"))["JUPYTER_PATH"].endswith("/of/the/user")


@pytest.mark.usefixtures("user")
def test_a_checkout_shows_its_own_panel(start, repository):
    """JupyterLab takes the first of a name: not the copy that was made when the package was installed."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions

    start()
    start()  # over what an earlier start left
    found = get_federated_extensions(jupyter_path("labextensions"))[settings.LAB_EXTENSION]
    assert Path(found["ext_path"]).resolve() == repository / "src" / "biolabkit" / "bench" / "labextension"


@pytest.mark.usefixtures("user")
def test_where_links_are_not_allowed_the_panel_is_copied_anew(start, monkeypatch):
    def refuse(*_args, **_options):
        raise OSError("a privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    panel = start() / "data" / "labextensions" / settings.LAB_EXTENSION
    (panel / "old.js").write_text("")
    start()
    assert (panel / "package.json").is_file()
    assert not (panel / "old.js").exists()


@pytest.mark.usefixtures("user")
def test_an_installed_package_relies_on_what_its_wheel_installed(start, monkeypatch, tmp_path):
    panel = start() / "data" / "labextensions" / settings.LAB_EXTENSION
    assert panel.exists()
    monkeypatch.setattr(settings, "__file__", str(tmp_path / "site-packages/biolabkit/bench/settings.py"))
    start()
    assert not panel.exists()
    assert not panel.is_symlink()


def test_starting_builds_no_grammar_of_addresses():
    """It takes up to two seconds; when Jupyter finds another way to it, this test says so."""
    program = (
        "import sys; from biolabkit._quick_imports import defer_address_grammar; defer_address_grammar();"
        "import jupyterlab.labapp; print('jsonschema' in sys.modules, 'lark' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"


@pytest.mark.parametrize("module", launch._ASKED_FIRST)
def test_what_is_imported_before_it_is_asked_for_exists(module):
    """Jupyter's server comes with it; when it is elsewhere, the page waits for it again."""
    assert find_spec(module)


def test_a_wheel_brings_panel_and_server_extension(repository, tmp_path):
    """Plain `jupyter lab` finds both in the environment's own folders."""
    import zipfile

    wheel = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", "--no-deps"]
    wheel += ["--no-build-isolation", "--wheel-dir", str(tmp_path), str(repository)]
    subprocess.run(wheel, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    archive = zipfile.ZipFile(built)
    data = {name.partition(".data/data/")[2]: name for name in archive.namelist() if ".data/data/" in name}
    panel = "share/jupyter/labextensions/biolabkit"
    package = json.loads(archive.read(data[f"{panel}/package.json"]))
    assert package["name"] == settings.LAB_EXTENSION
    assert f"{panel}/{package['jupyterlab']['_build']['load']}" in data
    server = json.loads(archive.read(data["etc/jupyter/jupyter_server_config.d/biolabkit.json"]))
    assert server == {"ServerApp": {"jpserver_extensions": {settings.SERVER_EXTENSION: True}}}
    assert not [name for name in archive.namelist() if name.startswith("biolabkit/bench/labextension")]
