"""What the library says of wrong input exists in English and Korean, from one place."""

import ast
import re
from pathlib import Path

import pytest

from biolabkit import _words, errors

ROOMS = ("genomics", "health", "learning", "simulate")
ERRORS = {name for name in errors.__all__ if name.endswith("Error")}
HANGUL = re.compile("[가-힣]")


def calls(path: Path, names: set[str]) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in names
    ]


def words(node: ast.AST) -> str:
    """The literal text in an expression."""
    return "".join(
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def modules(repository):
    return [
        path for room in ROOMS for path in sorted((repository / "src" / "biolabkit" / room).rglob("*.py"))
    ]


def test_no_error_or_warning_is_made_of_english_alone(repository):
    """A sentence comes from ``told``, ``unknown`` or ``missing_extra``, never straight from a string."""
    found = [
        f"{path.relative_to(repository)}:{call.lineno}"
        for path in modules(repository)
        for call in calls(path, ERRORS | {"warn"})
        if any(isinstance(argument, ast.Constant | ast.JoinedStr) for argument in call.args)
    ]
    assert not found


def test_what_is_told_in_korean_is_korean(repository):
    found = [
        f"{path.relative_to(repository)}:{call.lineno}"
        for path in modules(repository)
        for call, position in [
            *((call, 1) for call in calls(path, {"told"})),
            *((call, 1) for call in calls(path, {"unknown"})),
        ]
        if len(call.args) > position
        and words(call.args[position])
        and not HANGUL.search(words(call.args[position]))
    ]
    assert not found


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "there is no column in calls 'positoin'; did you mean 'position'?"),
        ("ko", "calls에 없는 열입니다: 'positoin'. 'position'입니까?"),
    ],
)
def test_a_name_that_does_not_exist(monkeypatch, language, sentence):
    monkeypatch.setenv("BIOLAB_LANGUAGE", language)
    error = _words.unknown("column in calls", "calls에 없는 열입니다", "positoin", ["position", "depth"])
    assert str(error) == sentence
    assert (error.name, error.known) == ("positoin", ["depth", "position"])


@pytest.mark.parametrize(("language", "words"), [("en", "; known: a, b"), ("ko", ". 다음이 있습니다: a, b")])
def test_without_a_near_name_the_known_ones_are_listed(monkeypatch, language, words):
    monkeypatch.setenv("BIOLAB_LANGUAGE", language)
    assert _words.suggestion("zzz", ["b", "a"]) == words


@pytest.mark.parametrize(("language", "text"), [("en", "one?; two; three"), ("ko", "하나? 둘. 셋")])
def test_several_problems_are_one_text(monkeypatch, language, text):
    monkeypatch.setenv("BIOLAB_LANGUAGE", language)
    problems = [_words.told("one?", "하나?"), _words.told("two", "둘"), _words.told("three", "셋")]
    assert _words.joined(problems) == text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "torch is not installed; run: pip install 'biolabkit[train]'"),
        ("ko", "torch 패키지가 설치되어 있지 않습니다. 다음을 실행하십시오: pip install 'biolabkit[train]'"),
    ],
)
def test_a_package_that_is_not_installed(monkeypatch, language, sentence):
    monkeypatch.setenv("BIOLAB_LANGUAGE", language)
    assert str(_words.missing_extra("torch", "train")) == sentence
