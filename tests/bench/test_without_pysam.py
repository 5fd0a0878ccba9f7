"""What a trainee on Windows has: everything but what needs pysam, which has no wheel there."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

POOR = Path(__file__).with_name("without_posix.py")
EXERCISES = {
    f"{file.parents[1].name}-{file.parent.name}": file.parent
    for file in sorted((Path(__file__).resolve().parents[2] / "exercises").glob("*/*/exercise.toml"))
}


def needs_pysam(folder: Path) -> bool:
    return "pysam" in tomllib.loads((folder / "exercise.toml").read_text(encoding="utf-8"))["imports"]


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess:
    (folder / "script.py").write_text(script, encoding="utf-8")
    return subprocess.run(
        [sys.executable, POOR, "script.py"],
        cwd=folder,
        env=os.environ
        | {"MPLBACKEND": "agg", "BIOLABKIT_OFFLINE": "1", "BIOLAB_LEARNER": "kim"}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.journey
@pytest.mark.parametrize("name", [name for name, folder in EXERCISES.items() if not needs_pysam(folder)])
def test_the_exercise_runs_and_its_checks_pass(name, tmp_path):
    from biolabkit_autograder.authoring import load_exercise, samples

    notebook = samples(load_exercise(EXERCISES[name]), "ko")["solution"]
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    done = run("\n\n".join(cells), tmp_path, BIOLABKIT_DATA="simulated", BIOLAB_LANGUAGE="ko")
    assert done.returncode == 0, done.stderr[-3000:]


def test_what_needs_no_pysam_works_and_what_does_says_what_to_do(tmp_path):
    script = """
import platform
platform.system = lambda: "Windows"
from biolabkit import genomics
from biolabkit.errors import MissingExtraError

for name in genomics.__all__:  # everything can be looked up
    getattr(genomics, name)

assert genomics.translate("ATGGCC") == "MA"
calls = genomics.read_vcf("calls.vcf")
genomics.write_vcf(calls, "again.vcf")
assert genomics.read_vcf("again.vcf")["pos"].tolist() == [7]
for call in (
    lambda: genomics.call_variants("reads.bam", "reference.fa"),
    lambda: genomics.pileup("reads.bam", "reference.fa"),
    lambda: genomics.coverage("reads.bam"),
    lambda: genomics.read_depth("reads.bam", ("20", 0, 9)),
    lambda: genomics.read_alignments("reads.bam"),
    lambda: genomics.normalize(calls, "reference.fa"),
    lambda: genomics.write_vcf(calls, "again.vcf.gz"),
):
    try:
        call()
    except MissingExtraError as error:
        print(error)
"""
    vcf = "##fileformat=VCFv4.2\n##contig=<ID=20>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n"
    (tmp_path / "calls.vcf").write_text(f"{vcf}20\t7\t.\tA\tC\t50\tPASS\t.\tGT\t0/1\n")
    for name in ("reads.bam", "reference.fa"):
        (tmp_path / name).write_text("")
    done = run(script, tmp_path, BIOLAB_LANGUAGE="en")
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("(WSL) or on your course's server") == done.stdout.count("\n") == 7, done.stdout


@pytest.mark.parametrize(
    ("system", "told"),
    [("Windows", "Linux 하위 시스템(WSL)이나 과정 서버에서"), ("Linux", "pip install pysam")],
    ids=["windows", "linux"],
)
def test_simulated_reads_need_pysam_and_say_so_in_the_course_s_language(tmp_path, system, told):
    script = f"""
import platform
platform.system = lambda: {system!r}
from biolabkit import simulate
from biolabkit.errors import MissingExtraError

sample = simulate.diploid_sample(simulate.genome(2_000, seed=1), seed=1)
try:
    simulate.reads(sample, "folder", seed=1)
except MissingExtraError as error:
    print(error)
"""
    done = run(script, tmp_path, BIOLAB_LANGUAGE="ko", PYTHONIOENCODING="utf-8")
    assert told in done.stdout, done.stderr


def test_the_command_line_of_a_trainee_works(tmp_path):
    script = """
from biolabkit.cli import main
for call in ("--version", "data list", "lab --help", "submit --help", "join --help", "fetch --help"):
    assert main(call.split()) == 0, call
"""
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
