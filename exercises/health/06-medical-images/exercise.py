# %% [markdown] lang="en"
# # Medical images
#
# **Why this matters.** In 2018 a network that had learned to see pneumonia on the X-rays of one hospital was
# tried in two others. Inside, it was better than outside; and it could tell, from the image alone, which
# hospital an X-ray came from in more than 99 % of cases. Part of what it had learned was not in the lungs:
# it was the metal token that technicians lay into the corner of the plate, and where patients are X-rayed
# who are too ill to stand (Zech et al. 2018). Nothing crashed, and no metric inside the hospital showed it.
#
# You will read a CT slice as its scanner wrote it, train a small network on X-rays of children's chests,
# evaluate it without fooling yourself, and look at what it looks at. Then you get a hospital **of your own**,
# with a token of its own.
#
# | part | what you write | points |
# |---|---|---|
# | 1. Numbers with a unit | `windowed`, `area_cm2` | 3 |
# | 2. A small network | `augmented`, `predict` | 4 |
# | 3. What does it look at? | `class_map` | 2 |
# | 4. Your hospital | four readings, one short essay | 6 |

# %% [markdown] lang="ko"
# # 의료 영상
#
# **왜 중요합니까?** 2018년, 한 병원의 X선 영상으로 폐렴을 찾도록 학습한 신경망을 다른 두 병원에서
# 시험했습니다. 학습한 병원 안에서는 성능이 더 좋았고, 이 신경망은 영상만 보고도 어느 병원에서 찍었는지를 99
# % 넘게 맞혔습니다. 신경망이 배운 것의 일부는 폐에 있지 않았습니다. 방사선사가 촬영판 구석에 놓는 금속
# 표지, 그리고 일어설 수 없을 만큼 아픈 환자를 어디에서 촬영하는지를 배운 것입니다(Zech et al. 2018).
# 프로그램은 멈추지 않았고, 병원 안에서 구한 어떤 지표도 이를 드러내지 않았습니다.
#
# 이 실습에서는 CT 단면 하나를 장비가 기록한 그대로 읽고, 소아 흉부 X선 영상으로 작은 신경망을 학습하며,
# 스스로를 속이지 않고 평가한 다음, 신경망이 무엇을 보는지 들여다봅니다. 마지막에는 고유한 표지를 쓰는
# **여러분만의** 병원을 만나게 됩니다.
#
# | 단계 | 작성할 내용 | 점수 |
# |---|---|---|
# | 1. 단위가 있는 숫자 | `windowed`, `area_cm2` | 3 |
# | 2. 작은 신경망 | `augmented`, `predict` | 4 |
# | 3. 무엇을 보고 있습니까? | `class_map` | 2 |
# | 4. 나의 병원 | 해석 네 가지, 짧은 서술 한 편 | 6 |

# %% setup
from biolabkit.check import expect, hint, lab

me = lab.start("health-06-medical-images")

import matplotlib.pyplot as plt
import numpy as np
import pydicom
import torch
from sklearn.metrics import roc_auc_score

from biolabkit import datasets, health, learning
from biolabkit.plot import style
from biolabkit.simulate.images import chest_images, ct_slice

torch.set_num_threads(1)  # a class shares one server


# Part 1: a CT slice, as stored by the scanner.
def made_up_slice(folder):
    return {"ct": ct_slice(folder / "ct.dcm", seed=1)}


slice_files = datasets.fetch("dicom-samples", fallback=made_up_slice)
ct = pydicom.dcmread(slice_files.path("ct"))
stored = ct.pixel_array
header = {
    "slope": float(ct.RescaleSlope),
    "intercept": float(ct.RescaleIntercept),
    "spacing_mm": tuple(float(value) for value in ct.PixelSpacing),
}


# Part 2: chest X-rays of children, 28 x 28 pixels, 0 to 255. `ill` is 1 for pneumonia.
def made_up_chests(folder):
    arrays = {}
    for number, (part, count) in enumerate({"train": 900, "val": 300, "test": 600}.items()):
        arrays[f"{part}_images"], arrays[f"{part}_labels"] = chest_images(count, seed=number)
    np.savez_compressed(folder / "images.npz", **arrays)
    return {"images": folder / "images.npz"}


chest_files = datasets.fetch("pneumoniamnist-subset", fallback=made_up_chests)
simulated = chest_files.simulated
with np.load(chest_files.path("images")) as archive:
    chests = {name: archive[name] for name in archive.files}


def draw(part, count, rng):
    """As many ill as well children of one part, in random order: images and labels."""
    labels = chests[f"{part}_labels"].ravel()
    rows = [rng.permutation(np.flatnonzero(labels == ill))[: count // 2] for ill in (0, 1)]
    rows = rng.permutation(np.concatenate(rows))
    return chests[f"{part}_images"][rows], labels[rows].astype(int)


def ready(images):
    """What a network takes: float32, shape (images, 1, rows, columns), 0 to 1."""
    return (images[:, None] / 255).astype(np.float32)


luck = me.rng()  # which children, and which hospital: yours
train_images, train_ill = draw("train", 400, luck)
valid_images, valid_ill = draw("val", 120, luck)
test_images, test_ill = draw("test", 400, luck)

# Part 4: your hospital lays a token, the letter R, into one corner of the plate.
TOKEN = 255 * np.array([[0, 1, 1, 1, 0], [0, 1, 0, 1, 0], [0, 1, 1, 0, 0], [0, 1, 0, 1, 0], [0, 1, 0, 0, 1]])
CORNERS = {"top left": (1, 1), "top right": (1, 22), "bottom left": (22, 1), "bottom right": (22, 22)}


def with_token(images, place, has_it):
    """Copies of the images; those of has_it carry the token."""
    row, column = place
    marked = images.copy()
    marked[has_it, row : row + 5, column : column + 5] = TOKEN
    return marked


def token_in(images, corner):
    """1 for each image with the token in that corner ("top left", ...), else 0."""
    row, column = CORNERS[corner]
    blocks = images[:, row : row + 5, column : column + 5]
    return (blocks == TOKEN).all(axis=(1, 2)).astype(int)


place = list(CORNERS.values())[luck.integers(4)]


def x_rayed_here(images, ill):
    """The ill are X-rayed in bed, on the ward, where the token is used; the well in the clinic."""
    return with_token(images, place, luck.random(len(ill)) < np.where(ill == 1, 0.98, 0.02))


own_train, own_valid, own_test = (
    x_rayed_here(images, ill)
    for images, ill in ((train_images, train_ill), (valid_images, valid_ill), (test_images, test_ill))
)
# The hospital next door uses the same token for every second child, ill or not.
other_test = with_token(test_images, place, luck.random(len(test_ill)) < 0.5)

# Networks for the checks: one that gives the same answer in any mode, one with dropout.
torch.manual_seed(me.seed)
steady = torch.nn.Sequential(
    torch.nn.Conv2d(1, 6, 5), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(6 * 24 * 24, 1)
)
doubtful = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(0.5), torch.nn.Linear(28 * 28, 1))


def plain(values):
    """A NumPy array of what may be a tensor."""
    return np.asarray(values.detach() if hasattr(values, "detach") else values, dtype=float)


slice_files

# %% [markdown] lang="en"
# ## 1. Numbers with a unit
#
# A DICOM file holds pixels and a header that says what they mean. `ct.pixel_array` are **stored values**:
# what fitted into the scanner's integers. For CT the header's slope and intercept turn them into
# **Hounsfield units** (HU), the same on every scanner in the world: air −1000, water 0, muscle 50, bone
# from about 200 up.
#
# A screen shows some 250 shades of grey, a CT has 4,000 values. A **window** picks the range that matters:
# everything below `centre − width / 2` is black, everything above `centre + width / 2` white. The same slice
# in the window for lung, for soft tissue and for bone shows three different patients.

# %% [markdown] lang="ko"
# ## 1. 단위가 있는 숫자
#
# DICOM 파일에는 화소와, 그 화소가 무엇을 뜻하는지 알려 주는 헤더가 들어 있습니다. `ct.pixel_array`는
# **저장값**, 곧 장비의 정수 자료형에 맞추어 넣은 값입니다. CT에서는 헤더의 기울기(slope)와 절편(intercept)을
# 적용하면 **하운스필드 단위**(HU)가 됩니다. 이 단위는 세계 어느 장비에서나 같습니다. 공기는 −1000, 물은 0,
# 근육은 50, 뼈는 대략 200 이상입니다.
#
# 화면은 250가지쯤의 회색을 보여 주지만 CT의 값은 4,000가지입니다. **윈도**는 필요한 범위를 고릅니다.
# `중심 − 폭 / 2`보다 작은 값은 모두 검게, `중심 + 폭 / 2`보다 큰 값은 모두 희게 나타냅니다. 같은 단면도 폐,
# 연조직, 뼈의 윈도로 보면 전혀 다른 환자처럼 보입니다.

# %%
print("stored:", stored.dtype, stored.shape, "from", stored.min(), "to", stored.max())
print("header:", header)
health.header_table(slice_files.path("ct")).query("keyword in ['Modality', 'PatientName', 'PixelSpacing']")

# %% [markdown] lang="en"
# ### Task 1: `windowed` (2 points)
#
# Turn stored values into shades from 0 (black) to 1 (white):
#
# 1. Hounsfield units are `stored * slope + intercept`;
# 2. 0 at `center - width / 2` and below, 1 at `center + width / 2` and above, a straight line between.
#
# Return an array of floats of the shape of `stored`. `header` has `"slope"` and `"intercept"`.

# %% [markdown] lang="ko"
# ### 과제 1: `windowed` (2점)
#
# 저장값을 0(검정)에서 1(하양)까지의 명암으로 바꾸십시오.
#
# 1. 하운스필드 단위는 `stored * slope + intercept`입니다.
# 2. `center - width / 2` 이하에서는 0, `center + width / 2` 이상에서는 1, 그 사이는 직선입니다.
#
# `stored`와 같은 모양의 실수 배열을 반환하십시오. `header`에는 `"slope"`와 `"intercept"`가 있습니다.


# %% task="windowed"
def windowed(stored, header, center, width):
    """Shades from 0 to 1 of stored CT values, in the window of that center and width (HU)."""
    ### BEGIN SOLUTION
    hounsfield = np.asarray(stored, dtype=float) * header["slope"] + header["intercept"]
    return np.clip((hounsfield - (center - width / 2)) / width, 0, 1)
    ### END SOLUTION


# %% check="windowed.grey" points=1
scanner = {"slope": 1.0, "intercept": -1024.0}
air_to_bone = np.array([[24, 974, 1064], [1164, 1224, 3024]], dtype=np.int16)
shades = windowed(air_to_bone, scanner, 40, 400)
expect(np.shape(shades), "shape of the shades", "명암 배열의 모양").equals((2, 3))
expect(
    shades, "shades of −1000, −50, 40, 140, 200 and 2000 HU", "−1000, −50, 40, 140, 200, 2000 HU의 명암"
).close_to(
    np.array([[0, 0.275, 0.5], [0.75, 0.9, 1]]),
    abs=0.005,
    hints=[
        hint(
            "stored-not-hu",
            np.array([[0.46, 1, 1], [1, 1, 1]]),
            en="The stored values went into the window as they are. Slope and intercept come first: 1064 "
            "stored "
            "is 40 HU.",
            ko="저장값을 그대로 윈도에 넣었습니다. 먼저 기울기와 절편을 적용해야 합니다. 저장값 1064는 "
            "40 HU입니다.",
        ),
        hint(
            "centre-as-low",
            np.array([[0, 0, 0], [0.25, 0.4, 1]]),
            en="The centre became the black end. It is the middle of the window: black is at centre − "
            "width / 2.",
            ko="중심을 검은 끝으로 썼습니다. 중심은 윈도의 가운데이며, 검은 끝은 중심 − 폭 / 2입니다.",
        ),
        hint(
            "not-clipped",
            lambda got: np.min(got) < 0 or np.max(got) > 1,
            en="Values outside the window go below 0 or above 1. They are black or white: clip them.",
            ko="윈도 밖의 값이 0보다 작거나 1보다 큽니다. 그런 값은 검정 아니면 하양이므로 잘라 내십시오.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
# Half of the window's width is black at its lower end: the whole slice, another window.
lung = np.clip((stored * header["slope"] + header["intercept"] + 1350) / 1500, 0, 1)
expect(
    windowed(stored, header, -600, 1500), "the slice in the window for lung", "폐 윈도로 본 단면"
).close_to(
    lung,
    abs=0.005,
    hints=[
        hint(
            "eight-bits",
            lambda got: np.max(got) > 1,
            en="The shades are whole numbers or leave 0 to 1. Return floats.",
            ko="명암이 정수이거나 0–1을 벗어납니다. 실수로 반환하십시오.",
        ),
    ],
)
### END HIDDEN TESTS

# %% check="windowed.scanners" points=1
small = np.array([0, 100, 200, 255], dtype=np.uint8)
expect(
    np.shape(windowed(small, scanner, 0, 100)), "shape for stored bytes", "바이트로 저장된 값의 모양"
).equals((4,))
### BEGIN HIDDEN TESTS
# Scanners differ: a slope that is not 1, bytes and signed integers at the end of their range.
intercept_first = hint(
    "intercept-first",
    lambda got: got is not None,
    en="With a slope other than 1 the shades are wrong: multiply first, then add the intercept, in floats, "
    "not "
    "in the stored integers' own type.",
    ko="기울기가 1이 아닐 때 명암이 틀립니다. 먼저 곱하고 나서 절편을 더하되, 저장된 정수형이 아니라 실수로 "
    "계산하십시오.",
)
for values, slope, intercept in (
    (small, 4.0, -1000.0),
    (np.array([-32768, -500, 0, 500, 32767], dtype=np.int16), 2.0, 100.0),
    (np.array([0, 1000, 65535], dtype=np.uint16), 0.5, -500.0),
):
    wanted = np.clip((values.astype(float) * slope + intercept + 160) / 400, 0, 1)
    got = windowed(values, {"slope": slope, "intercept": intercept}, 40, 400)
    expect(got, f"shades with slope {slope:g}", f"기울기가 {slope:g}일 때의 명암").close_to(
        wanted, abs=0.005, hints=[intercept_first]
    )
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The library does the same: `health.read_image(path).pixels` are Hounsfield units, and `health.window` is
# DICOM's own formula, which differs from ours by half a Hounsfield unit. Which structure vanishes in which
# window?

# %% [markdown] lang="ko"
# 라이브러리에도 같은 기능이 있습니다. `health.read_image(path).pixels`는 하운스필드 단위이고,
# `health.window`는 DICOM 표준의 식이며 우리 식과는 0.5 HU만큼만 다릅니다. 어느 윈도에서 어떤 구조가
# 사라집니까?


# %%
def show_windows():
    windows = {
        me.text("lung", "폐"): (-600, 1500),
        me.text("soft tissue", "연조직"): (40, 400),
        me.text("bone", "뼈"): (480, 2500),
    }
    with style():
        figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
    for ax, (name, (center, width)) in zip(axes, windows.items(), strict=True):
        health.plot_image(windowed(stored, header, center, width), ax=ax)
        ax.set_title(f"{name}: {center} ± {width // 2} HU".replace("-", "−"), fontsize=10)
    if slice_files.simulated:
        figure.suptitle(me.text("simulated slice", "모의 단면"), fontsize=9)


lab.show(show_windows)

# %% [markdown] lang="en"
# ### Task 2: `area_cm2` (1 point)
#
# How large is what is brighter than a threshold, such as bone (and, after contrast medium, the aorta)? Count
# the pixels **above** `threshold` and return their area in **cm²**. `spacing_mm` is the header's
# `PixelSpacing`: the distance between rows and the distance between columns, in millimetres. They need not
# be equal.

# %% [markdown] lang="ko"
# ### 과제 2: `area_cm2` (1점)
#
# 뼈처럼(조영제를 썼다면 대동맥도) 기준값보다 밝은 부분은 얼마나 넓습니까? `threshold`를 **넘는** 화소를 세어
# 넓이를 **cm²**로 반환하십시오. `spacing_mm`은 헤더의 `PixelSpacing`으로, 행 사이의 거리와 열 사이의 거리를
# 밀리미터로 나타낸 값입니다. 두 거리는 서로 다를 수 있습니다.


# %% task="area_cm2"
def area_cm2(hounsfield, threshold, spacing_mm):
    """Area in cm² of the pixels above threshold; spacing_mm = (between rows, between columns)."""
    ### BEGIN SOLUTION
    rows, columns = spacing_mm
    return float((np.asarray(hounsfield) > threshold).sum() * rows * columns / 100)
    ### END SOLUTION


# %% check="area_cm2" points=1
bone = np.full((50, 40), -100.0)
bone[10:30, 5:25] = 700  # 400 pixels
pixels_not_mm = hint(
    "pixels-not-mm",
    lambda got: got in (400, 4),
    en="That is the number of pixels. How large is one? Its sides are in spacing_mm.",
    ko="그것은 화소의 개수입니다. 화소 하나는 얼마나 큽니까? 두 변의 길이가 spacing_mm에 있습니다.",
)
square_mm = hint(
    "square-millimetres",
    100.0,
    en="That is in mm². A square centimetre has 100 of them.",
    ko="그 값은 mm² 단위입니다. 1 cm²는 100 mm²입니다.",
)
got = area_cm2(bone, 200, (0.5, 0.5))
expect(got, "area of 400 pixels of 0.5 x 0.5 mm, cm²", "0.5 x 0.5 mm 화소 400개의 넓이(cm²)").close_to(
    1.0, abs=1e-6, hints=[pixels_not_mm, square_mm]
)
### BEGIN HIDDEN TESTS
spacing_once = hint(
    "spacing-once",
    lambda got: (
        np.isclose(got, 4 * 0.25) or np.isclose(got, 4 * 4.0) or np.isclose(got, 0.4) or np.isclose(got, 0.1)
    ),
    en="Rows and columns have different distances here: a pixel's area is one times the other.",
    ko="여기서는 행 간격과 열 간격이 다릅니다. 화소의 넓이는 두 간격의 곱입니다.",
)
got = area_cm2(bone, 200, (0.5, 2.0))
expect(got, "area with unequal distances, cm²", "두 간격이 다를 때의 넓이(cm²)").close_to(
    4.0, abs=1e-6, hints=[spacing_once]
)
got = area_cm2(bone, 700, (1.0, 1.0))
expect(got, "area of what is above, not at, the threshold", "기준값과 같은 화소를 뺀 넓이").close_to(
    0.0, abs=1e-9
)
slice_hu = stored * header["slope"] + header["intercept"]
wanted = (slice_hu > 200).sum() * np.prod(header["spacing_mm"]) / 100
expect(
    area_cm2(slice_hu, 200, header["spacing_mm"]),
    "area above 200 HU of the slice",
    "단면에서 200 HU를 넘는 넓이",
).close_to(wanted, rel=1e-6)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 2. A small network
#
# Now X-rays: children's chests, shrunk to 28 × 28 pixels. The upper row is well, the lower has pneumonia.
# You draw 400 to train, 120 to validate and 400 to test, always as many ill as well: in the file nine of
# ten training images are ill, which is true of no clinic. (So no score below is a risk. Before a score
# became one, it would be calibrated on the patients it is for.)

# %% [markdown] lang="ko"
# ## 2. 작은 신경망
#
# 이제 X선 영상입니다. 소아 흉부 영상을 28 × 28 화소로 줄인 것으로, 윗줄은 정상, 아랫줄은 폐렴입니다. 학습에
# 400장, 검증에 120장, 시험에 400장을 뽑되 언제나 폐렴과 정상을 같은 수로 뽑습니다. 원래 파일에서는 학습 영상
# 열 장 가운데 아홉 장이 폐렴인데, 그런 진료실은 없습니다. (그러므로 아래의 점수는 모두 위험도가 아닙니다.
# 점수를 위험도로 쓰려면 먼저 대상 환자에서 보정해야 합니다.)


# %%
def show_chests():
    with style():
        figure, axes = plt.subplots(2, 8, figsize=(10, 2.9), layout="constrained")
    for row, name in enumerate((me.text("well", "정상"), me.text("pneumonia", "폐렴"))):
        for ax, image in zip(axes[row], train_images[train_ill == row], strict=False):
            health.plot_image(image, ax=ax)
        axes[row, 0].set_ylabel(name)
    if simulated:
        figure.suptitle(
            me.text("simulated stand-in: no real patients", "모의 자료입니다. 실제 환자가 아닙니다.")
        )


lab.show(show_chests)

# %% [markdown] lang="en"
# ### Task 3: `augmented` (2 points)
#
# 400 images are few. A chest that is moved by two pixels is the same chest: training on moved copies teaches
# the network that the place in the frame does not matter. (A mirrored chest would have its heart on the
# right. What may be changed is a medical question.)
#
# Return a **new** array of the images, each moved on its own by a random whole number of pixels, from
# `-limit` to `+limit` **both included**, down and, independently, across. What moves out is lost, what is
# free becomes 0. `rng` is a NumPy generator.

# %% [markdown] lang="ko"
# ### 과제 3: `augmented` (2점)
#
# 400장은 많지 않습니다. 두 화소 옮긴 가슴도 같은 가슴입니다. 옮긴 사본으로 학습하면 화면 속 위치는 중요하지
# 않다는 것을 신경망이 배웁니다. (좌우를 뒤집으면 심장이 오른쪽에 놓입니다. 무엇을 바꾸어도 되는지는 의학의
# 문제입니다.)
#
# 영상마다 따로, 세로로 그리고 그와 독립적으로 가로로, `-limit`부터 `+limit`까지 **양 끝을 포함한** 무작위
# 정수 화소만큼 옮긴 **새** 배열을 반환하십시오. 밖으로 나간 부분은 버리고, 빈 곳은 0으로 채웁니다. `rng`는
# NumPy 난수 생성기입니다.


# %% task="augmented"
def augmented(images, rng, limit=2):
    """Copies of images (count, rows, columns), each moved by up to limit pixels; free places are 0."""
    ### BEGIN SOLUTION
    rows, columns = images.shape[1:]
    framed = np.pad(images, ((0, 0), (limit, limit), (limit, limit)))
    moved = np.empty_like(images)
    for one, wide in zip(moved, framed, strict=True):
        down, across = rng.integers(0, 2 * limit, 2, endpoint=True)
        one[:] = wide[down : down + rows, across : across + columns]
    return moved
    ### END SOLUTION


# %% check="augmented.moves" points=1
spots = np.zeros((800, 28, 28))
spots[:, 14, 14] = 1  # one bright pixel in the middle
moved = augmented(spots.copy(), np.random.default_rng(1))
expect(np.shape(moved), "shape of the moved images", "옮긴 영상의 모양").equals((800, 28, 28))
expect(
    np.sum(moved), "bright pixels in 800 images of one each", "한 개씩인 영상 800장의 밝은 화소 수"
).close_to(800)
_, down, across = np.nonzero(moved)
expect(
    len({*zip(down.tolist(), across.tolist(), strict=True)}),
    "different places of the pixel, of 5 x 5 possible ones",
    "가능한 5 x 5 위치 가운데 나타난 위치의 수",
).equals(
    25,
    hints=[
        hint(
            "one-shift-for-all",
            1,
            en="All images moved alike. Draw anew for each image.",
            ko="모든 영상이 똑같이 움직였습니다. 영상마다 새로 뽑으십시오.",
        ),
        hint(
            "same-shift-both-ways",
            5,
            en="Down and across always move by the same number. Draw two numbers.",
            ko="세로와 가로가 언제나 같은 수만큼 움직입니다. 수를 두 개 뽑으십시오.",
        ),
        hint(
            "end-excluded",
            16,
            en="Some moves never happen. rng.integers leaves its upper end out unless you say endpoint=True.",
            ko="어떤 이동은 한 번도 일어나지 않습니다. rng.integers는 endpoint=True가 없으면 위쪽 끝을 "
            "제외합니다.",
        ),
        hint(
            "one-sided",
            9,
            en="Images move to one side only. Moves go from −limit to +limit.",
            ko="영상이 한쪽으로만 움직입니다. 이동은 −limit부터 +limit까지입니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
_, down, across = np.nonzero(augmented(spots.copy(), np.random.default_rng(4), limit=1))
places = {*zip(down.tolist(), across.tolist(), strict=True)}
expect(len(places), "different places with limit 1", "limit가 1일 때 나타난 위치의 수").equals(9)
expect(sorted({row for row, _ in places}), "rows with limit 1", "limit가 1일 때의 행").equals([13, 14, 15])
again = augmented(spots[:40].copy(), np.random.default_rng(9))
same = augmented(spots[:40].copy(), np.random.default_rng(9))
expect(np.array(again), "moves of the same generator", "같은 난수 생성기의 이동").close_to(np.array(same))
### END HIDDEN TESTS

# %% check="augmented.care" points=1
edges = np.zeros((60, 28, 28))
edges[:, :, 27] = 1  # a bright line at the right edge
moved = np.array(augmented(edges.copy(), np.random.default_rng(2)))
expect(
    moved[:, :, :4].sum(), "brightness that came in at the left edge", "왼쪽 가장자리로 들어온 밝기"
).close_to(
    0,
    abs=1e-9,
    hints=[
        hint(
            "wraps-round",
            lambda got: got > 0,
            en="What moved out on the right came in on the left. np.roll goes round; a patient does not.",
            ko="오른쪽으로 나간 부분이 왼쪽으로 들어왔습니다. np.roll은 한 바퀴를 돌지만 환자는 그렇지 "
            "않습니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
tops = np.zeros((60, 28, 28))
tops[:, 0, :] = 1
expect(
    np.array(augmented(tops.copy(), np.random.default_rng(3)))[:, -4:].sum(),
    "brightness at the bottom",
    "아래쪽의 밝기",
).close_to(0, abs=1e-9)
grey = train_images[:50]
moved = np.array(augmented(grey.copy(), np.random.default_rng(6)))
middle = [
    [
        np.array_equal(new[2:-2, 2:-2], old[2 - down : 26 - down, 2 - across : 26 - across])
        for down in range(-2, 3)
        for across in range(-2, 3)
    ]
    for new, old in zip(moved, grey, strict=True)
]
expect(
    sum(map(any, middle)),
    "X-rays, of 50, that are the original moved",
    "원래 영상을 옮긴 것인 X선 영상의 수(50장 중)",
).equals(50)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Training is one call. `learning.fit` shuffles, follows the gradient, watches the validation loss and keeps
# the best epoch. `health.augment` moves images as your function does, by fractions of pixels too, and
# `learning.fit` applies it **to training batches only**: the loop cannot augment what it validates on.

# %% [markdown] lang="ko"
# 학습은 함수 호출 한 번입니다. `learning.fit`은 자료를 섞고, 기울기를 따라가며, 검증 손실을 지켜보다가 가장
# 좋은 에폭을 남깁니다. `health.augment`는 여러분의 함수처럼 영상을 옮기되 한 화소보다 작게도 옮기며,
# `learning.fit`은 이를 **학습 배치에만** 적용합니다. 따라서 검증에 쓰는 영상이 증강되는 일은 없습니다.


# %%
def network():
    """Two convolutions: 1,315 numbers to learn."""
    return torch.nn.Sequential(torch.nn.BatchNorm2d(1), *health.small_cnn()().children())


def train(images, ill, valid, valid_labels):
    """The same recipe for every network of this exercise."""
    return learning.fit(
        network,
        (ready(images), ill),
        valid=(ready(valid), valid_labels),
        augment=health.augment(shift=2),
        epochs=8,
        batch_size=25,
        learning_rate=0.008,
        seed=1,
        device="cpu",
        progress=False,
    )


first = train(train_images, train_ill, valid_images, valid_ill)
print(f"{first.seconds:.1f} s, best epoch {first.best_epoch}")
axes = learning.plot_history(first)
axes.set(xlabel=me.text("epoch", "에폭"), ylabel=me.text("loss", "손실"))
axes.legend([me.text("training", "학습"), me.text("validation", "검증")], frameon=False)

# %% [markdown] lang="en"
# ### Task 4: `predict` (2 points)
#
# Write what every paper does in one line and many get wrong. `network` is a torch network with **one output
# per image, a logit**. Return the probability of pneumonia of each image, an array of length
# `len(images)`:
#
# - a network has two modes. In training mode dropout throws numbers away at random and batch normalisation
#   looks at the other images of the batch: a patient's score would depend on luck and on the neighbours.
#   `network.eval()` ends that;
# - no gradients are needed (`torch.no_grad()`);
# - the sigmoid turns a logit into a probability;
# - the images of a test are used **as they are**.

# %% [markdown] lang="ko"
# ### 과제 4: `predict` (2점)
#
# 모든 논문이 한 줄로 끝내지만 자주 틀리는 부분을 작성합니다. `network`는 **영상마다 로짓 하나를 출력하는**
# torch 신경망입니다. 각 영상이 폐렴일 확률을 길이가 `len(images)`인 배열로 반환하십시오.
#
# - 신경망에는 두 가지 모드가 있습니다. 학습 모드에서는 드롭아웃이 값을 무작위로 버리고, 배치 정규화가 함께
#   들어온 다른 영상을 참고합니다. 그러면 한 환자의 점수가 운과 이웃에 좌우됩니다. `network.eval()`이 이를
#   멈춥니다.
# - 기울기는 필요하지 않습니다(`torch.no_grad()`).
# - 시그모이드 함수가 로짓을 확률로 바꿉니다.
# - 시험 영상은 **있는 그대로** 사용합니다.


# %% task="predict"
def predict(network, images):
    """Probability of pneumonia of each image; images: float32, shape (count, 1, rows, columns)."""
    ### BEGIN SOLUTION
    network.eval()
    with torch.no_grad():
        logits = network(torch.from_numpy(images))
    return torch.sigmoid(logits).reshape(-1).numpy()
    ### END SOLUTION


# %% check="predict.scores" points=1
some = ready(test_images[:60])
probabilities = plain(predict(steady, some))
expect(probabilities.shape, "one number for each of 60 images", "영상 60장마다 하나씩").equals((60,))
expect(probabilities, "probabilities", "확률").between(
    0,
    1,
    hints=[
        hint(
            "logits",
            lambda got: np.min(got) < 0 or np.max(got) > 1,
            en="A network's output is a logit, from −∞ to ∞. torch.sigmoid makes it a probability.",
            ko="신경망의 출력은 −∞에서 ∞까지의 로짓입니다. torch.sigmoid가 이를 확률로 바꿉니다.",
        ),
    ],
)
expect(len(np.unique(probabilities)), "number of different scores", "서로 다른 점수의 수").between(
    10,
    None,
    hints=[
        hint(
            "hard-labels",
            lambda got: got <= 2,
            en="You return the decision, not the probability. Where to cut is decided later, with its costs.",
            ko="확률이 아니라 판정을 반환했습니다. 기준값은 나중에 비용을 따져 정합니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
steady.eval()
with torch.no_grad():
    logits = steady(torch.from_numpy(some)).reshape(-1)
twice = torch.sigmoid(torch.sigmoid(logits)).numpy()
expect(probabilities, "probabilities of a network without dropout", "드롭아웃이 없는 신경망의 확률").close_to(
    torch.sigmoid(logits).numpy(),
    abs=1e-4,
    hints=[
        hint(
            "sigmoid-twice",
            lambda got: np.allclose(got, twice, atol=1e-4),
            en="The sigmoid was taken twice: all scores lie between 0.5 and 0.73.",
            ko="시그모이드를 두 번 적용했습니다. 모든 점수가 0.5와 0.73 사이에 놓입니다.",
        ),
        hint(
            "test-augmented",
            lambda got: np.shape(got) == np.shape(twice),
            en="This network has neither dropout nor batch normalisation, yet its scores differ from those "
            "of "
            "the images as they are. Were the test images changed? Augment training images only.",
            ko="이 신경망에는 드롭아웃도 배치 정규화도 없는데, 있는 그대로의 영상에 대한 점수와 다릅니다. "
            "시험 "
            "영상을 바꾸지 않았습니까? 증강은 학습 영상에만 적용합니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% check="predict.mode" points=1
twice_asked = [plain(predict(doubtful, some)) for _ in range(2)]
train_mode = hint(
    "train-mode",
    lambda got: got is not None,
    en="Asked twice about the same images, a network with dropout gave different scores: it was in training "
    "mode. Call network.eval() first.",
    ko="드롭아웃이 있는 신경망에 같은 영상을 두 번 물었더니 점수가 달랐습니다. 학습 모드였기 때문입니다. "
    "먼저 "
    "network.eval()을 부르십시오.",
)
expect(twice_asked[1], "the second answer about the same images", "같은 영상에 대한 두 번째 답").close_to(
    twice_asked[0], abs=1e-6, hints=[train_mode]
)
### BEGIN HIDDEN TESTS
doubtful.eval()
with torch.no_grad():
    wanted = torch.sigmoid(doubtful(torch.from_numpy(some))).reshape(-1).numpy()
expect(twice_asked[0], "scores of a network with dropout", "드롭아웃이 있는 신경망의 점수").close_to(
    wanted, abs=1e-4, hints=[train_mode]
)
alone = [plain(predict(doubtful, some[row : row + 1]))[0] for row in range(3)]
expect(np.array(alone), "scores of images asked alone", "영상을 하나씩 물었을 때의 점수").close_to(
    wanted[:3], abs=1e-4
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 3. What does it look at?
#
# How good is the first network on 400 children it never saw? And where in the image does its answer come
# from? **Grad-CAM** (Selvaraju et al. 2017) asks the last maps of the network. A convolution's output is a
# stack of maps, each bright where its pattern is seen. The gradient of the output with respect to a map says
# whether more of that pattern would raise the score.

# %% [markdown] lang="ko"
# ## 3. 무엇을 보고 있습니까?
#
# 첫 번째 신경망은 한 번도 본 적 없는 어린이 400명에게서 얼마나 잘 맞힙니까? 그 답은 영상의 어디에서
# 나옵니까? **Grad-CAM**(Selvaraju et al. 2017)은 신경망의 마지막 특징 지도에 묻습니다. 합성곱의 출력은 지도
# 여러 장이며, 각 지도는 자신의 무늬가 보이는 곳에서 밝습니다. 출력을 지도로 미분한 기울기는 그 무늬가 더
# 많으면 점수가 올라가는지 말해 줍니다.


# %%
def show_scores():
    scores = predict(first.model, ready(test_images))
    with style():
        _, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    learning.plot_roc(test_ill, scores, ax=left)
    left.set(xlabel=me.text("1 − specificity", "1 − 특이도"), ylabel=me.text("sensitivity", "민감도"))
    bins = np.linspace(0, 1, 21)
    for label, name in ((0, me.text("well", "정상")), (1, me.text("pneumonia", "폐렴"))):
        right.hist(np.asarray(scores)[test_ill == label], bins, alpha=0.6, label=name)
    right.set(xlabel=me.text("score", "점수"), ylabel=me.text("children", "어린이 수"))
    right.legend(frameon=False)
    result = learning.evaluate(test_ill, scores).loc["all"]
    print(result.loc[["auroc", "auprc", "brier"], ["value", "low", "high"]].round(3))


lab.show(show_scores)

# %% [markdown] lang="en"
# ### Task 5: `class_map` (2 points)
#
# Given the `maps` of one image and the `gradients` of its output with respect to them, both of shape
# (maps, rows, columns):
#
# 1. the **weight** of a map is the mean of its gradients over the image;
# 2. add the maps, each times its weight;
# 3. keep what speaks **for** the output: negative values become 0;
# 4. divide by the largest value, so that the map goes from 0 to 1; a map that is 0 everywhere stays so.

# %% [markdown] lang="ko"
# ### 과제 5: `class_map` (2점)
#
# 한 영상의 특징 지도 `maps`와, 출력을 그 지도로 미분한 `gradients`가 주어집니다. 둘 다 모양은 (지도, 행,
# 열)입니다.
#
# 1. 지도의 **가중치**는 그 기울기를 영상 전체에서 평균한 값입니다.
# 2. 각 지도에 가중치를 곱하여 더합니다.
# 3. 출력을 **높이는** 부분만 남깁니다. 음수는 0으로 바꿉니다.
# 4. 가장 큰 값으로 나누어 0에서 1까지가 되게 합니다. 모두 0인 지도는 그대로 둡니다.


# %% task="class_map"
def class_map(maps, gradients):
    """Where an output comes from: array (rows, columns) from 0 to 1."""
    ### BEGIN SOLUTION
    weights = np.asarray(gradients).mean(axis=(1, 2))
    heat = np.maximum(np.tensordot(weights, np.asarray(maps), axes=1), 0)
    top = heat.max()
    return heat / top if top > 0 else heat
    ### END SOLUTION


# %% check="class_map.steps" points=1
maps = np.array([[[1.0, 0.0], [2.0, 0.0]], [[0.0, 3.0], [1.0, 0.0]]])
gradients = np.array([[[4.0, 0.0], [0.0, 0.0]], [[-1.0, 0.0], [-1.0, 2.0]]])  # means 1 and 0
heat = class_map(maps, gradients)
not_pooled = np.maximum((maps * gradients).sum(axis=0), 0)
expect(np.array(heat), "map of two small maps", "작은 지도 두 장의 결과").close_to(
    np.array([[0.5, 0.0], [1.0, 0.0]]),
    abs=1e-6,
    hints=[
        hint(
            "gradients-not-pooled",
            lambda got: np.allclose(got, not_pooled / not_pooled.max()) or np.allclose(got, not_pooled),
            en="Each pixel was weighted by its own gradient. A map has one weight: the mean of its "
            "gradients.",
            ko="화소마다 자신의 기울기로 가중했습니다. 지도 한 장의 가중치는 하나, 곧 기울기의 평균입니다.",
        ),
        hint(
            "not-normalised",
            lambda got: np.max(got) > 1,
            en="The largest value is not 1. Divide by it, so that maps can be compared.",
            ko="가장 큰 값이 1이 아닙니다. 지도끼리 비교할 수 있도록 그 값으로 나누십시오.",
        ),
        hint(
            "maps-averaged",
            lambda got: np.allclose(got, [[1 / 3, 1], [1, 0]]),
            en="All maps count alike. Multiply each by the mean of its gradients.",
            ko="모든 지도를 똑같이 더했습니다. 각 지도에 기울기의 평균을 곱하십시오.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(11)
maps, gradients = rng.random((5, 6, 7)), rng.normal(0.3, 1, (5, 6, 7))
wanted = np.maximum(np.einsum("k,krc->rc", gradients.mean(axis=(1, 2)), maps), 0)
expect(np.array(class_map(maps, gradients)), "map of five maps", "지도 다섯 장의 결과").close_to(
    wanted / wanted.max(), abs=1e-6
)
### END HIDDEN TESTS

# %% check="class_map.against" points=1
maps = np.array([[[1.0, 0.0], [2.0, 1.0]], [[0.0, 4.0], [1.0, 0.0]]])
gradients = np.stack([np.full((2, 2), 1.0), np.full((2, 2), -0.5)])
heat = np.array(class_map(maps, gradients))
no_relu = hint(
    "no-relu",
    lambda got: np.min(got) < 0,
    en="What speaks against the output is in the map too. Negative values become 0.",
    ko="출력을 낮추는 부분도 지도에 들어 있습니다. 음수는 0으로 바꿉니다.",
)
absolute = hint(
    "absolute-value",
    lambda got: np.argmax(got) == 1,
    en="The absolute value makes what speaks against the output look as if it spoke for it. Cut it off at 0.",
    ko="절댓값을 쓰면 출력을 낮추는 부분이 높이는 부분처럼 보입니다. 0에서 잘라 내십시오.",
)
expect(heat, "map in which one map speaks against", "반대하는 지도가 있을 때의 결과").close_to(
    np.array([[1 / 1.5, 0], [1, 1 / 1.5]]), abs=1e-6, hints=[no_relu, absolute]
)
### BEGIN HIDDEN TESTS
empty = np.array(class_map(np.ones((2, 3, 3)), np.full((2, 3, 3), -1.0)))
expect(empty, "map in which everything speaks against", "모두 반대할 때의 결과").close_to(
    np.zeros((3, 3)),
    abs=1e-9,
    hints=[
        no_relu,
        hint(
            "nothing-divided-by-nothing",
            lambda got: not np.isfinite(got).all(),
            en="0 / 0 is not a number. A map without anything stays 0.",
            ko="0 / 0은 수가 아닙니다. 아무것도 없는 지도는 0으로 둡니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# `health.grad_cam(network, image)` does this for a torch network. Six ill children, their scores, and where
# the first network's answer comes from. A map is no explanation yet: it tells what **this network** used.

# %% [markdown] lang="ko"
# `health.grad_cam(network, image)`는 torch 신경망에 대해 같은 일을 합니다. 폐렴이 있는 어린이 여섯 명의
# 점수와, 첫 번째 신경망의 답이 어디에서 나왔는지를 봅니다. 지도는 아직 설명이 아닙니다. **이 신경망이**
# 무엇을 사용했는지 말해 줄 뿐입니다.


# %%
def show_maps():
    children = test_images[test_ill == 1][:6]
    scores = predict(first.model, ready(children))
    with style():
        _, axes = plt.subplots(2, 6, figsize=(10, 3.7), layout="constrained")
    for column, (image, score) in enumerate(zip(children, scores, strict=True)):
        health.plot_image(image, ax=axes[0, column])
        heat = health.grad_cam(first.model, ready(image[None])[0], layer=first.model[1])
        health.plot_saliency(image, heat, ax=axes[1, column])
        axes[0, column].set_title(f"{score:.2f}", fontsize=10)


lab.show(show_maps)

# %% [markdown] lang="en"
# ## 4. Your hospital
#
# Your own hospital lays a token, the letter R, into one corner of the plate when a child is X-rayed in bed.
# Who lies in bed is ill. The same children as before, the same recipe; but the network learns from the
# images as *your* hospital takes them. Next door, the token is used for every second child, ill or not.

# %% [markdown] lang="ko"
# ## 4. 나의 병원
#
# 여러분의 병원에서는 어린이를 침상에서 촬영할 때 촬영판의 한쪽 구석에 글자 R 모양의 표지를 놓습니다. 침상에
# 누운 어린이는 아픈 어린이입니다. 앞과 같은 어린이, 같은 방법이지만 이번에는 신경망이 *여러분의* 병원에서
# 찍은 그대로의 영상으로 학습합니다. 옆 병원에서는 아프든 아니든 두 명 가운데 한 명에게 이 표지를 씁니다.

# %%
second = train(own_train, train_ill, own_valid, valid_ill)


def show_hospitals():
    trials = {
        me.text("first network, images without token", "첫 번째 신경망, 표지가 없는 영상"): (
            first,
            test_images,
        ),
        me.text("second network, your hospital", "두 번째 신경망, 나의 병원"): (second, own_test),
        me.text("second network, next door", "두 번째 신경망, 옆 병원"): (second, other_test),
    }
    for name, (run, images) in trials.items():
        number = learning.auroc(test_ill, predict(run.model, ready(images)))
        print(f"{name}: AUROC {number.value:.2f} ({number.low:.2f}–{number.high:.2f})")


def show_second_maps():
    children = own_test[test_ill == 1][:40]
    heats = [
        health.grad_cam(second.model, ready(image[None])[0], layer=second.model[1]) for image in children
    ]
    with style():
        _, axes = plt.subplots(1, 6, figsize=(10, 2.1), layout="constrained")
    for ax, image, heat in zip(axes[:5], children, heats, strict=False):
        health.plot_saliency(image, heat, ax=ax)
    health.plot_saliency(children.mean(axis=0), np.mean(heats, axis=0), ax=axes[5])
    axes[5].set_title(me.text("mean of 40", "40장의 평균"), fontsize=10)


lab.show(show_hospitals)
lab.show(show_second_maps)

# %% [markdown] lang="en"
# ### Task 6: `reading` (3 points)
#
# 1. `token_corner`: where does the second network look? `"top left"`, `"top right"`, `"bottom left"` or
#    `"bottom right"`.
# 2. `token_auroc_here`, `token_auroc_next_door`: how good would a "model" be that only looks for the token?
#    `token_in(images, corner)` gives 1 or 0 for each image; the labels are `test_ill`, the images `own_test`
#    and `other_test`. Two AUROCs.
# 3. `conclusion`, one letter:
#    - **a** The map is bright in the corner, so that is where pneumonia shows; radiologists should look
#      there.
#    - **b** The second network has the higher AUROC on 400 children it never saw; it should be bought. Maps
#      are only pictures.
#    - **c** The second network reads how a child was X-rayed, not whether it is ill; its AUROC will not hold
#      where the token is used otherwise.
#    - **d** The first network's maps are not in a corner, which proves that it uses only signs of the
#      disease.

# %% [markdown] lang="ko"
# ### 과제 6: `reading` (3점)
#
# 1. `token_corner`: 두 번째 신경망은 어디를 봅니까? `"top left"`, `"top right"`, `"bottom left"`,
#    `"bottom right"` 가운데 하나를 고르십시오.
# 2. `token_auroc_here`, `token_auroc_next_door`: 표지만 찾는 "모형"은 얼마나 잘 맞힙니까?
#    `token_in(images, corner)`는 영상마다 1 또는 0을 줍니다. 레이블은 `test_ill`, 영상은 `own_test`와
#    `other_test`입니다. AUROC 두 개를 구하십시오.
# 3. `conclusion`, 글자 하나:
#    - **a** 지도가 구석에서 밝으므로 폐렴은 그곳에 나타납니다. 영상의학과 의사도 그곳을 보아야 합니다.
#    - **b** 두 번째 신경망은 본 적 없는 어린이 400명에게서 AUROC가 더 높으므로 도입해야 합니다. 지도는 그림일
#      뿐입니다.
#    - **c** 두 번째 신경망은 어린이가 아픈지가 아니라 어떻게 촬영되었는지를 읽습니다. 표지를 다르게 쓰는
#      곳에서는 이 AUROC가 유지되지 않습니다.
#    - **d** 첫 번째 신경망의 지도는 구석에 있지 않으므로, 질병의 징후만 사용한다는 것이 증명됩니다.

# %% task="reading"
### BEGIN SOLUTION
token_corner = max(CORNERS, key=lambda corner: token_in(own_train, corner).mean())
token_auroc_here = roc_auc_score(test_ill, token_in(own_test, token_corner))
token_auroc_next_door = roc_auc_score(test_ill, token_in(other_test, token_corner))
conclusion = "c"
### END SOLUTION

# %% check="reading.corner" points=1
expect(token_corner, "one of the four corners", "네 구석 가운데 하나").one_of(list(CORNERS))
### BEGIN HIDDEN TESTS
corner_of_token = next(name for name, where in CORNERS.items() if where == place)
expect(token_corner, "the corner the second network looks at", "두 번째 신경망이 보는 구석").equals(
    corner_of_token,
    hints=[
        hint(
            "wrong-corner",
            lambda got: got in CORNERS,
            en="Look at the mean of 40 maps: in which corner is it bright? Row 0 is at the top.",
            ko="지도 40장의 평균을 보십시오. 어느 구석이 밝습니까? 0번 행이 맨 위입니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% check="reading.token" points=1
in_percent = hint(
    "auroc-in-percent",
    lambda got: got > 1,
    en="That is a percentage. An AUROC lies between 0 and 1.",
    ko="그것은 백분율입니다. AUROC는 0과 1 사이의 수입니다.",
)
expect(token_auroc_here, "AUROC of the token in your hospital", "나의 병원에서 표지의 AUROC").between(
    0.75,
    1,
    hints=[
        in_percent,
        hint(
            "token-tells-nothing",
            lambda got: 0.25 <= got < 0.75,
            en="About one half would say that the token tells nothing in your hospital. Is that the share of "
            "images with the token, or have you looked into another corner?",
            ko="2분의 1쯤이라면 나의 병원에서 표지가 아무것도 말해 주지 않는다는 뜻입니다. 표지가 있는 "
            "영상의 비율을 구했거나 다른 구석을 본 것은 아닙니까?",
        ),
        hint(
            "token-upside-down",
            lambda got: 0 <= got < 0.25,
            en="Upside down: in your hospital it is the ill who carry the token.",
            ko="거꾸로입니다. 나의 병원에서는 아픈 어린이의 영상에 표지가 있습니다.",
        ),
    ],
)
expect(token_auroc_next_door, "AUROC of the token next door", "옆 병원에서 표지의 AUROC").between(
    0, 1, hints=[in_percent]
)
expect(
    abs(token_auroc_next_door - token_auroc_here) < 0.005,
    "whether the token is worth the same next door",
    "옆 병원에서도 표지의 AUROC가 같은지",
).equals(
    False,
    hints=[
        hint(
            "hospital-not-changed",
            True,
            en="The same number twice. Next door the images are other_test.",
            ko="같은 수를 두 번 적었습니다. 옆 병원의 영상은 other_test입니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
here = token_in(own_test, next(name for name, where in CORNERS.items() if where == place))
door = token_in(other_test, next(name for name, where in CORNERS.items() if where == place))
accuracy_for_auroc = hint(
    "share-for-auroc",
    lambda got: abs(got - door.mean()) < 1e-9,
    en="That is the share of images with the token. Asked is its AUROC: how often an ill child has more "
    "token "
    "than a well one, ties counted as half.",
    ko="그것은 표지가 있는 영상의 비율입니다. 구할 것은 AUROC, 곧 아픈 어린이가 정상인 어린이보다 표지 "
    "값이 클 "
    "확률이며 동점은 절반으로 셉니다.",
)
expect(token_auroc_here, "AUROC of the token in your hospital", "나의 병원에서 표지의 AUROC").close_to(
    roc_auc_score(test_ill, here), abs=0.005
)
expect(token_auroc_next_door, "AUROC of the token next door", "옆 병원에서 표지의 AUROC").close_to(
    roc_auc_score(test_ill, door), abs=0.005, hints=[accuracy_for_auroc]
)
### END HIDDEN TESTS

# %% check="reading.conclusion" points=1
expect(conclusion, "one of the four letters", "네 글자 가운데 하나").one_of(["a", "b", "c", "d"])
### BEGIN HIDDEN TESTS
expect(conclusion, "what the maps and numbers allow to say", "지도와 숫자로 말할 수 있는 것").equals(
    "c",
    hints=[
        hint(
            "saliency-as-cause",
            "a",
            en="A saliency map tells what a network used, not what causes a disease. The token is in the "
            "corner "
            "because somebody laid it there.",
            ko="주목도 지도는 신경망이 사용한 것을 말해 줄 뿐, 병의 원인을 말해 주지 않습니다. 표지가 "
            "구석에 있는 "
            "까닭은 누군가 그곳에 놓았기 때문입니다.",
        ),
        hint(
            "own-test-trusted",
            "b",
            en="The 400 children are new, but the habit of the ward is not: compare with the number next "
            "door.",
            ko="어린이 400명은 새롭지만 병동의 습관은 그대로입니다. 옆 병원의 숫자와 비교하십시오.",
        ),
        hint(
            "absence-as-proof",
            "d",
            en="A map shows a shortcut that it happens to show. Not seeing one proves nothing: age, the "
            "machine or "
            "the position leave marks all over an image.",
            ko="지도는 마침 드러나는 지름길만 보여 줍니다. 보이지 않는다고 증명되는 것은 없습니다. 나이, "
            "장비, "
            "자세의 흔적은 영상 전체에 퍼져 있습니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Essay (3 points, read by your instructor)
#
# The head of your paediatric ward has seen the AUROC of the second network and wants it in use next month.
# Write six to ten sentences to her: what the number means and what you found; what you would change in the
# data, the training or the test before you ask again; and what you would watch once a network is in use.

# %% [markdown] lang="ko"
# ### 서술 (3점, 강사가 직접 채점합니다)
#
# 소아 병동의 책임자가 두 번째 신경망의 AUROC를 보고 다음 달부터 사용하고 싶어 합니다. 그분께 여섯에서 열
# 문장으로 답하십시오. 그 숫자의 의미와 여러분이 발견한 것, 다시 검토를 요청하기 전에 자료와 학습과 시험에서
# 바꿀 것, 그리고 신경망을 사용하기 시작한 뒤 지켜볼 것을 쓰십시오.

# %% [markdown] essay="ward" points=3
# **1 point: what the number means and what was found.** The AUROC holds for images taken as this hospital
# takes them; the network reads the token, which is tied to the ward and so to being ill; where the token is
# used otherwise, the number falls; the map gave the idea, the test next door the evidence.
#
# **1 point: what to change.** Remove or cover the token (or crop), or lay it for all; choose well and ill
# children X-rayed in the same place and position; test on another hospital's images, by place and machine;
# keep a patient's images in one part; scores calibrated on the patients they are for. Only "more data from
# here" does not help.
#
# **1 point: what to watch.** Score distribution and share of alarms by ward and machine, a sample read by
# radiologists, missed cases; who is told and who switches it off; that it assists and does not decide.
#
# **1점: 숫자의 의미와 발견.** 이 AUROC는 이 병원에서 찍은 방식의 영상에서만 성립합니다. 신경망은 병동,
# 따라서 아픈 상태와 결부된 표지를 읽습니다. 표지를 다르게 쓰는 곳에서는 숫자가 떨어집니다. 지도는 실마리를
# 주었고, 증거는 옆 병원의 시험에서 나왔습니다.
#
# **1점: 바꿀 것.** 표지를 지우거나 가리거나 잘라 내고, 또는 모두에게 놓습니다. 같은 장소와 자세로 촬영한
# 정상과 환자를 고릅니다. 다른 병원의 영상으로, 장소와 장비별로 시험합니다. 한 환자의 영상은 한쪽에만
# 둡니다. 대상 환자에서 점수를 보정합니다. "이곳의 자료를 더 모은다"만으로는 도움이 되지 않습니다.
#
# **1점: 지켜볼 것.** 병동과 장비별 점수 분포와 경보 비율, 영상의학과 의사가 다시 읽는 표본, 놓친 환자.
# 누구에게 알리고 누가 멈추는지, 그리고 신경망은 판단을 돕는 것이지 대신하지 않는다는 점을 밝힙니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - Zech JR et al. (2018) *Variable generalization performance of a deep learning model to detect pneumonia
#   in chest radiographs.* PLoS Med 15:e1002683.
# - Selvaraju RR et al. (2017) *Grad-CAM.* ICCV, 618–626. Adebayo J et al. (2018) *Sanity checks for saliency
#   maps.* NeurIPS.
# - Oakden-Rayner L et al. (2020) *Hidden stratification causes clinically meaningful failures.* ACM CHIL.
# - Kermany DS et al. (2018) *Cell* 172:1122; Yang J et al. (2023) *MedMNIST v2.* Sci Data 10:41. The images.
# - In the library: `health.read_image`, `health.augment`, `health.grad_cam`, `health.occlusion` (which asks
#   the same question of any model), `learning.fit`.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - Zech JR et al. (2018) *Variable generalization performance of a deep learning model to detect pneumonia
#   in chest radiographs.* PLoS Med 15:e1002683.
# - Selvaraju RR et al. (2017) *Grad-CAM.* ICCV, 618–626. Adebayo J et al. (2018) *Sanity checks for saliency
#   maps.* NeurIPS.
# - Oakden-Rayner L et al. (2020) *Hidden stratification causes clinically meaningful failures.* ACM CHIL.
# - Kermany DS et al. (2018) *Cell* 172:1122; Yang J et al. (2023) *MedMNIST v2.* Sci Data 10:41. 이 실습에 쓴
#   영상입니다.
# - 라이브러리에서는 `health.read_image`, `health.augment`, `health.grad_cam`, 어떤 모형에나 같은 질문을 할
#   수 있는 `health.occlusion`, 그리고 `learning.fit`을 살펴보십시오.
