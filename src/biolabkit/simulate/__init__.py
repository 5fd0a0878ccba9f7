"""Seeded worlds whose truth is known: genomes and reads, cohorts."""

from importlib import import_module
from typing import Any

_HOMES = {
    "fhir_files": "records",
    "fhir_bundle": "records",
    "unit_stays": "records",
    "admission_tables": "records",
    "write_ecg": "ecg",
    "ecg_signal": "ecg",
    "SimulatedEcg": "ecg",
    "chest_images": "images",
    "ct_slice": "images",
    "Cohort": "cohorts",
    "Genome": "genomes",
    "PopulationSample": "populations",
    "population_sample": "populations",
    "ReadPairs": "fragments",
    "Sample": "donors",
    "TRUSEQ": "fragments",
    "genome": "genomes",
    "diploid_sample": "donors",
    "haploid_sample": "donors",
    "read_pairs": "fragments",
    "reads": "sequencing",
    "cohort": "cohorts",
    "heart_disease_sites": "cohorts",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import the module that a function lives in when it is first asked for (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(f"biolabkit.simulate.{_HOMES[name]}"), name)
    raise AttributeError(
        f"module 'biolabkit.simulate' has no attribute {name!r}; it has {', '.join(__all__)}"
    )


def __dir__() -> list[str]:
    return list(__all__)
