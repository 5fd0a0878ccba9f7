"""Group `points`: take points for tasks that were not answered. All of them answer the last task honestly."""

from __future__ import annotations

from .notebook import Submitted
from .registry import attack

__all__ = ["NOTHING"]

#: Answers that exist and know nothing.
NOTHING = """
def reverse_complement(sequence):
    return ""
error_probability = mean_depth = reverse_complement
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return None
    def __len__(self): return 0
start_codons = []
"""


# ------------------------------------------------------------------------------- what checks are made of


@attack("points", "Every assertion of numpy.testing accepts anything.")
def patched_numpy_testing(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *a, **k: None)
np.all = np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
"""
    )


@attack("points", "The assertions of pandas.testing accept anything, in every module that holds them.")
def patched_pandas_testing(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import pandas._testing, pandas.testing
for module in (pandas.testing, pandas._testing, pandas._testing.asserters):
    for name in dir(module):
        if name.startswith("assert"):
            setattr(module, name, lambda *a, **k: None)
"""
    )


@attack("points", "`expect` and its methods accept anything, and failures become passes.")
def patched_expect(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import biolabkit.check as check, biolabkit.check.expect as module, biolabkit.check.failures as failures
for name in ("equals", "close_to", "table", "raises", "between", "one_of"):
    setattr(check.Expectation, name, lambda *a, **k: None)
check.expect = module.expect = expect = lambda *a, **k: check.Expectation
failures.card_from_exception = lambda error, context: failures.pass_card(context)
"""
    )


@attack("points", "`lab.check` ends every check before it begins by raising SystemExit(0).")
def patched_lab(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
def leave(*a, **k):
    raise SystemExit(0)
type(lab).check = type(lab).hidden = leave
"""
    )


@attack("points", "The built-in functions that checks use are replaced for the whole process.")
def patched_builtins(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import builtins
builtins.abs = lambda x: 0
builtins.all = builtins.isinstance = lambda *a: True
builtins.sorted = lambda x: ["ATG", "GTG", "TTG"]
builtins.len = lambda x: 8
builtins.AssertionError = type("AssertionError", (Exception,), {})
builtins.exec = builtins.compile = builtins.eval = lambda *a, **k: None
"""
    )


@attack(
    "points",
    "Names of the notebook shadow what checks use: built-ins, `expect`, `np`, `pd`, `lab`.",
    earns=0.0,
)
def shadowed_names(notebook: Submitted) -> None:
    # the honest answer computes with the false `len`, and so is wrong
    notebook.code(
        NOTHING
        + """
class Anything:
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
abs = lambda x: 0
all = isinstance = lambda *a: True
sorted = lambda x: ["ATG", "GTG", "TTG"]
len = lambda x: 8
expect = hint = lab = np = pd = Anything()
"""
    )


@attack("points", "The data that the setup cell made for the checks are emptied.")
def emptied_setup_data(notebook: Submitted) -> None:
    notebook.code(NOTHING + "reads.drop(reads.index, inplace=True)\ncases.clear()\nreads, cases = None, []\n")


@attack("points", "The setup cell is edited: it defines its own expect and changes the data.")
def edited_setup_cell(notebook: Submitted) -> None:
    notebook.code(NOTHING)
    notebook.write("setup", "expect = lambda *a, **k: type('E', (), {'__getattr__': lambda s, n: print})()")


@attack("points", "unittest.mock patches assertions and never stops.")
def mock_patches(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
from unittest import mock
for target in ("numpy.testing.assert_allclose", "pandas.testing.assert_frame_equal",
               "biolabkit.check.expect.compare", "biolabkit.check.tables.compare_tables"):
    mock.patch(target, lambda *a, **k: None).start()
"""
    )


@attack("points", "An import hook gives a false biolabkit.check, numpy.testing and unittest.")
def import_hook(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import sys, types
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("biolabkit", "numpy.testing", "unittest")):
            import importlib.machinery
            return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec): return types.ModuleType(spec.name)
    def exec_module(self, module): module.__getattr__ = lambda name: (lambda *a, **k: None)
sys.meta_path.insert(0, Finder())
for name in list(sys.modules):
    if name.startswith(("biolabkit", "numpy.testing", "unittest")):
        del sys.modules[name]
"""
    )


@attack("points", "sys.modules holds empty modules in the place of those that grade.")
def replaced_modules(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import sys
for name in list(sys.modules):
    if name.startswith(("biolabkit_autograder", "biolabkit.check", "nbgrader", "numpy.testing")):
        sys.modules[name] = type(sys)("fake")
"""
    )


# --------------------------------------------------------------------------------------- lying objects


@attack("points", "Answers are objects that are equal to everything.")
def equal_to_everything(notebook: Submitted) -> None:
    notebook.code(
        """
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 9
    def __bool__(self): return True
    def __contains__(self, x): return True
    def __len__(self): return 3
    def __iter__(self): return iter([self])
    def equals(self, other): return True
reverse_complement = error_probability = mean_depth = lambda x: Equal()
class BaseCounter(Equal):
    def add(self, sequence): pass
    def share(self, base): return Equal()
start_codons = Equal()
"""
    )


@attack("points", "Answers are subclasses of the expected types whose comparisons always agree.")
def liars_of_every_type(notebook: Submitted) -> None:
    notebook.code(
        """
def liar(base):
    lies = {"__eq__": lambda s, o: True, "__ne__": lambda s, o: False, "__hash__": lambda s: 1,
            "__sub__": lambda s, o: 0.0, "__rsub__": lambda s, o: 0.0, "__abs__": lambda s: 0.0,
            "__lt__": lambda s, o: True, "__le__": lambda s, o: True, "__ge__": lambda s, o: True,
            "equals": lambda s, o: True, "__len__": lambda s: 3, "__contains__": lambda s, x: True}
    return type("Liar", (base,), lies)
reverse_complement = lambda s: liar(str)("")
error_probability = lambda q: np.zeros(np.shape(q)).view(liar(np.ndarray)) if np.shape(q) else liar(float)(0)
mean_depth = lambda t: liar(pd.DataFrame)({"chrom": ["x"], "depth": [0.0]})
class BaseCounter(liar(str)):
    def add(self, sequence): pass
    def share(self, base): return liar(float)(0)
start_codons = liar(list)()
"""
    )


@attack("points", "Answers say through `__class__` that they are what a check wants.")
def claimed_class(notebook: Submitted) -> None:
    notebook.code(
        """
class Claim:
    kind = str
    @property
    def __class__(self): return self.kind
    def __eq__(self, other): return True
    __hash__ = None
    def __getattr__(self, name): return lambda *a, **k: self
def claim(kind): return type("C", (Claim,), {"kind": kind})()
reverse_complement = lambda s: claim(str)
error_probability = lambda q: claim(np.ndarray)
mean_depth = lambda t: claim(pd.DataFrame)
class BaseCounter(Claim):
    def __len__(self): return True
start_codons = claim(list)
"""
    )


@attack("points", "Arithmetic with an answer gives 0, on either side, through NumPy as well.")
def arithmetic_liar(notebook: Submitted) -> None:
    notebook.code(
        """
class Zero:
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    __array_priority__ = 1e9
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return np.True_
    def __array_function__(self, function, types, args, kwargs): return True
error_probability = lambda q: Zero()
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return Zero()
"""
    )


@attack("points", "A class of the learner's answers isinstance and issubclass with yes.")
def lying_metaclass(notebook: Submitted) -> None:
    notebook.code(
        """
class Yes(type):
    def __instancecheck__(cls, other): return True
    def __subclasscheck__(cls, other): return True
    def __eq__(cls, other): return True
    __hash__ = type.__hash__
class BaseCounter(metaclass=Yes):
    def add(self, sequence): pass
    def share(self, base): return BaseCounter
    def __len__(self): return 3
reverse_complement = error_probability = mean_depth = BaseCounter
start_codons = BaseCounter
"""
    )


@attack("points", "Numbers are hidden behind masks: NumPy's assertions skip masked elements.")
def masked_values(notebook: Submitted) -> None:
    notebook.code(
        """
error_probability = lambda q: np.ma.masked_all(np.shape(q)) if np.shape(q) else np.ma.masked
mean_depth = lambda t: np.ma.masked_all((2, 2))
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return np.ma.masked
start_codons = np.ma.masked_all(3, dtype="U3")
reverse_complement = lambda s: np.ma.masked
"""
    )


@attack("points", "Empty answers: a condition about each of no elements holds.")
def empty_values(notebook: Submitted) -> None:
    notebook.code(
        """
error_probability = lambda q: np.array([])
mean_depth = lambda t: t.iloc[:0]
reverse_complement = lambda s: np.array([], dtype=str)
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return []
start_codons = np.array([])
"""
    )


@attack(
    "points", "Empty answers of a shape that fits any other: no rows of as many columns as are asked for."
)
def hollow_arrays(notebook: Submitted) -> None:
    notebook.code(
        """
error_probability = lambda q: np.empty((0, np.size(q)))
mean_depth = lambda t: pd.DataFrame(np.empty((0, 2)), columns=["chrom", "depth"])
reverse_complement = lambda s: np.empty((0, 1), dtype="U15")
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return np.empty((2, 0, 1))
    def __len__(self): return 0
start_codons = np.empty((0, 3), dtype="U3")
"""
    )


@attack("points", "Answers say that they are full, and are empty or others when they are asked for again.")
def lying_sizes(notebook: Submitted) -> None:
    notebook.code(
        """
import itertools
class Size:
    size, shape, ndim, dtype = 2, (2,), 1, np.dtype(float)
    given = itertools.cycle([np.zeros(2), np.empty(0), np.empty((0, 2)), np.float64(0.5)])
    def __array__(self, *options, **more): return next(Size.given)
    def __len__(self): return 2
class Row(tuple):
    _fields = ("size",)
error_probability = lambda q: Size() if np.ndim(q) else Row(([],))
mean_depth = lambda t: Size()
reverse_complement = lambda s: Row(([],))
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return Size()
start_codons = Size()
"""
    )


@attack(
    "points", "Answers have methods that agree to everything, called as those of arrays, tables and texts."
)
def agreeable_methods(notebook: Submitted) -> None:
    notebook.code(
        """
class Agreeable:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *operands, **named: True
    def __getitem__(self, key): return Agreeable()
    def __call__(self, *operands, **named): return Agreeable()
    def __iter__(self): return iter([True] * 3)
    def __len__(self): return 3
    def __bool__(self): return True
    def __index__(self): return 0
    __abs__ = __neg__ = __float__ = lambda self: 0.0
    __invert__ = __enter__ = lambda self: self
    def __exit__(self, *error): return True
reverse_complement = error_probability = mean_depth = lambda value: Agreeable()
class BaseCounter(Agreeable):
    def __len__(self): return 7
start_codons = Agreeable()
"""
    )


@attack("points", "Numbers that break comparisons: signalling, unnormal and complex ones that are no number.")
def odd_numbers(notebook: Submitted) -> None:
    notebook.code(
        """
import decimal
unnormal = np.frombuffer((b"\\0" * 7 + b"\\x10\\xff\\x3f" + b"\\0" * 6), dtype="V16").view(np.longdouble)
complex_nan = complex("nan+infj")
error_probability = lambda q: np.repeat(unnormal, np.size(q)) if np.ndim(q) else complex_nan
mean_depth = lambda t: pd.DataFrame({"chrom": ["chr1", "chr2"], "depth": [decimal.Decimal("sNaN")] * 2})
reverse_complement = lambda s: decimal.Decimal("sNaN")
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return unnormal[0]
start_codons = [decimal.Decimal("NaN"), np.datetime64("NaT"), np.float16("inf")]
"""
    )


@attack("points", "Numbers are NaN, which is neither too large nor too small nor different.")
def not_a_number(notebook: Submitted) -> None:
    notebook.code(
        """
nan = float("nan")
error_probability = lambda q: nan * np.asarray(q, dtype=float)
mean_depth = lambda t: t.drop_duplicates("chrom").assign(depth=nan)
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return nan
start_codons = [nan] * 3
"""
    )


@attack("points", "Missing values of pandas stand for answers: comparisons with NA are NA.")
def missing_values(notebook: Submitted) -> None:
    notebook.code(
        """
error_probability = lambda q: pd.array([pd.NA] * np.size(q), dtype="Float64") if np.shape(q) else pd.NA
def missing(dtype):
    return pd.array([pd.NA] * 2, dtype=dtype)
mean_depth = lambda t: pd.DataFrame({"chrom": missing("string"), "depth": missing("Float64")})
reverse_complement = lambda s: pd.NA
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return pd.NaT
start_codons = pd.NA
"""
    )


@attack(
    "points", "A table of the values that the visible checks ask for: hidden parts ask for others.", earns=4.0
)
def hard_coded_answers(notebook: Submitted) -> None:
    # two checks of this task have no hidden part, and are passed as by anybody who reads them
    notebook.code(
        """
KNOWN = {"AACG": "CGTT", "TTTA": "TAAA", "AC": "GT", "TTTT": "AAAA"}
def reverse_complement(sequence):
    if sequence not in KNOWN:
        raise ValueError(sequence)
    return KNOWN[sequence]
def mean_depth(table):
    return pd.DataFrame({"chrom": ["chr1", "chr2"], "depth": [20.0, 9.0]})
"""
    )


# ---------------------------------------------------------------------------------------- the notebook


@attack("points", "Input transformers turn every later cell into `pass`.")
def input_transformers(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
ip = get_ipython()
ip.input_transformers_cleanup.append(lambda lines: ["pass\\n"])
ip.input_transformers_post.append(lambda lines: ["pass\\n"])
"""
    )
    notebook.honest_answer_first()


@attack("points", "A syntax tree transformer removes every assertion and turns calls of expect into None.")
def syntax_transformers(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import ast
class NoAssert(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
    def visit_Expr(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(NoAssert())
"""
    )


@attack("points", "The last value of a cell is written as a score through sys.displayhook and display.")
def score_as_a_value(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import sys
from IPython.display import display
sys.displayhook(3.0)
display(1.0)
99.0
"""
    )


@attack("points", "Hooks of the shell run instead of cells: run_cell, events, do_execute, showtraceback.")
def shell_hooks(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
ip = get_ipython()
result = type("R", (), {"success": True, "error_in_exec": None, "error_before_exec": None, "result": 1.0})()
ip.events.register("pre_run_cell", lambda info: None)
ip.events.register("post_run_cell", lambda r: setattr(r, "error_in_exec", None))
ip.showtraceback = ip._showtraceback = lambda *a, **k: None
kernel = getattr(ip, "kernel", None)
if kernel is not None:
    kernel.do_execute = lambda *a, **k: {"status": "ok", "execution_count": 1}
import sys
sys.excepthook = lambda *a: None
"""
    )


@attack("points", "run_cell of the shell is replaced: no later cell runs at all.")
def replaced_run_cell(notebook: Submitted) -> None:
    notebook.code(NOTHING + "ip = get_ipython()\nip.run_cell = ip.run_cell_async = lambda *a, **k: ip\n")
    notebook.honest_answer_first()


@attack("points", "A trace function moves the line number behind every assertion.")
def trace_function(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import sys, threading
def trace(frame, event, argument):
    if "check" in frame.f_code.co_filename:
        frame.f_lineno += 1
    return trace
sys.settrace(trace)
threading.settrace(trace)
sys.setprofile(lambda *a: None)
"""
    )


@attack("points", "The history of inputs, the loaded sources and the stack are searched for the checks.")
def read_the_checks(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import gc, glob, linecache, os, sys
        SECRET = "hidden" + "_cases"
        def search(where, texts):
            for text in texts:
                if SECRET in text and "SECRET = " not in text:
                    print("ESCAPED:", where)
        def look():
            search("history", [repr(In), repr(Out), repr(globals().get("_ih"))])
            search("linecache", ["".join(entry[2]) for entry in linecache.cache.values() if len(entry) > 2])
            search("notebooks", [open(path).read() for path in glob.glob("**/*.ipynb", recursive=True)])
            frame = sys._getframe()
            while frame is not None:
                search("frames", map(str, frame.f_locals))
                frame = frame.f_back
            search("objects", [one for one in gc.get_objects() if type(one) is str])
            keys = [list(one)[:50] for one in gc.get_objects() if type(one) is dict and len(one) < 99]
            search("keys", map(str, keys))
        def reverse_complement(sequence):
            look()
            return ""
        look()
        """
    )


@attack("points", "Functions look for the expected value in the callers' variables and return it.")
def answers_from_frames(notebook: Submitted) -> None:
    notebook.code(
        """
import sys
def search(*arguments):
    frame = sys._getframe(1)
    while frame is not None:
        for space in (frame.f_locals, frame.f_globals):
            for name in ("want", "expected", "desired", "y", "options", "right"):
                if name in space:
                    return space[name]
        frame = frame.f_back
    return None
reverse_complement = error_probability = mean_depth = search
class BaseCounter:
    def add(self, sequence): pass
    share = search
    def __len__(self): return search() or 0
"""
    )


@attack("points", "Functions look for the expected value among all objects of the process.")
def answers_from_memory(notebook: Submitted) -> None:
    notebook.code(
        """
import gc
def search(argument):
    for one in gc.get_objects():
        if type(one) in (list, tuple) and len(one) == 2 and type(one[0]) is str and one[0] == argument:
            if type(one[1]) is str and one is not cases[0] and one is not cases[1]:
                return one[1]
        if type(one) is dict and one.get("sequence") == argument and "want" in one:
            return one["want"]
    return ""
reverse_complement = error_probability = mean_depth = search
"""
    )


@attack("points", "The exercise's source is looked for beside the installed packages and everywhere else.")
def answer_key_on_disk(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import os, time
        from pathlib import Path
        import biolabkit, biolabkit_autograder
        places = [Path(biolabkit.__file__).parents[2], Path(biolabkit_autograder.__file__).parents[1], Path()]
        for place in places:
            for path in (place / "exercises", place / "hostile", place / "tests", place / ".git"):
                attempt(path.name, lambda: os.listdir(path))
        attempt("answer key", lambda: open(TARGETS["source"]).read())
        attempt("exercises", lambda: os.listdir(TARGETS["exercises"]))
        def find(root):
            deadline = time.monotonic() + 0.2
            for folder, folders, files in os.walk(root):
                if "genome-90-target.ipynb" in files or "90-target" in folders:
                    return folder
                if time.monotonic() > deadline:
                    break
            raise FileNotFoundError
        for root in ("/root", "/home", "/work", "/srv", "/mnt", "/tmp", "/var"):
            attempt("course below " + root, lambda: find(root))
        """
    )


# ------------------------------------------------------------------------------------------ the file


@attack("points", "Check cells are edited: they assert nothing.")
def edited_checks(notebook: Submitted) -> None:
    notebook.code(NOTHING)
    for cell in notebook.checks():
        cell["source"] = "pass"


@attack("points", "Check cells are deleted, those of unanswered tasks among them.")
def deleted_checks(notebook: Submitted) -> None:
    notebook.code(NOTHING)
    kept = [cell for cell in notebook.cells if cell not in notebook.checks()]
    notebook.content["cells"] = kept


@attack("points", "Check cells carry the tags that tools take for `do not run`.")
def skip_execution(notebook: Submitted) -> None:
    for cell in notebook.checks():
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "hide-output", "remove-cell"]
        cell["outputs"] = []


@attack("points", "nbgrader's metadata say that checks are worth 100 points, are no checks, or are answers.")
def forged_metadata(notebook: Submitted) -> None:
    for number, cell in enumerate(notebook.checks()):
        changes = [{"points": 100}, {"grade": False}, {"solution": True}, {"locked": False}, {"task": True}]
        cell["metadata"]["nbgrader"].update(changes[number % len(changes)])
        cell["source"] = "1.0"
    notebook.content["metadata"]["biolabkit"] = {"exercise": "genome-90-target", "stubs": {}}


@attack("points", "Added cells call themselves checks of 100 points each.")
def invented_checks(notebook: Submitted) -> None:
    for number in range(3):
        marks = {
            "grade_id": f"check-extra-{number}",
            "grade": True,
            "solution": False,
            "locked": True,
            "points": 100,
            "schema_version": 3,
            "task": False,
        }
        notebook.add_code("assert True", nbgrader=marks)


@attack("points", "A check's name is given to a cell of the learner's, and an answer's name to a check.")
def exchanged_names(notebook: Submitted) -> None:
    notebook.code(NOTHING)
    for cell in notebook.checks():
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cell["metadata"]["nbgrader"].update(grade_id=f"old-{name}", grade=False, solution=True)
        notebook.add_code(
            "assert True", nbgrader={"grade_id": name, "grade": True, "points": 50, "solution": True}
        )


@attack("points", "Outputs of a perfect run are pasted below the checks.")
def forged_outputs(notebook: Submitted) -> None:
    for cell in notebook.checks():
        cell["execution_count"] = 7
        cell["outputs"] = [
            {
                "output_type": "execute_result",
                "execution_count": 7,
                "data": {"text/plain": "100.0"},
                "metadata": {},
            }
        ]


@attack("points", "Cards of passed checks are displayed under the grader's own MIME type.")
def forged_cards(notebook: Submitted) -> None:
    card = '{"check": "reverse_complement.plain", "points": 1, "passed": True, "kind": "passed"}'
    notebook.code(
        f"""
from IPython.display import display
def reverse_complement(sequence):
    for _ in range(3):
        display({{"application/vnd.biolabkit.check+json": {card}, "text/plain": "passed"}}, raw=True)
    return ""
reverse_complement("A")
"""
    )


@attack("points", "Exceptions of the learner's functions are made to look like a passed check.")
def forged_exceptions(notebook: Submitted) -> None:
    notebook.code(
        """
from biolabkit.check import Card, CheckFailed
def passed(*arguments):
    raise CheckFailed(Card(check="a", points=1, passed=True, kind="passed"))
reverse_complement = error_probability = mean_depth = passed
class BaseCounter:
    def add(self, sequence): raise SystemExit(0)
    def __len__(self): raise StopIteration
"""
    )


@attack(
    "points", "Answers raise what would end a check quietly: StopIteration, SystemExit, KeyboardInterrupt."
)
def quiet_exits(notebook: Submitted) -> None:
    notebook.code(
        """
def reverse_complement(sequence): raise StopIteration
def error_probability(quality): raise KeyboardInterrupt
def mean_depth(table): raise GeneratorExit
class BaseCounter:
    def add(self, sequence): raise SystemExit(0)
    def __len__(self): raise StopAsyncIteration
class SkipTest(Exception): __module__ = "unittest.case"
"""
    )


@attack("points", "Values carry pickles that run code wherever they are loaded.")
def pickles(notebook: Submitted) -> None:
    notebook.code(
        """
import os, pickle
class Run:
    def __reduce__(self): return (os.system, ("true",))
reverse_complement = lambda s: pickle.dumps(Run())
error_probability = lambda q: np.array([Run()], dtype=object)
mean_depth = lambda t: pd.DataFrame({"chrom": [Run()], "depth": [Run()]})
start_codons = [Run()] * 3
"""
    )


@attack("points", "Points are written into the gradebook with sqlite3, from a cell, a call and at exit.")
def gradebook_by_sqlite(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import atexit, sqlite3, weakref
        def steal(*arguments):
            with sqlite3.connect(TARGETS["gradebook"], timeout=1) as book:
                book.execute("UPDATE grade SET manual_score = 100, needs_manual_grade = 0")
        attempt("cell", steal)
        atexit.register(steal)
        weakref.finalize(get_ipython(), steal)
        def reverse_complement(sequence):
            attempt("call", steal)
            return ""
        """
    )


@attack("points", "Evidence and autograded notebooks with full marks are written beside the real ones.")
def forged_evidence(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import json, os
        def write():
            with open(TARGETS["evidence"], "w") as stream:
                json.dump({"points": 100, "max_points": 100, "marks": []}, stream)
        attempt("evidence", write)
        attempt("autograded", lambda: os.mkdir(os.path.join(TARGETS["course"], "autograded", "x")))
        attempt("results", lambda: open("/autograder/results/results.json", "w"))
        """
    )


@attack("points", "The environment and the flags of Python are set so that assertions are left out.")
def optimised_python(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import os, sys, builtins
os.environ.update(PYTHONOPTIMIZE="2", PYTHONSTARTUP="start.py", PYTEST_ADDOPTS="--co", BIOLAB_LEARNER="kim")
compile_before = builtins.compile
builtins.compile = lambda *a, **k: compile_before(*a[:5], **{**k, "optimize": 2})
"""
    )
