"""Time to event with lifelines underneath: Kaplan-Meier, log-rank, Cox, C-index, AUC over time.

Times are counted from each patient's own start; an event is 1, a censored time 0: the patient was last seen
without the event then, which does not mean that it never came.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import joined, missing_extra, told, unknown
from biolabkit.errors import InputError
from biolabkit.learning._inputs import share

__all__ = [
    "CoxModel",
    "LogRank",
    "auc_at",
    "concordance",
    "cox",
    "kaplan_meier",
    "log_rank",
    "median_survival",
    "numbers_at_risk",
    "survival_at",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class LogRank(NamedTuple):
    """Test of equal survival in all groups: chi-squared statistic, its degrees of freedom, p value."""

    statistic: float
    df: int
    p_value: float


def _lifelines() -> Any:
    try:
        import lifelines
    except ImportError as error:
        raise missing_extra("lifelines", "health") from error
    return lifelines


def times_and_events(
    time: npt.ArrayLike, event: npt.ArrayLike, *, group: Any = None, score: npt.ArrayLike | None = None
) -> tuple[FloatArray, IntArray, npt.NDArray[Any], FloatArray]:
    """Times, events, groups and scores, checked; group and score are zeros where not given.

    Raises
    ------
    InputError
        With all problems at once.
    """
    problems: list[str] = []
    times, events = _numbers(time, "time", problems), _numbers(event, "event", problems)
    scores = _numbers(score, "score", problems) if score is not None else np.zeros(len(times))
    groups = np.asarray(group) if group is not None else np.zeros(len(times), dtype=np.int64)
    problems += _wrong_values(times, events, groups)
    lengths = {"time": len(times), "event": len(events), "group": len(groups), "score": len(scores)}
    if not problems and len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        problems.append(
            told(
                f"one value per patient expected, found these lengths: {found}",
                f"환자마다 값이 하나씩 있어야 하는데 길이가 서로 다릅니다: {found}",
            )
        )
    if not problems and not len(times):
        problems.append(
            told("at least one patient expected, found none", "환자가 한 명 이상 있어야 하는데 없습니다")
        )
    if problems:
        raise InputError(joined(problems))
    return times, events.astype(np.int64), groups, scores


def _wrong_values(times: FloatArray, events: FloatArray, groups: npt.NDArray[Any]) -> list[str]:
    problems = []
    if len(times) and times.min() < 0:
        problems.append(
            told(
                f"time: 0 or more expected, found {times.min():g}; count from each patient's start",
                f"time: 0 이상이어야 합니다. 가장 작은 값: {times.min():g}. 환자마다 관찰을 시작한 때부터 "
                "세십시오",
            )
        )
    odd = sorted(set(events.tolist()) - {0.0, 1.0})
    if odd:
        problems.append(
            told(
                f"event: 1 (event) or 0 (censored) expected, found {odd[0]:g}",
                f"event: 1(사건) 또는 0(중도절단)이어야 합니다. 받은 값: {odd[0]:g}",
            )
        )
    if np.asarray(pd.isna(groups)).any():
        problems.append(
            told(
                "group: missing values found; name every group, for example with fillna('unknown')",
                "group: 결측값이 있습니다. fillna('unknown') 등으로 모든 집단에 이름을 붙이십시오",
            )
        )
    return problems


def _numbers(values: Any, name: str, problems: list[str]) -> FloatArray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        dtype = np.asarray(values).dtype
        problems.append(
            told(
                f"{name}: numbers expected, found {dtype} values",
                f"{name}: 숫자여야 합니다. 받은 dtype: {dtype}",
            )
        )
        return np.empty(0)
    if array.ndim != 1:
        problems.append(
            told(
                f"{name}: one number per patient expected, found shape {array.shape}",
                f"{name}: 환자마다 숫자가 하나씩 있어야 합니다. 받은 모양: {array.shape}",
            )
        )
        return np.empty(0)
    bad = ~np.isfinite(array)
    if bad.any():
        problems.append(
            told(
                f"{name}: {bad.sum()} of {len(array)} values are NaN or infinite, the first at position "
                f"{bad.argmax()}; leave those patients out, and say how many",
                f"{name}: 값 {len(array)}개 가운데 {bad.sum()}개가 NaN이거나 무한대입니다(첫 번째 위치: "
                f"{bad.argmax()}). 그 환자를 빼고 몇 명을 뺐는지 밝히십시오",
            )
        )
        return np.empty(0)
    return array


def _names(groups: npt.NDArray[Any]) -> list[Any]:
    return sorted(set(groups.tolist()), key=lambda name: (str(type(name)), name))


def kaplan_meier(
    time: npt.ArrayLike, event: npt.ArrayLike, *, group: Any = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Kaplan-Meier's estimate of survival with pointwise intervals (exponential Greenwood, log-log).

    A censored patient counts as at risk until last seen, and then leaves without an event. That is right
    only if those who leave are like those who stay.

    Parameters
    ----------
    time : array-like of float, shape (patients,)
        Time to the event or to the last contact, 0 or more.
    event : array-like of 0 and 1, shape (patients,)
        1: the event came at `time`; 0: censored.
    group : array-like, shape (patients,), optional
        One curve per group.
    confidence : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Index ``(group, time)``, group ``"all"`` without `group`; one row at time 0 and at each time with an
        event or censoring: ``at_risk`` (just before), ``events, censored`` (int), ``survival, low, high``.

    Raises
    ------
    InputError
        Negative or missing times, events other than 0 and 1, unequal lengths, missing groups.
    MissingExtraError
        lifelines is not installed.

    References
    ----------
    Kaplan, Meier (1958) J Am Stat Assoc 53:457-481; intervals: Kalbfleisch, Prentice (2002), formula 1.13.
    """
    lifelines = _lifelines()
    share(confidence, "confidence")
    times, events, groups, _ = times_and_events(time, event, group=group)
    if group is None:
        groups = np.full(len(times), "all")
    curves = {}
    for name in _names(groups):
        here = groups == name
        fitted = lifelines.KaplanMeierFitter(alpha=1 - confidence).fit(times[here], events[here])
        counts = fitted.event_table
        ends = fitted.confidence_interval_survival_function_
        curves[name] = pd.DataFrame(
            {
                "at_risk": counts["at_risk"].astype(int),
                "events": counts["observed"].astype(int),
                "censored": counts["censored"].astype(int),
                "survival": fitted.survival_function_.iloc[:, 0],
                "low": ends.iloc[:, 0],
                "high": ends.iloc[:, 1],
            }
        )
    return pd.concat(curves, names=["group", "time"])


def survival_at(curve: pd.DataFrame, at: Sequence[float]) -> pd.DataFrame:
    """Read Kaplan-Meier curves at given times.

    Parameters
    ----------
    curve : DataFrame
        What `kaplan_meier` returns.
    at : sequence of float
        Times, 0 or more.

    Returns
    -------
    DataFrame
        Index ``(group, time)``: ``survival, low, high``; NaN after a group's last time unless its survival
        has reached 0, as nobody was there to tell.
    """
    found = {}
    for name, rows in curve.groupby(level="group", sort=False):
        here = rows.droplevel("group")[["survival", "low", "high"]]
        known = here.index.to_numpy(dtype=float)
        wanted = np.asarray(at, dtype=float)
        read = here.iloc[np.maximum(np.searchsorted(known, wanted, side="right") - 1, 0)].copy()
        read.index = pd.Index(wanted, name="time")
        if here["survival"].iloc[-1] > 0:
            read.loc[wanted > known[-1]] = np.nan
        found[name] = read
    return pd.concat(found, names=["group", "time"])


def median_survival(curve: pd.DataFrame) -> pd.DataFrame:
    """First time at which survival is at most one half, with its interval.

    Parameters
    ----------
    curve : DataFrame
        What `kaplan_meier` returns.

    Returns
    -------
    DataFrame
        Index ``group``: ``median, low, high``, in the unit of time; infinite where the curve (its bound) does
        not come down to one half. The interval is that of Brookmeyer and Crowley: where the bounds cross one
        half.
    """
    found = {}
    for name, rows in curve.groupby(level="group", sort=False):
        here = rows.droplevel("group")
        crossing = {}
        for column, meaning in (("survival", "median"), ("low", "low"), ("high", "high")):
            below = here.index[here[column] <= 0.5]
            crossing[meaning] = float(below[0]) if len(below) else np.inf
        found[name] = crossing
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("group")


def numbers_at_risk(time: npt.ArrayLike, at: Sequence[float], *, group: Any = None) -> pd.DataFrame:
    """How many patients are still observed and without the event just before given times.

    Parameters
    ----------
    time : array-like of float, shape (patients,)
        As in `kaplan_meier`.
    at : sequence of float
        Times.
    group : array-like, shape (patients,), optional
        Group of each patient.

    Returns
    -------
    DataFrame of int
        One row per group (``"all"`` without `group`), one column per time.

    Raises
    ------
    InputError
        As `kaplan_meier`.
    """
    times, _, groups, _ = times_and_events(time, np.zeros(len(np.asarray(time))), group=group)
    if group is None:
        groups = np.full(len(times), "all")
    lines = {name: [int((times[groups == name] >= moment).sum()) for moment in at] for name in _names(groups)}
    return pd.DataFrame.from_dict(lines, orient="index", columns=list(at)).rename_axis("group")


def log_rank(time: npt.ArrayLike, event: npt.ArrayLike, group: Any) -> LogRank:
    """Log-rank test of equal survival in two groups or more.

    It weighs all times alike, and has little power where the curves cross.

    Parameters
    ----------
    time, event
        As in `kaplan_meier`.
    group : array-like, shape (patients,)
        Group of each patient, at least two groups.

    Returns
    -------
    LogRank

    Raises
    ------
    InputError
        As `kaplan_meier`; fewer than two groups; no event at all.
    MissingExtraError
        lifelines is not installed.

    References
    ----------
    Mantel (1966) Cancer Chemother Rep 50:163-170.
    """
    _lifelines()
    from lifelines.statistics import multivariate_logrank_test

    times, events, groups, _ = times_and_events(time, event, group=group)
    names = _names(groups)
    if len(names) < 2:
        raise InputError(
            told(
                f"log_rank: at least two groups expected, found {len(names)}",
                f"log_rank: 집단이 둘 이상 있어야 합니다. 받은 집단의 수: {len(names)}",
            )
        )
    if not events.any():
        raise InputError(
            told(
                "log_rank: no event in any group, so there is nothing to compare",
                "log_rank: 어느 집단에도 사건이 없어서 비교할 것이 없습니다",
            )
        )
    codes = np.array([names.index(one) for one in groups.tolist()])
    found = multivariate_logrank_test(times, codes, events)
    return LogRank(float(found.test_statistic), len(names) - 1, float(found.p_value))


@dataclass(frozen=True)
class CoxModel:
    """A fitted proportional-hazards model.

    Attributes
    ----------
    table : DataFrame
        Index of columns: ``hazard_ratio, low, high, p_value, coefficient, error``. A hazard ratio multiplies
        the rate at which the event comes among those who are still free of it; it is no ratio of risks.
    proportional : DataFrame
        Test of proportional hazards by the scaled Schoenfeld residuals against the rank of time (Grambsch and
        Therneau 1994), index of columns: ``statistic, p_value``. A small p value says that the hazard ratio
        changes over time; a large one that nothing was seen.
    concordance : float
        Harrell's C on the patients fitted, which is too good for new ones.
    patients, events : int
        How many were fitted.
    """

    table: pd.DataFrame
    proportional: pd.DataFrame
    concordance: float
    patients: int
    events: int
    _fitted: Any = field(repr=False)

    def risk(self, table: pd.DataFrame) -> FloatArray:
        """Relative hazard of each row, shape (rows,): ``exp`` of the centred linear predictor."""
        return np.asarray(self._fitted.predict_partial_hazard(self._columns(table)), dtype=np.float64)

    def survival(self, table: pd.DataFrame, at: Sequence[float]) -> pd.DataFrame:
        """Predicted survival (Breslow's baseline): one row per row of `table`, one column per time."""
        curves = self._fitted.predict_survival_function(self._columns(table), times=list(at))
        return pd.DataFrame(curves.to_numpy().T, index=table.index, columns=list(at))

    def _columns(self, table: pd.DataFrame) -> pd.DataFrame:
        return _predictors(table, list(self.table.index))


def cox(
    table: pd.DataFrame,
    *,
    time: str,
    event: str,
    columns: Sequence[str],
    penalizer: float = 0.0,
    confidence: float = 0.95,
) -> CoxModel:
    """Cox's regression (Efron's ties) and the check of its assumption.

    Parameters
    ----------
    table : DataFrame
        One row per patient.
    time, event : str
        Columns as in `kaplan_meier`.
    columns : sequence of str
        Numeric predictors known at time 0, without gaps. Words first become 0 and 1 (`pandas.get_dummies`).
    penalizer : float
        Strength of a ridge penalty, for more predictors than about a tenth of the events; intervals are not
        valid then.
    confidence : float
        Coverage of the intervals.

    Returns
    -------
    CoxModel

    Raises
    ------
    InputError
        A column is not numeric, constant, all missing or has gaps; no events; the fit does not converge (a
        column that separates events from the rest, or two columns that say the same).
    UnknownNameError
        A column does not exist.
    MissingExtraError
        lifelines is not installed.

    References
    ----------
    Cox (1972) J R Stat Soc B 34:187-220; Grambsch, Therneau (1994) Biometrika 81:515-526.
    """
    lifelines = _lifelines()
    share(confidence, "confidence")
    predictors = _predictors(table, list(columns))
    for name in (time, event):
        _known(table, name)
    times, events, _, _ = times_and_events(table[time], table[event])
    _need_variation(predictors, events)
    data = predictors.reset_index(drop=True).assign(_time=times, _event=events)
    fitted = lifelines.CoxPHFitter(penalizer=penalizer, alpha=1 - confidence)
    try:
        fitted.fit(data, "_time", "_event")
    except lifelines.exceptions.ConvergenceError as error:
        raise InputError(
            told(
                "cox: the fit does not converge; look for columns that say the same twice or that separate "
                "the events, or set a penalizer",
                "cox: 적합이 수렴하지 않습니다. 같은 내용을 되풀이하는 열이나 사건을 완전히 갈라놓는 열이 "
                "있는지 살펴보거나 penalizer를 지정하십시오",
            )
        ) from error
    summary = fitted.summary
    ends = np.exp(fitted.confidence_intervals_.to_numpy())
    estimates = pd.DataFrame(
        {
            "hazard_ratio": summary["exp(coef)"],
            "low": ends[:, 0],
            "high": ends[:, 1],
            "p_value": summary["p"],
            "coefficient": summary["coef"],
            "error": summary["se(coef)"],
        }
    ).rename_axis("column")
    return CoxModel(
        table=estimates,
        proportional=_proportional(fitted, data),
        concordance=float(fitted.concordance_index_),
        patients=len(data),
        events=int(events.sum()),
        _fitted=fitted,
    )


def _need_variation(predictors: pd.DataFrame, events: IntArray) -> None:
    constant = ", ".join(str(name) for name in predictors if predictors[name].nunique() < 2)
    if constant:
        raise InputError(
            told(
                f"cox: {constant} constant, so without a hazard ratio: leave out",
                f"cox: 값이 모두 같아서 위험비를 구할 수 없는 열이 있습니다: {constant}. 그 열을 빼십시오",
            )
        )
    if not events.any():
        raise InputError(
            told(
                "cox: no event in the table, so there is no hazard to model",
                "cox: 표에 사건이 하나도 없어서 위험률을 모형화할 수 없습니다",
            )
        )


def _proportional(fitted: Any, data: pd.DataFrame) -> pd.DataFrame:
    from lifelines.statistics import proportional_hazard_test

    found = proportional_hazard_test(fitted, data, time_transform="rank").summary
    return found.rename(columns={"test_statistic": "statistic", "p": "p_value"})[
        ["statistic", "p_value"]
    ].rename_axis("column")


def _known(table: pd.DataFrame, name: str) -> None:
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            told(
                f"cox: a pandas DataFrame expected, found {type(table).__name__}",
                f"cox: pandas DataFrame이어야 합니다. 받은 값의 종류: {type(table).__name__}",
            )
        )
    if name not in table.columns:
        raise unknown("column in table", "table에 없는 열입니다", str(name), map(str, table.columns))


def _predictors(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    problems = []
    for name in columns:
        _known(table, name)
        if not pd.api.types.is_numeric_dtype(table[name]):
            problems.append(
                told(
                    f"{name!r} holds {table[name].dtype}, not numbers: use pandas.get_dummies first",
                    f"{name!r} 열의 값이 숫자가 아닙니다({table[name].dtype}). 먼저 pandas.get_dummies를 "
                    "쓰십시오",
                )
            )
        elif table[name].isna().all():
            problems.append(
                told(
                    f"{name!r} is missing for everybody: leave it out",
                    f"{name!r} 열은 모든 환자에서 결측입니다. 그 열을 빼십시오",
                )
            )
        elif gaps := int(table[name].isna().sum()):
            problems.append(
                told(
                    f"{name!r} has {gaps} gaps: impute or drop the patients",
                    f"{name!r} 열에 결측값이 {gaps}개 있습니다. 값을 채우거나 그 환자를 빼십시오",
                )
            )
    if not columns:
        problems.append(
            told("at least one column expected, found none", "열이 하나 이상 있어야 하는데 없습니다")
        )
    if problems:
        raise InputError("cox: " + joined(problems))
    return table[columns].astype("float64")


def concordance(time: npt.ArrayLike, event: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """Harrell's C: of the pairs whose order is known, the share in which the higher score went first.

    Ties of the score count one half. It depends on how long patients were followed (Uno et al. 2011).

    Parameters
    ----------
    time, event
        As in `kaplan_meier`.
    score : array-like of float, shape (patients,)
        Rises with risk; not predicted survival.

    Returns
    -------
    float
        0.5 is no better than chance.

    Raises
    ------
    InputError
        As `kaplan_meier`; no pair whose order is known.
    MissingExtraError
        lifelines is not installed.

    References
    ----------
    Harrell, Lee, Mark (1996) Stat Med 15:361-387.
    """
    _lifelines()
    from lifelines.utils import concordance_index

    times, events, _, scores = times_and_events(time, event, score=score)
    try:
        return float(concordance_index(times, -scores, events))
    except ZeroDivisionError as error:
        raise InputError(
            told(
                "concordance: no pair of patients whose order is known",
                "concordance: 누가 먼저인지 알 수 있는 환자 쌍이 없습니다",
            )
        ) from error


def auc_at(
    time: npt.ArrayLike, event: npt.ArrayLike, score: npt.ArrayLike, at: Sequence[float]
) -> pd.DataFrame:
    """Time-dependent AUROC: patients with the event by then against those still free of it.

    Cumulative cases and dynamic controls; each case weighs the inverse of the chance of not being censored
    before its time (Kaplan-Meier of the censoring), so patients lost early are neither taken as event-free
    nor dropped without trace. That chance must not depend on the score.

    Parameters
    ----------
    time, event
        As in `kaplan_meier`.
    score : array-like of float, shape (patients,)
        Rises with risk.
    at : sequence of float
        Times; each needs an event before or at it and a patient observed beyond.

    Returns
    -------
    DataFrame
        Index ``time``: ``auroc``, ``cases``, ``controls`` (counts), ``lost`` (censored by then: neither).
        NaN where there is no case or no control.

    Raises
    ------
    InputError
        As `kaplan_meier`.
    MissingExtraError
        lifelines is not installed.

    References
    ----------
    Uno et al. (2007) J Am Stat Assoc 102:527-537; Hung, Chiang (2010) Can J Stat 38:8-26, formula 2.4.
    """
    lifelines = _lifelines()
    times, events, _, scores = times_and_events(time, event, score=score)
    censoring = lifelines.KaplanMeierFitter().fit(times, 1 - events)
    # the chance just before each time: a censoring at the same moment comes after the event
    moments = censoring.survival_function_.index.to_numpy(dtype=float)
    chances = censoring.survival_function_.iloc[:, 0].to_numpy(dtype=float)
    observed = chances[np.maximum(np.searchsorted(moments, times, side="left") - 1, 0)]
    lines = []
    for moment in at:
        case = (times <= moment) & (events == 1)
        control = times > moment
        counts = {"cases": int(case.sum()), "controls": int(control.sum())}
        lost = int(((times <= moment) & (events == 0)).sum())
        area = _weighted_area(scores[case], 1 / observed[case], scores[control])
        lines.append({"time": float(moment), "auroc": area, **counts, "lost": lost})
    return pd.DataFrame(lines, columns=["time", "auroc", "cases", "controls", "lost"]).set_index("time")


def _weighted_area(cases: FloatArray, weights: FloatArray, controls: FloatArray) -> float:
    if not len(cases) or not len(controls):
        return float("nan")
    ordered = np.sort(controls)
    beaten = (np.searchsorted(ordered, cases, "left") + np.searchsorted(ordered, cases, "right")) / 2
    return float((weights * beaten).sum() / (weights.sum() * len(controls)))
