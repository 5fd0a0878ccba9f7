"""ECG: records, filters, beats and rhythm against cardiologists' labels and literal examples."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biolabkit import datasets, health
from biolabkit.errors import FormatError, InputError, MissingExtraError, UnknownNameError
from biolabkit.simulate.ecg import ecg_signal, write_ecg

SHORT = ecg_signal(20, 5)


# --- records


@pytest.fixture
def record(tmp_path):
    pytest.importorskip("wfdb")
    write_ecg(
        tmp_path,
        "r1",
        {"II": SHORT.signal, "V": -SHORT.signal},
        360,
        beats=SHORT.beats,
        comments=("age: 70",),
    )
    return tmp_path / "r1.hea"


def test_records_are_read_in_part(record):
    whole = health.read_ecg(record)
    assert (whole.hz, whole.channels, whole.units, whole.comments) == (
        360,
        ("II", "V"),
        ("mV", "mV"),
        ("age: 70",),
    )
    np.testing.assert_allclose(whole.channel("ii"), SHORT.signal, atol=1e-3)
    part = health.read_ecg(record.with_suffix(""), start=5, seconds=2)
    assert part.signals.shape == (720, 2)
    assert part.start == 1800
    assert part.seconds == 2
    np.testing.assert_array_equal(part.signals, whole.signals[1800:2520])
    beats = health.read_annotations(record)
    assert beats["sample"].tolist() == SHORT.beats["sample"].tolist()
    inside = health.read_annotations(record, start=5, seconds=2)
    expected = SHORT.beats["sample"][SHORT.beats["sample"].between(1800, 2519)] - 1800
    assert inside["sample"].tolist() == expected.tolist()
    with pytest.raises(UnknownNameError, match="there is no channel 'III'"):
        whole.channel("III")


def test_records_that_cannot_be_read(record):
    with pytest.raises(InputError, match=r"none.hea: no such header"):
        health.read_ecg(record.with_name("none.dat"))
    with pytest.raises(InputError, match="lie outside the record of 20 s"):
        health.read_ecg(record, start=30)
    with pytest.raises(InputError, match="no such annotation file"):
        health.read_annotations(record, extension="qrs")
    record.with_suffix(".dat").unlink()
    with pytest.raises(FormatError, match="the signals cannot be read"):
        health.read_ecg(record)
    record.write_text("no header\n")
    with pytest.raises(FormatError, match="no WFDB header"):
        health.read_ecg(record)
    with pytest.raises(FormatError, match="no WFDB header"):
        health.read_annotations(record)


def test_without_wfdb(record, monkeypatch):
    monkeypatch.setitem(sys.modules, "wfdb", None)
    with pytest.raises(MissingExtraError, match=r"biolabkit\[health\]"):
        health.read_ecg(record)
    with pytest.raises(MissingExtraError, match="wfdb is not installed"):
        write_ecg(record.parent, "r2", {"II": SHORT.signal}, 360)


@pytest.mark.mirror
def test_published_counts_of_record_100():
    pytest.importorskip("wfdb")
    data = datasets.fetch("mitbih-ecg-100")
    beats = health.read_annotations(data.path("header")).dropna(subset=["aami"])
    assert beats["symbol"].value_counts().to_dict() == {"N": 2239, "A": 33, "V": 1}
    assert beats["aami"].value_counts().to_dict() == {"N": 2239, "S": 33, "V": 1}


# --- filter


def test_bandpass_keeps_the_place_and_takes_off_the_wander():
    hz, time = 250, np.arange(2500) / 250
    wave = np.exp(-((time - 5) ** 2) / (2 * 0.02**2))
    filtered = health.bandpass(wave + 3 + np.sin(2 * np.pi * 0.1 * time), hz, low=0.5, high=40)
    assert abs(int(np.argmax(filtered)) - int(np.argmax(wave))) <= 1
    assert abs(filtered[500:2000].mean()) < 0.05
    # half of the amplitude at the corners: both passes together
    tone = health.bandpass(np.sin(2 * np.pi * 15 * time), hz, low=5, high=15)
    assert np.abs(tone[500:2000]).max() == pytest.approx(0.5, abs=0.02)
    both = health.bandpass(np.column_stack([wave, -wave]), hz)
    np.testing.assert_allclose(both[:, 0], -both[:, 1])


@pytest.mark.parametrize(
    ("signal", "hz", "message"),
    [
        (np.ones(1000), 25, "more than 80 Hz expected for frequencies up to 40 Hz, found 25"),
        (np.ones(5), 360, "at least .* samples expected, found 5"),
        (np.full(1000, np.nan), 360, "1000 samples are NaN"),
    ],
)
def test_what_cannot_be_filtered(signal, hz, message):
    with pytest.raises(InputError, match=message):
        health.bandpass(signal, hz)


def test_band_upside_down():
    with pytest.raises(InputError, match="0 < low < high"):
        health.bandpass(np.ones(1000), 360, low=40, high=1)


# --- R peaks


@pytest.mark.mirror
@pytest.mark.parametrize(("channel", "least"), [("MLII", 0.999), ("V5", 0.995)])
def test_r_peaks_of_record_100(channel, least):
    pytest.importorskip("wfdb")
    data = datasets.fetch("mitbih-ecg-100")
    record = health.read_ecg(data.path("header"))
    beats = health.read_annotations(data.path("header")).dropna(subset=["aami"])
    found = health.r_peaks(record.channel(channel), record.hz)
    match = health.match_beats(found, beats["sample"], 0.150 * record.hz)
    assert match.sensitivity >= least
    assert match.ppv >= least
    assert np.abs(match.offset).max() <= 0.060 * record.hz


@pytest.mark.mirror
@pytest.mark.parametrize(("snr_db", "sensitivity", "ppv"), [(24, 1, 1), (12, 0.98, 0.88), (6, 0.90, 0.70)])
def test_r_peaks_in_noise(snr_db, sensitivity, ppv):
    signal, beats = (datasets.load("noisy-ecg-mitbih-nst", table) for table in ("signal", "beats"))
    signal, beats = (table[table["snr_db"] == snr_db] for table in (signal, beats))
    match = health.match_beats(health.r_peaks(signal["ecg"], 360), beats["sample"], 54)
    assert match.sensitivity >= sensitivity
    assert match.ppv >= ppv


@pytest.mark.parametrize("hz", [128, 250, 360, 500, 1000])
@pytest.mark.parametrize(
    "rhythm",
    [
        {"heart_rate": 60},
        {"heart_rate": 160, "rate_sd": 1},
        {"heart_rate": 42, "pauses": 1},
        {"ventricular": 0.1, "atrial": 0.1},
        {"rhythm": "fibrillation", "heart_rate": 110},
    ],
    ids=["sinus", "tachycardia", "pause", "ectopic", "fibrillation"],
)
def test_r_peaks_of_simulated_rhythms(hz, rhythm):
    world = ecg_signal(60, 8, hz=hz, noise_mv=0.03, wander_mv=0.3, **rhythm)
    found = health.r_peaks(world.signal, hz)
    match = health.match_beats(found, world.beats["sample"], 0.150 * hz)
    assert match.sensitivity >= 0.98
    assert match.ppv >= 0.98
    assert np.median(np.abs(match.offset)) <= 0.010 * hz


def test_an_inverted_or_shifted_or_scaled_signal_has_the_same_beats():
    found = health.r_peaks(SHORT.signal, 360)
    for changed in (-SHORT.signal, SHORT.signal * 2000 + 1024):
        np.testing.assert_array_equal(health.r_peaks(changed, 360), found)


def test_gaps_divide_a_signal():
    signal = SHORT.signal.copy()
    signal[3000:3600] = np.nan
    signal[3700] = np.nan  # leaves a stretch of 0.3 s, too short
    found = health.r_peaks(signal, 360)
    truth = SHORT.beats["sample"].to_numpy()
    outside = truth[(truth < 2990) | (truth > 3710)]
    match = health.match_beats(found, outside, 54)
    assert match.sensitivity == match.ppv == 1
    assert not ((found >= 3000) & (found <= 3700)).any()


def test_signals_without_beats_to_find():
    with pytest.raises(InputError, match="at least 2 s expected"):
        health.r_peaks(SHORT.signal[:300], 360)
    with pytest.raises(InputError, match="the signal is flat"):
        health.r_peaks(np.full(3600, 0.4), 360)
    with pytest.raises(InputError, match=r"no stretch of 2 s without a gap"):
        health.r_peaks(np.full(3600, np.nan), 360)
    with pytest.raises(InputError, match="one channel expected, found shape"):
        health.r_peaks(np.zeros((3600, 2)), 360)
    for hz in (0.36, 2.8, float("nan")):
        with pytest.raises(InputError, match="more than 30 Hz expected"):
            health.r_peaks(SHORT.signal, hz)


# --- matching


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: health.bandpass(np.zeros(99), 60),
            "hz: 40 Hz까지 다루려면 80 Hz보다 커야 합니다. 받은 값: 60. 표본 사이의 간격(ms)이 아니라 표본화 "
            "주파수(Hz)가 맞는지 확인하십시오",
        ),
        (
            lambda: health.beat_windows(np.zeros(99), 360, [0.5]),
            "beats: 표본 번호는 정수여야 합니다. 초로 되어 있다면 먼저 hz를 곱하십시오",
        ),
        (
            lambda: health.hrv([0.8, 0.9]),
            "hrv: 간격의 단위는 ms여야 하는데 중앙값이 0.85입니다. 표본 수는 hz로 나누어 초로 바꾸고, 초에는 "
            "1000을 곱하십시오",
        ),
    ],
)
def test_errors_in_korean(monkeypatch, call, sentence):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == sentence


def test_match_is_one_to_one():
    match = health.match_beats([100, 105, 400], [102, 398, 700], 10)
    assert match.matched.tolist() == [[0, 0], [2, 1]]
    assert (match.sensitivity, match.ppv) == (2 / 3, 2 / 3)
    assert match.offset.tolist() == [-2, 2]
    assert str(match) == "sensitivity 0.6667 (2 of 3), PPV 0.6667 (2 of 3)"
    nothing = health.match_beats([], [5], 10)
    assert nothing.sensitivity == 0
    assert np.isnan(nothing.ppv)
    with pytest.raises(InputError, match="whole numbers of samples"):
        health.match_beats([0.5], [1], 10)
    with pytest.raises(InputError, match="ascending order"):
        health.match_beats([9, 5], [1], 10)
    with pytest.raises(InputError, match="0 samples or more"):
        health.match_beats([1], [1], -1)


beats = st.lists(st.integers(0, 300), max_size=9).map(sorted)


@given(beats, beats, st.integers(0, 40))
def test_as_many_matches_as_an_assignment_finds(detected, reference, tolerance):
    from scipy.optimize import linear_sum_assignment

    match = health.match_beats(detected, reference, tolerance)
    if detected and reference:
        near = np.abs(np.subtract.outer(detected, reference)) <= tolerance
        rows, columns = linear_sum_assignment(near, maximize=True)
        assert len(match.matched) == near[rows, columns].sum()
    else:
        assert len(match.matched) == 0
    assert all(abs(detected[i] - reference[j]) <= tolerance for i, j in match.matched)
    assert len({i for i, _ in match.matched}) == len({j for _, j in match.matched}) == len(match.matched)


# --- rhythm


def test_rr_intervals_mark_ectopic_neighbours():
    rr = health.rr_intervals([0, 360, 600, 1080, 1440], 360, symbols="NNVNN")
    assert rr["rr_ms"].round(6).tolist() == [1000, 666.666667, 1333.333333, 1000]
    assert rr["bpm"].round(6).tolist() == [60, 90, 45, 60]
    assert rr["normal"].tolist() == [True, False, False, True]
    assert rr["seconds"].tolist() == [1, 600 / 360, 3, 4]
    with pytest.raises(InputError, match="at least two beats"):
        health.rr_intervals([5], 360)
    with pytest.raises(InputError, match="two beats at the same sample"):
        health.rr_intervals([5, 5], 360)
    with pytest.raises(InputError, match="2 symbols expected"):
        health.rr_intervals([5, 400], 360, symbols="N")


def test_hrv_of_a_literal_series():
    # differences: 60, -120, 100, -40; mean 808
    found = health.hrv([800, 860, 740, 840, 800])
    assert found["mean_rr_ms"] == 808
    assert found["bpm"] == pytest.approx(60_000 / 808)
    assert found["sdnn_ms"] == pytest.approx(np.sqrt((8**2 + 52**2 + 68**2 + 32**2 + 8**2) / 4))
    assert found["rmssd_ms"] == pytest.approx(np.sqrt((3600 + 14400 + 10000 + 1600) / 4))
    assert found["pnn50"] == 0.75
    # an interval taken out breaks two differences
    broken = health.hrv([800, 860, np.nan, 840, 800])
    assert broken["intervals"] == 4
    assert broken["rmssd_ms"] == pytest.approx(np.sqrt((3600 + 1600) / 2))
    assert broken["pnn50"] == 0.5
    for wrong in ([0.8, 0.86, 0.74], [10_000, 11_000, 9_000]):
        with pytest.raises(InputError, match="intervals in ms expected"):
            health.hrv(wrong)
    with pytest.raises(InputError, match="at least two intervals"):
        health.hrv([800, np.nan])


@pytest.mark.parametrize(("hz", "band"), [(0.1, "lf"), (0.25, "hf"), (0.02, "vlf")])
def test_power_of_a_sine_lies_in_its_band(hz, band):
    seconds = np.cumsum(np.full(800, 0.8))
    rr = 800 + 30 * np.sin(2 * np.pi * hz * seconds)
    power = health.hrv_bands(seconds, rr)
    assert power[band] == pytest.approx(30**2 / 2, rel=0.12)
    assert power[["vlf", "lf", "hf"]].sum() == pytest.approx(power[band], rel=0.1)
    with pytest.raises(InputError, match="at least 120 s"):
        health.hrv_bands(seconds[:100], rr[:100])


# --- windows and plots


def test_windows_around_beats():
    signal = np.arange(1000, dtype=float)
    signal[700] = np.nan
    windows, kept = health.beat_windows(signal, 100, [10, 300, 690, 990], before=0.2, after=0.3)
    assert kept.tolist() == [False, True, False, False]
    assert windows.shape == (1, 51)
    assert windows[0, 0] == 280
    assert windows[0, 20] == 300
    with pytest.raises(InputError, match="lies outside the signal"):
        health.beat_windows(signal, 100, [5000])
    with pytest.raises(InputError, match="hold no sample"):
        health.beat_windows(signal, 100, [500], before=0, after=0)


@pytest.mark.parametrize(
    "call",
    [
        lambda signals: health.r_peaks(signals, 360),
        lambda signals: health.beat_windows(signals, 360, [500]),
        lambda signals: health.plot_ecg(signals, 360),
    ],
)
def test_all_channels_where_one_is_expected(call):
    with pytest.raises(InputError, match=r"one channel expected, found shape \(3600, 2\); choose a column"):
        call(np.zeros((3600, 2)))


def test_strip_has_the_scale_of_paper():
    ax = health.plot_ecg(SHORT.signal, 360, start=2, seconds=4, beats=SHORT.beats["sample"], label="II")
    assert ax.get_aspect() == 0.4
    assert ax.get_xlim() == pytest.approx((2, 6))
    marks = ax.lines[-1].get_xdata()
    assert len(marks) == SHORT.beats["seconds"].between(2, 6).sum()
    plain = health.plot_ecg(SHORT.signal, 360, unit="NU")
    assert plain.get_aspect() == "auto"
    with pytest.raises(InputError, match="has nothing from 99 s on"):
        health.plot_ecg(SHORT.signal, 360, start=99)
    with pytest.raises(InputError, match="nothing but gaps"):
        health.plot_ecg(np.full(720, np.nan), 360)


def test_tachogram():
    rr = health.rr_intervals(SHORT.beats["sample"], 360, symbols=["V", *"N" * (len(SHORT.beats) - 1)])
    ax = health.plot_tachogram(rr, label="minji")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["minji", "ectopic"]
    with pytest.raises(UnknownNameError, match="'rr_ms'"):
        health.plot_tachogram(pd.DataFrame({"seconds": [1.0]}))
