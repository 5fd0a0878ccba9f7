"""How a forked process becomes a box: the walls, in the order in which they must go up."""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from biolabkit_autograder.sandbox import kernel, landlock, limits, namespaces, seccomp
from biolabkit_autograder.sandbox.paths import DEVICES
from biolabkit_autograder.sandbox.policy import Policy

__all__ = ["CHANNEL", "REPORT", "SCRATCH_PARTS", "STATUS", "Site", "close_in"]

# The only descriptors a box has besides 0, 1 and 2, which lead to /dev/null.
CHANNEL, REPORT, STATUS = 3, 4, 5
# The folders of a box without a file tree of its own: where it starts, and for temporary files
SCRATCH_PARTS = ("work", "tmp")


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
    filter : bytes
        The system call filter for a box with namespaces, written once.
    scratch : str
        The only folder on this machine that the box may change, without namespaces.
    """

    paths: tuple[str, ...]
    links: Mapping[str, str]
    parent: int
    mapped: int
    uid: int | None
    filter: bytes
    scratch: str = ""


def close_in(policy: Policy, site: Site) -> None:
    """Put every wall of a policy around this process.

    Raises
    ------
    OSError
        When the kernel refuses one; the process must end then.
    """
    os.setsid()
    if policy.isolation == "namespaces":
        _with_namespaces(policy, site)
    elif policy.isolation == "landlock":
        _with_landlock(policy, site)
    else:
        _without_walls(policy, site)


def _with_namespaces(policy: Policy, site: Site) -> None:
    namespaces.enter(site.paths, site.links, policy.limits.disk_mb)
    _set_environment(policy, namespaces.WORK, namespaces.TEMPORARY)
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
    _renounce(rules)
    seccomp.install(site.filter)


def _with_landlock(policy: Policy, site: Site) -> None:
    work, temporary = (str(Path(site.scratch, part)) for part in SCRATCH_PARTS)
    _set_environment(policy, work, temporary)
    rules = landlock.Ruleset()
    rules.allow_reading([*site.paths, f"/proc/{os.getpid()}"])
    rules.allow_writing([work, temporary, *DEVICES])
    limits.apply(policy.limits, site.mapped)
    if site.uid is not None:
        kernel.empty_bounding_set()
        namespaces.change_user(site.uid)
    os.chdir(work)
    limits.limit_processes(limits.tasks_of(os.geteuid()) + policy.limits.processes)
    _renounce(rules)
    if os.getppid() != site.parent:
        raise ProcessLookupError("the zygote ended while the box was made")
    seccomp.install(seccomp.program(kernel.MACHINE, own_pid=os.getpid()))


def _without_walls(policy: Policy, site: Site) -> None:
    work, temporary = (str(Path(site.scratch, part)) for part in SCRATCH_PARTS)
    os.chdir(work)
    _set_environment(policy, work, temporary)
    limits.apply(policy.limits, site.mapped)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _renounce(rules: landlock.Ruleset | None) -> None:
    """Give up every privilege for good."""
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if rules:
        rules.enforce()
    # Changing the user switched these off, so they come last. The zygote and the box's own processes may look
    # at it; other boxes do not see it, or Landlock keeps them from it.
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


def _set_environment(policy: Policy, work: str, temporary: str) -> None:
    os.environ.update({"HOME": work, "TMPDIR": temporary, **policy.environment})
