"""Checks that explain themselves.

::

    from biolabkit.check import expect, hint, lab

    lab.start("genome-01-sequences")
    lab.check("gc_content", points=2)
    expect(gc_content("ACGN"), "GC content", "GC 함량").close_to(
        2 / 3, hints=[hint("n-counted", 0.5, en="Is N a base that you know?", ko="N은 아는 염기입니까?")]
    )
"""

from biolabkit.check.cards import MIME_TYPE, Card
from biolabkit.check.context import CheckContext
from biolabkit.check.expect import Expectation, expect
from biolabkit.check.failures import CheckFailed, card_from_exception, pass_card
from biolabkit.check.hints import Hint, hint
from biolabkit.check.html import STYLE_PROPERTIES, TAGS
from biolabkit.check.session import Lab, lab, seed_of

__all__ = [
    "MIME_TYPE",
    "STYLE_PROPERTIES",
    "TAGS",
    "Card",
    "CheckContext",
    "CheckFailed",
    "Expectation",
    "Hint",
    "Lab",
    "card_from_exception",
    "expect",
    "hint",
    "lab",
    "pass_card",
    "seed_of",
]
