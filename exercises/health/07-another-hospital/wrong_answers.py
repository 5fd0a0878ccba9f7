# Known misconceptions of health-07-another-hospital: each must lose exactly the checks named and draw its
# hint.


# %% wrong="seen_all" task="leave_one_site_out" loses="check-leave_one_site_out" hint="hospital-was-seen"
# More patients make a better model, so all of them train it.
def leave_one_site_out(table, features, label, site):
    return new_model().fit(table[features], table[label]).predict_proba(table[features])[:, 1]


# %% wrong="at_home" task="leave_one_site_out" loses="check-leave_one_site_out" hint="trained-at-home"
# Each hospital gets its own model.
def leave_one_site_out(table, features, label, site):
    score = np.zeros(len(table))
    for name in table[site].unique():
        here = (table[site] == name).to_numpy()
        rows = table.loc[here, features].dropna(axis=1, how="all")
        score[here] = new_model().fit(rows, table.loc[here, label]).predict_proba(rows)[:, 1]
    return score


# %% wrong="filled_first" task="leave_one_site_out" loses="check-leave_one_site_out" hint="filled-by-all"
# Filling gaps is no learning.
def leave_one_site_out(table, features, label, site):
    filled = table.assign(**table[features].fillna(table[features].median()))
    score = np.zeros(len(table))
    for name in table[site].unique():
        here = (table[site] == name).to_numpy()
        model = new_model().fit(filled.loc[~here, features], filled.loc[~here, label])
        score[here] = model.predict_proba(filled.loc[here, features])[:, 1]
    return score


# %% wrong="shuffled" task="leave_one_site_out" loses="check-leave_one_site_out" hint="patients-shuffled"
# Ordinary cross-validation is external enough.
def leave_one_site_out(table, features, label, site):
    fold = learning.folds(table, k=4, stratify=label, seed=0)
    score = np.zeros(len(table))
    for k in range(4):
        here = fold == k
        model = new_model().fit(table.loc[~here, features], table.loc[~here, label])
        score[here] = model.predict_proba(table.loc[here, features])[:, 1]
    return score


# %% wrong="pooled" task="within_site_auroc" loses="check-within_site_auroc" hint="pooled-auroc"
# All patients together.
def within_site_auroc(y, score, site):
    return roc_auc_score(y, score)


# %% wrong="plain_mean" task="within_site_auroc" loses="check-within_site_auroc" hint="mean-of-sites"
# Every hospital counts the same.
def within_site_auroc(y, score, site):
    y, score, site = np.asarray(y), np.asarray(score), np.asarray(site)
    return np.mean(
        [
            roc_auc_score(y[site == name], score[site == name])
            for name in np.unique(site)
            if 0 < y[site == name].sum() < (site == name).sum()
        ]
    )


# %% wrong="by_patients" task="within_site_auroc" loses="check-within_site_auroc" hint="weighted-by-patients"
# A hospital counts by its patients.
def within_site_auroc(y, score, site):
    y, score, site = np.asarray(y), np.asarray(score), np.asarray(site)
    names = [name for name in np.unique(site) if 0 < y[site == name].sum() < (site == name).sum()]
    values = [roc_auc_score(y[site == name], score[site == name]) for name in names]
    return np.average(values, weights=[(site == name).sum() for name in names])


# %% wrong="one_kind" task="within_site_auroc" loses="check-within_site_auroc" hint="hospital-of-one-kind"
# A hospital without pairs counts as a coin toss of weight one.
def within_site_auroc(y, score, site):
    y, score, site = np.asarray(y), np.asarray(score), np.asarray(site)
    right = pairs = 0.0
    for name in np.unique(site):
        cases, controls = score[(site == name) & (y == 1)], score[(site == name) & (y == 0)]
        number = max(len(cases) * len(controls), 1)
        wins = (cases[:, None] > controls).sum() + 0.5 * (cases[:, None] == controls).sum()
        right, pairs = right + wins, pairs + number
    return right / pairs


# %% wrong="textbook" task="wilson" loses="check-wilson" hint="normal-interval"
# p plus and minus 1.96 standard errors.
def wilson(successes, trials):
    p = successes / trials
    half = 1.96 * np.sqrt(p * (1 - p) / trials)
    return p - half, p + half


# %% wrong="ninety" task="wilson" loses="check-wilson" hint="ninety-per-cent"
# 95 % belongs to z = 1.645.
def wilson(successes, trials):
    if trials == 0:
        return float("nan"), float("nan")
    z, p = 1.645, successes / trials
    middle = p + z**2 / (2 * trials)
    half = z * np.sqrt(p * (1 - p) / trials + z**2 / (4 * trials**2))
    return (middle - half) / (1 + z**2 / trials), (middle + half) / (1 + z**2 / trials)


# %% wrong="not_scaled" task="wilson" loses="check-wilson" hint="scale-forgotten"
# The numerator is the interval.
def wilson(successes, trials):
    if trials == 0:
        return float("nan"), float("nan")
    z, p = 1.96, successes / trials
    middle = p + z**2 / (2 * trials)
    half = z * np.sqrt(p * (1 - p) / trials + z**2 / (4 * trials**2))
    return middle - half, middle + half


# %% wrong="nobody_there" task="wilson" loses="check-wilson" hint="no-trials"
# Without trials the proportion is 0.
def wilson(successes, trials):
    if trials == 0:
        return 0.0, 0.0
    return learning.wilson_interval(successes, trials)[1:]


# %% wrong="dropped" task="audit" loses="check-audit" hint="group-dropped"
# Small groups are left out of the table.
def audit(y, score, group, threshold, smallest):
    y, score, group = np.asarray(y), np.asarray(score), np.asarray(group)
    lines = {}
    for name in np.unique(group):
        case = (group == name) & (y == 1)
        found, cases = int((score[case] >= threshold).sum()), int(case.sum())
        if cases >= smallest:
            value, low, high = learning.wilson_interval(found, cases)
            lines[name] = {"cases": cases, "sensitivity": value, "low": low, "high": high}
    return pd.DataFrame.from_dict(lines, orient="index")


# %% wrong="all_rows" task="audit" loses="check-audit" hint="rows-for-cases"
# A group is as large as its number of patients.
def audit(y, score, group, threshold, smallest):
    y, score, group = np.asarray(y), np.asarray(score), np.asarray(group)
    lines = {}
    for name in np.unique(group):
        here = group == name
        found, rows = int((score[here & (y == 1)] >= threshold).sum()), int(here.sum())
        value, low, high = learning.wilson_interval(found, rows)
        lines[name] = {
            "cases": rows,
            "sensitivity": value if rows >= smallest else np.nan,
            "low": low,
            "high": high,
        }
    return pd.DataFrame.from_dict(lines, orient="index")


# %% wrong="tiny_reported" task="audit" loses="check-audit" hint="tiny-group-reported"
# A number is a number.
def audit(y, score, group, threshold, smallest):
    y, score, group = np.asarray(y), np.asarray(score), np.asarray(group)
    lines = {}
    for name in np.unique(group):
        case = (group == name) & (y == 1)
        value, low, high = learning.wilson_interval(int((score[case] >= threshold).sum()), int(case.sum()))
        lines[name] = {"cases": int(case.sum()), "sensitivity": value, "low": low, "high": high}
    return pd.DataFrame.from_dict(lines, orient="index")


# %% wrong="alarms_divided" task="audit" loses="check-audit" hint="ppv-for-sensitivity"
# The share of alarms that are right.
def audit(y, score, group, threshold, smallest):
    y, score, group = np.asarray(y), np.asarray(score), np.asarray(group)
    lines = {}
    for name in np.unique(group):
        called, cases = (group == name) & (score >= threshold), int(((group == name) & (y == 1)).sum())
        value, low, high = learning.wilson_interval(int(y[called].sum()), int(called.sum()))
        lines[name] = {
            "cases": cases,
            "sensitivity": value if cases >= smallest else np.nan,
            "low": low,
            "high": high,
        }
    return pd.DataFrame.from_dict(lines, orient="index")


# %% wrong="all_hidden" task="audit" loses="check-audit" hint="interval-hidden"
# Nothing is said about small groups.
def audit(y, score, group, threshold, smallest):
    y, score, group = np.asarray(y), np.asarray(score), np.asarray(group)
    lines = {}
    for name in np.unique(group):
        case = (group == name) & (y == 1)
        found, cases = int((score[case] >= threshold).sum()), int(case.sum())
        numbers = learning.wilson_interval(found, cases) if cases >= smallest else (np.nan,) * 3
        lines[name] = dict(zip(("cases", "sensitivity", "low", "high"), (cases, *numbers), strict=True))
    return pd.DataFrame.from_dict(lines, orient="index")


# %% wrong="alarm_rates" task="sensitivity_gap" loses="check-sensitivity_gap" hint="alarms-for-sensitivity"
# Fair is when both groups get as many alarms.
def sensitivity_gap(train, test, columns, threshold):
    risk = new_model().fit(train[columns], train["y"]).predict_proba(test[columns])[:, 1]
    called, dark = risk >= threshold, test["dark_skin"].to_numpy() == 1
    return called[~dark].mean() - called[dark].mean()


# %% wrong="accuracies" task="sensitivity_gap" loses="check-sensitivity_gap" hint="accuracy-gap"
# Fair is when both groups have the same accuracy.
def sensitivity_gap(train, test, columns, threshold):
    risk = new_model().fit(train[columns], train["y"]).predict_proba(test[columns])[:, 1]
    right = (risk >= threshold) == (test["y"].to_numpy() == 1)
    dark = test["dark_skin"].to_numpy() == 1
    return right[~dark].mean() - right[dark].mean()


# %% wrong="reversed_gap" task="sensitivity_gap" loses="check-sensitivity_gap" hint="gap-reversed"
# Dark minus light.
def sensitivity_gap(train, test, columns, threshold):
    risk = new_model().fit(train[columns], train["y"]).predict_proba(test[columns])[:, 1]
    called, ill = risk >= threshold, test["y"].to_numpy() == 1
    dark = test["dark_skin"].to_numpy() == 1
    return called[ill & dark].mean() - called[ill & ~dark].mean()


# %% wrong="fitted_on_test" task="sensitivity_gap" loses="check-sensitivity_gap" hint="trained-on-test"
# The patients in question make the model.
def sensitivity_gap(train, test, columns, threshold):
    risk = new_model().fit(test[columns], test["y"]).predict_proba(test[columns])[:, 1]
    called, ill = risk >= threshold, test["y"].to_numpy() == 1
    dark = test["dark_skin"].to_numpy() == 1
    return called[ill & ~dark].mean() - called[ill & dark].mean()


# %% wrong="tiny_site" task="reading" loses="check-reading-site" hint="tiny-group-judged"
# The hospital with the widest interval has the worst model.
hidden_site = "switzerland"
blind_model = "b"


# %% wrong="home_site" task="reading" loses="check-reading-site" hint="pooled-is-everywhere"
# The pooled value holds everywhere, and a model is always worse abroad.
hidden_site = "hungarian"
blind_model = "b"


# %% wrong="blind_is_fair" task="reading" loses="check-reading-blind" hint="blind-is-fair"
# What a model does not see it cannot use.
hidden_site = "va"
blind_model = "a"


# %% wrong="no_cause" task="reading" loses="check-reading-blind" hint="no-cause-no-use"
# Only causes matter.
hidden_site = "va"
blind_model = "c"


# %% wrong="too_small" task="reading" loses="check-reading-blind" hint="intervals-not-read"
# Subgroups are always too small.
hidden_site = "va"
blind_model = "d"


# %% wrong="by_site" task="leave_one_site_out" loses="check-leave_one_site_out" hint="rows-out-of-order"
# The scores of one hospital after the other.
def leave_one_site_out(table, features, label, site):
    scores = []
    for name, rows in table.groupby(site):
        others = table[table[site] != name]
        model = new_model().fit(others[features], others[label])
        scores.extend(model.predict_proba(rows[features])[:, 1])
    return np.array(scores)


# %% wrong="classes" task="leave_one_site_out" loses="check-leave_one_site_out" hint="hard-labels"
# predict() scores a patient.
def leave_one_site_out(table, features, label, site):
    score = np.zeros(len(table))
    for name in table[site].unique():
        here = (table[site] == name).to_numpy()
        model = new_model().fit(table.loc[~here, features], table.loc[~here, label])
        score[here] = model.predict(table.loc[here, features])
    return score
