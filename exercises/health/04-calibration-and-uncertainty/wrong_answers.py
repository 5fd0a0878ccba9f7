# Known misconceptions of health-04-calibration-and-uncertainty: each must lose exactly the checks named and
# draw its hint.


# %% wrong="bins_alike" task="ece" loses="check-ece" hint="bins-not-weighted"
# The mean gap of the intervals.
def ece(y, p, bins):
    y, p = np.asarray(y), np.asarray(p)
    number = np.minimum((p * bins).astype(int), bins - 1)
    return np.mean([abs(y[number == b].mean() - p[number == b].mean()) for b in np.unique(number)])


# %% wrong="middle_of_bin" task="ece" loses="check-ece" hint="middle-of-the-bin"
# The predicted risk of an interval is its middle.
def ece(y, p, bins):
    y, p = np.asarray(y), np.asarray(p)
    number = np.minimum((p * bins).astype(int), bins - 1)
    return sum(
        abs(y[number == b].mean() - (b + 0.5) / bins) * (number == b).mean() for b in np.unique(number)
    )


# %% wrong="errors_cancel" task="ece" loses="check-ece" hint="errors-cancel"
# If the mean risk is right, the risks are right.
def ece(y, p, bins):
    return abs(np.mean(y) - np.mean(p))


# %% wrong="class_confidence" task="ece" loses="check-ece" hint="confidence-of-the-class"
# Confidence is the larger of the two probabilities, and it should equal the accuracy.
def ece(y, p, bins):
    y, p = np.asarray(y), np.asarray(p)
    confidence, right = np.maximum(p, 1 - p), (p >= 0.5) == (y == 1)
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    return sum(
        abs(right[number == b].mean() - confidence[number == b].mean()) * (number == b).mean()
        for b in np.unique(number)
    )


# %% wrong="risk_one_lost" task="ece" loses="check-ece" hint="risk-of-one-lost"
# Every interval ends before its upper edge.
def ece(y, p, bins):
    y, p = np.asarray(y), np.asarray(p)
    from itertools import pairwise

    edges = np.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in pairwise(edges):
        here = (p >= low) & (p < high)
        if here.any():
            total += abs(y[here].mean() - p[here].mean()) * here.mean()
    return total


# %% wrong="absolute" task="brier" loses="check-brier" hint="absolute-difference"
# The mean distance between risk and outcome.
def brier(y, p):
    return np.abs(np.asarray(p) - np.asarray(y)).mean()


# %% wrong="classes" task="brier" loses="check-brier" hint="classes-compared"
# The mean squared error of the predictions.
def brier(y, p):
    return np.mean(((np.asarray(p) >= 0.5) - np.asarray(y)) ** 2)


# %% wrong="root" task="brier" loses="check-brier" hint="root-taken"
# Errors are reported as root mean squares.
def brier(y, p):
    return np.sqrt(np.mean((np.asarray(p) - np.asarray(y)) ** 2))


# %% wrong="on_risks" task="recalibrate" loses="check-recalibrate" hint="risk-for-log-odds"
# A logistic regression on the risk.
def recalibrate(y, p, new):
    line = LogisticRegression(C=1e6, max_iter=1000).fit(np.reshape(p, (-1, 1)), y)
    return line.predict_proba(np.reshape(new, (-1, 1)))[:, 1]


# %% wrong="penalised" task="recalibrate" loses="check-recalibrate" hint="penalty-left-on"
# scikit-learn's default settings are fine.
def recalibrate(y, p, new):
    def column(risks):
        clipped = np.clip(np.asarray(risks, dtype=float), 1e-6, 1 - 1e-6)
        return np.log(clipped / (1 - clipped)).reshape(-1, 1)

    return LogisticRegression().fit(column(p), y).predict_proba(column(new))[:, 1]


# %% wrong="mean_shifted" task="recalibrate" loses="check-recalibrate" hint="mean-only"
# The mean risk must be right, then all is well.
def recalibrate(y, p, new):
    p, new = (np.clip(np.asarray(risks, dtype=float), 1e-6, 1 - 1e-6) for risks in (p, new))
    mean = np.mean(y)
    shift = np.log(mean / (1 - mean)) - np.log(p.mean() / (1 - p.mean()))
    return 1 / (1 + np.exp(-np.log(new / (1 - new)) - shift))


# %% wrong="steps" task="recalibrate" loses="check-recalibrate" hint="isotonic-for-platt"
# The freer the curve, the better.
def recalibrate(y, p, new):
    return IsotonicRegression(out_of_bounds="clip").fit(p, y).predict(new)


# %% wrong="no_clipping" task="recalibrate" loses="check-recalibrate" hint="zero-has-no-log-odds"
# Risks are never 0 or 1.
def recalibrate(y, p, new):
    def column(risks):
        risks = np.asarray(risks, dtype=float)
        with np.errstate(divide="ignore"):
            return np.log(risks / (1 - risks)).reshape(-1, 1)

    line = LogisticRegression(C=1e6, max_iter=1000).fit(column(p), y)
    odds = line.intercept_[0] + line.coef_[0, 0] * column(new)[:, 0]
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(np.isfinite(odds), 1 / (1 + np.exp(-odds)), np.nan)


# %% wrong="test_mended" task="honest_ece" loses="check-honest_ece" hint="recalibrated-on-test"
# Recalibration is no training, so it may use the test patients.
def honest_ece(table):
    test = table[table["fold"] == 1]
    steps = IsotonicRegression(out_of_bounds="clip").fit(test["p"], test["y"])
    return learning.ece(test["y"], test["p"]), learning.ece(test["y"], steps.predict(test["p"]))


# %% wrong="all_mended" task="honest_ece" loses="check-honest_ece" hint="fitted-on-everything"
# The more patients it learns from, the better.
def honest_ece(table):
    test = table[table["fold"] == 1]
    steps = IsotonicRegression(out_of_bounds="clip").fit(table["p"], table["y"])
    return learning.ece(test["y"], test["p"]), learning.ece(test["y"], steps.predict(test["p"]))


# %% wrong="reported_where_learned" task="honest_ece" loses="check-honest_ece" hint="reported-on-calibration"
# The error of the fit.
def honest_ece(table):
    learn = table[table["fold"] == 0]
    steps = IsotonicRegression(out_of_bounds="clip").fit(learn["p"], learn["y"])
    return learning.ece(learn["y"], learn["p"]), learning.ece(learn["y"], steps.predict(learn["p"]))


# %% wrong="better_auroc" task="verdict" loses="check-verdict" hint="auroc-taken-for-calibration"
# Better risks have a better AUROC.
verdict = "too extreme" if learning.calibration_line(mine["y"], mine["p"]).slope.value < 1 else "too timid"
auroc_gain = 0.05


# %% wrong="slope_upside_down" task="verdict" loses="check-verdict" hint="slope-upside-down"
# A slope below 1 is too flat, so too timid.
verdict = "too timid" if learning.calibration_line(mine["y"], mine["p"]).slope.value < 1 else "too extreme"
auroc_gain = 0.0


# %% wrong="single_answers" task="conformal_sets" loses="check-conformal_sets" hint="always-an-answer"
# Every patient gets the more likely answer at least.
def conformal_sets(y, p, new, coverage):
    y, p, new = np.asarray(y), np.asarray(p), np.asarray(new)
    strange = np.sort(np.where(y == 1, 1 - p, p))
    rank = int(np.ceil(round((len(y) + 1) * coverage, 9)))
    q = strange[rank - 1] if rank <= len(y) else np.inf
    return np.column_stack([(new <= q) | (new < 0.5), (1 - new <= q) | (new >= 0.5)])


# %% wrong="columns_swapped" task="conformal_sets" loses="check-conformal_sets" hint="columns-swapped"
# Ill comes first.
def conformal_sets(y, p, new, coverage):
    y, p, new = np.asarray(y), np.asarray(p), np.asarray(new)
    strange = np.sort(np.where(y == 1, 1 - p, p))
    rank = int(np.ceil(round((len(y) + 1) * coverage, 9)))
    q = strange[rank - 1] if rank <= len(y) else np.inf
    return np.column_stack([1 - new <= q, new <= q])


# %% wrong="alpha" task="conformal_sets" loses="check-conformal_sets" hint="alpha-for-coverage"
# 0.8 is the error that is allowed.
def conformal_sets(y, p, new, coverage):
    y, p, new = np.asarray(y), np.asarray(p), np.asarray(new)
    strange = np.sort(np.where(y == 1, 1 - p, p))
    rank = int(np.ceil(round((len(y) + 1) * (1 - coverage), 9)))
    q = strange[rank - 1] if rank <= len(y) else np.inf
    return np.column_stack([new <= q, 1 - new <= q])


# %% wrong="too_few" task="conformal_sets" loses="check-conformal_sets" hint="too-few-for-the-promise"
# The largest value has to do.
def conformal_sets(y, p, new, coverage):
    y, p, new = np.asarray(y), np.asarray(p), np.asarray(new)
    strange = np.sort(np.where(y == 1, 1 - p, p))
    rank = int(np.ceil(round((len(y) + 1) * coverage, 9)))
    q = strange[min(rank, len(y)) - 1]
    return np.column_stack([new <= q, 1 - new <= q])


# %% wrong="plain_quantile" task="conformal_sets" loses="check-conformal_sets" hint="plus-one-forgotten"
# The 80 % quantile of the values.
def conformal_sets(y, p, new, coverage):
    y, p, new = np.asarray(y), np.asarray(p), np.asarray(new)
    q = np.quantile(np.where(y == 1, 1 - p, p), coverage)
    return np.column_stack([new <= q, 1 - new <= q])


# %% wrong="own_guess" task="conformal_sets" loses="check-conformal_sets" hint="truth-not-used"
# Strange is what the model is unsure about.
def conformal_sets(y, p, new, coverage):
    p, new = np.asarray(p), np.asarray(new)
    strange = np.sort(np.minimum(p, 1 - p))
    rank = int(np.ceil(round((len(p) + 1) * coverage, 9)))
    q = strange[rank - 1] if rank <= len(p) else np.inf
    return np.column_stack([new <= q, 1 - new <= q])


# %% wrong="for_each_patient" task="promise" loses="check-promise" hint="coverage-for-each-patient"
# 90 % for this patient.
promise = "a"
patients_needed = 19


# %% wrong="for_each_class" task="promise" loses="check-promise" hint="coverage-by-class-assumed"
# 90 % of all are 90 % of the ill and 90 % of the well.
promise = "b"
patients_needed = 19


# %% wrong="everywhere" task="promise" loses="check-promise" hint="coverage-under-shift"
# Distribution-free means that the distribution does not matter.
promise = "c"
patients_needed = 19


# %% wrong="twenty" task="promise" loses="check-promise" hint="new-patient-forgotten"
# One in twenty may be missed, so twenty are needed.
promise = "d"
patients_needed = 20


# %% wrong="equal_size" task="ece" loses="check-ece" hint="bins-of-equal-size"
# The library's error, with its own bins.
def ece(y, p, bins):
    return learning.ece(y, p, bins=bins)


# %% wrong="after_before" task="honest_ece" loses="check-honest_ece" hint="after-before-swapped"
# The better number first.
def honest_ece(table):
    learn, test = table[table["fold"] == 0], table[table["fold"] == 1]
    steps = IsotonicRegression(out_of_bounds="clip").fit(learn["p"], learn["y"])
    return learning.ece(test["y"], steps.predict(test["p"])), learning.ece(test["y"], test["p"])
