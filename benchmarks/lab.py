"""From the command to an idle kernel: `biolab lab` beside plain `jupyter lab`, in one run.

    python benchmarks/lab.py [--repeats 7] [--page]

Each start is a process of its own in a course folder of its own. A round starts each once, in an order that
is shuffled anew; ratios are taken within a round. Without ``--page`` a notebook's kernel is asked for as
JupyterLab asks for it, over HTTP and a web socket, and timed until it says that it is idle. With ``--page``
a headless Chromium, running already, with a new profile, loads the notebook's page, and the kernel must be
idle and connected to it. CPU is that of all processes of a start, its end included, without the browser's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import websocket

NOTEBOOK = "one/one.ipynb"
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\S*\?token=(\w+)")
SCRIPTS = Path(sys.executable).parent
COMMANDS = {
    "jupyter lab": [SCRIPTS / "jupyter", "lab", "--no-browser", "--allow-root", "--port=0"],
    "biolab lab": [SCRIPTS / "biolab", "lab", ".", "--no-browser", "--port=0"],
    "biolab lab NOTEBOOK": [SCRIPTS / "biolab", "lab", NOTEBOOK, "--no-browser", "--port=0"],
}
COURSE = {
    "format": 1,
    "course": "bio101",
    "title": {"en": "Genomes", "ko": "유전체"},
    "language": "ko",
    "timezone": "Asia/Seoul",
    "assignments": [],
}


@dataclass(frozen=True)
class Server:
    """A server that has said its address."""

    address: str
    token: str

    def ask(self, path: str, body: Any = None) -> Any:
        """GET, or POST a body; tried again until the server listens."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/{path}", data=data)
        request.add_header("Authorization", f"token {self.token}")
        while True:
            try:
                with urllib.request.urlopen(request) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError:
                raise
            except OSError:
                time.sleep(0.01)


def kernel_is_idle(server: Server) -> None:
    """Ask for the notebook's kernel as JupyterLab does, and wait until it says that it is idle."""
    session = {"path": NOTEBOOK, "name": "one.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
    kernel = server.ask("api/sessions", session)["kernel"]["id"]
    url = f"{server.address.replace('http', 'ws')}/api/kernels/{kernel}/channels?token={server.token}"
    channel = websocket.create_connection(url)
    header = {
        "msg_id": "m",
        "msg_type": "kernel_info_request",
        "session": "s",
        "username": "",
        "version": "5.3",
    }
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": {}, "channel": "shell"}
    channel.send(json.dumps(message))
    while True:
        heard = json.loads(channel.recv())
        ours = heard["parent_header"].get("msg_id") == "m"
        if ours and heard["content"].get("execution_state") == "idle":
            break
    channel.close()


def page_shows_idle(window: Any) -> Callable[[Server], None]:
    """Load the notebook's page, and wait until its kernel is idle and connected."""

    def wait(server: Server) -> None:
        url = f"{server.address}/lab/tree/{NOTEBOOK}?token={server.token}"
        server.ask("api/status")
        window.page.goto(url, wait_until="commit")
        while True:
            with suppress(urllib.error.HTTPError):  # a kernel that is just being made has no state yet
                kernels = server.ask("api/kernels")
                if kernels and kernels[0]["connections"] and kernels[0]["execution_state"] == "idle":
                    return
            time.sleep(0.02)

    return wait


def start(command: list[Any], wait: Callable[[Server], None]) -> tuple[float, float, float]:
    """Seconds to the server's address and to the idle kernel, and CPU seconds of all."""
    with tempfile.TemporaryDirectory() as folder:
        make_course(Path(folder))
        used, begin = cpu(), time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        found = next(filter(None, map(ADDRESS.search, process.stdout)))
        listening = time.perf_counter() - begin
        threading.Thread(target=process.stdout.read, daemon=True).start()
        wait(Server(*found.groups()))
        idle = time.perf_counter() - begin
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # plain JupyterLab sometimes waits for its threads for ever
            process.kill()
            process.wait()
    return listening, idle, cpu() - used


def make_course(folder: Path) -> None:
    """A Korean course with one empty notebook."""
    (folder / "one").mkdir()
    (folder / "course.json").write_text(json.dumps(COURSE), encoding="utf-8")
    (folder / "biolab.toml").write_text('language = "ko"\nlearner = "kim"\n', encoding="utf-8")
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": []}
    (folder / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")


def cpu() -> float:
    """CPU seconds of the processes that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


@contextmanager
def waiting(page: bool) -> Iterator[Callable[[], Callable[[Server], None]]]:
    """What makes the wait of one start."""
    if not page:
        yield lambda: kernel_is_idle
        return
    from _browser import Browser

    with Browser() as browser:
        yield lambda: page_shows_idle(browser.window())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--page", action="store_true", help="load the notebook's page in Chromium")
    asked = parser.parse_args()
    names = [name for name in COMMANDS if asked.page or "NOTEBOOK" not in name]
    rounds: list[dict[str, tuple[float, float, float]]] = []
    print(f"jupyterlab {version('jupyterlab')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with waiting(asked.page) as make_wait:
        for name in names:  # files are read once before anything is timed
            start(COMMANDS[name], make_wait())
        for _ in range(asked.repeats):
            order = random.sample(names, len(names))
            rounds.append({name: start(COMMANDS[name], make_wait()) for name in order})
    print(f"{'':20}  address   idle kernel: median (range)   times jupyter lab   CPU")
    for name in names:
        address, idle, used = zip(*(one[name] for one in rounds), strict=True)
        ratio = statistics.median(one[name][1] / one["jupyter lab"][1] for one in rounds)
        print(
            f"{name:20}  {statistics.median(address):5.2f} s   {statistics.median(idle):5.2f} s "
            f"({min(idle):.2f} to {max(idle):.2f})    {ratio:16.2f}   {statistics.median(used):5.2f} s"
        )
    print(f"load {os.getloadavg()[0]:.1f}, {len(rounds)} rounds")


if __name__ == "__main__":
    main()
