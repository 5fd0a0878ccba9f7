"""`expect(got, what)`: say what a value should be; a card says what it is instead."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from biolabkit.check import kinds
from biolabkit.check.cards import Card
from biolabkit.check.compare import compare, compare_as_tables, wrong_kind
from biolabkit.check.context import CheckContext, current
from biolabkit.check.display import one_line, shown
from biolabkit.check.failures import CheckFailed
from biolabkit.check.hints import Hint, draw
from biolabkit.check.mismatch import EXACT, Mismatch, Tolerance
from biolabkit.check.words import Words, count
from biolabkit.errors import InputError

__all__ = ["Expectation", "expect"]

_CLOSE = Tolerance(rel=1e-6, abs=1e-9)


def expect(got: Any, what: str, ko: str | None = None) -> "Expectation":
    """Begin a check of a value.

    Parameters
    ----------
    got : object
        The learner's value, or for ``raises`` the function to call.
    what : str
        What is checked, in English: ``"mean depth of the region"``.
    ko : str, optional
        The same in Korean; English stands in when it is left out.

    Examples
    --------
    >>> expect(0.5, "GC content of ACGT", "ACGT의 GC 함량").close_to(0.5)
    """
    return Expectation(got, Words(what, ko if ko is not None else what))


@dataclass(frozen=True, repr=False)
class Expectation:
    """A value that is about to be checked; every method returns None or raises `CheckFailed`."""

    got: Any
    what: Words

    def equals(self, want: Any, *, hints: Iterable[Hint] = ()) -> None:
        """Check that the value is `want`.

        Contents count, not containers: a list may stand for a tuple or an array. 3 equals 3.0, True does not
        equal 1, NaN equals NaN. Tables must agree in index and order of columns too; see `table`.
        """
        self._compare(want, EXACT, shown(want), hints)

    def close_to(
        self,
        want: Any,
        rel: float = 1e-6,
        abs: float = 1e-9,  # noqa: A002  (the name that math.isclose and pytest.approx have taught)
        *,
        hints: Iterable[Hint] = (),
    ) -> None:
        """Check that every number is within ``max(rel * |want|, abs)`` of the expected one.

        Works through lists, dictionaries, arrays and tables; whatever is not a number must be equal.
        """
        if not (rel >= 0 and abs >= 0):
            raise InputError(f"close_to: rel and abs must be 0 or more; found rel={rel!r}, abs={abs!r}")
        tolerance = Tolerance(rel, abs)
        written = shown(want)
        if kinds.kind_of(kinds.plain(want)) == "number" and tolerance.rel > _CLOSE.rel:
            written += f"  (± {max(rel * _magnitude(want), abs):.3g})"
        self._compare(want, tolerance, written, hints)

    def between(self, low: Any, high: Any, *, hints: Iterable[Hint] = ()) -> None:
        """Check that every number of the value is in ``[low, high]``; None leaves a side open.

        An empty list, array or column is in no interval.
        """
        bounds = Words(
            f"{_bound(low, '-∞')} to {_bound(high, '∞')}",
            f"{_bound(low, '-∞')} 이상 {_bound(high, '∞')} 이하",
        )
        self._settle(_outside(self.got, low, high), bounds, hints, _agrees(_CLOSE))

    def raises(
        self,
        exc: type[BaseException] | tuple[type[BaseException], ...],
        /,
        *args: Any,
        hints: Iterable[Hint] = (),
        **kwargs: Any,
    ) -> None:
        """Check that calling the value with `args` and `kwargs` raises `exc`."""
        names = " / ".join(one.__name__ for one in (exc if isinstance(exc, tuple) else (exc,)))
        raised = Words(f"an error of type {names}", f"{names} 오류")
        if not callable(self.got):  # calling it would raise the TypeError that may be asked for
            no_function = Mismatch.plain(
                "This is not a function, so it cannot be called.", "함수가 아니므로 호출할 수 없습니다."
            )
            self._settle(no_function, raised, hints, _agrees(EXACT))
        try:
            outcome = self.got(*args, **kwargs)
        except exc:
            return
        except NotImplementedError:
            raise  # not answered yet, which is no wrong answer
        except Exception as error:
            outcome = error
            text = Words(
                f"It raised {type(error).__name__} instead.", f"대신 {type(error).__name__} 오류가 났습니다."
            )
            written = one_line(f"{type(error).__name__}: {error}")
        else:
            text = Words("It raised nothing; it returned a value.", "오류 없이 값을 반환했습니다.")
            written = shown(outcome)
        self._settle(Mismatch(text, text), raised, hints, _agrees(EXACT), got=outcome, written=written)

    def table(
        self,
        want: Any,
        *,
        rel: float = 1e-6,
        abs: float = 1e-9,  # noqa: A002
        columns: Sequence[str] | None = None,
        by: Sequence[str] | str = (),
        index: bool = False,
        column_order: bool = False,
        extra_columns: bool = False,
        hints: Iterable[Hint] = (),
    ) -> None:
        """Check a pandas DataFrame against the expected one.

        Parameters
        ----------
        want : pandas.DataFrame
            The expected table.
        rel, abs : float
            Tolerance for columns of numbers, as in `close_to`.
        columns : sequence of str, optional
            Compare these only; further columns are then allowed.
        by : str or sequence of str
            Sort both tables by these key columns first, so that the order of rows does not matter.
        index : bool
            Whether the index must agree too; without effect together with `by`.
        column_order : bool
            Whether the columns must stand in the expected order.
        extra_columns : bool
            Whether columns that were not asked for are allowed.
        hints : iterable of Hint
            The first that explains the value is shown.
        """
        from biolabkit.check.tables import TableRules

        if kinds.kind_of(self.got) != "table":
            self._compare(want, EXACT, shown(want), hints)
            return
        keys = (by,) if isinstance(by, str) else tuple(by)
        rules = TableRules(Tolerance(rel, abs), columns, keys, index, column_order, extra_columns)
        same = Words(shown(want), shown(want))
        self._settle(
            compare_as_tables(self.got, want, rules),
            same,
            hints,
            lambda got, typical: compare_as_tables(got, typical, rules) is None,
        )

    def one_of(self, options: Iterable[Any], *, hints: Iterable[Hint] = ()) -> None:
        """Check that the value equals one of `options`."""
        choices = list(options)
        if any(compare(self.got, choice) is None for choice in choices):
            return
        listed = ", ".join(one_line(shown(choice), 60) for choice in choices)
        text = Words("The value is none of those allowed.", "허용된 값이 아닙니다.")
        expected = Words(f"one of {listed}", f"{listed} 중 하나")
        self._settle(Mismatch(text, text), expected, hints, _agrees(EXACT))

    def _compare(self, want: Any, tolerance: Tolerance, written: str, hints: Iterable[Hint]) -> None:
        mismatch = compare(self.got, want, tolerance)
        self._settle(mismatch, Words(written, written), hints, _agrees(tolerance))

    def _settle(
        self,
        mismatch: Mismatch | None,
        expected: Words,
        hints: Iterable[Hint],
        agrees: Callable[[Any, Any], bool],
        **outcome: Any,
    ) -> None:
        """Raise `CheckFailed` with its card when there is a difference."""
        if mismatch is None:
            return
        context = current() or CheckContext()
        got = outcome.get("got", self.got)
        detail = mismatch.where if context.hidden else mismatch.says
        raise CheckFailed(
            Card(
                check=context.check,
                task=context.task,
                points=context.points,
                what_en=self.what.en,
                what_ko=self.what.ko,
                got=outcome.get("written", shown(got)),
                expected=None if context.hidden else expected.to(context.language),
                hint=draw(hints, got, agrees),
                detail_en=detail.en,
                detail_ko=detail.ko,
                hidden=context.hidden,
            )
        )


def _agrees(tolerance: Tolerance) -> Callable[[Any, Any], bool]:
    return lambda got, typical: compare(got, typical, tolerance) is None


def _magnitude(want: Any) -> float:
    return float(abs(kinds.plain(want)))


def _bound(value: Any, infinite: str) -> str:
    return infinite if value is None else one_line(shown(value), 60)


def _outside(got: Any, low: Any, high: Any) -> Mismatch | None:
    """What lies outside the closed interval, or is no number at all."""
    value = kinds.plain(got)
    if kinds.kind_of(value) in {"array", "column", "sequence"}:
        items = list(value.ravel()) if kinds.kind_of(value) == "array" else list(value)
        if not items:
            text = Words("There are no values: it is empty.", "값이 하나도 없습니다(비어 있습니다).")
            return Mismatch(text, text)
        wrong = [i for i, item in enumerate(items) if _one_outside(kinds.plain(item), low, high)]
        if not wrong:
            return None
        first = one_line(shown(items[wrong[0]]), 60)
        text = Words(
            f"{len(wrong):,} of {count(len(items), 'value')} are outside; "
            f"first at index {wrong[0]}: {first}.",
            f"값 {len(items):,}개 중 {len(wrong):,}개가 범위를 벗어났습니다. "
            f"처음 벗어난 곳은 인덱스 {wrong[0]}입니다: {first}.",
        )
        return Mismatch(text, text)
    return _one_outside(value, low, high)


def _one_outside(value: Any, low: Any, high: Any) -> Mismatch | None:
    if kinds.kind_of(value) != "number" or isinstance(value, complex):
        return wrong_kind(value, 0.0)
    if kinds.is_missing(value):
        text = Words("The value is NaN (not a number).", "값이 NaN(숫자가 아님)입니다.")
    elif low is not None and value < low:
        text = Words("The value is too small.", "값이 너무 작습니다.")
    elif high is not None and value > high:
        text = Words("The value is too large.", "값이 너무 큽니다.")
    else:
        return None
    return Mismatch(text, text)
