"""De-identification: identifiers in text, k-anonymity of tables, dates shifted per patient.

Rules find what has a form (numbers, addresses of mail, dates) nearly always, and names only where a list or
the words around them give them away: measure the recall on texts like your own (`score_spans`) before anybody
relies on it. What remains after any of these steps is pseudonymised, not anonymous: who holds the key, or
knows enough about a person, can go back.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from biolabkit._words import joined, told, unknown
from biolabkit.errors import InputError
from biolabkit.learning._inputs import columns_present

__all__ = ["KINDS", "find_identifiers", "k_anonymity", "redact", "score_spans", "shift_dates"]

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_KOREAN_SURNAME = (
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류"
    "나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국"
)
_KOREAN_TITLE = r"(?:환자|님|씨|군|양|교수|간호사|선생|의사|원장|과장|보호자)"
_STREET = r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Way)"

Check = Callable[[str], bool]


def _card(text: str) -> bool:
    """Luhn's check of a card number."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return 12 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _resident_number(text: str) -> bool:
    """A Korean resident registration number begins with a date of birth and a digit for sex and century.

    The last digit is not checked: numbers given since October 2020 have no check digit.
    """
    digits = "".join(str(int(character)) for character in text if character.isdigit())  # full-width ones too
    century = {"1": 19, "2": 19, "3": 20, "4": 20, "5": 19, "6": 19, "7": 20, "8": 20, "9": 18, "0": 18}
    born = f"{century[digits[6]]}{digits[:6]}"
    return not pd.isna(pd.to_datetime(born, format="%Y%m%d", errors="coerce"))


def _phone(text: str) -> bool:
    return 8 <= sum(character.isdigit() for character in text) <= 15


def _local_phone(text: str) -> bool:
    """Without an area code; only beside a word that says what it is."""
    return 7 <= sum(character.isdigit() for character in text) <= 15


def _ip(text: str) -> bool:
    return all(int(part) <= 255 for part in text.split("."))


def _old(text: str) -> bool:
    return int(text) < 130


# Kind, pattern (the group `x` is the identifier where there is one), and a check of what was found. Earlier
# rules win over later ones where their spans are equally long.
_RULES: tuple[tuple[str, "re.Pattern[str]", Check | None], ...] = tuple(
    (kind, re.compile(pattern, flags), check)
    for kind, pattern, flags, check in (
        # written together, or with all but the sex masked: the date of birth is there all the same
        ("RESIDENT_NUMBER", r"(?<!\d)\d{6}\s?-?\s?\d[\d*]{6}(?![\d*])", 0, _resident_number),
        ("EMAIL", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", 0, None),
        ("URL", r"https?://[^\s<>\"')\]]+|\bwww\.[\w-]+(?:\.[\w-]+)+(?:/\S*)?", re.IGNORECASE, None),
        ("IP_ADDRESS", r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)", 0, _ip),
        ("BANK_ACCOUNT", r"\b[a-z]{2}\d{2}[ ]?(?:[a-z0-9]{4}[ ]?){2,7}[a-z0-9]{1,4}\b", re.IGNORECASE, None),
        ("CREDIT_CARD", r"(?<!\d)(?:\d[ -]?){11,18}\d(?!\d)", 0, _card),
        ("SOCIAL_SECURITY", r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])", 0, None),
        (
            "DATE",
            r"(?<!\d)(?:19|20)\d{2}(?:[-/]|\.\s?)\d{1,2}(?:[-/]|\.\s?)\d{1,2}"
            r"(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?(?!\d)",
            0,
            None,
        ),
        ("DATE", r"(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)", 0, None),
        ("DATE", r"(?<!\d)\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d{2}(?!\d)", 0, None),
        ("DATE", rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?\b", 0, None),
        ("DATE", rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?\b", 0, None),
        ("DATE", r"(?:(?:19|20)\d{2}년\s*)?\d{1,2}월\s*\d{1,2}일|(?:19|20)\d{2}년(?:\s*\d{1,2}월)?", 0, None),
        ("DATE", r"(?<![\w-])(?:19[2-9]\d|20[0-2]\d)(?![\w-])", 0, None),
        ("DATE", r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b", re.IGNORECASE, None),
        (
            "PHONE",
            r"(?<![\w.])(?:\+?82[ -]?\(?0?\)?|0)(?:2|1[016789]|[3-6]\d|70)[ .)-]{0,2}"
            r"\d{3,4}[ .-]?\d{4}(?!\d)",
            0,
            _phone,
        ),
        ("PHONE", r"(?<![\w.-])\+?\(?\d{1,4}\)?(?:[ .-]\(?\d{2,4}\)?){2,5}(?:x\d+)?(?!\w)", 0, _phone),
        ("PHONE", r"(?<!\w)(?:\+\d{1,3}|\(\d{2,4}\))[ ()\d.-]{5,16}\d(?!\w)", 0, _phone),
        (
            "PHONE",
            r"(?:phone|call|tel|mobile|fax|desk|office|number|전화|연락처)\D{0,20}"
            r"(?P<x>[+\d(][\d ().-]{5,18}\d)",
            re.IGNORECASE,
            _local_phone,
        ),
        (
            "RECORD_NUMBER",
            r"(?:MRN|chart(?: no\.?)?|record (?:no\.?|number)|license number|patient id|등록번호|차트번호"
            r"|병록번호)"
            r"(?:\s+is)?[\s:#은는]*(?P<x>[A-Z]?\d[\d-]{4,})",
            re.IGNORECASE,
            None,
        ),
        (
            "AGE",
            r"(?<!\d)(?P<x>\d{1,3})(?=[ -]?(?:years?[ -]old|year-old|y/o|세(?!\w)|살))",
            re.IGNORECASE,
            _old,
        ),
        (
            "AGE",
            r"\b(?:aged?|age of|I am|I'm|(?:he|she) (?:is|was)|turn(?:ed|ing|s)?)\s+"
            r"(?P<x>\d{1,3})\b(?![./-]\d)",
            re.IGNORECASE,
            _old,
        ),
        (
            "ADDRESS",
            r"(?:[가-힣]+(?:특별시|광역시|특별자치시|특별자치도|도)\s+)?(?:[가-힣]+(?:시|군|구)\s+){1,2}"
            r"[가-힣0-9]+(?:로|길|동)\s*\d+(?:-\d+)?(?:\s*\d+동)?(?:\s*\d+호)?",
            0,
            None,
        ),
        ("ADDRESS", r"[가-힣0-9]+(?:로|길)\s+\d+(?:-\d+)?(?:\s*,?\s*\d+동)?(?:\s*\d+호)?", 0, None),
        ("ADDRESS", rf"\b\d{{1,5}}\s+(?:[A-Z][\w'.-]*\s+){{1,4}}{_STREET}\b\.?", 0, None),
        ("ADDRESS", r"\b(?:Apt\.?|Suite|Unit|P\.?O\.? Box)\s*#?\s*\d+\b", re.IGNORECASE, None),
        (
            "ADDRESS",
            r"\b(?:zip|postcode|postal code)\D{0,10}(?P<x>\d{3,5}(?:[ -]\d{2,4})?)",
            re.IGNORECASE,
            None,
        ),
        (
            "PERSON",
            r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s+(?P<x>[^\W\d_a-z][\w'’-]+(?:[ ]+[^\W\d_a-z][\w'’.-]*){0,2})",
            0,
            None,
        ),
        (
            "PERSON",
            r"(?:[Mm]y name is|[Nn]ame:|[Pp]atient:|[Nn]amed|[Dd]irected [Bb]y:|[Ss]igned by)\s*"
            r"(?P<x>[^\W\d_a-z][\w'’-]+(?:[ ]+[^\W\d_a-z][\w'’.-]*){0,3})",
            0,
            None,
        ),
        ("PERSON", rf"(?<![가-힣])(?P<x>[{_KOREAN_SURNAME}][가-힣]{{2}})(?=\s?{_KOREAN_TITLE})", 0, None),
        (
            "PERSON",
            rf"(?:성명|이름|환자명|보호자|환자)\s*[:은는]?\s*(?P<x>[{_KOREAN_SURNAME}][가-힣]{{1,2}})"
            r"(?=[\s,.(은는이가의을를님씨]|$)",
            0,
            None,
        ),
    )
)

#: Kinds of identifiers that `find_identifiers` knows.
KINDS = tuple(sorted({rule[0] for rule in _RULES}))


def find_identifiers(
    text: str, *, names: Iterable[str] = (), kinds: Sequence[str] | None = None
) -> pd.DataFrame:
    """Find identifiers in a text.

    Parameters
    ----------
    text : str
        Korean or English.
    names : iterable of str
        Names that are known, such as those of the patient and of the staff; found anywhere as whole words, in
        any case of letters.
    kinds : sequence of str, optional
        Of `KINDS`; by default all.

    Returns
    -------
    DataFrame
        ``start, end, kind, value``, sorted by start; spans are half-open and do not overlap: of several, the
        longest is kept.

    Raises
    ------
    UnknownNameError
        When a kind is unknown.
    InputError
        When `text` is no text, or `names` or `kinds` is a single text instead of a list.

    Examples
    --------
    >>> find_identifiers("환자 김민지 님, 010-1234-5678")["kind"].tolist()
    ['PERSON', 'PHONE']
    """
    if not isinstance(text, str):
        raise InputError(
            told(
                f"find_identifiers: text expected, found {type(text).__name__}",
                f"find_identifiers: 텍스트여야 합니다. 받은 값의 종류: {type(text).__name__}",
            )
        )
    _need_lists(names=names, kinds=kinds)
    for kind in kinds or ():
        if kind not in KINDS:
            raise unknown("kind of identifier", "그런 식별자 종류가 없습니다", kind, KINDS)
    found: list[tuple[int, int, str]] = []
    for kind, pattern, check in _RULES:
        for match in pattern.finditer(text):
            start, end = match.span("x" if "x" in pattern.groupindex else 0)
            while end > start and text[end - 1] in " -.,":
                end -= 1
            if check is None or check(text[start:end]):
                found.append((start, end, kind))
    for name in {str(name).strip() for name in names if not pd.isna(name)} - {""}:
        # a particle may follow a Korean name directly
        after = r"" if re.search("[가-힣]", name) else r"(?!\w)"
        for match in re.finditer(rf"(?<!\w){re.escape(name)}{after}", text, re.IGNORECASE):
            found.append((*match.span(), "PERSON"))
    kept = [span for span in _longest(found) if kinds is None or span[2] in kinds]
    return pd.DataFrame(
        [(start, end, kind, text[start:end]) for start, end, kind in kept],
        columns=["start", "end", "kind", "value"],
    )


def _need_lists(**given: object) -> None:
    """Refuse one text where several are meant: its letters would each be taken for one."""
    for name, value in given.items():
        if isinstance(value, str):
            raise InputError(
                told(
                    f"find_identifiers: {name}: a list expected, found the text {value!r}; write [{value!r}]",
                    f"find_identifiers: {name}: 리스트여야 합니다. 받은 텍스트: {value!r}. [{value!r}]처럼 "
                    "쓰십시오",
                )
            )


def _longest(spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda each: each[0] - each[1]):  # stable: earlier rules first
        if all(span[1] <= other[0] or span[0] >= other[1] for other in kept):
            kept.append(span)
    return sorted(kept)


def redact(text: str, spans: pd.DataFrame) -> str:
    """Replace identifiers by their kind, such as ``[PHONE]``.

    Parameters
    ----------
    text : str
        The text.
    spans : DataFrame
        ``start, end, kind``, not overlapping, as `find_identifiers` gives them.

    Returns
    -------
    str

    Raises
    ------
    InputError
        When spans overlap or lie outside the text.
    """
    columns_present(spans, ["start", "end", "kind"], "spans")
    parts, last = [], 0
    for start, end, kind in spans.sort_values("start")[["start", "end", "kind"]].itertuples(index=False):
        if not last <= start < end <= len(text):
            raise InputError(
                told(
                    f"redact: span {start} to {end} overlaps another or lies outside the text",
                    f"redact: {start}–{end} 구간이 다른 구간과 겹치거나 텍스트 밖에 있습니다",
                )
            )
        parts += [text[last : int(start)], f"[{kind}]"]
        last = int(end)
    return "".join([*parts, text[last:]])


def score_spans(
    found: pd.DataFrame, truth: pd.DataFrame, *, text_id: str = "text_id", kind: str = "kind"
) -> pd.DataFrame:
    """Judge found identifiers, recall first: what was missed is what leaks.

    Parameters
    ----------
    found, truth : DataFrame
        ``start, end`` and the column `text_id`, `truth` also `kind`; one row per span, spans of one text do
        not overlap within a table.
    text_id, kind : str
        Names of those columns.

    Returns
    -------
    DataFrame
        One row per kind of `truth`, then ``all``: ``spans`` (how many), ``recall`` (share of spans that are
        covered whole, by any kind: a name masked as an address does not leak), ``partly`` (share touched but
        not covered), ``character_recall`` (share of their characters that are covered). The row ``all`` has
        also ``character_precision``, the share of the covered characters that are part of an identifier.

    Raises
    ------
    InputError
        When a column is missing, or spans of a table overlap: what is covered twice would count twice.
    """
    for table, what in ((found, "found"), (truth, "truth")):
        columns_present(table, [text_id, "start", "end"], what)
        _need_apart(table, text_id, what)
    columns_present(truth, [kind], "truth")
    covers = {key: rows[["start", "end"]].to_numpy() for key, rows in found.groupby(text_id, observed=True)}
    nothing = np.zeros((0, 2), dtype=int)
    covered = [
        _overlap(covers.get(key, nothing), start, end)
        for key, start, end in zip(truth[text_id], truth["start"], truth["end"], strict=True)
    ]
    length = (truth["end"] - truth["start"]).to_numpy()
    table = pd.DataFrame({"kind": truth[kind].astype(str).to_numpy(), "length": length, "covered": covered})
    lines = {name: _recall(rows) for name, rows in table.groupby("kind")}
    lines["all"] = _recall(table)
    masked = float((found["end"] - found["start"]).sum())
    lines["all"]["character_precision"] = table["covered"].sum() / masked if masked else float("nan")
    return pd.DataFrame.from_dict(lines, orient="index")


def _need_apart(table: pd.DataFrame, text_id: str, what: str) -> None:
    ordered = table.sort_values([text_id, "start"], kind="stable")
    before = ordered.groupby(text_id, observed=True)["end"].shift()
    overlapping = ordered[(ordered["start"] < before).to_numpy()]
    if len(overlapping):
        text, start, end = overlapping[[text_id, "start", "end"]].iloc[0].tolist()
        raise InputError(
            told(
                f"{what}: {len(overlapping)} spans overlap the one before, the first {start} to {end} in "
                f"text {text!r}; merge them",
                f"{what}: 앞의 구간과 겹치는 구간이 {len(overlapping)}개 있습니다(첫 번째: 텍스트 {text!r}의 "
                f"{start}–{end}). 겹치는 구간을 합치십시오",
            )
        )


def _overlap(spans: Any, start: int, end: int) -> int:
    """How many characters of a span are covered."""
    if not len(spans):
        return 0
    return int(np.clip(np.minimum(spans[:, 1], end) - np.maximum(spans[:, 0], start), 0, None).sum())


def _recall(rows: pd.DataFrame) -> dict[str, float]:
    whole = rows["covered"] >= rows["length"]
    characters = rows["length"].sum()
    return {
        "spans": float(len(rows)),
        "recall": float(whole.mean()) if len(rows) else float("nan"),
        "partly": float(((rows["covered"] > 0) & ~whole).mean()) if len(rows) else float("nan"),
        "character_recall": float(rows["covered"].sum() / characters) if characters else float("nan"),
    }


def k_anonymity(table: pd.DataFrame, quasi_identifiers: Sequence[str]) -> tuple[int, pd.DataFrame]:
    """Size of the smallest group of people who cannot be told apart.

    Parameters
    ----------
    table : DataFrame
        One row per person.
    quasi_identifiers : sequence of str
        Columns that somebody outside may know, such as sex, year of birth and region. A missing value is a
        value of its own.

    Returns
    -------
    k : int
        Size of the smallest group; 1 means that somebody is unique.
    groups : DataFrame
        One row per combination that occurs, the smallest first, with its ``people``.

    Raises
    ------
    InputError
        When a column is unknown, none is given, or the table has no rows.

    References
    ----------
    Sweeney L (2002) k-anonymity: a model for protecting privacy. Int J Uncertain Fuzz 10:557-570.
    """
    if isinstance(quasi_identifiers, str) or not list(quasi_identifiers):
        raise InputError(
            told(
                "quasi_identifiers: a list of at least one column expected",
                "quasi_identifiers: 열 이름이 하나 이상 든 리스트여야 합니다",
            )
        )
    columns_present(table, quasi_identifiers, "table")
    if table.empty:
        raise InputError(
            told(
                "table: at least one row expected, found none", "table: 행이 하나 이상 있어야 하는데 없습니다"
            )
        )
    groups = table.groupby(list(quasi_identifiers), observed=True, dropna=False).size().rename("people")
    ordered = groups.sort_values(kind="stable").reset_index()
    return int(ordered["people"].iloc[0]), ordered


def shift_dates(
    table: pd.DataFrame,
    columns: Sequence[str],
    *,
    by: str,
    key: str | bytes,
    most_days: int = 365,
    keep: Literal["weekday", "nothing"] = "nothing",
) -> pd.DataFrame:
    """Shift all dates of a patient by the same secret number of days: intervals stay, dates do not.

    Parameters
    ----------
    table : DataFrame
        Any number of rows per patient.
    columns : sequence of str
        Columns of dates.
    by : str
        Column of the patient. The number 7 is the same patient as 7.0; the text ``"7"`` is too, ``"007"`` is
        not.
    key : str or bytes
        Secret of at least 16 characters: the shift of a patient follows from it (HMAC-SHA256), so that
        several tables are shifted alike. Who has it can undo the shift; keep it apart from the data, or throw
        it away.
    most_days : int
        Shifts are 1 to `most_days` days, backward or forward.
    keep : {"nothing", "weekday"}
        ``"weekday"`` shifts by whole weeks.

    Returns
    -------
    DataFrame
        A copy.

    Raises
    ------
    InputError
        When a column is missing or holds no dates, the patient is missing somewhere, or the key is too short
        or no text.
    UnknownNameError
        When `keep` is neither of the two.
    """
    columns_present(table, [by, *columns], "table")
    if keep not in ("weekday", "nothing"):
        raise unknown("choice for keep", "keep에 쓸 수 없는 값입니다", str(keep), ("weekday", "nothing"))
    secret = _secret(key)
    step = 7 if keep == "weekday" else 1
    problems = _date_problems(table, columns, by) + _shift_problems(secret, most_days, step)
    if problems:
        raise InputError("shift_dates: " + joined(problems))
    shifts = {name: _shift(secret, name, most_days // step) * step for name in table[by].unique()}
    days = pd.to_timedelta(table[by].map(shifts).astype(int), unit="D")
    return table.assign(**{name: table[name] + days for name in columns})


def _secret(key: str | bytes) -> bytes:
    if isinstance(key, str):
        return key.encode()
    if isinstance(key, bytes | bytearray):
        return bytes(key)
    raise InputError(  # bytes() of a number would be as many zeros: no secret at all
        told(
            f"shift_dates: key: text or bytes expected, found {type(key).__name__}",
            f"shift_dates: key: 텍스트나 바이트열이어야 합니다. 받은 값의 종류: {type(key).__name__}",
        )
    )


def _date_problems(table: pd.DataFrame, columns: Sequence[str], by: str) -> list[str]:
    problems = [
        told(
            f"column {name!r} holds no dates (dtype {table[name].dtype})",
            f"{name!r} 열의 값이 날짜가 아닙니다(dtype {table[name].dtype})",
        )
        for name in columns
        if not pd.api.types.is_datetime64_any_dtype(table[name])
    ]
    if missing := int(table[by].isna().sum()):
        problems.append(told(f"{missing} rows have no {by!r}", f"{by!r} 값이 없는 행이 {missing}개 있습니다"))
    return problems


def _shift_problems(secret: bytes, most_days: int, step: int) -> list[str]:
    problems = []
    if len(secret) < 16:
        problems.append(
            told(
                f"key: at least 16 characters expected, found {len(secret)}",
                f"key: 16자 이상이어야 하는데 {len(secret)}자입니다",
            )
        )
    if most_days < step:
        problems.append(
            told(
                f"most_days: at least {step} expected, found {most_days}",
                f"most_days: {step} 이상이어야 합니다. 받은 값: {most_days}",
            )
        )
    return problems


def _shift(secret: bytes, patient: object, most: int) -> int:
    """A number from -most to most that is not 0."""
    if isinstance(patient, float | np.floating) and float(patient).is_integer():
        patient = int(patient)  # a column that once had gaps holds 7.0 where another table holds 7
    digest = hmac.new(secret, str(patient).encode(), hashlib.sha256).digest()
    drawn = int.from_bytes(digest[:8], "big") % (2 * most)
    return drawn - most if drawn < most else drawn - most + 1
