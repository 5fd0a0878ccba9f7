"""Simulated images: seeded, with signs that can be seen and missed."""

import numpy as np
import pytest

from biolabkit import health, learning, simulate
from biolabkit.errors import InputError


def test_same_seed_same_images():
    first, second, other = (simulate.chest_images(30, seed)[0] for seed in (4, 4, 5))
    assert (first == second).all()
    assert (first != other).any()
    assert first.shape == (30, 28, 28)
    assert first.dtype == np.uint8


@pytest.mark.parametrize("prevalence", [0.0, 0.2, 1.0])
def test_prevalence(prevalence):
    labels = simulate.chest_images(600, 1, prevalence=prevalence)[1]
    assert labels.mean() == pytest.approx(prevalence, abs=0.05)


def test_ill_lungs_are_brighter_and_nothing_else_tells():
    images, labels = simulate.chest_images(800, 2)
    lungs, corners = images[:, 8:19, 4:11].mean(axis=(1, 2)), images[:, :3, :3].mean(axis=(1, 2))
    assert 0.6 < learning.auroc(labels, lungs).value < 0.95
    assert learning.auroc(labels, corners).value == pytest.approx(0.5, abs=0.06)
    plain, labels = simulate.chest_images(800, 2, contrast=0)
    assert learning.auroc(labels, plain[:, 8:19, 4:11].mean(axis=(1, 2))).value == pytest.approx(
        0.5, abs=0.06
    )


def test_impossible_wishes():
    with pytest.raises(InputError, match=r"found -1, 0\.5"):
        simulate.chest_images(-1, 1)
    with pytest.raises(InputError, match=r"found 3, 1\.5"):
        simulate.chest_images(3, 1, prevalence=1.5)


def test_a_slice_is_a_dicom_file_in_hounsfield_units(tmp_path):
    pytest.importorskip("pydicom")
    first, second = (simulate.ct_slice(tmp_path / name, seed=3) for name in ("a.dcm", "b.dcm"))
    assert first.read_bytes() == second.read_bytes()
    image = health.read_image(first)
    assert (image.unit, image.modality, image.spacing_mm) == ("HU", "CT", (2.7, 2.7))
    assert np.median(image.pixels[:10, :10]) == pytest.approx(-1000, abs=10)
    assert np.median(image.pixels[55:65, 35:42]) == pytest.approx(-830, abs=10)
    assert image.pixels[90:95, 61:67].mean() == pytest.approx(380, abs=10)
