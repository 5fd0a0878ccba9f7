"""Simulated medical images of nobody: chest X-rays in miniature, and a CT slice as a DICOM file."""

from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt

from biolabkit._files import atomic_write
from biolabkit._words import missing_extra, told
from biolabkit.errors import InputError

__all__ = ["chest_images", "ct_slice"]

_SIZE = 28


def chest_images(
    count: int, seed: int | np.random.Generator, *, prevalence: float = 0.5, contrast: float = 1.0
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Draw small grey images that look like chest X-rays from afar, some with opacities in a lung.

    Two dark lungs, ribs, a bright heart and noise vary from image to image. An ill chest has one to three
    blurred bright patches in its lungs, whose strength varies too, so that faint ones are missed.

    Parameters
    ----------
    count : int
        How many images.
    seed : int or Generator
        Same seed, same images.
    prevalence : float
        Share of ill chests, 0 to 1; each image is drawn on its own.
    contrast : float
        Strength of the patches; 1 lets a small network reach an AUROC of about 0.9.

    Returns
    -------
    images : ndarray of uint8
        Shape (count, 28, 28).
    labels : ndarray of int64
        Shape (count,); 1 for ill.

    Raises
    ------
    InputError
        A negative count or a prevalence outside 0 to 1.
    """
    if count < 0 or not 0 <= prevalence <= 1:
        raise InputError(
            told(
                "chest_images: a count of at least 0 and a prevalence of 0 to 1 expected, "
                f"found {count}, {prevalence}",
                "chest_images: count는 0 이상, prevalence는 0 이상 1 이하여야 하는데 "
                f"count={count}, prevalence={prevalence}입니다",
            )
        )
    rng = np.random.default_rng(seed)
    labels = (rng.random(count) < prevalence).astype(np.int64)
    images = np.empty((count, _SIZE, _SIZE), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        chest, lungs = _chest(rng)
        if label:
            chest += contrast * _opacities(rng, lungs)
        chest += rng.normal(0, 7, chest.shape)
        image[:] = np.clip(chest + rng.normal(0, 12), 0, 255).astype(np.uint8)
    return images, labels


def _chest(rng: np.random.Generator) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """A healthy chest, 0 to 255, and where its lungs are, 0 to 1."""
    y, x = np.mgrid[:_SIZE, :_SIZE].astype(np.float64)
    middle, height = 13.5 + rng.normal(0, 0.7), 13.0 + rng.normal(0, 0.8)
    half_width, half_height = 4.2 + rng.normal(0, 0.4), 8.5 + rng.normal(0, 0.7)
    apart = 6.2 + rng.normal(0, 0.4)
    lungs = np.zeros_like(x)
    for side in (-1, 1):
        distance = ((x - middle - side * apart) / half_width) ** 2 + ((y - height) / half_height) ** 2
        lungs = np.maximum(lungs, 1 / (1 + np.exp(6 * (distance - 1))))
    ribs = 10 * np.sin((y + 0.25 * abs(x - middle)) * 2 * np.pi / 4.5 + rng.uniform(0, 6)) * lungs
    heart = np.exp(-(((x - middle - 2.2) / 4.0) ** 2 + ((y - height - 4.5) / 4.2) ** 2))
    return 175 - 95 * lungs + ribs + 60 * heart * lungs, lungs


def _opacities(rng: np.random.Generator, lungs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    y, x = np.mgrid[:_SIZE, :_SIZE]
    inside = np.argwhere(lungs > 0.7)
    patches = np.zeros_like(lungs)
    for _ in range(rng.integers(1, 4)):
        row, column = inside[rng.integers(len(inside))]
        width = rng.uniform(1.5, 3.5)
        blur = np.exp(-((x - column) ** 2 + (y - row) ** 2) / (2 * width**2))
        patches = np.maximum(patches, rng.gamma(3, 16) * blur)
    return patches * np.clip(lungs + 0.2, 0, 1)


def ct_slice(path: str | PathLike[str], seed: int | np.random.Generator) -> Path:
    """Write a CT slice of a made-up chest: a DICOM file of 128 x 128 pixels.

    Air, lungs, fat, muscle, a spine and ribs have their usual Hounsfield units, with noise; stored values are
    those plus 1024, as scanners write them.

    Parameters
    ----------
    path : path-like
        The file to write.
    seed : int or Generator
        Same seed, same bytes.

    Returns
    -------
    Path

    Raises
    ------
    MissingExtraError
        pydicom is not installed.
    """
    try:
        import pydicom
    except ImportError as error:
        raise missing_extra("pydicom", "health") from error
    rng = np.random.default_rng(seed)
    stored = (np.round(_thorax(rng)) + 1024).astype("<i2")
    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
    # below 2.25 a number of one's own is a valid identifier
    meta.MediaStorageSOPInstanceUID = pydicom.uid.UID(f"2.25.{rng.integers(1, 2**62)}")
    dataset = pydicom.Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID, dataset.SOPInstanceUID = (
        meta.MediaStorageSOPClassUID,
        meta.MediaStorageSOPInstanceUID,
    )
    dataset.Modality, dataset.PatientName, dataset.PatientID = "CT", "Simulated^Nobody", "SIMULATED"
    dataset.PixelSpacing, dataset.RescaleSlope, dataset.RescaleIntercept = [2.7, 2.7], 1, -1024
    dataset.Rows, dataset.Columns = stored.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.PixelData = stored.tobytes()
    target = Path(path)
    with atomic_write(target, "wb") as stream:
        pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    return target


def _thorax(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Hounsfield units of a made-up slice."""
    y, x = np.mgrid[:128, :128].astype(np.float64)

    def ellipse(row: float, column: float, height: float, width: float) -> npt.NDArray[np.bool_]:
        return ((y - row) / height) ** 2 + ((x - column) / width) ** 2 < 1

    hounsfield = np.full((128, 128), -1000.0)
    hounsfield[ellipse(64, 64, 46, 58)] = -100  # fat
    hounsfield[ellipse(64, 64, 41, 53)] = 45  # muscle
    for side in (-1, 1):
        hounsfield[ellipse(62, 64 + side * 26, 30, 19)] = -830  # lung
    hounsfield[ellipse(56, 68, 16, 15)] = 40  # heart
    hounsfield[ellipse(92, 64, 8, 8)] = 380  # spine
    for angle in np.linspace(0.15, 2 * np.pi - 0.15, 11):
        hounsfield[ellipse(64 + 38 * np.sin(angle), 64 + 50 * np.cos(angle), 2.5, 3.5)] = 520  # ribs
    return hounsfield + rng.normal(0, 12, hounsfield.shape)
