"""The card: what one check has to say, in both languages, as plain data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from biolabkit.check.display import one_line
from biolabkit.check.hints import Hint
from biolabkit.check.html import Face, card_html
from biolabkit.check.words import Words, points_text

__all__ = ["MIME_TYPE", "Card"]

MIME_TYPE = "application/vnd.biolabkit.check+json"

#: The label and the symbol of each kind of card.
STATUS = {
    "passed": ("✓", Words("Passed", "통과")),
    "failed": ("✗", Words("Not yet right", "아직 맞지 않습니다")),
    "error": ("✗", Words("Stopped by an error", "오류로 멈췄습니다")),
    "unanswered": ("○", Words("Not answered yet", "아직 답하지 않았습니다")),
}
GOT = Words("Got", "받은 값")
EXPECTED = Words("Expected", "기대한 값")
ERROR = Words("Error", "오류")
HINT = Words("Hint", "힌트")
CHECK_LINE = Words("Check", "검사")
LEARNER_LINE = Words("Your line", "내 코드")


@dataclass(frozen=True)
class Card:
    """The outcome of one check.

    Attributes
    ----------
    check, task : str
        The check as the exercise names it (``"task"`` or ``"task.part"``), and its task.
    points : float or None
        What the check is worth.
    passed : bool
    what_en, what_ko : str
        What was checked.
    got, expected : str or None
        The values, written out short. `expected` is None when it is hidden or there is none.
    hint : Hint or None
        The misconception that explains the value.
    detail_en, detail_ko : str
        What differs, for example "3 of 40 values differ; first at index 7".
    hidden : bool
        Whether the hidden part of the check was reached.
    kind : {"passed", "failed", "error", "unanswered"}
    line : str or None
        The line of code where it happened.
    place : str or None
        Function and line number of `line` in the learner's code, for example ``"gc_content:3"``; None when
        `line` is the check's own.
    """

    check: str = ""
    task: str = ""
    points: float | None = None
    passed: bool = False
    what_en: str = ""
    what_ko: str = ""
    got: str | None = None
    expected: str | None = None
    hint: Hint | None = None
    detail_en: str = ""
    detail_ko: str = ""
    hidden: bool = False
    kind: str = "failed"
    line: str | None = None
    place: str | None = None

    @property
    def what(self) -> Words:
        """What was checked, in both languages."""
        return Words(self.what_en, self.what_ko)

    @property
    def detail(self) -> Words:
        """What differs, in both languages."""
        return Words(self.detail_en, self.detail_ko)

    @property
    def status(self) -> tuple[str, Words]:
        """The symbol and the label of this kind of card."""
        return STATUS.get(self.kind, STATUS["failed"])

    def rows(self) -> list[tuple[Words, str]]:
        """The labelled values of the card, in the order in which they are shown."""
        rows = []
        if self.got is not None:
            rows.append((ERROR if self.kind == "error" else GOT, self.got))
        if self.expected is not None:
            rows.append((EXPECTED, self.expected))
        if self.line is not None:
            code = self.line if self.place is None else f"{self.place}  {self.line}"
            rows.append((CHECK_LINE if self.place is None else LEARNER_LINE, code))
        return rows

    def one_line(self, language: str = "en") -> str:
        """The card in one line, as it stands in the error output of the cell below the card itself."""
        symbol, label = self.status
        name = f"{self.check}: " if self.check else ""
        what = self.what.to(language) or label.to(language)
        error = f" {self.got}" if self.kind == "error" and self.got else ""
        return one_line(f"{symbol} {name}{what}{error}", 220)

    def to_text(self, language: str = "en") -> str:
        """The card as plain text."""
        face = self._face(language)
        lines = [" · ".join(part for part in (face.status, face.check, face.points) if part)]
        lines += [f"  {face.what}"] if face.what else []
        for label, text in face.rows:
            joint = "\n    " if "\n" in text else " "  # what has several lines begins on its own
            lines.append(f"  {label}:{joint}{text.replace(chr(10), joint)}")
        lines += [f"  {face.detail}"] if face.detail else []
        lines += [f"  {face.hint[0]}: {face.hint[1]}"] if face.hint else []
        return "\n".join(lines)

    def to_html(self, language: str = "en") -> str:
        """The card as HTML: inline styles only, everything escaped, no script; see `biolabkit.check.html`."""
        return card_html(self._face(language))

    def _face(self, language: str) -> Face:
        symbol, label = self.status
        hint = None
        if self.hint is not None:
            hint = HINT.to(language), Words(self.hint.en, self.hint.ko).to(language)
        return Face(
            kind=self.kind,
            status=f"{symbol} {label.to(language)}",
            check=self.check,
            points="" if self.points is None else points_text(self.points).to(language),
            what=self.what.to(language),
            rows=[(row.to(language), text) for row, text in self.rows()],
            detail=self.detail.to(language),
            hint=hint,
        )

    def to_dict(self) -> dict[str, Any]:
        """The card as JSON data; the content of the MIME type `MIME_TYPE`."""
        data = asdict(self)
        if self.hint is not None:
            data["hint"] = {"code": self.hint.code, "en": self.hint.en, "ko": self.hint.ko}
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Card":
        """Read a card back; keys of other versions are left out."""
        known = {name: value for name, value in data.items() if name in cls.__dataclass_fields__}
        if known.get("hint") is not None:
            known["hint"] = Hint(**{name: str(known["hint"].get(name, "")) for name in ("code", "en", "ko")})
        return cls(**known)
