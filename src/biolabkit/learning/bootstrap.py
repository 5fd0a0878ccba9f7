"""Bootstrap of ranking and threshold metrics, all resamples of a block at once.

A resample is a vector of counts, how often each row was drawn; with the rows sorted by score once, every
metric is a weighted sum or a cumulative sum along that order, so nothing is sorted again.
"""

from collections.abc import Iterator

import numpy as np

from biolabkit.learning._inputs import FloatArray, IntArray

_BLOCK_CELLS = 1_000_000  # counts held at once: about 40 MB with the intermediate arrays

RANKING = ("auroc", "auprc", "brier", "ece")
AT_THRESHOLD = ("sensitivity", "specificity", "ppv", "npv")


def bootstrap_metrics(
    labels: IntArray,
    scores: FloatArray,
    threshold: float,
    clusters: IntArray | None,
    resamples: int,
    rng: np.random.Generator,
    bins: IntArray,
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
    bins : ndarray of int, shape (rows,)
        Bin of each row for the calibration error; the bins stay those of the data in every resample.

    Returns
    -------
    dict of ndarray, shape (resamples,)
        NaN where a resample does not define a metric, for example when it has no case.
    """
    order = np.argsort(scores, kind="stable")[::-1]
    ranked = _Ranked(labels[order], scores[order], threshold, bins[order])
    drawn = np.arange(len(labels)) if clusters is None else clusters
    blocks = [
        ranked.metrics(counts[:, drawn[order]])
        for counts in _resample_counts(int(drawn.max()) + 1, len(labels), resamples, rng)
    ]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def point_metrics(labels: IntArray, scores: FloatArray, threshold: float, bins: IntArray) -> dict[str, float]:
    """The metrics of the data as they are."""
    order = np.argsort(scores, kind="stable")[::-1]
    once = np.ones((1, len(labels)))  # float64, so the point estimates are exact to the last digits
    found = _Ranked(labels[order], scores[order], threshold, bins[order]).metrics(once)
    return {name: float(values[0]) for name, values in found.items()}


def resampled_ranks(
    labels: IntArray,
    scores: FloatArray,
    clusters: IntArray | None,
    resamples: int,
    rng: np.random.Generator,
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Cases and controls drawn at each row, sorted by falling score: two arrays (some resamples, rows)."""
    order = np.argsort(scores, kind="stable")[::-1]
    drawn = np.arange(len(labels)) if clusters is None else clusters
    case = labels[order].astype(np.float32)
    for counts in _resample_counts(int(drawn.max()) + 1, len(labels), resamples, rng):
        rows = counts[:, drawn[order]]
        cases = rows * case
        yield cases, rows - cases


def called_counts(
    labels: IntArray,
    scores: FloatArray,
    thresholds: FloatArray,
    clusters: IntArray | None,
    resamples: int,
    seed: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """True and false positives of each resample at each threshold, and the rows of each resample.

    Returns
    -------
    true_positive, false_positive : ndarray, shape (resamples, thresholds)
    rows : ndarray, shape (resamples,)
    """
    falling = np.sort(scores)[::-1]
    called = np.searchsorted(-falling, -thresholds, side="right")
    blocks = []
    for cases, controls in resampled_ranks(labels, scores, clusters, resamples, np.random.default_rng(seed)):
        nobody = np.zeros((len(cases), 1))
        tp = np.hstack([nobody, np.cumsum(cases, axis=1, dtype=np.float64)])
        fp = np.hstack([nobody, np.cumsum(controls, axis=1, dtype=np.float64)])
        blocks.append((tp[:, called], fp[:, called], tp[:, -1] + fp[:, -1]))
    true_positive, false_positive, rows = zip(*blocks, strict=True)
    return np.concatenate(true_positive), np.concatenate(false_positive), np.concatenate(rows)


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

    def __init__(self, labels: IntArray, scores: FloatArray, threshold: float, bins: IntArray) -> None:
        self.case = labels.astype(np.float32)
        # one column per bin, so that a product with counts sums the residuals of each bin
        self.residuals = np.zeros((len(labels), int(bins.max(initial=0)) + 1))
        self.residuals[np.arange(len(labels)), bins] = labels - scores
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
        rows = total_cases + total_controls
        brier = counts @ self.squared_error / rows
        ece = np.abs(counts @ self.residuals).sum(axis=1) / rows
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
            "ece": ece,
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
