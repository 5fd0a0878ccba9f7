"""`biolab doctor`: what there is, what is missing, and findings of other distributions."""

import re
from importlib.metadata import EntryPoint, PackageNotFoundError, version

import pytest
from rich.cells import cell_len

from biolabkit import cli, doctor


def run(capsys) -> tuple[int, str, str]:
    status = cli.main(["doctor"])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture(autouse=True)
def no_isolation(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "en")
    monkeypatch.setattr(doctor, "entry_points", lambda **_group: [])
    monkeypatch.setattr(doctor, "SCARCE_BYTES", 0)


def test_a_healthy_machine(capsys, monkeypatch):
    monkeypatch.delenv("BIOLABKIT_MIRROR", raising=False)
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    topics = ["Python", "packages", "extra lab", "extra instructor", "cache", "mirror", "Korean font", "disk"]
    topics += ["JupyterLab", "course panel", "server extension"]
    assert all(topic in out for topic in topics)
    assert f"numpy {version('numpy')}" in out


def test_the_columns_keep_their_places_on_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for name, value in {"TERM": "dumb", "COLUMNS": "70", "LINES": "50"}.items():
        monkeypatch.setenv(name, value)
    lines = run(capsys)[1].splitlines()
    start = lines[0].index("3.")
    assert all(len(line) <= 70 for line in lines)
    assert {line[:start].strip().split(" ")[0] for line in lines} <= {"", "ok", "note", "BAD"}
    assert f"scipy{version('scipy')}" in "".join("".join(lines).split())


def test_problems_end_with_status_2(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("BIOLABKIT_MIRROR", str(tmp_path / "no"))
    monkeypatch.setattr(doctor, "SCARCE_BYTES", 10**18)
    status, out, err = run(capsys)
    assert status == 2
    assert err == "biolab: 2 problems on this machine: mirror, disk\n"
    assert "is not a folder" in out


def test_a_missing_package_and_extra_are_told(capsys, monkeypatch):
    def installed(name: str) -> str:
        if name in {"scipy", "jupyterlab"}:
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.delenv("BIOLABKIT_MIRROR", raising=False)
    monkeypatch.setattr(doctor, "version", installed)
    status, out, err = run(capsys)
    assert (status, err) == (2, "biolab: 1 problem on this machine: packages\n")
    assert "missing: scipy" in out
    assert "lacks jupyterlab; pip install 'biolabkit[lab]'" in out


def test_what_developing_takes_is_told_in_a_checkout_only(monkeypatch, tmp_path):
    def topics() -> list[str]:
        return [finding.topic for finding in doctor.examine()]

    assert "extra dev" in topics()
    monkeypatch.setattr(doctor, "__file__", str(tmp_path / "site-packages" / "biolabkit" / "doctor.py"))
    assert "extra dev" not in topics()
    assert "extra lab" in topics()


def test_findings_of_other_distributions(capsys, monkeypatch):
    monkeypatch.delenv("BIOLABKIT_MIRROR", raising=False)
    good = EntryPoint("isolation", "tests_doctor_findings:look", doctor.GROUP)
    bad = EntryPoint("broken", "surely_not_there:look", doctor.GROUP)
    module = type("Module", (), {"look": staticmethod(lambda: [("ok", "isolation", "namespaces")])})
    monkeypatch.setitem(__import__("sys").modules, "tests_doctor_findings", module)
    monkeypatch.setattr(doctor, "entry_points", lambda **_group: [good, bad])
    status, out, _ = run(capsys)
    assert status == 0
    assert "isolation" in out
    assert "namespaces" in out
    assert "could not be examined" in out


def test_a_korean_course_s_machine_is_examined_in_korean(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    monkeypatch.setenv("BIOLABKIT_MIRROR", str(tmp_path / "없음"))
    status, out, err = run(capsys)
    assert (status, err) == (2, "biolab: 이 컴퓨터의 문제 1건: 미러\n")
    lines = [line for line in out.splitlines() if not line.startswith("ok    Python")]
    english = [line for line in lines if not re.search("[가-힣]", line.replace("없음", ""))]
    assert [line.split()[1] for line in english] == ["JupyterLab"]  # its version alone
    assert ": 폴더가 아닙니다" in out


@pytest.mark.parametrize(
    ("language", "topic", "words"), [("en", "isolation", "full:"), ("ko", "격리", "완전:")]
)
def test_isolation_is_said_in_the_course_s_language(monkeypatch, language, topic, words):
    from biolabkit_autograder import doctor as instructors
    from biolabkit_autograder.sandbox.isolation import Isolation

    monkeypatch.setenv("BIOLAB_LANGUAGE", language)
    monkeypatch.setattr(instructors, "detect", lambda: Isolation("namespaces", ("seccomp works",)))
    [(state, said, text)] = instructors.isolation()
    assert (state, said) == ("ok", topic)
    assert text.startswith(words)
    assert text.endswith("(seccomp works)")


def test_korean_topics_keep_their_columns(capsys, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    monkeypatch.delenv("BIOLABKIT_MIRROR", raising=False)
    findings = list(doctor.examine())
    lines = run(capsys)[1].splitlines()
    starts = {
        cell_len(line[: len(line) - len(finding.text)]) for line, finding in zip(lines, findings, strict=True)
    }
    assert len(starts) == 1
