# Known misconceptions of health-02-risk-model: each must lose exactly the checks named and draw its hint.

# %% wrong="hard_labels" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="hard-labels"
# predict() gives the risk.
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
                ),
                words,
            ),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, max_iter=1000))
    model.fit(train[numbers + words], train[label] > 0)
    return model.predict(test[numbers + words]).astype(float)


# %% wrong="num_above_one" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="label-threshold"
# Disease begins at num 2.
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
                ),
                words,
            ),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, max_iter=1000))
    threshold = 1 if train[label].max() > 1 else 0
    model.fit(train[numbers + words], train[label] > threshold)
    return model.predict_proba(test[numbers + words])[:, 1]


# %% wrong="first_column" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="wrong-column"
# The first column of predict_proba is the risk.
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
                ),
                words,
            ),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, max_iter=1000))
    model.fit(train[numbers + words], train[label] > 0)
    return model.predict_proba(test[numbers + words])[:, 0]


# %% wrong="zero_filled" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="missing-as-zero"
# A value that was not measured is 0.
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    prepare = ColumnTransformer(
        [
            ("numbers", StandardScaler(), numbers),
            ("words", OneHotEncoder(handle_unknown="ignore"), words),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, max_iter=1000))
    filled = {**dict.fromkeys(numbers, 0), **dict.fromkeys(words, "0")}
    model.fit(train[numbers + words].fillna(filled), train[label] > 0)
    return model.predict_proba(test[numbers + words].fillna(filled))[:, 1]


# %% wrong="rows_dropped" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="rows-dropped"
# Patients with a missing value cannot be used.
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    train = train.dropna(subset=numbers + words)
    test = test.dropna(subset=numbers + words)
    prepare = ColumnTransformer(
        [
            ("numbers", StandardScaler(), numbers),
            ("words", OneHotEncoder(handle_unknown="ignore"), words),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, max_iter=1000))
    model.fit(train[numbers + words], train[label] > 0)
    return model.predict_proba(test[numbers + words])[:, 1]


# %% wrong="no_scaling" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="not-scaled"
# Logistic regression does not mind the units of its columns.
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    prepare = ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="median"), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
                ),
                words,
            ),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, max_iter=20000))
    model.fit(train[numbers + words], train[label] > 0)
    return model.predict_proba(test[numbers + words])[:, 1]


# %% wrong="prepared_all" task="fit_and_predict" loses="check-fit_and_predict-alone" hint="prepared-on-test"
# Filling and scaling are no learning, so they may see all patients.
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    everyone = pd.concat([train, test])
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
                ),
                words,
            ),
        ]
    )
    prepare.fit(everyone[numbers + words])
    model = LogisticRegression(C=c, max_iter=1000)
    model.fit(prepare.transform(train[numbers + words]), train[label] > 0)
    return model.predict_proba(prepare.transform(test[numbers + words]))[:, 1]


# %% wrong="auroc_of_classes" task="auroc" loses="check-auroc" hint="hard-predictions"
# A score of at least 0.5 is a prediction of 1, and predictions are what is compared.
def auroc(y, score):
    y, called = np.asarray(y), np.asarray(score) >= 0.5
    sensitivity = called[y == 1].mean()
    specificity = (~called[y == 0]).mean()
    return (sensitivity + specificity) / 2


# %% wrong="accuracy" task="auroc" loses="check-auroc" hint="accuracy-instead-of-auroc"
# How good a model is: the share of right answers.
def auroc(y, score):
    return ((np.asarray(score) >= 0.5) == np.asarray(y)).mean()


# %% wrong="ties_lost" task="auroc" loses="check-auroc" hint="ties-not-halved"
# A pair counts only when the case scores strictly higher.
def auroc(y, score):
    y, score = np.asarray(y), np.asarray(score)
    return (score[y == 1][:, None] > score[y == 0]).mean()


# %% wrong="future_columns" task="usable_columns" loses="check-usable_columns" hint="post-outcome-feature"
# Every predictor in the file may be used.
def usable_columns(dictionary):
    return dictionary.loc[dictionary["role"] == "predictor", "column"].tolist()


# %% wrong="identifiers_kept" task="usable_columns" loses="check-usable_columns" hint="identifier-as-feature"
# Everything that is known at the visit is a feature.
def usable_columns(dictionary):
    return dictionary.loc[dictionary["known_days"] <= 0, "column"].tolist()


# %% wrong="visits_dealt" task="patient_folds" loses="check-patient_folds" hint="patient-on-both-sides"
# Rows are shuffled and dealt to the folds, as KFold does.
def patient_folds(patient, k, seed):
    return np.random.default_rng(seed).permutation(np.arange(len(patient)) % k)


# %% wrong="seed_ignored" task="patient_folds" loses="check-patient_folds" hint="seed-ignored"
# The order of the identifiers is random enough.
def patient_folds(patient, k, seed):
    fold_of = {name: position % k for position, name in enumerate(np.unique(patient))}
    return np.array([fold_of[name] for name in patient])


# %% wrong="tuned_on_test" task="choose_c" loses="check-choose_c" hint="tuned-on-test"
# The test set tells which penalty is best.
def choose_c(curve):
    return curve.loc[curve["test"].idxmax(), "c"]


# %% wrong="tuned_on_train" task="choose_c" loses="check-choose_c" hint="tuned-on-train"
# The penalty that fits best is best.
def choose_c(curve):
    return curve.loc[curve["train"].idxmax(), "c"]


# %% wrong="visits_resampled" task="patient_interval" loses="check-patient_interval" hint="rows-resampled"
# The bootstrap draws rows.
def patient_interval(y, score, patient, resamples, seed, confidence=0.95):
    y, score = np.asarray(y), np.asarray(score)
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        rows = rng.integers(0, len(y), len(y))
        if 0 < y[rows].sum() < len(rows):
            values.append(roc_auc_score(y[rows], score[rows]))
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))


# %% wrong="reordered" task="patient_interval" loses="check-patient_interval" hint="without-replacement"
# A resample is the patients in another order.
def patient_interval(y, score, patient, resamples, seed, confidence=0.95):
    y, score, patient = np.asarray(y), np.asarray(score), np.asarray(patient)
    rng = np.random.default_rng(seed)
    rows_of = [np.flatnonzero(patient == name) for name in np.unique(patient)]
    values = []
    for _ in range(resamples):
        rows = np.concatenate([rows_of[i] for i in rng.permutation(len(rows_of))])
        values.append(roc_auc_score(y[rows], score[rows]))
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))


# %% wrong="normal_over_folds" task="patient_interval" loses="check-patient_interval" hint="normal-interval"
# The interval is the mean over five folds plus and minus 1.96 standard errors.
def patient_interval(y, score, patient, resamples, seed, confidence=0.95):
    y, score = np.asarray(y), np.asarray(score)
    values = [roc_auc_score(y[rows], score[rows]) for rows in np.array_split(np.arange(len(y)), 5)]
    error = np.std(values, ddof=1) / np.sqrt(5)
    return np.mean(values) - 1.96 * error, np.mean(values) + 1.96 * error


# %% wrong="error_of_the_mean" task="patient_interval" loses="check-patient_interval" hint="error-of-the-mean"
# The standard error is the spread of the resamples divided by the root of their number.
def patient_interval(y, score, patient, resamples, seed, confidence=0.95):
    y, score, patient = np.asarray(y), np.asarray(score), np.asarray(patient)
    rng = np.random.default_rng(seed)
    rows_of = [np.flatnonzero(patient == name) for name in np.unique(patient)]
    values = []
    for _ in range(resamples):
        rows = np.concatenate([rows_of[i] for i in rng.integers(0, len(rows_of), len(rows_of))])
        if 0 < y[rows].sum() < len(rows):
            values.append(roc_auc_score(y[rows], score[rows]))
    error = np.std(values) / np.sqrt(resamples)
    return np.mean(values) - 1.96 * error, np.mean(values) + 1.96 * error


# %% wrong="accuracy_reported" task="reading" loses="check-reading-accuracy" hint="accuracy-taken-for-auroc"
# A model that is right for 93 % of the patients has an AUROC of 0.93.
always_ill_accuracy = float((by_site["switzerland"]["num"] > 0).mean())
always_ill_auroc = always_ill_accuracy
why_wide = "c"


# %% wrong="interval_by_total" task="reading" loses="check-reading-width" hint="interval-by-total-n"
# The width of an interval depends on the number of patients only.
always_ill_accuracy = float((by_site["switzerland"]["num"] > 0).mean())
always_ill_auroc = 0.5
why_wide = "a"


# %% wrong="words_unused" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="words-unused"
# Only the numbers go into the model
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    model = make_pipeline(
        SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(C=c, max_iter=1000)
    )
    model.fit(train[numbers], train[label] > 0)
    return model.predict_proba(test[numbers])[:, 1]


# %% wrong="history_left_out" task="usable_columns" loses="check-usable_columns" hint="history-left-out"
# Only what is measured on the very day
def usable_columns(dictionary):
    usable = (dictionary["role"] == "predictor") & (dictionary["known_days"] == 0)
    return dictionary.loc[usable, "column"].tolist()


# %% wrong="undated_kept" task="usable_columns" loses="check-usable_columns" hint="unknown-time-kept"
# "Not known after the visit" is also true where nobody knows
def usable_columns(dictionary):
    usable = (dictionary["role"] == "predictor") & ~(dictionary["known_days"] > 0)
    return dictionary.loc[usable, "column"].tolist()


# %% wrong="counted_once" task="patient_interval" loses="check-patient_interval" hint="draws-counted-once"
# Which patients were drawn, but not how often
def patient_interval(y, score, patient, resamples, seed, confidence=0.95):
    y, score, patient = np.asarray(y), np.asarray(score), np.asarray(patient)
    rng = np.random.default_rng(seed)
    names = np.unique(patient)
    values = []
    for _ in range(resamples):
        rows = np.isin(patient, rng.choice(names, len(names)))
        if 0 < y[rows].sum() < rows.sum():
            values.append(roc_auc_score(y[rows], score[rows]))
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return low, high


# %% wrong="ninety" task="patient_interval" loses="check-patient_interval" hint="tails-not-halved"
# 95 % leaves 5 % at each end.
def patient_interval(y, score, patient, resamples, seed, confidence=0.95):
    y, score, patient = np.asarray(y), np.asarray(score), np.asarray(patient)
    rng = np.random.default_rng(seed)
    rows_of = [np.flatnonzero(patient == name) for name in np.unique(patient)]
    values = []
    for _ in range(resamples):
        rows = np.concatenate([rows_of[i] for i in rng.integers(0, len(rows_of), len(rows_of))])
        if 0 < y[rows].sum() < len(rows):
            values.append(learning.auroc(y[rows], score[rows]).value)
    return tuple(np.quantile(values, [1 - confidence, confidence]))


# %% wrong="fixed_ends" task="patient_interval" loses="check-patient_interval" hint="confidence-ignored"
# An interval is always a 95 % interval.
def patient_interval(y, score, patient, resamples, seed, confidence=0.95):
    y, score, patient = np.asarray(y), np.asarray(score), np.asarray(patient)
    rng = np.random.default_rng(seed)
    rows_of = [np.flatnonzero(patient == name) for name in np.unique(patient)]
    values = []
    for _ in range(resamples):
        rows = np.concatenate([rows_of[i] for i in rng.integers(0, len(rows_of), len(rows_of))])
        if 0 < y[rows].sum() < len(rows):
            values.append(learning.auroc(y[rows], score[rows]).value)
    return tuple(np.quantile(values, [0.025, 0.975]))


# %% wrong="min_max" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="scaled-otherwise"
# Any scaling will do, for example to [0, 1].
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    from sklearn.preprocessing import MinMaxScaler

    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), MinMaxScaler()), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
                ),
                words,
            ),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, max_iter=1000))
    model.fit(train[numbers + words], train[label] > 0)
    return model.predict_proba(test[numbers + words])[:, 1]


# %% wrong="reference_dropped" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="word-dropped"
# One column less says the same, as in a table of regression coefficients.
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"),
                    OneHotEncoder(drop="first", handle_unknown="ignore"),
                ),
                words,
            ),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, max_iter=1000))
    model.fit(train[numbers + words], train[label] > 0)
    return model.predict_proba(test[numbers + words])[:, 1]


# %% wrong="balanced" task="fit_and_predict" loses="check-fit_and_predict-recipe" hint="classes-weighted"
# Classes of different size must be weighted.
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
                ),
                words,
            ),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, class_weight="balanced", max_iter=1000))
    model.fit(train[numbers + words], train[label] > 0)
    return model.predict_proba(test[numbers + words])[:, 1]


# %% wrong="never_below_half" task="auroc" loses="check-auroc" hint="turned-round"
# No model is worse than chance: below 0.5 it is read the other way round.
def auroc(y, score):
    y, score = np.asarray(y), np.asarray(score)
    cases, controls = score[y == 1][:, None], score[y == 0]
    share = ((cases > controls) + (cases == controls) / 2).mean()
    return max(share, 1 - share)
