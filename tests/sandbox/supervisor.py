"""A supervisor that is killed in a test: ``supervisor.py LEVEL ROLE``; says when its box runs."""

import sys
import time

from biolabkit_autograder.sandbox import Policy, Zygote

level, role = sys.argv[1:]
with Zygote(["attacks"], isolation=level) as zygote:
    box = zygote.spawn(f"attacks:{role}", {"seconds": 60}, Policy(level))
    box.channel.recv(100)
    print("ready", zygote.address, flush=True)
    time.sleep(120)
