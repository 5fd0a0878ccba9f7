"""Group `malformed`: files that are no notebook, or not the one that was released.

What can be repaired keeps its points; what cannot is refused with one line that the learner reads.
"""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path

from .notebook import FULL_POINTS, Submitted, marks
from .points import NOTHING
from .registry import attack, file_attack

__all__: list[str] = []


# --------------------------------------------------------------------------------------- no notebook


@file_attack("malformed", "The file ends in the middle.")
def truncated_json(path: Path, notebook: Submitted) -> None:
    data = notebook.to_bytes()
    path.write_bytes(data[: len(data) // 2])


@file_attack("malformed", "The file is empty.")
def empty_file(path: Path, _: Submitted) -> None:
    path.write_bytes(b"")


@file_attack("malformed", "200 MB, most of them a hole.")
def huge_file(path: Path, notebook: Submitted) -> None:
    with path.open("wb") as stream:
        stream.write(notebook.to_bytes())
        stream.truncate(200 * 2**20)


@file_attack("malformed", "Text that is no JSON.")
def not_json(path: Path, _: Submitted) -> None:
    path.write_text("def reverse_complement(sequence):\n    ...\n")


@file_attack("malformed", "A picture that is called .ipynb.")
def picture(path: Path, _: Submitted) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


@file_attack("malformed", "JSON that is no notebook.")
def other_json(path: Path, _: Submitted) -> None:
    path.write_text('[{"cells": "none"}]')


@file_attack("malformed", "A notebook of format 3.")
def old_format(path: Path, _: Submitted) -> None:
    cells = [{"cell_type": "code", "input": "x = 1", "language": "python", "outputs": [], "metadata": {}}]
    worksheets = [{"cells": cells, "metadata": {}}]
    path.write_text(
        json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": worksheets})
    )


@file_attack("malformed", "The number of the format has a second line and moves the terminal's cursor.")
def format_with_lines(path: Path, notebook: Submitted) -> None:
    notebook.content["nbformat"] = "3\nkim: 16 of 16 points\r\x1b[2J"
    path.write_bytes(notebook.to_bytes())


@file_attack("malformed", "NaN and Infinity, which Python reads and JSON does not know.")
def not_a_number_in_json(path: Path, notebook: Submitted) -> None:
    notebook.content["metadata"]["score"] = [float("nan"), float("inf")]
    path.write_bytes(notebook.to_bytes())


@file_attack("malformed", "100,000 lists, each in the one before.")
def deep_nesting(path: Path, _: Submitted) -> None:
    path.write_bytes(b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@file_attack("malformed", "A number of a million digits.")
def long_number(path: Path, _: Submitted) -> None:
    path.write_bytes(b'{"nbformat": 4, "nbformat_minor": ' + b"9" * 1_000_000 + b', "cells": []}')


@file_attack("malformed", "Bytes that are no UTF-8.")
def other_encoding(path: Path, notebook: Submitted) -> None:
    path.write_bytes(notebook.to_bytes().replace(b"reverse", "역상보".encode("cp949")))


@file_attack("malformed", "100,000 cells.")
def many_cells(path: Path, notebook: Submitted) -> None:
    cell: dict[str, object] = {
        "cell_type": "code",
        "source": "x",
        "metadata": {},
        "outputs": list[str](),
        "execution_count": None,
    }
    notebook.content["cells"] = [cell] * 100_000
    path.write_bytes(notebook.to_bytes())


@file_attack("malformed", "19 MB of empty objects, which take 450 MB once they are read.")
def small_parts(path: Path, _: Submitted) -> None:
    path.write_bytes(b'{"nbformat": 4, "cells": [' + b"{}," * 6_500_000 + b"{}]}")


@file_attack("malformed", "Cells that are numbers, texts and nothing.")
def cells_that_are_none(path: Path, notebook: Submitted) -> None:
    notebook.content["cells"] = [1, "x", None, []]
    path.write_bytes(notebook.to_bytes())


@file_attack("malformed", "A cell whose source is a number.")
def source_that_is_a_number(path: Path, notebook: Submitted) -> None:
    notebook.cell("gc_share")["source"] = 7
    path.write_bytes(notebook.to_bytes())


@file_attack("malformed", "A symbolic link to another learner's notebook.")
def link_to_a_neighbour(path: Path, notebook: Submitted) -> None:
    path.symlink_to(notebook.targets.neighbour)


@file_attack("malformed", "A symbolic link to the answer key.")
def link_to_the_answers(path: Path, notebook: Submitted) -> None:
    path.symlink_to(notebook.targets.source)


@file_attack("malformed", "A symbolic link to itself.")
def link_to_itself(path: Path, _: Submitted) -> None:
    path.symlink_to(path.name)


@file_attack("malformed", "A symbolic link to a device that never ends.")
def link_to_a_device(path: Path, _: Submitted) -> None:
    path.symlink_to("/dev/zero")


@file_attack("malformed", "The folder around the notebook is a link to another learner's.")
def linked_folder(path: Path, notebook: Submitted) -> None:
    path.parent.rmdir()
    path.parent.symlink_to(Path(notebook.targets.neighbour).parent)


@file_attack("malformed", "A named pipe: whoever opens it waits for ever.")
def pipe(path: Path, _: Submitted) -> None:
    os.mkfifo(path)


@file_attack("malformed", "A folder that is called like the notebook.")
def folder(path: Path, notebook: Submitted) -> None:
    path.mkdir()
    (path / path.name).write_bytes(notebook.to_bytes())


@file_attack("malformed", "The time stamp beside the notebook is a named pipe.", earns=FULL_POINTS)
def time_stamp_that_is_a_pipe(path: Path, notebook: Submitted) -> None:
    notebook.solve()
    path.write_bytes(notebook.to_bytes())
    os.mkfifo(path.with_name("timestamp.txt"))


@file_attack("malformed", "The time stamp beside the notebook never ends.", earns=FULL_POINTS)
def endless_time_stamp(path: Path, notebook: Submitted) -> None:
    notebook.solve()
    path.write_bytes(notebook.to_bytes())
    with path.with_name("timestamp.txt").open("wb") as stream:
        stream.truncate(8 << 30)  # a hole: it takes no room on the disk


# ----------------------------------------------------------------------------- what can be understood


@attack("malformed", "An honest notebook without any metadata.", earns=FULL_POINTS)
def no_metadata(notebook: Submitted) -> None:
    notebook.solve()
    notebook.content["metadata"] = {}
    for cell in notebook.cells:
        cell["metadata"] = {}


@attack("malformed", "An honest notebook whose metadata are of all the wrong types.", earns=FULL_POINTS)
def wrong_metadata(notebook: Submitted) -> None:
    notebook.solve()
    notebook.content["metadata"] = [1, 2]
    for number, cell in enumerate(notebook.cells):
        cell["metadata"] = [None, 3, "x", [], {"nbgrader": "yes"}, {"nbgrader": {"grade_id": 7}}][number % 6]


@attack("malformed", "An honest notebook of which every check cell is there twice.", earns=FULL_POINTS)
def duplicated_checks(notebook: Submitted) -> None:
    notebook.solve()
    for cell in notebook.checks():
        notebook.cells.append(copy.deepcopy(cell))


@attack(
    "malformed", "The honest answer cells are there twice, as copy and paste makes them.", earns=FULL_POINTS
)
def duplicated_answers(notebook: Submitted) -> None:
    notebook.solve()
    for cell in [cell for cell in notebook.cells if marks(cell).get("solution")]:
        notebook.cells.append(copy.deepcopy(cell))


@attack("malformed", "An honest notebook without its check and setup cells.", earns=FULL_POINTS)
def deleted_locked_cells(notebook: Submitted) -> None:
    notebook.solve()
    notebook.content["cells"] = [cell for cell in notebook.cells if marks(cell).get("solution")]


@attack("malformed", "A notebook of which most answer cells were deleted.")
def deleted_answers(notebook: Submitted) -> None:
    kept = ("gc_share", "setup")
    notebook.content["cells"] = [cell for cell in notebook.cells if marks(cell).get("grade_id") in kept]


@attack("malformed", "An honest notebook whose cells stand in the opposite order.", earns=FULL_POINTS)
def reversed_cells(notebook: Submitted) -> None:
    notebook.solve()
    notebook.cells.reverse()


@attack("malformed", "An honest notebook in one cell.", earns=FULL_POINTS)
def everything_in_one_cell(notebook: Submitted) -> None:
    notebook.solve()
    answers = [cell for cell in notebook.cells if marks(cell).get("solution") and cell["cell_type"] == "code"]
    answers[0]["source"] = "\n\n".join(cell["source"] for cell in answers)
    notebook.content["cells"] = [answers[0]]


@attack("malformed", "An honest notebook with an unknown kernel and another language.", earns=FULL_POINTS)
def wrong_kernel(notebook: Submitted) -> None:
    notebook.solve()
    notebook.content["metadata"]["kernelspec"] = {"name": "../../evil", "display_name": "R", "language": "R"}
    notebook.content["metadata"]["language_info"] = {"name": "bash", "file_extension": ".sh"}


@attack("malformed", "An honest notebook with lone surrogates, control characters and NUL in its texts.")
def strange_characters(notebook: Submitted) -> None:
    notebook.write("reverse_complement", "def reverse_complement(sequence):\n    return '\ud800\x00'")
    notebook.write("start_codons", "start_codons = ['\udfff', '\u202e', '\x1b[2J']")
    notebook.write_essay("\ud83d without its half, \x00, \x1b[31m and \u202e")
    notebook.add_markdown("\udcff")


@attack("malformed", "Messages, names and lines of errors hold lone surrogates.")
def surrogates_in_errors(notebook: Submitted) -> None:
    notebook.code(
        r"""
def reverse_complement(sequence):
    raise ValueError("\ud800 \x00 \x1b[31m")
def error_probability(quality):
    raise NameError("\udfff", name="\udfff")
def mean_depth(table):
    return pd.DataFrame({"\ud800": ["\ud800"], "depth": [1.0]})
class BaseCounter:
    def add(self, sequence): assert False, "\ud800"
start_codons = ["\ud800"]
print("\ud800", {"\ud800": 1})
"""
    )


@attack(
    "malformed",
    "An honest notebook with attachments, widgets, outputs and unknown fields.",
    earns=FULL_POINTS,
)
def attachments(notebook: Submitted) -> None:
    notebook.solve()
    notebook.content["unknown"] = {"a": [1]}
    notebook.content["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    for cell in notebook.cells:
        cell["attachments"] = {"../../evil.png": {"image/png": "AAAA"}, "x.svg": {"image/svg+xml": "<svg/>"}}
        cell["unknown"] = 1
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "unknown", "data": 5}]
            cell["execution_count"] = "seven"


@attack(
    "malformed",
    "An honest notebook whose cells have ids that are equal, empty, huge or no text.",
    earns=FULL_POINTS,
)
def strange_ids(notebook: Submitted) -> None:
    notebook.solve()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = ["same", "", "x" * 10_000, 5, None, "../../x"][number % 6]


@attack(
    "malformed",
    "An honest notebook saved by an editor: lists of lines, a byte-order mark, CRLF.",
    earns=FULL_POINTS,
)
def other_line_ends(notebook: Submitted) -> None:
    notebook.solve()
    for cell in notebook.cells:
        cell["source"] = [line + "\r\n" for line in "".join(cell["source"]).splitlines()]


@file_attack(
    "malformed", "An honest notebook under another name, with blanks and Korean letters.", earns=FULL_POINTS
)
def renamed_notebook(path: Path, notebook: Submitted) -> None:
    notebook.solve()
    path.with_name("과제 제출 (최종) 진짜 최종.ipynb").write_bytes(notebook.to_bytes())


@file_attack("malformed", "A damaged notebook whose file name has two lines and colours of the terminal.")
def name_with_lines(path: Path, _: Submitted) -> None:
    path.with_name("[bold]\x1b[2Ja\nkim: 16 points.ipynb").write_bytes(b"{")


@attack("malformed", "4,000 added cells.")
def thousands_of_cells(notebook: Submitted) -> None:
    for number in range(4000):
        notebook.add_code(f"x{number} = {number}")


@attack("malformed", "A cell of 5 MB that Python cannot parse, and one nested too deeply for its compiler.")
def code_that_is_none(notebook: Submitted) -> None:
    notebook.code(NOTHING)
    notebook.write("mean_depth", "(" * 3000 + ")" * 3000)
    notebook.write("base_counter", "-" * 100_000 + "1")
    notebook.write("start_codons", "x = '" + "a" * 5_000_000)
