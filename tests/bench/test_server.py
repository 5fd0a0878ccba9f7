"""The extension in a real Jupyter server: what the panel asks for, who may ask, and that nobody waits."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime

import psutil
import pytest
import requests

from .conftest import reserved_port

pytestmark = pytest.mark.xdist_group("bench-server")  # one server serves most tests

TOKEN = "a-token-for-tests"
SETUP = 'from biolabkit.check import expect, hint, lab\nlab.start("{name}");'
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
LOOP = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
while True: pass
"""
START = """
from biolabkit._quick_imports import defer_address_grammar
defer_address_grammar()
from jupyter_server.serverapp import main
main()
"""
TASKS = {
    "good-01-all-right": "answer = 1",
    "open-02-untouched": STUB,
    "loop-03-for-ever": LOOP,
    "late-04-past-due": STUB,
}


def notebook(name, task):
    marks = [("setup", False, False), ("answer", False, True), ("check-answer", True, False)]
    check = 'lab.check("answer", points=2)\nexpect(answer, "answer", "답").equals(1)'
    cells = [
        {
            "cell_type": "code",
            "id": grade_id,
            "metadata": {
                "nbgrader": {
                    "grade_id": grade_id,
                    "grade": grade,
                    "solution": solution,
                    "points": 2.0,
                    "locked": True,
                }
            },
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for (grade_id, grade, solution), source in zip(
            marks, (SETUP.format(name=name), task, check), strict=True
        )
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def published(name):
    released = notebook(name, STUB)
    return {
        "name": name,
        "title": {"en": f"Title of {name}", "ko": f"{name} 제목"},
        "track": "genome",
        "minutes": 30,
        "due": "2020-01-01T00:00:00+09:00" if name.startswith("late") else None,
        "tasks": [{"name": "answer", "checks": [{"id": "check-answer", "points": 2.0}]}],
        "essays": [{"id": "essay-why", "points": 3.0}],
        "seconds_per_cell": 120.0,
        "notebook": f"{name}/{name}.ipynb",
        "sha256": hashlib.sha256(released).hexdigest(),
    }


def make_course(root, inbox, language="ko"):
    course = {
        "format": 1,
        "course": "bio101",
        "title": {"en": "Biology", "ko": "생물학"},
        "language": language,
    }
    course |= {"timezone": "Asia/Seoul", "assignments": [published(name) for name in TASKS]}
    (root / "course.json").write_text(json.dumps(course), encoding="utf-8")
    (root / "biolab.toml").write_text(
        f'language = "{language}"\nlearner = "김하나"\nsubmit_to = "{inbox.as_posix()}"\n', "utf-8"
    )
    for name, task in TASKS.items():
        (root / name).mkdir()
        (root / name / f"{name}.ipynb").write_bytes(notebook(name, task))
    return root


class Server:
    """A Jupyter server of its own process, and a session that is signed in."""

    def __init__(self, root, home):
        self._reserved, port = reserved_port()
        settings = {"ServerApp": {"jpserver_extensions": {"biolabkit.bench": True}, "open_browser": False}}
        config = home / "jupyter_server_config.json"
        config.write_text(json.dumps(settings))
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(home),
            "JUPYTER_NO_CONFIG": "",
            "JUPYTER_RUNTIME_DIR": str(home),
        }
        options = [
            f"--ServerApp.root_dir={root}",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            "--allow-root",
        ]
        self.log = home / "log"
        self.process = psutil.Popen(
            [
                sys.executable,
                "-c",
                START,
                *options,
                "--ServerApp.base_url=/user/kim/",
                f"--IdentityProvider.token={TOKEN}",
            ],
            env=environment,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        self.url = f"http://127.0.0.1:{port}/user/kim/"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"token {TOKEN}"
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                self.session.get(self.url + "api/status", timeout=5).raise_for_status()
            except requests.RequestException:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log.read_text())

    def get(self, path):
        return self.session.get(self.url + "biolab/" + path, timeout=60)

    def post(self, path, **body):
        return self.session.post(self.url + "biolab/" + path, json=body, timeout=60)

    def job(self, kind, **body):
        """Start a job and wait for its end."""
        started = self.post(f"api/{kind}", **body)
        assert started.status_code == 200, started.text
        return self.ended(started.json()["job"])

    def ended(self, identifier):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            job = self.get(f"api/jobs/{identifier}").json()
            if job["state"] != "running":
                return job
            time.sleep(0.05)
        raise AssertionError("the job does not end")

    def entry(self, name):
        return next(one for one in self.get("api/course").json()["assignments"] if one["name"] == name)

    def stop(self):
        if self.process.is_running():
            self.process.terminate()
        self.process.wait(60)
        self._reserved.close()


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    return tmp_path_factory.mktemp("inbox")


@pytest.fixture(scope="module")
def course(tmp_path_factory, inbox):
    return make_course(tmp_path_factory.mktemp("bio101"), inbox)


@pytest.fixture(scope="module")
def server(course, tmp_path_factory):
    running = Server(course, tmp_path_factory.mktemp("jupyter"))
    yield running
    running.stop()


def test_the_course_as_the_panel_sees_it(server, course):
    answer = server.get("api/course")
    assert answer.headers["Content-Type"].startswith("application/json")
    data = answer.json()
    assert data["language"] == "ko"
    assert data["course"] == {"id": "bio101", "title": "생물학", "folder": str(course)}
    assert data["learner"] == "김하나"
    assert abs((datetime.now(UTC) - datetime.fromisoformat(data["now"])).total_seconds()) < 600
    assert data["problems"] == []
    assert [one["name"] for one in data["assignments"]] == list(TASKS)
    entry = data["assignments"][1]
    assert entry == {
        "name": "open-02-untouched",
        "title": "open-02-untouched 제목",
        "minutes": 30,
        "due": None,
        "past_due": False,
        "notebook": "open-02-untouched/open-02-untouched.ipynb",
        "state": "to-do",
        "changed_since_submit": False,
        "points": {"earned": 0, "max": 2.0},
        "points_by_hand": 3.0,
        "tasks": [
            {
                "name": "answer",
                "checks": [
                    {
                        "id": "check-answer",
                        "points": 0.0,
                        "max_points": 2.0,
                        "outcome": None,
                        "message": "",
                        "hint": "",
                        "at": None,
                    }
                ],
            }
        ],
        "submitted": None,
        "graded": None,
        "feedback": None,
        "jobs": {},
    }
    late = data["assignments"][3]
    assert (late["due"], late["past_due"]) == ("2020-01-01T00:00:00+09:00", True)


def test_check_all_then_submit(server, course, inbox):
    name = "good-01-all-right"
    assert server.entry(name)["state"] == "in-progress"  # the file is not the released one
    job = server.job("check", exercise=name)
    assert (job["state"], job["message"], job["done"], job["total"]) == ("done", "", 3, 3)
    result = job["result"]
    assert result["points"] == {"earned": 2.0, "max": 2.0}
    assert result["tasks"][0]["checks"][0]["outcome"] == "passed"
    assert result["problems"] == []
    assert result["seconds"] > 0
    assert server.entry(name) == {
        key: value for key, value in result.items() if key not in ("seconds", "problems")
    }
    assert (course / ".biolab" / name / "progress.json").is_file()

    job = server.job("submit", exercise=name)
    assert job["state"] == "done", job
    receipt = job["result"]["receipt"]
    sent = (course / name / f"{name}.ipynb").read_bytes()
    assert receipt["sha256"] == hashlib.sha256(sent).hexdigest()
    assert receipt["learner"] == "김하나"
    assert receipt["sha256"] in job["result"]["text"]
    assert (inbox / name / "김하나.ipynb").read_bytes() == sent
    entry = server.entry(name)
    assert entry["state"] == "submitted"
    assert entry["submitted"] == {"at": receipt["at"], "sha256": receipt["sha256"], "late": False}
    assert not entry["changed_since_submit"]
    with (course / name / f"{name}.ipynb").open("ab") as stream:
        stream.write(b"\n")
    assert server.entry(name)["changed_since_submit"]


def test_warnings_are_confirmed_before_anything_is_submitted(server, inbox):
    name = "late-04-past-due"
    job = server.job("submit", exercise=name)
    assert job["state"] == "done"
    assert len(job["result"]["confirm"]) >= 1
    assert not (inbox / name).exists()
    job = server.job("submit", exercise=name, confirmed=True)
    assert job["result"]["receipt"]["late"] is True
    assert (inbox / name / "김하나.ipynb").is_file()


def test_what_is_wrong_is_said_in_the_learner_s_language(server, course):
    answer = server.post("api/check", exercise="good-01-all-wrong")
    assert answer.status_code == 404
    assert "실습이 없습니다" in answer.json()["message"]
    answer = server.post("api/fetch")
    assert answer.status_code == 409
    assert answer.json()["message"]
    for body in (b"", b"[]", b"{}", b"\xff", b'"x"'):
        answer = server.session.post(server.url + "biolab/api/check", data=body, timeout=60)
        assert answer.status_code == 400
        assert "요청" in answer.json()["message"]
    assert server.get("api/jobs/0123456789abcdef").status_code == 404
    path = course / "open-02-untouched" / "open-02-untouched.ipynb"
    kept = path.read_bytes()
    path.write_bytes(b"{")
    try:
        job = server.job("check", exercise="open-02-untouched")
    finally:
        path.write_bytes(kept)
    assert job["state"] == "failed"
    assert "JupyterLab에서" in job["message"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "good-01-all-right/../..", "", None, 7, "a\x00b"])
def test_names_reach_nothing_outside_the_course(server, name):
    for kind in ("check", "submit"):
        answer = server.post(f"api/{kind}", exercise=name)
        assert answer.status_code in (400, 404)
        assert answer.json()["message"]
    assert server.get("feedback/%2e%2e%2fcourse.json").status_code == 404


def test_feedback_may_run_and_load_nothing(server, course):
    name = "open-02-untouched"
    assert server.get(f"feedback/{name}").status_code == 404
    assert server.get(f"feedback/{name}").json()["message"]
    state = course / ".biolab" / name
    state.mkdir(parents=True, exist_ok=True)
    record = {
        "format": 1,
        "exercise": name,
        "learner": "김하나",
        "points": 1.5,
        "max_points": 5,
        "waiting": 1,
    }
    record |= {"graded_at": "2026-11-20T09:00:00+09:00", "submission_sha256": "0" * 64}
    (state / "feedback.json").write_text(json.dumps(record))
    (state / "feedback.html").write_text("<h1>피드백</h1><script>alert(1)</script>", encoding="utf-8")
    entry = server.entry(name)
    assert entry["state"] == "graded"
    assert entry["graded"] == {
        "points": 1.5,
        "max_points": 5.0,
        "waiting": 1,
        "at": "2026-11-20T09:00:00+09:00",
    }
    answer = server.session.get(server.url + entry["feedback"], timeout=60)
    assert answer.text.startswith("<h1>피드백</h1>")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "sandbox" in policy
    assert "script" not in policy


def test_only_who_is_signed_in_is_answered(server):
    for path in ("api/course", "api/jobs/0123456789abcdef", "feedback/open-02-untouched"):
        answer = requests.get(server.url + "biolab/" + path, timeout=60, allow_redirects=False)
        assert answer.status_code in (302, 403)
        assert "김하나" not in answer.text
    for path in ("api/check", "api/submit", "api/fetch"):
        body = {"exercise": "open-02-untouched"}
        assert requests.post(server.url + "biolab/" + path, json=body, timeout=60).status_code == 403


def test_a_page_of_another_site_cannot_submit(server):
    """A browser sends the cookie along; without the XSRF token nothing happens."""
    browser = requests.Session()
    browser.get(server.url + f"tree?token={TOKEN}", timeout=60)
    assert browser.get(server.url + "biolab/api/course", timeout=60).status_code == 200
    body = {"exercise": "open-02-untouched", "confirmed": True}
    assert browser.post(server.url + "biolab/api/submit", json=body, timeout=60).status_code == 403
    browser.headers["X-XSRFToken"] = next(
        cookie.value for cookie in browser.cookies if cookie.name == "_xsrf"
    )
    answer = browser.post(server.url + "biolab/api/submit", json=body, timeout=60)
    assert answer.status_code == 200
    assert server.ended(answer.json()["job"])["state"] == "done"


def test_results_are_shown_also_where_they_cannot_be_kept(server, course):
    state = course / ".biolab" / "open-02-untouched"
    shutil.rmtree(state, ignore_errors=True)
    state.parent.mkdir(exist_ok=True)
    state.write_text("a file where a folder should be")
    try:
        job = server.job("check", exercise="open-02-untouched")
    finally:
        state.unlink()
    assert job["state"] == "done", job
    assert job["result"]["tasks"][0]["checks"][0]["outcome"] == "unanswered"
    assert ["디스크에 빈 공간" in problem for problem in job["result"]["problems"]] == [True]


def started_by(pid, text):
    """The processes below one whose command line has the text."""
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        try:
            found += [process] if text in " ".join(process.cmdline()) else []
        except psutil.Error:
            continue
    return found


def wait_for_loop(server):
    """Wait until the endless cell runs; what belongs to it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if started_by(server.process.pid, "sleep(600)"):
            return psutil.Process(server.process.pid).children(recursive=True)
        time.sleep(0.05)
    raise AssertionError("the endless cell was not reached")


def test_an_endless_loop_keeps_nobody_waiting(server):
    name = "loop-03-for-ever"
    first = server.post("api/check", exercise=name).json()["job"]
    again = server.post("api/check", exercise=name).json()["job"]
    assert first == again  # two tabs see the same work
    found = wait_for_loop(server)
    assert server.entry(name)["jobs"] == {"check": first}
    for path in ("api/status", "biolab/api/course", f"biolab/api/jobs/{first}") * 10:
        # only a stop ends the loop: where one waits for it there is no answer at all
        server.session.get(server.url + path, timeout=60).raise_for_status()
    running = server.get(f"api/jobs/{first}").json()
    assert running["state"] == "running"
    assert running["total"] == 3
    assert server.session.delete(server.url + f"biolab/api/jobs/{first}", timeout=60).status_code == 204
    job = server.ended(first)
    assert job["state"] == "failed"
    assert job["message"] == "검사를 중단했습니다."
    assert psutil.wait_procs(found, timeout=60)[1] == []
    assert server.entry(name)["jobs"] == {}


@pytest.mark.parametrize("how", ["terminate", "kill"])
def test_a_server_that_ends_takes_its_checks_along(tmp_path, how):
    (tmp_path / "home").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "course").mkdir()
    own = Server(make_course(tmp_path / "course", tmp_path / "inbox"), tmp_path / "home")
    own.post("api/check", exercise="loop-03-for-ever")
    found = wait_for_loop(own)
    getattr(own.process, how)()
    own.process.wait(60)
    assert len(found) >= 3
    assert psutil.wait_procs(found, timeout=60)[1] == []


def test_progress_survives_the_server(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "course").mkdir()
    make_course(tmp_path / "course", tmp_path / "inbox", language="en")
    first = Server(tmp_path, tmp_path / "home")  # above the course's folder, as in a home directory
    first.job("check", exercise="good-01-all-right")
    first.stop()
    second = Server(tmp_path, tmp_path / "home")
    try:
        entry = second.entry("good-01-all-right")
    finally:
        second.stop()
    assert entry["points"] == {"earned": 2.0, "max": 2.0}
    assert entry["notebook"] == "course/good-01-all-right/good-01-all-right.ipynb"


def test_a_server_without_a_course_says_so(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "empty").mkdir()
    server = Server(tmp_path / "empty", tmp_path / "home")
    try:
        answer = server.get("api/course")
    finally:
        server.stop()
    assert answer.status_code == 404
    assert "biolab join" in answer.json()["message"]
