"""A released notebook in the hands of an attacker: what a learner could do to it with an editor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from textwrap import dedent
from typing import Any

__all__ = ["FULL_POINTS", "HONEST_POINTS", "Submitted", "Targets"]

#: What the checks of the target exercise are worth together, its essay left out.
FULL_POINTS = 17.0
#: The last task is answered honestly by every attack that does not say otherwise.
HONEST_POINTS = 2.0
HONEST_TASK = "gc_share"

_ANSWERS = {
    "reverse_complement": """
        def reverse_complement(sequence):
            if set(sequence) - set("ACGT"):
                raise ValueError("not a DNA sequence")
            return sequence.translate(str.maketrans("ACGT", "TGCA"))[::-1]
        """,
    "error_probability": """
        def error_probability(quality):
            return 10.0 ** (-np.asarray(quality, dtype=float) / 10)
        """,
    "mean_depth": """
        def mean_depth(table):
            return table.groupby("chrom", as_index=False)["depth"].mean()
        """,
    "base_counter": """
        class BaseCounter:
            def __init__(self):
                self.text = ""
            def add(self, sequence):
                self.text += sequence
            def share(self, base):
                return self.text.count(base) / len(self.text)
            def __len__(self):
                return len(self.text)
        """,
    "start_codons": 'start_codons = ["ATG", "GTG", "TTG"]',
    "gc_share": """
        def gc_share(sequence):
            return sum(base in "GC" for base in sequence) / len(sequence)
        """,
}
_ESSAY = "The copies of a cluster fall out of step."

#: Given to attacks that try several ways out: what succeeds is said with a word that the test looks for.
_ATTEMPT = '''
def attempt(name, action):
    """Try one way out of the sandbox."""
    try:
        got = action()
    except BaseException as error:
        print("denied:", name, type(error).__name__)
    else:
        print("ESCAPED:", name, repr(got)[:50_000])
'''


@dataclass(frozen=True)
class Targets:
    """What an attack aims at; made by the test, all of it below its own temporary folder or on loopback.

    Attributes
    ----------
    course, gradebook, source, neighbour, evidence : str
        The course's folder; its gradebook, instructor's notebook (the answer key), and another learner's
        submission and evidence.
    exercises : str
        The folder of the exercise's sources.
    home, packages : str
        The grader's home folder and its site-packages.
    variable : str
        An environment variable of the grader that holds a secret.
    port, udp_port : int
        Loopback listeners that nobody may reach.
    abstract, socket, datagrams : str
        Unix sockets, the first in the abstract namespace, the last for datagrams; there is one more for them
        in the abstract namespace, called like the first with ``-datagrams`` behind.
    pids : tuple of int
        Processes of the grader; the first notes when it gets SIGUSR2.
    """

    course: str
    gradebook: str
    source: str
    neighbour: str
    evidence: str
    exercises: str
    home: str
    packages: str
    variable: str
    port: int
    udp_port: int
    abstract: str
    socket: str
    datagrams: str
    pids: tuple[int, ...]


class Submitted:
    """A notebook that will be handed in.

    Parameters
    ----------
    released : bytes
        The notebook as it was released.
    targets : Targets
        What attacks aim at.

    Attributes
    ----------
    content : dict
        The notebook as JSON; attacks may change all of it.
    """

    def __init__(self, released: bytes, targets: Targets) -> None:
        self.content: dict[str, Any] = json.loads(released)
        self.targets = targets
        self.write(HONEST_TASK, _ANSWERS[HONEST_TASK])

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Its cells."""
        cells: list[dict[str, Any]] = self.content["cells"]
        return cells

    def cell(self, grade_id: str) -> dict[str, Any]:
        """The cell that nbgrader knows by a name."""
        return next(cell for cell in self.cells if marks(cell).get("grade_id") == grade_id)

    def checks(self) -> list[dict[str, Any]]:
        """The check cells."""
        return [cell for cell in self.cells if cell["cell_type"] == "code" and marks(cell).get("grade")]

    def write(self, grade_id: str, code: str) -> None:
        """Write into an answer cell."""
        self.cell(grade_id)["source"] = dedent(code).strip("\n")

    def write_essay(self, text: str) -> None:
        """Answer the written question."""
        self.cell("essay-why")["source"] = text

    def solve(self) -> None:
        """Answer every task honestly."""
        for name, code in _ANSWERS.items():
            self.write(name, code)
        self.write_essay(_ESSAY)

    def code(self, code: str) -> None:
        """Put code in the place of all answers but the honest one: the first has it, the others are empty."""
        for name in _ANSWERS:
            if name != HONEST_TASK:
                self.write(name, "")
        self.write("reverse_complement", code)

    def honest_answer_first(self) -> None:
        """Move the honest answer to the top of the first answer cell, before what the code there breaks."""
        first = self.cell("reverse_complement")
        first["source"] = dedent(_ANSWERS[HONEST_TASK]).strip("\n") + "\n" + first["source"]
        self.write(HONEST_TASK, "")

    def break_out(self, code: str) -> None:
        """The same, with `TARGETS` and `attempt` defined before it."""
        text = dedent(code).strip("\n")
        self.code(f"TARGETS = {asdict(self.targets)!r}\n{_ATTEMPT}\n{text}")

    def add_code(self, code: str, *, at: int | None = None, **metadata: Any) -> None:
        """Add a code cell, at the end or before the cell with this position."""
        self._add({"cell_type": "code", "outputs": [], "execution_count": None}, code, at, metadata)

    def add_markdown(self, text: str, *, at: int | None = None) -> None:
        """Add a cell of prose."""
        self._add({"cell_type": "markdown"}, text, at, {})

    def _add(self, cell: dict[str, Any], text: str, at: int | None, metadata: Mapping[str, Any]) -> None:
        place = len(self.cells) if at is None else at
        made = {**cell, "id": f"added-by-hand-{len(self.cells)}", "metadata": dict(metadata)}
        self.cells.insert(place, {**made, "source": dedent(text).strip("\n")})

    def to_bytes(self) -> bytes:
        """The file."""
        return json.dumps(self.content).encode()


def marks(cell: dict[str, Any]) -> dict[str, Any]:
    """What nbgrader's metadata say about a cell."""
    found = cell["metadata"].get("nbgrader", {})
    return found if isinstance(found, dict) else {}
