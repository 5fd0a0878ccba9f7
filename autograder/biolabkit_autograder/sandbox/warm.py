"""What the zygote does before the first fork: imports, and the first uses that are slow."""

import importlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import ModuleType

__all__ = ["ENVIRONMENT", "load", "reseed", "settle", "threads"]

# Numeric libraries start their threads when they load; a process with threads does not fork cleanly.
ENVIRONMENT = {
    **{
        f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM", "BLIS")
    },
    "MPLBACKEND": "Agg",
    # the same order of sets in every run, so that grading twice gives the same outputs
    "PYTHONHASHSEED": "0",
}


def load(modules: Iterable[str]) -> dict[str, str]:
    """Import modules and use some of them once.

    Returns
    -------
    dict of str to str
        The modules that cannot be imported, and why; the others are loaded all the same.
    """
    missing: dict[str, str] = {}
    for name in modules:
        try:
            _use_every_name(importlib.import_module(name))
        except BaseException as error:  # a broken package may even call sys.exit
            missing[name] = traceback.format_exception_only(error)[-1].strip()
    if "matplotlib" in sys.modules:
        _draw()
    if "torch" in sys.modules:
        _one_thread()
    return missing


def _use_every_name(module: ModuleType) -> None:
    """Some packages import their parts when a name is first asked for (PEP 562): not in every box again."""
    for name in getattr(module, "__all__", ()):
        with suppress(Exception):  # a part that is not installed is missed by those who need it
            getattr(module, name)


def _draw() -> None:
    """Draw once: the list of fonts is read, and the Agg backend and the PNG writer are loaded."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    FigureCanvasAgg(figure)
    figure.subplots().set_title("0")
    figure.savefig(io.BytesIO(), format="png")


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)


def settle() -> None:
    """Bring this process into the state that every box begins with."""
    os.umask(0o022)
    # Python itself ignores these two, and expects that
    ignored = {signal.SIGPIPE, signal.SIGXFSZ}
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.environ.clear()
    os.environ.update(
        ENVIRONMENT
        | {
            "BIOLABKIT_OFFLINE": "1",
            "LANG": "C.UTF-8",
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "USER": "learner",
        }
    )


def reseed() -> None:
    """Change the state of random numbers, before each fork: no box can foretell those of another one.

    Python's own `random` does so by itself.
    """
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


def threads() -> int:
    """Count this process's threads; 0 where the system does not tell."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208  (a count of names)
    except OSError:
        return 0
