"""The desk inside a Jupyter server: the same pages, for whoever may use that server."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import pytest


@pytest.fixture
def served(graded, tmp_path, until):
    """A Jupyter server with the desk of a course; gives its address and token."""
    kept = socket.socket()  # from all others: it never listens, so that the server may bind the same address
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    port = kept.getsockname()[1]
    command = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", f"--port={port}"]
    command += [
        "--ServerApp.base_url=/lab-1/",
        "--IdentityProvider.token=secret",
        f"--ServerApp.root_dir={tmp_path}",
    ]
    command += ["--ServerApp.jpserver_extensions={'biolabkit_autograder.desk': True}"]
    environment = {
        **os.environ,
        "BIOLABKIT_DESK_COURSE": str(graded.folder),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_NO_CONFIG": "1",
    }
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    until(lambda: _answers(port))
    yield f"http://127.0.0.1:{port}/lab-1/biolab-desk/"
    process.terminate()
    process.communicate(timeout=60)
    kept.close()


def _answers(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_the_desk_is_there_for_those_with_the_token(served, graded):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open(served + "api/state")
    assert refused.value.code == 403
    page = opener.open(f"{served}?token=secret").read().decode()
    assert 'data-base="/lab-1/biolab-desk/"' in page
    assert opener.open(served + "static/desk.js").status == 200
    with opener.open(served + "api/state") as answer:
        state = json.load(answer)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert (state["folder"], state["exercises"][0]["counts"]["waiting"]) == (str(graded.folder), 1)
    xsrf = page.split('data-xsrf="')[1].split('"')[0]
    body = json.dumps({"action": "export"}).encode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open(urllib.request.Request(served + "api/runs", body, method="POST"))
    assert refused.value.code == 403
    opener.open(urllib.request.Request(served + "api/runs", body, {"X-XSRFToken": xsrf}, method="POST"))
