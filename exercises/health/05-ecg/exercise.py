# health-05-ecg: RR intervals, zero-phase filter, scoring of detectors, R peaks, HRV, beats by patient, an
# alarm.
#
# Detectors are checked by what they find (sensitivity, PPV, offset) on MIT-BIH record 100 and on simulated
# ECGs whose beats are known, at several sampling rates, so any reasonable algorithm passes.

# %% [markdown] lang="en"
# # ECG: beats, rhythm and false alarms
#
# **Why this matters.** In one month, the monitors of five intensive-care units in San Francisco raised 2.5
# million alarms. Of the arrhythmia alarms that experts looked at, 89 % were false (Drew et al. 2014). Nurses
# stop hearing them, and then a true one is missed. Behind each alarm stands a chain of small decisions in
# software: a sampling rate, a filter, a threshold, a tolerance. The same chain runs in smart watches and in
# every device that a company brings to a regulator, with sensitivity and positive predictive value measured
# by the standard ANSI/AAMI EC57 on the very recordings you use here.
#
# You will build that chain on a famous half hour (record 100 of the MIT-BIH database, every beat labelled by
# cardiologists), stress it with real noise and with **your own** simulated patients, whose every beat is
# known, and end at the bedside of an alarm that cried asystole.
#
# | Part | You write | Points |
# |---|---|---|
# | 1. Samples and seconds | `rr_ms`, `bandpass` | 3 |
# | 2. Finding beats, and proving it | `sensitivity_ppv`, `r_peaks` | 5 |
# | 3. Rhythm | `variability` | 2 |
# | 4. Kinds of beats | `predict_beats` | 2 |
# | 5. The alarm | two readings, one short essay | 5 |

# %% [markdown] lang="ko"
# # 심전도: 박동, 리듬, 거짓 경보
#
# **왜 중요합니까?** 샌프란시스코의 중환자실 다섯 곳에서 감시장치가 한 달 동안 경보를 250만 번 울렸습니다.
# 전문가가 확인한 부정맥 경보의 89 %는 거짓이었습니다(Drew et al. 2014). 간호사는 점점 경보를 듣지 않게 되고,
# 그러다 진짜 경보를 놓칩니다. 경보 하나하나의 뒤에는 표본화 주파수, 필터, 기준값, 허용 오차 같은 소프트웨어의
# 작은 결정이 사슬처럼 이어져 있습니다. 스마트 워치도, 기업이 규제 기관에 제출하는 모든 기기도 같은 사슬로
# 움직이며, 그 민감도와 양성예측도는 ANSI/AAMI EC57 표준에 따라 바로 이 실습에서 쓰는 기록으로 측정합니다.
#
# 유명한 30분짜리 기록(모든 박동에 심장 전문의의 표지가 붙은 MIT-BIH 데이터베이스의 기록 100)으로 그 사슬을
# 만들고, 실제 잡음과 **여러분만의** 모의 환자(모든 박동을 알고 있음)로 시험한 다음, 무수축이라고 외친 경보의
# 침상에서 마무리합니다.
#
# | 단계 | 작성할 내용 | 점수 |
# |---|---|---|
# | 1. 표본과 초 | `rr_ms`, `bandpass` | 3 |
# | 2. 박동을 찾고 입증하기 | `sensitivity_ppv`, `r_peaks` | 5 |
# | 3. 리듬 | `variability` | 2 |
# | 4. 박동의 종류 | `predict_beats` | 2 |
# | 5. 경보 | 해석 두 가지, 짧은 서술 한 편 | 5 |

# %% setup
from biolabkit.check import expect, hint, lab

me = lab.start("health-05-ecg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, find_peaks, sosfilt, sosfiltfilt
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import KNeighborsClassifier

from biolabkit import datasets, health, learning
from biolabkit.plot import PALETTE, style
from biolabkit.simulate.ecg import ecg_signal, write_ecg


def simulated_record(folder):
    world = ecg_signal(300, 100, heart_rate=75, atrial=0.015)
    return write_ecg(folder, "100", {"MLII": world.signal, "V5": -0.4 * world.signal}, 360, beats=world.beats)


def simulated_monitor(folder):
    """An ECG with electrode motion and a pulse wave that goes on."""
    world = ecg_signal(330, 103, hz=250, heart_rate=127)
    moved = world.signal.copy()
    rng = np.random.default_rng(7)
    for start in (271, 280, 283, 289, 292.5, 298.5):
        part = slice(int(start * 250), int((start + 1.6) * 250))
        moved[part] = -0.5 + 2 * (rng.random(400) < 0.05)
    time = np.arange(len(moved)) / 250
    pulse = 0.5 + 0.15 * np.sin(2 * np.pi * 127 / 60 * time)
    alarm = write_ecg(folder, "a103l", {"II": moved, "V": moved, "PLETH": pulse}, 250)
    still = ecg_signal(10, 10, hz=1000, heart_rate=81).signal
    ptb = write_ecg(folder, "s0010_re", {"ii": still, "v5": 0.8 * still}, 1000)
    return {"alarm_header": alarm["header"], "ptb_header": ptb["header"]}


def simulated_noise():
    parts = [(snr_db, ecg_signal(120, 118, noise_mv=0.8 * 10 ** (-snr_db / 20))) for snr_db in (24, 12, 6, 0)]
    signal = [pd.DataFrame({"snr_db": snr_db, "ecg": world.signal}) for snr_db, world in parts]
    beats = [pd.DataFrame({"snr_db": snr_db, "sample": world.beats["sample"]}) for snr_db, world in parts]
    return pd.concat(signal, ignore_index=True), pd.concat(beats, ignore_index=True)


# Parts 1 to 3: five minutes of record 100, lead MLII, with the cardiologists' labels
data = datasets.fetch("mitbih-ecg-100", fallback=simulated_record)
record = health.read_ecg(data.path("header"), seconds=300)
labels = health.read_annotations(data.path("header"), seconds=300).dropna(subset=["aami"])
ecg, hz = record.channel("MLII"), int(record.hz)
reference = labels["sample"].to_numpy()

# Part 2: the same heart with more and more noise of a moving electrode
noisy = datasets.load("noisy-ecg-mitbih-nst", "signal", fallback=lambda: simulated_noise()[0])
noisy_beats = datasets.load("noisy-ecg-mitbih-nst", "beats", fallback=lambda: simulated_noise()[1])

# Part 5: a monitor in intensive care; a 12-lead ECG at another sampling rate for a check
monitor = datasets.fetch("ptb-12lead-and-icu-alarm", fallback=simulated_monitor)
alarm = health.read_ecg(monitor.path("alarm_header"), start=280, seconds=20)
resting = health.read_ecg(monitor.path("ptb_header"), seconds=10)

# Your own patients: one at 250 Hz for the detector, twelve with ectopic beats for the classifier
MY_HZ = 250
mine = ecg_signal(120, me.seed, hz=MY_HZ, heart_rate=64 + me.seed % 25, ventricular=0.06, wander_mv=0.3)
my_beats = mine.beats["sample"].to_numpy()


def my_patients(count, seed):
    """Windows of the beats of several patients, whether each beat is ectopic, and whose it is."""
    rng = np.random.default_rng(seed)
    windows, ectopic, patient = [], [], []
    for number in range(count):
        world = ecg_signal(40, seed + number, hz=125, ventricular=0.15, shape=0.5)
        # electrodes are placed a little differently on everyone: another gain, sometimes upside down
        gain = rng.choice([1, -1], p=[0.7, 0.3]) * np.exp(rng.normal(0, 0.4))
        own, kept = health.beat_windows(world.clean * gain, 125, world.beats["sample"])
        windows.append(own)
        ectopic.append((world.beats["symbol"] == "V").to_numpy()[kept].astype(int))
        patient.append(np.full(kept.sum(), number))
    return np.concatenate(windows), np.concatenate(ectopic), np.concatenate(patient)


windows, ectopic, patient = my_patients(12, me.seed)

# %% [markdown] lang="en"
# ## 1. Samples and seconds
#
# An ECG is a row of numbers. `ecg` holds the voltage (mV) of lead MLII, `hz` is the **sampling rate**, the
# number of samples per second, and `reference` holds the sample number of every beat as cardiologists
# labelled it. Nothing in the numbers themselves tells the rate: it must travel with them.
#
# On the standard grid a small square is 40 ms wide and 0.1 mV high; five of them make a large one, 200 ms.

# %% [markdown] lang="ko"
# ## 1. 표본과 초
#
# 심전도는 숫자의 줄입니다. `ecg`는 MLII 유도의 전압(mV), `hz`는 초당 표본 수인 **표본화 주파수(sampling
# rate)**, `reference`는 심장 전문의가 표지한 모든 박동의 표본 번호입니다. 숫자만 보아서는 표본화 주파수를 알
# 수 없으므로 반드시 함께 전달해야 합니다.
#
# 표준 격자에서 작은 칸은 가로 40 ms, 세로 0.1 mV이고, 다섯 칸이 모이면 200 ms의 큰 칸이 됩니다.


# %%
def show_strip():
    if data.simulated:
        print(me.text("simulated stand-in: no real patient", "모의 자료입니다. 실제 환자가 아닙니다."))
    health.plot_ecg(ecg, hz, start=2, seconds=8, beats=reference, label="MLII")


lab.show(show_strip)

# %% [markdown] lang="en"
# ### Task 1: `rr_ms` (1 point)
#
# The RR interval is the time from one beat to the next. Return the intervals in **milliseconds**, one fewer
# than there are beats.

# %% [markdown] lang="ko"
# ### 과제 1: `rr_ms` (1점)
#
# RR 간격은 한 박동에서 다음 박동까지의 시간입니다. 간격을 **밀리초**로 반환하십시오. 개수는 박동 수보다 하나
# 적습니다.


# %% task="rr_ms"
def rr_ms(beats, hz):
    """RR intervals in ms.

    beats: sample numbers of the beats, ascending; hz: sampling rate.
    Returns an array, one fewer than beats.
    """
    ### BEGIN SOLUTION
    return np.diff(beats) / hz * 1000
    ### END SOLUTION


# %% check="rr_ms" points=1
def rr_hints(wrong):
    """Hints from the wrong answers, each a list of values by its name."""

    def one_of(name):
        return lambda got: any(np.allclose(got, values) for values in wrong[name])

    return [
        hint(
            "samples-for-milliseconds",
            one_of("samples"),
            en="These are samples. Divide by the sampling rate to have seconds, then make milliseconds of "
            "them.",
            ko="이것은 표본 수입니다. 표본화 주파수로 나누어 초로 만든 다음 밀리초로 바꾸십시오.",
        ),
        hint(
            "seconds-for-milliseconds",
            one_of("seconds"),
            en="These are seconds. A second has 1000 ms.",
            ko="이것은 초입니다. 1초는 1000 ms입니다.",
        ),
        hint(
            "multiplied-by-rate",
            one_of("multiplied"),
            en="Samples divided by samples per second are seconds; you multiplied.",
            ko="표본 수를 초당 표본 수로 나누면 초가 됩니다. 나누지 않고 곱했습니다.",
        ),
        hint(
            "heart-rate-for-interval",
            one_of("per minute"),
            en="This is the heart rate per minute. The interval was asked for.",
            ko="분당 심박수입니다. 간격을 반환하십시오.",
        ),
        hint(
            "rate-assumed",
            one_of("at 360 Hz"),
            en="You divided by 360 whatever the recording. Use the rate that comes with it: hz.",
            ko="기록과 상관없이 360으로 나누었습니다. 기록과 함께 온 hz를 쓰십시오.",
        ),
    ]


typical = {
    "samples": [[250, 240, 270]],
    "seconds": [[1, 0.96, 1.08]],
    "multiplied": [[62500, 60000, 67500], [62500000, 60000000, 67500000]],
    "per minute": [[60, 62.5, 500 / 9]],
    "at 360 Hz": [[6250 / 9, 2000 / 3, 750]],
}
expect(rr_ms(np.array([10, 260, 500, 770]), 250), "intervals at 250 Hz", "250 Hz에서의 간격").close_to(
    [1000, 960, 1080], rel=1e-4, hints=rr_hints(typical)
)


### BEGIN HIDDEN TESTS
def wrong_intervals(samples, rate):
    return {
        "samples": [samples],
        "seconds": [samples / rate],
        "multiplied": [samples * rate, samples * rate * 1000],
        "per minute": [60 * rate / samples],
        "at 360 Hz": [samples / 360 * 1000],
    }


for beats, rate, what, ko in (
    (reference[:6], hz, "first five intervals of the record", "기록의 처음 다섯 간격"),
    (my_beats, MY_HZ, "intervals of your patient", "나의 환자의 간격"),
):
    samples = np.diff(beats)
    expect(rr_ms(beats, rate), what, ko).close_to(
        samples / rate * 1000, rel=1e-4, hints=rr_hints(wrong_intervals(samples, rate))
    )
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Task 2: `bandpass` (2 points)
#
# Breathing lets the baseline wander below 0.5 Hz, muscles and mains hum above 40 Hz. A Butterworth band-pass
# keeps what lies between `low` and `high`. But a filter that runs forward in time answers late: its output is
# **delayed**, and every R peak with it.
#
# Write a band-pass of second order that **does not move the peaks**: design it with
# `butter(2, …, btype="bandpass", fs=…, output="sos")` and run it forward *and backward* (`sosfiltfilt`), so
# that the two delays cancel.

# %% [markdown] lang="ko"
# ### 과제 2: `bandpass` (2점)
#
# 호흡은 0.5 Hz 아래에서 기저선을 흔들고, 근육과 전원은 40 Hz 위에서 잡음을 냅니다. 버터워스 대역통과 필터는
# `low`와 `high` 사이의 성분만 남깁니다. 그런데 시간 순서로만 동작하는 필터는 늦게 반응합니다. 출력이
# **지연**되고, 모든 R 피크도 함께 밀립니다.
#
# **피크를 옮기지 않는** 2차 대역통과 필터를 작성하십시오. `butter(2, …, btype="bandpass", fs=…,
# output="sos")`로 설계하고, 앞으로 한 번 *그리고 뒤로 한 번*(`sosfiltfilt`) 적용하면 두 지연이 서로
# 상쇄됩니다.


# %% task="bandpass"
def bandpass(signal, hz, low, high):
    """Band-pass a signal without moving its peaks.

    signal: array; hz: sampling rate; low, high: corner frequencies in Hz.
    Returns an array of the same length.
    """
    ### BEGIN SOLUTION
    sections = butter(2, (low, high), btype="bandpass", fs=hz, output="sos")
    return sosfiltfilt(sections, signal)
    ### END SOLUTION


# %% check="bandpass" points=2
def gain(tone_hz, hz, low, high):
    """How much of a tone is left in the middle of 20 seconds."""
    time = np.arange(20 * hz) / hz
    left = np.asarray(bandpass(np.sin(2 * np.pi * tone_hz * time), hz, low, high))
    return float(np.abs(left[5 * hz : 15 * hz]).max())


bump = np.exp(-((np.arange(20 * hz) / hz - 10) ** 2) / (2 * 0.02**2))
filtered = np.asarray(bandpass(bump, hz, 5, 15))
expect(filtered.shape, "shape of the result", "결과의 모양").equals(bump.shape)
delayed = hint(
    "filter-delay",
    lambda got: abs(got) > 5,
    en="The wave has moved: a filter that only runs forward answers late. Run it forward and backward with "
    "sosfiltfilt.",
    ko="파형이 옮겨졌습니다. 앞으로만 동작하는 필터는 늦게 반응합니다. sosfiltfilt로 앞뒤로 적용하십시오.",
)
centre = float(np.average(np.arange(len(bump)), weights=filtered**2 + 1e-300))
expect((centre / hz - 10) * 1000, "shift of a wave, ms", "파형이 옮겨진 시간(ms)").between(
    -5, 5, hints=[delayed]
)
keeps_nothing = hint(
    "corners-wrong",
    lambda got: got < 0.8,
    en="A tone inside the band is lost. Are the corners in Hz, with fs=hz? Without fs, butter counts in "
    "shares of half the sampling rate.",
    ko="대역 안의 성분이 사라졌습니다. 경계 주파수를 fs=hz와 함께 Hz로 주었습니까? fs가 없으면 butter는 "
    "표본화 주파수의 절반에 대한 비율로 읽습니다.",
)
wander_left = hint(
    "wander-left",
    lambda got: got > 0.1,
    en="The slow wander of the baseline is still there. A band-pass takes off both ends: below low, too.",
    ko="기저선의 느린 흔들림이 남아 있습니다. 대역통과는 양쪽 끝을 모두 제거합니다. low 아래도 제거해야 "
    "합니다.",
)
hum_left = hint(
    "hum-left",
    lambda got: got > 0.1,
    en="What lies far above high is still there.",
    ko="high보다 훨씬 위의 성분이 남아 있습니다.",
)
expect(gain(9, hz, 5, 15), "what is left of 9 Hz, band 5 to 15 Hz", "5–15 Hz 대역에서 9 Hz의 잔존").between(
    0.8, 1.1, hints=[keeps_nothing]
)
expect(gain(0.5, hz, 5, 15), "what is left of 0.5 Hz", "0.5 Hz의 잔존").between(0, 0.1, hints=[wander_left])
expect(gain(60, hz, 5, 15), "what is left of 60 Hz", "60 Hz의 잔존").between(0, 0.1, hints=[hum_left])
### BEGIN HIDDEN TESTS
rate_assumed = hint(
    "band-at-another-rate",
    lambda got: got is not None,
    en="At another sampling rate the band lies elsewhere. Use hz, not 360.",
    ko="표본화 주파수가 다르면 대역이 옮겨집니다. 360이 아니라 hz를 쓰십시오.",
)
for rate in (125, 1000):
    expect(gain(9, rate, 7, 12), f"9 Hz at {rate} Hz", f"{rate} Hz에서 9 Hz의 잔존").between(
        0.8, 1.1, hints=[rate_assumed]
    )
    expect(gain(26, rate, 7, 12), f"26 Hz at {rate} Hz", f"{rate} Hz에서 26 Hz의 잔존").between(
        0, 0.25, hints=[rate_assumed]
    )
corners_ignored = hint(
    "corners-ignored",
    lambda got: got is not None,
    en="The corners low and high make no difference.",
    ko="low와 high를 바꾸어도 달라지지 않습니다.",
)
expect(gain(25, hz, 0.5, 40), "25 Hz, band 0.5 to 40 Hz", "0.5–40 Hz 대역에서 25 Hz의 잔존").between(
    0.8, 1.1, hints=[corners_ignored]
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# What the delay does: a monitor's filter (forward only) and yours, on one beat of record 100. A shift of 30
# ms would not matter for the heart rate, but it does for the QT interval and for the match with a pulse wave.

# %% [markdown] lang="ko"
# 지연이 어떤 결과를 낳는지 기록 100의 박동 하나에서 봅니다. 앞으로만 동작하는 감시장치의 필터와 여러분의
# 필터를 비교합니다. 30 ms의 이동은 심박수에는 문제가 되지 않지만, QT 간격이나 맥파와의 비교에서는 문제가
# 됩니다.


# %%
def show_delay():
    forward = sosfilt(butter(2, (5, 15), btype="bandpass", fs=hz, output="sos"), ecg)
    ours = np.asarray(bandpass(ecg, hz, 5, 15))
    part = slice(reference[20] - hz // 3, reference[20] + hz // 3)
    time = (np.arange(len(ecg))[part] - reference[20]) / hz * 1000
    with style():
        figure, ax = plt.subplots(figsize=(8, 2.8))
    ax.plot(time, ecg[part] - np.median(ecg[part]), color="0.6", label=me.text("recorded", "원신호"))
    ax.plot(time, forward[part], color=PALETTE[1], label=me.text("forward only", "앞으로만"))
    ax.plot(time, ours[part], color=PALETTE[0], label=me.text("your bandpass", "작성한 bandpass"))
    ax.axvline(0, color="black", lw=0.8, ls="--")
    ax.set(xlabel=me.text("ms from the labelled R peak", "표지된 R 피크로부터의 시간(ms)"), ylabel="mV")
    ax.legend(frameon=False, loc="upper right")
    figure.tight_layout()


lab.show(show_delay)

# %% [markdown] lang="en"
# ## 2. Finding beats, and proving it
#
# ### Task 3: `sensitivity_ppv` (2 points)
#
# Before you build a detector, say how you will judge it. A detected beat and a reference beat **match** when
# they are at most `tolerance` samples apart (exactly `tolerance` counts), and each beat, detected or
# reference, matches **at most once**.
#
# - sensitivity = matches / reference beats: how many of the heart's beats were found,
# - PPV = matches / detected beats: how many of the found beats are real.
#
# Both lists are ascending; walk through them together. Return `(sensitivity, ppv)`.

# %% [markdown] lang="ko"
# ## 2. 박동을 찾고 입증하기
#
# ### 과제 3: `sensitivity_ppv` (2점)
#
# 검출기를 만들기 전에 무엇으로 평가할지부터 정합니다. 검출된 박동과 기준 박동은 `tolerance`표본 이내로 떨어져
# 있으면(정확히 `tolerance`인 경우 포함) **짝**이 되며, 각 박동은 검출이든 기준이든 **한 번만** 짝이 될 수
# 있습니다.
#
# - 민감도(sensitivity) = 짝의 수 / 기준 박동 수: 심장이 뛴 박동 가운데 찾은 비율
# - 양성예측도(PPV) = 짝의 수 / 검출된 박동 수: 찾은 박동 가운데 진짜의 비율
#
# 두 목록 모두 오름차순이므로 함께 훑어 가십시오. `(민감도, 양성예측도)`를 반환합니다.


# %% task="sensitivity_ppv"
def sensitivity_ppv(detected, reference, tolerance):
    """Sensitivity and positive predictive value of detected beats.

    detected, reference: ascending lists of sample numbers, neither empty; tolerance: in samples.
    Returns (sensitivity, ppv), each from 0 to 1.
    """
    ### BEGIN SOLUTION
    i = j = matches = 0
    while i < len(detected) and j < len(reference):
        if abs(detected[i] - reference[j]) <= tolerance:
            matches, i, j = matches + 1, i + 1, j + 1
        elif detected[i] < reference[j]:
            i += 1
        else:
            j += 1
    return matches / len(reference), matches / len(detected)
    ### END SOLUTION


# %% check="sensitivity_ppv" points=2
def score_hints(want, twice, strict, same):
    """Hints from pairs of (sensitivity, PPV): the right one and three wrong ones."""
    return [
        hint(
            "beats-matched-twice",
            lambda got: any(
                np.isclose(got[side], twice[side]) and not np.isclose(got[side], want[side])
                for side in (0, 1)
            ),
            en="One beat was matched twice. A detector that fires twice per beat would look perfect: each "
            "beat matches once.",
            ko="한 박동이 두 번 짝이 되었습니다. 박동마다 두 번 검출하는 검출기가 완벽해 보이게 됩니다. 각 "
            "박동은 한 번만 짝이 됩니다.",
        ),
        hint(
            "sensitivity-and-ppv-swapped",
            want[::-1],
            en="Swapped: sensitivity divides by the reference beats, PPV by the detected ones.",
            ko="서로 바뀌었습니다. 민감도는 기준 박동 수로, 양성예측도는 검출 박동 수로 나눕니다.",
        ),
        hint(
            "tolerance-exclusive",
            strict,
            en="Beats exactly tolerance apart match, too.",
            ko="정확히 tolerance만큼 떨어진 박동도 짝입니다.",
        ),
        hint(
            "false-alarm-share",
            lambda got: np.isclose(got[1], 1 - want[1]) and not np.isclose(want[1], 0.5),
            en="This is the share of false detections. PPV is the share of true ones: one minus it.",
            ko="거짓 검출의 비율입니다. 양성예측도는 진짜의 비율이므로 1에서 뺀 값입니다.",
        ),
        hint(
            "exact-matches-only",
            lambda got: np.isclose(got[0], same[0]),
            en="Only beats at the very same sample were counted. Nobody labels to the millisecond: use "
            "tolerance.",
            ko="표본 번호가 똑같은 박동만 세었습니다. 밀리초까지 정확히 표지하는 사람은 없습니다. "
            "tolerance를 쓰십시오.",
        ),
    ]


def expect_scores(detected, reference, tolerance, what, ko, pairs):
    """Compare with the first of the pairs; see `score_hints` for the others."""
    got = tuple(float(value) for value in sensitivity_ppv(list(detected), list(reference), tolerance))
    expect(got, what, ko).close_to(pairs[0], abs=1e-6, hints=score_hints(*pairs))


expect_scores(
    [100, 108, 390, 655, 900],
    [102, 400, 640, 905, 1200, 1500],
    10,
    "six beats, five detections",
    "박동 여섯, 검출 다섯",
    [(3 / 6, 3 / 5), (3 / 6, 4 / 5), (2 / 6, 2 / 5), (0, 0)],
)
expect_scores(
    reference + 5,
    reference,
    54,
    "record 100 shifted by 5 samples",
    "5표본 밀린 기록 100",
    [(1, 1), (1, 1), (1, 1), (0, 0)],
)


### BEGIN HIDDEN TESTS
def pairs_of(detected, reference, tolerance):
    """Sensitivity and PPV: right, beats matched twice, tolerance left out, the very same sample alone."""
    near = np.abs(np.subtract.outer(detected, reference)) <= tolerance
    match = health.match_beats(detected, reference, tolerance)
    strict = health.match_beats(detected, reference, max(tolerance - 1, 0))
    return [
        (match.sensitivity, match.ppv),
        (near.any(axis=0).mean(), near.any(axis=1).mean()),
        (strict.sensitivity, strict.ppv),
        (np.isin(reference, detected).mean(), np.isin(detected, reference).mean()),
    ]


rng = np.random.default_rng(4)
for _ in range(3):
    beats = np.cumsum(rng.integers(90, 130, 40))
    found = beats[rng.random(40) < 0.85] + rng.integers(-15, 16)
    found = np.sort(np.concatenate([found, rng.integers(0, beats[-1], 9), found[:6] + 7]))
    expect_scores(found.tolist(), beats.tolist(), 15, "other beats", "다른 박동", pairs_of(found, beats, 15))
for found, beats, what, ko in (
    ([5, 6, 7], [6], "three detections of one beat", "한 박동에 검출 셋"),
    ([6], [5, 6, 7], "one detection of three beats", "박동 셋에 검출 하나"),
):
    expect_scores(found, beats, 1, what, ko, pairs_of(found, beats, 1))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Task 4: `r_peaks` (3 points)
#
# The classic recipe of Pan and Tompkins (1985), which most devices still follow:
#
# 1. band-pass 5 to 15 Hz, where a QRS complex stands out. From here on use the library's filter:
#    `health.bandpass(signal, hz, low=5, high=15)`,
# 2. slope (`np.gradient`), then **square** it: steep waves grow, gentle ones vanish, the sign is gone,
# 3. moving mean over 150 ms (`uniform_filter1d`): one hump per beat,
# 4. humps higher than a threshold and at least **200 ms** apart, as no ventricle beats again so soon
#    (`find_peaks` with `height` and `distance`). Take the threshold from the signal itself, for example 0.2
#    times the 95th percentile of the humps, never a fixed voltage,
# 5. move each to the largest deflection, **up or down**, of the band-passed signal within 80 ms.
#
# All times are in seconds or ms: make samples of them with `hz`. Return the sample numbers in ascending
# order. Any other method is as welcome: what counts is what it finds. Asked for are a sensitivity and a PPV
# of at least 0.99 on record 100 within 150 ms, and 0.97 on your own patient.

# %% [markdown] lang="ko"
# ### 과제 4: `r_peaks` (3점)
#
# 대부분의 기기가 지금도 따르는 Pan과 Tompkins(1985)의 고전적인 방법입니다.
#
# 1. QRS군이 두드러지는 5–15 Hz로 대역통과합니다. 이제부터는 라이브러리의 필터
#    `health.bandpass(signal, hz, low=5, high=15)`를 사용하십시오.
# 2. 기울기(`np.gradient`)를 구해 **제곱**합니다. 가파른 파는 커지고 완만한 파는 사라지며 부호가 없어집니다.
# 3. 150 ms 이동평균(`uniform_filter1d`)을 내면 박동마다 언덕이 하나씩 생깁니다.
# 4. 기준값보다 높고 서로 **200 ms** 이상 떨어진 언덕을 고릅니다. 심실은 그보다 빨리 다시 뛰지 못합니다
#    (`find_peaks`의 `height`와 `distance`). 기준값은 고정된 전압이 아니라 신호 자체에서 정합니다. 예를 들어
#    언덕 신호의 95번째 백분위수의 0.2배입니다.
# 5. 각 언덕을 80 ms 이내에서 대역통과 신호가 **위로든 아래로든** 가장 크게 벗어난 곳으로 옮깁니다.
#
# 시간은 모두 초나 ms이므로 `hz`로 표본 수를 만드십시오. 표본 번호를 오름차순으로 반환합니다. 다른 방법도
# 좋습니다. 무엇을 찾아내는지가 중요합니다. 150 ms 이내 기준으로 기록 100에서 민감도와 양성예측도 0.99 이상,
# 여러분의 환자에서 0.97 이상이어야 합니다.


# %% task="r_peaks"
def r_peaks(signal, hz):
    """Sample numbers of the R peaks of one channel, ascending.

    signal: array of voltages; hz: sampling rate.
    """
    ### BEGIN SOLUTION
    narrow = health.bandpass(signal, hz, low=5, high=15)
    energy = uniform_filter1d(np.gradient(narrow) ** 2, round(0.150 * hz))
    humps, _ = find_peaks(energy, height=0.2 * np.percentile(energy, 95), distance=round(0.200 * hz))
    reach = round(0.080 * hz)
    peaks = []
    for hump in humps:
        left = max(0, hump - reach)
        peaks.append(left + int(np.argmax(np.abs(narrow[left : hump + reach + 1]))))
    return np.unique(peaks)
    ### END SOLUTION


# %% check="r_peaks.record" points=2
def expect_beats(signal, truth, hz, least, what, ko):
    found = np.asarray(r_peaks(np.array(signal), hz))
    missed_all = hint(
        "nothing-found",
        0,
        en="No beat was found. Is the threshold taken from the signal itself?",
        ko="박동을 하나도 찾지 못했습니다. 기준값을 신호 자체에서 정했습니까?",
    )
    expect(len(found), f"{what}: number of detections", f"{ko}: 검출 수").between(1, None, hints=[missed_all])
    inside = (found > 0.3 * hz) & (found < len(signal) - 0.3 * hz)  # a beat cut by an end counts for nothing
    kept = (np.asarray(truth) > 0.3 * hz) & (np.asarray(truth) < len(signal) - 0.3 * hz)
    match = health.match_beats(np.sort(found[inside]), np.asarray(truth)[kept], 0.150 * hz)
    expect(match.sensitivity, f"{what}: sensitivity", f"{ko}: 민감도").between(
        least,
        1,
        hints=[
            hint(
                "beats-missed",
                lambda got: got < least,
                en="Beats are missed: a threshold that is too high for some of them, or not taken from this "
                "signal, or times turned into samples with another rate.",
                ko="놓친 박동이 있습니다. 일부 박동에 기준값이 너무 높거나, 기준값을 이 신호에서 정하지 "
                "않았거나, 다른 표본화 주파수로 시간을 표본으로 바꾸었습니다.",
            )
        ],
    )
    expect(match.ppv, f"{what}: PPV", f"{ko}: 양성예측도").between(
        least,
        1,
        hints=[
            hint(
                "beats-found-twice",
                lambda got: got < 0.75,
                en="Many detections are no beats, or the same beat again. Smooth over 150 ms and keep "
                "detections 200 ms apart.",
                ko="검출의 상당수가 박동이 아니거나 같은 박동을 다시 찾은 것입니다. 150 ms로 평활하고 검출 "
                "사이를 200 ms 이상 떨어뜨리십시오.",
            ),
            hint(
                "false-beats",
                lambda got: got < least,
                en="Some detections are no beats: T waves or noise. Is the slope squared, and the band 5 to "
                "15 Hz?",
                ko="일부 검출은 박동이 아니라 T파나 잡음입니다. 기울기를 제곱했습니까? 대역은 5–15 Hz입니까?",
            ),
        ],
    )
    expect(
        float(np.median(np.abs(match.offset))) / hz * 1000,
        f"{what}: usual distance from the true R peak, ms",
        f"{ko}: 실제 R 피크와의 통상적인 거리(ms)",
    ).between(
        0,
        15,
        hints=[
            hint(
                "peaks-beside",
                lambda got: got > 15,
                en="The beats are found, but beside their peak. Move each to the largest deflection near "
                "it, and use a filter without delay.",
                ko="박동은 찾았지만 피크 옆을 가리킵니다. 가까운 곳에서 가장 크게 벗어난 점으로 옮기고, "
                "지연이 없는 필터를 쓰십시오.",
            )
        ],
    )


expect_beats(ecg, reference, hz, 0.99, "record 100", "기록 100")
### BEGIN HIDDEN TESTS
half = ecg[: 60 * hz]
fixed_voltage = hint(
    "threshold-in-volts",
    lambda got: got < 0.9 or got > 1.1,
    en="The same heart recorded at a twentieth of the gain has other beats. No voltage fits all patients: "
    "take the threshold from the signal itself.",
    ko="같은 심장을 20분의 1 크기로 기록했더니 박동이 달라졌습니다. 모든 환자에게 맞는 전압은 없습니다. "
    "기준값을 신호 자체에서 정하십시오.",
)
expect(
    len(r_peaks(half / 20, hz)) / len(r_peaks(half, hz)),
    "beats found at a twentieth of the gain, relative",
    "20분의 1 크기에서 찾은 박동의 비율",
).between(0.9, 1.1, hints=[fixed_voltage])
expect_beats(record.channel("V5"), health.r_peaks(record.channel("V5"), hz), hz, 0.97, "lead V5", "V5 유도")
expect_beats(-200 * ecg[: 60 * hz], reference[reference < 60 * hz], hz, 0.97, "upside down", "뒤집은 신호")
### END HIDDEN TESTS

# %% check="r_peaks.mine" points=1
expect_beats(mine.signal, my_beats, MY_HZ, 0.97, "your patient, 250 Hz", "나의 환자, 250 Hz")
### BEGIN HIDDEN TESTS
other = ecg_signal(90, me.seed + 500, hz=500, heart_rate=105, ventricular=0.04, wander_mv=0.4)
expect_beats(
    other.signal / 20, other.beats["sample"], 500, 0.97, "another patient, 500 Hz", "다른 환자, 500 Hz"
)
lead = resting.channel("ii")
expect_beats(
    lead,
    health.r_peaks(lead, resting.hz),
    int(resting.hz),
    0.9,
    "a resting ECG at 1000 Hz, against the library",
    "1000 Hz 안정 심전도(라이브러리 대비)",
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Record 100 is calm. Here is a harder heart, recorded with the noise of a moving electrode added at four
# signal-to-noise ratios: yours beside the library's detector, which adapts its threshold beat by beat and
# looks back when one is overdue (`health.r_peaks`). Sensitivity and PPV do not fall together. Which of the
# two makes false alarms?

# %% [markdown] lang="ko"
# 기록 100은 잔잔합니다. 이번에는 더 어려운 심전도에 움직이는 전극의 잡음을 네 가지 신호 대 잡음비로
# 더했습니다. 여러분의 검출기와, 박동마다 기준값을 조절하고 박동이 늦어지면 되돌아보는 라이브러리의
# 검출기(`health.r_peaks`)를 나란히 놓습니다. 민감도와 양성예측도는 함께 떨어지지 않습니다. 거짓 경보를 만드는
# 것은 둘 중 어느 쪽입니까?


# %%
def show_noise():
    rows = []
    for snr_db, part in noisy.groupby("snr_db"):
        signal = part["ecg"].to_numpy()
        truth = noisy_beats.loc[noisy_beats["snr_db"] == snr_db, "sample"].to_numpy()
        for name, found in (("yours", r_peaks(signal, 360)), ("library", health.r_peaks(signal, 360))):
            match = health.match_beats(np.sort(np.asarray(found)), truth, 0.150 * 360)
            rows.append((name, snr_db, match.sensitivity, match.ppv))
    table = pd.DataFrame(rows, columns=["detector", "snr_db", "sensitivity", "ppv"])
    names = {"yours": me.text("yours", "작성한 검출기"), "library": me.text("library", "라이브러리")}
    with style():
        figure, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
    titles = {"sensitivity": me.text("sensitivity", "민감도"), "ppv": me.text("PPV", "양성예측도")}
    for ax, (column, title) in zip(axes, titles.items(), strict=True):
        for color, (name, lines) in zip(PALETTE, table.groupby("detector", sort=False), strict=False):
            ax.plot(lines["snr_db"], lines[column], "o-", color=color, label=names[name])
        ax.set(
            title=title, xlabel=me.text("signal-to-noise ratio, dB", "신호 대 잡음비(dB)"), ylim=(0.3, 1.03)
        )
        ax.invert_xaxis()
    axes[0].legend(frameon=False, loc="lower left")
    figure.tight_layout()


lab.show(show_noise)

# %% [markdown] lang="en"
# ## 3. Rhythm
#
# ### Task 5: `variability` (2 points)
#
# A healthy heart is not a clock. **SDNN** is the standard deviation (n − 1) of the intervals, **RMSSD** the
# root of the mean of the squared differences between *successive* intervals; both in ms, and both only from
# **normal-to-normal** intervals. An ectopic beat says nothing about the sinus node, and it spoils the
# interval before it and the one after it: `normal` is `False` for those.
#
# Mind the gap: where an interval was taken out, the two beside it are no longer successive, so their
# difference does not count. Return `(sdnn, rmssd)`.

# %% [markdown] lang="ko"
# ## 3. 리듬
#
# ### 과제 5: `variability` (2점)
#
# 건강한 심장은 시계처럼 뛰지 않습니다. **SDNN**은 간격의 표준편차(n − 1), **RMSSD**는 *연속한* 두 간격의
# 차이를 제곱하여 평균한 값의 제곱근입니다. 둘 다 단위는 ms이며, **정상 박동 사이의(normal-to-normal)**
# 간격에서만 계산합니다. 이소성 박동은 동방결절에 대해 아무것도 말해 주지 않으며, 바로 앞과 바로 뒤의 간격을
# 망가뜨립니다. 그런 간격에서는 `normal`이 `False`입니다.
#
# 빠진 자리를 조심하십시오. 간격 하나를 빼면 그 양옆의 간격은 더는 연속이 아니므로 둘의 차이는 세지 않습니다.
# `(sdnn, rmssd)`를 반환합니다.


# %% task="variability"
def variability(rr_ms, normal):
    """SDNN and RMSSD in ms from normal-to-normal intervals.

    rr_ms: intervals in ms, in order of time; normal: True where the interval lies between two normal beats.
    Returns (sdnn, rmssd).
    """
    ### BEGIN SOLUTION
    rr = np.where(np.asarray(normal, dtype=bool), np.asarray(rr_ms, dtype=float), np.nan)
    steps = np.diff(rr)
    return float(np.nanstd(rr, ddof=1)), float(np.sqrt(np.nanmean(steps**2)))
    ### END SOLUTION


# %% check="variability" points=2
def rhythm_hints(want, kept, population, bridged, spread):
    """Hints from the right pair, wrong SDNN (kept, population) and wrong RMSSD (bridged, spread)."""
    return [
        hint(
            "ectopic-beats-kept",
            lambda got: np.isclose(got[0], kept, rtol=1e-4).any(),
            en="The intervals beside ectopic beats were kept. A single early beat can double the "
            "variability.",
            ko="이소성 박동 옆의 간격을 그대로 두었습니다. 이른 박동 하나로도 변이도가 두 배가 될 수 "
            "있습니다.",
        ),
        hint(
            "gap-bridged",
            lambda got: np.isclose(got[1], bridged, rtol=1e-4),
            en="After taking intervals out you subtracted neighbours that do not follow each other. Keep "
            "the gap: NaN instead of removing.",
            ko="간격을 뺀 뒤 서로 연속하지 않는 이웃을 뺐습니다. 빠진 자리를 남겨 두십시오. 지우지 말고 "
            "NaN으로 두면 됩니다.",
        ),
        hint(
            "sdnn-and-rmssd-swapped",
            lambda got: np.allclose(got, want[::-1], rtol=1e-4),
            en="Swapped: SDNN first, RMSSD second.",
            ko="순서가 바뀌었습니다. SDNN이 먼저, RMSSD가 나중입니다.",
        ),
        hint(
            "spread-of-differences",
            lambda got: np.isclose(got[1], spread, rtol=1e-3).any(),
            en="RMSSD squares the differences, takes the mean and then the root. It subtracts no mean.",
            ko="RMSSD는 차이를 제곱하고 평균한 다음 제곱근을 취합니다. 평균을 빼지 않습니다.",
        ),
        hint(
            "population-sd",
            lambda got: np.isclose(got[0], population, rtol=1e-4),
            en="Divide by n - 1: ddof=1.",
            ko="n − 1로 나누십시오. ddof=1입니다.",
        ),
    ]


eight = np.array([800.0, 860, 740, 500, 1100, 840, 800, 910])
normal_ones = np.array([True, True, True, False, False, True, True, True])
got = tuple(float(value) for value in variability(eight, normal_ones))
expect(got, "eight intervals, one ectopic beat", "간격 여덟, 이소성 박동 하나").close_to(
    (58.5662, 89.02247),
    rel=1e-4,
    hints=rhythm_hints((58.5662, 89.02247), [168.22073, 157.35609], 53.46338, 91.3236, [102.75375, 82.5]),
)


### BEGIN HIDDEN TESTS
def expect_rhythm(rr, normal, what, ko):
    known = np.where(normal, rr, np.nan)
    truth, steps = health.hrv(known), np.diff(known)
    want = truth["sdnn_ms"], truth["rmssd_ms"]
    hints = rhythm_hints(
        want,
        [rr.std(ddof=1), rr.std()],
        rr[normal].std(),
        np.sqrt(np.mean(np.diff(rr[normal]) ** 2)),
        [np.nanstd(steps, ddof=1), np.nanmean(np.abs(steps))],
    )
    got = tuple(float(value) for value in variability(rr, normal))
    expect(got, what, ko).close_to(want, rel=1e-4, hints=hints)


rr = health.rr_intervals(reference, hz, symbols=labels["symbol"])
expect_rhythm(rr["rr_ms"].to_numpy(), rr["normal"].to_numpy(), "record 100", "기록 100")
rr = health.rr_intervals(my_beats, MY_HZ, symbols=mine.beats["symbol"])
expect_rhythm(rr["rr_ms"].to_numpy(), rr["normal"].to_numpy(), "your patient", "나의 환자")
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Your patient's tachogram: every interval over time. The crosses stand beside ectopic beats. With them kept,
# what would a watch tell this patient about stress?

# %% [markdown] lang="ko"
# 여러분 환자의 타코그램입니다. 모든 간격을 시간에 따라 그렸습니다. 가위표는 이소성 박동 옆의 간격입니다. 이를
# 그대로 둔다면 시계는 이 환자의 스트레스에 대해 무엇이라고 말하겠습니까?


# %%
def show_tachogram():
    rr = health.rr_intervals(my_beats, MY_HZ, symbols=mine.beats["symbol"])
    with style():
        figure, ax = plt.subplots(figsize=(9, 2.8))
    health.plot_tachogram(rr, ax=ax)
    ax.set(xlabel=me.text("seconds", "시간(초)"), ylabel=me.text("RR interval, ms", "RR 간격(ms)"))
    if not rr["normal"].all():
        ax.lines[-1].set_label(me.text("beside an ectopic beat", "이소성 박동 옆"))
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1))
    _, rmssd = variability(rr["rr_ms"].to_numpy(), rr["normal"].to_numpy())
    kept = health.hrv(rr["rr_ms"])
    ax.set_title(
        me.text(
            f"RMSSD {rmssd:.0f} ms; with ectopic beats {kept['rmssd_ms']:.0f} ms",
            f"RMSSD {rmssd:.0f} ms, 이소성 박동을 포함하면 {kept['rmssd_ms']:.0f} ms",
        ),
        fontsize=10,
    )
    figure.tight_layout()


lab.show(show_tachogram)

# %% [markdown] lang="en"
# ## 4. Kinds of beats
#
# Twelve simulated patients of yours: `windows` holds 0.7 s around each beat (one row per beat), `ectopic` is
# 1 for a ventricular ectopic beat, `patient` says whose beat it is. A heart's beats look like each other, and
# each heart has its own handwriting.
#
# ### Task 6: `predict_beats` (2 points)
#
# Return for every beat a prediction (0 or 1) by a `KNeighborsClassifier(3)` that was **fitted on other
# patients only**: `k`-fold cross-validation in which all beats of a patient are in one fold (scikit-learn's
# `GroupKFold` deals patients to folds).

# %% [markdown] lang="ko"
# ## 4. 박동의 종류
#
# 여러분의 모의 환자 열두 명입니다. `windows`는 박동마다 0.7초를 잘라 낸 것(한 행이 한 박동), `ectopic`은 심실
# 이소성 박동이면 1, `patient`는 누구의 박동인지입니다. 한 심장의 박동은 서로 닮았고, 심장마다 고유한 필체가
# 있습니다.
#
# ### 과제 6: `predict_beats` (2점)
#
# 모든 박동에 대해, **다른 환자로만 학습한** `KNeighborsClassifier(3)`의 예측(0 또는 1)을 반환하십시오. 한
# 환자의 모든 박동이 한 폴드에 들어가는 `k`-폴드 교차검증입니다(scikit-learn의 `GroupKFold`가 환자를 폴드에
# 나누어 줍니다).


# %% task="predict_beats"
def predict_beats(windows, ectopic, patient, k):
    """Predict each beat with a classifier fitted on other patients.

    windows: array (beats, samples); ectopic: array of 0 and 1; patient: array; k: number of folds.
    Returns an array of 0 and 1, one per beat.
    """
    ### BEGIN SOLUTION
    predicted = np.zeros(len(ectopic), dtype=int)
    for train, test in GroupKFold(k).split(windows, ectopic, patient):
        model = KNeighborsClassifier(3).fit(windows[train], ectopic[train])
        predicted[test] = model.predict(windows[test])
    return predicted
    ### END SOLUTION


# %% check="predict_beats" points=2
got = np.asarray(predict_beats(windows, ectopic, patient, 4))
expect(got.shape, "one prediction per beat", "박동마다 예측 하나").equals((len(ectopic),))
expect(sorted(set(got.tolist())), "the predictions", "예측값").equals([0, 1])
expect(
    balanced_accuracy_score(ectopic, got), "balanced accuracy, your patients", "나의 환자의 균형 정확도"
).between(
    0.7,
    1,
    hints=[
        hint(
            "beats-out-of-order",
            lambda got: got < 0.7,
            en="The predictions do not belong to their beats. Put those of each fold back at its places.",
            ko="예측이 자기 박동의 자리에 있지 않습니다. 폴드마다 예측을 원래 자리에 넣으십시오.",
        )
    ],
)


# Patients with a handwriting each and a label that is a coin toss, one per beat or one per patient: nobody
# can predict either for a patient never seen.
def coin_tosses(seed, per_patient):
    rng = np.random.default_rng(seed)
    number = np.repeat(np.arange(16), 8)
    handwriting = rng.normal(0, 1, (16, 20))[number] + rng.normal(0, 0.1, (128, 20))
    toss = rng.permutation(np.repeat([0, 1], 8))[number] if per_patient else rng.integers(0, 2, 128)
    order = rng.permutation(128)
    return handwriting[order], toss[order], number[order]


def toss_accuracy(seeds, *, per_patient):
    scores = []
    for seed in seeds:
        shown, toss, number = coin_tosses(seed, per_patient)
        scores.append(float((np.asarray(predict_beats(shown, toss, number, 4)) == toss).mean()))
    return float(np.mean(scores))


seen_before = hint(
    "fitted-on-the-test",
    lambda got: got > 0.63,
    en="A coin toss per beat was predicted better than chance: the classifier had seen these very beats.",
    ko="박동마다 동전을 던져 정한 값을 우연보다 잘 맞혔습니다. 분류기가 바로 그 박동을 이미 본 것입니다.",
)
patients_split = hint(
    "patients-split",
    lambda got: got > 0.8,
    en="A coin toss per patient was predicted: other beats of the same patients were in the training, and "
    "the classifier recognised the patient. All beats of a patient must stand on one side.",
    ko="환자마다 동전을 던져 정한 값을 맞혔습니다. 같은 환자의 다른 박동이 학습에 들어가서 분류기가 환자를 "
    "알아본 것입니다. 한 환자의 모든 박동은 한쪽에만 있어야 합니다.",
)
expect(
    toss_accuracy(range(4), per_patient=False),
    "accuracy for coin tosses per beat",
    "박동별 동전 던지기의 정확도",
).between(0.35, 0.63, hints=[seen_before])
expect(
    toss_accuracy(range(4), per_patient=True),
    "accuracy for coin tosses per patient",
    "환자별 동전 던지기의 정확도",
).between(0.1, 0.8, hints=[patients_split])
### BEGIN HIDDEN TESTS
expect(
    toss_accuracy(range(10, 15), per_patient=True),
    "accuracy for other coin tosses",
    "다른 동전 던지기의 정확도",
).between(0.1, 0.8, hints=[patients_split])
shown, label, number = my_patients(12, me.seed + 50)
names = np.array(list("qwertyuiopas"))[number]
got = np.asarray(predict_beats(shown, label, names, 6))
expect(
    balanced_accuracy_score(label, got), "balanced accuracy, other patients", "다른 환자의 균형 정확도"
).between(0.7, 1)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Left: the mean normal beat (blue) and ectopic beat (orange) of each of your patients. Right: the same
# classifier on the same beats, judged in two ways. Which number would you write on the box?

# %% [markdown] lang="ko"
# 왼쪽은 환자별 정상 박동(파랑)과 이소성 박동(주황)의 평균입니다. 오른쪽은 같은 분류기를 같은 박동에서 두 가지
# 방법으로 평가한 결과입니다. 제품 상자에는 어느 숫자를 적겠습니까?


# %%
def show_beats():
    honest = np.asarray(predict_beats(windows, ectopic, patient, 4))
    mixed = np.zeros(len(ectopic), dtype=int)
    fold = learning.folds(pd.DataFrame({"ectopic": ectopic}), k=4, seed=1)
    for k in range(4):
        model = KNeighborsClassifier(3).fit(windows[fold != k], ectopic[fold != k])
        mixed[fold == k] = model.predict(windows[fold == k])
    with style():
        figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.2), width_ratios=[1.3, 1])
    time = (np.arange(windows.shape[1]) - round(0.25 * 125)) / 125
    for number in np.unique(patient):
        for kind, color in ((0, PALETTE[0]), (1, PALETTE[1])):
            chosen = windows[(patient == number) & (ectopic == kind)]
            if len(chosen):
                left.plot(time, chosen.mean(axis=0), color=color, lw=1, alpha=0.7)
    left.set(xlabel=me.text("seconds from the R peak", "R 피크로부터의 시간(초)"), ylabel="mV")
    names = [me.text("beats shuffled", "박동 단위"), me.text("new patients", "새 환자")]
    scores = [balanced_accuracy_score(ectopic, values) for values in (mixed, honest)]
    right.barh(names, scores, color=[PALETTE[5], PALETTE[2]], height=0.5)
    for row, score in enumerate(scores):
        right.text(score - 0.02, row, f"{score:.3f}", ha="right", va="center", color="white", weight="bold")
    right.set(xlim=(0, 1), xlabel=me.text("balanced accuracy", "균형 정확도"))
    figure.tight_layout()


lab.show(show_beats)

# %% [markdown] lang="en"
# ## 5. The alarm
#
# A monitor in intensive care raised an **asystole** alarm (no beat for more than 4 seconds) at the right end
# of this strip. Above are two ECG leads with the library's detections, below the pulse wave of a finger clip.

# %% [markdown] lang="ko"
# ## 5. 경보
#
# 중환자실 감시장치가 이 그림의 오른쪽 끝에서 **무수축(asystole)** 경보(4초 넘게 박동 없음)를 울렸습니다. 위의
# 둘은 심전도 유도와 라이브러리의 검출 결과, 아래는 손가락 집게의 맥파입니다.


# %%
def show_alarm():
    with style():
        figure, axes = plt.subplots(3, 1, figsize=(10, 5.2), sharex=True)
    time = 280 + np.arange(len(alarm.signals)) / alarm.hz
    for ax, name in zip(axes, alarm.channels, strict=True):
        ax.plot(time, alarm.channel(name), color="black", lw=0.8)
        ax.set_ylabel({"PLETH": me.text("pulse", "맥파")}.get(name, f"{name}, mV"))
        if name != "PLETH":
            found = health.r_peaks(alarm.channel(name), alarm.hz)
            top = float(np.nanmax(alarm.channel(name))) * 1.12
            ax.plot(280 + found / alarm.hz, np.full(len(found), top), "v", color=PALETTE[0], ms=5)
    axes[-1].set_xlabel(me.text("seconds of the recording", "기록의 시간(초)"))
    figure.tight_layout()


lab.show(show_alarm)

# %% [markdown] lang="en"
# ### Task 7: `reading` (2 points)
#
# 1. `what_happened`: what is the most plausible reading of the strip?
#    - **a** The heart stood still; the pulse wave lags behind and will stop soon.
#    - **b** An electrode moved: the ECG is full of artefacts and flat parts, while the pulse goes on at its
#    rate.
#    - **c** Ventricular fibrillation: the ECG is chaotic, and the pulse wave is caused by ventilation.
#    - **d** The filter has removed the beats; the alarm is an error of zero-phase filtering.
# 2. `watch_bpm`: a colleague reads `ecg` of record 100 into an app that believes every recording has **250**
#    samples per second. Which mean heart rate (per minute, from the mean RR interval of `reference`) does the
#    app show? A number.

# %% [markdown] lang="ko"
# ### 과제 7: `reading` (2점)
#
# 1. `what_happened`: 이 그림을 가장 그럴듯하게 읽은 것은 무엇입니까?
#    - **a** 심장이 멈추었습니다. 맥파는 뒤늦게 따라오며 곧 멈출 것입니다.
#    - **b** 전극이 움직였습니다. 심전도는 인공물과 평평한 구간으로 가득하지만 맥박은 제 속도로 이어집니다.
#    - **c** 심실세동입니다. 심전도는 무질서하고, 맥파는 인공호흡 때문에 생긴 것입니다.
#    - **d** 필터가 박동을 지웠습니다. 경보는 영위상 필터의 오류입니다.
# 2. `watch_bpm`: 동료가 기록 100의 `ecg`를, 모든 기록이 초당 **250** 표본이라고 믿는 앱에 넣었습니다. 앱은
#    평균 심박수(분당, `reference`의 평균 RR 간격에서)를 얼마라고 표시합니까? 숫자로 답하십시오.

# %% task="reading"
### BEGIN SOLUTION
what_happened = "b"
watch_bpm = 60 * 250 / np.diff(reference).mean()
### END SOLUTION

# %% check="reading.alarm" points=1
expect(what_happened, "one of the four letters", "네 글자 가운데 하나").one_of(["a", "b", "c", "d"])
### BEGIN HIDDEN TESTS
expect(what_happened, "what happened before the alarm", "경보 전에 일어난 일").equals(
    "b",
    hints=[
        hint(
            "alarm-believed",
            lambda got: got in ("a", "c"),
            en="No pulse without a beat: look at the pulse wave all along the strip, and at its rate where "
            "the ECG is clean.",
            ko="박동 없이는 맥박도 없습니다. 그림 전체의 맥파와, 심전도가 깨끗한 곳에서의 속도를 보십시오.",
        ),
        hint(
            "filter-blamed",
            "d",
            en="The figure shows the recorded signal, not a filtered one: the artefacts are in the "
            "recording.",
            ko="그림은 필터링한 신호가 아니라 기록된 신호입니다. 인공물은 기록 자체에 있습니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% check="reading.rate" points=1
expect(float(watch_bpm), "heart rate shown by the app, per minute", "앱이 표시하는 분당 심박수").between(
    20, 300
)
### BEGIN HIDDEN TESTS
step = np.diff(reference).mean()
expect(
    float(watch_bpm), "heart rate at the wrong sampling rate", "잘못된 표본화 주파수에서의 심박수"
).close_to(
    60 * 250 / step,
    rel=0.01,
    hints=[
        hint(
            "true-rate-given",
            lambda got: abs(got - 60 * hz / step) < 0.5,
            en="This is the true heart rate. The app divides the same samples by 250, not by the true rate.",
            ko="이것은 참 심박수입니다. 앱은 같은 표본을 참 주파수가 아니라 250으로 나눕니다.",
        ),
        hint(
            "factor-upside-down",
            lambda got: abs(got - 60 * hz / step * hz / 250) < 1,
            en="The wrong way round: with fewer samples per second the same interval takes longer, so the "
            "heart seems slower.",
            ko="거꾸로입니다. 초당 표본이 적으면 같은 간격이 더 길어지므로 심장이 더 느려 보입니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Essay (3 points, read by your instructor)
#
# A supplier writes: *"Our beat detector reaches 99.9 % sensitivity and 99.9 % PPV on MIT-BIH record 100. It
# can replace the asystole alarm of your unit."* Answer in six to ten sentences: what the figures show and
# what they do not, how you would test the detector before it runs (which recordings, which patients, how
# beats and alarms are counted), what should happen when the signal is bad, and which of the two errors, a
# missed asystole or a false alarm, costs what.

# %% [markdown] lang="ko"
# ### 서술 (3점, 강사가 직접 채점합니다)
#
# 한 공급사가 이렇게 씁니다. *"당사의 박동 검출기는 MIT-BIH 기록 100에서 민감도 99.9 %, 양성예측도 99.9 %에
# 도달했습니다. 귀 병동의 무수축 경보를 대체할 수 있습니다."* 여섯에서 열 문장으로 답하십시오. 그 숫자가 보여
# 주는 것과 보여 주지 않는 것, 가동하기 전에 검출기를 어떻게 시험할지(어떤 기록, 어떤 환자, 박동과 경보를 세는
# 방법), 신호가 나쁠 때 무엇을 해야 하는지, 그리고 무수축을 놓치는 오류와 거짓 경보라는 두 오류가 각각 어떤
# 대가를 치르는지 쓰십시오.

# %% [markdown] essay="supplier" points=3
# **1 point: what the figures show.** One calm ambulatory recording of one patient, made 50 years ago; beats
# are not independent, so 2,000 beats are one patient. Beat-level figures say nothing about alarms: one burst
# of artefact per hour leaves PPV at 99.9 % and rings all night. Nothing about noise, ectopy, pacing,
# children.
#
# **1 point: a test.** Many patients never used in development, of the own unit, with its electrodes and its
# noise; reference by experts; results per patient (EC57: gross and average), within 150 ms; alarms counted as
# alarms: false ones per bed and day, and the share of true asystoles found, with intervals; a silent run
# beside the old alarm.
#
# **1 point: bad signal and costs.** A quality index or a second channel (pulse wave, arterial pressure)
# before an alarm; "leads off" is a message of its own and no asystole. A missed asystole may cost a life
# within minutes; false alarms cost attention, and with it other patients' lives. Somebody must decide the
# threshold and answer for it.
#
# **1점: 숫자의 의미.** 잔잔한 기록 하나, 환자 한 명, 50년 전의 활동 심전도(홀터)입니다. 박동은 서로 독립이
# 아니므로 박동 2,000개도 환자 한 명입니다. 박동 단위의 숫자는 경보에 대해 말해 주지 않습니다. 한 시간에 한 번
# 인공물이 생기면 양성예측도는 99.9 %이지만 밤새 경보가 울립니다. 잡음, 이소성 박동, 심박조율, 소아에 대해서도
# 말해 주지 않습니다.
#
# **1점: 시험.** 개발에 쓰지 않은 여러 환자, 자기 병동의 전극과 잡음, 전문가의 기준, 환자별 결과(EC57의 전체와
# 평균), 150 ms 이내. 경보는 경보로 셉니다. 병상당 하루 거짓 경보 수와 실제 무수축의 검출 비율을 신뢰구간과
# 함께 제시하고, 기존 경보와 나란히 소리 없이 운영해 봅니다.
#
# **1점: 나쁜 신호와 대가.** 경보 전에 신호 품질 지표나 두 번째 채널(맥파, 동맥압)을 확인합니다. "전극 이탈"은
# 무수축이 아니라 별도의 알림입니다. 무수축을 놓치면 몇 분 안에 생명을 잃을 수 있고, 거짓 경보는 주의력을,
# 그와 함께 다른 환자의 생명을 앗아 갈 수 있습니다. 기준값을 정하고 책임질 사람이 있어야 합니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - Pan J, Tompkins WJ (1985) *A real-time QRS detection algorithm.* IEEE Trans Biomed Eng 32:230.
# - Moody GB, Mark RG (2001) *The impact of the MIT-BIH arrhythmia database.* IEEE Eng Med Biol Mag 20(3):45.
# - Task Force of the ESC and NASPE (1996) *Heart rate variability.* Circulation 93:1043.
# - Clifford GD et al. (2015) *The PhysioNet/Computing in Cardiology Challenge 2015: reducing false arrhythmia
#   alarms in the ICU.* The alarm of part 5 is one of its records.
# - Drew BJ et al. (2014) *Insights into the problem of alarm fatigue.* PLoS ONE 9:e110274.
# - In the library: `health.read_ecg`, `health.r_peaks`, `health.match_beats`, `health.hrv`,
#   `health.beat_windows`, `simulate.ecg_signal`.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - Pan J, Tompkins WJ (1985) *A real-time QRS detection algorithm.* IEEE Trans Biomed Eng 32:230.
# - Moody GB, Mark RG (2001) *The impact of the MIT-BIH arrhythmia database.* IEEE Eng Med Biol Mag 20(3):45.
# - Task Force of the ESC and NASPE (1996) *Heart rate variability.* Circulation 93:1043.
# - Clifford GD et al. (2015) *The PhysioNet/Computing in Cardiology Challenge 2015: reducing false arrhythmia
#   alarms in the ICU.* 5부의 경보가 이 대회의 기록입니다.
# - Drew BJ et al. (2014) *Insights into the problem of alarm fatigue.* PLoS ONE 9:e110274.
# - 라이브러리에서는 `health.read_ecg`, `health.r_peaks`, `health.match_beats`, `health.hrv`,
#   `health.beat_windows`, `simulate.ecg_signal`을 살펴보십시오.
