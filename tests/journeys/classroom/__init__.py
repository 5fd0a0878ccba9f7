"""What the journeys are made of: users, a browser, and the pages they meet."""

from .accounts import Account, accounts, why_not
from .browser import Browser, Window

__all__ = ["Account", "Browser", "Window", "accounts", "why_not"]
