"""fit: a plain pass-through for scikit-learn, one honest loop for torch."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from biolabkit import learning
from biolabkit.errors import InputError, UnknownNameError

RNG = np.random.default_rng(1)
X = RNG.normal(0, 1, (300, 3))
TABLE = pd.DataFrame(X, columns=["a", "b", "c"]).assign(y=(X[:, 0] + RNG.normal(0, 0.5, 300) > 0).astype(int))
TRAIN, VALID, TEST = TABLE[:150], TABLE[150:200], TABLE[200:]


def test_scikit_learn_is_passed_through():
    direct = make_pipeline(StandardScaler(), LogisticRegression()).fit(TRAIN[["a", "b"]], TRAIN["y"])
    run = learning.fit(
        make_pipeline(StandardScaler(), LogisticRegression()), TRAIN, label="y", features=["a", "b"]
    )
    np.testing.assert_array_equal(run.predict(TEST), direct.predict_proba(TEST[["a", "b"]])[:, 1])
    assert run.features == ("a", "b")
    assert run.history.empty
    assert run.versions["scikit-learn"]
    assert len(run.data_hash) == 64


def test_the_hash_is_that_of_the_data():
    first, same, other = (
        learning.fit(LogisticRegression(), table, label="y").data_hash
        for table in (TRAIN, TRAIN.copy(), TRAIN[:-1])
    )
    assert first == same != other


def test_regression_and_several_classes():
    run = learning.fit(Ridge(), TABLE.drop(columns="y"), label="c")
    assert run.predict(TABLE).shape == (300,)
    classes = learning.fit(LogisticRegression(), (X, np.arange(300) % 3))
    assert classes.predict(X).shape == (300, 3)


@pytest.mark.parametrize(
    ("data", "arguments", "message"),
    [
        (TABLE, {}, "needs label="),
        (TABLE, {"label": "y", "features": ["a", "y"]}, "among the features"),
        (TABLE, {"label": "y", "features": pd.Index([])}, "at least one feature"),
        (TABLE.assign(y=np.nan), {"label": "y"}, "300 labels in column 'y' are missing"),
        ((X, [0, 1]), {}, "X has 300 rows and y has 2"),
        (X, {}, "a DataFrame or a tuple"),
    ],
)
def test_bad_data(data, arguments, message):
    with pytest.raises(InputError, match=message):
        learning.fit(LogisticRegression(), data, **arguments)


def test_a_missing_feature_at_prediction():
    run = learning.fit(LogisticRegression(), TRAIN, label="y")
    with pytest.raises(UnknownNameError, match="'c'"):
        run.predict(TEST.drop(columns="c"))


class TestTorch:
    @pytest.fixture(autouse=True)
    def needs_torch(self):
        self.torch = pytest.importorskip("torch")
        self.torch.set_num_threads(1)

    def network(self, outputs=1):
        nn = self.torch.nn
        return lambda: nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, outputs))

    def test_learns_and_stops_early(self):
        run = learning.fit(
            self.network(), TRAIN, label="y", valid=VALID, learning_rate=0.02, epochs=200, patience=5, seed=1
        )
        assert learning.auroc(TEST["y"], run.predict(TEST)).value > 0.9
        valid = run.history.set_index("epoch")["valid_loss"]
        assert run.best_epoch == valid.idxmin()
        assert len(valid) == min(run.best_epoch + 5, 200)
        assert not run.model.training

    def test_the_best_epoch_is_kept(self):
        run = learning.fit(
            self.network(), TRAIN, label="y", valid=VALID, learning_rate=0.05, epochs=60, seed=2
        )
        score = run.predict(VALID)
        loss = -np.mean(np.where(VALID["y"] == 1, np.log(score), np.log(1 - score)))
        assert loss == pytest.approx(run.history["valid_loss"].min(), rel=1e-4)

    def test_same_seed_same_bits_and_the_callers_stream_goes_on(self):
        runs = [learning.fit(self.network(), TRAIN, label="y", epochs=5, seed=s) for s in (3, 3, 4)]
        np.testing.assert_array_equal(runs[0].predict(TEST), runs[1].predict(TEST))
        assert (runs[0].predict(TEST) != runs[2].predict(TEST)).any()
        self.torch.manual_seed(9)
        expected = self.torch.rand(3)
        self.torch.manual_seed(9)
        learning.fit(self.network(), TRAIN, label="y", epochs=1)
        assert (self.torch.rand(3) == expected).all()

    def test_equals_a_loop_written_by_hand(self):
        torch = self.torch
        run = learning.fit(self.network(), TRAIN, label="y", epochs=4, batch_size=32, seed=5, device="cpu")
        torch.manual_seed(5)
        network, shuffle = self.network()(), torch.Generator().manual_seed(5)
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
        inputs = torch.tensor(TRAIN[["a", "b", "c"]].to_numpy(), dtype=torch.float32)
        targets = torch.tensor(TRAIN["y"].to_numpy(), dtype=torch.float32)
        for _ in range(4):
            order = torch.randperm(150, generator=shuffle)
            for start in range(0, 150, 32):
                rows = order[start : start + 32]
                optimizer.zero_grad()
                output = network(inputs[rows]).squeeze(1)
                torch.nn.functional.binary_cross_entropy_with_logits(output, targets[rows]).backward()
                optimizer.step()
        for ours, theirs in zip(run.model.parameters(), network.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs)

    def test_classes_images_and_a_loss_of_ones_own(self):
        nn = self.torch.nn
        images = RNG.normal(0, 1, (40, 1, 6, 6)).astype(np.float32)
        run = learning.fit(
            lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(32, 3)),
            (images, np.arange(40) % 3),
            epochs=2,
        )
        assert run.predict(images).shape == (40, 3)
        assert run.predict(images).sum(axis=1) == pytest.approx(np.ones(40))
        mean_square = learning.fit(
            self.network(),
            TRAIN,
            label="y",
            epochs=2,
            loss=nn.functional.mse_loss,
            optimizer=self.torch.optim.SGD,
        )
        assert np.isfinite(mean_square.history["train_loss"]).all()

    def test_checkpoint_holds_the_best_weights(self, tmp_path):
        path = tmp_path / "best.pt"
        run = learning.fit(self.network(), TRAIN, label="y", valid=VALID, epochs=8, checkpoint=path)
        state = self.torch.load(path, weights_only=True)["best_weights"]
        for name, weights in run.model.state_dict().items():
            assert (state[name] == weights).all()
        assert [file.name for file in tmp_path.iterdir()] == ["best.pt"]

    def test_a_network_that_exists_already(self):
        network = self.network()()
        run = learning.fit(network, (X.astype(np.float32), TABLE["y"].to_numpy()), epochs=1)
        assert run.model is network
        assert run.features is None

    def test_history_plot(self):
        import matplotlib.pyplot as plt

        run = learning.fit(self.network(), TRAIN, label="y", valid=VALID, epochs=3)
        _, ax = plt.subplots()
        learning.plot_history(run, ax=ax)
        assert ax.lines[1].get_data()[1] == pytest.approx(run.history["valid_loss"].to_numpy())
        plt.close(ax.figure)

    @pytest.mark.parametrize(
        ("change", "arguments", "message"),
        [
            ({"a": np.nan}, {}, "150 values are NaN or infinite, the first in row 0"),
            ({"a": "word"}, {}, "encode columns of words"),
            ({"y": 2}, {}, "needs labels 0 and 1"),
            ({"a": 1e30}, {"learning_rate": 1e30}, "the training loss is .* lower learning_rate"),
            ({}, {"epochs": 0, "patience": 0}, "epochs: at least 1.*patience: at least 1"),
            ({}, {"device": "abacus"}, "device 'abacus' cannot be used"),
        ],
    )
    def test_bad_input(self, change, arguments, message):
        with pytest.raises(InputError, match=message):
            learning.fit(self.network(), TRAIN.assign(**change), label="y", **{"epochs": 3, **arguments})

    def test_labels_that_the_network_has_no_output_for(self):
        with pytest.raises(InputError, match="labels 0 to 1 needed"):
            learning.fit(self.network(2), TRAIN.assign(y=5), label="y")

    def test_what_is_no_model(self):
        with pytest.raises(InputError, match="found str"):
            learning.fit("forest", TRAIN, label="y")
