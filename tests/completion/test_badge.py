"""The badge against the structure that Open Badges 3.0 asks for."""

import hashlib
import json
import re
from datetime import date

import jsonschema
import pytest

from biolabkit_autograder.completion.badge import badge
from biolabkit_autograder.completion.standing import standings
from biolabkit_autograder.completion.transcript import Transcript
from biolabkit_autograder.course import open_course

from .conftest import NOW


def of(kind, required, **properties):
    """An object of the specification: its type, what it must have, and what it may."""
    named = {"type": {"type": "array", "contains": {"const": kind}}} if kind else {}
    return {"type": "object", "required": [*required], "properties": {**named, **properties}}


URI = {"type": "string", "pattern": r"^(https?://|urn:uuid:[0-9a-f-]{36}$)"}
TEXT = {"type": "string", "minLength": 1}
DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
PROFILE = of("Profile", ("id", "type"), id=URI, name=TEXT, url=URI)
IDENTITY = {
    **of(None, ("type", "hashed", "identityHash", "identityType")),
    "additionalProperties": False,
    "properties": {
        "type": {"const": "IdentityObject"},
        "hashed": {"type": "boolean"},
        "identityHash": {"type": "string"},
        "identityType": {"enum": ["emailAddress", "identifier"]},  # of the enumeration, those in use here
        "salt": TEXT,
    },
}
ALIGNMENT = of(
    "Alignment",
    ("type", "targetName", "targetUrl"),
    targetUrl=URI,
    targetType={"enum": ["ceasn:Competency", "ceterms:Credential", "CFItem", "CFRubric", "CTDL"]},
)
RESULT_DESCRIPTION = of("ResultDescription", ("id", "type", "name", "resultType"), id=URI, name=TEXT)
ACHIEVEMENT = of(
    "Achievement",
    ("id", "type", "criteria", "description", "name"),
    id=URI,
    name=TEXT,
    description=TEXT,
    achievementType={"const": "CertificateOfCompletion"},
    criteria=of(None, ("narrative",), narrative=TEXT),
    alignment={"type": "array", "items": ALIGNMENT, "minItems": 1},
    resultDescription={"type": "array", "items": RESULT_DESCRIPTION},
)
SUBJECT = {
    **of(
        "AchievementSubject",
        ("type", "achievement", "identifier"),
        achievement=ACHIEVEMENT,
        identifier={"type": "array", "items": IDENTITY, "minItems": 1},
        result={"type": "array", "items": of("Result", ("type",), value={"type": "string"})},
    ),
    "additionalProperties": False,
}
CREDENTIAL = of(
    "OpenBadgeCredential",
    ("@context", "id", "type", "name", "credentialSubject", "issuer", "validFrom"),
    id=URI,
    name=TEXT,
    validFrom=DATE,
    issuer=PROFILE,
    credentialSubject=SUBJECT,
    evidence={"type": "array", "items": of("Evidence", ("type",))},
)


@pytest.fixture
def kim(course, give):
    give("kim", 1.0, 2.0, 1.5)
    return Transcript(course, standings(course, NOW)[0], date(2026, 12, 2))


def test_the_structure_of_the_specification(kim):
    made = badge(kim, kim.course.spec.completion.issuer)
    jsonschema.validate(made, CREDENTIAL)
    assert made["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert re.fullmatch(r"https://purl.imsglobal.org/spec/ob/v3p0/context-3[\d.]+json", made["@context"][1])
    assert "VerifiableCredential" in made["type"]
    assert made["validFrom"] == "2026-12-01T15:00:00Z", "midnight in Seoul"
    assert "proof" not in made, "nobody has signed it"
    linked = made["credentialSubject"]["achievement"]["resultDescription"][0]["id"]
    assert made["credentialSubject"]["result"] == [
        {"type": ["Result"], "resultDescription": linked, "value": "90"}
    ]


def test_the_learner_is_named_by_a_salted_hash(kim):
    made = badge(kim, kim.course.spec.completion.issuer)
    (who,) = made["credentialSubject"]["identifier"]
    expected = hashlib.sha256(f"kim@example.org{who['salt']}".encode()).hexdigest()
    assert who["identityHash"] == f"sha256${expected}"
    assert who["identityType"] == "emailAddress"
    text = json.dumps(made, ensure_ascii=False)
    assert "김하늘" not in text
    assert "kim@" not in text


def test_a_learner_without_an_address_is_named_by_their_id(kim):
    (kim.course.folder / "roster.csv").write_text("id,name\nkim,Kim\n", encoding="utf-8")
    course = open_course(kim.course.folder)
    made = badge(Transcript(course, standings(course, NOW)[0], kim.issued), course.spec.completion.issuer)
    jsonschema.validate(made, CREDENTIAL)
    (who,) = made["credentialSubject"]["identifier"]
    assert who["identityType"] == "identifier"
    assert who["identityHash"].endswith(hashlib.sha256(f"kim{who['salt']}".encode()).hexdigest())


def test_what_it_takes_is_said_in_the_course_s_language(kim):
    achievement = badge(kim, kim.course.spec.completion.issuer)["credentialSubject"]["achievement"]
    assert achievement["criteria"]["narrative"] == (
        "전체 점수의 60% 이상, genome 트랙 점수의 50% 이상, 출석률 80% 이상."
    )
    assert achievement["name"] == "GC 함량 과정"
