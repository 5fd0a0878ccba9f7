"""How a forked process becomes a box: the walls, in the order in which they must go up."""

import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from biolabkit_autograder.sandbox import kernel, landlock, limits, namespaces, seccomp
from biolabkit_autograder.sandbox.paths import DEVICES
from biolabkit_autograder.sandbox.policy import Policy

__all__ = ["CHANNEL", "REPORT", "STATUS", "Site", "close_in"]

# The only descriptors a box has besides 0, 1 and 2, which lead to /dev/null.
CHANNEL, REPORT, STATUS = 3, 4, 5


@dataclass(frozen=True)
class Site:
    """What the zygote knows about the place where its boxes are made.

    Attributes
    ----------
    paths, links : as `paths.resolve` returns them
        What this box may read.
    parent : int
        The zygote's process id as the box sees it.
    mapped : int
        `limits.data_size` of the zygote.
    uid : int or None
        The user to become; None for an ordinary user, who stays.
    scratch : str
        The only folder on this machine that the box may change, without namespaces.
    """

    paths: tuple[str, ...]
    links: Mapping[str, str]
    parent: int
    mapped: int
    uid: int | None
    scratch: str = ""


def close_in(policy: Policy, site: Site) -> None:
    """Put every wall of a policy around this process.

    Raises
    ------
    OSError
        When the kernel refuses one; the process must end then.
    """
    os.setsid()
    os.umask(0o022)
    _default_signals()
    if policy.isolation == "namespaces":
        _with_namespaces(policy, site)
    elif policy.isolation == "landlock":
        _with_landlock(policy, site)
    else:
        _without_walls(policy, site)
    _reseed()


def _with_namespaces(policy: Policy, site: Site) -> None:
    namespaces.enter(site.paths, site.links, policy.limits.disk_mb)
    _clean_environment(policy, namespaces.WORK, namespaces.TEMPORARY)
    rules = landlock.Ruleset() if landlock.version() >= landlock.NEEDED_VERSION else None
    if rules:
        writable = (namespaces.WORK, namespaces.TEMPORARY, namespaces.SHARED_MEMORY)
        rules.allow_reading(["/"])
        rules.allow_writing([*writable, *DEVICES])
    limits.apply(policy.limits, site.mapped)
    if site.uid is not None:
        namespaces.change_user(site.uid)
    namespaces.own_user_namespace()
    limits.limit_processes(policy.limits.processes)
    _renounce(rules, landlock_only=False)
    # Only this box's processes are in sight, so they may look at themselves.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    seccomp.install(landlock_only=False)


def _with_landlock(policy: Policy, site: Site) -> None:
    temporary = os.path.join(site.scratch, "tmp")
    os.chdir(os.path.join(site.scratch, "work"))
    _clean_environment(policy, os.getcwd(), temporary)
    rules = landlock.Ruleset()
    rules.allow_reading([*site.paths, f"/proc/{os.getpid()}"])
    rules.allow_writing([os.getcwd(), temporary, *DEVICES])
    limits.apply(policy.limits, site.mapped)
    if site.uid is not None:
        namespaces.change_user(site.uid)
    limits.limit_processes(limits.tasks_of(os.geteuid()) + policy.limits.processes)
    _renounce(rules, landlock_only=True)
    if os.getppid() != site.parent:
        raise ProcessLookupError("the zygote ended while the box was made")
    seccomp.install(landlock_only=True)


def _without_walls(policy: Policy, site: Site) -> None:
    os.chdir(os.path.join(site.scratch, "work"))
    _clean_environment(policy, os.getcwd(), os.path.join(site.scratch, "tmp"))
    limits.apply(policy.limits, site.mapped)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _renounce(rules: landlock.Ruleset | None, *, landlock_only: bool) -> None:
    """Give up every privilege for good."""
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if rules:
        rules.enforce()
    # Changing the user switched this off, so it comes last.
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if landlock_only:
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def _default_signals() -> None:
    """Undo handlers and blocks of the zygote; Python itself ignores two signals, and expects that."""
    ignored = {signal.SIGPIPE, signal.SIGXFSZ}
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _clean_environment(policy: Policy, work: str, temporary: str) -> None:
    """Replace the environment; only what concerns numbers of threads stays as the zygote had it."""
    kept = {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}
    os.environ.clear()
    os.environ.update(
        {
            "BIOLABKIT_OFFLINE": "1",
            "HOME": work,
            "LANG": "C.UTF-8",
            "MPLBACKEND": "Agg",
            "PATH": f"{os.path.dirname(sys.executable)}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": temporary,
            "USER": "learner",
            **kept,
            **policy.environment,
        }
    )
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None:
        tempfile.tempdir = None


def _reseed() -> None:
    """Give this box random numbers of its own: no box can foretell those of another one."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.seed()
