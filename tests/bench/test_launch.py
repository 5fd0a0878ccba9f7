"""`biolab lab` started for real, over HTTP and in a terminal."""

import asyncio
import importlib.util
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("jupyterlab")

from biolabkit import cli
from biolabkit.bench import launch

COURSE = {
    "format": 1,
    "course": "bio101",
    "title": {"en": "Genomes and health", "ko": "유전체와 건강"},
    "language": "ko",
    "timezone": "Asia/Seoul",
    "assignments": [],
}
BARE_PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('한글 제목')\nNone"
DRIVER = Path(__file__).parents[1] / "journeys" / "classroom" / "browser.py"
pytestmark = pytest.mark.xdist_group("launch")
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\S*\?token=(\w+)")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A Korean course whose folder's name is Korean, with one notebook."""
    root = tmp_path_factory.mktemp("courses") / "내 과정"
    (root / "one").mkdir(parents=True)
    (root / "course.json").write_text(json.dumps(COURSE), encoding="utf-8")
    (root / "biolab.toml").write_text('language = "ko"\nlearner = "kim"\n')
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    empty = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": []}
    (root / "one" / "one.ipynb").write_text(json.dumps(empty))
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A user's own settings: some are of no concern here, one would lead elsewhere."""
    home = tmp_path_factory.mktemp("user")
    config = home / ".jupyter"
    config.mkdir()
    settings = {"ServerApp": {"terminals_enabled": False, "root_dir": "/surely/not/there"}}
    (config / "jupyter_server_config.json").write_text(json.dumps(settings))
    return home


class Running:
    """`biolab lab` in a pseudo-terminal, as a trainee starts it."""

    def __init__(self, home: Path, *arguments: str, **variables: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        terminal, inner = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "biolabkit.cli", "lab", *arguments],
            env=kept | {"HOME": str(home), "JUPYTER_PLATFORM_DIRS": "0"} | variables,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)
        self._terminal, self.said = terminal, ""
        while not (found := ADDRESS.search(self.said)):
            assert self._hear(), f"it ended before it had an address: {self.said}"
        self.address, self._token = found.groups()

    def _hear(self) -> bool:
        try:
            heard = os.read(self._terminal, 4096)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.said += heard.decode("utf-8", errors="replace")
        return bool(heard)

    def ask(self, path: str, body: dict | None = None) -> bytes:
        """GET, or POST a body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/{path}", data=data)
        request.add_header("Authorization", f"token {self._token}")
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                return urllib.request.urlopen(request, timeout=60).read()
            except urllib.error.HTTPError:
                raise
            except OSError:  # it says its address a moment before it listens
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def page(self) -> dict:
        """What the page tells JupyterLab."""
        text = self.ask("lab").decode()
        return json.loads(
            re.search(r'jupyter-config-data" type="application/json">(.*?)</script>', text, re.S)[1]
        )

    def run(self, source: str, kernel: str) -> list[dict]:
        """Run code in a kernel; the messages of its outputs until it is idle."""
        import websocket

        url = f"{self.address.replace('http', 'ws')}/api/kernels/{kernel}/channels?token={self._token}"
        channel = websocket.create_connection(url, timeout=60)
        header = {
            "msg_id": "m",
            "msg_type": "execute_request",
            "session": "s",
            "username": "",
            "version": "5.3",
        }
        content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}}
        message = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
        }
        channel.send(json.dumps(message))
        outputs = []
        while True:
            heard = json.loads(channel.recv())
            if heard["parent_header"].get("msg_id") != "m":
                continue
            if heard["content"].get("execution_state") == "idle":
                channel.close()
                return outputs
            if heard["msg_type"] in {"stream", "display_data", "execute_result", "error"}:
                outputs.append(heard)

    def interrupt(self, times: int = 1) -> int:
        """Ctrl-C; what it says until its end is kept."""
        for _ in range(times):
            os.kill(self.process.pid, signal.SIGINT)
            time.sleep(0.1)
        while self._hear():
            pass
        os.close(self._terminal)
        return self.process.wait(timeout=60)


@pytest.fixture(scope="module")
def running(course, home):
    lab = Running(home, str(course), "--no-browser", "--port=0")
    yield lab
    if lab.process.poll() is None:
        lab.process.kill()
        lab.process.wait()


@pytest.fixture(scope="module")
def kernel(running):
    """A kernel that is started as JupyterLab starts it for a notebook."""
    session = {"path": "one/one.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    return json.loads(running.ask("api/sessions", session))["kernel"]["id"]


def test_it_says_what_is_open_in_the_course_s_language(running):
    assert "유전체와 건강 과정을 열었습니다" in running.said
    assert ("root 권한" in running.said) == (os.geteuid() == 0)


def test_it_shows_the_course_s_folder_whatever_the_user_s_settings_say(running):
    names = {entry["name"] for entry in json.loads(running.ask("api/contents/"))["content"]}
    assert names == {"course.json", "biolab.toml", "one"}


def test_the_user_s_other_settings_hold(running):
    assert running.page()["terminalsAvailable"] is False


def test_no_news_no_updates_no_installing(running):
    page = running.page()
    assert page["extensionManager"]["can_install"] is False
    assert page["news"] == {"disabled": True}
    settings = running.ask("lab/api/settings/@jupyterlab/apputils-extension:notification")
    properties = json.loads(settings)["schema"]["properties"]
    assert (properties["fetchNews"]["default"], properties["checkForUpdates"]["default"]) == ("false", False)


def test_it_saves_often(running):
    settings = json.loads(running.ask("lab/api/settings/@jupyterlab/docmanager-extension:plugin"))
    properties = settings["schema"]["properties"]
    assert properties["autosave"]["default"] is True
    assert properties["autosaveInterval"]["default"] <= 30


def test_the_panel_is_there_and_the_teacher_s_tools_are_not(running):
    page = running.page()
    extensions = {extension["name"]: extension for extension in page["federated_extensions"]}
    assert "@jupyter/nbgrader" in page["disabledExtensions"]
    assert "biolabkit" not in page["disabledExtensions"]
    assert running.ask(f"lab/extensions/biolabkit/{extensions['biolabkit']['load']}")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        running.ask("formgrader")


def test_tabs_are_kept_with_the_course_and_not_with_the_user(running, course, home):
    workspace = {"data": {"one": 1}, "metadata": {"id": "default"}}
    request = urllib.request.Request(
        f"{running.address}/lab/api/workspaces/default", json.dumps(workspace).encode(), method="PUT"
    )
    request.add_header("Authorization", f"token {running._token}")
    urllib.request.urlopen(request, timeout=60)
    assert list((course / ".biolab" / "lab" / "workspaces").iterdir())
    assert not (home / ".jupyter" / "lab" / "workspaces").exists()


def test_the_kernel_is_this_interpreter_and_knows_the_course(running, kernel):
    code = "import sys\nfrom biolabkit.check import lab\nlab.start('x')\n"
    code += "(sys.executable, lab.learner, lab.language)"
    told = running.run(code, kernel)[-1]["content"]["data"]["text/plain"]
    assert eval(told) == (sys.executable, "kim", "ko")


@pytest.mark.skipif(
    not Path("/usr/share/fonts/truetype/nanum").is_dir(), reason="no Korean font is installed here"
)
def test_a_bare_plot_writes_korean_without_a_warning(running, kernel):
    outputs = running.run("%reset -f\n" + BARE_PLOT, kernel)
    assert [output["msg_type"] for output in outputs] == ["display_data"]
    assert (
        running.run("plt.rcParams['font.family']", kernel)[0]["content"]["data"]["text/plain"]
        != "['sans-serif']"
    )


@pytest.fixture(scope="module")
def browser():
    """The journeys' browser, to which every name but this machine's leads nowhere."""
    pytest.importorskip("playwright")
    spec = importlib.util.spec_from_file_location("launch_browser", DRIVER)
    driver = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(driver)
    if driver.Browser.command is None:
        pytest.skip("Chromium is not installed")
    with driver.Browser() as browser:
        yield browser


def test_the_page_is_korean_asks_nobody_outside_and_shows_no_teacher_s_tool(running, browser):
    from playwright.sync_api import expect

    page = browser.window().page
    page.goto(f"{running.address}/lab/tree/one/one.ipynb?token={running._token}")
    page.locator(".jp-Notebook").wait_for()
    menus = page.locator(".lm-MenuBar-itemLabel")
    for number, name in enumerate(["파일", "편집", "보기"]):
        expect(menus.nth(number)).to_have_text(name)
    assert "Nbgrader" not in menus.all_inner_texts()
    assert page.get_by_text("Create Assignment").count() == 0
    page.wait_for_timeout(2_000)  # news are asked for a moment after the start
    assert page.locator(".jp-toast-message, .Toastify__toast").all_inner_texts() == []
    assert browser.outside == []


def test_one_ctrl_c_ends_it_and_its_kernels(running, kernel, home):
    process = running.run("import os; os.getpid()", kernel)[0]["content"]["data"]["text/plain"]
    assert Path(f"/proc/{process}").exists()
    assert running.interrupt() == 0
    assert "y/[n]" not in running.said
    assert "커널을 종료했습니다" in running.said
    assert not Path(f"/proc/{process}").exists()
    written = {path.name for path in (home / ".jupyter").rglob("*")} - {"migrated"}
    assert written == {"jupyter_server_config.json"}


def test_a_port_that_is_taken_gives_way_to_the_next(tmp_path, home):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        lab = Running(home, str(tmp_path), f"--port={port}", "--no-browser", LANG="C.UTF-8")
        assert lab.address.startswith("http://127.0.0.1:")
        assert not lab.address.endswith(f":{port}")
        assert f"{tmp_path} is open in JupyterLab" in lab.said
        assert lab.interrupt() == 0
    assert not (tmp_path / ".biolab").exists()


def test_a_notebook_s_kernel_starts_before_any_page_is_loaded(course, home):
    lab = Running(home, str(course / "one"), "--no-browser", "--port=0")
    assert "/lab/tree/one/one.ipynb?token=" in lab.said
    while not (sessions := json.loads(lab.ask("api/sessions"))):
        time.sleep(0.05)
    assert [(one["path"], one["kernel"]["name"]) for one in sessions] == [("one/one.ipynb", "python3")]
    assert lab.interrupt(times=2) == 0


def test_without_a_browser_it_says_the_address(course, home):
    lab = Running(home, str(course), "--port=0", BROWSER="", PATH="/nowhere", DISPLAY="")
    assert lab.interrupt() == 0
    assert "브라우저를 찾지 못했습니다" in lab.said


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    status = cli.main(["lab", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.parametrize(
    ("language", "told"), [("en", "there is no such folder"), ("ko", "그런 폴더가 없습니다")]
)
def test_a_folder_that_is_missing_is_told_in_the_right_language(capsys, monkeypatch, language, told):
    monkeypatch.setenv("BIOLAB_LANGUAGE", language)
    status, out, err = run(capsys, "/surely/not/there")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert told in err


def test_an_end_that_hangs_is_cut_short(monkeypatch):
    """Jupyter's own end waits for extensions and kernels, whatever they do."""
    loop = asyncio.new_event_loop()
    asked = []
    server = SimpleNamespace(
        io_loop=SimpleNamespace(asyncio_loop=loop), stop=lambda *, from_signal: asked.append(from_signal)
    )
    monkeypatch.setattr(launch, "_SECONDS_TO_END", 0.01)
    before = signal.getsignal(signal.SIGINT)
    try:
        launch._stop(server)
    finally:
        signal.signal(signal.SIGINT, before)
    running = threading.Thread(target=loop.run_forever, daemon=True)  # the browser's loop has this thread
    running.start()
    running.join(60)
    assert not running.is_alive()
    assert asked == [True]
    loop.close()


@pytest.fixture
def started(monkeypatch):
    """What JupyterLab would be started with, instead of starting it."""
    calls = []
    monkeypatch.setattr(launch, "write_settings", lambda _home, bench: calls.append(bench) or {})
    monkeypatch.setattr(launch, "_run", lambda place, options: calls.append((place.title, options)) or 5)
    return calls


def test_options_after_the_folder_go_to_jupyterlab(capsys, started, course):
    assert run(capsys, str(course), "--no-browser", "--port", "9999", "-y")[0] == 5
    assert started[1] == ("유전체와 건강", ["--no-browser", "--port", "9999", "-y"])


def test_options_without_a_folder_open_this_one(capsys, started, course, monkeypatch):
    monkeypatch.chdir(course)
    assert run(capsys, "--port", "9999")[0] == 5
    assert (started[0].root, started[1][1]) == (course, ["--port", "9999"])


@pytest.mark.parametrize(
    ("named", "page"),
    [("", "/lab"), ("one", "/lab/tree/one/one.ipynb"), ("one/one.ipynb", "/lab/tree/one/one.ipynb")],
)
def test_what_is_named_in_a_course_opens_in_the_whole_course(capsys, started, course, named, page):
    run(capsys, str(course / named))
    assert (started[0].root, started[0].page, started[0].language) == (course, page, "ko")


@pytest.mark.parametrize(("kernel", "early"), [("python3", "a.ipynb"), ("ir", None)])
def test_a_notebook_of_another_language_gets_its_own_kernel_from_jupyterlab(
    capsys, monkeypatch, tmp_path, kernel, early
):
    notebook = {"nbformat": 4, "metadata": {"kernelspec": {"name": kernel}}, "cells": []}
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook))
    places = []
    monkeypatch.setattr(launch, "_run", lambda place, _options: places.append(place) or 0)
    run(capsys, str(tmp_path))
    assert (places[0].bench.page, places[0].notebook) == ("/lab/tree/a.ipynb", early)


def test_a_damaged_course_opens_as_a_folder(capsys, started, tmp_path):
    (tmp_path / "course.json").write_text("{")
    (tmp_path / "biolab.toml").write_text('language = "ko"\n')
    assert run(capsys, str(tmp_path))[0] == 5
    assert (started[0].root, started[0].language, started[1][0]) == (tmp_path, "ko", None)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "jupyterlab is not installed; run: "),
        ("ko", "jupyterlab: 설치되어 있지 않습니다. 다음을 실행하십시오: "),
    ],
)
def test_without_jupyterlab_the_command_that_installs_it_is_said(
    capsys, monkeypatch, tmp_path, language, told
):
    monkeypatch.setattr(launch, "find_spec", lambda _name: None)
    monkeypatch.setenv("BIOLAB_LANGUAGE", language)
    status, _, said = run(capsys, str(tmp_path))
    assert status == 2
    assert said == f"biolab: {told}pip install 'biolabkit[lab]'\n"


@pytest.mark.parametrize(("content", "told"), [(None, "biolab join SOURCE"), ("{", "is damaged")])
def test_a_folder_without_a_course_is_called_so_and_opens(capsys, monkeypatch, tmp_path, content, told):
    if content:
        (tmp_path / "course.json").write_text(content)
    places = []
    monkeypatch.setattr(launch, "_run", lambda place, _options: places.append(place) or 0)
    assert run(capsys, str(tmp_path))[0] == 0
    monkeypatch.setattr(launch, "is_root", lambda: False)
    launch._tell(places[0], SimpleNamespace(open_browser=False))
    lines = capsys.readouterr().err.splitlines()
    assert told in lines[-2]
    assert lines[-1].startswith(f"biolab: {tmp_path} is open")


@pytest.mark.usefixtures("started")
def test_a_course_that_may_not_be_written_opens_without_remembering_tabs(capsys, course, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    status, _, err = run(capsys, str(course))
    assert status == 5
    assert "탭이 기억되지 않습니다" in err
