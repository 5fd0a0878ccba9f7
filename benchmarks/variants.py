"""How well and how fast variants are called, beside bcftools and freebayes, in one run.

``python benchmarks/variants.py --help`` lists the options; README.md says what is measured and how.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pysam
from variants_inputs import Input, hard, hg002, mean_depth, simulated, thinned

from biolabkit import genomics

HERE = Path(__file__).resolve().parent
PARTS = ("speed", "cores", "memory", "notebook", "hg002", "hg002-10x", "simulated", "hard")
# QUAL scales differ: ours counts at PASS, the peers at their usual threshold; the best of each is beside it.
PEER_QUAL = 20
# Both by way of a DataFrame, whose import is most of what they take at 100 kb.
TABLES = ("biolabkit-table", "bundled-table")
MB = 1_000_000


@dataclass(frozen=True)
class Cost:
    """What a run in a fresh process took."""

    wall: float
    cpu: float
    peak_mb: float


def peers() -> list[str]:
    """pysam's bundled bcftools, and the programs that are on PATH."""
    return ["bundled", *(name for name in ("bcftools", "freebayes") if shutil.which(name))]


def run(
    caller: str, source: Input, *, end: int | None = None, processes: int = 1, keep: Path | None = None
) -> Cost:
    """Call in a fresh process, interpreter start and imports included."""
    chrom, start, last = source.region
    with tempfile.TemporaryDirectory(prefix="variants-") as folder:
        output = keep or Path(folder) / "calls.vcf"
        where = [chrom, str(start), str(end or last), str(processes), str(output)]
        command = [
            sys.executable,
            str(HERE / "variants_run.py"),
            caller,
            str(source.reads),
            str(source.reference),
            *where,
        ]
        started = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        wall = time.perf_counter() - started
    report = json.loads(done.stdout.splitlines()[-1])
    return Cost(wall, report["cpu"], report["peak_mb"])


def race(
    what: str,
    source: Input,
    options: argparse.Namespace,
    *,
    end: int | None = None,
    processes: int = 1,
    also: tuple[str, ...] = (),
) -> None:
    """Ours and the peers in turn, several times; medians, and the median of the ratios of each turn."""
    callers = ["biolabkit", *peers(), *also]
    costs: dict[str, list[Cost]] = {caller: [] for caller in callers}
    for _ in range(options.repeats):
        for caller in callers:
            costs[caller].append(run(caller, source, end=end, processes=processes))
    print(f"\n{what}, {processes} process(es), {options.repeats} turns, load {os.getloadavg()[0]:.1f}")
    print(f"  {'':15} {'wall s':>8} {'CPU s':>8} {'peak MB':>8} {'wall ratio':>11} {'CPU ratio':>10}")
    for caller, found in costs.items():
        ratios = [
            statistics.median(
                getattr(theirs, name) / getattr(ours, name)
                for theirs, ours in zip(found, costs["biolabkit"], strict=True)
            )
            for name in ("wall", "cpu")
        ]
        wall, cpu, peak = (
            statistics.median(getattr(cost, name) for cost in found) for name in ("wall", "cpu", "peak_mb")
        )
        print(f"  {caller:15} {wall:8.2f} {cpu:8.2f} {peak:8.0f} {ratios[0]:10.2f}x {ratios[1]:9.2f}x")


def f1_of(caller: str, source: Input) -> dict[str, tuple[float, float]]:
    """F1 at genotype level of SNVs and indels: at the usual threshold, and at the best one."""
    with tempfile.TemporaryDirectory(prefix="variants-") as folder:
        output = Path(folder) / "calls.vcf"
        run(caller, source, keep=output, processes=os.cpu_count() or 1)
        calls = genomics.read_vcf(output)
    if caller == "freebayes":  # it also reports sites whose best genotype is the reference's
        calls = calls[(calls["allele1"] > 0) | (calls["allele2"] > 0)]
    chosen = calls if caller == "biolabkit" else calls[calls["qual"] >= PEER_QUAL]
    truth = genomics.read_vcf(source.truth)
    regions = genomics.read_bed(source.confident) if source.confident else None
    options = {"regions": regions, "reference": source.reference}
    summary = genomics.compare_calls(chosen, truth, passing=caller == "biolabkit", **options).summary
    every = genomics.compare_calls(calls, truth, passing=False, **options)
    return {
        kind: (float(summary.loc[kind, "f1"]), float(every.pr_curve(kind)["f1"].max()))
        for kind in ("snv", "indel")
    }


def accuracy(what: str, sources: list[Input]) -> None:
    """F1 of all callers; over several inputs the mean, the standard deviation and the range."""
    print(f"\n{what}: F1 of genotypes, ours at PASS, peers at QUAL >= {PEER_QUAL} (at the best QUAL)")
    for caller in ("biolabkit", *peers()):
        found = [f1_of(caller, source) for source in sources]
        cells = []
        for kind in ("snv", "indel"):
            used, best = (np.array([scores[kind][i] for scores in found]) for i in (0, 1))
            spread = (
                f" sd {used.std(ddof=1):.4f}, {used.min():.3f} to {used.max():.3f}" if len(used) > 1 else ""
            )
            cells.append(f"{kind} {used.mean():.4f} ({best.mean():.4f}){spread}")
        print(f"  {caller:13} {'   '.join(cells)}", flush=True)


def speed(options: argparse.Namespace) -> None:
    source = simulated(options.cache, 2 * MB, 30)
    race("2 Mb at 30x (to reach: bundled 4x)", source, options, also=TABLES)
    race("100 kb at 30x, fresh process (to reach: bundled 2x)", source, options, end=100_000, also=TABLES)


def cores(options: argparse.Namespace) -> None:
    for length in (2 * MB, 5 * MB):
        source = simulated(options.cache, length, 30)
        race(f"{length // MB} Mb at 30x by regions (to reach: bundled 3x)", source, options, processes=4)


def memory(options: argparse.Namespace) -> None:
    print("\npeak memory of one process at 30x (to reach: 100 MB, flat)")
    for length in (2 * MB, 5 * MB):
        source = simulated(options.cache, length, 30)
        for end in (100_000, length):
            to_file, to_table = (run(how, source, end=end).peak_mb for how in ("biolabkit", TABLES[0]))
            of = f"{end / 1000:6.0f} kb of {length // MB} Mb"
            print(f"  {of}: {to_file:6.1f} MB, to a table {to_table:6.1f} MB")


def notebook(options: argparse.Namespace) -> None:
    print("\n100 kb at 30x once everything is imported (to reach: 0.2 s)")
    for source in (simulated(options.cache, 2 * MB, 30), *_real()):
        chrom, start, _ = source.region
        seconds, cpu = [], []
        for _ in range(10):
            started, busy = time.perf_counter(), time.process_time()
            genomics.call_variants(source.reads, source.reference, (chrom, start, start + 100_000))
            seconds.append(time.perf_counter() - started)
            cpu.append(time.process_time() - busy)
        wall = f"median {statistics.median(seconds[1:]):.3f} s, best {min(seconds):.3f} s"
        print(f"  {source.name}: {wall}; CPU, median {statistics.median(cpu[1:]):.3f} s")


def _real() -> list[Input]:
    return [hg002()] if os.environ.get("BIOLABKIT_MIRROR") else []


def real(_: argparse.Namespace) -> None:
    accuracy("HG002, 100 kb of chromosome 20 at 30x (to reach: snv 0.998, indel 0.95)", [hg002()])


def real_10x(options: argparse.Namespace) -> None:
    source = hg002()
    depth = mean_depth(source)
    copies = [thinned(options.cache, source, 10 / depth, seed) for seed in range(1, options.seeds + 1)]
    what = f"HG002 thinned from {depth:.1f} to 10 fragments over a base, {len(copies)} seeds"
    accuracy(f"{what} (to reach: snv 0.975, indel 0.90)", copies)
    by_third = [thinned(options.cache, source, 1 / 3, seed) for seed in range(1, options.seeds + 1)]
    accuracy(f"HG002, a third of its fragments, {len(by_third)} seeds", by_third)


def simulations(options: argparse.Namespace) -> None:
    accuracy(
        "simulated 5 Mb at 30x (to reach: snv 0.999, indel 0.99)", [simulated(options.cache, 5 * MB, 30)]
    )
    accuracy(
        "simulated 2 Mb at 10x (to reach: snv 0.965, indel 0.93)", [simulated(options.cache, 2 * MB, 10)]
    )


def hard_simulations(options: argparse.Namespace) -> None:
    for depth in (10, 20, 30):
        sources = [hard(options.cache, 2 * MB, depth, seed) for seed in (2_100 + depth, 2_200 + depth)]
        accuracy(f"2 x 2 Mb with variable repeats at {depth}x", sources)


DO = dict(
    zip(PARTS, (speed, cores, memory, notebook, real, real_10x, simulations, hard_simulations), strict=True)
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "parts", nargs="*", default=PARTS, metavar="part", help=f"all, or some of: {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--cache", type=Path, required=True, help="folder where inputs are made once and kept (1 GB)"
    )
    parser.add_argument("--repeats", type=int, default=3, help="turns of each race (default 3)")
    parser.add_argument("--seeds", type=int, default=10, help="thinned-out copies of HG002 (default 10)")
    options = parser.parse_args()
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    options.cache.mkdir(parents=True, exist_ok=True)
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "pysam": pysam.__version__,
    }
    print(
        f"{platform.machine()}, {os.cpu_count()} cores; " + ", ".join(f"{k} {v}" for k, v in versions.items())
    )
    print(f"peers: {', '.join(peers())}; bundled is the bcftools {pysam.__samtools_version__} inside pysam")
    for part in options.parts:
        DO[part](options)


if __name__ == "__main__":
    main()
