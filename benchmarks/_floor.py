"""The floor: what the cells of all submissions cost with imports warm, and nothing else.

Run as ``python _floor.py COHORT.json WORKERS all|own``. One process imports what the exercise imports and
forks one warm process per core; each takes the next submission, forks, and the fork runs the notebook's code
cells in IPython with inline figures. No sandbox, no judge, no outputs kept, nothing stored. ``own`` leaves
the check cells out, which call the learners' functions. Prints JSON: wall and CPU seconds of the run without
its imports, and the seconds of each submission's cells.
"""

import importlib
import json
import os
import resource
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

#: What every notebook loads sooner or later.
_ALSO = (
    "biolabkit.check",
    "biolabkit.check.html",
    "matplotlib.pyplot",
    "numpy.random",
    "pandas",
    "IPython.core.completer",
    "IPython.core.pylabtools",
    "IPython.display",
)
_NUMBER = struct.Struct("<I")
_RESULT = struct.Struct("<Id")


def main() -> None:
    cohort = json.loads(Path(sys.argv[1]).read_text())
    workers, which = int(sys.argv[2]), sys.argv[3]
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ.update(BIOLABKIT_OFFLINE="1", BIOLAB_LANGUAGE="en", MPLBACKEND="agg")
    shell = warm_up(cohort["imports"])

    todo, todo_end = os.pipe()
    results, results_end = os.pipe()
    began = time.perf_counter()
    pids = [
        fork(lambda: work(todo, todo_end, results_end, cohort["learners"], which, shell))
        for _ in range(workers)
    ]
    os.close(todo)
    os.close(results_end)
    for number in range(len(cohort["learners"])):
        os.write(todo_end, _NUMBER.pack(number))
    os.close(todo_end)
    seconds = {}
    while answer := os.read(results, _RESULT.size):
        number, spent = _RESULT.unpack(answer)
        seconds[cohort["learners"][number]["learner"]] = spent
    failed = [pid for pid in pids if os.waitpid(pid, 0)[1]]
    if failed or len(seconds) != len(cohort["learners"]):
        sys.exit("a submission could not be run")
    wall = time.perf_counter() - began
    print(json.dumps({"wall": wall, "cpu": children_cpu(), "seconds": seconds}))


def children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def warm_up(imports: list[str]) -> Any:
    """Import what the exercise needs, make a shell, draw a figure."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    for name in (*imports, *_ALSO):
        importlib.import_module(name)
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    shell.enable_gui = lambda *_: None
    shell.run_line_magic("matplotlib", "inline")
    run(shell, "import matplotlib.pyplot as plt\nplt.plot([0, 1])")
    shell.reset(new_session=False)
    return shell


def work(
    todo: int, todo_end: int, results: int, learners: list[dict[str, Any]], which: str, shell: Any
) -> None:
    os.close(todo_end)
    os.chdir(tempfile.mkdtemp(prefix="biolab-floor-"))
    while number := os.read(todo, _NUMBER.size):
        one = learners[_NUMBER.unpack(number)[0]]
        pid = fork(lambda: report(results, number, run_all(shell, one, which)))  # noqa: B023  called at once
        if os.waitpid(pid, 0)[1]:
            os._exit(1)


def report(results: int, number: bytes, seconds: float) -> None:
    os.write(results, _RESULT.pack(_NUMBER.unpack(number)[0], seconds))


def run_all(shell: Any, one: dict[str, Any], which: str) -> float:
    os.environ["BIOLAB_LEARNER"] = one["learner"]
    began = time.perf_counter()
    for cell in one["cells"]:
        if which == "all" or not cell["check"]:
            run(shell, cell["source"])
    return time.perf_counter() - began


def run(shell: Any, source: str) -> None:
    """Run a cell; a wrong answer's error is no matter."""
    from IPython.utils.capture import capture_output

    with capture_output():
        shell.run_cell(source)


def fork(action: Any) -> int:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            action()
            status = 0
        finally:
            os._exit(status)
    return pid


if __name__ == "__main__":
    main()
