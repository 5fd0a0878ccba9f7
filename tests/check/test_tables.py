"""Tables compared: columns, order, index, kinds of content, cells, and what is said about them."""

import numpy as np
import pandas as pd
import pytest

from biolabkit.check import CheckFailed, expect

CALLS = pd.DataFrame({"pos": [10, 20, 30], "gt": ["0/1", "1/1", "0/1"], "gq": [99.0, 45.0, np.nan]})


def detail(got, want=CALLS, **rules):
    with pytest.raises(CheckFailed) as caught:
        expect(got, "the calls").table(want, **rules)
    return caught.value.card.detail_en


@pytest.mark.parametrize(
    ("got", "rules"),
    [
        (CALLS, {}),
        (CALLS[["gq", "pos", "gt"]], {}),
        (CALLS.set_axis([5, 6, 7]), {}),
        (CALLS.astype({"pos": "int32", "gt": "category", "gq": "Float64"}), {}),
        (CALLS.assign(gq=CALLS.gq + 1e-12), {}),
        (CALLS.assign(gq=CALLS.gq * 1.01), {"rel": 0.02}),
        (CALLS.iloc[::-1], {"by": "pos"}),
        (CALLS.assign(extra=1), {"extra_columns": True}),
        (CALLS.assign(extra=1, gt="?"), {"columns": ["pos", "gq"]}),
        (CALLS, {"index": True, "column_order": True}),
        (CALLS.astype(object), {}),
    ],
)
def test_the_same_table_passes(got, rules):
    expect(got, "the calls").table(CALLS, **rules)


def test_missing_and_unexpected_columns_are_named_together():
    said = detail(CALLS.rename(columns={"gq": "quality"}))
    assert said == "Missing columns: gq. Columns not expected: quality."


def test_order_of_columns_counts_when_asked_for():
    assert (
        detail(CALLS[["gq", "pos", "gt"]], column_order=True)
        == "The columns must be in the order pos, gt, gq."
    )


def test_a_cell_is_named_by_column_and_row():
    got = CALLS.assign(gt=["0/1", "0/1", "1/1"])
    assert detail(got) == "Column 'gt': 2 of 3 values differ; first at row 1: got '0/1', expected '1/1'."


def test_missing_values_agree_only_with_missing_values():
    assert "first at row 2: got 0.0, expected nan" in detail(CALLS.fillna({"gq": 0}))
    expect(CALLS.assign(gt=[None, "1/1", "0/1"]), "the calls").table(CALLS.assign(gt=[np.nan, "1/1", "0/1"]))


def test_rows_are_counted_before_cells():
    assert detail(CALLS.head(2)) == "There are 2 rows, but 3 are expected."


def test_rows_in_another_order_differ_unless_sorted_by_a_key():
    assert "Column 'pos': 2 of 3 values differ" in detail(CALLS.iloc[::-1])
    got = CALLS.iloc[::-1].assign(gt="1/1")
    assert "first at row 0 (sorted by pos)" in detail(got, by=["pos"])


def test_text_where_numbers_are_expected_is_explained():
    assert "Column 'pos' holds text or objects, but numbers are expected." in detail(
        CALLS.astype({"pos": str})
    )
    assert "holds True/False, but numbers" in detail(CALLS.assign(pos=[True, False, True]))


def test_the_index_is_compared_when_asked_for():
    assert "The index differs in 3 of 3 rows; first at row 0: got 5, expected 0." in detail(
        CALLS.set_axis([5, 6, 7]), index=True
    )


def test_repeated_columns_are_named():
    assert "Repeated columns: pos." in detail(pd.concat([CALLS, CALLS[["pos"]]], axis=1))


def test_many_wrong_columns_are_counted_not_listed():
    want = pd.DataFrame({f"c{i}": [1.0] for i in range(9)})
    assert detail(want + 1, want).endswith("6 more columns differ too.")


def test_times_are_compared_across_time_zones():
    want = pd.DataFrame({"t": pd.to_datetime(["2026-01-01 00:00"], utc=True)})
    expect(want.assign(t=want.t.dt.tz_convert("Asia/Seoul")), "times").table(want)
    assert "Column 't'" in detail(want.assign(t=want.t + pd.Timedelta("1h")), want)


def test_something_that_is_no_table_gives_a_card():
    assert detail([1, 2]) == "This is a list, but a pandas DataFrame is expected."


def test_keys_of_mixed_types_can_be_sorted():
    want = pd.DataFrame({"k": [1, "a"], "v": [1, 2]})
    expect(want.iloc[::-1], "mixed keys").table(want, by="k")


def test_equals_is_strict_about_index_and_order():
    with pytest.raises(CheckFailed, match="calls"):
        expect(CALLS.set_axis([5, 6, 7]), "calls").equals(CALLS)
    expect(CALLS, "calls").equals(CALLS.copy())
    with pytest.raises(CheckFailed) as caught:
        expect(CALLS.pos, "positions").equals(CALLS.pos + 1)
    assert "3 of 3 values differ" in caught.value.card.detail_en


def test_whole_numbers_beyond_the_precision_of_floats_are_told_apart():
    want = pd.DataFrame({"id": [2**60]})
    assert "1 of 1 value differ" in detail(want + 1, want, rel=0, abs=0)


def test_a_cell_is_shown_as_the_learner_has_it():
    seoul = pd.DataFrame({"at": pd.date_range("2026-01-01", periods=1, tz="Asia/Seoul")})
    naive = pd.DataFrame({"at": pd.date_range("2026-01-01", periods=1)})
    assert "got Timestamp('2026-01-01 00:00:00+0900', tz='Asia/Seoul')" in detail(seoul, naive)


def test_key_columns_need_not_be_asked_for_again():
    expect(CALLS.iloc[::-1], "calls").table(CALLS, columns=["gt"], by="pos")
    assert "Missing columns: pos" in detail(CALLS.drop(columns="pos"), columns=["gt"], by="pos")
