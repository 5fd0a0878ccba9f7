"""Builds, releases and grades courses of biolabkit exercises over nbgrader."""

from biolabkit._quick_imports import defer_address_grammar
from biolabkit_autograder._quick_imports import defer_server_extensions

# before any module of this package imports nbformat or nbgrader
defer_address_grammar()
defer_server_extensions()
