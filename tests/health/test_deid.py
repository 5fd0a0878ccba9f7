"""De-identification: Korean and English texts, recall on labelled sentences, k-anonymity, shifted dates."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biolabkit import datasets, health
from biolabkit.errors import InputError, UnknownNameError
from biolabkit.health.deid import KINDS

NOTE = (
    "환자 김민지 님(주민번호 900101-2345678)은 2024년 3월 1일 입원. 연락처 010-1234-5678, "
    "보호자 02)555-6789.\n"
    "주소: 서울특별시 종로구 대학로 101. 차트번호 12345678, 담당 홍길동 교수 (hong.gd@hospital.example)."
)
LETTER = (
    "Dr. Jane Smith saw Mr O'Neill on March 3rd, 2021 and 2021-03-09. MRN: 0048213; a 45-year-old; "
    "card 4539 1488 0343 6467, account GB82 WEST 1234 5698 7654 32, 192.168.7.21, "
    "12 North High Street, SSN 514-69-0360."
)


def pairs(text, **options):
    found = health.find_identifiers(text, **options)
    assert all(
        text[a:b] == value for a, b, value in zip(found["start"], found["end"], found["value"], strict=True)
    )
    return list(zip(found["kind"], found["value"], strict=True))


def test_a_korean_note():
    assert pairs(NOTE) == [
        ("PERSON", "김민지"),
        ("RESIDENT_NUMBER", "900101-2345678"),
        ("DATE", "2024년 3월 1일"),
        ("PHONE", "010-1234-5678"),
        ("PHONE", "02)555-6789"),
        ("ADDRESS", "서울특별시 종로구 대학로 101"),
        ("RECORD_NUMBER", "12345678"),
        ("PERSON", "홍길동"),
        ("EMAIL", "hong.gd@hospital.example"),
    ]


def test_an_english_letter():
    assert pairs(LETTER) == [
        ("PERSON", "Jane Smith"),
        ("PERSON", "O'Neill"),
        ("DATE", "March 3rd, 2021"),
        ("DATE", "2021-03-09"),
        ("RECORD_NUMBER", "0048213"),
        ("AGE", "45"),
        ("CREDIT_CARD", "4539 1488 0343 6467"),
        ("BANK_ACCOUNT", "GB82 WEST 1234 5698 7654 32"),
        ("IP_ADDRESS", "192.168.7.21"),
        ("ADDRESS", "12 North High Street"),
        ("SOCIAL_SECURITY", "514-69-0360"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("주민번호 9001012345678", ("RESIDENT_NUMBER", "9001012345678")),
        ("주민번호 900101-2******", ("RESIDENT_NUMBER", "900101-2******")),
        ("９００１０１-２３４５６７８", ("RESIDENT_NUMBER", "９００１０１-２３４５６７８")),
        ("2024. 3. 1. 입원", ("DATE", "2024. 3. 1")),
        ("입원일 2024.3.1", ("DATE", "2024.3.1")),
        ("20240301 입원", ("DATE", "20240301")),
    ],
)
def test_forms_in_which_koreans_write(text, found):
    assert pairs(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "Blood pressure 120/80, pulse 72, SpO2 98 %, potassium 4.1 mmol/L.",
        "혈압 120/80, 맥박 72회, 체온 36.5도, 칼륨 4.1 mmol/L.",
        "991332-1234567",  # no such day
        "1234567890123",  # no such month
        "4539 1488 0343 6468",  # wrong check digit: no card
    ],
)
def test_measurements_are_no_identifiers(text):
    found = dict(pairs(text))
    assert "RESIDENT_NUMBER" not in found
    assert "CREDIT_CARD" not in found
    assert "PERSON" not in found
    if "2" in text[:20] and "/" in text:
        assert found == {}


def test_known_names_and_chosen_kinds():
    text = "Lee called. 김민지가 왔다. leeway is no name."
    assert pairs(text, names=["lee", "김민지"]) == [("PERSON", "Lee"), ("PERSON", "김민지")]
    assert pairs(LETTER, kinds=["AGE"]) == [("AGE", "45")]
    with pytest.raises(UnknownNameError, match="did you mean 'PHONE'"):
        health.find_identifiers(LETTER, kinds=["PHONES"])
    with pytest.raises(InputError, match="text expected, found float"):
        health.find_identifiers(float("nan"))
    assert "PERSON" in KINDS
    assert pairs(text, names=["lee", None, float("nan")]) == [("PERSON", "Lee")]
    for options in ({"names": "김민지"}, {"kinds": "PHONE"}):
        with pytest.raises(InputError, match="a list expected, found the text"):
            health.find_identifiers(text, **options)


def test_errors_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(UnknownNameError) as unknown:
        health.find_identifiers(LETTER, kinds=["PHONES"])
    assert str(unknown.value) == "그런 식별자 종류가 없습니다: 'PHONES'. 'PHONE'입니까?"
    with pytest.raises(InputError) as caught:
        health.shift_dates(VISITS, ["patient"], by="patient", key="short")
    assert str(caught.value) == (
        "shift_dates: 'patient' 열의 값이 날짜가 아닙니다(dtype int64). key: 16자 이상이어야 하는데 5자입니다"
    )


@given(st.text(max_size=60))
def test_spans_never_overlap(text):
    found = health.find_identifiers(text, names=["a"])
    assert (found["start"].to_numpy()[1:] >= found["end"].to_numpy()[:-1]).all()
    masked = health.redact(text, found)
    assert len(masked) == len(text) + sum(
        len(k) + 2 - len(v) for k, v in zip(found["kind"], found["value"], strict=True)
    )


def test_redact():
    assert health.redact("call 010-1234-5678 now", health.find_identifiers("call 010-1234-5678 now")) == (
        "call [PHONE] now"
    )
    floats = pd.DataFrame({"start": [1.0], "end": [3.0], "kind": "X"})  # from a table that once had gaps
    assert health.redact("abcdef", floats) == "a[X]def"
    overlapping = pd.DataFrame({"start": [0, 2], "end": [4, 6], "kind": "X"})
    with pytest.raises(InputError, match="span 2 to 6 overlaps"):
        health.redact("abcdefgh", overlapping)
    with pytest.raises(InputError, match="lies outside"):
        health.redact("abc", overlapping.head(1))


def test_scores_put_recall_first():
    truth = pd.DataFrame(
        {"text_id": [1, 1, 2], "start": [0, 10, 5], "end": [4, 20, 9], "kind": ["NAME", "NAME", "DATE"]}
    )
    found = pd.DataFrame({"text_id": [1, 1, 3], "start": [0, 10, 0], "end": [4, 15, 5]})
    scores = health.score_spans(found, truth)
    assert scores.loc["NAME", ["spans", "recall", "partly"]].tolist() == [2, 0.5, 0.5]
    assert scores.loc["NAME", "character_recall"] == pytest.approx(9 / 14)
    assert scores.loc["DATE", "recall"] == 0
    assert scores.loc["all", "recall"] == pytest.approx(1 / 3)
    assert scores.loc["all", "character_precision"] == pytest.approx(9 / 14)
    nothing = health.score_spans(found.iloc[:0], truth)
    assert nothing.loc["all", "recall"] == 0
    assert np.isnan(nothing.loc["all", "character_precision"])
    with pytest.raises(UnknownNameError, match="'kind'"):
        health.score_spans(found, truth.drop(columns="kind"))
    twice = pd.concat([found, found.head(1)])  # two rules that found the same half would look like the whole
    with pytest.raises(InputError, match=r"found: 1 spans overlap .* the first 0 to 4 in text 1; merge"):
        health.score_spans(twice, truth)


@pytest.mark.mirror
def test_recall_on_labelled_sentences():
    texts, truth = (datasets.load("pii-synthetic-deid", table) for table in ("texts", "spans"))
    found = pd.concat(
        health.find_identifiers(text).assign(text_id=number)
        for number, text in zip(texts["text_id"], texts["full_text"], strict=True)
    )
    scores = health.score_spans(found, truth, kind="entity_type")
    for kind in ("CREDIT_CARD", "DATE_TIME", "DOMAIN_NAME", "EMAIL_ADDRESS", "IBAN_CODE", "US_SSN", "AGE"):
        assert scores.loc[kind, "recall"] >= 0.99, kind
    assert scores.loc["PHONE_NUMBER", "recall"] >= 0.9
    assert scores.loc["all", "character_precision"] >= 0.97
    assert scores.loc["PERSON", "recall"] < 0.2  # names without context need a list: the docstring says so


def test_k_anonymity():
    people = pd.DataFrame(
        {
            "sex": ["f", "f", "m", "m", "m"],
            "born": [1950, 1950, 1950, 1961, 1961],
            "zip": ["03080", "03080", None, None, None],
        }
    )
    k, groups = health.k_anonymity(people, ["sex", "born"])
    assert k == 1
    assert groups.iloc[0].tolist() == ["m", 1950, 1]
    assert health.k_anonymity(people, ["sex"])[0] == 2
    assert health.k_anonymity(people, ["zip"])[1]["people"].tolist() == [2, 3]  # missing is a value too
    with pytest.raises(InputError, match="at least one column"):
        health.k_anonymity(people, [])
    with pytest.raises(InputError, match="at least one row"):
        health.k_anonymity(people.iloc[:0], ["sex"])
    with pytest.raises(UnknownNameError, match="'age'"):
        health.k_anonymity(people, ["age"])


VISITS = pd.DataFrame(
    {
        "patient": [7, 7, 8, 9],
        "start": pd.to_datetime(["2024-02-28 08:30", "2024-03-05 00:00", "2024-01-01 00:00", None]),
        "end": pd.to_datetime(["2024-03-01", "2024-03-06", "2024-01-02", "2024-05-05"]),
    }
)


@given(
    st.text("abcdef", min_size=16, max_size=20), st.integers(7, 400), st.sampled_from(["nothing", "weekday"])
)
def test_shifted_dates_keep_intervals(key, most_days, keep):
    shifted = health.shift_dates(
        VISITS, ["start", "end"], by="patient", key=key, most_days=most_days, keep=keep
    )
    moved = (shifted["end"] - VISITS["end"]).dt.days
    assert (moved.abs() >= 1).all()
    assert (moved.abs() <= most_days).all()
    assert moved[0] == moved[1]
    assert (shifted["end"] - shifted["start"]).equals(VISITS["end"] - VISITS["start"])
    assert pd.isna(shifted["start"][3])
    if keep == "weekday":
        assert (moved % 7 == 0).all()
    again = health.shift_dates(
        VISITS.iloc[::-1], ["end"], by="patient", key=key, most_days=most_days, keep=keep
    )
    assert again["end"].sort_index().equals(shifted["end"])


@pytest.mark.parametrize("kind", ["float64", "float32", "Int64", "category", "str"])
def test_tables_with_other_types_of_the_patient_are_shifted_alike(kind):
    plain = health.shift_dates(VISITS, ["end"], by="patient", key="k" * 16)
    other = health.shift_dates(VISITS.astype({"patient": kind}), ["end"], by="patient", key="k" * 16)
    assert other["end"].equals(plain["end"])


def test_dates_that_cannot_be_shifted():
    with pytest.raises(InputError, match=r"'patient' holds no dates.*key: at least 16 characters"):
        health.shift_dates(VISITS, ["patient"], by="patient", key="short")
    with pytest.raises(UnknownNameError, match="did you mean 'weekday'"):
        health.shift_dates(VISITS, ["start"], by="patient", key="a" * 16, keep="weekdays")
    with pytest.raises(InputError, match="key: text or bytes expected, found int"):
        health.shift_dates(VISITS, ["start"], by="patient", key=20)
    gap = VISITS.assign(patient=[7, None, 8, 9])
    with pytest.raises(InputError, match="1 rows have no 'patient'"):
        health.shift_dates(gap, ["start"], by="patient", key="a" * 16)
