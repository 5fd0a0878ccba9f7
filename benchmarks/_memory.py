"""Peak memory of a command with all its processes: the sum of proportional set sizes, sampled."""

import subprocess
import threading
from collections import defaultdict
from pathlib import Path

import psutil

__all__ = ["PeakMemory"]

_EVERY_SECONDS = 0.05


class PeakMemory:
    """Watches a process and everything below it while the block runs.

    Attributes
    ----------
    total : float
        MiB at the sample with the largest sum.
    parts : dict of str to float
        The same sample by kind of process.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.total = 0.0
        self.parts: dict[str, float] = {}
        self._root = psutil.Process(process.pid)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY_SECONDS):
            parts: dict[str, float] = defaultdict(float)
            for process, kind in self._processes():
                parts[kind] += _pss(process.pid)
            if sum(parts.values()) > self.total:
                self.total, self.parts = sum(parts.values()), dict(parts)

    def _processes(self) -> list[tuple[psutil.Process, str]]:
        try:
            below = self._root.children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [(self._root, "command"), *((one, self._kind(one)) for one in below)]

    def _kind(self, process: psutil.Process) -> str:
        """The command's child is the zygote's waiter, whose child is the zygote, whose children are boxes."""
        depth = 0
        try:
            while process.pid != self._root.pid and depth < 3:
                process = process.parent() or self._root
                depth += 1
        except psutil.NoSuchProcess:
            return "boxes"
        return ("command", "zygote", "zygote", "boxes")[depth]


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
