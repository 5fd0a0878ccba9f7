"""Which names are the learner's, and in which order cells run, read from the course's notebook."""

import pytest

from biolabkit_autograder.judging.plan import Role, bindings, make_plan, role_of


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1", {"x"}),
        ("a, (b, *c) = 1, (2, 3)", {"a", "b", "c"}),
        ("def f(x):\n    y = 1\n    return y", {"f"}),
        ("class C:\n    z = 1", {"C"}),
        ("for i in range(3):\n    j = i", {"i", "j"}),
        ("with open('f') as f:\n    text = f.read()", {"f", "text"}),
        ("if (n := 3) > 2:\n    m: int = n", {"n", "m"}),
        ("x += 1", {"x"}),
        ("try:\n    pass\nexcept ValueError as error:\n    k = 1", {"error", "k"}),
        ("def f():\n    global hidden\n    hidden = 1", {"f", "hidden"}),
        ("print([x for x in 'ab'])\nx.y = 3\nx[0] = 1", set()),
        ("%matplotlib inline\nx = 1\n!ls", {"x"}),
        ("files = !ls", {"files"}),
        ("x = 7 % 2", {"x"}),
        ("this is no python", set()),
        ("raise NotImplementedError()", set()),
    ],
)
def test_names_that_a_cell_binds(source, names):
    assert set(bindings(source).names) == names


def test_imports_are_the_judges_and_no_names():
    source = "import os.path\nimport numpy as np\nfrom a import b as c\n"
    source += "try:\n    import d\nexcept ImportError:\n    d = None\ndef f():\n    import e"
    found = bindings(source)
    assert set(found.names) == {"d", "f"}
    assert found.imports == ("import os.path", "import numpy as np", "from a import b as c", "import d")


def test_the_plan_follows_the_notebook(notebook_pair):
    course, learner = notebook_pair
    plan = make_plan(learner, course)
    assert [(step.role, step.name, step.count) for step in plan] == [
        (Role.SETUP, "setup-1", 1),
        (Role.CODE, "a", 2),
        (Role.CODE, "cell 3", 3),
        (Role.CHECK, "check-c1", 4),
        (Role.CODE, "cell 5", 5),
        (Role.CHECK, "check-c2", 6),
    ]
    assert plan[0].shared == ("n",)
    assert [binding.names for binding in plan[3].before] == [("x",)]
    assert [binding.names for binding in plan[5].before] == [("z",)]  # not `mine`: the course's cell binds z
    assert plan[3].points == 2
    assert role_of(learner.cells[-1]) is Role.ESSAY


@pytest.fixture
def notebook_pair(make_notebooks):
    return make_notebooks(
        [
            ("setup", "n = 1"),
            ("task", "a", "x = 1", "y = 2"),
            ("added", "np = None"),
            ("check", "assert x", 2),
            ("free", "z = 1", "mine = 1"),
            ("check", "assert z"),
            ("added", "  "),
            ("essay", "why"),
        ]
    )
