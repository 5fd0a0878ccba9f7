"""What a kernel started by `biolab lab` does first: figures can write Korean, also before ``lab.start``."""

from typing import Any

from biolabkit.plot import use_korean_fonts_when_needed

__all__ = ["load_ipython_extension"]


def load_ipython_extension(_shell: Any) -> None:
    """Called by IPython when the kernel starts."""
    use_korean_fonts_when_needed()
