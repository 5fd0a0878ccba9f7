"""Calling a whole region into columns: what `call_variants` and `call_to_vcf` share."""

from collections.abc import Mapping
from functools import partial
from os import PathLike
from typing import Any

import numpy as np

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics._columns import Columns, joined_columns
from biolabkit.genomics._filters import Thresholds, name_failed
from biolabkit.genomics._parallel import Stretch, run_stretches
from biolabkit.genomics._stretch import WINDOW, Options, call_stretch

__all__ = ["call_columns", "check_workers", "stretches_of"]

# One piece of work: what a worker does before it hands back its calls.
STRETCH = 200_000
# So many for each worker, where the region is large enough, that none is left without work for long.
STRETCHES_EACH = 4


def check_workers(workers: int, where: str) -> None:
    """Refuse what is no number of processes."""
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise InputError(
            told(
                f"{where}: workers is {workers!r}; expected a whole number of at least 1",
                f"{where}: workers가 {workers!r}입니다. 1 이상의 정수여야 합니다",
            )
        )


def stretches_of(regions: list[tuple[str, int, int]], workers: int) -> list[Stretch]:
    """Cut regions into pieces of work, each a whole number of windows."""
    total = sum(end - start for _, start, end in regions)
    windows = -(-total // (workers * STRETCHES_EACH * WINDOW))
    size = STRETCH if workers == 1 else min(windows * WINDOW, STRETCH)
    return [
        (chrom, low, min(low + size, end)) for chrom, start, end in regions for low in range(start, end, size)
    ]


def call_columns(
    bam: str | PathLike[str],
    reference: str | PathLike[str],
    regions: list[tuple[str, int, int]],
    options: Options,
    filters: Mapping[str, Any],
    *,
    workers: int,
    progress: bool | None,
) -> Columns:
    """Filtered calls of regions, as `biolabkit.genomics.call_variants` describes them."""
    thresholds = Thresholds.of(filters)
    parts = run_stretches(
        partial(call_stretch, str(bam), str(reference), options),
        stretches_of(regions, workers),
        workers=workers,
        progress=progress,
    )
    calls = joined_columns(parts)
    return calls | {"filter": np.array(name_failed(calls, thresholds), dtype=object)}
