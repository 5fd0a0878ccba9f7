"""Train models the honest way: leak-free splits, audits, one training loop, metrics with intervals.

::

    train, test = learning.split(visits, by="patient_id", test_size=0.25, stratify="outcome", seed=1)
    learning.audit_split(train, test, by="patient_id", label="outcome")
    run = learning.fit(pipeline, train, label="outcome", features=columns)
    learning.evaluate(test["outcome"], run.predict(test), cluster=test["patient_id"])

Labels are 0 and 1 everywhere; scores rise with the probability of 1.
"""

from biolabkit.learning.audit import audit_split
from biolabkit.learning.evaluation import evaluate
from biolabkit.learning.metrics import Estimate, auroc, compare_auroc, wilson_interval
from biolabkit.learning.plots import plot_forest, plot_history, plot_reliability, plot_roc
from biolabkit.learning.splits import Split, folds, split
from biolabkit.learning.training import Run, fit

__all__ = [
    "Estimate",
    "Run",
    "Split",
    "audit_split",
    "auroc",
    "compare_auroc",
    "evaluate",
    "fit",
    "folds",
    "plot_forest",
    "plot_history",
    "plot_reliability",
    "plot_roc",
    "split",
    "wilson_interval",
]
