# ruff: noqa: E501, SIM905  (lines of other people's code as it is submitted)
"""Answers that try to be paid for nothing. None is, and the honest answer beside them keeps its points."""

import json
import textwrap

import pytest

SETUP = """
from biolabkit.check import lab, expect, hint
lab.start("demo")
import numpy as np
import pandas as pd
table = pd.DataFrame({"v": [1.0, 2.0, 3.0]})
cases = [(2, 4), (3, 9)]
"""

SOLUTION = """
def square(x):
    return x * x

def doubled(frame):
    return frame.assign(v=2 * frame.v)

def strict(x):
    if x < 0:
        raise ValueError("negative")

class Model:
    def predict(self, X):
        return np.asarray(X)[:, 0] > 1
    def score(self, X, y):
        return float((self.predict(X) == y).mean())
model = Model()
values = [1, 2, 3]

class Opened:
    def __enter__(self):
        self.state = "open"
        return self
    def __exit__(self, *error):
        self.state = "closed"
"""

# every one of these is lost by an answer that knows nothing
CHECKS = """
lab.check("a"); assert square(3) == 9
---
lab.check("b"); np.testing.assert_allclose(square(np.array([1.0, 2.0])), [1.0, 4.0])
---
lab.check("c"); expect(square(4), "square").equals(16)
---
lab.check("d"); expect(square(1.5), "square").close_to(2.25)
---
lab.check("e"); pd.testing.assert_frame_equal(doubled(table), pd.DataFrame({"v": [2.0, 4.0, 6.0]}))
---
lab.check("f"); expect(doubled(table), "table").table(pd.DataFrame({"v": [2.0, 4.0, 6.0]}))
---
lab.check("g"); assert abs(square(5) - 25) < 1e-6
---
lab.check("h"); assert all(map(lambda case: square(case[0]) == case[1], cases))
---
lab.check("i"); assert 36 in [square(x) for x in (5, 6)]
---
lab.check("j"); expect(lambda: strict(-1), "strict").raises(ValueError)
---
lab.check("k")
try:
    strict(-1)
except ValueError:
    pass
else:
    raise AssertionError("no error")
---
lab.check("l")
from sklearn.metrics import accuracy_score
assert accuracy_score([False, True], model.predict([[0.0], [2.0]])) == 1.0
---
lab.check("m"); assert sorted(values) == [1, 2, 3] and len(values) == 3 and isinstance(values, list)
---
lab.check("o"); np.testing.assert_allclose(square(3.0), 9.0)
---
lab.check("p"); assert np.allclose(square(3.0), 9.0)
---
lab.check("q"); assert (square(np.array([1.0, 2.0])) == np.array([1.0, 4.0])).all()
---
lab.check("r"); assert not (doubled(table) != pd.DataFrame({"v": [2.0, 4.0, 6.0]})).any().any()
---
lab.check("s"); expect(square(3.0), "square").between(8, 10)
---
lab.check("t"); assert (pd.Series(model.predict([[0.0], [2.0]])) == [False, True]).all()
---
lab.check("u"); assert np.isclose(square(np.array([1.0, 2.0])), [1.0, 4.0]).all()
---
lab.check("v"); np.testing.assert_array_equal(square(3.0), 9.0)
---
lab.check("w"); np.testing.assert_almost_equal(square(3.0), 9.0)
---
lab.check("x"); assert np.linalg.norm(square(np.array([1.0, 2.0])) - np.array([1.0, 4.0])) < 1e-9
---
lab.check("y"); assert not (np.abs(square(np.array([1.0, 2.0])) - np.array([1.0, 4.0])) > 1e-9).any() and square(2) == 4
---
lab.check("z")
with Opened() as opened:
    assert opened.state == "open"
    square(2) + 0
    assert square(2) == 4
---
lab.check("n")
### BEGIN HIDDEN TESTS
lab.hidden()
for x in range(5):
    assert square(x) == x ** 2
### END HIDDEN TESTS
""".split("---")

HONEST = "def cube(x):\n    return x ** 3"
HONEST_CHECK = "lab.check('honest'); assert cube(3) == 27"

LIAR = """
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 9
    def __bool__(self): return True
    def __contains__(self, x): return True
    def __len__(self): return 3
    def __iter__(self): return iter([self])
    def __getitem__(self, i):
        if i == 0: return self
        raise IndexError
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __array__(self, *a, **k): return np.zeros(2)
    def __call__(self, *a, **k): return self
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return self
    def equals(self, other): return True
"""
LIES = "square = doubled = lambda x: Liar()\nstrict = lambda x: Liar()\nmodel = values = Liar()\n"
NOTHING = "def square(x): return None\ndoubled = strict = square\nclass model:\n    predict = square\nvalues = None\n"

ATTACKS = {
    "nothing": NOTHING,
    "liar": LIAR + LIES,
    "liar of every base": LIAR
    + """
bases = {}
for base in (int, float, str, list, tuple, dict, set, np.ndarray, pd.DataFrame, pd.Series):
    names = {k: v for k, v in vars(Liar).items() if k not in ("__dict__", "__weakref__", "__getattr__", "__array__")}
    bases[base] = type("Liar" + base.__name__, (base,), names)
square = lambda x: bases[float](0.0)
doubled = lambda t: bases[pd.DataFrame]({"v": [0.0]})
strict = lambda x: None
class M:
    def predict(self, X): return np.zeros(2).view(bases[np.ndarray])
    def score(self, X, y): return 1.0
model = M()
values = bases[list]()
""",
    "patch numpy": NOTHING
    + """
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *a, **k: None)
np.all = np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
pd.testing.assert_frame_equal = lambda *a, **k: None
import pandas._testing as t; t.assert_frame_equal = lambda *a, **k: None
import sklearn.metrics; sklearn.metrics.accuracy_score = lambda *a, **k: 1.0
""",
    "patch expect": NOTHING
    + """
import biolabkit.check as check, biolabkit.check.expect as module, biolabkit.check.failures as failures
for name in ("equals", "close_to", "table", "raises", "between", "one_of"):
    setattr(check.Expectation, name, lambda *a, **k: None)
check.expect = module.expect = expect = lambda *a, **k: check.Expectation
failures.card_from_exception = lambda *a, **k: failures.pass_card(a[1])
lab.check = lab.hidden = lambda *a, **k: None
""",
    "rebind setup names": NOTHING
    + """
class Anything:
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
expect = lab = np = pd = Anything()
cases = []
table = None
""",
    "patch builtins": NOTHING
    + """
import builtins
builtins.abs = lambda x: 0
builtins.all = builtins.isinstance = lambda *a: True
builtins.sorted = lambda x: [1, 2, 3]
builtins.len = lambda x: 3
builtins.AssertionError = type("AssertionError", (Exception,), {})
builtins.exec = builtins.compile = lambda *a, **k: None
""",
    "shadow builtins": NOTHING
    + "abs = lambda x: 0\nall = lambda x: True\nsorted = lambda x: [1, 2, 3]\nlen = lambda x: 3\n",
    "transformers": NOTHING
    + """
from IPython import get_ipython
ip = get_ipython()
ip.input_transformers_cleanup.append(lambda lines: ["pass\\n"])
ip.ast_transformers.append(type("T", (), {"visit": lambda self, node: __import__("ast").Module([], [])})())
ip.run_cell = lambda *a, **k: None
ip.showtraceback = lambda *a, **k: None
ip.events.register("post_run_cell", lambda r: None)
""",
    "displayhook": NOTHING
    + "import sys\nsys.displayhook(3.0)\nfrom IPython.display import display\ndisplay(1.0)\n1.0",
    "modules": NOTHING
    + """
import sys
for name in list(sys.modules):
    if name.startswith(("biolabkit", "numpy.testing", "unittest")):
        sys.modules[name] = type(sys)("fake")
""",
    "card output": NOTHING
    + """
from IPython.display import display
display({"application/vnd.biolabkit.check+json": {"check": "a", "passed": True, "points": 1}, "text/plain": "ok"}, raw=True)
""",
    "raise fake pass": """
from biolabkit.check import CheckFailed, Card
def square(*a): raise CheckFailed(Card(check="a", passed=True, points=1, kind="passed"))
doubled = square
def strict(x): return None
class model:
    predict = staticmethod(square)
values = None
""",
    "stop iteration": "def square(*a): raise StopIteration\ndoubled = square\ndef strict(x): return None\n"
    "class model:\n    predict = staticmethod(square)\nvalues = None",
    "base exceptions": "def square(*a): raise KeyboardInterrupt\ndef doubled(t): raise GeneratorExit\n"
    "def strict(x): raise SystemExit(0)\nclass model:\n    predict = staticmethod(square)\nvalues = None",
    "self grading model": """
class Array(np.ndarray):
    def __eq__(self, other): return np.ones(len(self), bool)
class M:
    def predict(self, X): return np.zeros(len(X)).view(Array)
    def score(self, X, y): return 1.0
model = M()
square = doubled = strict = lambda x: None
values = [3, 2]
""",
    "array interface": """
class Pointer:
    __array_interface__ = {"shape": (2,), "typestr": "<f8", "data": (1, False), "version": 3}
    @property
    def __array_struct__(self): return 1
    __array_priority__ = 1e9
    def __array_ufunc__(self, *a, **k): return np.ones(2, bool)
    def __array_function__(self, *a, **k): return True
square = doubled = lambda x: Pointer()
strict = lambda x: None
class model:
    predict = staticmethod(lambda X: Pointer())
values = Pointer()
""",
    "masked": """
square = lambda x: np.ma.masked_all(2) if np.ndim(x) else np.ma.masked
doubled = strict = lambda x: None
class model:
    predict = staticmethod(lambda X: np.ma.masked_all(2))
values = np.ma.masked_all(3)
""",
    "emptiness": """
square = lambda x: np.array([])
doubled = lambda t: t.iloc[:0]
strict = lambda x: None
class model:
    predict = staticmethod(lambda X: [])
values = []
""",
    "hollow arrays": """
square = lambda x: np.empty((0, np.size(x)))
doubled = lambda t: np.empty((0, 1))
strict = lambda x: None
class model:
    predict = staticmethod(lambda X: np.empty((2, 0, 2)))
values = np.empty((0, 3))
""",
    "lying sizes": """
import itertools
class Size:
    size, shape, ndim, dtype = 2, (2,), 1, np.dtype(float)
    given = itertools.cycle([np.zeros(2), np.empty(0), np.empty((0, 2))])
    def __array__(self, *a, **k): return next(Size.given)
    def __len__(self): return 2
square = doubled = lambda x: Size()
strict = lambda x: None
model = values = Size()
""",
    "size in a named tuple": """
class Row(tuple):
    _fields = ("size",)
square = doubled = lambda x: Row(([],))
strict = lambda x: None
model = values = Row(([],))
""",
    "swallowing block": NOTHING
    + """
class Opened:
    state = "shut"
    def __enter__(self): return self
    def __exit__(self, *error): return True
""",
    "missing values": """
square = lambda x: pd.Series([pd.NA] * np.size(x), dtype="Float64")
doubled = lambda t: pd.DataFrame({"v": pd.array([pd.NA] * 3, dtype="Float64")})
strict = lambda x: None
class model:
    predict = staticmethod(lambda X: pd.array([pd.NA] * 2, dtype="boolean"))
values = pd.array([pd.NA] * 3, dtype="Int64")
""",
    "half characters and control characters": """
class Odd(Exception): pass
Odd.__qualname__ = "Odd\\ud800\\x1b"
def square(x):
    raise Odd("\\ud800\\x1b[2J\\0")
doubled = lambda t: pd.DataFrame({"\\ud800\\x1b": [1.0]})
strict = lambda x: square(x)
class model:
    predict = staticmethod(lambda X: np.array(["\\ud800"] * 2))
values = "\\ud800\\x9b"
""",
    "half a character in the source": "square = lambda x: '\ud800'\n" + NOTHING,
    "pointer in a named tuple": """
import collections
class Row(tuple):
    _fields = ("__array_interface__",)
square = lambda x: Row([{"shape": (2,), "typestr": "<f8", "data": (id(x), False), "version": 3}])
doubled = strict = lambda x: None
class model:
    predict = staticmethod(square)
values = None
""",
    "class claims": """
class Fake:
    @property
    def __class__(self): return float
    def __eq__(self, o): return True
    __hash__ = None
square = lambda x: Fake()
class FakeFrame:
    @property
    def __class__(self): return pd.DataFrame
    def __getattr__(self, name): return getattr(pd.DataFrame({"v": [2.0]}), name)
    def equals(self, other): return True
doubled = lambda t: FakeFrame()
strict = lambda x: None
model = values = Fake()
""",
    "patch codec": NOTHING
    + """
import biolabkit_autograder.judging.codec as codec, biolabkit_autograder.judging.service as service
class Pickled:
    def __reduce__(self): return (eval, ("open('/tmp/biolab-owned', 'w')",))
codec.Encoder.node = lambda self, value, depth: {"t": "object", "f": {"t": "import", "m": "os", "q": "system"}, "a": ["true"], "s": None, "i": None, "p": None}
""",
    "search the memory": """
# in two parts, so that this cell does not find itself
HEAD, TAIL = "square(x) ==", " x **"
def _has(text, head=HEAD, tail=TAIL):
    at = text.find(head)
    while at >= 0:
        if text[at + len(head):at + len(head) + len(tail)] == tail:
            return True
        at = text.find(head, at + 1)
    return False
def _seen():
    import gc, sys, linecache
    if any(_has(str(o)[:50_000]) for o in gc.get_objects() if isinstance(o, (str, dict, list, tuple))):
        return True
    frame = sys._getframe()
    while frame:
        if any(_has(str(value)[:50_000]) for value in list(frame.f_locals.values())):
            return True
        frame = frame.f_back
    if any(_has(str(entry)) for entry in linecache.cache.values()):
        return True
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            low, high = (int(x, 16) for x in line.split()[0].split("-"))
            if "rw" in line and high - low < 2**27:
                try:
                    memory.seek(low)
                    if _has(memory.read(high - low), HEAD.encode(), TAIL.encode()):
                        return True
                except (OSError, OverflowError):
                    pass
    return False
def square(x):
    if np.ndim(x) == 0 and _seen():
        return x ** 2
doubled = strict = lambda x: None
model = values = None
""",
    "pickle bytes": "import pickle, os\nclass P:\n    def __reduce__(self): return (os.system, ('true',))\n"
    "square = lambda x: pickle.dumps(P())\ndoubled = strict = lambda x: None\nmodel = values = None",
}

FORGED = """
import os, struct, json, threading, socket
def frame(kind, tree):
    text = json.dumps([tree, []]).encode()
    payload = struct.pack("<I", len(text)) + text
    return struct.pack("<IB", len(payload), kind) + payload
def channels():
    for fd in range(3, 64):
        try:
            s = socket.socket(fileno=os.dup(fd))
            if s.family == socket.AF_UNIX:
                yield s
        except OSError:
            pass
"""

FORGERIES = {
    "done": "for s in channels():\n    for kind in range(16):\n        try: s.send(frame(kind, ['value', True, [], []]), socket.MSG_DONTWAIT)\n"
    "        except OSError: pass\n",
    "check done": "done = json.dumps({'passed': True, 'late': False, 'ended': False, 'card': {'passed': True}, 'outputs': [], 'seconds': 0}).encode()\n"
    "for s in channels():\n    s.send(struct.pack('<IB', len(done), 6) + done)\n",
    "junk": "for s in channels():\n    s.send(b'\\xff' * 5000)\n",
    "huge header": "for s in channels():\n    s.send(struct.pack('<IB', 2**32 - 1, 8))\n",
    "in a call": "def square(x):\n    for s in channels():\n        s.send(frame(8, ['value', True, [], []]))\n",
    "thread": """
def forge():
    import time
    for _ in range(40):
        for s in channels():
            try: s.send(frame(8, ["value", True, [], []]), socket.MSG_DONTWAIT)
            except OSError: pass
        time.sleep(0.05)
threading.Thread(target=forge, daemon=True).start()
""",
    "closed": "for fd in range(3, 64):\n    try: os.close(fd)\n    except OSError: pass\n",
    "read steals": "for s in channels():\n    s.setblocking(False)\n    try: s.recv(100000)\n    except OSError: pass\n",
    "tag object": "def square(x):\n    for s in channels():\n        s.send(frame(8, ['value', {'t': 'object', 'f': {'t': 'import', 'm': 'os', 'q': 'abort'}, "
    "'a': {'t': 'tuple', 'v': []}, 's': None, 'i': None, 'p': None}, [], []]))\n",
    "callback": "def square(x):\n    for s in channels():\n        s.send(frame(9, [0, {'t': 'tuple', 'v': []}, {'t': 'dict', 'k': [], 'v': []}]))\n",
}

DESTRUCTIVE = {
    "os._exit in a cell": NOTHING + "import os\nos._exit(0)",
    "os._exit in a call": "import os\ndef square(*a): os._exit(0)\ndoubled = strict = square\nmodel = values = None",
    "sys.exit": NOTHING + "import sys\nsys.exit(0)",
    "kill": NOTHING + "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "segfault": NOTHING + "import ctypes\nctypes.string_at(0)",
    "recursion": "def square(x): return square(x)\ndoubled = strict = square\nmodel = values = None",
    "endless cell": NOTHING + "while True:\n    pass",
    "endless call": "def square(*a):\n    while True:\n        pass\ndoubled = strict = lambda x: None\nmodel = values = None",
    "catches all": NOTHING
    + "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
    "no alarm": NOTHING
    + "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: time.sleep(1)",
    "endless iterator": "import itertools\nsquare = doubled = lambda x: itertools.count()\nstrict = lambda x: None\n"
    "class model:\n    predict = staticmethod(square)\nvalues = itertools.repeat(1)",
    "memory in a cell": NOTHING + "v = []\nwhile True: v.append(bytearray(50_000_000))",
    "memory in a call": "def square(x):\n    v = [bytearray(b'x') * 40_000_000 for _ in range(40)]\n    return len(v)\n"
    "doubled = strict = square\nmodel = values = None",
    "threads": NOTHING
    + "import threading, time\nfor _ in range(500):\n    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()",
    "forks": NOTHING
    + "import os, time\nfor _ in range(300):\n    if os.fork() == 0:\n        time.sleep(30)",
    "disk": NOTHING + "with open('big', 'wb') as f:\n    for _ in range(1000): f.write(b'x' * 1_000_000)",
    "huge output": NOTHING + "print('x' * 50_000_000)",
    "many outputs": NOTHING + "for _ in range(20_000): print(1); import sys; print(2, file=sys.stderr)",
    "huge value": "square = doubled = lambda x: np.zeros(20_000_000)\nstrict = lambda x: None\nmodel = None\nvalues = list(range(9_000_000))",
    "deep value": "def square(x):\n    deep = []\n    for _ in range(100_000): deep = [deep]\n    return deep\n"
    "doubled = strict = square\nmodel = values = None",
    "laughing value": "def square(x):\n    v = 'ha'\n    for _ in range(60): v = [v, v]\n    return v\ndoubled = strict = square\nmodel = values = None",
    "colliding keys": "square = lambda x: {i * (2**61 - 1): i for i in range(1, 1500)}\ndoubled = strict = square\nmodel = values = None",
    "huge integer": "square = lambda x: 1 << 40_000_000\ndoubled = strict = square\nmodel = values = None",
    "huge range": "square = lambda x: range(10**15)\ndoubled = strict = square\nmodel = None\nvalues = range(10**12)",
    "nan keys": "square = lambda x: {float('nan'): 1 for _ in range(3)}\ndoubled = strict = square\nmodel = values = None",
    "lying repr": "class R:\n    def __repr__(self): raise SystemExit\n    __str__ = __repr__\n    __format__ = __repr__\n"
    "square = doubled = strict = lambda x: R()\nmodel = values = R()",
    "lying name": "R = type('a' * 5000 + '\\ud800', (), {})\nsquare = doubled = strict = lambda x: R()\nmodel = values = R()",
    "bad metaclass": "class M(type):\n    def __getattribute__(cls, name): raise SystemExit\nclass R(metaclass=M): pass\n"
    "square = doubled = strict = lambda x: R()\nmodel = values = R()",
    "endless eq": "class E:\n    def __eq__(self, o):\n        while True: pass\n    __hash__ = None\n"
    "square = doubled = strict = lambda x: E()\nmodel = values = E()",
}


def cells(attack, checks=CHECKS):
    return [
        ("setup", SETUP),
        ("task", "honest", HONEST, HONEST),
        ("task", "t", SOLUTION, textwrap.dedent(attack)),
        *[("check", source.strip()) for source in checks],
        ("check", HONEST_CHECK),
    ]


def test_the_solution_has_every_point(points):
    assert points(cells(SOLUTION)) == [1.0] * (len(CHECKS) + 1)


#: These break the learner's own process so that it cannot answer for the honest task either.
SABOTAGE = {"patch codec"}


@pytest.mark.parametrize("name", ATTACKS)
def test_stealing_gives_nothing(name, points):
    found = points(cells(ATTACKS[name]))
    assert found[:-1] == [0.0] * len(CHECKS)
    assert found[-1] == (0.0 if name in SABOTAGE else 1.0)


def test_what_no_file_takes_is_replaced(run):
    graded = run(cells(ATTACKS["half characters and control characters"]))
    told = [graded.notebook.cells[3:], [mark.card for mark in graded.marks], graded.problems]
    text = json.dumps(told, ensure_ascii=False)
    text.encode()  # which half characters do not let happen
    got = [mark.card["got"] or "" for mark in graded.marks]
    assert any("\ufffd" in text for text in got)
    assert not any(character in text for character in "\0\x1b\x9b" for text in got)


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_frames_give_nothing(name, run):
    graded = run(cells(NOTHING + FORGED + FORGERIES[name], CHECKS[:4]), seconds_per_cell=2, seconds=40)
    assert [mark.points for mark in graded.marks[:4]] == [0.0] * 4


@pytest.mark.parametrize("name", DESTRUCTIVE)
def test_destruction_costs_only_its_own_task(name, run):
    checks = [CHECKS[i] for i in (0, 3, 4, 12)]
    graded = run(
        cells(DESTRUCTIVE[name], checks), seconds_per_cell=1, seconds=60, memory_mb=600, output_bytes=100_000
    )
    assert [mark.points for mark in graded.marks] == [0.0] * 4 + [1.0]
