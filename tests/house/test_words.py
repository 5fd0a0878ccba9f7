"""One Korean word for one thing, in everything that a person reads."""

import re

import pytest

#: What is said otherwise here → the word that is used (CONTRIBUTING.md has the list).
OTHERWISE = {
    "강의|강좌|코스": "과정",
    "수강생|교육생|훈련생": "학습자",
    "강사님|교수자": "강사",
    "확인 셀|체크 셀": "검사 셀",
    "실습(?:를|가|는|와|로)(?![가-힣])": "실습을, 실습이, 실습은, 실습과, 실습으로",
    r"[이을은]\([가를는]\)|\(으\)로": "no particle on a name: 제출함이 없습니다: {inbox}",
    "과제(?:을|이|은|과)(?![가-힣])": "과제를, 과제가, 과제는, 과제와",
}
FOLDERS = ("src", "autograder", "exercises", "datasets")
KINDS = {".py", ".toml", ".js", ".json", ".j2", ".html", ".md"}


@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_korean_has_one_word_for_one_thing(repository, otherwise):
    pages = [path for folder in FOLDERS for path in (repository / folder).rglob("*") if path.suffix in KINDS]
    found = [
        f"{path.relative_to(repository)}:{number}: {line.strip()[:80]} (write {OTHERWISE[otherwise]})"
        for path in [*pages, repository / "README.ko.md"]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(otherwise, line)
    ]
    assert not found
