"""Inputs of `variants.py`, made once into a cache folder: simulated samples, HG002 and thinned-out copies."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pysam
from variants_repeats import simulate_hard

from biolabkit import datasets, genomics, simulate


@dataclass(frozen=True)
class Input:
    """Reads with a truth."""

    name: str
    reads: Path
    reference: Path
    truth: Path
    confident: Path | None
    region: tuple[str, int, int]


def simulated(cache: Path, length: int, depth: float, seed: int = 11) -> Input:
    """A sample of `biolabkit.simulate`; the seed also numbers the donor and the reads."""

    def make(folder: Path) -> None:
        genome = simulate.genome(length, seed=seed, name="sim")
        simulate.reads(simulate.diploid_sample(genome, seed=seed + 1), folder, seed=seed + 2, depth=depth)

    name = f"sim-{length // 1000}kb-{depth:g}x-seed{seed}"
    return _of_folder(name, _once(cache / name, make), ("sim", 0, length))


def hard(cache: Path, length: int, depth: float, seed: int) -> Input:
    """A sample with variable repeats and slippage, aligned by minimap2 (`variants_repeats.py`)."""
    name = f"hard-{length // 1000}kb-{depth:g}x-seed{seed}"
    folder = _once(cache / name, lambda f: simulate_hard(f, length=length, depth=depth, seed=seed))
    return _of_folder(name, folder, ("hard", 0, length))


def hg002() -> Input:
    """100 kb of chromosome 20 of the real sample at 30x; from the mirror or the network."""
    data = datasets.fetch("giab-hg002-illumina-chr20-100kb")
    if data.simulated:
        raise SystemExit("the real HG002 reads cannot be had: set BIOLABKIT_MIRROR, unset BIOLABKIT_DATA")
    paths = [Path(data.path(role)) for role in ("reads", "reference", "truth", "confident")]
    return Input("HG002 100 kb 30x", *paths, region=("20", 10_000_000, 10_100_000))


def thinned(cache: Path, source: Input, fraction: float, seed: int) -> Input:
    """A copy with a fraction of the fragments; which ones follows from their names and the seed."""

    def make(folder: Path) -> None:
        folder.mkdir(parents=True)
        path = folder / "reads.bam"
        with (
            pysam.AlignmentFile(str(source.reads)) as bam,
            pysam.AlignmentFile(str(path), "wb", template=bam) as out,
        ):
            for read in bam.fetch(*source.region):
                digest = hashlib.sha256(f"{seed} {read.query_name}".encode()).digest()
                if int.from_bytes(digest[:8]) < fraction * 2**64:
                    out.write(read)
        pysam.index(str(path))

    folder = _once(cache / f"{source.reads.stem}-{fraction:.4f}-seed{seed}", make)
    name = f"{source.name} x {fraction:.2f}, seed {seed}"
    return Input(name, folder / "reads.bam", source.reference, source.truth, source.confident, source.region)


def mean_depth(source: Input) -> float:
    """Usable bases over each position, mates that overlap counted once."""
    return float(genomics.depth(source.reads, source.reference, source.region)["depth"].mean())


def _of_folder(name: str, folder: Path, region: tuple[str, int, int]) -> Input:
    files = (folder / "reads.bam", folder / "reference.fa", folder / "truth.vcf.gz")
    return Input(name, *files, confident=None, region=region)


def _once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Make a folder under another name first, so that one that was cut short is not taken for whole."""
    if not folder.is_dir():
        print(f"making {folder.name} ...", flush=True)
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        make(unfinished)
        unfinished.rename(folder)
    return folder
