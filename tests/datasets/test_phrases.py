"""What a trainee is told: both languages say the same of the same things, and errors use the trainee's."""

import errno
import os
import re
import string

import pytest

from biolabkit import datasets
from biolabkit.datasets import phrases, sources
from biolabkit.errors import BiolabkitError

HANGUL = re.compile("[가-힣]")
BODY = b"some bytes of a dataset " * 40


def fields(text: str) -> set[str | None]:
    return {name for _, name, *_ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("phrase", phrases._PHRASES)
def test_twins_name_the_same_things(phrase):
    english, korean = phrases._PHRASES[phrase]
    assert fields(english) == fields(korean)
    assert not HANGUL.search(english)
    assert HANGUL.search(korean) or english == korean == "-"
    for particle in ("이(가)", "을(를)", "은(는)", "와(과)", "(으)로"):
        assert particle not in korean


@pytest.fixture
def korean(world, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    world.card("d", a=BODY)
    return world


def message(action) -> str:
    with pytest.raises(BiolabkitError) as caught:
        action()
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_names_that_do_not_exist(korean):
    korean.card("e", a=BODY, reads=BODY)
    assert message(lambda: datasets.fetch("zz")).startswith("그런 데이터셋이 없습니다: 'zz'. 이름 2개를")
    assert message(lambda: datasets.fetch("e").path("raeds")) == (
        "e 데이터셋에 그런 역할(role)의 파일이 없습니다: 'raeds'. 'reads'입니까?"
    )
    assert message(lambda: datasets.load("e")).startswith("e 데이터셋에는 표가 없습니다. datasets.fetch('e')")


def test_files_that_cannot_be_had(korean, monkeypatch):
    korean.publisher.script["/d/a.dat"] = [404]
    told = message(lambda: datasets.fetch("d"))
    assert told.startswith("d: 파일을 받을 수 없습니다(a.dat). 네트워크 ")
    assert "404 Not Found 응답을 받았습니다" in told
    assert told.endswith("biolab data prefetch d --to 폴더")
    monkeypatch.setenv("BIOLABKIT_OFFLINE", "1")
    assert "BIOLABKIT_OFFLINE이 설정되어 있어" in message(lambda: datasets.fetch("d"))
    monkeypatch.setenv("BIOLABKIT_DATA", "simulated")
    assert "모의 자료가 없습니다" in message(lambda: datasets.fetch("d"))
    monkeypatch.setenv("BIOLABKIT_DATA", "simulate")
    assert message(lambda: datasets.fetch("d")).endswith("'simulate'. 'simulated'입니까?")


def test_files_with_other_bytes(korean):
    korean.card("d", sha256="0" * 64, a=BODY)
    told = message(lambda: datasets.fetch("d"))
    assert told.startswith("d: 카드에 적힌 것과 같은 파일을 어디에서도 받을 수 없습니다(a.dat)")
    assert f"{len(BODY)}바이트, SHA-256 000000000000…이어야 하는데" in told


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "디스크에 남은 공간이 없습니다"),
        (errno.EACCES, "쓸 권한이 없습니다"),
        (errno.EIO, "쓸 수 없습니다"),
    ],
)
def test_disks_that_refuse(korean, tmp_path, monkeypatch, number, told):
    korean.put(tmp_path / "mirror", "d", "a", BODY)
    monkeypatch.setenv("BIOLABKIT_MIRROR", str(tmp_path / "mirror"))

    def refuse(*_arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(sources, "copy", refuse)
    assert told in message(lambda: datasets.fetch("d"))


def test_settings_that_name_no_language_hide_no_error(world, monkeypatch):
    world.card("d", a=BODY)
    monkeypatch.setenv("BIOLAB_LANGUAGE", "kr")
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    assert "그런 데이터셋이 없습니다" in message(lambda: datasets.fetch("zz"))
