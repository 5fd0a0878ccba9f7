"""Similarity of submissions: known pairs stand out, answers that are alike by nature do not."""

import json
import random
import re

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from biolabkit_autograder.report.answers import Material, Texts, read_material
from biolabkit_autograder.report.fingerprints import (
    Vocabulary,
    code_words,
    given_names,
    prose_words,
    sentences,
    sequence_hashes,
)
from biolabkit_autograder.report.similarity import LEAST_LEARNERS, similarities

GIVEN = {
    "setup": "import numpy as np\nfrom collections import Counter\n\nreads = ['ACGT', 'NNAC']\n",
    "gc": "def gc(seq):\n    # YOUR CODE HERE\n    raise NotImplementedError()\n",
}

#: How people write the same five functions: one of the alternatives (between lines of ``or``) of each block.
FUNCTIONS = {
    "gc": """
    def {f}({a}):
--
or
    {a} = {a}.upper()
or
    if not {a}:
        return 0.0
or
    if len({a}) == 0:
        return 0
--
    {b} = {a}.count('G') + {a}.count('C')
or
    {b} = 0
    for {c} in {a}:
        if {c} in 'GC':
            {b} += 1
or
    {b} = sum({c} in 'GC' for {c} in {a})
or
    {b} = len([{c} for {c} in {a} if {c} == 'G' or {c} == 'C'])
or
    {d} = Counter({a})
    {b} = {d}['G'] + {d}['C']
or
    {b} = np.isin(list({a}), ['G', 'C']).sum()
--
    return {b} / len({a})
or
    {e} = {b} / len({a})
    return {e}
or
    return float({b}) / len({a})
""",
    "revcomp": """
    def {f}({a}):
--
    {b} = {{'A': 'T', 'C': 'G', 'G': 'C', 'T': 'A'}}
or
    {b} = dict(zip('ACGT', 'TGCA'))
or
    {b} = {{}}
    {b}['A'] = 'T'
    {b}['T'] = 'A'
    {b}['G'] = 'C'
    {b}['C'] = 'G'
--
    {c} = ''
    for {d} in {a}:
        {c} = {b}[{d}] + {c}
or
    {c} = ''.join({b}[{d}] for {d} in reversed({a}))
or
    {c} = ''.join([{b}[{d}] for {d} in {a}])[::-1]
or
    {c} = []
    for {d} in range(len({a}) - 1, -1, -1):
        {c}.append({b}[{a}[{d}]])
    {c} = ''.join({c})
or
    {c} = ''.join(map({b}.get, {a}[::-1]))
--
    return {c}
or
    print({c})
    return {c}
or
    assert len({c}) == len({a})
    return {c}
""",
    "kmers": """
    def {f}({a}, k):
--
    {b} = {{}}
or
    {b} = Counter()
or
    {b} = dict()
or
    from collections import defaultdict
    {b} = defaultdict(int)
--
    for {c} in range(len({a}) - k + 1):
        {d} = {a}[{c}:{c} + k]
or
    {e} = len({a})
    for {c} in range(0, {e} - k + 1):
        {d} = {a}[{c}:{c}+k]
or
    for {d} in [{a}[{c}:{c} + k] for {c} in range(len({a}) - k + 1)]:
or
    {c} = -1
    while {c} + k < len({a}):
        {c} += 1
        {d} = {a}[{c}:({c} + k)]
--
or
        if 'N' in {d}:
            continue
or
        if len({d}) < k:
            break
--
        {b}[{d}] = {b}.get({d}, 0) + 1
or
        if {d} in {b}:
            {b}[{d}] += 1
        else:
            {b}[{d}] = 1
or
        if {d} not in {b}:
            {b}[{d}] = 0
        {b}[{d}] += 1
--
    return {b}
or
    return dict({b})
or
    return dict(sorted({b}.items()))
""",
    "quality": """
    def {f}({a}, limit):
--
    {b} = [ord({c}) - 33 for {c} in {a}]
or
    {b} = []
    for {c} in {a}:
        {b}.append(ord({c}) - 33)
or
    {b} = np.array([ord({c}) for {c} in {a}]) - 33
or
    {b} = np.frombuffer({a}.encode(), dtype=np.uint8) - 33
or
    {b} = list(map(lambda {c}: ord({c}) - 33, {a}))
--
or
    if len({b}) == 0:
        return False
or
    print('mean', sum({b}) / len({b}))
--
    return sum({b}) / len({b}) >= limit
or
    return np.mean({b}) >= limit
or
    {d} = sum({b}) / len({b})
    return {d} >= limit
or
    {d} = np.mean({b})
    if {d} >= limit:
        return True
    return False
or
    {d} = sum({b}) / float(len({b}))
    if {d} < limit:
        return False
    else:
        return True
""",
    "orf": """
    def {f}({a}):
--
    {b} = ''
or
    {b} = None
    {g} = 0
or
    {h} = []
--
    for {c} in range(3):
        for {d} in range({c}, len({a}) - 2, 3):
or
    for {d} in range(len({a}) - 2):
        {c} = {d} % 3
or
    {d} = 0
    while {d} < len({a}) - 2:
        {d} += 1
--
            if {a}[{d}:{d} + 3] != 'ATG':
                continue
or
            if {a}[{d}:{d} + 3] == 'ATG':
                pass
            else:
                continue
or
            if not {a}[{d}:].startswith('ATG'):
                continue
--
            for {e} in range({d}, len({a}) - 2, 3):
                if {a}[{e}:{e} + 3] in ('TAA', 'TAG', 'TGA'):
                    break
or
            {e} = {d}
            while {a}[{e}:{e} + 3] not in ['TAA', 'TAG', 'TGA'] and {e} < len({a}):
                {e} += 3
or
            {i} = {{'TAA', 'TAG', 'TGA'}}
            {e} = next(({g} for {g} in range({d}, len({a}), 3) if {a}[{g}:{g} + 3] in {i}), None)
--
            if {e} - {d} > len({b}):
                {b} = {a}[{d}:{e}]
or
            {b} = max({b}, {a}[{d}:{e} + 3], key=len)
or
            {i} = {a}[{d}:{e}]
            if len({i}) > len({b}):
                {b} = {i}
--
    return {b}
or
    return {b} or None
or
    if {b}:
        return {b}
    return ''
""",
}
NAMES = [
    "seq",
    "x",
    "n",
    "i",
    "j",
    "base",
    "total",
    "out",
    "res",
    "tmp",
    "dna",
    "s",
    "counts",
    "result",
    "val",
    "w",
    "letter",
    "table",
    "best",
    "start",
    "stop",
    "end",
    "r",
    "q",
    "idx",
]


def independent(seed):
    """The five functions as one more person writes them."""
    rng = random.Random(seed)
    code = {}
    for function, text in FUNCTIONS.items():
        names = dict(zip("abcdeghi", rng.sample(NAMES, 8), strict=True))
        blocks = [rng.choice(re.split(r"^or\n", block, flags=re.M)) for block in text.split("--\n")]
        code[function] = "".join(blocks).strip().format(f=function, **names) + "\n"
    return code


def renamed(code, seed=0):
    """The same with other names, comments and layout, as somebody who hides a copy does it."""
    rng = random.Random(seed)
    fresh = {name: f"{name}_{rng.choice('abc')}{number}" for number, name in enumerate(NAMES)}
    word = re.compile(r"\b(" + "|".join(NAMES) + r")\b(?!['(])")
    texts = {cell: word.sub(lambda found: fresh[found[0]], text) for cell, text in code.items()}
    return {
        cell: f"# my own answer\n{text}".replace(" = ", "  =  ").replace("'", '"')
        for cell, text in texts.items()
    }


def reordered(code):
    """The same functions in other cells, another order."""
    cells, texts = list(code), list(code.values())
    return dict(zip(cells, texts[2:] + texts[:2], strict=True))


def material(learners, given=None):
    texts = {learner: Texts(code=code) for learner, code in learners.items()}
    return Material(Texts(code=GIVEN if given is None else given), texts)


def cohort(size, start=0):
    return {f"l{number}": independent(start + number) for number in range(size)}


def compared(learners, given=None):
    (found,) = similarities(material(learners, given))
    return found


def who(found):
    return {frozenset(pair.learners) for pair in found.pairs}


# Words ---------------------------------------------------------------------------------------------------


def words(source, given=()):
    """The words of some code as text, with their lines."""
    vocabulary = Vocabulary(given)
    found = code_words(source, vocabulary)
    names = {number: word for word, number in reversed(vocabulary.items())}
    return [names[number] for number in found.numbers.tolist()], found.lines.tolist()


def test_names_comments_and_layout_do_not_count():
    ours = "def f(reads):\n    total = 0  # so far\n    for r in reads:\n        total += len(r)\n"
    theirs = "def f(  x ):\n    n=0\n\n    for one in x:   # each\n        n += len( one )\n"
    assert words(ours, {"f"})[0] == words(theirs, {"f"})[0]
    assert "f" in words(ours, {"f"})[0]
    assert "f" not in words(ours)[0]


def test_what_a_program_does_counts():
    own = "own name"
    assert words("np.mean(x)", {"np"})[0] == ["np", ".mean", "(", own, ")"]
    assert words("x[1:] != rb'it # is' or 0.5")[0] == [own, "[", "1", ":", "]", "!=", '"', "or", "0.5"]


def test_words_know_their_lines():
    own = "own name"
    found = words("a = '''two\nlines'''\nb = 1\n# 'no\n\nc = f'{a}'")
    assert list(zip(*found, strict=True)) == [
        (own, 0), ("=", 0), ('"', 0), (own, 2), ("=", 2), ("1", 2), (own, 5), ("=", 5), ('"', 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "def (", "'''", '"' * 9, "\x00\udc80\\", "(" * 50_000, "이름 = '값'", "a" * 90_000, "'\\" * 9000],
)
def test_what_is_no_program_has_words_too(text):
    found = code_words(text, Vocabulary(()))
    assert len(found.numbers) == len(found.lines) <= 20_000


def test_prose_is_words_and_lines_are_sentences():
    text = "The DEPTH is low. So, depth matters!\n\uff21 very 깊은 자료."
    found = prose_words(text, vocabulary := Vocabulary())
    expected = ["the", "depth", "is", "low", "so", "depth", "matters", "a", "very", "깊은", "자료"]
    assert found.numbers.tolist() == [vocabulary[word] for word in expected]
    assert found.lines.tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
    assert sentences(text)[1] == "So, depth matters!"


def test_given_names_are_those_of_the_notebook():
    cells = [
        "import numpy as np\nfrom a.b import c as d, e\n",
        "%matplotlib inline",
        "def f(x):\n    y = 1\n\nz, (w, _) = 1, (2, 3)",
    ]
    assert given_names(cells) == {"np", "d", "e", "f", "z", "w", "_"}


def test_hashes_are_equal_where_the_words_are():
    numbers = np.random.default_rng(5).integers(0, 6, 4000).astype(np.uint64)
    hashes = sequence_hashes(numbers, 5).tolist()
    runs = [tuple(numbers[place : place + 5].tolist()) for place in range(len(numbers) - 4)]
    assert len(hashes) == len(runs)
    assert len(set(hashes)) == len(set(runs)) == len(set(zip(hashes, runs, strict=True)))
    assert len(sequence_hashes(numbers[:4], 5)) == 0


# Pairs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [12, 30, 120])
def test_independent_right_answers_are_alike_and_not_flagged(size):
    """By chance a pair may be: in less than every fourth cohort."""
    found = [compared(cohort(size, start)) for start in range(0, 12_000, 1000)]
    assert all(one.verdict == "compared" for one in found)
    assert max(max(one.highest) for one in found) > 0.25
    assert sum(bool(one.pairs) for one in found) <= len(found) // 4


@pytest.mark.parametrize("hide", [renamed, reordered, lambda code: reordered(renamed(code))])
@pytest.mark.parametrize("size", [12, 40])
def test_a_copy_stands_out_however_it_was_hidden(size, hide):
    for start in range(20_000, 24_000, 1000):
        learners = cohort(size, start)
        found = compared({**learners, "copy": hide(learners["l3"])})
        (pair,) = [one for one in found.pairs if "copy" in one.learners]
        assert pair.learners == ("l3", "copy")
        assert pair.share > 0.99


def test_half_a_copy_stands_out_with_its_lines():
    learners = cohort(20, 300)
    copied = {name: learners["l3"][name] for name in ("orf", "kmers", "quality")}
    learners["copy"] = {**independent(999), **renamed(copied)}
    (pair,) = compared(learners).pairs
    assert pair.learners == ("l3", "copy")
    assert set(pair.lines[1]) <= set(copied)
    for cell, lines in pair.lines[0].items():
        assert max(lines) < learners["l3"][cell].count("\n")


def test_three_who_share_are_three_pairs():
    learners = cohort(30, 700)
    learners |= {"two": renamed(learners["l0"], 1), "three": renamed(learners["l0"], 2)}
    trio = {"l0", "two", "three"}
    assert {pair.learners for pair in compared(learners).pairs if set(pair.learners) <= trio} == {
        ("l0", "two"), ("l0", "three"), ("two", "three"),
    }  # fmt: skip


def test_what_the_exercise_gave_and_the_model_answer_do_not_count():
    model = independent(1)
    learners = {f"l{number}": renamed(model, number) for number in range(20)}
    assert compared(learners, given={**GIVEN, **model}).verdict == "short"


def test_what_many_wrote_does_not_count():
    learners = {f"l{number}": renamed(independent(number % 2), number) for number in range(30)}
    assert compared(learners).verdict == "short"


def test_answers_that_are_alike_by_nature_say_nothing():
    """Everybody has somebody who wrote the same."""
    ways = [independent(number) for number in range(30)]
    learners = {f"l{n}": {**ways[n // 2], "own": f"x = {n}"} for n in range(60)}
    found = compared(learners)
    assert (found.verdict, found.pairs) == ("alike", ())
    assert found.typical > 0.75


def test_few_or_short_texts_say_nothing():
    assert compared(cohort(LEAST_LEARNERS - 1)).verdict == "few"
    assert compared({f"l{number}": {"gc": f"x = {number}"} for number in range(40)}).verdict == "few"
    short = {f"l{n}": {"gc": f"def f(a):\n    return (a + {n}) / {n * 7}"} for n in range(40)}
    assert compared(short).verdict == "short"
    assert similarities(material({})) == []


def test_shares_are_those_of_an_independent_computation():
    """scikit-learn's counts and NumPy's sums, on texts of which nothing is given or common."""
    rng = random.Random(4)
    texts = {f"l{i}": " ".join(f"w{rng.randrange(300)}" for _ in range(260)) for i in range(14)}
    texts["l2"] = " ".join(texts["l1"].split()[40:180] + texts["l2"].split()[:80])
    (found,) = similarities(
        Material(Texts(), {learner: Texts(prose={"essay": text}) for learner, text in texts.items()})
    )
    counted = CountVectorizer(ngram_range=(3, 3), binary=True).fit_transform(list(texts.values()))
    runs = counted.toarray().astype(bool)
    weights = np.log2(len(texts) / runs.sum(axis=0))
    least = np.median(runs @ weights) / 2
    shares = np.array(
        [[((a & b) @ weights) / max(min(a @ weights, b @ weights), least) for a in runs] for b in runs]
    )
    np.fill_diagonal(shares, 0)
    assert found.highest == pytest.approx(shares.max(axis=1))
    (pair,) = found.pairs
    assert pair.learners == ("l1", "l2")
    assert pair.share == pytest.approx(shares[1, 2])


def test_essays_are_compared_in_korean_too():
    rng = random.Random(8)
    nouns = ["표본", "크기", "비교", "구간", "재현", "깊이", "품질", "기준", "정밀", "민감", "보정", "대조"]
    words = [noun + ending for noun in nouns for ending in ("은", "가", "를", "에서")]
    essays = {f"l{i}": " ".join(rng.choice(words) for _ in range(60)) + "." for i in range(15)}
    essays["copy"] = "먼저 씁니다. " + essays["l4"].replace(" ", "  ", 5)
    learners = {learner: Texts(prose={"essay-why": text}) for learner, text in essays.items()}
    (found,) = similarities(Material(Texts(), learners))
    assert (found.kind, who(found)) == ("prose", {frozenset({"l4", "copy"})})
    assert found.pairs[0].lines == ({"essay-why": frozenset({0})}, {"essay-why": frozenset({1})})


# Files ---------------------------------------------------------------------------------------------------


def cell(kind, source, grade_id=None, **more):
    metadata = {"nbgrader": {"grade_id": grade_id, **more}} if grade_id else {}
    return {"cell_type": kind, "source": source, "metadata": metadata}


def write(path, *cells):
    path.write_text(json.dumps({"cells": cells}))
    return path


def test_answers_and_added_cells_are_read_and_what_was_given_is_not(tmp_path):
    stub, free = cell("code", "def f():\n    ...", "gc", solution=True), cell("code", "plot()")
    prompt = cell("markdown", "Why?", "essay-why", solution=True, grade=True)
    check = cell("code", "assert f()", "check-gc", grade=True)
    release = write(tmp_path / "release.ipynb", stub, free, check, prompt)
    source = write(tmp_path / "source.ipynb", cell("code", "def f():\n    return 1", "gc", solution=True))
    graded = write(
        tmp_path / "kim.ipynb",
        cell("code", ["def f():\n", "    return 2"], "gc", solution=True),
        free,
        cell("code", "helper = 1"),
        cell("code", "assert True", "check-gc", grade=True),
        {**prompt, "source": "Because."},
    )
    unsolved = write(tmp_path / "lee.ipynb", stub, free, check, prompt)
    broken = tmp_path / "fox.ipynb"
    broken.write_text('{"cells": [1, {"source": 3, "metadata": 4}]}')
    notebooks = {"kim": graded, "lee": unsolved, "fox": broken, "gone": tmp_path / "gone.ipynb"}
    found = read_material(release, source, notebooks)
    assert found.learners["kim"].code == {"gc": "def f():\n    return 2", "+3": "helper = 1"}
    assert found.learners["kim"].prose == {"essay-why": "Because."}
    assert not any((*found.learners[one].code, *found.learners[one].prose) for one in ("lee", "fox", "gone"))
    assert "def f():\n    return 1" in found.given.code.values()
    assert read_material(tmp_path / "none", source, notebooks) is None
