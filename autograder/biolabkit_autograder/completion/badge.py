"""An Open Badges 3.0 credential for a completed course, *not signed*.

The file has the structure of the specification's ``OpenBadgeCredential`` (1EdTech, Open Badges 3.0, with
version 2 of the W3C's Verifiable Credentials data model), and no ``proof``: it says what is claimed, and
proves nothing. It becomes a badge that others can verify when the issuer signs it with their own key, as a
JWT or with a Data Integrity proof, in whatever service they use; no key is kept here, so none is asked for.
Wallets that take only signed badges refuse the file as it is.
"""

from __future__ import annotations

import hashlib
import uuid
import zoneinfo
from datetime import UTC, datetime, time
from typing import Any

from biolabkit_autograder.report.competencies import competency_name

from .phrases import phrase
from .rules import CompletionSpec, IssuerSpec
from .transcript import Transcript

__all__ = ["badge"]

_CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
#: Where the codes are defined: letters by ISCB (Mulder et al. 2018), R1-R6 by Russell et al. 2023.
_FRAMEWORKS = {
    False: ("ISCB competencies", "https://doi.org/10.1371/journal.pcbi.1005772"),
    True: ("Competencies for AI-based tools in health care", "https://doi.org/10.1097/ACM.0000000000004963"),
}


def badge(transcript: Transcript, issuer: IssuerSpec) -> dict[str, Any]:
    """Make the credential of one learner.

    The learner is named by a salted hash of their e-mail address, or of their id where the roster has no
    address, as the specification advises for files that may become public.

    Parameters
    ----------
    transcript : Transcript
        Of a completed course.
    issuer : IssuerSpec
        With a `url`.

    Returns
    -------
    dict
        JSON-LD; the same each time while nothing behind it changes.
    """
    course, language = transcript.course, transcript.course.language
    assert transcript.issued is not None, "only a completed course has a badge"
    assert issuer.url is not None, "a badge names its issuer by a URL"
    zone = zoneinfo.ZoneInfo(course.spec.timezone)
    issued = datetime.combine(transcript.issued, time(), zone).astimezone(UTC)
    profile = {"id": issuer.url, "type": ["Profile"], "name": issuer.name[language], "url": issuer.url}
    title = course.spec.title.ko if language == "ko" else course.spec.title.en
    return {
        "@context": _CONTEXT,
        "id": _urn(issuer.url, course.spec.id, "credential", transcript.standing.learner),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": title,
        "issuer": profile,
        "validFrom": issued.isoformat().replace("+00:00", "Z"),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [_identity(transcript, issuer.url)],
            "achievement": _achievement(transcript, profile, title),
            "result": [
                {
                    "type": ["Result"],
                    "resultDescription": _urn(issuer.url, course.spec.id, "percent"),
                    "value": f"{transcript.standing.percent or 0:g}",
                }
            ],
        },
        "evidence": [
            {
                "type": ["Evidence"],
                "name": work.title,
                "description": work.exercise,
                "narrative": f"SHA-256 {work.record}",
            }
            for work in transcript.standing.works
            if work.record
        ],
    }


def _achievement(transcript: Transcript, profile: dict[str, Any], title: str) -> dict[str, Any]:
    course, language, url = transcript.course, transcript.course.language, profile["id"]
    rules = course.spec.completion
    assert rules is not None, "a transcript is made by rules"
    return {
        "id": _urn(url, course.spec.id),
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": title,
        "description": phrase("badge_description", language, title),
        "criteria": {"narrative": _criteria(rules, language)},
        "creator": profile,
        "inLanguage": language,
        "alignment": [_alignment(one.code, language) for one in transcript.standing.competencies],
        "resultDescription": [
            {
                "id": _urn(url, course.spec.id, "percent"),
                "type": ["ResultDescription"],
                "name": phrase("all_points", language),
                "resultType": "Percent",
                "valueMin": "0",
                "valueMax": "100",
            }
        ],
    }


def _criteria(rules: CompletionSpec, language: str) -> str:
    said = [phrase("criteria_percent", language, rules.percent)]
    said += [phrase("criteria_track", language, needed, track) for track, needed in rules.tracks.items()]
    if rules.attendance_percent is not None:
        said.append(phrase("criteria_attendance", language, rules.attendance_percent))
    return ", ".join(said) + "."


def _alignment(code: str, language: str) -> dict[str, Any]:
    framework, url = _FRAMEWORKS[len(code) > 1]
    return {
        "type": ["Alignment"],
        "targetCode": code,
        "targetName": competency_name(code, language),
        "targetFramework": framework,
        "targetType": "ceasn:Competency",
        "targetUrl": url,
    }


def _identity(transcript: Transcript, url: str) -> dict[str, Any]:
    """Who has the badge, hashed with a salt of their own that a holder can check."""
    standing = transcript.standing
    who, kind = (standing.email, "emailAddress") if standing.email else (standing.learner, "identifier")
    salt = uuid.uuid5(uuid.NAMESPACE_URL, f"{url}#{transcript.course.spec.id}/salt/{standing.learner}").hex
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${hashlib.sha256((who + salt).encode()).hexdigest()}",
        "identityType": kind,
        "salt": salt,
    }


def _urn(url: str, *parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{url}#{'/'.join(parts)}").urn
