"""What `biolab doctor` says about JupyterLab and the course here."""

import json
import re
from importlib.metadata import PackageNotFoundError, version

import pytest

pytest.importorskip("jupyterlab")

from biolabkit.bench import examination
from biolabkit.bench.settings import panel_source

COURSE = {
    "format": 1,
    "course": "bio101",
    "title": {"en": "Genomes", "ko": "유전체"},
    "language": "en",
    "timezone": "Asia/Seoul",
    "assignments": [],
}


def examine(folder, language="en") -> dict[str, tuple[str, str]]:
    return {topic: (state, text) for state, topic, text in examination.examine_bench(language, folder)}


@pytest.fixture
def course(tmp_path):
    """A trainee's folder; called with where notebooks are handed in."""

    def make(settings=""):
        (tmp_path / "course.json").write_text(json.dumps(COURSE), encoding="utf-8")
        (tmp_path / "biolab.toml").write_text(f'learner = "kim"\n{settings}')
        return tmp_path

    return make


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Where plain JupyterLab looks for panels: nothing is there yet."""
    folder = tmp_path / "labextensions"
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_parts: [str(folder)])
    return folder / "biolabkit"


def test_jupyterlab_and_the_course_are_named(course):
    found = examine(course())
    assert found["JupyterLab"] == ("ok", version("jupyterlab"))
    assert found["course"] == ("ok", f"Genomes, learner kim, in {course()}")


def test_without_jupyterlab_only_that_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(examination, "find_spec", lambda _name: None)
    assert examine(tmp_path) == {
        "JupyterLab": ("note", "not installed: pip install 'biolabkit[lab]'"),
        "course": ("note", "none in this folder"),
    }


def test_a_missing_language_pack_is_noted(monkeypatch, tmp_path):
    def installed(name):
        if "language-pack" in name:
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(examination, "version", installed)
    assert examine(tmp_path, "ko")["언어 팩"] == (
        "note",
        "JupyterLab의 한국어 언어 팩이 없습니다. 설치: pip install jupyterlab-language-pack-ko-KR",
    )


def test_a_panel_that_plain_jupyterlab_lacks_is_noted(installed, tmp_path):
    assert not installed.exists()
    assert examine(tmp_path)["course panel"][0] == "note"


def test_an_installed_panel_is_compared_with_the_checkout_s(installed, tmp_path):
    for path in panel_source().rglob("*"):
        if path.is_file():
            target = installed / path.relative_to(panel_source())
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    assert examine(tmp_path)["course panel"] == ("ok", str(installed))
    (installed / "package.json").write_text("{}")
    state, text = examine(tmp_path)["course panel"]
    assert state == "note"
    assert "older than this checkout" in text


@pytest.mark.parametrize(("enabled", "state"), [(True, "ok"), (False, "note")])
def test_the_server_extension_is_looked_up_where_jupyter_looks(monkeypatch, tmp_path, enabled, state):
    config = tmp_path / "config" / "jupyter_server_config.d"
    config.mkdir(parents=True)
    settings = {"ServerApp": {"jpserver_extensions": {"biolabkit.bench": enabled}}}
    (config / "biolabkit.json").write_text(json.dumps(settings))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(config.parent))
    assert examine(tmp_path)["server extension"][0] == state


def test_an_exchange_that_may_be_written_but_not_listed_is_reachable(course, tmp_path):
    inbound = tmp_path / "exchange" / "inbound"
    inbound.mkdir(parents=True)
    inbound.chmod(0o333)
    assert examine(course('exchange = "exchange"'))["handing in"] == (
        "ok",
        f"{inbound}: you may hand in here",
    )


def test_an_exchange_that_is_gone_is_a_problem(course, tmp_path):
    state, text = examine(course('exchange = "exchange"'), "ko")["제출"]
    assert state == "problem"
    assert str(tmp_path / "exchange" / "inbound") in text
    assert "강사에게" in text


def test_an_inbox_that_may_not_be_written_is_a_problem(course, monkeypatch, tmp_path):
    (tmp_path / "inbox").mkdir()
    monkeypatch.setattr(examination.os, "access", lambda *_args: False)
    state, text = examine(course('submit_to = "inbox"'))["handing in"]
    assert state == "problem"
    assert "may not write there" in text


def test_a_course_without_a_way_is_noted(course):
    assert examine(course())["handing in"][0] == "note"


def test_every_phrase_is_in_both_languages():
    for english, korean in [*examination._PHRASES.values(), *examination._TOPICS.values()]:
        assert not re.search("[가-힣]", english)
        assert re.search("[가-힣]", korean)
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", korean))
