"""Digital healthcare: from records to a cohort, and knowing what is known when.

::

    tables = health.read_fhir("bundle.json")
    chosen = health.exclude(stays, {"younger than 18": lambda rows: rows["age"] < 18}, patient="patient")
    health.plot_flow(chosen.flow)
    health.table_one(chosen.kept, by="site")
    columns = health.known_at(cohort.dictionary, day=0)
"""

from biolabkit.health.cohorts import first_rows, known_at, missingness, table_one
from biolabkit.health.fhir import FhirTables, read_fhir
from biolabkit.health.plots import plot_flow
from biolabkit.health.records import (
    Selection,
    exclude,
    label,
    look_ahead,
    look_back,
    one_per_patient,
    summarize,
)

__all__ = [
    "FhirTables",
    "Selection",
    "exclude",
    "first_rows",
    "known_at",
    "label",
    "look_ahead",
    "look_back",
    "missingness",
    "one_per_patient",
    "plot_flow",
    "read_fhir",
    "summarize",
    "table_one",
]
