"""Group `design`: attacks on workbench and judge themselves, by somebody who has read their source.

The learner's process holds one end of a channel, at descriptor 3, on which the judge's questions come; frames
are four bytes of length, a byte of kind and a payload (see ``judging/wire.py``).
"""

from __future__ import annotations

from .notebook import HONEST_POINTS, Submitted
from .points import NOTHING
from .registry import attack

__all__: list[str] = []

_FRAMES = """
import json, os, socket, struct, threading, time
CELL_DONE, CHECK_DONE, REPLY, CALLBACK = 3, 6, 8, 9
def raw(kind, payload):
    return struct.pack("<IB", len(payload), kind) + payload
def frame(kind, tree, *parts):
    text = json.dumps([tree, [len(part) for part in parts]]).encode()
    return raw(kind, struct.pack("<I", len(text)) + text + b"".join(parts))
def channel():
    return socket.socket(fileno=os.dup(3))
def send(data, flags=0):
    try:
        with channel() as line:
            line.send(data, flags)
    except OSError:
        pass
"""


def _reply(tree: str, parts: str = "") -> str:
    """Code in which every answer is this forged value, sent by the learner's own function."""
    return (
        NOTHING
        + _FRAMES
        + f"""
import biolabkit_autograder.judging.service as service
def forged(self, payload):
    send(frame(REPLY, ["value", {tree}, []], {parts}))
service.Service.serve = forged
"""
    )


# ------------------------------------------------------------------------------------- forged frames


@attack("design", "A cell sends the message that a check has passed.", told=True)
def forged_check_results(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + _FRAMES
        + """
card = {"check": "x", "passed": True, "kind": "passed", "points": 1}
done = {"passed": True, "late": False, "ended": False, "card": card, "outputs": [], "seconds": 0}
def reverse_complement(sequence):
    send(raw(CHECK_DONE, json.dumps(done).encode()))
    return ""
error_probability = mean_depth = reverse_complement
send(raw(CHECK_DONE, json.dumps(done).encode()))
"""
    )


@attack("design", "Every call sends a forged answer before its own.", told=True)
def forged_answers(notebook: Submitted) -> None:
    notebook.code(
        _FRAMES
        + """
def reverse_complement(sequence):
    send(frame(REPLY, ["value", True, []]))
    return ""
error_probability = mean_depth = reverse_complement
"""
    )


@attack("design", "Frames of all kinds and of none are sent, with random bytes in them.", told=True)
def frames_of_all_kinds(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + _FRAMES
        + """
def reverse_complement(sequence):
    for kind in range(256):
        send(raw(kind, os.urandom(40)), socket.MSG_DONTWAIT)
"""
    )


@attack("design", "A thread goes on sending answers while checks run.", told=True)
def frames_from_a_thread(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + _FRAMES
        + """
def forge():
    for _ in range(400):
        send(frame(REPLY, ["value", True, []]), socket.MSG_DONTWAIT)
        time.sleep(0.005)
threading.Thread(target=forge, daemon=True).start()
"""
    )


@attack("design", "A forked child reads the judge's questions in its parent's place and answers them.")
def child_that_answers(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + _FRAMES
        + """
def reverse_complement(sequence):
    try:
        if os.fork() == 0:
            for _ in range(50):
                with channel() as line:
                    line.setblocking(False)
                    try:
                        if line.recv(100_000):
                            send(frame(REPLY, ["value", True, []]))
                    except BlockingIOError:
                        time.sleep(0.01)
            os._exit(0)
    except OSError:
        pass
    return ""
"""
    )


@attack("design", "A frame announces four gigabytes.", told=True)
def huge_frame(notebook: Submitted) -> None:
    notebook.code(
        _FRAMES
        + """
def reverse_complement(sequence):
    send(struct.pack("<IB", 2**32 - 1, REPLY) + b"x")
"""
    )


@attack("design", "A frame announces 60 MB and comes one byte at a time.", told=True)
def dripping_frame(notebook: Submitted) -> None:
    notebook.code(
        _FRAMES
        + """
def reverse_complement(sequence):
    send(struct.pack("<IB", 60_000_000, REPLY))
    for _ in range(600):
        send(b"x")
        time.sleep(0.1)
"""
    )


@attack("design", "Answers come after the time is up, the alarm being switched off.", told=True)
def late_answers(notebook: Submitted) -> None:
    notebook.code(
        """
import signal, time
def mean_depth(table):
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    time.sleep(20)
    return table
"""
    )


@attack("design", "The channel is shut down, in one direction and in both.", told=True)
def shut_channel(notebook: Submitted) -> None:
    notebook.code(
        _FRAMES
        + """
def reverse_complement(sequence):
    channel().shutdown(socket.SHUT_WR)
def error_probability(quality):
    channel().shutdown(socket.SHUT_RDWR)
"""
    )


@attack("design", "Descriptors travel along with an answer.", told=True)
def passed_descriptors(notebook: Submitted) -> None:
    notebook.code(
        _FRAMES
        + """
def reverse_complement(sequence):
    a, b = socket.socketpair()
    null = os.open("/dev/null", os.O_RDONLY)
    with channel() as line:
        socket.send_fds(line, [frame(REPLY, ["value", "", []])], [a.fileno(), b.fileno(), null, 3])
    return ""
"""
    )


@attack(
    "design",
    "The results of a cell are forged: JSON of 7 and 15 MB, deep, of wrong types.",
    earns=0.0,
    told=True,
)
def forged_cell_results(notebook: Submitted) -> None:
    notebook.code("x = 1")
    result = "send(raw(CELL_DONE, {}))\n"
    for payload in (
        'b\'{"outputs": [\' + b"{}," * 5_000_000 + b\'{}], "seconds": 1}\'',
        'b\'{"outputs": [\' + b"[]," * 2_300_000 + b\'[]], "seconds": 1}\'',
        'b\'{"outputs": \' + b"[" * 50_000 + b"]" * 50_000 + b"}"',
        'b\'{"outputs": NaN, "cut": Infinity, "late": [], "seconds": "x"}\'',
        'b\'{"outputs": [{"output_type": "execute_result", "execution_count": -5, "data": {"x": [1]}}]}\'',
        "b'[\"outputs\"]'",
    ):
        notebook.add_code(_FRAMES + result.format(payload), at=6)


@attack("design", "The list of a cell's outputs is filled with things that are no outputs.")
def forged_outputs_of_a_cell(notebook: Submitted) -> None:
    notebook.code(
        """
items = get_ipython().outputs.items
big = 10**4000
for count in (-5, big, "7", None):
    result = {"output_type": "execute_result", "data": {"text/plain": "x"}, "metadata": {}}
    items.append({**result, "execution_count": count})
items.append({"output_type": "error", "ename": {"a": 1}, "evalue": 5, "traceback": [[["a"]], None, big]})
items.append({"output_type": "stream", "name": "\\ud800", "text": ["a", 5, "\\ud800"]})
items.append({"output_type": "display_data", "data": {"text/plain": {"a": 1}, "text/html": ["<b>", ["x"]]}})
items.append({"output_type": "display_data", "data": {"image/png": ["AAAA"], "text/latex": 7}, "metadata": 1})
items.append({"output_type": "update_display_data", "transient": {"display_id": "x"}, "data": "x"})
items.append(None)
items.append("x" * 1000)
"""
    )


# ----------------------------------------------------------------------------- values that are no values


@attack("design", "Answers are instructions to the judge to import, to construct and to call.", earns=0.0)
def constructing_answers(notebook: Submitted) -> None:
    call = '{"t": "import", "m": "os", "q": "abort"}'
    empty = '{"t": "tuple", "v": []}'
    notebook.code(_reply(f'{{"t": "object", "f": {call}, "a": {empty}, "s": None, "i": None, "p": None}}'))


@attack(
    "design", "Answers are records of the grader's own classes, cards of passed checks among them.", earns=0.0
)
def forged_records(notebook: Submitted) -> None:
    notebook.code(
        _reply('{"t": "record", "m": "biolabkit.check.cards", "n": "Card", "k": ["passed"], "v": [True]}')
    )


@attack("design", "Answers refer to functions of the check that were never handed over.", earns=0.0)
def forged_references(notebook: Submitted) -> None:
    notebook.code(
        _reply('[{"t": "callback", "id": 0}, {"t": "callback", "id": -1}, {"t": "shared", "n": "expect"}]')
    )


@attack(
    "design",
    "Arrays of impossible shapes: more than memory holds, negative, of a thousand dimensions.",
    earns=0.0,
)
def impossible_shapes(notebook: Submitted) -> None:
    shapes = ("[10**12]", "[-1]", "[2**62, 0]", "[1] * 1000", "[0, 10**15]")
    arrays = ", ".join(f'{{"t": "array", "d": "<f8", "s": {shape}, "b": 0}}' for shape in shapes)
    notebook.code(_reply(f"[{arrays}][int(time.monotonic() * 1000) % 5]", 'b"12345678"'))


@attack(
    "design", "Tables whose parts do not fit: codes without categories, indexes of 10^15 rows.", earns=0.0
)
def impossible_tables(notebook: Submitted) -> None:
    rows = '{"t": "index", "n": [None], "r": [0, 10**15, 1]}'
    notebook.code(_reply(f'{{"t": "table", "i": {rows}, "c": {rows}, "v": []}}'))


@attack("design", "A tuple's field names are those by which NumPy follows a pointer, in the judge's memory.")
def pointer_in_a_tuple(notebook: Submitted) -> None:
    notebook.code(
        """
class Pointer(tuple):
    _fields = ("__array_interface__", "__array_struct__", "__array__", "_repr_mimebundle_", "__deepcopy__")
def point(value):
    where = {"shape": np.shape(value), "typestr": "<f8", "data": (8, False), "version": 3}
    return Pointer((where, 1, print, print, print))
error_probability = mean_depth = reverse_complement = point
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return point(1)
    def __len__(self): return 3
start_codons = point([1, 2, 3])
"""
    )


@attack("design", "Objects of the judge's and of NumPy's protocols point to addresses of the learner's.")
def pointers_in_objects(notebook: Submitted) -> None:
    notebook.code(
        """
class Pointer:
    __array_interface__ = {"shape": (2,), "typestr": "<f8", "data": (8, False), "version": 3}
    @property
    def __array_struct__(self): return 1
    def __array__(self, *a, **k): raise SystemExit
    def __dlpack__(self, *a, **k): return 1
    def __buffer__(self, flags): return memoryview(b"12345678")
    def __index__(self): return 8
    def __fspath__(self): return "/etc/passwd"
error_probability = mean_depth = reverse_complement = lambda value: Pointer()
start_codons = Pointer()
"""
    )


@attack("design", "Answers are nested a hundred thousand times.")
def deep_values(notebook: Submitted) -> None:
    notebook.code(
        """
def deep(value):
    found = []
    for _ in range(100_000):
        found = [found]
    return found
reverse_complement = error_probability = mean_depth = deep
start_codons = deep(0)
"""
    )


@attack("design", "Answers hold the same list many times over: 2^60 items when written out.")
def doubling_values(notebook: Submitted) -> None:
    notebook.code(
        """
def double(value):
    found = ["ha"]
    for _ in range(60):
        found = [found, found]
    return found
reverse_complement = error_probability = mean_depth = double
start_codons = double(0)
"""
    )


@attack("design", "Answers contain themselves.")
def circular_values(notebook: Submitted) -> None:
    notebook.code(
        """
def circle(value):
    found = {"list": []}
    found["list"].append(found)
    return found
reverse_complement = error_probability = mean_depth = circle
start_codons = []
start_codons.append(start_codons)
"""
    )


@attack("design", "Answers are huge: arrays, integers, ranges, decimals, texts.")
def huge_values(notebook: Submitted) -> None:
    notebook.code(
        """
import decimal
reverse_complement = lambda s: "A" * 100_000_000
error_probability = lambda q: np.zeros(15_000_000) if np.shape(q) else 1 << 40_000_000
mean_depth = lambda t: range(10**15)
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return decimal.Decimal("1e999999999")
    def __len__(self): return 2**62
start_codons = list(range(3_000_000))
"""
    )


@attack("design", "Keys of an answer share one hash; others are NaN.")
def colliding_keys(notebook: Submitted) -> None:
    notebook.code(
        """
reverse_complement = lambda s: {i * (2**61 - 1): i for i in range(1, 1500)}
error_probability = lambda q: {float("nan"): 1 for _ in range(2000)}
mean_depth = lambda t: {i * (2**61 - 1) for i in range(1, 1500)}
"""
    )


@attack("design", "Answers are 300,000 objects, each a handle for the judge.")
def handle_flood(notebook: Submitted) -> None:
    notebook.code(
        """
reverse_complement = error_probability = mean_depth = lambda value: [object() for _ in range(300_000)]
start_codons = [object() for _ in range(150_000)]
"""
    )


# --------------------------------------------------------------------------------- objects that answer


@attack("design", "Iterating, comparing, converting or printing an answer never ends.", told=True)
def endless_objects(notebook: Submitted) -> None:
    notebook.code(
        """
import itertools, time
def forever(*a):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        pass
class Endless:
    __eq__ = __len__ = __float__ = __array__ = __bool__ = __repr__ = __str__ = forever
    __hash__ = None
    def __iter__(self): return itertools.repeat(self)
mean_depth = lambda t: Endless()
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return Endless()
    def __len__(self): return forever()
start_codons = itertools.repeat("ATG")
"""
    )


@attack("design", "Lengths are negative, gigantic or no numbers; iterators are none; items never run out.")
def lying_lengths(notebook: Submitted) -> None:
    notebook.code(
        """
class Length:
    said = iter([-1, 2**70, "8", 8.0, None] * 50)
    def __len__(self): return next(Length.said)
    def __iter__(self): return self
    def __getitem__(self, index): return "A"
    def __contains__(self, item): return "yes"
    def __reversed__(self): return self
class BaseCounter(Length):
    def add(self, sequence): pass
    def share(self, base): return Length()
reverse_complement = error_probability = mean_depth = lambda value: Length()
start_codons = Length()
"""
    )


@attack(
    "design",
    "Attributes that Python itself asks for raise, lie or exit: __class__, __dict__, __reduce__, __del__.",
)
def hostile_attributes(notebook: Submitted) -> None:
    notebook.code(
        """
class Meta(type):
    def __getattribute__(cls, name): raise SystemExit
class Hostile(metaclass=Meta):
    def __getattribute__(self, name): raise KeyboardInterrupt
    def __del__(self): raise SystemExit
    def __reduce__(self): raise SystemExit
    def __repr__(self): raise SystemExit
    __str__ = __format__ = __dir__ = __sizeof__ = __repr__
reverse_complement = error_probability = mean_depth = lambda value: Hostile()
class BaseCounter:
    __slots__ = ("__dict__", "_remote_line", "_remote_id")
    def __setattr__(self, name, value): raise SystemExit
    def __getattr__(self, name): return Hostile()
start_codons = Hostile()
"""
    )


@attack("design", "Class names are huge, hold surrogates and NUL, or are those of the grader's own classes.")
def hostile_names(notebook: Submitted) -> None:
    notebook.code(
        r"""
def named(name):
    return type(name, (), {"__eq__": lambda s, o: True, "__hash__": None})()
reverse_complement = lambda s: named("a" * 100_000)
error_probability = lambda q: named("Remote")
class Odd: pass
Odd.__qualname__ = "x\ud800"
Odd.__module__ = "biolabkit.check.cards"
mean_depth = lambda t: Odd()
start_codons = named("list")
"""
    )


@attack("design", "Errors claim to be of classes and modules that mean something to the judge.")
def hostile_errors(notebook: Submitted) -> None:
    notebook.code(
        r"""
def error(name, module, base=Exception):
    return type(name, (base,), {"__module__": module})
def reverse_complement(sequence):
    raise error("TimeLimitError", "biolabkit_autograder.judging.judge")("\x00" * 10)
def error_probability(quality):
    raise error("SkipTest", "unittest.case")
def mean_depth(table):
    raise error("CheckFailed", "biolabkit.check.failures", AssertionError)()
class Endless(Exception):
    def __str__(self): raise SystemExit
    @property
    def __traceback__(self): raise SystemExit
class BaseCounter:
    def add(self, sequence): raise Endless
    def __len__(self): raise BaseExceptionGroup("x", [SystemExit()])
"""
    )


@attack("design", "Errors from no cell of the notebook name an undefined name of 20 MB.")
def huge_names_in_errors(notebook: Submitted) -> None:
    notebook.code(
        """
raising = "lambda value: (_ for _ in ()).throw({}('x' * 20_000_000, *[]))"
named = "lambda value: (_ for _ in ()).throw(NameError('x', name='A' * 20_000_000))"
reverse_complement = eval(named)
error_probability = eval(raising.format("ValueError"))
mean_depth = eval(raising.format("AssertionError"))
class BaseCounter:
    add = eval("lambda self, sequence: (_ for _ in ()).throw(type('E' * 20_000_000, (Exception,), {})())")
"""
    )


@attack(
    "design", "Arrays are records, backwards, of no dimension, of themselves, mapped from a file or foreign."
)
def unusual_arrays(notebook: Submitted) -> None:
    notebook.code(
        """
import itertools
itself = np.empty(1, dtype=object)
itself[0] = itself
mapped = np.memmap("mapped", dtype=float, mode="w+", shape=(3,))
kinds = itertools.cycle([
    np.zeros(2, dtype=[("__array_interface__", "f8"), ("x", "O")]), np.arange(2.0)[::-1], np.array("A"),
    np.array(None), itself, mapped[::-1], np.arange(4.0).reshape(2, 2).T, np.zeros(2, dtype=">f2"),
    np.lib.stride_tricks.as_strided(np.zeros(1), (2, 10**6), (0, 0)), np.zeros((1,) * 60), np.void(b"x"),
    np.rec.array([(1, 2.0)]), np.zeros(3, dtype="V0"), np.matrix([[1.0]]), np.char.array(["A"]),
    pd.arrays.SparseArray([0.0, 0.1]), pd.array([0, None], dtype="Int8"), pd.Categorical([0.1, 0.01]),
    pd.Series([pd.Interval(0, 1)] * 2), pd.Series(itself), pd.DataFrame({("a", 1): [itself]}),
    pd.IntervalIndex.from_breaks([0, 1, 2]), pd.MultiIndex.from_tuples([(1, "a")]), pd.Series(dtype=object),
])
reverse_complement = error_probability = mean_depth = lambda value: next(kinds)
class BaseCounter:
    def add(self, sequence): pass
    def share(self, base): return next(kinds)
    def __len__(self): return next(kinds)
start_codons = list(itertools.islice(kinds, 24))
"""
    )


@attack(
    "design", "Answers name a key twice, hold numbers that overflow, and parts that are not there.", earns=0.0
)
def ambiguous_json(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + _FRAMES
        + r"""
import itertools
import biolabkit_autograder.judging.service as service
EIGHT = bytes(8)
forms = itertools.cycle([
    ('{"t": "tuple", "v": [], "t": "float", "v": "nan"}', []),
    ('{"t": "floats", "b": 0, "t": "ints", "b": -1}', [EIGHT]),
    ("1e999", []), ("-1e-999", []), ("1" * 4000, []), ("NaN", []), (r'"\ud800"', []), ("[" * 5000, []),
    ('{"t": "float", "v": "0.1"}', []), ('{"t": ["float"]}', []), ('{"t": null, "t": {}}', []),
    ('{"t": "range", "v": [0, 1e300, 1]}', []), ('{"t": "str", "b": true}', [EIGHT]),
    ('{"t": "handle", "id": 1, "n": "x", "a": "zzz", "e": [0]}', []),
    ('{"t": "dtype", "d": "<U999999999"}', []), ('{"t": "scalar", "d": "<M8[0s]", "v": "00"}', []),
    ('{"t": "array", "d": "<U9", "s": [0, 999999999], "b": 0}', [b""]),
    ('{"t": "array", "d": "<f8", "s": [-1], "b": 0}', [EIGHT]),
    ('{"t": "period", "v": 1, "f": "-999999999D"}', []),
    ('{"t": "timestamp", "v": 1, "u": "s", "z": "/x"}', []),
    ('{"t": "record", "m": "biolabkit.check.cards", "n": "Card", "k": [], "v": []}', []),
])
def ambiguous(self, payload):
    form, parts = next(forms)
    sizes = json.dumps([len(part) for part in parts])
    text = f'[["value", {form}, [], []], {sizes}]'.encode()
    send(raw(REPLY, struct.pack("<I", len(text)) + text + b"".join(parts)))
service.Service.serve = ambiguous
"""
    )


@attack("design", "Attributes come without end, are new at each look, and bind the learner's names anew.")
def attributes_without_end(notebook: Submitted) -> None:
    notebook.code(
        """
class Storm:
    asked = 0
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        Storm.asked += 1
        globals()[f"name_{Storm.asked}"] = globals()["error_probability"] = Storm()
        return Storm()
    def __dir__(self): return [f"attribute_{number}" for number in range(300_000)]
    @property
    def depth(self):
        globals()["mean_depth"] = lambda table: Storm()
        return Storm()
    def __call__(self, *operands): return Storm()
    def __iter__(self): return iter(Storm, None)
    def __getitem__(self, key): return Storm()
    def __repr__(self): return "S" * Storm.asked * 100
reverse_complement = error_probability = mean_depth = BaseCounter = start_codons = Storm()
"""
    )


@attack("design", "An answer changes whenever it is looked at.")
def changing_answers(notebook: Submitted) -> None:
    notebook.code(
        """
import itertools, random
class Changing(list):
    guesses = itertools.cycle([["ATG"], ["ATG", "GTG", "TTG"], ["TTG", "GTG", "ATG"], []])
    def __iter__(self): return iter(next(Changing.guesses))
    def __len__(self): return len(next(Changing.guesses))
    def __eq__(self, other): return True
    def copy(self): return Changing()
start_codons = Changing()
class BaseCounter:
    sizes = itertools.cycle([0, 4, 7, 9, 12])
    def add(self, sequence): self.__class__ = type("BaseCounter", (BaseCounter,), {})
    def share(self, base): return random.random() * 0.2
    def __len__(self): return next(BaseCounter.sizes)
"""
    )


@attack("design", "Objects note what they are compared with, indexed by and added to: the expected value.")
def curious_objects(notebook: Submitted) -> None:
    notebook.code(
        """
WANTED = ("CGTT", "CTAATGTCTAATGTA"[::-1], 0.001, 61_409.0, [20.0, 8.0], ["ATG", "GTG", "TTG"])
def curious(*operands, **named):
    for one in operands:
        if any(type(one) is type(want) and one == want for want in WANTED):
            print("ESCAPED: an expected value", one)
    raise TypeError
class Curious:
    def __getattr__(self, name): return curious
for name in ("eq ne lt le gt ge contains getitem add radd sub rsub mul rmul truediv rtruediv mod and or xor "
             "array_ufunc array_function format float abs round call instancecheck").split():
    setattr(Curious, f"__{name}__", curious)
reverse_complement = error_probability = mean_depth = lambda value: Curious()
class BaseCounter(Curious):
    def share(self, base): return Curious()
start_codons = Curious()
"""
    )


# ---------------------------------------------------------------------------- patched parts of the grader


@attack("design", "The workbench's service answers every question with True.", earns=0.0)
def replaced_service(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import biolabkit_autograder.judging.service as service
for name in dir(service.Service):
    if name.startswith("ask_"):
        setattr(service.Service, name, lambda self, *a, **k: True)
"""
    )


@attack("design", "The codec of the workbench writes nonsense.", earns=0.0)
def replaced_codec(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + """
import os
import biolabkit_autograder.judging.codec as codec
codec.Encoder.encode = lambda self, value: os.urandom(64)
"""
    )


@attack("design", "Clocks run backwards, the alarm is replaced, and the time limit is a no-op.")
def replaced_clock(notebook: Submitted) -> None:
    notebook.code(
        """
import signal, time
import biolabkit_autograder.judging.clock as clock, contextlib
real = time.monotonic
end = real() + 30
def waste(*arguments):
    while real() < end:
        pass
time.monotonic = time.time = time.perf_counter = lambda: 0.0
signal.setitimer = signal.alarm = signal.signal = lambda *a: (0.0, 0.0)
clock.TimeIsUpError = type("Never", (BaseException,), {})
reverse_complement = waste
"""
    )


@attack("design", "Every answer ends the process: the grader starts it again each time.", told=True)
def crash_in_every_call(notebook: Submitted) -> None:
    notebook.code(
        """
import os
reverse_complement = error_probability = mean_depth = lambda value: os._exit(1)
class BaseCounter:
    def __init__(self): os._exit(1)
"""
    )


@attack(
    "design", "The process ends in a check, and what it saw is kept in files for its next life.", told=True
)
def second_try(notebook: Submitted) -> None:
    notebook.code(
        """
import glob, os, tempfile
places = [os.path.join(folder, "seen") for folder in (".", tempfile.gettempdir(), "/dev/shm", "/var/tmp")]
for path in places:
    if os.path.exists(path):
        print("ESCAPED: a file of an earlier life", path)
def reverse_complement(sequence):
    for path in places:
        try:
            open(path, "a").write(sequence)
        except OSError:
            continue
    os._exit(1)
"""
    )


@attack("design", "The memory of the process is searched for the checks and for the solution.")
def search_memory(notebook: Submitted) -> None:
    notebook.code(
        """
import ctypes, time
# in halves, so that this search does not find itself
SECRETS = [(b"hidden", b"_cases"), (b"GATTACAG", b"ATTACAT"), (b"ATGTAATC", b"TGTAATC")]
def occurs(first, second, text):
    at = text.find(first)
    while at >= 0:
        if text[at + len(first) : at + len(first) + len(second)] == second:
            return True
        at = text.find(first, at + 1)
    return False
def search():
    end = time.monotonic() + 1
    for line in open("/proc/self/maps"):
        span, rights, *_, name = (line + " -").split()[:3] + [line]
        if "r" not in rights or ".so" in name or "[v" in name or time.monotonic() > end:
            continue
        low, high = (int(part, 16) for part in span.split("-"))
        if high - low < 1 << 27:
            text = ctypes.string_at(low, high - low)
            for first, second in SECRETS:
                if occurs(first, second, text):
                    print("ESCAPED: a secret in memory", first)
try:
    search()
except OSError:
    pass
"""
    )


# ----------------------------------------------------------------------------- carrying secrets outside


@attack(
    "design", "Functions print, display, draw and warn what hidden checks hand them.", earns=HONEST_POINTS + 1
)
def told_while_called(notebook: Submitted) -> None:
    notebook.code(
        """
import sys, warnings
from IPython.display import HTML, display
import matplotlib.pyplot as plt
def tell(value):
    text = f"TOLD {value}"
    print(text)
    print(text, file=sys.stderr)
    sys.__stdout__.write(text)
    warnings.warn(text)
    display(HTML(f"<b>{text}</b>"))
    get_ipython().outputs.items.append({"output_type": "stream", "name": "stdout", "text": text})
    plt.title(text)
def reverse_complement(sequence):
    tell(sequence)
    pairs = {"A": "T", "C": "G", "G": "C", "T": "A"}
    return "".join(pairs.get(base, base) for base in reversed(sequence)) if len(sequence) < 5 else ""
def mean_depth(table):
    tell(table.depth.max())
    return table
"""
    )


@attack("design", "The judge's questions are read from the channel before the workbench sees them.")
def read_the_questions(notebook: Submitted) -> None:
    notebook.code(
        NOTHING
        + _FRAMES
        + """
SECRETS = [bytes(reversed(word)) for word in (b"sesac_neddih", b"CTAATGTCTAATGTA", b"GTAGTAGTACCCGTA")]
def listen():
    end = time.monotonic() + 2
    with channel() as line:
        while time.monotonic() < end:
            try:
                data = line.recv(100_000, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            except OSError:
                time.sleep(0.001)
                continue
            for secret in SECRETS:
                if secret in data:
                    open("seen", "w").write("ESCAPED: a secret in a question")
threading.Thread(target=listen, daemon=True).start()
"""
    )
    notebook.add_code("import os\nprint(open('seen').read() if os.path.exists('seen') else 'nothing')")
