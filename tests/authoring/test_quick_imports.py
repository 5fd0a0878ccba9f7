"""The package spares its commands the second and a half of a grammar that only addresses need."""

import subprocess
import sys

import pytest


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("module", ["nbformat", "nbgrader.preprocessors", "biolabkit_autograder.authoring"])
def test_notebooks_are_read_without_the_grammar(module):
    loaded = "'nbformat' in sys.modules, 'lark' in sys.modules"
    program = f"import biolabkit_autograder, {module}, sys; print({loaded})"
    assert run(program) == "True False\n"


def test_addresses_are_still_checked():
    program = """
import biolabkit_autograder, jsonschema
validator = jsonschema.Draft202012Validator
checked = validator({"format": "iri"}, format_checker=validator.FORMAT_CHECKER)
print(checked.is_valid("http://example.org/한"), checked.is_valid("no address"))
import rfc3987_syntax
print(rfc3987_syntax.is_valid_syntax_iri("http://example.org/"), rfc3987_syntax.__file__ is not None)
"""
    assert run(program) == "True False\nTrue True\n"


def test_code_that_imports_the_package_itself_gets_it_whole():
    program = "import biolabkit_autograder, rfc3987_syntax; print(callable(rfc3987_syntax.parse))"
    assert run(program) == "True\n"
