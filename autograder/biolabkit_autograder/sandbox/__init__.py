"""Boxes for code that nobody trusts: a warm zygote forks them, walls stand around them, nothing survives.

::

    isolation = detect()                                   what this machine can do, and why
    with Zygote(["numpy", "pandas"]) as zygote:            imports once
        box = zygote.spawn("module:main", {}, Policy(isolation.level))
        box.channel.sendall(...)                           speak with the role
        report = box.wait()                                ok, error, timeout, memory, disk, …
"""

from biolabkit_autograder.sandbox.box import Box
from biolabkit_autograder.sandbox.isolation import Isolation, detect, recall
from biolabkit_autograder.sandbox.policy import ExitReport, Limits, Policy, SandboxError
from biolabkit_autograder.sandbox.zygote import Zygote

__all__ = ["Box", "ExitReport", "Isolation", "Limits", "Policy", "SandboxError", "Zygote", "detect", "recall"]
