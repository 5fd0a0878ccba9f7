# ruff: noqa: E501  (one idiom in one line)
"""What authors of checks usually write works across the two processes: each idiom here gives the point."""

import textwrap

import pytest

SETUP = """
from biolabkit.check import lab, expect, hint
lab.start("demo")
import collections, copy, inspect, math, types
import numpy as np
import pandas as pd
from dataclasses import dataclass

@dataclass(frozen=True)
class Read:
    name: str
    length: int

table = pd.DataFrame({"site": ["a", "b", "a"], "age": [50.0, 60.0, None]})
reads = [Read("r1", 100), Read("r2", 150)]
"""

TASK = """
import random
from collections import Counter, namedtuple, OrderedDict
from enum import Enum

answer = 42
pi_ish = 3.14159
names = ["kim", "lee"]
config = {"k": 21, "nested": {"deep": [1, 2, {"x": (1, 2)}]}}
matrix = np.arange(6.0).reshape(2, 3)
frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}, index=pd.Index(["r", "s"], name="id"))
series = pd.Series([1.0, None, 3.0], name="v")
counts = Counter("GATTACA")
Point = namedtuple("Point", "x y")
point = Point(1, 2)
log = []

def gc(sequence):
    "Fraction of G and C."
    return sum(base in "GC" for base in sequence) / len(sequence)

def safe_divide(a, b=1, *, digits=2):
    if b == 0:
        raise ValueError("division by zero is not defined here")
    return round(a / b, digits)

def standardise(x):
    return (x - x.mean()) / x.std()

def per_site(frame):
    return frame.groupby("site", as_index=False)["age"].mean()

def kmers(sequence, k):
    for i in range(len(sequence) - k + 1):
        yield sequence[i:i + k]

def longest(reads):
    return max(reads, key=lambda read: read.length)

def describe(x):
    return {"mean": np.mean(x), "n": len(x), "values": np.asarray(x), "ok": True}

def remember(x):
    log.append(x)
    return log

def apply(function, values):
    return [function(v) for v in values]

def integrate(f, a, b, n=2000):
    xs = np.linspace(a, b, n + 1)
    return float(np.trapezoid([f(x) for x in xs], xs))

def shout(text):
    print(text.upper())

def make_adder(n):
    return lambda x: x + n

class NotEnoughError(ValueError):
    def __init__(self, needed):
        super().__init__(f"needs {needed} more")
        self.needed = needed

def withdraw(balance, amount):
    if amount > balance:
        raise NotEnoughError(amount - balance)
    return balance - amount

class Base(Enum):
    A = "A"
    C = "C"

class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)
    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)
    def __hash__(self):
        return hash((self.x, self.y))
    def __lt__(self, other):
        return (self.x, self.y) < (other.x, other.y)
    def __abs__(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5
    def __repr__(self):
        return f"Vector({self.x}, {self.y})"
    def __len__(self):
        return 2
    def __iter__(self):
        return iter((self.x, self.y))
    def __getitem__(self, i):
        return (self.x, self.y)[i]
    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y
    def scale(self, k):
        return Vector(self.x * k, self.y * k)
    @property
    def norm(self):
        return abs(self)
    @classmethod
    def zero(cls):
        return cls(0, 0)

class Polygon(Vector):
    pass

class Stack(list):
    def push(self, x):
        self.append(x)
        return self

class Timer:
    def __enter__(self):
        self.state = "open"
        return self
    def __exit__(self, *error):
        self.state = "closed"

from sklearn.linear_model import LogisticRegression
X_train = np.array([[0.0], [1.0], [2.0], [3.0]])
y_train = np.array([0, 0, 1, 1])
model = LogisticRegression().fit(X_train, y_train)

def train(X, y):
    return LogisticRegression(C=10).fit(X, y)

def refit(estimator, X, y):
    return estimator.fit(X, y).predict(X)
"""

IDIOMS = {
    "equal": "assert answer == 42",
    "function": "assert gc('GGCA') == 0.75",
    "isclose": "assert math.isclose(gc('GGC'), 1.0) and abs(pi_ish - math.pi) < 1e-4",
    "allclose": "np.testing.assert_allclose(standardise(np.array([1., 2, 3])).mean(), 0, atol=1e-9)",
    "array equal": "np.testing.assert_array_equal(matrix, [[0, 1, 2], [3, 4, 5]])",
    "array attributes": "assert matrix.shape == (2, 3) and matrix.dtype == float and isinstance(matrix, np.ndarray)",
    "frame equal": "pd.testing.assert_frame_equal(per_site(table), pd.DataFrame({'site': ['a', 'b'], 'age': [50., 60.]}))",
    "series equal": "pd.testing.assert_series_equal(series, pd.Series([1.0, None, 3.0], name='v'))",
    "frame methods": "assert list(frame.columns) == ['a', 'b'] and frame.loc['s', 'b'] == 'y' and frame.index.name == 'id'",
    "isinstance": "assert isinstance(answer, int) and isinstance(names, list) and isinstance(frame, pd.DataFrame)",
    "not bool": "assert type(answer) is int and not isinstance(answer, bool)",
    "callable": "assert callable(gc) and not callable(answer)",
    "hasattr": "assert hasattr(Vector(1, 2), 'x') and not hasattr(Vector(1, 2), 'z') and hasattr(model, 'coef_')",
    "len sorted": "assert len(names) == 2 and sorted(names)[0] == 'kim' and len(Vector(1, 2)) == 2",
    "in": "assert 'kim' in names and 'k' in config and 'park' not in names",
    "nested": "assert config['nested']['deep'][2]['x'] == (1, 2)",
    "counter": "assert counts == {'G': 1, 'A': 3, 'T': 2, 'C': 1} and counts.most_common(1) == [('A', 3)]",
    "namedtuple": "assert point == (1, 2) and point.x == 1 and isinstance(point, tuple)",
    "docstring": "assert gc.__doc__ == 'Fraction of G and C.' and gc.__name__ == 'gc'",
    "signature": "assert list(inspect.signature(safe_divide).parameters) == ['a', 'b', 'digits']\n"
    "assert inspect.signature(safe_divide).parameters['digits'].default == 2",
    "inspect": "assert 'sum' in inspect.getsource(gc) and inspect.isfunction(gc) and inspect.isclass(Vector)\n"
    "assert inspect.isgeneratorfunction(kmers) and not inspect.isfunction(answer) and isinstance(gc, types.FunctionType)",
    "keywords": "assert safe_divide(1, b=3, digits=3) == 0.333",
    "try except": """
        try:
            safe_divide(1, 0)
        except ValueError as error:
            assert "not defined" in str(error)
        else:
            raise AssertionError("nothing was raised")
        """,
    "expect raises": "expect(lambda: safe_divide(1, 0), 'dividing').raises(ValueError)",
    "raises class": """
        try:
            withdraw(1, 5)
            assert False
        except NotEnoughError as error:
            assert error.needed == 4 and str(error) == "needs 4 more" and isinstance(error, ValueError)
        assert issubclass(NotEnoughError, ValueError)
        """,
    "numpy raises": "np.testing.assert_raises(ValueError, safe_divide, 1, 0)",
    "library error": """
        try:
            refit(LogisticRegression(), np.ones((2, 1)), np.array([1, 1]))
            assert False
        except ValueError as error:
            assert "classes" in str(error)
        """,
    "generator": "g = kmers('ACGT', 3)\nassert next(g) == 'ACG' and next(g) == 'CGT'\n"
    "assert list(g) == [] and isinstance(kmers('A', 1), types.GeneratorType)",
    "list of generator": "assert list(kmers('ACGTA' * 100, 2))[:2] == ['AC', 'CG'] and set(kmers('AAAA', 2)) == {'AA'}",
    "next stops": "assert next(kmers('A', 2), None) is None and sum(1 for _ in kmers('ACGTT', 1)) == 5",
    "dict of results": "r = describe([1, 2, 3])\nassert r['mean'] == 2 and r['n'] == 3 and r['ok'] is True\n"
    "np.testing.assert_array_equal(r['values'], [1, 2, 3])",
    "setup dataclass": "assert longest(reads) == Read('r2', 150) and longest(reads).name == 'r2'\n"
    "assert isinstance(longest(reads), Read) and longest([Read('z', 1)]).name == 'z'",
    "attributes": "v = Vector(1, 2)\nassert (v.x, v.y) == (1, 2) and v.norm == 5 ** 0.5\nv.x = 7\nassert v.x == 7",
    "methods": "assert Vector(1, 2).scale(3).y == 6 and Vector.zero().x == 0",
    "operators": "assert (Vector(1, 2) + Vector(3, 4)).x == 4 and Vector(1, 2) @ Vector(3, 4) == 11 and abs(Vector(3, 4)) == 5",
    "order": "assert Vector(1, 2) < Vector(2, 1) and sorted([Vector(2, 0), Vector(1, 0)])[0].x == 1",
    "explicit eq": "assert Vector.__eq__(Vector(1, 2), Vector(1, 2)) and not Vector.__eq__(Vector(1, 2), Vector(1, 3))",
    "repr str format": "assert repr(Vector(1, 2)) == 'Vector(1, 2)' and str(Vector(1, 2)) == f'{Vector(1, 2)}'",
    "unpack": "x, y = Vector(5, 6)\nassert (x, y) == (5, 6) and list(Vector(1, 2)) == [1, 2] and Vector(1, 2)[1] == 2",
    "learner classes": "assert isinstance(Vector(1, 2), Vector) and isinstance(Polygon(1, 2), Vector)\n"
    "assert issubclass(Polygon, Vector) and not isinstance(3, Vector) and type(Vector(1, 2)).__name__ == 'Vector'",
    "list subclass": "s = Stack().push(1).push(2)\nassert s == [1, 2] and len(s) == 2 and s[-1] == 2 and isinstance(s, list)",
    "enum": "assert Base.A is Base.A and Base('A') == Base.A and Base.A.value == 'A' and Base.A != Base.C",
    "context manager": "with Timer() as t:\n    assert t.state == 'open'\nassert t.state == 'closed'",
    "sklearn": "assert model.predict([[3.0]])[0] == 1 and model.predict_proba([[0.0]]).shape == (1, 2)\n"
    "assert model.coef_.shape == (1, 1) and model.get_params()['C'] == 1.0",
    "sklearn fit": "from sklearn.linear_model import LogisticRegression as LR\n"
    "fitted = train(X_train, y_train)\nassert isinstance(fitted, LR) and fitted.C == 10\n"
    "assert (fitted.predict(X_train) == y_train).mean() == 1.0",
    "estimator argument": "from sklearn.linear_model import LogisticRegression as LR\n"
    "assert list(refit(LR(C=5), np.array([[0.], [1], [2], [3]]), np.array([0, 0, 1, 1]))) == [0, 0, 1, 1]",
    "lambda argument": "assert apply(lambda v: v + 1, [1, 2]) == [2, 3]\nassert abs(integrate(np.sin, 0, math.pi) - 2) < 1e-5",
    "closure argument": "k = 3\ndef line(x):\n    return k * x\nassert abs(integrate(line, 0, 1, n=10) - 1.5) < 1e-9",
    "function result": "add = make_adder(5)\nassert add(1) == 6 and callable(add)",
    "state": "remember(1)\nassert log == [1]\nremember(2)\nassert log == [1, 2] and len(log) == 2",
    "printed": "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    shout('hi')\n"
    "assert out.getvalue() == 'HI\\n'",
    "globals": "assert 'answer' in globals() and 'nothing' not in globals() and globals()['answer'] == 42",
    "name error": "try:\n    undefined_name\n    assert False\nexcept NameError:\n    pass",
    "comprehension": "assert all(gc(s) == w for s, w in [('G', 1.0), ('A', 0.0)]) and [f(2) for f in [make_adder(1)]] == [3]",
    "nested function": "def both():\n    return gc('G') + answer\nassert both() == 43",
    "copy": "v = Vector(1, 2)\nw = copy.deepcopy(v)\nw.x = 9\nassert v.x == 1 and w.x == 9",
    "random state": "random.seed(1)\nassert isinstance(random.random(), float)",
    "check's own names": "names = [1]\nassert names == [1]",
    "expect": "expect(gc('GC'), 'GC').equals(1.0)\nexpect(per_site(table), 'ages').table(pd.DataFrame({'site': ['a', 'b'], 'age': [50., 60.]}))\n"
    "expect(matrix, 'matrix').close_to(np.arange(6).reshape(2, 3))\nexpect(dict(counts), 'counts').equals({'G': 1, 'A': 3, 'T': 2, 'C': 1})",
    "seed": "assert lab.seed == lab.seed and isinstance(lab.rng().normal(), float)",
    "unittest": "import unittest\nt = unittest.TestCase()\nt.assertEqual(answer, 42)\nt.assertAlmostEqual(pi_ish, 3.1416, 3)\n"
    "with t.assertRaises(ValueError):\n    safe_divide(1, 0)",
    "pytest raises": "import pytest\nwith pytest.raises(ValueError, match='zero'):\n    safe_divide(1, 0)\n"
    "assert gc('GGCA') == pytest.approx(0.75)",
    "many calls": "assert sum(gc('G') for _ in range(1000)) == 1000",
}

TORCH = {
    "module": "assert isinstance(net, torch.nn.Module) and net(torch.ones(4, 3)).shape == (4, 2)",
    "parameters": "assert sum(p.numel() for p in net.parameters()) == 8",
    "tensor": "assert torch.allclose(double(torch.tensor([1.0, 2.0])), torch.tensor([2.0, 4.0]))",
    "state": "assert set(net.state_dict()) == {'weight', 'bias'} and net.training\nnet.eval()\nassert not net.training",
    "module argument": "assert count_parameters(torch.nn.Linear(2, 2)) == 6",
}


def test_every_idiom_passes(run):
    cells = [("setup", SETUP), ("task", "t", TASK, TASK)]
    cells += [("check", textwrap.dedent(source)) for source in IDIOMS.values()]
    graded = run(cells)
    lost = {
        name: (mark.card["got"] or mark.card["what_en"], mark.card["line"])
        for name, mark in zip(IDIOMS, graded.marks, strict=True)
        if mark.points != 1
    }
    assert lost == {}
    assert graded.problems == ()


def test_torch_idioms(run):
    pytest.importorskip("torch")
    task = (
        "import torch\nnet = torch.nn.Linear(3, 2)\ndef double(x):\n    return 2 * x\n"
        "def count_parameters(m):\n    return sum(p.numel() for p in m.parameters())"
    )
    cells = [("setup", "import torch"), ("task", "t", task, task)]
    graded = run(cells + [("check", source) for source in TORCH.values()], seconds_per_cell=60)
    assert {n: m.card["got"] for n, m in zip(TORCH, graded.marks, strict=True) if not m.points} == {}


WRONG = {
    "value": "assert answer == 43",
    "raises nothing": "expect(lambda: gc('G'), 'x').raises(ValueError)",
    "other error": "expect(lambda: safe_divide(1, 0), 'x').raises(TypeError)",
    "missing name": "assert not_there == 1",
    "missing argument": "gc()",
    "object equal to value": "assert Vector(1, 2) == (1, 2)",
    "false": "assert False",
    "exit": "raise SystemExit(0)",
    "truth of nothing": "assert None",
}


def test_wrong_things_fail(run):
    cells = [("setup", SETUP), ("task", "t", TASK, TASK)]
    graded = run(cells + [("check", source) for source in WRONG.values()])
    assert {n for n, m in zip(WRONG, graded.marks, strict=True) if m.points} == set()
