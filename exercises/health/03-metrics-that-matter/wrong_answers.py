# Known misconceptions of health-03-metrics-that-matter: each must lose exactly the checks named and draw its
# hint.


# %% wrong="strictly_above" task="rates" loses="check-rates" hint="threshold-excluded"
# Positive is a score above the threshold.
def rates(y, score, threshold):
    case, called = np.asarray(y) == 1, np.asarray(score) > threshold

    def part(wanted, among):
        return float(wanted[among].mean()) if among.any() else float("nan")

    return {
        "sensitivity": part(called, case),
        "specificity": part(~called, ~case),
        "ppv": part(case, called),
        "npv": part(~case, ~called),
        "accuracy": float((case == called).mean()),
    }


# %% wrong="ppv_as_sensitivity" task="rates" loses="check-rates" hint="ppv-for-sensitivity"
# The share of alarms that are right is the sensitivity.
def rates(y, score, threshold):
    case, called = np.asarray(y) == 1, np.asarray(score) >= threshold

    def part(wanted, among):
        return float(wanted[among].mean()) if among.any() else float("nan")

    return {
        "sensitivity": part(case, called),
        "specificity": part(~case, ~called),
        "ppv": part(called, case),
        "npv": part(~called, ~case),
        "accuracy": float((case == called).mean()),
    }


# %% wrong="false_alarm_rate" task="rates" loses="check-rates" hint="false-alarm-rate"
# Specificity is the share of well people with an alarm.
def rates(y, score, threshold):
    case, called = np.asarray(y) == 1, np.asarray(score) >= threshold

    def part(wanted, among):
        return float(wanted[among].mean()) if among.any() else float("nan")

    return {
        "sensitivity": part(called, case),
        "specificity": part(called, ~case),
        "ppv": part(case, called),
        "npv": part(~case, ~called),
        "accuracy": float((case == called).mean()),
    }


# %% wrong="unknown_is_zero" task="rates" loses="check-rates" hint="unknown-as-zero"
# Nothing to divide by gives 0.
def rates(y, score, threshold):
    case, called = np.asarray(y) == 1, np.asarray(score) >= threshold

    def part(wanted, among):
        return float(wanted[among].mean()) if among.any() else 0.0

    return {
        "sensitivity": part(called, case),
        "specificity": part(~called, ~case),
        "ppv": part(case, called),
        "npv": part(~case, ~called),
        "accuracy": float((case == called).mean()),
    }


# %% wrong="ppv_is_sensitivity" task="at_prevalence" loses="check-at_prevalence" hint="sensitivity-as-ppv"
# A test that finds 90 % of the ill is right in 90 % of its alarms.
def at_prevalence(sensitivity, specificity, prevalence):
    return sensitivity, specificity


# %% wrong="prevalence_free" task="at_prevalence" loses="check-at_prevalence" hint="prevalence-ignored"
# PPV is a property of the test alone.
def at_prevalence(sensitivity, specificity, prevalence):
    ppv = sensitivity / (sensitivity + 1 - specificity)
    npv = specificity / (specificity + 1 - sensitivity)
    return ppv, npv


# %% wrong="npv_is_specificity" task="at_prevalence" loses="check-at_prevalence" hint="specificity-as-npv"
# Only the PPV depends on the prevalence.
def at_prevalence(sensitivity, specificity, prevalence):
    true_positive = sensitivity * prevalence
    return true_positive / (true_positive + (1 - specificity) * (1 - prevalence)), specificity


# %% wrong="straight_lines" task="average_precision" loses="check-average_precision" hint="trapezoid"
# The area under the precision-recall curve, points joined.
def average_precision(y, score):
    precision, recall, _ = precision_recall_curve(y, score)
    return auc(recall, precision)


# %% wrong="roc_area" task="average_precision" loses="check-average_precision" hint="auroc-for-ap"
# The area under a curve is the area under the curve.
def average_precision(y, score):
    return roc_auc_score(y, score)


# %% wrong="mean_precision" task="average_precision" loses="check-average_precision" hint="mean-over-ranks"
# Average precision: the mean of the precisions.
def average_precision(y, score):
    y, score = np.asarray(y), np.asarray(score)
    return np.mean([y[score >= threshold].mean() for threshold in np.unique(score)])


# %% wrong="row_by_row" task="average_precision" loses="check-average_precision" hint="ties-split"
# People are called one after the other, also those with equal scores.
def average_precision(y, score):
    order = np.argsort(-np.asarray(score), kind="stable")
    ranked = np.asarray(y)[order]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return precision[ranked == 1].mean()


# %% wrong="always_half" task="cheapest_threshold" loses="check-cheapest_threshold" hint="default-threshold"
# A risk above one half means yes.
def cheapest_threshold(y, score, cost_fp, cost_fn):
    return 0.5


# %% wrong="fewest_errors" task="cheapest_threshold" loses="check-cheapest_threshold" hint="costs-ignored"
# The best threshold has the highest accuracy.
def cheapest_threshold(y, score, cost_fp, cost_fn):
    y, score = np.asarray(y), np.asarray(score)
    cuts = [*np.unique(score), float("inf")]
    errors = [((score >= cut) != (y == 1)).mean() for cut in cuts]
    return cuts[int(np.argmin(errors))]


# %% wrong="costs_swapped" task="cheapest_threshold" loses="check-cheapest_threshold" hint="costs-swapped"
# The false positive is the ill person whom the model missed.
def cheapest_threshold(y, score, cost_fp, cost_fn):
    y, score = np.asarray(y), np.asarray(score)
    cuts = [*np.unique(score), float("inf")]
    costs = [
        cost_fn * ((score >= cut) & (y == 0)).mean() + cost_fp * ((score < cut) & (y == 1)).mean()
        for cut in cuts
    ]
    return cuts[int(np.argmin(costs))]


# %% wrong="rates_added" task="cheapest_threshold" loses="check-cheapest_threshold" hint="prevalence-left-out"
# The cost is the weighted sum of the two error rates.
def cheapest_threshold(y, score, cost_fp, cost_fn):
    y, score = np.asarray(y), np.asarray(score)
    cuts = [*np.unique(score), float("inf")]
    costs = [cost_fp * (score >= cut)[y == 0].mean() + cost_fn * (score < cut)[y == 1].mean() for cut in cuts]
    return cuts[int(np.argmin(costs))]


# %% wrong="youden" task="cheapest_threshold" loses="check-cheapest_threshold" hint="youden"
# The best threshold maximises sensitivity plus specificity.
def cheapest_threshold(y, score, cost_fp, cost_fn):
    fpr, tpr, cuts = roc_curve(y, score, drop_intermediate=False)
    return cuts[np.argmax(tpr - fpr)]


# %% wrong="somebody_called" task="cheapest_threshold" loses="check-cheapest_threshold" hint="nobody-option"
# Somebody must be called.
def cheapest_threshold(y, score, cost_fp, cost_fn):
    y, score = np.asarray(y), np.asarray(score)
    cuts = np.unique(score)
    costs = [
        cost_fp * ((score >= cut) & (y == 0)).mean() + cost_fn * ((score < cut) & (y == 1)).mean()
        for cut in cuts
    ]
    return cuts[int(np.argmin(costs))]


# %% wrong="tuned_on_test" task="report" loses="check-report" hint="tuned-on-test"
# The threshold that does best on the test is best.
def report(table):
    chosen = table.loc[table["test_cost"].idxmin()]
    return chosen["threshold"], chosen["test_cost"]


# %% wrong="validation_cost" task="report" loses="check-report" hint="validation-cost-reported"
# The cost that made me choose is the cost to expect.
def report(table):
    chosen = table.loc[table["valid_cost"].idxmin()]
    return chosen["threshold"], chosen["valid_cost"]


# %% wrong="no_exchange_rate" task="net_benefit" loses="check-net_benefit" hint="odds-forgotten"
# True positives minus false positives.
def net_benefit(y, score, threshold):
    y, called = np.asarray(y), np.asarray(score) >= threshold
    return ((called & (y == 1)).sum() - (called & (y == 0)).sum()) / len(y)


# %% wrong="threshold_as_rate" task="net_benefit" loses="check-net_benefit" hint="threshold-for-odds"
# The exchange rate is the threshold.
def net_benefit(y, score, threshold):
    y, called = np.asarray(y), np.asarray(score) >= threshold
    return ((called & (y == 1)).sum() - (called & (y == 0)).sum() * threshold) / len(y)


# %% wrong="rate_upside_down" task="net_benefit" loses="check-net_benefit" hint="odds-inverted"
# The odds are (1 - t) / t.
def net_benefit(y, score, threshold):
    y, called = np.asarray(y), np.asarray(score) >= threshold
    return ((called & (y == 1)).sum() - (called & (y == 0)).sum() * (1 - threshold) / threshold) / len(y)


# %% wrong="rates_for_counts" task="net_benefit" loses="check-net_benefit" hint="rates-for-counts"
# Benefit is sensitivity less the false positive rate.
def net_benefit(y, score, threshold):
    y, called = np.asarray(y), np.asarray(score) >= threshold
    return called[y == 1].mean() - called[y == 0].mean() * threshold / (1 - threshold)


# %% wrong="ppv_carried_over" task="reading" loses="check-reading-numbers" hint="ppv-carried-over"
# The clinic's PPV holds everywhere.
silent_accuracy = float((district["y"] == 0).mean())
in_clinic = learning.evaluate(clinic["y"], clinic["score"], threshold=ALARM)["value"]["all"]
false_alarms = 100 * (1 - in_clinic["ppv"])
why_lower = "b"


# %% wrong="specificity_says_it" task="reading" loses="check-reading-numbers" hint="rate-of-the-well"
# With a specificity of 85 % there are 15 false alarms among 100.
silent_accuracy = float((district["y"] == 0).mean())
in_clinic = learning.evaluate(clinic["y"], clinic["score"], threshold=ALARM)["value"]["all"]
false_alarms = 100 * (1 - in_clinic["specificity"])
why_lower = "b"


# %% wrong="silent_is_useless" task="reading" loses="check-reading-numbers" hint="nobody-is-right"
# A model that finds nobody has an accuracy of 0.
silent_accuracy = 0.0
in_clinic = learning.evaluate(clinic["y"], clinic["score"], threshold=ALARM)["value"]["all"]
here = learning.predictive_values(in_clinic["sensitivity"], in_clinic["specificity"], PREVALENCE)
false_alarms = 100 * (1 - here.ppv)
why_lower = "b"


# %% wrong="worse_model" task="reading" loses="check-reading-curves" hint="auprc-compared-across-prevalence"
# A lower AUPRC is a worse model.
silent_accuracy = float((district["y"] == 0).mean())
in_clinic = learning.evaluate(clinic["y"], clinic["score"], threshold=ALARM)["value"]["all"]
here = learning.predictive_values(in_clinic["sensitivity"], in_clinic["specificity"], PREVALENCE)
false_alarms = 100 * (1 - here.ppv)
why_lower = "a"


# %% wrong="another_threshold" task="reading" loses="check-reading-curves" hint="curve-has-no-threshold"
# The right threshold mends it.
silent_accuracy = float((district["y"] == 0).mean())
in_clinic = learning.evaluate(clinic["y"], clinic["score"], threshold=ALARM)["value"]["all"]
here = learning.predictive_values(in_clinic["sensitivity"], in_clinic["specificity"], PREVALENCE)
false_alarms = 100 * (1 - here.ppv)
why_lower = "c"


# %% wrong="too_few_people" task="reading" loses="check-reading-curves" hint="width-taken-for-level"
# A small sample gives a low value.
silent_accuracy = float((district["y"] == 0).mean())
in_clinic = learning.evaluate(clinic["y"], clinic["score"], threshold=ALARM)["value"]["all"]
here = learning.predictive_values(in_clinic["sensitivity"], in_clinic["specificity"], PREVALENCE)
false_alarms = 100 * (1 - here.ppv)
why_lower = "d"


# %% wrong="from_the_costs" task="cheapest_threshold" loses="check-cheapest_threshold" hint="theory-for-data"
# The costs alone say where to cut.
def cheapest_threshold(y, score, cost_fp, cost_fn):
    return cost_fp / (cost_fp + cost_fn)


# %% wrong="above_threshold" task="net_benefit" loses="check-net_benefit" hint="threshold-excluded"
# Positive is what lies above the threshold.
def net_benefit(y, score, threshold):
    y, called = np.asarray(y), np.asarray(score) > threshold
    true_positive = (called & (y == 1)).sum()
    false_positive = (called & (y == 0)).sum()
    return (true_positive - false_positive * threshold / (1 - threshold)) / len(y)
