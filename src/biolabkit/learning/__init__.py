"""Train models the honest way: leak-free splits, audits, one training loop, metrics with intervals.

::

    train, test = learning.split(visits, by="patient_id", test_size=0.25, stratify="outcome", seed=1)
    learning.audit_split(train, test, by="patient_id", label="outcome")
    run = learning.fit(pipeline, train, label="outcome", features=columns)
    learning.evaluate(test["outcome"], run.predict(test), cluster=test["patient_id"])
    calibrated = learning.calibrate(valid["outcome"], run.predict(valid))
    learning.decision_curve(test["outcome"], calibrated(run.predict(test)))

Labels are 0 and 1 everywhere; scores rise with the probability of 1.
"""

from biolabkit.learning.audit import audit_split
from biolabkit.learning.calibration import (
    CalibrationLine,
    Calibrator,
    calibrate,
    calibration_line,
    ece,
    reliability,
)
from biolabkit.learning.conformal import ConformalSets, conformal, set_coverage
from biolabkit.learning.evaluation import evaluate
from biolabkit.learning.metrics import Estimate, auroc, compare_auroc, wilson_interval
from biolabkit.learning.plots import (
    plot_decision_curve,
    plot_forest,
    plot_history,
    plot_precision_recall,
    plot_reliability,
    plot_roc,
)
from biolabkit.learning.runs import Run, load_run
from biolabkit.learning.splits import Split, folds, split
from biolabkit.learning.thresholds import (
    PredictiveValues,
    Threshold,
    choose_threshold,
    cost_threshold,
    decision_curve,
    predictive_values,
)
from biolabkit.learning.training import fit

__all__ = [
    "CalibrationLine",
    "Calibrator",
    "ConformalSets",
    "Estimate",
    "PredictiveValues",
    "Run",
    "Split",
    "Threshold",
    "audit_split",
    "auroc",
    "calibrate",
    "calibration_line",
    "choose_threshold",
    "compare_auroc",
    "conformal",
    "cost_threshold",
    "decision_curve",
    "ece",
    "evaluate",
    "fit",
    "folds",
    "load_run",
    "plot_decision_curve",
    "plot_forest",
    "plot_history",
    "plot_precision_recall",
    "plot_reliability",
    "plot_roc",
    "predictive_values",
    "reliability",
    "set_coverage",
    "split",
    "wilson_interval",
]
