"""The globals of setup and check cells: the judge's own names, and the learner's by asking."""

from typing import Any

from .line import Line

__all__ = ["CheckNames"]


class CheckNames(dict[str, Any]):
    """The globals of setup and check cells; a missing name that is the learner's is asked for."""

    def __init__(self, line: Line, own: dict[str, Any]) -> None:
        super().__init__(own)
        self._line = line
        self._learners: set[str] = set()

    def hand_over(self, names: list[str]) -> None:
        """From here on these names are the learner's, until a check or setup cell binds them again."""
        for name in names:
            self.pop(name, None)
        self._learners.update(names)

    def __missing__(self, name: str) -> Any:
        if name in self._learners:
            return self._line.name(name)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        return name in self._learners and bool(self._line.ask("has", name))

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, as ``globals().get(name)`` asks for it."""
        return self[name] if name in self else default  # noqa: SIM401  (it is this very method)
