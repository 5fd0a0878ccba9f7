"""simulate.ecg: same seed same signal, and the rhythm that was asked for."""

import numpy as np
import pytest

from biolabkit.errors import InputError, UnknownNameError
from biolabkit.simulate.ecg import ecg_signal


def test_same_seed_same_signal():
    one, two = ecg_signal(10, 3, ventricular=0.1), ecg_signal(10, np.random.default_rng(3), ventricular=0.1)
    np.testing.assert_array_equal(one.signal, two.signal)
    assert one.beats.equals(two.beats)
    assert not np.array_equal(one.signal, ecg_signal(10, 4, ventricular=0.1).signal)


@pytest.mark.parametrize(("heart_rate", "rate_sd", "hz"), [(50, 1.0, 250), (70, 3.0, 360), (120, 2.0, 500)])
def test_rate_and_variability_are_those_asked_for(heart_rate, rate_sd, hz):
    world = ecg_signal(600, 2, hz=hz, heart_rate=heart_rate, rate_sd=rate_sd)
    assert len(world.signal) == 600 * hz
    rate = 60 / np.diff(world.beats["seconds"])
    assert rate.mean() == pytest.approx(heart_rate, rel=0.01)
    assert rate.std() == pytest.approx(rate_sd, rel=0.15)


def test_beats_stand_on_the_largest_deflection():
    world = ecg_signal(60, 6, ventricular=0.1)
    for sample in world.beats["sample"][1:-1]:
        around = np.abs(world.clean[sample - 20 : sample + 21])
        assert np.argmax(around) == 20


def test_early_beats():
    world = ecg_signal(900, 9, rate_sd=0.0, heart_rate=60, ventricular=0.1, atrial=0.05)
    symbols = world.beats["symbol"].to_numpy()
    share = {kind: (symbols == kind).mean() for kind in "NVA"}
    assert share["V"] == pytest.approx(0.09, abs=0.03)
    assert share["A"] == pytest.approx(0.045, abs=0.02)
    before = np.diff(world.beats["seconds"], prepend=np.nan)
    assert np.allclose(before[symbols == "V"], 0.62, atol=0.06)
    assert np.allclose(before[symbols == "A"], 0.70, atol=0.06)
    place = np.flatnonzero(symbols[:-1] == "V")
    assert np.allclose(before[place] + before[place + 1], 2.0, atol=0.06)  # compensatory pause
    beats = world.beats["sample"].to_numpy()
    half = [np.abs(world.clean[s - 30 : s + 31]) > np.abs(world.clean[s]) / 2 for s in beats[1:-1]]
    width = np.array([row.sum() for row in half])
    assert np.median(width[symbols[1:-1] == "V"]) > 1.5 * np.median(width[symbols[1:-1] == "N"])


def test_fibrillation_is_irregular_and_without_p():
    sinus = ecg_signal(300, 4, heart_rate=80)
    chaos = ecg_signal(300, 4, heart_rate=80, rhythm="fibrillation")

    def irregularity(world):
        rr = np.diff(world.beats["seconds"])
        return np.sqrt(np.mean(np.diff(rr) ** 2)) / rr.mean()

    def p_wave(world):
        windows = [world.clean[s - 70 : s - 30] for s in world.beats["sample"] if s > 70]
        mean = np.mean(windows, axis=0)
        return mean.max() - mean.min()

    assert irregularity(chaos) > 0.2 > 5 * irregularity(sinus)
    assert p_wave(chaos) < 0.5 * p_wave(sinus)


def test_pauses_noise_and_wander():
    calm = ecg_signal(120, 1, rate_sd=0.5, noise_mv=0, wander_mv=0)
    np.testing.assert_array_equal(calm.signal, calm.clean)
    paused = ecg_signal(120, 1, rate_sd=0.5, pauses=2)
    assert (np.diff(paused.beats["seconds"]) > 3).sum() == 2
    noisy = ecg_signal(120, 1, noise_mv=0.05, wander_mv=0)
    assert (noisy.signal - noisy.clean).std() == pytest.approx(0.05, rel=0.02)
    hum = ecg_signal(120, 1, noise_mv=0, wander_mv=0, mains_mv=0.2, mains_hz=50)
    spectrum = np.abs(np.fft.rfft(hum.signal - hum.clean))
    assert np.argmax(spectrum) == 50 * 120


def test_arguments_out_of_range_are_all_named():
    with pytest.raises(InputError, match=r"seconds must be 2 or more.*hz must be 100.*heart_rate must be 20"):
        ecg_signal(1, hz=50, heart_rate=5)
    with pytest.raises(InputError, match=r"shares of 0\.5 together"):
        ecg_signal(ventricular=0.4, atrial=0.2)
    with pytest.raises(UnknownNameError, match="did you mean 'sinus'"):
        ecg_signal(rhythm="sinuss")
