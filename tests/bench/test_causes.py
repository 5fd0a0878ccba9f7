"""Why a file cannot be used is said in the trainee's language, and nowhere else than in one place."""

import errno
import json
import os
import re
import tomllib

import pytest

from biolabkit.bench import checking_words, server_words
from biolabkit.bench.causes import json_damage, reason, toml_damage
from biolabkit.bench.checking_kernel import Kernel, NoKernelError
from biolabkit.bench.course import BadCourseError, parse_course
from biolabkit.bench.phrases import explain

USUAL = ("ENOSPC", "EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG", "EIO", "EMFILE")


def refusal(number):
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize("name", USUAL)
def test_usual_reasons_are_korean_in_korean_sentences(name):
    why = reason(refusal(getattr(errno, name)))
    assert why.en == os.strerror(getattr(errno, name))
    assert not re.search("[A-Za-z]{3}", why.ko)


def test_other_reasons_are_the_system_s_own():
    assert reason(refusal(errno.EXDEV)) == (os.strerror(errno.EXDEV),) * 2
    assert reason(OSError("not a number")) == ("not a number",) * 2


def test_a_command_in_a_sentence_can_be_typed():
    told = explain("ko", refusal(errno.ENOENT), "/disk", "/home/kim/내 과정")
    assert told.endswith("biolab join 새-위치 '/home/kim/내 과정'")


def test_a_reason_stands_in_sentences_and_problems():
    told = explain("ko", refusal(errno.EIO), "/disk")
    assert told == "/disk에 쓸 수 없습니다(입출력 오류). 다시 시도하시거나 강사에게 문의하십시오"
    problem = checking_words.fill(server_words.NO_RECORD, why=reason(refusal(errno.ENOSPC)))
    assert "No space left" in problem.en
    assert "디스크에 남은 공간이 없음" in problem.ko


def test_no_kernel_on_a_full_disk(tmp_path, monkeypatch):
    def full(**_options):
        raise refusal(errno.ENOSPC)

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    with pytest.raises(NoKernelError) as caught:
        Kernel(tmp_path / "one.ipynb", {}).start()
    assert caught.value.why.ko == "디스크에 남은 공간이 없음"


@pytest.mark.parametrize(
    ("content", "korean"),
    [
        (b"{", "1번째 줄 2번째 글자"),
        (b"\xff", "UTF-8 텍스트가 아님"),
        (b"[]", "course.json이 아님"),
        (b'{"format": 99}', "새로 설치하십시오"),
        (b'{"format": 1}', "빠졌거나"),
    ],
)
def test_what_is_wrong_with_a_course_is_said_in_both_languages(content, korean):
    with pytest.raises(BadCourseError) as caught:
        parse_course(content)
    assert korean in caught.value.why.ko
    assert not re.search("[가-힣]", caught.value.why.en)


def test_where_a_file_stops_being_what_it_should_be():
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads('{"a": 1,\n "b" 2}')
    assert json_damage(caught.value).ko == "2번째 줄 6번째 글자"
    for text, korean in (("a = 1\nb 2", "2번째 줄 3번째 글자"), ("a = '", "파일 끝")):
        with pytest.raises(tomllib.TOMLDecodeError) as broken:
            tomllib.loads(text)
        assert toml_damage(broken.value).ko == korean
