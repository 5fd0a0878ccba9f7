"""What the repository must never hold, and what every file that it publishes must have."""

import re
import subprocess
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.specifiers import SpecifierSet


@pytest.fixture(scope="module")
def tracked(repository):
    """Files that git tracks; outside a git checkout there is nothing to ask."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [repository / name for name in listing.stdout.decode().split("\0") if name]


def test_no_data_from_elsewhere(tracked):
    large = [path.name for path in tracked if path.exists() and path.stat().st_size > 2**20]
    assert not large


def test_no_host_of_a_package_registry(tracked):
    # written apart so that this file does not hold them itself
    hosts = re.compile("|".join(("py" + "pi[.]o", "files[.]python" + "hosted", "registry[.]npm" + "js")))
    found = []
    for path in tracked:
        if path.suffix in {".png", ".gz"} or not path.exists():
            continue
        if hosts.search(path.read_text(encoding="utf-8", errors="replace")):
            found.append(path.name)
    assert not found


def test_the_changelog_names_the_version(repository):
    import biolabkit

    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert biolabkit.__version__ in changelog
    project = (repository / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{biolabkit.__version__}"' in project
    assert f"version: {biolabkit.__version__}" in (repository / "CITATION.cff").read_text(encoding="utf-8")


def test_every_pinned_version_installs_on_the_oldest_python(repository):
    """Patch versions count: Debian 12 has Python 3.11.2, where a pin that wants 3.11.5 stops ./biolab."""
    refused = {}
    for pin in (repository / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name, _, version = pin.partition("#")[0].strip().partition("==")
        try:
            installed = distribution(name) if name else None
        except PackageNotFoundError:
            continue
        if installed and installed.version == version:
            for wanted in installed.metadata.get_all("Requires-Python") or ():
                if "3.11.0" not in SpecifierSet(wanted):
                    refused[f"{name}=={version}"] = wanted
    assert not refused
