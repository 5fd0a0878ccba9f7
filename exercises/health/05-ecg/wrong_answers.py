# Known misconceptions of health-05-ecg: each must lose exactly the checks named and draw its hint.

# %% wrong="samples_kept" task="rr_ms" loses="check-rr_ms" hint="samples-for-milliseconds"
# A difference of samples is a time.
def rr_ms(beats, hz):
    return np.diff(beats)


# %% wrong="seconds_kept" task="rr_ms" loses="check-rr_ms" hint="seconds-for-milliseconds"
# Samples over the rate are milliseconds.
def rr_ms(beats, hz):
    return np.diff(beats) / hz


# %% wrong="always_360" task="rr_ms" loses="check-rr_ms" hint="rate-assumed"
# ECGs have 360 samples per second.
def rr_ms(beats, hz):
    return np.diff(beats) / 360 * 1000


# %% wrong="rate_not_interval" task="rr_ms" loses="check-rr_ms" hint="heart-rate-for-interval"
# The interval is the heart rate.
def rr_ms(beats, hz):
    return 60 * hz / np.diff(beats)


# %% wrong="forward_only" task="bandpass" loses="check-bandpass" hint="filter-delay"
# A filter leaves peaks where they are.
def bandpass(signal, hz, low, high):
    sections = butter(2, (low, high), btype="bandpass", fs=hz, output="sos")
    return sosfilt(sections, signal)


# %% wrong="lowpass_only" task="bandpass" loses="check-bandpass" hint="wander-left"
# Noise is what is fast.
def bandpass(signal, hz, low, high):
    sections = butter(2, high, btype="lowpass", fs=hz, output="sos")
    return sosfiltfilt(sections, signal)


# %% wrong="highpass_only" task="bandpass" loses="check-bandpass" hint="hum-left"
# Noise is the wander of the baseline.
def bandpass(signal, hz, low, high):
    sections = butter(2, low, btype="highpass", fs=hz, output="sos")
    return sosfiltfilt(sections, signal)


# %% wrong="no_rate" task="bandpass" loses="check-bandpass" hint="corners-wrong"
# Corners are shares of the sampling rate.
def bandpass(signal, hz, low, high):
    sections = butter(2, (low / hz, high / hz), btype="bandpass", output="sos")
    return sosfiltfilt(sections, signal)


# %% wrong="rate_of_mitbih" task="bandpass" loses="check-bandpass" hint="band-at-another-rate"
# The rate is 360 Hz.
def bandpass(signal, hz, low, high):
    sections = butter(2, (low, high), btype="bandpass", fs=360, output="sos")
    return sosfiltfilt(sections, signal)


# %% wrong="fixed_band" task="bandpass" loses="check-bandpass" hint="corners-ignored"
# The band of an ECG is 5 to 15 Hz.
def bandpass(signal, hz, low, high):
    sections = butter(2, (5, 15), btype="bandpass", fs=hz, output="sos")
    return sosfiltfilt(sections, signal)


# %% wrong="any_near" task="sensitivity_ppv" loses="check-sensitivity_ppv" hint="beats-matched-twice"
# A detection is right when any beat is near.
def sensitivity_ppv(detected, reference, tolerance):
    near = np.abs(np.subtract.outer(detected, reference)) <= tolerance
    return near.any(axis=0).mean(), near.any(axis=1).mean()


# %% wrong="swapped" task="sensitivity_ppv" loses="check-sensitivity_ppv" hint="sensitivity-and-ppv-swapped"
# Sensitivity is the share of detections that are right.
def sensitivity_ppv(detected, reference, tolerance):
    match = health.match_beats(detected, reference, tolerance)
    return match.ppv, match.sensitivity


# %% wrong="strictly_nearer" task="sensitivity_ppv" loses="check-sensitivity_ppv" hint="tolerance-exclusive"
# Within the tolerance means below it.
def sensitivity_ppv(detected, reference, tolerance):
    match = health.match_beats(detected, reference, tolerance - 1)
    return match.sensitivity, match.ppv


# %% wrong="same_sample" task="sensitivity_ppv" loses="check-sensitivity_ppv" hint="exact-matches-only"
# A found beat has the number of the beat.
def sensitivity_ppv(detected, reference, tolerance):
    same = len(set(detected) & set(reference))
    return same / len(reference), same / len(detected)


# %% wrong="twice" task="r_peaks" loses="check-r_peaks-record, check-r_peaks-mine" hint="beats-found-twice"
# Every peak above the threshold is a beat.
def r_peaks(signal, hz):
    slope = np.gradient(health.bandpass(signal, hz, low=5, high=15)) ** 2
    humps, _ = find_peaks(slope, height=0.2 * np.percentile(slope, 95))
    return humps


# %% wrong="volts" task="r_peaks" loses="check-r_peaks-record, check-r_peaks-mine" hint="threshold-in-volts"
# R waves are higher than 0.5 mV.
def r_peaks(signal, hz):
    centred = health.bandpass(signal, hz)
    peaks, _ = find_peaks(centred, height=0.5, distance=round(0.3 * hz))
    return peaks


# %% wrong="highest" task="r_peaks" loses="check-r_peaks-record, check-r_peaks-mine" hint="beats-missed"
# The threshold is near the largest beat.
def r_peaks(signal, hz):
    narrow = health.bandpass(signal, hz, low=5, high=15)
    energy = uniform_filter1d(np.gradient(narrow) ** 2, round(0.150 * hz))
    humps, _ = find_peaks(energy, height=0.95 * energy.max(), distance=round(0.200 * hz))
    reach = round(0.080 * hz)
    return np.array([h - reach + int(np.argmax(np.abs(narrow[h - reach : h + reach + 1]))) for h in humps])


# %% wrong="late" task="r_peaks" loses="check-r_peaks-record, check-r_peaks-mine" hint="peaks-beside"
# The hump of a causal moving mean is the beat.
def r_peaks(signal, hz):
    narrow = health.bandpass(signal, hz, low=5, high=15)
    width = round(0.150 * hz)
    energy = uniform_filter1d(np.gradient(narrow) ** 2, width, origin=(width - 1) // 2)
    humps, _ = find_peaks(energy, height=0.2 * np.percentile(energy, 95), distance=round(0.200 * hz))
    return humps


# %% wrong="ectopic_kept" task="variability" loses="check-variability" hint="ectopic-beats-kept"
# An interval is an interval.
def variability(rr_ms, normal):
    rr = np.asarray(rr_ms, dtype=float)
    return rr.std(ddof=1), np.sqrt(np.mean(np.diff(rr) ** 2))


# %% wrong="bridged" task="variability" loses="check-variability" hint="gap-bridged"
# Intervals beside a gap follow each other.
def variability(rr_ms, normal):
    rr = np.asarray(rr_ms, dtype=float)[np.asarray(normal, dtype=bool)]
    return rr.std(ddof=1), np.sqrt(np.mean(np.diff(rr) ** 2))


# %% wrong="sd_of_steps" task="variability" loses="check-variability" hint="spread-of-differences"
# RMSSD is the standard deviation of the differences.
def variability(rr_ms, normal):
    rr = np.where(np.asarray(normal, dtype=bool), np.asarray(rr_ms, dtype=float), np.nan)
    return np.nanstd(rr, ddof=1), np.nanstd(np.diff(rr), ddof=1)


# %% wrong="divided_by_n" task="variability" loses="check-variability" hint="population-sd"
# The standard deviation divides by n.
def variability(rr_ms, normal):
    rr = np.where(np.asarray(normal, dtype=bool), np.asarray(rr_ms, dtype=float), np.nan)
    return np.nanstd(rr), np.sqrt(np.nanmean(np.diff(rr) ** 2))


# %% wrong="beats_shuffled" task="predict_beats" loses="check-predict_beats" hint="patients-split"
# Beats are independent.
def predict_beats(windows, ectopic, patient, k):
    fold = np.random.default_rng(0).permutation(np.arange(len(ectopic)) % k)
    predicted = np.zeros(len(ectopic), dtype=int)
    for each in range(k):
        model = KNeighborsClassifier(3).fit(windows[fold != each], ectopic[fold != each])
        predicted[fold == each] = model.predict(windows[fold == each])
    return predicted


# %% wrong="fitted_on_all" task="predict_beats" loses="check-predict_beats" hint="fitted-on-the-test"
# A classifier is judged on the beats it knows.
def predict_beats(windows, ectopic, patient, k):
    return KNeighborsClassifier(3).fit(windows, ectopic).predict(windows)


# %% wrong="folds_appended" task="predict_beats" loses="check-predict_beats" hint="beats-out-of-order"
# The predictions of the folds one after the other are in the order of the beats.
def predict_beats(windows, ectopic, patient, k):
    predicted = []
    for train, test in GroupKFold(k).split(windows, ectopic, patient):
        model = KNeighborsClassifier(3).fit(windows[train], ectopic[train])
        predicted.extend(model.predict(windows[test]))
    return np.array(predicted)


# %% wrong="asystole" task="reading" loses="check-reading-alarm" hint="alarm-believed"
# The monitor is right.
what_happened = "a"
watch_bpm = 60 * 250 / np.diff(reference).mean()

# %% wrong="rate_unchanged" task="reading" loses="check-reading-rate" hint="true-rate-given"
# The sampling rate does not change the heart rate.
what_happened = "b"
watch_bpm = 60 * hz / np.diff(reference).mean()

# %% wrong="upside_down" task="reading" loses="check-reading-rate" hint="factor-upside-down"
# Fewer samples per second make the heart quicker.
what_happened = "b"
watch_bpm = 60 * hz / np.diff(reference).mean() * hz / 250
