"""The loop's options: exact resume, weights, schedules, augmentation, precision; runs on disk."""

import copy
import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from biolabkit import learning
from biolabkit.errors import InputError

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(7)
X = RNG.normal(0, 1, (240, 4)).astype(np.float32)
Y = (X[:, 0] - X[:, 1] + RNG.normal(0, 1, 240) > 1.2).astype(int)
TRAIN, VALID = (X[:160], Y[:160]), (X[160:], Y[160:])


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def network():
    nn = torch.nn
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 1))


def jitter(inputs):
    return inputs + 0.01 * torch.randn_like(inputs)


def cosine(optimizer):
    return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=12)


FULL = {"scheduler": cosine, "augment": jitter, "class_weight": "balanced", "seed": 3, "batch_size": 32}


def weights(run):
    return torch.cat([part.double().reshape(-1) for part in run.model.state_dict().values()])


def without_seconds(history):
    return history.drop(columns="seconds")


class TestResume:
    @pytest.mark.parametrize("stop", [1, 5, 8])
    def test_an_interrupted_run_goes_on_to_the_bit(self, tmp_path, stop):
        whole = learning.fit(network, TRAIN, valid=VALID, epochs=8, **FULL)
        path = tmp_path / "run.pt"
        learning.fit(network, TRAIN, valid=VALID, epochs=stop, checkpoint=path, **FULL)
        gone_on = learning.fit(network, TRAIN, valid=VALID, epochs=8, checkpoint=path, resume=True, **FULL)
        assert torch.equal(weights(gone_on), weights(whole))
        assert gone_on.best_epoch == whole.best_epoch
        pd.testing.assert_frame_equal(without_seconds(gone_on.history), without_seconds(whole.history))

    def test_a_run_that_dies_in_an_epoch_goes_on_from_the_last_whole_one(self, tmp_path):
        calls = []

        def dies(inputs):
            calls.append(1)
            if len(calls) == 13:  # 5 batches an epoch: in the third
                raise KeyboardInterrupt
            return jitter(inputs)

        options, path = {**FULL, "epochs": 6}, tmp_path / "run.pt"
        with pytest.raises(KeyboardInterrupt):
            learning.fit(network, TRAIN, valid=VALID, checkpoint=path, **{**options, "augment": dies})
        resumed = learning.fit(network, TRAIN, valid=VALID, checkpoint=path, resume=True, **options)
        whole = learning.fit(network, TRAIN, valid=VALID, **options)
        assert torch.equal(weights(resumed), weights(whole))

    def test_a_run_that_has_ended_early_stays_as_it_is(self, tmp_path):
        options = {**FULL, "patience": 1, "epochs": 100, "checkpoint": tmp_path / "run.pt"}
        first = learning.fit(network, TRAIN, valid=VALID, **options)
        assert len(first.history) < 100
        again = learning.fit(network, TRAIN, valid=VALID, resume=True, **options)
        assert len(again.history) == len(first.history)
        assert torch.equal(weights(again), weights(first))

    def test_another_run_s_checkpoint_is_refused_with_all_differences(self, tmp_path):
        path = tmp_path / "run.pt"
        learning.fit(network, TRAIN, epochs=1, checkpoint=path, seed=1)
        with pytest.raises(InputError, match=r"seed was 1, is 2; batch_size was 64, is 16"):
            learning.fit(network, TRAIN, epochs=2, checkpoint=path, resume=True, seed=2, batch_size=16)
        with pytest.raises(InputError, match="data was "):
            learning.fit(network, (X, Y), epochs=2, checkpoint=path, resume=True, seed=1)
        with pytest.raises(InputError, match="network was "):
            learning.fit(torch.nn.Linear(4, 1), TRAIN, epochs=2, checkpoint=path, resume=True, seed=1)

    def test_a_checkpoint_of_more_epochs_is_refused(self, tmp_path):
        learning.fit(network, TRAIN, epochs=3, checkpoint=tmp_path / "run.pt")
        with pytest.raises(InputError, match="has 3 epochs, more than epochs=2"):
            learning.fit(network, TRAIN, epochs=2, checkpoint=tmp_path / "run.pt", resume=True)

    @pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 half of one"])
    def test_a_damaged_checkpoint_is_one_sentence(self, tmp_path, content):
        path = tmp_path / "run.pt"
        path.write_bytes(content)
        with pytest.raises(InputError, match="is damaged; delete it to start anew"):
            learning.fit(network, TRAIN, epochs=1, checkpoint=path, resume=True)
        assert path.read_bytes() == content

    def test_without_a_file_to_name_there_is_nothing_to_resume(self):
        with pytest.raises(InputError, match="resume: needs checkpoint="):
            learning.fit(network, TRAIN, epochs=1, resume=True)


class TestClassWeight:
    def test_balanced_weights_are_scikit_learn_s(self):
        """A linear network at its optimum has the coefficients of scikit-learn's weighted regression."""
        run = learning.fit(
            torch.nn.Linear(4, 1),
            (X, Y),
            class_weight="balanced",
            epochs=400,
            batch_size=240,
            learning_rate=0.1,
        )
        direct = LogisticRegression(C=np.inf, class_weight="balanced").fit(X, Y)
        np.testing.assert_allclose(run.model.weight.detach().numpy(), direct.coef_, atol=0.01)

    def test_given_weights_and_several_classes(self):
        labels = np.arange(240) % 3
        even = learning.fit(torch.nn.Linear(4, 3), (X, labels), epochs=30, learning_rate=0.05)
        tilted = learning.fit(
            torch.nn.Linear(4, 3),
            (X, labels),
            epochs=30,
            learning_rate=0.05,
            class_weight={0: 10, 1: 1, 2: 1},
        )
        assert tilted.predict(X)[:, 0].mean() > even.predict(X)[:, 0].mean() + 0.3

    @pytest.mark.parametrize("given", ["even", {0: 1}, {0: 1, 1: -1}, {0: 1, 1: 1, 2: 1}])
    def test_other_weights_are_refused(self, given):
        with pytest.raises(InputError, match="one weight of at least 0 for each label 0 to 1"):
            learning.fit(network, TRAIN, epochs=1, class_weight=given)

    def test_a_class_without_rows_and_a_loss_of_ones_own(self):
        with pytest.raises(InputError, match=r"no training row has the label \[1\]"):
            learning.fit(network, (X, np.zeros(240)), epochs=1, class_weight="balanced")
        with pytest.raises(InputError, match="put the weights into your loss"):
            learning.fit(network, TRAIN, epochs=1, class_weight="balanced", loss=torch.nn.functional.mse_loss)


class TestSchedule:
    def test_the_rate_is_in_the_history(self):
        run = learning.fit(network, TRAIN, epochs=4, learning_rate=0.1, scheduler=cosine)
        expected = 0.05 * (1 + np.cos(np.pi * np.arange(4) / 12))
        np.testing.assert_allclose(run.history["learning_rate"], expected)

    def test_a_plateau_lowers_the_rate(self):
        run = learning.fit(
            network,
            TRAIN,
            valid=VALID,
            epochs=40,
            patience=40,
            learning_rate=0.05,
            scheduler=lambda optimizer: torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1),
        )
        assert run.history["learning_rate"].iloc[-1] < 0.05
        assert run.history["learning_rate"].iloc[0] == 0.05


def test_augmentation_changes_training_batches_only():
    seen = []

    def note(inputs):
        seen.append(len(inputs))
        return inputs

    learning.fit(network, TRAIN, valid=VALID, epochs=2, batch_size=50, augment=note)
    assert seen == [50, 50, 50, 10] * 2


@pytest.mark.parametrize("precision", ["bfloat16", True])
def test_mixed_precision_is_near_full_precision(precision):
    half, full = (
        learning.fit(network, TRAIN, valid=VALID, epochs=5, seed=2, mixed_precision=wanted, device="cpu")
        for wanted in (precision, None)
    )
    difference = (half.history["train_loss"] - full.history["train_loss"]).abs()
    assert 0 < difference.max() < 0.02
    assert all(part.dtype != torch.bfloat16 for part in half.model.state_dict().values())


def test_an_unknown_precision_is_refused():
    with pytest.raises(InputError, match="found 'float8'"):
        learning.fit(network, TRAIN, epochs=1, mixed_precision="float8")


class TestSavedRuns:
    def test_a_network_comes_back_with_its_record(self, tmp_path):
        run = learning.fit(network, TRAIN, valid=VALID, epochs=3)
        folder = run.save(tmp_path / "models" / "first")
        again = learning.load_run(folder, network)
        np.testing.assert_array_equal(again.predict(X), run.predict(X))
        pd.testing.assert_frame_equal(again.history, run.history)
        for name in ("best_epoch", "features", "label", "seed", "device", "seconds", "data_hash", "versions"):
            assert getattr(again, name) == getattr(run, name)
        assert [path.name for path in folder.parent.iterdir()] == ["first"]

    def test_a_scikit_learn_model_comes_back(self, tmp_path):
        table = pd.DataFrame(X, columns=list("abcd")).assign(y=Y)
        run = learning.fit(LogisticRegression(), table, label="y", features=["d", "a"])
        again = learning.load_run(run.save(tmp_path / "logistic"))
        np.testing.assert_array_equal(again.predict(table), run.predict(table))
        assert again.features == ("d", "a")
        assert again.history.empty

    def test_a_saved_run_is_never_changed(self, tmp_path):
        run = learning.fit(LogisticRegression(), TRAIN)
        run.save(tmp_path / "once")
        with pytest.raises(InputError, match="once is there already"):
            run.save(tmp_path / "once")

    def test_a_run_that_cannot_be_written_leaves_nothing(self, tmp_path):
        run = learning.fit(LogisticRegression(), TRAIN)
        broken = copy.copy(run)
        object.__setattr__(broken, "model", lambda: None)  # cannot be pickled
        with pytest.raises(Exception, match="pickle"):
            broken.save(tmp_path / "broken")
        assert list(tmp_path.iterdir()) == []

    def test_a_changed_model_another_network_and_no_run(self, tmp_path):
        folder = learning.fit(network, TRAIN, epochs=1).save(tmp_path / "net")
        with pytest.raises(InputError, match="pass model="):
            learning.load_run(folder)
        with pytest.raises(InputError, match="another network"):
            learning.load_run(folder, lambda: torch.nn.Linear(4, 1))
        (folder / "weights.pt").write_bytes(b"changed")
        with pytest.raises(InputError, match="is not the file that was saved"):
            learning.load_run(folder, network)
        record = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps({**record, "format": 99}))
        with pytest.raises(InputError, match=r"^load_run: \S+ was saved by another version \(format 99\)$"):
            learning.load_run(folder, network)
        with pytest.raises(InputError, match="holds no saved run"):
            learning.load_run(tmp_path)


def test_a_notebook_shows_one_curve_and_a_script_none(capfd):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    code = (
        "import numpy as np, torch\n"
        "from biolabkit import learning\n"
        "X = np.zeros((8, 2), dtype=np.float32)\n"
        "run = learning.fit(lambda: torch.nn.Linear(2, 1), (X, [0, 1] * 4), epochs=3{})"
    )
    cells = [nbformat.v4.new_code_cell(code.format(more)) for more in ("", ", progress=False")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=120).execute()
    shown, quiet = (cell.outputs for cell in notebook.cells)
    assert [sorted(output.data) for output in shown] == [["image/png", "text/plain"]]
    assert quiet == []
    capfd.readouterr()  # what the kernel says of itself
    learning.fit(network, TRAIN, epochs=1)
    assert capfd.readouterr() == ("", "")
