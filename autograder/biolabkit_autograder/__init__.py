"""Builds, releases and grades courses of biolabkit exercises over nbgrader."""
