import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit_autograder.authoring.percent import read_percent

code_lines = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20).filter(
        lambda line: "%%" not in line
    ),
    max_size=5,
)


def read(tmp_path, text):
    path = tmp_path / "exercise.py"
    path.write_text(text, encoding="utf-8")
    return read_percent(path)


def test_cells_have_their_source_and_their_lines(tmp_path):
    cells, problems = read(
        tmp_path,
        "# a note\n\n# %% setup\n\n\nimport numpy\n\nx = 1\n\n\n"
        '# %% [markdown] lang="ko"\n# # 제목\n#\n# 본문\n# %%\ny = 2',
    )
    assert problems == []
    assert [(cell.line, cell.first_line, cell.source) for cell in cells] == [
        (3, 6, "import numpy\n\nx = 1"),
        (11, 12, "# 제목\n\n본문"),
        (15, 16, "y = 2"),
    ]
    assert cells[0].words == ("setup",)
    assert (cells[1].markdown, cells[1].attributes) == (True, {"lang": "ko"})


@settings(deadline=None)  # files are written; no test is timed
@given(bodies=st.lists(code_lines, min_size=1, max_size=4))
def test_no_line_is_lost_or_moved(tmp_path_factory, bodies):
    lines = [line for body in bodies for line in ("# %%", *body)]
    cells, _ = read(tmp_path_factory.mktemp("percent"), "\n".join(lines))
    assert len(cells) == len(bodies)
    for cell, body in zip(cells, bodies, strict=True):
        assert lines[cell.line - 1] == "# %%"
        assert [line for line in cell.source.splitlines() if line.strip()] == [b for b in body if b.strip()]
        if cell.source:
            assert lines[cell.first_line - 1] == cell.source.splitlines()[0]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("import numpy\n# %%\nx = 1\n", 1, "code before the first cell"),
        ("# %%\nx = 1\n#%% task\ny = 2\n", 3, "a cell starts with '# %%', found '#%% task'"),
        ("# %%\nif x:\n    # %% task\n    y = 2\n", 3, "a cell starts with '# %%'"),
        ('# %% [markdown] lang="en"\n# text\nx = 1\n', 3, "a line of a markdown cell starts with '# '"),
        ('# %% [markdown] lang="en"\n#text\n', 2, "a line of a markdown cell starts with '# '"),
        ("# %% task=“a”\nx = 1\n", 1, "straight quotes"),
        ('# %% task="a" task="b"\nx = 1\n', 1, "task= is given twice"),
    ],
)
def test_a_mistake_has_its_line(tmp_path, text, line, message):
    _, problems = read(tmp_path, text)
    assert [problem.line for problem in problems] == [line]
    assert message in problems[0].message


def test_a_missing_file_is_a_problem(tmp_path):
    cells, [problem] = read_percent(tmp_path / "exercise.py")
    assert (cells, problem.message) == ([], "the file is missing")
