"""Builds, releases and grades courses of biolabkit exercises over nbgrader."""

from biolabkit_autograder._quick_imports import defer_address_grammar

# before any module of this package imports nbformat
defer_address_grammar()
