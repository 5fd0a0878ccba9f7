"""FHIR R4 bundles to tables.

Plain JSON is read here, without the package ``fhir.resources``: its models follow R5 (R4B as a subpackage, no
R4), it wants pydantic, and it refuses a whole bundle for a field that no table needs. What the tables do need
is checked, and an error names the file and the path inside the JSON.

Six resource types become tables (`TABLES`); all others are counted in `FhirTables.counts`, so that nothing is
lost unseen. The specification: https://hl7.org/fhir/R4.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from biolabkit._words import told
from biolabkit.errors import FormatError, InputError

__all__ = ["TABLES", "FhirTables", "read_fhir"]

#: Resource types that become tables, with the columns of each. All times are UTC.
TABLES: Mapping[str, tuple[str, ...]] = {
    "Patient": ("patient", "sex", "birth_date", "deceased", "death_time"),
    "Encounter": ("encounter", "patient", "kind", "code", "display", "start", "end", "status"),
    "Condition": (
        "condition", "patient", "encounter", "code", "system", "display", "onset", "recorded", "status",
        "verification",
    ),
    "Observation": (
        "observation", "patient", "encounter", "time", "precision", "panel", "code", "system", "display",
        "value", "unit", "comparator", "text", "absent", "status",
    ),
    "MedicationRequest": (
        "medication", "patient", "encounter", "code", "system", "display", "time", "status",
    ),
    "Procedure": ("procedure", "patient", "encounter", "code", "system", "display", "start", "end", "status"),
}  # fmt: skip

_TIMES = ("start", "end", "time", "onset", "recorded", "death_time")
_SHOWN = 10  # problems that one error message lists

# FHIR's date and dateTime: year, year-month, full date, or date and time with a zone
_DATE_TIME = re.compile(
    r"(\d{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?"
)

Json = dict[str, Any]
_Key = tuple[str, str]


@dataclass(frozen=True)
class FhirTables:
    """Tables of one or several bundles.

    Attributes
    ----------
    patients, encounters, conditions, observations, medications, procedures : DataFrame
        One row per resource, except `observations`: one row per value, so that a blood pressure gives two
        rows whose `panel` is the code of the pair. Columns are those of `TABLES`; times are UTC
        (``datetime64[ns, UTC]``). `deceased` of a patient is missing where the resource says neither: a
        missing `death_time` alone does not say that somebody lives. Of a condition `status` is its clinical
        status (active, resolved), `verification` says whether it is one (confirmed, refuted,
        entered-in-error).
    counts : DataFrame
        By resource type: ``resources`` found, ``read`` (whether it became a table) and ``repeated`` (the same
        type and id seen before; the one last updated is kept).
    unresolved : DataFrame
        References of the tables' resources to a patient, encounter or medication that no bundle holds, or
        that name it only by an identifier (then as JSON): ``resource, path, reference, file``. Their columns
        are missing.
    """

    patients: pd.DataFrame
    encounters: pd.DataFrame
    conditions: pd.DataFrame
    observations: pd.DataFrame
    medications: pd.DataFrame
    procedures: pd.DataFrame
    counts: pd.DataFrame
    unresolved: pd.DataFrame

    def __str__(self) -> str:
        unread = self.counts.loc[~self.counts["read"], "resources"]
        others = ", ".join(told(f"{count} {name}", f"{name} {count}개") for name, count in unread.items())
        return told(
            f"{len(self.patients)} patients, {len(self.encounters)} encounters, "
            f"{len(self.conditions)} conditions, {len(self.observations)} values, "
            f"{len(self.medications)} medications, {len(self.procedures)} procedures; "
            f"not read: {others or 'nothing'}; {len(self.unresolved)} references without a target",
            f"환자 {len(self.patients)}명, 진료 {len(self.encounters)}건, 진단 {len(self.conditions)}건, "
            f"값 {len(self.observations)}개, 처방 {len(self.medications)}건, 시술 {len(self.procedures)}건. "
            f"읽지 않은 리소스: {others or '없음'}. 대상을 찾지 못한 참조: {len(self.unresolved)}개",
        )


@dataclass(frozen=True)
class _Place:
    """A resource and where it stands."""

    resource: Json
    full_url: str
    file: str
    path: str


@dataclass
class _Reader:
    """What is known while the resources are read: where references lead, and what was wrong so far."""

    targets: dict[str, _Place]
    problems: list[str]
    unresolved: list[dict[str, str]] = field(default_factory=list)


def read_fhir(*bundles: str | Path | Json) -> FhirTables:
    """Read FHIR R4 bundles into tables; references are resolved within and across the bundles.

    Parameters
    ----------
    *bundles : str, Path or dict
        Files, or bundles already parsed.

    Returns
    -------
    FhirTables

    Raises
    ------
    FormatError
        When a file is no JSON or no bundle, or a field that the tables need has the wrong type, is no date, a
        date outside the years 1678 to 2261, or a time without a zone: all such places at once, each with its
        path, for example
        ``bob.json: entry[3].resource.valueQuantity.value``.
    InputError
        When no bundle is given, or what is given is neither a file nor a bundle, or a file cannot be read.

    Notes
    -----
    A date without a time (``2012-04-29``), a month or a year is put at the start of the period, midnight UTC;
    for observations `precision` says so (year, month, day, second). `birth_date` stays text, as it may be
    partial. A reference may be a ``urn:uuid:`` of the bundle, ``Patient/1``, with a version, or an absolute
    address. Resources with status ``entered-in-error`` (of a condition: `verification`) are kept: leave them
    out before counting, and refuted conditions too.
    """
    if not bundles:
        raise InputError(
            told(
                "read_fhir: at least one bundle expected, found none; give files or parsed bundles",
                "read_fhir: 번들이 하나 이상 있어야 하는데 없습니다. 파일이나 이미 읽은 번들을 넘기십시오",
            )
        )
    problems: list[str] = []
    places = [place for number, bundle in enumerate(bundles) for place in _entries(bundle, number, problems)]
    chosen, counts = _without_repeats(places)
    kept = list(chosen.values())
    reader = _Reader(_targets(places, chosen), problems)
    tables: dict[str, pd.DataFrame] = {}
    for kind, columns in TABLES.items():
        rows = [row for place in kept if _kind(place) == kind for row in _READERS[kind](place, reader)]
        tables[kind] = _frame(rows, columns)
    _raise_problems(problems)
    unresolved = pd.DataFrame(reader.unresolved, columns=["resource", "path", "reference", "file"])
    return FhirTables(
        patients=tables["Patient"],
        encounters=tables["Encounter"],
        conditions=tables["Condition"],
        observations=tables["Observation"],
        medications=tables["MedicationRequest"],
        procedures=tables["Procedure"],
        counts=counts,
        unresolved=unresolved,
    )


# --- bundles
# ---------------------------------------------------------------------------------------------------


def _entries(bundle: str | Path | Json, number: int, problems: list[str]) -> Iterator[_Place]:
    name, content = _load(bundle, number)
    if not isinstance(content, dict) or content.get("resourceType") != "Bundle":
        found = content.get("resourceType") if isinstance(content, dict) else type(content).__name__
        raise FormatError(
            told(
                f"{name}: resourceType: 'Bundle' expected, found {found!r}; give a FHIR R4 bundle",
                f"{name}: resourceType: 'Bundle'이어야 합니다. 받은 값: {found!r}. FHIR R4 번들을 넘기십시오",
            )
        )
    entries = content.get("entry", [])
    if not isinstance(entries, list):
        problems.append(f"{name}: entry: {_other_kind(entries, *_NAMES[list])}")
        return
    for position, entry in enumerate(entries):
        path = f"entry[{position}]"
        if not isinstance(entry, dict):
            problems.append(f"{name}: {path}: {_other_kind(entry, *_NAMES[dict])}")
            continue
        resource = entry.get("resource")
        if resource is None:  # a request to delete, for instance, has none
            continue
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            untyped = told("a resource with its type expected", "리소스의 종류가 적혀 있어야 합니다")
            problems.append(f"{name}: {path}.resource.resourceType: {untyped}")
            continue
        if not isinstance(resource.get("id") or "", str):
            problems.append(f"{name}: {path}.resource.id: {_other_kind(resource['id'], *_NAMES[str])}")
            continue
        yield _Place(resource, str(entry.get("fullUrl") or ""), name, f"{path}.resource")


def _load(bundle: str | Path | Json, number: int) -> tuple[str, Any]:
    if isinstance(bundle, Mapping):
        return f"bundle {number + 1}", dict(bundle)
    if not isinstance(bundle, str | PathLike):
        raise InputError(
            told(
                f"read_fhir: files or parsed bundles expected, found {type(bundle).__name__}; "
                "write read_fhir(*bundles) for a list of them",
                "read_fhir: 파일이나 이미 읽은 번들이어야 합니다. 받은 값의 종류: "
                f"{type(bundle).__name__}. 리스트라면 read_fhir(*bundles)처럼 쓰십시오",
            )
        )
    path = Path(bundle)
    try:
        return path.name, json.loads(path.read_text(encoding="utf-8-sig"))  # Windows writes the mark
    except json.JSONDecodeError as error:
        raise FormatError(
            told(
                f"{path.name}: line {error.lineno}, column {error.colno}: no valid JSON ({error.msg}); "
                "is the file complete?",
                f"{path.name}: {error.lineno}번째 줄 {error.colno}번째 글자: 올바른 JSON이 "
                f"아닙니다({error.msg}). 파일이 중간에 잘리지 않았는지 확인하십시오",
            )
        ) from None
    except UnicodeDecodeError:
        raise FormatError(
            told(
                f"{path.name}: UTF-8 text expected, found other bytes; is it a JSON file?",
                f"{path.name}: UTF-8 텍스트가 아닙니다. JSON 파일이 맞는지 확인하십시오",
            )
        ) from None
    except OSError as error:
        raise InputError(
            told(
                f"{path}: cannot be read ({error.strerror}); check the path",
                f"{path}: 읽을 수 없습니다({error.strerror}). 경로를 확인하십시오",
            )
        ) from None


def _without_repeats(places: Sequence[_Place]) -> tuple[dict[_Key, _Place], pd.DataFrame]:
    """Of resources with the same type and id keep the one last updated (the last read when none says
    when).
    """
    chosen: dict[_Key, _Place] = {}
    found: dict[str, int] = {}
    repeated: dict[str, int] = {}
    for place in places:
        kind, key = _kind(place), _key(place)
        found[kind] = found.get(kind, 0) + 1
        before = chosen.get(key)
        if before is not None:
            repeated[kind] = repeated.get(kind, 0) + 1
            if _updated(place) < _updated(before):
                continue
        chosen[key] = place
    counts = pd.DataFrame(
        {
            "resources": list(found.values()),
            "read": [kind in TABLES for kind in found],
            "repeated": [repeated.get(kind, 0) for kind in found],
        },
        index=pd.Index(list(found), name="type"),
    )
    return chosen, counts.sort_values("resources", ascending=False, kind="stable")


def _key(place: _Place) -> _Key:
    """What tells resources apart; those without id and address are never the same: their place does."""
    name = place.resource.get("id") or place.full_url or f"{place.file} {place.path}"
    return _kind(place), name


def _updated(place: _Place) -> pd.Timestamp:
    meta = place.resource.get("meta")
    text = meta.get("lastUpdated") if isinstance(meta, dict) else None
    moment = _parsed(text)[0] if isinstance(text, str) and _DATE_TIME.fullmatch(text) else None
    return pd.Timestamp(0, tz="UTC") if moment is None else moment


def _targets(places: Sequence[_Place], chosen: Mapping[_Key, _Place]) -> dict[str, _Place]:
    """Every way to refer to a patient, an encounter or a medication, to the resource that is kept of it."""
    targets = {}
    for place in places:
        if _kind(place) in ("Patient", "Encounter", "Medication"):
            for way in (place.full_url, f"{_kind(place)}/{_identifier(place)}"):
                targets[way] = chosen[_key(place)]
    targets.pop("", None)
    return targets


# --- one resource
# ----------------------------------------------------------------------------------------------


def _patient(place: _Place, reader: _Reader) -> list[Json]:
    death = _time(place, reader, "deceasedDateTime")
    is_dead = _typed(place, reader, "deceasedBoolean", bool)
    return [
        {
            "patient": _identifier(place),
            "sex": _typed(place, reader, "gender", str),
            "birth_date": _typed(place, reader, "birthDate", str),
            "deceased": is_dead if death is None else True,
            "death_time": death,
        }
    ]


def _encounter(place: _Place, reader: _Reader) -> list[Json]:
    kind = _typed(place, reader, "class", dict) or {}
    types = _typed(place, reader, "type", list) or [{}]
    coded = _concept(place, reader, types[0], "type[0]")
    return [
        {
            "encounter": _identifier(place),
            "patient": _reference(place, reader, "subject", "Patient"),
            "kind": kind.get("code"),
            "code": coded["code"],
            "display": coded["display"],
            "start": _time(place, reader, "period.start"),
            "end": _time(place, reader, "period.end"),
            "status": _typed(place, reader, "status", str),
        }
    ]


def _condition(place: _Place, reader: _Reader) -> list[Json]:
    status, verification = (
        _concept(place, reader, place.resource.get(name), name)["code"]
        for name in ("clinicalStatus", "verificationStatus")
    )
    return [
        {
            "condition": _identifier(place),
            **_subject(place, reader),
            **_concept(place, reader, place.resource.get("code"), "code"),
            "onset": _time(place, reader, "onsetDateTime", "onsetPeriod.start"),
            "recorded": _time(place, reader, "recordedDate"),
            "status": status,
            "verification": verification,
        }
    ]


def _observation(place: _Place, reader: _Reader) -> list[Json]:
    """One row for the observation's own value, one for each component."""
    resource = place.resource
    coded = _concept(place, reader, resource.get("code"), "code")
    text = _first(place, reader, "effectiveDateTime", "effectivePeriod.start", "effectiveInstant")
    common = {
        "observation": _identifier(place),
        **_subject(place, reader),
        "time": None if text is None else _parsed(text)[0],
        "precision": None if text is None else _parsed(text)[1],
        "status": _typed(place, reader, "status", str),
    }
    components = _typed(place, reader, "component", list) or []
    rows = []
    own = _value(place, reader, resource, "")
    if own is not None or not components:
        rows.append({**common, **coded, **(own or {}), "panel": None})
    for position, part in enumerate(components):
        path = f"component[{position}]"
        if not isinstance(part, dict):
            reader.problems.append(_at(place, path, _other_kind(part, *_NAMES[dict])))
            continue
        named = _concept(place, reader, part.get("code"), f"{path}.code")
        found = _value(place, reader, part, f"{path}.") or {}
        rows.append({**common, **named, **found, "panel": coded["code"]})
    return rows


def _medication(place: _Place, reader: _Reader) -> list[Json]:
    path = "medicationCodeableConcept"
    concept = place.resource.get(path)
    if concept is None:
        drug = _referenced(place, reader, "medicationReference", "Medication")
        concept, path = (None if drug is None else drug.get("code")), "medicationReference"
    return [
        {
            "medication": _identifier(place),
            **_subject(place, reader),
            **_concept(place, reader, concept, path),
            "time": _time(place, reader, "authoredOn"),
            "status": _typed(place, reader, "status", str),
        }
    ]


def _procedure(place: _Place, reader: _Reader) -> list[Json]:
    return [
        {
            "procedure": _identifier(place),
            **_subject(place, reader),
            **_concept(place, reader, place.resource.get("code"), "code"),
            "start": _time(place, reader, "performedDateTime", "performedPeriod.start"),
            "end": _time(place, reader, "performedPeriod.end"),
            "status": _typed(place, reader, "status", str),
        }
    ]


_READERS: Mapping[str, Callable[[_Place, _Reader], list[Json]]] = {
    "Patient": _patient,
    "Encounter": _encounter,
    "Condition": _condition,
    "Observation": _observation,
    "MedicationRequest": _medication,
    "Procedure": _procedure,
}


# --- fields
# ----------------------------------------------------------------------------------------------------


def _kind(place: _Place) -> str:
    return str(place.resource["resourceType"])


def _identifier(place: _Place) -> str:
    return str(place.resource.get("id") or place.full_url.rsplit(":", 1)[-1].rsplit("/", 1)[-1])


def _typed(place: _Place, reader: _Reader, path: str, kind: type) -> Any:
    """The field at a dotted path, None when absent; a wrong type is a problem."""
    value: Any = place.resource
    walked = []
    for name in path.split("."):
        walked.append(name)
        if not isinstance(value, dict):
            reader.problems.append(_at(place, ".".join(walked[:-1]), _other_kind(value, *_NAMES[dict])))
            return None
        value = value.get(name)
        if value is None:
            return None
    if not isinstance(value, kind):
        reader.problems.append(_at(place, path, _other_kind(value, *_NAMES[kind])))
        return None
    return value


def _first(place: _Place, reader: _Reader, *paths: str) -> str | None:
    """The first date or time that is there and valid."""
    for path in paths:
        text: str | None = _typed(place, reader, path, str)
        if text is None:
            continue
        moment = _parsed(text)[0] if _DATE_TIME.fullmatch(text) else None
        if moment is not None and pd.Timestamp.min <= moment.tz_localize(None) <= pd.Timestamp.max:
            return text
        reader.problems.append(_at(place, path, _no_time(text, moment)))
        return None
    return None


def _no_time(text: str, moment: Any) -> str:
    if moment is None:
        return told(
            f"a FHIR date, or a time with its zone, expected, found {text!r}",
            f"FHIR 날짜, 또는 시간대가 붙은 시각이어야 합니다. 받은 값: {text!r}",
        )
    return told(
        f"a time in the years 1678 to 2261 expected, found {text!r}; leave out a time that nobody knows",
        f"1678년부터 2261년까지의 시각이어야 합니다. 받은 값: {text!r}. 알 수 없는 시각은 적지 마십시오",
    )


def _time(place: _Place, reader: _Reader, *paths: str) -> pd.Timestamp | None:
    text = _first(place, reader, *paths)
    return None if text is None else _parsed(text)[0]


def _parsed(text: str) -> tuple[Any, str]:
    """A FHIR dateTime as UTC, and how precise it is; None for a day that does not exist (30 February)."""
    precision = {4: "year", 7: "month", 10: "day"}.get(len(text), "second")
    try:
        moment = pd.Timestamp(text)
    except ValueError:
        return None, precision
    return (moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")), precision


def _subject(place: _Place, reader: _Reader) -> dict[str, str | None]:
    return {
        "patient": _reference(place, reader, "subject", "Patient"),
        "encounter": _reference(place, reader, "encounter", "Encounter"),
    }


def _reference(place: _Place, reader: _Reader, name: str, kind: str) -> str | None:
    """The identifier of the resource that a reference leads to."""
    target = _referenced(place, reader, name, kind)
    return None if target is None else str(target["id"])


def _referenced(place: _Place, reader: _Reader, name: str, kind: str) -> Json | None:
    """The resource that a reference leads to, with its id; what leads nowhere is listed, not guessed."""
    path = f"{name}.reference"
    text: str | None = _typed(place, reader, path, str)
    if text is None:
        if isinstance(named := place.resource.get(name), dict):  # by an identifier, or in words
            _list_unresolved(place, reader, name, json.dumps(named, ensure_ascii=False))
        return None
    if text.startswith("#"):
        for part in _typed(place, reader, "contained", list) or []:
            if isinstance(part, dict) and part.get("id") == text[1:] and part.get("resourceType") == kind:
                return part
    plain = text.split("/_history/")[0]
    target = reader.targets.get(plain) or reader.targets.get("/".join(plain.split("/")[-2:]))
    if target is not None and _kind(target) == kind:
        return {**target.resource, "id": _identifier(target)}
    _list_unresolved(place, reader, path, text)
    return None


def _list_unresolved(place: _Place, reader: _Reader, path: str, reference: str) -> None:
    reader.unresolved.append(
        {
            "resource": f"{_kind(place)}/{_identifier(place)}",
            "path": f"{place.path}.{path}",
            "reference": reference,
            "file": place.file,
        }
    )


def _concept(place: _Place, reader: _Reader, concept: Any, path: str) -> dict[str, str | None]:
    """Code, system and name of a CodeableConcept, from its first coding; its text when no coding names it."""
    nothing: dict[str, str | None] = {"code": None, "system": None, "display": None}
    if concept is None:
        return nothing
    if not isinstance(concept, dict):
        reader.problems.append(_at(place, path, _other_kind(concept, "a CodeableConcept", "CodeableConcept")))
        return nothing
    codings = concept.get("coding") or [{}]
    if not isinstance(codings, list):
        reader.problems.append(
            _at(place, f"{path}.coding", _other_kind(codings, "a list of codings", "Coding의 배열"))
        )
        return nothing
    first = codings[0]
    if not isinstance(first, dict):
        reader.problems.append(_at(place, f"{path}.coding[0]", _other_kind(first, "a Coding", "Coding")))
        return nothing
    return {
        "code": first.get("code"),
        "system": first.get("system"),
        "display": first.get("display") or concept.get("text"),
    }


def _value(place: _Place, reader: _Reader, holder: Json, path: str) -> Json | None:
    """A value[x]: numbers with their unit in `value`, all else in `text`; None when there is neither."""
    reason = holder.get("dataAbsentReason")
    values = (key for key in holder if key.startswith("value") and len(key) > 5)
    name = next((key for key in values if holder[key] is not None), None)
    if name is None:
        if reason is None:
            return None
        return {"absent": _concept(place, reader, reason, f"{path}dataAbsentReason")["code"]}
    found = holder[name]
    if name == "valueQuantity":
        return _quantity(place, reader, found, f"{path}{name}")
    if name == "valueCodeableConcept":
        coded = _concept(place, reader, found, f"{path}{name}")
        return {"text": coded["display"] or coded["code"]}
    if name == "valueInteger":
        return {"value": _number(place, reader, found, f"{path}{name}")}
    return {"text": found if isinstance(found, str) else json.dumps(found)}


def _quantity(place: _Place, reader: _Reader, quantity: Any, path: str) -> Json:
    if not isinstance(quantity, dict):
        reader.problems.append(_at(place, path, _other_kind(quantity, "a Quantity", "Quantity")))
        return {}
    return {
        "value": _number(place, reader, quantity.get("value"), f"{path}.value"),
        "unit": quantity.get("unit") or quantity.get("code"),
        "comparator": quantity.get("comparator"),
    }


def _number(place: _Place, reader: _Reader, value: Any, path: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        reader.problems.append(_at(place, path, f"{_other_kind(value, *_NAMES[float])} {value!r}"))
        return None
    return float(value)


_NAMES = {
    str: ("text", "문자열"),
    dict: ("an object", "객체"),
    list: ("a list", "배열"),
    int: ("a number", "숫자"),
    float: ("a number", "숫자"),
    bool: ("true or false", "참·거짓"),
}


def _other_kind(value: Any, en: str, ko: str) -> str:
    """Say that another kind of value was expected, in both languages, and which was found."""
    found_en, found_ko = _NAMES.get(type(value), ("null", "null"))
    return told(f"{en} expected, found {found_en}", f"필요한 값: {ko}, 받은 값: {found_ko}")


def _at(place: _Place, path: str, text: str) -> str:
    return f"{place.file}: {place.path}.{path}: {text}"


def _raise_problems(problems: Sequence[str]) -> None:
    if not problems:
        return
    problems = list(dict.fromkeys(problems))  # both ends of a period find it to be no period
    left = len(problems) - _SHOWN
    more = told(f"\n… and {left} more", f"\n… 그 밖에 {left}건") if left > 0 else ""
    raise FormatError("\n".join(problems[:_SHOWN]) + more)


def _frame(rows: Sequence[Json], columns: Sequence[str]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(columns))
    for name in columns:
        if name in _TIMES:
            table[name] = pd.to_datetime(table[name], utc=True).astype("datetime64[ns, UTC]")
        elif name == "value":
            table[name] = table[name].astype(float)
        elif name == "deceased":
            table[name] = table[name].astype("boolean")
        else:
            table[name] = table[name].astype(object)
    return table
