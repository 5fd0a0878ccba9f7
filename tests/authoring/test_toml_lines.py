from textwrap import dedent

import pytest
from pydantic import BaseModel, ConfigDict

from biolabkit_autograder.authoring.toml_lines import line_of, read_toml

DOCUMENT = dedent(
    '''\
    # a comment
    name = "x"
    title = { en = "a", ko = "b" }
    dotted.key.deep = 1
    long = """
    two lines
    """
    grid = [
      [1, 2],
      [3, 4],
    ]

    [limits]
    # another
    seconds = 3

    [limits.inner]
    megabytes = 4

    [[exercise]]
    name = "first"

    [[exercise]]
    name = "second"
    '''
)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["name"], 2),
        (["title", "ko"], 3),
        (["dotted", "key", "deep"], 4),
        (["long"], 5),
        (["grid"], 8),
        (["grid", 0], 9),
        (["grid", 1, 1], 10),
        (["limits"], 13),
        (["limits", "seconds"], 15),
        (["limits", "inner", "megabytes"], 18),
        (["exercise", 0], 20),
        (["exercise", 1, "name"], 24),
        (["limits", "absent"], 13),
        (["exercise", 1, "weight"], 23),
        (["absent"], 1),
        ([], 1),
    ],
)
def test_the_line_of_a_key(keys, line):
    assert line_of(DOCUMENT, keys) == line


class Limits(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    seconds: float
    memory: int = 100


class Course(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    weights: list[int] = []
    limits: Limits


def write(tmp_path, text):
    path = tmp_path / "course.toml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def test_a_valid_file_becomes_the_model(tmp_path):
    path = write(tmp_path, 'name = "x"\n[limits]\nseconds = 3.5\n')
    assert read_toml(path, Course) == (Course(name="x", limits=Limits(seconds=3.5)), [])


def test_all_problems_are_told_at_once_with_their_lines(tmp_path):
    path = write(
        tmp_path,
        """\
        nane = "x"
        weights = [
          1,
          "two",
        ]

        [limits]
        memmory = 5
        """,
    )
    value, problems = read_toml(path, Course)
    assert value is None
    assert [(problem.line, problem.message) for problem in problems] == [
        (1, "name is missing"),
        (1, "unknown key nane; did you mean 'name'?"),
        (4, "weights.1: input should be a valid integer, found 'two'"),
        (7, "limits.seconds is missing"),
        (8, "unknown key limits.memmory; did you mean 'memory'?"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('name = "x"\nweights = [1,\n', 2, "not valid TOML"),
        ('name = "x"\nname = "y"\n', 2, "not valid TOML: Cannot overwrite a value"),
        ("name = x\n", 1, "not valid TOML: Invalid value"),
    ],
)
def test_a_syntax_error_has_its_line(tmp_path, text, line, message):
    value, [problem] = read_toml(write(tmp_path, text), Course)
    assert value is None
    assert problem.line == line
    assert problem.message.startswith(message)


def test_lines_that_are_no_toml_hide_no_other_problem(tmp_path):
    text = """\
        name = "x
        weights = [1, "two"]
        due = 2026-13-01
        [limits]
        memmory = 5
        """
    value, problems = read_toml(write(tmp_path, text), Course)
    assert value is None
    assert [problem.line for problem in problems] == [1, 2, 3, 5]
    assert problems[2].message.endswith("found: due = 2026-13-01")


def test_what_is_never_closed_is_told_once(tmp_path):
    text = 'name = "x"\nweights = [\n  1\nother = [\n  2,\n[limits]\nseconds = 3\n'
    value, problems = read_toml(write(tmp_path, text), Course)
    assert value is None
    assert len(problems) == 1
    assert "Unclosed array" in problems[0].message


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_separators_inside_a_text_are_no_lines(tmp_path, end):
    path = tmp_path / "course.toml"
    path.write_bytes(f'name = "a\u2028b"{end}seconds = {end}[limits]{end}seconds = 3{end}'.encode())
    value, [problem] = read_toml(path, Course)
    assert (value, problem.line) == (None, 2)
    path.write_bytes(f'name = "a\u2028b"{end}[limits]{end}seconds = 3{end}'.encode())
    assert read_toml(path, Course)[0].name == "a\u2028b"


def test_a_table_that_is_none_says_its_keys(tmp_path):
    _, [problem] = read_toml(write(tmp_path, 'name = "x"\nlimits = 5\n'), Course)
    assert problem.message == "limits: expected a table { seconds = …, memory = … }, found 5"


def test_a_missing_and_an_undecodable_file_are_problems(tmp_path):
    _, [missing] = read_toml(tmp_path / "course.toml", Course)
    assert missing.message == "the file is missing"
    (tmp_path / "course.toml").write_bytes('id = "x"\nname = "과정"'.encode("euc-kr"))
    _, [undecodable] = read_toml(tmp_path / "course.toml", Course)
    assert undecodable.line == 2
    assert "cannot be read as UTF-8" in undecodable.message
    _, [folder] = read_toml(tmp_path, Course)
    assert folder.message == "the file cannot be read (Is a directory)"
