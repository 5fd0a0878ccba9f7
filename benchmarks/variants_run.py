"""One caller on one file in a fresh process, as `variants.py` starts it; prints what it cost as JSON.

``python variants_run.py CALLER READS REFERENCE CHROM START END PROCESSES OUTPUT``; CALLER is biolabkit or
biolabkit-table, bundled or bundled-table (pysam's bcftools), bcftools or freebayes (programs on PATH).
"""

import json
import resource
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path

Region = tuple[str, int, int]
# By way of a DataFrame: `call_variants` and `write_vcf`; the bundled bcftools, and its VCF read into one.
OUR_TABLE, THEIR_TABLE = "biolabkit-table", "bundled-table"


def biolabkit(reads: str, reference: str, region: Region, processes: int, output: str) -> None:
    from biolabkit import genomics

    genomics.call_to_vcf(reads, reference, output, region, workers=processes, progress=False)


def biolabkit_table(reads: str, reference: str, region: Region, processes: int, output: str) -> None:
    from biolabkit import genomics

    calls = genomics.call_variants(reads, reference, region, workers=processes, progress=False)
    genomics.write_vcf(calls, output)


def bundled(reads: str, reference: str, output: str, region: Region) -> None:
    """``mpileup | call`` as pysam can run it: by way of a file."""
    import pysam.bcftools as bcftools

    chrom, start, end = region
    target, piled = f"{output}.{start}.vcf", f"{output}.{start}.bcf"
    where = f"{chrom}:{start + 1}-{end}"
    wanted = ("-a", "FORMAT/AD,FORMAT/DP", "-Ou", "-o", piled)
    bcftools.mpileup("-f", reference, "-r", where, *wanted, reads, catch_stdout=False)
    bcftools.call("-m", "-v", "-Ov", "-o", target, piled, catch_stdout=False)


def program(name: str, reads: str, reference: str, output: str, region: Region) -> None:
    """bcftools in its own pipe, or freebayes."""
    chrom, start, end = region
    target = f"{output}.{start}.vcf"
    if name == "freebayes":
        command = f"freebayes -f {reference} -r {chrom}:{start}-{end} {reads} > {target}"
    else:
        piled = (
            f"bcftools mpileup -Ou -f {reference} -r {chrom}:{start + 1}-{end} -a FORMAT/AD,FORMAT/DP {reads}"
        )
        command = f"{piled} | bcftools call -m -v -Ov -o {target} -"
    subprocess.run(command, shell=True, check=True, stderr=subprocess.DEVNULL)


def peer(caller: str, reads: str, reference: str, region: Region, processes: int, output: str) -> None:
    """A peer on equal parts of the region, one process each; their records are joined."""
    chrom, start, end = region
    edges = [start + (end - start) * i // processes for i in range(processes + 1)]
    parts = [(chrom, low, high) for low, high in pairwise(edges)]
    work = (
        partial(bundled, reads, reference, output)
        if caller in ("bundled", THEIR_TABLE)
        else partial(program, caller, reads, reference, output)
    )
    if processes == 1:
        work(parts[0])
    else:
        with ProcessPoolExecutor(processes) as pool:
            list(pool.map(work, parts))
    with Path(output).open("w") as merged:
        for index, (_, low, _) in enumerate(parts):
            path = Path(f"{output}.{low}.vcf")
            merged.writelines(line for line in path.open() if index == 0 or not line.startswith("#"))
            path.unlink()
            Path(f"{output}.{low}.bcf").unlink(missing_ok=True)


def main() -> None:
    caller, reads, reference, chrom, start, end, processes, output = sys.argv[1:]
    region = (chrom, int(start), int(end))
    if caller in ("biolabkit", OUR_TABLE):
        ours = biolabkit if caller == "biolabkit" else biolabkit_table
        ours(reads, reference, region, int(processes), output)
    else:
        peer(caller, reads, reference, region, int(processes), output)
    if caller == THEIR_TABLE:
        import pandas as pd

        pd.read_csv(output, sep="\t", comment="#", header=None)
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
    # ru_maxrss of a process may be its parent's, from before it became a program of its own.
    peak_kb = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
    if caller in ("bcftools", "freebayes"):
        peak_kb = others.ru_maxrss
    print(json.dumps({"cpu": cpu, "peak_mb": peak_kb / 1024}))


if __name__ == "__main__":
    main()
