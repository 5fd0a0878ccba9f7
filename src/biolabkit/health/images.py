"""Medical images: DICOM files in physical units, windows, small networks, augmentation, saliency.

::

    image = health.read_image("slice.dcm")                      # Hounsfield units for CT
    grey = health.window(image.pixels, center=40, width=400)    # 0 to 1, for soft tissue
    run = learning.fit(health.small_cnn(), (X, y), valid=valid, augment=health.augment(shift=2))
    heat = health.grad_cam(run.model, X[0])
"""

import math
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import missing_extra, told
from biolabkit.errors import FormatError, InputError
from biolabkit.learning.torch_parts import import_torch

__all__ = [
    "IDENTIFYING",
    "MedicalImage",
    "augment",
    "grad_cam",
    "header_table",
    "occlusion",
    "read_image",
    "small_cnn",
    "window",
]

IDENTIFYING = frozenset(
    {
        "AccessionNumber",
        "AdmissionID",
        "CurrentPatientLocation",
        "DeviceSerialNumber",
        "EthnicGroup",
        "InstitutionAddress",
        "InstitutionName",
        "InstitutionalDepartmentName",
        "MilitaryRank",
        "Occupation",
        "OperatorsName",
        "OtherPatientIDs",
        "PatientAddress",
        "PatientAge",
        "PatientBirthDate",
        "PatientComments",
        "PatientID",
        "PatientName",
        "PatientTelephoneNumbers",
        "PerformingPhysicianName",
        "ReferringPhysicianName",
        "StationName",
        "StudyDate",
        "StudyID",
        "StudyTime",
    }
)
"""Header keywords that `header_table` hides, beside all names of persons, dates and times: the plainest of
DICOM PS3.15 Annex E, not all of them. Unique identifiers (UI), private elements, free text and letters burnt
into the pixels can identify a patient too."""

_IDENTIFYING_VR = frozenset({"PN", "DA", "TM", "DT"})  # person names, dates, times: the series has its own

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MedicalImage:
    """Pixels in physical units, and what the header says about them.

    Attributes
    ----------
    pixels : ndarray of float64
        Shape (rows, columns), or (frames, rows, columns); after slope and intercept of the header, or those
        of each frame in an enhanced multi-frame file. What else may scale them (a lookup table, the scaling
        of a dose grid) is not applied.
    unit : str
        The header's rescale type; without one ``"HU"`` for CT with slope and intercept, else empty.
    spacing_mm : tuple of float or None
        Distance between rows and between columns, millimetres; None when the header does not say. Of several
        frames that of the first.
    modality : str
        ``CT``, ``MR``, …
    window : tuple of float or None
        Centre and width that the header proposes, the first of several.
    is_inverted : bool
        Low values are to be shown bright (MONOCHROME1).
    """

    pixels: FloatArray = field(repr=False)
    unit: str
    spacing_mm: tuple[float, float] | None
    modality: str
    window: tuple[float, float] | None
    is_inverted: bool


def read_image(path: str | PathLike[str]) -> MedicalImage:
    """Read the pixels of a DICOM file in physical units.

    Parameters
    ----------
    path : path-like
        One DICOM file with grey pixels. Compressed ones need a decoder that pydicom knows.

    Returns
    -------
    MedicalImage

    Raises
    ------
    FormatError
        No DICOM file, cut off, with a damaged header, without pixels (a report, a waveform), in colour or
        with a palette, or compressed in a way that cannot be decoded here.
    InputError
        The file cannot be read; is the path right?
    MissingExtraError
        pydicom is not installed.
    """
    dataset = _read(path)
    with _damage_told(path):
        _need_grey_pixels(dataset, path)
        return _image(dataset, _stored(dataset, path))


def _need_grey_pixels(dataset: Any, path: str | PathLike[str]) -> None:
    modality = str(dataset.get("Modality") or "")
    if not any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        raise FormatError(
            told(
                f"{Path(path)}: an image expected, found {modality or 'a file'} without pixel data",
                f"{Path(path)}: 영상이어야 하는데 화소가 없는 파일입니다(Modality: {modality or '없음'})",
            )
        )
    found = dataset.get("PhotometricInterpretation") or "MONOCHROME2"
    if int(dataset.get("SamplesPerPixel", 1)) != 1 or found not in ("MONOCHROME1", "MONOCHROME2"):
        raise FormatError(
            told(
                f"{Path(path)}: grey pixels expected, found {found}",
                f"{Path(path)}: 회색조 영상이어야 합니다. 헤더의 PhotometricInterpretation: {found}",
            )
        )


def _stored(dataset: Any, path: str | PathLike[str]) -> FloatArray:
    try:
        return np.asarray(dataset.pixel_array, dtype=np.float64)
    except (AttributeError, KeyError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FormatError(
            told(
                f"{Path(path)}: the pixels cannot be decoded ({_first_line(error)})",
                f"{Path(path)}: 화소를 디코딩할 수 없습니다({_first_line(error)})",
            )
        ) from error


def _image(dataset: Any, stored: FloatArray) -> MedicalImage:
    modality = str(dataset.get("Modality") or "")
    rescale = _holders(dataset, "PixelValueTransformationSequence", "RescaleSlope")
    window = _holders(dataset, "FrameVOILUTSequence", "WindowCenter")[:1]
    spacing = _holders(dataset, "PixelMeasuresSequence", "PixelSpacing")[:1]
    centers = [number for one in window for number in _numbers(one, "WindowCenter")]
    widths = [number for one in window for number in _numbers(one, "WindowWidth")]
    distances = [number for one in spacing for number in _numbers(one, "PixelSpacing")]
    named = rescale[0].get("RescaleType") if rescale else None
    return MedicalImage(
        pixels=_rescaled(stored, rescale),
        unit=str(named or ("HU" if modality == "CT" and rescale else "")),
        spacing_mm=(distances[0], distances[1]) if len(distances) == 2 else None,
        modality=modality,
        window=(centers[0], widths[0]) if centers and widths else None,
        is_inverted=dataset.get("PhotometricInterpretation") == "MONOCHROME1",
    )


def _holders(dataset: Any, macro: str, name: str) -> list[Any]:
    """Where an element stands: in the header, else (enhanced files) in the group of all frames or of each."""
    shared, each = (
        [
            item
            for group in dataset.get(f"{kind}FunctionalGroupsSequence") or ()
            for item in group.get(macro) or ()
        ]
        for kind in ("Shared", "PerFrame")
    )
    for place in ([dataset], shared, each):
        if telling := [one for one in place if _numbers(one, name)]:
            return telling
    return []


def _rescaled(stored: FloatArray, rescale: list[Any]) -> FloatArray:
    """Stored values in physical units: one slope and intercept, or one of each frame."""
    slopes = np.array([_numbers(one, "RescaleSlope")[0] for one in rescale] or [1.0])
    intercepts = np.array([(_numbers(one, "RescaleIntercept") or [0.0])[0] for one in rescale] or [0.0])
    if len(slopes) == 1:
        return stored * slopes[0] + intercepts[0]
    return stored * slopes[:, None, None] + intercepts[:, None, None]


def header_table(path: str | PathLike[str], *, identifying: bool = False) -> pd.DataFrame:
    """List the header of a DICOM file.

    Parameters
    ----------
    path : path-like
        A DICOM file; it may be without pixels.
    identifying : bool
        Show the values of `IDENTIFYING` elements, names of persons, dates and times too.

    Returns
    -------
    DataFrame
        ``tag`` ("0028,0030"), ``keyword``, ``vr`` (value representation), ``value`` (text; "hidden" where it
        identifies a person). Pixels, sequences and private elements are left out.

    Raises
    ------
    FormatError, InputError, MissingExtraError
        As `read_image`, but pixels are not needed.
    """
    dataset = _read(path)
    with _damage_told(path):
        rows = [
            _line(element, identifying)
            for element in dataset
            if element.VR not in _NO_TEXT and not element.tag.is_private
        ]
    return pd.DataFrame(rows, columns=["tag", "keyword", "vr", "value"])


_NO_TEXT = ("SQ", "OB", "OW", "OF", "OD", "OL", "OV", "UN", "OB or OW")


def _line(element: Any, identifying: bool) -> dict[str, str]:
    is_hidden = not identifying and (element.keyword in IDENTIFYING or element.VR in _IDENTIFYING_VR)
    return {
        "tag": f"{element.tag.group:04X},{element.tag.element:04X}",
        "keyword": element.keyword,
        "vr": str(element.VR),
        "value": "hidden" if is_hidden else str(element.value),
    }


def window(values: npt.ArrayLike, center: float, width: float) -> FloatArray:
    """Spread a range of values over black to white.

    The linear function of DICOM PS3.3 C.11.2.1.2.1: 0 up to ``center - 0.5 - (width - 1) / 2``, 1 from
    ``center - 0.5 + (width - 1) / 2`` on, and a line between them.

    Parameters
    ----------
    values : array-like
        In the unit of `center` and `width`: for CT after slope and intercept.
    center, width : float
        Such as 40 and 400 for soft tissue, -600 and 1500 for lung, 480 and 2500 for bone (Hounsfield units).

    Returns
    -------
    ndarray of float64
        From 0 to 1, the shape of `values`.

    Raises
    ------
    InputError
        The width is not above 1.
    """
    if not width > 1:
        raise InputError(
            told(
                f"window: a width above 1 expected, found {width}",
                f"window: 윈도의 폭은 1보다 커야 합니다. 받은 값: {width}",
            )
        )
    scaled = (np.asarray(values, dtype=np.float64) - (center - 0.5)) / (width - 1) + 0.5
    return np.clip(scaled, 0.0, 1.0)


def small_cnn(
    *, channels: int = 1, outputs: int = 1, filters: tuple[int, ...] = (8, 16), dropout: float = 0.2
) -> Callable[[], Any]:
    """Describe a small convolutional network for images of any size from 16 x 16 on.

    Per entry of `filters`: convolution 3 x 3, batch normalisation, ReLU, and halving by maxima (not after the
    last, so that saliency keeps its resolution); then the mean over the image, dropout and one linear layer.

    Parameters
    ----------
    channels, outputs : int
        1 for grey images; 1 output for two classes (a logit), else one for each class.
    filters : tuple of int
        Width of each convolution.
    dropout : float
        Share of the last maps' means that is left out in training.

    Returns
    -------
    callable
        Makes the network; give it to `learning.fit`. Its parts are called ``features``, ``pool``, ``head``.
    """

    def make() -> Any:
        nn = import_torch().nn
        layers: list[Any] = []
        before = channels
        for number, after in enumerate(filters):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
            if number < len(filters) - 1:
                layers.append(nn.MaxPool2d(2))
            before = after
        network = nn.Sequential()
        network.add_module("features", nn.Sequential(*layers))
        network.add_module("pool", nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()))
        network.add_module("head", nn.Sequential(nn.Dropout(dropout), nn.Linear(before, outputs)))
        return network

    return make


def augment(
    *, shift: float = 2.0, rotate_degrees: float = 0.0, zoom: float = 0.0, flip: bool = False
) -> Callable[[Any], Any]:
    """Describe random changes of training images, for the `augment` of `learning.fit`.

    Every image of a batch is changed on its own; what comes in from outside is 0. Change only what does not
    change the diagnosis: a chest is not symmetric, so `flip` is off.

    Parameters
    ----------
    shift : float
        At most this many pixels in each direction.
    rotate_degrees : float
        At most this far to either side.
    zoom : float
        Larger or smaller by at most this share.
    flip : bool
        Mirror left and right with probability one half.

    Returns
    -------
    callable
        Tensor of shape (images, channels, rows, columns) → tensor of that shape; torch's random numbers.

    Raises
    ------
    InputError
        A negative amount, or a zoom of 1 and more; at use, images of another shape.
    """
    amounts = {"shift": shift, "rotate_degrees": rotate_degrees, "zoom": zoom}
    wrong = [f"{name}={value}" for name, value in amounts.items() if not value >= 0]
    if wrong or zoom >= 1:
        raise InputError(
            told(
                f"augment: amounts of at least 0, and zoom below 1, expected, found {wrong or zoom}",
                f"augment: 모든 값은 0 이상이고 zoom은 1보다 작아야 합니다. 받은 값: {wrong or zoom}",
            )
        )

    def change(images: Any) -> Any:
        torch = import_torch()
        _need_batch(tuple(images.shape))
        count, _, rows, columns = images.shape

        def draw(limit: float) -> Any:
            return (2 * torch.rand(count, device=images.device) - 1) * limit

        angle, scale = torch.deg2rad(draw(rotate_degrees)), 1 + draw(zoom)
        mirror = (
            1 - 2 * torch.randint(0, 2, (count,), device=images.device) if flip else torch.ones_like(scale)
        )
        cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
        across, down = draw(2 * shift / columns), draw(2 * shift / rows)
        tall = rows / columns  # the grid runs from -1 to 1 both ways: a turn must not squeeze the image
        matrix = torch.zeros(count, 2, 3, device=images.device)
        matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 0, 2] = cosine * mirror, -sine * tall, across
        matrix[:, 1, 0], matrix[:, 1, 1], matrix[:, 1, 2] = sine * mirror / tall, cosine, down
        grid = torch.nn.functional.affine_grid(matrix, list(images.shape), align_corners=False)
        return torch.nn.functional.grid_sample(images, grid.to(images.dtype), align_corners=False)

    return change


def _need_batch(shape: tuple[int, ...]) -> None:
    if len(shape) != 4:
        raise InputError(
            told(
                f"augment: images of shape (images, channels, rows, columns) expected, found {shape}",
                f"augment: 영상의 모양은 (영상, 채널, 행, 열)이어야 합니다. 받은 모양: {shape}",
            )
        )


def grad_cam(network: Any, image: npt.ArrayLike, *, layer: Any = None, output: int = 0) -> FloatArray:
    """Map where a network's output rests on (Grad-CAM, Selvaraju et al. 2017, formulas 1 and 2).

    The map tells what this network used. It says nothing about what causes a disease.

    Parameters
    ----------
    network : torch.nn.Module
        In training mode or not: it is left as it was.
    image : array-like
        One image, shape (channels, rows, columns) or (rows, columns).
    layer : torch.nn.Module, optional
        Whose output is looked at, of shape (1, maps, rows, columns); by default ``network.features`` or else
        the last convolution.
    output : int
        Which output to explain.

    Returns
    -------
    ndarray of float64
        Shape (rows, columns) of the image, from 0 to 1; all 0 where nothing speaks for the output.

    Raises
    ------
    InputError
        The image has another shape, the network has no convolution or no such output, or `layer` gives no
        maps.
    """
    torch = import_torch()
    inputs = torch.as_tensor(_one_image(image))
    parameter = next(network.parameters())
    inputs = inputs.to(parameter.device, parameter.dtype)
    seen: dict[str, Any] = {}

    def keep(_module: Any, _inputs: Any, result: Any) -> None:
        seen["maps"] = result

    modes = [(module, module.training) for module in network.modules()]
    hook = (layer or _last_maps(network)).register_forward_hook(keep)
    try:
        network.eval()
        with torch.enable_grad():
            values = network(inputs.requires_grad_()).reshape(-1)
            maps = seen.get("maps")
            _need_maps(maps, len(values), output)
            (gradients,) = torch.autograd.grad(values[output], maps)
    finally:
        hook.remove()
        for module, was_training in modes:
            module.training = was_training
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    heat = torch.relu((weights * maps).sum(dim=1, keepdim=True)).detach()
    heat = torch.nn.functional.interpolate(heat, size=inputs.shape[-2:], mode="bilinear", align_corners=False)
    return _to_one(heat[0, 0].double().cpu().numpy())


def occlusion(
    predict: Callable[[npt.NDArray[np.float32]], npt.ArrayLike], image: npt.ArrayLike, *, patch: int = 5
) -> FloatArray:
    """Map how far a prediction falls when a square of the image is covered (Zeiler and Fergus 2014).

    It asks any model, and so checks what a saliency map seems to say.

    Parameters
    ----------
    predict : callable
        Images of shape (images, channels, rows, columns), float32 → one score each, such as ``run.predict``.
    image : array-like
        One image, shape (channels, rows, columns) or (rows, columns).
    patch : int
        Side of the square, pixels; it is filled with the image's mean, and moved by half its side.

    Returns
    -------
    ndarray of float64
        Shape (rows, columns): mean fall of the score over the squares that cover a pixel; negative where the
        score rises.

    Raises
    ------
    InputError
        The image has another shape, the square does not fit into it, or `predict` does not give one score for
        each image.
    """
    whole = _one_image(image)
    rows, columns = whole.shape[-2:]
    if not 1 <= patch <= min(rows, columns):
        raise InputError(
            told(
                f"occlusion: a patch of 1 to {min(rows, columns)} pixels expected, found {patch}",
                f"occlusion: patch는 1화소 이상 {min(rows, columns)}화소 이하여야 합니다. 받은 값: {patch}",
            )
        )
    step = max(1, math.ceil(patch / 2))
    corners = [
        (row, column) for row in _starts(rows, patch, step) for column in _starts(columns, patch, step)
    ]
    score = _one_score_each(predict(whole), 1)[0]
    falls: list[float] = []
    for first in range(0, len(corners), _BATCH):  # all at once would not fit into memory
        batch = corners[first : first + _BATCH]
        covered = np.repeat(whole, len(batch), axis=0)
        for one, (row, column) in zip(covered, batch, strict=True):
            one[:, row : row + patch, column : column + patch] = whole.mean()
        falls += (score - _one_score_each(predict(covered), len(batch))).tolist()
    total, count = np.zeros((rows, columns)), np.zeros((rows, columns))
    for value, (row, column) in zip(falls, corners, strict=True):
        total[row : row + patch, column : column + patch] += value
        count[row : row + patch, column : column + patch] += 1
    return total / count


_BATCH = 64  # covered images that are asked about at a time


def _one_score_each(scores: npt.ArrayLike, images: int) -> FloatArray:
    array = np.asarray(scores, dtype=np.float64)
    if array.size != images:
        raise InputError(
            told(
                f"occlusion: one score for each of {images} images expected, found shape {array.shape}",
                f"occlusion: 점수가 영상마다 하나씩 {images}개여야 합니다. 받은 모양: {array.shape}",
            )
        )
    return array.reshape(-1)


def _read(path: str | PathLike[str]) -> Any:
    try:
        import pydicom
    except ImportError as error:
        raise missing_extra("pydicom", "health") from error
    with _damage_told(path):
        try:
            return pydicom.dcmread(path)
        except OSError as error:
            raise InputError(
                told(
                    f"{Path(path)}: cannot be read ({error.strerror}); check the path",
                    f"{Path(path)}: 읽을 수 없습니다({error.strerror}). 경로를 확인하십시오",
                )
            ) from error


@contextmanager
def _damage_told(path: str | PathLike[str]) -> Iterator[None]:
    """Say of what pydicom raises, at once or when it first looks at an element, that the file is damaged."""
    from pydicom.errors import BytesLengthException, InvalidDicomError

    damage = (
        InvalidDicomError, BytesLengthException, EOFError, ValueError, KeyError, TypeError, AttributeError,
        NotImplementedError, OverflowError, struct.error,
    )  # fmt: skip
    try:
        yield
    except InputError:
        raise
    except damage as error:
        raise FormatError(
            told(
                f"{Path(path)}: a DICOM file expected ({_first_line(error)})",
                f"{Path(path)}: DICOM 파일이 아니거나 손상되었습니다({_first_line(error)})",
            )
        ) from error


def _numbers(dataset: Any, name: str) -> list[float]:
    """One or several numbers of a header; none where it is silent."""
    value = dataset.get(name)
    if value is None or value == "":
        return []
    is_several = not isinstance(value, str) and hasattr(value, "__len__")
    return [float(one) for one in (value if is_several else (value,))]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _one_image(image: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """An image as a batch of one: (1, channels, rows, columns)."""
    array = np.asarray(image, dtype=np.float32)
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3:
        raise InputError(
            told(
                "an image of shape (rows, columns) or (channels, rows, columns) expected, found "
                f"{array.shape}",
                f"영상의 모양은 (행, 열)이나 (채널, 행, 열)이어야 합니다. 받은 모양: {array.shape}",
            )
        )
    return array[None].copy()


def _last_maps(network: Any) -> Any:
    if hasattr(network, "features"):
        return network.features
    convolutions = [module for module in network.modules() if isinstance(module, import_torch().nn.Conv2d)]
    if not convolutions:
        raise InputError(
            told(
                "grad_cam: a network with convolutions expected, found none; name a layer",
                "grad_cam: 합성곱이 있는 신경망이어야 하는데 합성곱이 없습니다. layer를 지정하십시오",
            )
        )
    return convolutions[-1]


def _need_maps(maps: Any, outputs: int, output: int) -> None:
    if not -outputs <= output < outputs:
        raise InputError(
            told(
                f"grad_cam: an output of 0 to {outputs - 1} expected, found {output}",
                f"grad_cam: 신경망의 출력이 {outputs}개이므로 output은 0부터 {outputs - 1}까지여야 합니다. "
                f"받은 값: {output}",
            )
        )
    if maps is None or maps.ndim != 4:
        found = None if maps is None else tuple(maps.shape)
        raise InputError(
            told(
                "grad_cam: a layer of the network whose output has the shape (1, maps, rows, columns) "
                f"expected, found {found}",
                "grad_cam: layer는 출력의 모양이 (1, 지도, 행, 열)인 신경망의 층이어야 합니다. 받은 모양: "
                f"{found}",
            )
        )


def _to_one(heat: FloatArray) -> FloatArray:
    top = heat.max()
    return heat / top if top > 0 else heat


def _starts(size: int, patch: int, step: int) -> list[int]:
    return sorted({*range(0, size - patch + 1, step), size - patch})
