"""Values go over the wire and come back the same; nothing else comes back, whatever the bytes."""

import collections
import contextlib
import datetime
import decimal
import fractions
import json
import math
import struct

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit_autograder.judging import codec
from biolabkit_autograder.judging.codec import DecodeError, Decoder, Encoder, TooLargeError
from biolabkit_autograder.judging.plain import NamedRow
from biolabkit_autograder.judging.wire import WireError


class NotPlainError(Exception):
    pass


def refuse(_encoder, value, _depth):
    raise NotPlainError(type(value).__name__)


def there_and_back(value):
    return Decoder().decode(Encoder(refuse).encode(value))


def message(tree, *parts):
    text = json.dumps([tree, [len(part) for part in parts]]).encode("ascii")
    return struct.pack("<I", len(text)) + text + b"".join(parts)


keys = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.binary(),
    st.floats(allow_nan=False),
    st.tuples(st.integers(), st.text()),
    st.frozensets(st.integers()),
)
leaves = st.one_of(
    keys,
    st.complex_numbers(allow_nan=False),
    st.decimals(allow_nan=False, min_value=-(10**30), max_value=10**30),
    st.fractions(),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.none() | st.just(datetime.UTC)),
    st.timedeltas(),
    st.slices(10),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.dictionaries(keys, inner),
        st.lists(st.integers(min_value=-(2**70), max_value=2**70), min_size=30, max_size=40),
        st.lists(st.text(), min_size=30, max_size=40),
        st.sets(keys),
    ),
    max_leaves=20,
)


def same_types(a, b):
    assert type(a) is type(b)
    if isinstance(a, dict):
        for (ka, va), (kb, vb) in zip(a.items(), b.items(), strict=True):
            same_types(ka, kb)
            same_types(va, vb)
    elif isinstance(a, list | tuple):
        for x, y in zip(a, b, strict=True):
            same_types(x, y)


@given(values)
def test_plain_values_come_back_with_their_types(value):
    back = there_and_back(value)
    assert back == value
    same_types(back, value)


def test_special_floats_come_back():
    back = there_and_back([math.nan, math.inf, -math.inf, -0.0] * 20)
    assert math.isnan(back[0])
    assert back[1:3] == [math.inf, -math.inf]
    assert math.copysign(1, back[3]) == -1
    assert math.isnan(there_and_back({"x": math.nan})["x"])


@pytest.mark.parametrize(
    "value",
    [
        collections.Counter("abracadabra"),
        collections.OrderedDict(b=1, a=2),
        collections.deque([1, 2], maxlen=3),
        range(3, 100, 7),
        range(0),
        Ellipsis,
        bytearray(b"ab"),
        "가나다" * 5000,
        "\ud800 lone surrogate",
        ["\udfff"] * 40,
        10**4000,
        decimal.Decimal("1.10"),
        fractions.Fraction(10**30, 7),
    ],
)
def test_other_plain_kinds(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


def test_a_named_tuple_keeps_its_names_and_is_no_class_of_the_learner():
    Row = collections.namedtuple("Row", "chrom count")
    back = there_and_back(Row("20", 3))
    assert back == ("20", 3)
    assert type(back) is NamedRow
    assert back.chrom == "20"
    assert back.count(3) == 1  # a tuple's own method is never replaced
    assert back._asdict() == {"chrom": "20", "count": 3}


def test_subclasses_of_numbers_and_texts_become_their_base_without_running_their_methods():
    class Liar(float):
        def __eq__(self, other):
            return True

        def __add__(self, other):
            return 42.0

        def __float__(self):
            return 42.0

        __hash__ = float.__hash__

    class Text(str):
        def __eq__(self, other):
            return True

        __hash__ = str.__hash__

    class Number(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    for value, plain in [(Liar(1.5), 1.5), (Text("a"), "a"), (Number(7), 7), (Number(2**80), 2**80)]:
        back = there_and_back([value])[0]
        assert type(back) is type(plain)
        assert back == plain


DTYPES = [
    "?",
    "i1",
    "u2",
    "<i4",
    ">i4",
    "i8",
    "u8",
    "f2",
    "f4",
    "f8",
    "c8",
    "c16",
    "U5",
    "S3",
    "M8[ns]",
    "m8[D]",
    "M8[s]",
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3)])
def test_arrays_come_back(dtype, shape):
    rng = np.random.default_rng(1)
    array = rng.integers(0, 2, size=shape).astype("i8")
    array = array.astype(str).astype(dtype) if np.dtype(dtype).kind in "US" else array.astype(dtype)
    back = there_and_back(array)
    assert type(back) is np.ndarray
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    np.testing.assert_array_equal(back, array)
    assert back.flags.writeable
    if shape == (3,):
        scalar = there_and_back(array[0])
        assert type(scalar) is type(array[0])
        assert scalar == array[0]


def test_arrays_of_objects_masks_dtypes_and_subclasses():
    array = np.array([1, "a", None, [1, 2], (3,)], dtype=object)
    back = there_and_back(array)
    assert back.tolist() == array.tolist()
    for masked in (np.ma.array([1, 2, 3], mask=[0, 1, 0]), np.ma.masked):
        with pytest.raises(NotPlainError):
            there_and_back(masked)
    assert there_and_back(np.dtype("f4")) == np.dtype("f4")

    class Liar(np.ndarray):
        def __eq__(self, other):
            return np.ones(self.shape, bool)

        __hash__ = None

    back = there_and_back(np.arange(3).view(Liar))
    assert type(back) is np.ndarray
    assert back.tolist() == [0, 1, 2]
    assert there_and_back(np.asfortranarray(np.arange(6).reshape(2, 3))).tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(NotPlainError):
        there_and_back(np.zeros(2, dtype=[("a", "i4")]))


DAYS = pd.date_range("2024-01-01", periods=4, freq="D")
SERIES = [
    pd.Series([1, 2, 3], name="n"),
    pd.Series([1.5, None, 3], index=["a", "b", "c"]),
    pd.Series(["x", None, 3], name=("a", 1)),
    pd.Series([True, False]),
    pd.Series(["a", "b", "a"], dtype="category"),
    pd.Series(pd.Categorical(["lo", "hi"], categories=["lo", "hi"], ordered=True)),
    pd.Series([1, None], dtype="Int64"),
    pd.Series([True, None], dtype="boolean"),
    pd.Series([1.5, None], dtype="Float32"),
    pd.Series(["a", None], dtype="string"),
    pd.Series(DAYS),
    pd.Series(DAYS.tz_localize("Asia/Seoul")),
    pd.Series(DAYS - DAYS[0]),
    pd.Series(pd.period_range("2024-01", periods=2, freq="M")),
    pd.cut(pd.Series([1, 5, 9]), [0, 4, 10]),
    pd.Series([], dtype=float),
    pd.Series(range(4), index=DAYS),
    pd.Series(range(4), index=pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["k", None])),
    pd.Series([np.dtype("f8"), np.dtype(object)], index=["a", "b"]),
    pd.Series([pd.NA, pd.NaT, pd.Timestamp("2024-01-01", tz="UTC"), pd.Interval(1, 2)]),
]


@pytest.mark.parametrize("series", SERIES, ids=lambda s: str(s.dtype))
def test_columns_come_back(series):
    pd.testing.assert_series_equal(there_and_back(series), series)
    pd.testing.assert_index_equal(there_and_back(series.index), series.index)
    pd.testing.assert_index_equal(there_and_back(pd.Index(series)), pd.Index(series))


def test_tables_come_back():
    table = pd.concat({i: s.reset_index(drop=True) for i, s in enumerate(SERIES)}, axis=1)
    pd.testing.assert_frame_equal(there_and_back(table), table)
    for small in [
        pd.DataFrame(),
        pd.DataFrame(index=range(3)),
        pd.DataFrame(columns=["a", "b"]),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame({("a", "x"): [1], ("b", "y"): ["t"]}),
        pd.DataFrame(np.zeros((3, 2)), index=DAYS[:3]),
    ]:
        pd.testing.assert_frame_equal(there_and_back(small), small)

    class Table(pd.DataFrame):
        def equals(self, _other):
            return True

    assert type(there_and_back(Table({"a": [1]}))) is pd.DataFrame


@pytest.mark.parametrize(
    "value",
    [
        pd.Timestamp("2024-05-01 12:00", tz="Asia/Seoul"),
        pd.Timestamp("2024-05-01").as_unit("s"),
        pd.Timedelta("3 days"),
        pd.Period("2024-03", "M"),
        pd.Interval(0, 1, closed="both"),
        pd.NaT,
        pd.NA,
        pd.CategoricalDtype(["a"]),
    ],
)
def test_pandas_scalars_come_back(value):
    back = there_and_back(value)
    assert type(back) is type(value)
    assert back is value or back == value


def test_tensors_come_back():
    torch = pytest.importorskip("torch")
    for dtype in [torch.bool, torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.complex64]:
        tensor = torch.tensor([[0, 1], [1, 0]]).to(dtype)
        back = there_and_back(tensor)
        assert back.dtype is dtype
        assert torch.equal(back, tensor)
    weight = torch.nn.Parameter(torch.ones(2))
    (weight.sum() * 3).backward()
    back = there_and_back(weight)
    assert type(back) is torch.Tensor
    assert back.requires_grad
    assert back.grad.tolist() == [3, 3]
    assert there_and_back(tensor.shape) == torch.Size([2, 2])
    assert there_and_back(torch.float32) is torch.float32


def test_sequences_come_back():
    from Bio.Seq import MutableSeq, Seq

    for value in (Seq("ACGT"), MutableSeq("ACGT")):
        back = there_and_back(value)
        assert back == "ACGT"
        assert type(back) is type(value)


def test_what_is_not_plain_goes_to_the_hook():
    class Thing:
        pass

    for value in (Thing(), Thing, len, lambda: 0, iter([]), ValueError("x"), math):
        with pytest.raises(NotPlainError):
            there_and_back({"inside": [value]})


def test_caps_of_the_encoder():
    nest = []
    for _ in range(100):
        nest = [nest]
    cycle = []
    cycle.append(cycle)
    laughs = ["ha"]
    for _ in range(40):
        laughs = [laughs, laughs]
    for value in (nest, cycle, laughs, 1 << 2**21, range(10**12)):
        with pytest.raises(TooLargeError):
            Encoder(refuse).encode(value)


COLLIDING = [i * (2**61 - 1) for i in range(1, 2000)]  # all of them have the hash 0


@pytest.mark.parametrize(
    ("tree", "parts"),
    [
        ({"t": "array", "d": "<f8", "s": [10**9], "b": 0}, [b"12345678"]),
        ({"t": "array", "d": "<f8", "s": [0, 2**62], "b": 0}, [b""]),
        ({"t": "array", "d": "<U0", "s": [10**12], "b": 0}, [b""]),
        ({"t": "array", "d": "<U2", "s": [1], "b": 0}, [b"\xff" * 8]),
        ({"t": "array", "d": "O", "s": [1], "b": 0}, [b"\0" * 8]),
        ({"t": "array", "d": "|V8", "s": [1], "b": 0}, [b"\0" * 8]),
        ({"t": "array", "d": "<f8,<O8", "s": [1], "b": 0}, [b"\0" * 16]),
        ({"t": "array", "d": "<f8", "s": [1] * 60, "b": 0}, [b"\0" * 8]),
        ({"t": "array", "d": "<f8", "s": [-1], "b": 0}, [b"\0" * 8]),
        ({"t": "array", "d": "<f8", "s": [1], "b": 5}, [b"\0" * 8]),
        ({"t": "scalar", "d": "O", "v": "00"}, []),
        ({"t": "scalar", "d": "<f8", "v": "00"}, []),
        ({"t": "dict", "k": [[1]], "v": [1]}, []),
        ({"t": "dict", "k": [1, 2], "v": [1]}, []),
        ({"t": "dict", "k": COLLIDING, "v": COLLIDING}, []),
        ({"t": "set", "v": COLLIDING}, []),
        ({"t": "set", "v": [{"t": "float", "v": "nan"}, []]}, []),
        ({"t": "int", "v": "0x" + "f" * (2**20)}, []),
        ({"t": "decimal", "v": "1e999999999"}, []),
        ({"t": "fraction", "v": [1, 0]}, []),
        ({"t": "range", "v": [0, 10**15, 1]}, []),
        ({"t": "range", "v": [0, 10, "x"]}, []),
        ({"t": "texts", "n": 0, "b": 1}, [struct.pack("<I", 2**31), b"abc"]),
        ({"t": "floats", "b": 0}, [b"123"]),
        ({"t": "h", "id": 1}, []),
        ({"t": ["dict"]}, []),
        ({}, []),
        ({"t": "index", "n": [None], "r": [0, 10**15, 1]}, []),
        ({"t": "index", "n": [None], "v": [1, 2]}, []),
        ({"t": "table", "i": {"t": "index", "n": [None], "r": [0, 3, 1]}, "c": 1, "v": []}, []),
        (
            {
                "t": "zoned",
                "v": {"t": "array", "d": "<i8", "s": [1], "b": 0},
                "u": "ns",
                "z": "../../etc/passwd",
            },
            [b"\0" * 8],
        ),
        ({"t": "period", "v": 3, "f": "__import__('os')"}, []),
        ({"t": "row", "n": ["a", "b"], "v": [1]}, []),
        ({"t": "row", "n": ["__array_interface__"], "v": [{"t": "dict", "k": [], "v": []}]}, []),
        (
            {
                "t": "tensor",
                "d": "load",
                "v": {"t": "array", "d": "<f8", "s": [1], "b": 0},
                "r": False,
                "g": None,
            },
            [b"\0" * 8],
        ),
        ({"t": "sequence", "k": "UnknownSeq", "b": 0}, [b"A"]),
        (10**50, []),
    ],
)
def test_forged_messages_are_refused(tree, parts):
    with pytest.raises(DecodeError):
        Decoder().decode(message(tree, *parts))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xff\xff\xff",
        struct.pack("<I", 2) + b"[]",
        struct.pack("<I", 9) + b"[NaN, []]",
        struct.pack("<I", 8) + b'["\xff",[]]'[:8],
        struct.pack("<I", 12) + b"[1,[18446744073709551616]]"[:12],
        message(1) + b"more",
        struct.pack("<I", 200_005) + b"[" * 100_000 + b"]" * 100_000 + b",[]]a",
        struct.pack("<I", 10_000) + b"[" + b"9" * 9_996 + b",[]"[:3],
    ],
)
def test_broken_messages_are_refused(raw):
    with pytest.raises(DecodeError):
        Decoder().decode(raw)


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_random_bytes_only_ever_raise_a_wire_error(raw):
    for data in (raw, struct.pack("<I", len(raw)) + raw):
        with contextlib.suppress(WireError):
            Decoder().decode(data)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 10)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("tvkdsbnirclmuzgfho"), inner, max_size=4)
        | st.builds(
            lambda tag, rest: {**rest, "t": tag},
            st.sampled_from(sorted(codec._DECODERS)),
            st.dictionaries(st.sampled_from("vkdsbnirclmuzgfo"), inner, max_size=4),
        )
    ),
    max_leaves=12,
)


@given(anything, st.lists(st.binary(max_size=24), max_size=3))
@settings(max_examples=1500, deadline=None)
def test_random_trees_give_plain_values_or_a_wire_error(tree, parts):
    try:
        found = Decoder().decode(message(tree, *parts))
    except WireError:
        return
    assert type(found).__module__.split(".")[0] in {
        "builtins", "numpy", "pandas", "torch", "collections", "datetime", "decimal", "fractions",
        "pathlib", "Bio", "biolabkit_autograder",
    }  # fmt: skip
