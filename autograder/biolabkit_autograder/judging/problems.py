"""What a learner is told about limits that their submission hit: each once, and not without end."""

from biolabkit_autograder.grading import Limits

from .sentences import sentence

__all__ = ["Problems"]

_MOST_SENTENCES = 50
#: What all cells together may print and display, in cells that print as much as one may.
_FULL_CELLS = 10


class Problems:
    """The sentences about one submission.

    Parameters
    ----------
    limits : Limits
        Which the sentences name.
    language : {"en", "ko"}
        Of the course.

    Attributes
    ----------
    sentences : list of str
        What was told so far.
    all_output_bytes : int
        What all cells together may print and display.
    """

    def __init__(self, limits: Limits, language: str) -> None:
        self._language = language
        self.all_output_bytes = _FULL_CELLS * limits.output_bytes
        self._values = {
            "seconds": limits.seconds_per_cell,
            "total": limits.seconds,
            "memory_mb": limits.memory_mb,
            "disk_mb": limits.disk_mb,
            "output_bytes": limits.output_bytes,
            "all_output_bytes": self.all_output_bytes,
            "processes": limits.processes,
        }
        self._is_full = False
        self.sentences: list[str] = []

    def tell(self, where: str, kind: str, detail: str = "") -> str:
        """Say what happened, once; after very many a last sentence says that there are more."""
        told = self.say(where, kind, detail=detail)
        if told not in self.sentences and len(self.sentences) <= _MOST_SENTENCES:
            is_last = len(self.sentences) == _MOST_SENTENCES
            self.sentences.append(self.say(where, "more") if is_last else told)
        return told

    def tell_cut(self, where: str, *, all_cells: bool) -> str:
        """Say that outputs were dropped; when those of all cells are too many, of the first cell only."""
        if not all_cells:
            return self.tell(where, "output")
        if self._is_full:
            return self.say(where, "all-output")
        self._is_full = True
        return self.tell(where, "all-output")

    def say(self, where: str, kind: str, language: str | None = None, *, detail: str = "") -> str:
        """Word what happened without telling it."""
        return sentence(kind, language or self._language, where=where, detail=detail, **self._values)
