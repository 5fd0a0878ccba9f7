"""Images: physical units and windows against pydicom's own, small networks, augmentation, saliency."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from biolabkit import datasets, health, learning
from biolabkit.errors import FormatError, InputError

pydicom = pytest.importorskip("pydicom")


def write_dicom(path, pixels, **header):
    """A small DICOM file with 16-bit grey pixels."""
    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset = pydicom.Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, "1.2.3"
    plain = {
        "Modality": "CT",
        "PatientName": "Hong^Gildong",
        "PatientID": "12345",
        "PixelSpacing": [0.5, 0.25],
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 1,
        "PixelData": pixels.astype("<i2").tobytes(),
    }
    for name, value in {**plain, **header}.items():
        if value is not None:
            setattr(dataset, name, value)
    dataset.save_as(path, enforce_file_format=True)
    return path


STORED = np.array([[0, 1024, 1064], [2024, 3000, -2000]])


class TestReading:
    def test_stored_values_become_hounsfield_units(self, tmp_path):
        path = write_dicom(tmp_path / "ct.dcm", STORED, RescaleSlope=1, RescaleIntercept=-1024)
        image = health.read_image(path)
        assert image.pixels.tolist() == [[-1024, 0, 40], [1000, 1976, -3024]]
        assert (image.unit, image.spacing_mm, image.modality, image.window) == ("HU", (0.5, 0.25), "CT", None)

    def test_the_first_of_several_windows_and_inverted_grey(self, tmp_path):
        path = write_dicom(
            tmp_path / "cr.dcm",
            STORED,
            Modality="CR",
            WindowCenter=[450, 200],
            WindowWidth=[790, 443],
            PhotometricInterpretation="MONOCHROME1",
            PixelSpacing=None,
        )
        image = health.read_image(path)
        assert (image.window, image.is_inverted, image.unit, image.spacing_mm) == ((450, 790), True, "", None)
        assert image.pixels.tolist() == STORED.tolist()

    @pytest.mark.mirror
    def test_real_files_are_read_as_pydicom_reads_them(self):
        paths = datasets.fetch("dicom-samples").paths
        for role in ("ct", "mr", "mr_overlay", "dose"):
            dataset = pydicom.dcmread(paths[role])
            expected = pydicom.pixels.apply_modality_lut(dataset.pixel_array, dataset)
            np.testing.assert_allclose(health.read_image(paths[role]).pixels, expected)
        assert health.read_image(paths["ct"]).spacing_mm == (0.661468, 0.661468)
        assert health.read_image(paths["mr"]).window == (600, 1600)

    @pytest.mark.mirror
    @pytest.mark.parametrize(("role", "found"), [("report", "SR"), ("ecg", "ECG")])
    def test_a_file_without_pixels_is_no_image_but_has_a_header(self, role, found):
        path = datasets.fetch("dicom-samples").path(role)
        with pytest.raises(FormatError, match=f"an image expected, found {found} without pixel data"):
            health.read_image(path)
        assert "SOPClassUID" in set(health.header_table(path)["keyword"])

    def test_other_files(self, tmp_path):
        text = tmp_path / "notes.txt"
        text.write_text("no image at all, but long enough to hold a preamble of 128 bytes" * 5)
        with pytest.raises(FormatError, match="a DICOM file expected"):
            health.read_image(text)
        cut = tmp_path / "cut.dcm"
        cut.write_bytes(write_dicom(tmp_path / "whole.dcm", STORED).read_bytes()[:-6])
        with pytest.raises(FormatError, match=r"cut\.dcm: the pixels cannot be decoded"):
            health.read_image(cut)
        colour = write_dicom(
            tmp_path / "colour.dcm",
            STORED,
            SamplesPerPixel=3,
            PhotometricInterpretation="RGB",
            PlanarConfiguration=0,
        )
        with pytest.raises(FormatError, match="grey pixels expected, found RGB"):
            health.read_image(colour)
        palette = write_dicom(tmp_path / "palette.dcm", STORED, PhotometricInterpretation="PALETTE COLOR")
        with pytest.raises(FormatError, match="grey pixels expected, found PALETTE COLOR"):
            health.read_image(palette)
        with pytest.raises(InputError, match=r"absent\.dcm: cannot be read .*; check the path"):
            health.read_image(tmp_path / "absent.dcm")

    @pytest.mark.filterwarnings("ignore:.*:UserWarning")
    def test_a_damaged_header_is_told_not_thrown_from_inside_pydicom(self, tmp_path):
        """pydicom looks at an element when it is asked for, and raises a dozen kinds of errors then."""
        path = write_dicom(
            tmp_path / "ct.dcm", STORED, RescaleSlope=1, WindowCenter=[1, 2], WindowWidth=[3, 4]
        )
        whole, rng = path.read_bytes(), np.random.default_rng(4)
        told = 0
        for _ in range(150):
            damaged = bytearray(whole)
            for place in rng.integers(128, len(whole), 3):
                damaged[place] = rng.integers(256)
            path.write_bytes(damaged)
            for reader in (health.read_image, health.header_table):
                try:
                    reader(path)
                except FormatError:
                    told += 1
        assert told > 50

    def test_enhanced_files_have_a_slope_for_all_frames_or_for_each(self, tmp_path):
        def scaled(slope, intercept):
            transformation, measures, group = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
            transformation.RescaleSlope, transformation.RescaleIntercept = slope, intercept
            transformation.RescaleType = "HU"
            measures.PixelSpacing = [0.7, 0.6]
            group.PixelValueTransformationSequence = [transformation]
            group.PixelMeasuresSequence = [measures]
            return group

        frames = np.array([[[0, 1], [2, 3]], [[4, 5], [6, 7]]])
        plain = {"Rows": 2, "Columns": 2, "NumberOfFrames": 2, "PixelSpacing": None}
        shared = write_dicom(
            tmp_path / "shared.dcm", frames, SharedFunctionalGroupsSequence=[scaled(2, -10)], **plain
        )
        image = health.read_image(shared)
        assert image.pixels.tolist() == (frames * 2 - 10).tolist()
        assert (image.unit, image.spacing_mm) == ("HU", (0.7, 0.6))
        each = write_dicom(
            tmp_path / "each.dcm",
            frames,
            PerFrameFunctionalGroupsSequence=[scaled(1, -1), scaled(3, 0)],
            **plain,
        )
        assert health.read_image(each).pixels.tolist() == [(frames[0] - 1).tolist(), (frames[1] * 3).tolist()]

    def test_stored_values_without_slope_are_no_hounsfield_units(self, tmp_path):
        assert health.read_image(write_dicom(tmp_path / "ct.dcm", STORED)).unit == ""

    def test_errors_in_korean(self, tmp_path, monkeypatch):
        monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
        with pytest.raises(InputError) as caught:
            health.window([1.0], 40, 0)
        assert str(caught.value) == "window: 윈도의 폭은 1보다 커야 합니다. 받은 값: 0"
        report = write_dicom(tmp_path / "report.dcm", STORED, Modality="SR", PixelData=None)
        with pytest.raises(FormatError) as caught:
            health.read_image(report)
        assert str(caught.value) == f"{report}: 영상이어야 하는데 화소가 없는 파일입니다(Modality: SR)"

    def test_names_and_dates_are_hidden_in_the_header_unless_asked_for(self, tmp_path):
        path = write_dicom(
            tmp_path / "ct.dcm", STORED, AcquisitionDate="20240301", RequestingPhysician="Kim^Minji"
        )
        header = health.header_table(path).set_index("keyword")
        assert header.loc["PatientName", "value"] == header.loc["PatientID", "value"] == "hidden"
        assert (
            header.loc["AcquisitionDate", "value"] == header.loc["RequestingPhysician", "value"] == "hidden"
        )
        assert header.loc["PixelSpacing"].tolist() == ["0028,0030", "DS", "[0.5, 0.25]"]
        assert "PixelData" not in header.index
        shown = health.header_table(path, identifying=True).set_index("keyword")
        assert shown.loc["PatientName", "value"] == "Hong^Gildong"


class TestWindow:
    def test_literal_values(self):
        # centre 40, width 400: black up to -160, white from 239 on
        values = [-1000, -160, 39.5, 239, 3000]
        assert health.window(values, 40, 400) == pytest.approx([0, 0, 0.5, 1, 1])

    @pytest.mark.parametrize(("center", "width"), [(40, 400), (-600, 1500), (480.5, 2)])
    def test_equals_pydicom(self, center, width):
        dataset = pydicom.Dataset()
        dataset.WindowCenter, dataset.WindowWidth = center, width
        dataset.BitsStored, dataset.PixelRepresentation = 16, 1
        dataset.PhotometricInterpretation = "MONOCHROME2"
        values = np.arange(-1500, 1500, 7, dtype=np.int16)
        theirs = pydicom.pixels.apply_windowing(values, dataset)
        low, high = -(2**15), 2**15 - 1
        expected = (theirs - low) / (high - low)
        np.testing.assert_allclose(health.window(values, center, width), expected, atol=1e-9)

    def test_no_width(self):
        with pytest.raises(InputError, match="a width above 1 expected, found 0"):
            health.window([1.0], 40, 0)


class TestNetworks:
    @pytest.fixture(autouse=True)
    def needs_torch(self):
        self.torch = pytest.importorskip("torch")
        self.torch.set_num_threads(1)

    def images(self, count=160, seed=3):
        """Noise; the cases have a bright square whose place is known."""
        rng = np.random.default_rng(seed)
        labels = np.arange(count) % 2
        images = rng.normal(0, 0.3, (count, 1, 20, 20)).astype(np.float32)
        corners = rng.integers(0, 15, (count, 2))
        for image, label, (row, column) in zip(images, labels, corners, strict=True):
            image[0, row : row + 5, column : column + 5] += 1.5 * label
        return images, labels, corners

    def test_a_small_network_learns_and_its_saliency_finds_the_sign(self):
        images, labels, corners = self.images()
        run = learning.fit(
            health.small_cnn(),
            (images[:120], labels[:120]),
            epochs=25,
            batch_size=16,
            learning_rate=0.01,
            augment=health.augment(shift=2),
            seed=1,
        )
        scores = run.predict(images[120:])
        assert learning.auroc(labels[120:], scores).value > 0.95
        for maps in (
            lambda image: health.grad_cam(run.model, image),
            lambda image: health.occlusion(run.predict, image, patch=5),
        ):
            hits = []
            for image, (row, column) in zip(images[121::2], corners[121::2], strict=True):
                heat = maps(image)
                assert heat.shape == (20, 20)
                at = np.unravel_index(heat.argmax(), heat.shape)
                hits.append(row - 2 <= at[0] < row + 7 and column - 2 <= at[1] < column + 7)
            assert np.mean(hits) > 0.8

    def test_grad_cam_is_cam_where_a_linear_layer_follows_the_mean(self):
        """Zhou et al. 2016: the map is the sum of the last maps, weighted by the layer's weights."""
        torch = self.torch
        torch.manual_seed(5)
        network = health.small_cnn(outputs=3)().eval()
        image = np.random.default_rng(2).normal(0, 1, (1, 16, 16)).astype(np.float32)
        with torch.no_grad():
            maps = network.features(torch.from_numpy(image[None]))
        for output in range(3):
            weights = network.head[1].weight[output]
            expected = torch.relu((weights[None, :, None, None] * maps).sum(dim=1, keepdim=True))
            expected = torch.nn.functional.interpolate(expected, size=(16, 16), mode="bilinear")[0, 0]
            expected = (expected / expected.max()).detach().numpy()
            np.testing.assert_allclose(health.grad_cam(network, image, output=output), expected, atol=1e-5)

    def test_grad_cam_leaves_the_network_as_it_was(self):
        network = health.small_cnn()()
        network.train()
        network.head.eval()  # a part that somebody froze
        before = {name: value.clone() for name, value in network.state_dict().items()}
        health.grad_cam(network, np.ones((16, 16)))
        assert [network.training, network.features.training, network.head.training] == [True, True, False]
        assert all(self.torch.equal(before[name], value) for name, value in network.state_dict().items())
        assert all(parameter.grad is None for parameter in network.parameters())
        assert not network.features._forward_hooks

    def test_what_has_no_maps_or_is_no_image(self):
        with pytest.raises(InputError, match="found none; name a layer"):
            health.grad_cam(self.torch.nn.Linear(4, 1), np.ones((4, 4)))
        with pytest.raises(InputError, match=r"found \(2, 1, 16, 16\)"):
            health.grad_cam(health.small_cnn()(), np.ones((2, 1, 16, 16)))

    def test_what_cannot_be_explained(self):
        network, image = health.small_cnn()(), np.ones((16, 16))
        with pytest.raises(InputError, match="an output of 0 to 0 expected, found 1"):
            health.grad_cam(network, image, output=1)
        with pytest.raises(InputError, match=r"rows, columns\) expected, found \(1, 1\)"):
            health.grad_cam(network, image, layer=network.head)
        with pytest.raises(InputError, match="expected, found None"):
            health.grad_cam(network, image, layer=self.torch.nn.Conv2d(1, 1, 1))
        assert not network.head._forward_hooks

    @pytest.mark.parametrize("filters", [(4,), (4, 8, 8)])
    def test_shapes(self, filters):
        network = health.small_cnn(channels=2, outputs=5, filters=filters)().eval()
        assert network(self.torch.zeros(3, 2, 24, 17)).shape == (3, 5)

    def test_augmentation_moves_each_image_on_its_own_and_nothing_comes_round(self):
        torch = self.torch
        torch.manual_seed(1)
        image = torch.zeros(200, 1, 11, 11)
        image[:, 0, 5, 5] = 1
        moved = health.augment(shift=3)(image)
        assert moved.shape == image.shape
        totals = moved.sum(dim=(1, 2, 3))
        assert torch.allclose(totals, torch.ones(200), atol=1e-4)
        rows = (moved.sum(dim=(1, 3)) * torch.arange(11)).sum(dim=1)
        assert len(rows.unique()) > 150
        assert 2 < (rows - 5).abs().max() <= 3 + 1e-4
        edge = torch.zeros(200, 1, 11, 11)
        edge[:, 0, :, 10] = 1
        assert health.augment(shift=3)(edge)[:, :, :, :4].sum() == pytest.approx(0, abs=1e-4)

    def test_no_change_a_flip_and_a_quarter_turn(self):
        torch = self.torch
        images = torch.rand(64, 1, 8, 8)
        assert torch.allclose(health.augment(shift=0)(images), images, atol=1e-5)
        flipped = health.augment(shift=0, flip=True)(images)
        is_same = (flipped - images).abs().amax(dim=(1, 2, 3)) < 1e-5
        is_mirror = (flipped - images.flip(3)).abs().amax(dim=(1, 2, 3)) < 1e-5
        assert (is_same ^ is_mirror).all()
        assert 15 < is_mirror.sum() < 49
        spot = torch.zeros(64, 1, 9, 9)
        spot[:, 0, 4, 8] = 1  # turned about the middle, it stays as far from it
        turned = health.augment(shift=0, rotate_degrees=90)(spot)
        row, column = torch.meshgrid(torch.arange(9) - 4.0, torch.arange(9) - 4.0, indexing="ij")
        weight = turned[:, 0] / turned[:, 0].sum(dim=(1, 2), keepdim=True).clamp(min=1e-6)
        distance = (weight * torch.hypot(row, column)).sum(dim=(1, 2))[turned.sum(dim=(1, 2, 3)) > 0.5]
        assert (distance - 4).abs().max() < 0.6

    def test_a_turn_does_not_squeeze_an_image_that_is_no_square(self):
        torch = self.torch
        torch.manual_seed(2)
        spot = torch.zeros(64, 1, 9, 27)
        spot[:, 0, 4, 17] = 1  # four pixels right of the middle
        turned = health.augment(shift=0, rotate_degrees=90)(spot)[:, 0]
        row, column = torch.meshgrid(torch.arange(9) - 4.0, torch.arange(27) - 13.0, indexing="ij")
        weight = turned / turned.sum(dim=(1, 2), keepdim=True).clamp(min=1e-6)
        distance = (weight * torch.hypot(row, column)).sum(dim=(1, 2))[turned.sum(dim=(1, 2)) > 0.5]
        assert len(distance) > 30
        assert (distance - 4).abs().max() < 0.6

    def test_images_without_channels(self):
        with pytest.raises(InputError, match=r"found \(2, 8, 8\)"):
            health.augment()(self.torch.zeros(2, 8, 8))

    def test_impossible_amounts(self):
        with pytest.raises(InputError, match="shift=-1"):
            health.augment(shift=-1)
        with pytest.raises(InputError, match="zoom below 1"):
            health.augment(zoom=1.5)


class TestOcclusion:
    def test_only_what_the_model_looks_at_counts(self):
        image = np.zeros((12, 12))
        image[2:5, 7:10] = 1
        heat = health.occlusion(lambda images: images[:, 0, 2:5, 7:10].mean(axis=(1, 2)), image, patch=3)
        inside = np.zeros((12, 12), dtype=bool)
        inside[0:7, 5:12] = True
        assert heat[3, 8] == heat.max() > 0.5
        assert np.abs(heat[~inside]).max() == 0

    def test_few_images_are_held_at_a_time(self):
        asked = []

        def predict(images):
            asked.append(len(images))
            return images[:, 0, 10, 10]

        image = np.zeros((40, 40))
        image[10, 10] = 1
        heat = health.occlusion(predict, image, patch=3)
        assert sum(asked) - 1 == 20 * 20  # the corners 0, 2, … 36 and 37
        assert max(asked) <= 64
        assert heat[10, 10] > 0.9
        assert heat[20:, 20:].max() == 0

    def test_a_model_with_several_scores(self):
        with pytest.raises(InputError, match=r"each of 1 images expected, found shape \(1, 3\)"):
            health.occlusion(lambda images: np.zeros((len(images), 3)), np.zeros((12, 12)))

    def test_a_square_that_does_not_fit(self):
        with pytest.raises(InputError, match="a patch of 1 to 12 pixels expected, found 13"):
            health.occlusion(lambda images: images[:, 0, 0, 0], np.zeros((12, 12)), patch=13)


class TestPlots:
    def test_an_image_in_its_window_and_proportions(self, tmp_path):
        image = health.read_image(
            write_dicom(tmp_path / "ct.dcm", STORED, RescaleIntercept=-1024, RescaleSlope=1)
        )
        _, ax = plt.subplots()
        assert health.plot_image(image, center=40, width=400, ax=ax) is ax
        np.testing.assert_allclose(ax.images[0].get_array(), health.window(image.pixels, 40, 400))
        assert ax.get_aspect() == 2.0
        plt.close(ax.figure)

    def test_saliency_leaves_the_rest_grey(self):
        heat = np.array([[0.0, 2.0], [-1.0, 1.0]])
        ax = health.plot_saliency(np.eye(2), heat, alpha=0.6)
        assert ax.images[1].get_alpha() == pytest.approx(np.array([[0, 0.6], [0, 0.3]]))
        plt.close(ax.figure)

    def test_bad_input(self):
        with pytest.raises(InputError, match="go together"):
            health.plot_image(np.eye(2), center=1)
        with pytest.raises(InputError, match="choose one frame"):
            health.plot_image(np.zeros((3, 2, 2)))
        with pytest.raises(InputError, match=r"has shape \(2, 2\), the map \(3, 3\)"):
            health.plot_saliency(np.eye(2), np.eye(3))
