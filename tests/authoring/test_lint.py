"""Each mistake is made in a copy of the example; the lint must name its line."""

# ruff: noqa: E501  (a table with a row per mistake)

import pytest

from biolabkit_autograder.authoring.lint import lint, lint_folder

PY, TOML, WRONG = "exercise.py", "exercise.toml", "wrong_answers.py"
TWIN_EN = '# %% [markdown] lang="en"\n# What is it for your own sequence?\n'
TWIN_KO = '# %% [markdown] lang="ko"\n# 여러분의 서열에서는 얼마입니까?\n'
LAST_HIDDEN = '    (known.count("G") + known.count("C")) / len(known)\n)\n### END HIDDEN TESTS'

# file, text, what replaces it, the text of the line where the problem is reported, what is said
MISTAKES = [
    (PY, TWIN_KO, "", '# %% [markdown] lang="en"\n# What is it', 'without its lang="ko" twin'),
    (PY, TWIN_EN, "", '# %% [markdown] lang="ko"\n# 여러분의', 'without its lang="en" twin'),
    (PY, "# 여러분의 서열에서는", "# **GC(비율)**은 여러분의 서열에서", "# **GC(비율)**은", "'**' between ')' and '은' does not end the emphasis"),
    (PY, "# What is it for", "# 얼마 What is it for", "# 얼마 What", 'Korean text in a lang="en" cell'),
    (PY, "# 여러분의 서열에서는 얼마입니까?", "# What?", "# What?", 'no Korean text in a lang="ko" cell'),
    (PY, 'check="gc_content.plain" points=1', 'check="gc_content.plain"', '# %% check="gc_content.plain"', "points= is missing"),
    (PY, "points=1", "points=0", '# %% check="gc_content.plain"', "positive number, found 0"),
    (PY, "points=1", 'points="one"', '# %% check="gc_content.plain"', "positive number, found one"),
    (PY, "points=1", "points=nan", '# %% check="gc_content.plain"', "positive number, found nan"),
    (PY, "points=1", "points=inf", '# %% check="gc_content.plain"', "positive number, found inf"),
    (PY, "points=1", "points=1 hidden=yes", '# %% check="gc_content.plain"', "unknown attribute hidden="),
    (PY, '.plain" points=1', '.plain" pionts=1 points=1', '# %% check="gc_content.plain"', "did you mean 'points'?"),
    (PY, "# %% setup", "# %% setpu", "# %% setpu", "did you mean 'setup'?"),
    (PY, 'essay="why"', 'essay="Why"', '# %% [markdown] essay="Why"', "lower-case letters"),
    (PY, '[markdown] essay="why"', 'essay="why"', '# %% essay="why"', "cells of kind essay are markdown"),
    (PY, 'check="gc_content.unknown"', 'check="gc_content.plain"', '# %% check="gc_content.plain" points=2', "is taken by the check cell in line 39"),
    (PY, "### END SOLUTION", "### END SOLUTIONS", "### END SOLUTIONS", "is no marker of this cell"),
    (PY, "    ### END SOLUTION\n", "", "    ### BEGIN SOLUTION", "is never closed"),
    (PY, "    ### BEGIN SOLUTION\n", "", "    ### END SOLUTION", "without '### BEGIN SOLUTION' before it"),
    (PY, "# An `N` is", "# BEGIN SOLUTION An `N` is", "# BEGIN SOLUTION An", "may not stand in this cell"),
    (PY, "lab.show(", "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\nlab.show(", "### BEGIN HIDDEN TESTS\n### END", "may not stand in this cell"),
    (PY, LAST_HIDDEN, LAST_HIDDEN + "\nassert known", "assert known", "is the last line of a check"),
    (PY, 'ko="ACGT의 GC 함량"', "", 'expect(gc_content("ACGT")', "expect(...) without ko="),
    (PY, 'ko="ACGT의 GC 함량"', 'ko="GC content"', 'expect(gc_content("ACGT")', "no Korean in ko="),
    (PY, '"GC content of ACGT"', '"GC 함량"', 'expect(gc_content("ACGT")', "Korean where English is expected"),
    (PY, '    ko="N은 알 수 없는 염기입니다. 분모에서 제외하십시오.",\n', "", "n_counted = hint(", "has no ko= text"),
    (PY, '"case-ignored"', '"n-counted"', "n_counted = hint(", "one code, one text"),
    (PY, '"case-ignored"', '"case" + "ignored"', "        hint(", "is a literal"),
    (PY, "known = my_sequence", "model.score(my_sequence)\nknown = my_sequence", "model.score(", "grade itself"),
    (PY, "known = my_sequence", "table.equals(my_sequence)\nknown = my_sequence", "table.equals(", "compare itself"),
    (PY, "known = my_sequence", "lab.check('x', 1)\nknown = my_sequence", "lab.check(", "put there by the builder"),
    (PY, LAST_HIDDEN, LAST_HIDDEN.replace("###", "known == 1\n###"), "known == 1", "partial credit"),
    (PY, "lab.show(", "print(known)\nlab.show(", "print(known)", "'known' is made in a check cell"),
    (PY, "lab.show(", "def show_it():\n    return known\n\n\nlab.show(", "    return known", "'known' is made in a check cell"),
    (PY, "    known = [base", "    known == = [base", "    known == = [base", "not valid Python"),
    (PY, "lab.show(", "%matplotlib inline\nlab.show(", "%matplotlib inline", "magics and ! are not possible"),
    (PY, 'lab.start("genome-01-gc-content")', 'lab.start("genome-02-gc")', "lab.start(", "as the folder is named"),
    (PY, 'lab.start("genome-01-gc-content")', "x = 1", "x = 1", "starts with lab.start("),
    (PY, "# %% setup", "# %%\nx = 1\n\n# %% setup", "# %%\nx = 1", "the first code cell is '# %% setup'"),
    (PY, '# %% [markdown] essay="why"', '# %%\nx = 1\n\n# %% [markdown] essay="why"', '# %% [markdown] essay="why"', "has no text cell before it"),
    (PY, "my_sequence = ", 'datasets.load("uci-promoters")\nmy_sequence = ', "datasets.load(", "not among the datasets of exercise.toml"),
    (PY, "# PCR amplifies GC-rich fragments badly because they denature at a higher temperature. Fewer of their copies\n# reach the flow cell.\n#\n", "", "# GC가 많은 조각은", "in English and in Korean"),
    (TOML, 'track = "genome"', 'track = "health"', 'track = "health"', "stands in the folder 'genome'"),
    (TOML, "datasets = []", 'datasets = ["uci-promotors"]', "datasets", "unknown dataset 'uci-promotors'; did you mean 'uci-promoters'?"),
    (TOML, '"J"]', '"X"]', "competencies", "no competency 'X'"),
    (TOML, "minutes", "mintues", "mintues", "did you mean 'minutes'?"),
    (TOML, 'ko = "GC 함량"', 'ko = "GC"', "title", "Korean text is expected"),
    (WRONG, "# Every letter of the sequence is a base.\n", "", '# %% wrong="counts_n"', "begins with a comment"),
    (WRONG, 'wrong="both" task="gc_content"', 'wrong="both" task="gc_contents"', '# %% wrong="both"', "did you mean 'gc_content'?"),
    (WRONG, 'loses="check-gc_content-plain, ', 'loses="check-gc-plain, ', '# %% wrong="both"', "loses an unknown check 'check-gc-plain'"),
    (WRONG, 'unknown" hint="n-counted"\n# Capitals', 'unknown" hint="n-count"\n# Capitals', '# %% wrong="both"', "did you mean 'n-counted'?"),
    (WRONG, 'unknown" hint="n-counted"\n# Capitals', 'unknown"\n# Capitals', '# %% wrong="both"', 'lacks hint="…"'),
    (WRONG, 'wrong="both"', 'wrong="counts_n"', "", "at least 6 wrong answers are expected, found 5"),
]  # fmt: skip


def _expected_line(text, at):
    return text.count("\n", 0, text.index(at)) + 1


@pytest.mark.parametrize(("file", "old", "new", "at", "said"), MISTAKES)
def test_a_mistake_is_found_on_its_line(draft, file, old, new, at, said):
    folder = draft(file, old, new)
    line = _expected_line((folder / file).read_text(encoding="utf-8"), at)
    problems = lint_folder(folder)
    here = [problem.message for problem in problems if (problem.path.name, problem.line) == (file, line)]
    assert any(said in message for message in here), list(map(str, problems))


def test_the_example_is_clean(example):
    assert lint(example) == []
    assert lint_folder(example.folder) == []


def test_a_task_needs_a_check_and_a_check_its_task(draft):
    folder = draft(PY, 'task="gc_content"', 'task="gc_contents"')
    text = (folder / PY).read_text(encoding="utf-8")
    messages = {problem.line: problem.message for problem in lint_folder(folder) if problem.path.name == PY}
    assert messages == {
        _expected_line(text, '# %% task="gc_contents"'): 'task "gc_contents" has no check; '
        'add # %% check="gc_contents" points=…',
        _expected_line(text, '# %% check="gc_content.plain"'): 'check "gc_content.plain" has no task '
        "\"gc_content\"; did you mean 'gc_contents'?",
        _expected_line(text, '# %% check="gc_content.unknown"'): 'check "gc_content.unknown" has no task '
        "\"gc_content\"; did you mean 'gc_contents'?",
    }


def test_mistakes_in_all_files_are_told_at_once(draft):
    draft(TOML, "minutes = 20\n", "")
    draft(PY, "points=1", "points=-1")
    folder = draft(WRONG, 'hint="n-counted"\n# Every', 'hint="n"\n# Every')
    assert [problem.path.name for problem in lint_folder(folder)] == [PY, TOML, WRONG]


def test_emphasis_that_ends_is_no_problem(draft):
    text = "**GC**(비율)는 *얼마*입니까? `a*b`와 $x * y$, 3 * 4. (**굵게**) **GC(비율)** 은 **95 %**"
    assert lint_folder(draft(PY, "여러분의 서열에서는 얼마입니까?", text)) == []


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"# \xb0\xa1")])
def test_a_source_that_cannot_be_read_is_one_problem(draft, spoil):
    folder = draft()
    spoil(folder / PY)
    [problem] = lint_folder(folder)
    assert (problem.path.name, problem.line) == (PY, 1)


def test_a_misspelt_marker_is_one_problem(draft):
    folder = draft(PY, "# %% setup", "#%% setup")
    [problem] = lint_folder(folder)
    assert problem.message == "a cell starts with '# %%', found '#%% setup'"


@pytest.mark.parametrize("file", [PY, TOML, WRONG])
def test_what_editors_of_windows_put_first_is_no_problem(draft, file):
    folder = draft()
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert lint_folder(folder) == []


def test_a_folder_without_a_number_is_a_problem(draft):
    folder = draft()
    renamed = folder.rename(folder.with_name("gc-content"))
    messages = [problem.message for problem in lint_folder(renamed)]
    assert any("two digits and a slug" in message for message in messages)
    assert any('lab.start("genome-gc-content") is expected' in message for message in messages)


def test_problems_print_as_file_and_line_from_the_current_folder(draft, monkeypatch):
    folder = draft(PY, "points=1", "points=0")
    monkeypatch.chdir(folder)
    [problem] = lint_folder(folder)
    assert str(problem) == "exercise.py:39: points must be a positive number, found 0"
