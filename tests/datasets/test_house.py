"""What importing costs, and that the cards travel in a wheel."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from biolabkit.datasets.cards import card_folder


def test_importing_is_light():
    script = "import sys, biolabkit.datasets; print(sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not [
        m for m in ("pandas", "numpy", "pooch", "requests", "tqdm", "pysam", "IPython") if f"'{m}'" in loaded
    ]


def test_a_checkout_uses_its_own_cards(repository):
    assert card_folder() == repository / "datasets"


@pytest.mark.journey
def test_a_wheel_brings_the_cards(repository, tmp_path):
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = [
        *pip,
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(tmp_path),
        str(repository),
    ]
    subprocess.run(wheel, check=True, capture_output=True, text=True)
    target = tmp_path / "site"
    install = [*pip, "install", "--no-deps", "--target", str(target), *map(str, tmp_path.glob("*.whl"))]
    subprocess.run(install, check=True, capture_output=True, text=True)
    script = (
        "import biolabkit; from biolabkit import datasets; from biolabkit.datasets.cards import card_folder;"
        "print(biolabkit.__file__, card_folder(), len(datasets.names()), sep='\\n')"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(target)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    package, cards, count = run.stdout.split()
    assert Path(package).is_relative_to(target)
    assert Path(cards) == target / "biolabkit" / "datasets" / "cards"
    assert int(count) == len(list((repository / "datasets").glob("*.toml")))
