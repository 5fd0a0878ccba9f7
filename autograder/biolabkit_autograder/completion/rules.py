"""``[completion]`` of ``course.toml``: what completes a course, and who says so."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field, TypeAdapter

__all__ = ["CompletionSpec", "IssuerSpec", "track_of"]

Percent = Annotated[float, Field(ge=0, le=100)]


def track_of(exercise: str) -> str:
    """The track of an exercise, which its name begins with: ``genome`` of ``genome-01-sequences``."""
    return exercise.partition("-")[0]


def _url(text: str) -> str:
    TypeAdapter(AnyHttpUrl).validate_python(text)
    return text


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Table):
    """A name in both languages."""

    en: str = Field(min_length=1)
    ko: str = Field(min_length=1)

    def __getitem__(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


class IssuerSpec(_Table):
    """Who issues certificates and badges.

    Attributes
    ----------
    name : Bilingual
        The institution.
    signatory : Bilingual, optional
        Who signs, for example a dean; stands below the line for the signature.
    url : str, optional
        The institution's page, which identifies it in badges; without it there are no badges.
    """

    name: Bilingual
    signatory: Bilingual | None = None
    url: Annotated[str, AfterValidator(_url)] | None = None


class CompletionSpec(_Table):
    """What completes a course; every rule that is given must be kept.

    Attributes
    ----------
    percent : float
        Of all points, weighted as in the export.
    tracks : dict of str to float
        Per cent of the points of a track.
    attendance_percent : float, optional
        Of the sessions held.
    attendance : str
        The file of attendance, seen from ``course.toml``.
    late_counts : float
        What a session counts to which somebody came late or left early, from 0 to 1.
    hours : float, optional
        Length of the course, for the certificate.
    issuer : IssuerSpec, optional
        Who issues certificates; without it there are none.
    """

    percent: Percent
    tracks: dict[str, Percent] = {}
    attendance_percent: Percent | None = None
    attendance: str = "attendance.csv"
    late_counts: float = Field(default=1.0, ge=0, le=1)
    hours: float | None = Field(default=None, gt=0)
    issuer: IssuerSpec | None = None
