"""The desk as it runs: a server in a process of its own, asked over HTTP."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
import zipfile
from io import BytesIO

import pytest

EXERCISE = "genome-01-gc-content"


def test_the_whole_round(fresh, open_desk, hand_in, answered):
    _, client = open_desk(fresh.folder)
    assert client.json("state")["exercises"][0]["built"] == "no"
    assert client.run("release")["state"] == "done"
    hand_in(fresh, "kim", answered["solution"])
    hand_in(fresh, "lee", answered["unsolved"])
    assert client.json("state")["arrivals"]["total"] == 2
    assert client.run("collect-grade")["state"] == "done"
    (essay,) = client.json(f"essays?exercise={EXERCISE}")
    assert "kim" not in json.dumps(essay)
    (waiting,) = [one for one in essay["answers"] if one["waiting"]]
    answer = client.json(f"answers/{waiting['id']}")
    assert "name" not in answer
    body = {"points": 2, "comment": "좋습니다", "version": answer["version"], "names": True}
    assert client.json(f"answers/{waiting['id']}", "PUT", body)["name"] == "김하늘"
    assert client.json(f"answers/{waiting['id']}", "PUT", body, status=409)["kind"] == "changed"
    for action in ("feedback", "report", "export"):
        assert client.run(action)["state"] == "done"
    state = client.json("state")
    assert state["exercises"][0]["counts"] == {
        "missing": 1,
        "new": 0,
        "refused": 0,
        "waiting": 0,
        "graded": 2,
    }
    assert state["exercises"][0]["feedback"] == {"written": 2}
    assert "5 / 5" in client.get(f"feedback/{EXERCISE}/kim")[1].decode()
    assert "GC 과정" in client.get("report")[1].decode()
    status, data, headers = client.get("files/export/grades.csv")
    assert (status, headers["Content-Disposition"]) == (200, "attachment; filename*=UTF-8''grades.csv")
    assert "김하늘" in data.decode("utf-8-sig")
    archive = zipfile.ZipFile(BytesIO(client.get("files/export.zip")[1]))
    assert "export/canvas.csv" in archive.namelist()
    rows = {
        one["name"]: (one["status"], one["points"]) for one in client.json(f"learners?exercise={EXERCISE}")
    }
    assert rows == {"김하늘": ("graded", 5.0), "이수진": ("graded", 0.0), "Ana García": ("missing", None)}
    assert [one["action"] for one in client.json("runs")][:2] == ["export", "report"]


@pytest.fixture(scope="module")
def desk_of_all(tmp_path_factory, graded_course):
    """A desk that no test changes anything through."""
    folder = tmp_path_factory.mktemp("desk") / "course"
    shutil.copytree(graded_course, folder)
    return folder


@pytest.fixture(scope="module")
def client(desk_of_all, open_desk_once):
    return open_desk_once(desk_of_all)[1]


def test_who_may_ask(client):
    secret = {"Cookie": ""}
    bare = type(client).__new__(type(client))
    bare._opener, bare.base = urllib.request.build_opener(), client.base
    assert bare.get("api/state", **secret)[0] == 403
    assert bare.get("?token=wrong")[0] == 403
    assert client.get("api/state")[0] == 200
    # a site whose name was made to lead here
    assert client.get("api/state", Host="evil.example:80")[0] == 403
    assert client.get("api/state", Host="localhost:9999")[0] == 200  # a tunnel's end
    # a page of another origin can send the cookie, not the token of our page
    client.json("runs", "POST", {"action": "report"}, status=403, **{"X-XSRFToken": "2|0|0|0"})
    assert client.json("runs") == []


def test_nothing_of_a_submission_runs(client):
    for path in ("", "essays", "api/state", "static/desk.js"):
        policy = client.get(path)[2]["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
    for path in ("report", f"feedback/{EXERCISE}/kim", "files/export/grades.csv"):
        policy = client.get(path)[2]["Content-Security-Policy"]
        assert "script-src" not in policy
        assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    "path",
    [
        "files/export/../course.toml",
        "files/export/%2e%2e/course.toml",
        "files/export/..%2fcourse.toml",
        "files/source/x",
        f"feedback/{EXERCISE}/..%2f..%2fcourse",
        f"feedback/{EXERCISE}/.hidden",
        "feedback/other/kim",
        "static/..%2fserver.py",
        "static/nothing.js",
        "nothing",
    ],
)
def test_only_what_is_meant_to_be_had(client, path):
    status, data, _ = client.get(path)
    assert status in (400, 404)
    assert set(json.loads(data)) == {"message", "kind"}


def test_a_link_is_not_followed(client, desk_of_all):
    (desk_of_all / "export").mkdir(exist_ok=True)
    (desk_of_all / "export" / "link.csv").symlink_to(desk_of_all / "roster.csv")
    assert client.get("files/export/link.csv")[0] == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"x" * 200_000], ids=["none", "list", "half", "long"])
def test_bodies_that_are_no_object(client, body):
    request = urllib.request.Request(
        client.base + "api/runs", body, {"X-XSRFToken": client.xsrf}, method="POST"
    )
    assert client._open(request)[0] == 400


def test_a_second_desk_says_where_the_first_is(graded, open_desk):
    first, client = open_desk(graded.folder)
    second, again = open_desk(graded.folder)
    assert second.wait(timeout=60) == 0
    assert again.address == client.address
    assert (graded.folder / ".desk").stat().st_mode & 0o777 == 0o700
    assert (graded.folder / ".desk" / "server.json").stat().st_mode & 0o777 == 0o600
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=60) == 0
    assert not (graded.folder / ".desk" / "server.json").exists()


def test_a_port_that_is_taken_is_one_line(graded):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "biolabkit.cli", "desk", str(graded.folder), "--no-browser"]
        done = subprocess.run([*command, "--port", str(port)], capture_output=True, text=True)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert str(port) in done.stderr
    assert "--port" in done.stderr


def test_the_page_outlives_a_broken_course_toml_and_a_moved_course(fresh, open_desk):
    _, client = open_desk(fresh.folder)
    path = fresh.folder / "course.toml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('language = "ko"', 'language = "de"'), encoding="utf-8")
    assert "course.toml:4" in client.json("state")["error"][0]
    assert client.get("")[0] == 200
    path.write_text(whole, encoding="utf-8")
    assert client.json("state")["error"] is None
    (fresh.folder / "roster.csv").write_text("id,name\nkim,a\nkim,b\n")
    assert "roster.csv:3" in client.json("state")["error"][0]
    fresh.folder.rename(fresh.folder.with_name("moved"))
    assert "not a course folder" in client.json("state")["error"][0]
    assert "moved" in client.json("runs", "POST", {"action": "grade"}, status=400)["message"]


def test_a_run_outlives_its_server_and_the_next_shows_it(course, open_desk, hand_in, endless, until):
    hand_in(course, "kim", endless)
    first, client = open_desk(course.folder)
    identity = client.json("runs", "POST", {"action": "collect-grade"})["run"]
    assert client.json("runs", "POST", {"action": "report"}, status=409)["kind"] == "busy"
    until(lambda: any(one["event"] == "running" for one in client.json(f"runs/{identity}")["events"]))
    first.send_signal(signal.SIGTERM)
    assert "goes on" in first.communicate(timeout=60)[0]
    _, again = open_desk(course.folder)
    assert again.json("state")["run"]["id"] == identity
    assert again.json("state")["run"]["state"] == "running"
    pid = again.json(f"runs/{identity}")["run"]["pid"]
    os.killpg(pid, signal.SIGKILL)
    assert again.ended(identity)["state"] == "died"


def test_only_the_command_s_folder_is_needed(tmp_path):
    command = [sys.executable, "-m", "biolabkit.cli", "desk", str(tmp_path), "--no-browser"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "not a course folder" in done.stderr
