"""The journeys' browser."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "journeys"))

from classroom import Browser, Window, latency

__all__ = ["Browser", "Window", "latency"]
