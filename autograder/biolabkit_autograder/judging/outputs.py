"""Outputs of one cell in nbformat's form, as they happen, up to a number of bytes."""

import io
from typing import Any

__all__ = ["MOST_OUTPUTS", "OutputStream", "Outputs"]

#: Of one cell.
MOST_OUTPUTS = 2000


class Outputs:
    """Collects the outputs of a cell.

    Parameters
    ----------
    limit : int
        Bytes that are kept; what comes after them, or after so many outputs, is dropped and `cut` is set.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.items: list[dict[str, Any]] = []
        self.cut = False
        self._size, self._most = 0, MOST_OUTPUTS
        self._clear_next = False
        self._displays: dict[str, dict[str, Any]] = {}

    def stream(self, name: str, text: str) -> None:
        """Add printed text; it joins the text before it."""
        text = self._fitting(text)
        if not text:
            return
        self._clear_if_asked()
        last = self.items[-1] if self.items else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        elif self._has_room():
            self.items.append({"output_type": "stream", "name": name, "text": text})

    def display(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any],
        *,
        count: int | None = None,
        identity: Any = None,
        update: bool = False,
    ) -> None:
        """Add displayed data; the value of a cell's last line when it has an execution count.

        With `update` the data take the place of those displayed before with the same `identity`.
        """
        if not self._fits(data):
            return
        if update and identity in self._displays:
            self._displays[identity].update(data=data, metadata=metadata)
            return
        self._clear_if_asked()
        output: dict[str, Any] = {"output_type": "display_data", "data": data, "metadata": metadata}
        if count is not None:
            output = {**output, "output_type": "execute_result", "execution_count": count}
        if not self._has_room():
            return
        self.items.append(output)
        if type(identity) is str:
            self._displays[identity] = output

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """Add an error."""
        self._clear_if_asked()
        self.items.append(
            {
                "output_type": "error",
                "ename": name,
                "evalue": self._fitting(value),
                "traceback": [self._fitting(line) for line in traceback],
            }
        )

    @property
    def has_error(self) -> bool:
        """Whether an error is the last of them."""
        return bool(self.items) and self.items[-1]["output_type"] == "error"

    def clear(self, wait: bool) -> None:
        """Remove all outputs, at once or when the next one comes."""
        self._clear_next = wait
        if not wait:
            self.items.clear()

    def take(self) -> list[dict[str, Any]]:
        """Give the outputs and begin anew."""
        items, self.items = self.items, []
        self._size, self._most, self.cut, self._displays = 0, MOST_OUTPUTS, False, {}
        return items

    def make_room(self, size: int) -> None:
        """Keep two more outputs of together so many bytes, however much came before them."""
        self._size, self._most = min(self._size, self.limit - size), len(self.items) + 2

    def _clear_if_asked(self) -> None:
        if self._clear_next:
            self._clear_next = False
            self.items.clear()

    def _has_room(self) -> bool:
        self.cut = self.cut or len(self.items) >= self._most
        return len(self.items) < self._most

    def _fitting(self, text: str) -> str:
        room = max(self.limit - self._size, 0)
        self.cut = self.cut or len(text) > room
        text = text[:room]
        self._size += len(text)
        return text

    def _fits(self, data: dict[str, Any]) -> bool:
        size = sum(len(value) if isinstance(value, str | bytes) else 1000 for value in data.values())
        if self._size + size > self.limit:
            self.cut = True
            return False
        self._size += size
        return True


class OutputStream(io.TextIOBase):
    """A ``sys.stdout`` or ``sys.stderr`` that writes to `Outputs`."""

    def __init__(self, outputs: Outputs, name: str) -> None:
        self._outputs, self.name = outputs, name

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """UTF-8, as in a notebook."""
        return "utf-8"

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True

    def isatty(self) -> bool:
        """It is no terminal."""
        return False

    def write(self, text: str) -> int:
        """Add text to the outputs."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._outputs.stream(self.name, str(text))
        return len(text)
