"""Digital healthcare: describing cohorts, and knowing what is known when.

::

    health.table_one(visits, by="site")
    columns = health.known_at(cohort.dictionary, day=0)
"""

from biolabkit.health.cohorts import first_rows, known_at, missingness, table_one

__all__ = ["first_rows", "known_at", "missingness", "table_one"]
