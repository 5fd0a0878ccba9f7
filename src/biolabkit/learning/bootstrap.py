"""Bootstrap of ranking and threshold metrics, all resamples of a block at once.

A resample is a vector of counts, how often each row was drawn; with the rows sorted by score once, every
metric is a weighted sum or a cumulative sum along that order, so nothing is sorted again.
"""

from collections.abc import Iterator

import numpy as np

from biolabkit.learning._inputs import FloatArray, IntArray

_BLOCK_CELLS = 1_000_000  # counts held at once: about 40 MB with the intermediate arrays

RANKING = ("auroc", "auprc", "brier")
AT_THRESHOLD = ("sensitivity", "specificity", "ppv", "npv")


def bootstrap_metrics(
    labels: IntArray,
    scores: FloatArray,
    threshold: float,
    clusters: IntArray | None,
    resamples: int,
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    """Metrics of each resample.

    Parameters
    ----------
    labels : ndarray of int, shape (rows,)
        0 and 1.
    scores : ndarray of float, shape (rows,)
        Higher means more likely 1.
    threshold : float
        A row is called positive when its score is at least this.
    clusters : ndarray of int, shape (rows,), optional
        Codes 0, 1, … of what is drawn (patients); without it, rows are drawn.
    resamples : int
        How many.
    rng : numpy.random.Generator
        The source of the draws.

    Returns
    -------
    dict of ndarray, shape (resamples,)
        NaN where a resample does not define a metric, for example when it has no case.
    """
    order = np.argsort(scores, kind="stable")[::-1]
    ranked = _Ranked(labels[order], scores[order], threshold)
    drawn = np.arange(len(labels)) if clusters is None else clusters
    blocks = [
        ranked.metrics(counts[:, drawn[order]])
        for counts in _resample_counts(int(drawn.max()) + 1, len(labels), resamples, rng)
    ]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def point_metrics(labels: IntArray, scores: FloatArray, threshold: float) -> dict[str, float]:
    """The metrics of the data as they are."""
    order = np.argsort(scores, kind="stable")[::-1]
    once = np.ones((1, len(labels)))  # float64, so the point estimates are exact to the last digits
    found = _Ranked(labels[order], scores[order], threshold).metrics(once)
    return {name: float(values[0]) for name, values in found.items()}


def _resample_counts(units: int, rows: int, resamples: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Blocks of draws with replacement, as counts of shape (some resamples, units)."""
    size = max(1, min(resamples, _BLOCK_CELLS // max(units, rows)))
    for start in range(0, resamples, size):
        number = min(size, resamples - start)
        draws = rng.integers(0, units, (number, units))
        draws += np.arange(number)[:, np.newaxis] * units
        counts = np.bincount(draws.ravel(), minlength=number * units)
        yield counts.reshape(number, units).astype(np.float32)


class _Ranked:
    """Rows sorted by falling score, ready to be weighted."""

    def __init__(self, labels: IntArray, scores: FloatArray, threshold: float) -> None:
        self.case = labels.astype(np.float32)
        self.squared_error = (scores - labels) ** 2
        # equal scores are one step of the curve
        self.steps = np.flatnonzero(np.r_[True, np.diff(scores) != 0]) if len(scores) else np.empty(0, int)
        self.tied = len(self.steps) < len(scores)
        self.called = int((scores >= threshold).sum())

    def metrics(self, counts: FloatArray) -> dict[str, FloatArray]:
        cases = counts * self.case
        controls = counts - cases
        with np.errstate(invalid="ignore", divide="ignore"):
            found = self._ranking(counts, cases, controls)
            found.update(self._at_threshold(cases, controls))
        return found

    def _ranking(self, counts: FloatArray, cases: FloatArray, controls: FloatArray) -> dict[str, FloatArray]:
        # sums of counts are whole numbers and exact in float32 up to 2**24; products need float64
        total_cases, total_controls = cases.sum(1, dtype=np.float64), controls.sum(1, dtype=np.float64)
        brier = counts @ self.squared_error / (total_cases + total_controls)
        if self.tied:
            cases = np.add.reduceat(cases, self.steps, axis=1)
            controls = np.add.reduceat(controls, self.steps, axis=1)
        true_positive = np.cumsum(cases, axis=1)
        false_positive = np.cumsum(controls, axis=1)
        # a case beats the controls that come after its step, and half of those on it
        beaten = false_positive - controls / 2
        area = 1.0 - _row_dot(cases, beaten) / (total_cases * total_controls)
        called = true_positive + false_positive
        precision = np.divide(true_positive, called, out=np.zeros_like(called), where=called > 0)
        return {
            "auroc": area,
            "auprc": _row_dot(cases, precision) / total_cases,
            "brier": brier,
        }

    def _at_threshold(self, cases: FloatArray, controls: FloatArray) -> dict[str, FloatArray]:
        tp = cases[:, : self.called].sum(1, dtype=np.float64)
        fn = cases[:, self.called :].sum(1, dtype=np.float64)
        fp = controls[:, : self.called].sum(1, dtype=np.float64)
        tn = controls[:, self.called :].sum(1, dtype=np.float64)
        return {
            "sensitivity": tp / (tp + fn),
            "specificity": tn / (tn + fp),
            "ppv": tp / (tp + fp),
            "npv": tn / (tn + fn),
        }


def _row_dot(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("ij,ij->i", a, b, dtype=np.float64))
