"""Digital healthcare: from records to a cohort, and knowing what is known when.

::

    tables = health.read_fhir("bundle.json")
    chosen = health.exclude(stays, {"younger than 18": lambda rows: rows["age"] < 18}, patient="patient")
    health.plot_flow(chosen.flow)
    health.table_one(chosen.kept, by="site")
    columns = health.known_at(cohort.dictionary, day=0)
    health.plot_kaplan_meier(kept["days"], kept["died"], group=kept["arm"])
"""

from biolabkit.health.cohorts import first_rows, known_at, missingness, table_one
from biolabkit.health.deid import find_identifiers, k_anonymity, redact, score_spans, shift_dates
from biolabkit.health.ecg import AAMI_CLASSES, Ecg, bandpass, beat_windows, read_annotations, read_ecg
from biolabkit.health.ecg_peaks import BeatMatch, match_beats, r_peaks
from biolabkit.health.ecg_rhythm import hrv, hrv_bands, rr_intervals
from biolabkit.health.fhir import FhirTables, read_fhir
from biolabkit.health.images import (
    IDENTIFYING,
    MedicalImage,
    augment,
    grad_cam,
    header_table,
    occlusion,
    read_image,
    small_cnn,
    window,
)
from biolabkit.health.plots import (
    plot_ecg,
    plot_flow,
    plot_image,
    plot_kaplan_meier,
    plot_saliency,
    plot_tachogram,
)
from biolabkit.health.records import (
    Selection,
    exclude,
    label,
    look_ahead,
    look_back,
    one_per_patient,
    summarize,
)
from biolabkit.health.survival import (
    CoxModel,
    LogRank,
    auc_at,
    concordance,
    cox,
    kaplan_meier,
    log_rank,
    median_survival,
    numbers_at_risk,
    survival_at,
)

__all__ = [
    "AAMI_CLASSES",
    "IDENTIFYING",
    "BeatMatch",
    "CoxModel",
    "Ecg",
    "FhirTables",
    "LogRank",
    "MedicalImage",
    "Selection",
    "auc_at",
    "augment",
    "bandpass",
    "beat_windows",
    "concordance",
    "cox",
    "exclude",
    "find_identifiers",
    "first_rows",
    "grad_cam",
    "header_table",
    "hrv",
    "hrv_bands",
    "k_anonymity",
    "kaplan_meier",
    "known_at",
    "label",
    "log_rank",
    "look_ahead",
    "look_back",
    "match_beats",
    "median_survival",
    "missingness",
    "numbers_at_risk",
    "occlusion",
    "one_per_patient",
    "plot_ecg",
    "plot_flow",
    "plot_image",
    "plot_kaplan_meier",
    "plot_saliency",
    "plot_tachogram",
    "r_peaks",
    "read_annotations",
    "read_ecg",
    "read_fhir",
    "read_image",
    "redact",
    "rr_intervals",
    "score_spans",
    "shift_dates",
    "small_cnn",
    "summarize",
    "survival_at",
    "table_one",
    "window",
]
