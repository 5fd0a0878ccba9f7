"""What is loaded before the first fork."""

import subprocess
import sys

CODE = """
import sys
from biolabkit_autograder.sandbox.warm import load
missing = load(["biolabkit.genomics", "nowhere.at_all"])
assert list(missing) == ["nowhere.at_all"], missing
assert "biolabkit.genomics.calling" in sys.modules
"""


def test_parts_that_a_package_imports_on_first_use_are_loaded_too():
    subprocess.run([sys.executable, "-c", CODE], check=True)
