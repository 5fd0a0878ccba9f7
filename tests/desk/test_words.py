"""The words of the pages: each is there in both languages, says the same values, and is used."""

import json
import re
from importlib.resources import files

PAGE = files("biolabkit_autograder.desk") / "page"
WORDS = json.loads((PAGE / "words.json").read_text(encoding="utf-8"))
SCRIPTS = "".join((PAGE / name).read_text(encoding="utf-8") for name in ("common.js", "desk.js", "essays.js"))
HANGUL = re.compile("[가-힣]")


def used():
    """Keys in the scripts, and beginnings of those that are put together."""
    whole = set(re.findall(r'"([a-z][a-z_-]*)"', SCRIPTS))
    begun = set(re.findall(r"`([a-z]+_(?:now_)?)\$\{", SCRIPTS)) | {"res_", "act_", "did_"}
    return whole, begun


def test_both_languages_say_the_same():
    for key, word in WORDS.items():
        values = {name: set(re.findall(r"\{(\w+)\}", text)) for name, text in word.items()}
        assert values["en"] == values["ko"], key
        assert not HANGUL.search(word["en"]), key


def test_every_word_is_used():
    whole, begun = used()
    unused = [
        key
        for key in WORDS
        if key.removesuffix("_one") not in whole and not any(key.startswith(one) for one in begun)
    ]
    assert unused == []


def test_every_word_that_is_asked_for_is_there():
    asked = set(re.findall(r'(?:\bt|count)\("([^"]+)"', SCRIPTS))
    assert asked - set(WORDS) == set()


def test_nothing_in_the_pages_is_in_one_language():
    for name in ("desk.html", "essays.html"):
        text = (PAGE / name).read_text(encoding="utf-8")
        assert re.sub(r"<[^>]*>|\$\w+", "", text).strip() == ""
        assert "<script>" not in text
        assert "style=" not in text
        assert "http" not in text


def test_scripts_make_no_markup_from_text():
    assert SCRIPTS.count("innerHTML") == 1  # what the desk has made harmless
    assert "eval(" not in SCRIPTS
