"""What the README shows is true: its code runs, both languages say the same, its links lead somewhere."""

import re
import subprocess
import sys
import tomllib

import pytest

READMES = ("README.md", "README.ko.md")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def without_comments(block: str) -> list[str]:
    return [line.split("#")[0].rstrip() for line in block.splitlines()]


def test_both_languages_show_the_same_code(repository):
    english, korean = ((repository / name).read_text(encoding="utf-8") for name in READMES)
    assert blocks(english, "python") == blocks(korean, "python")
    assert [without_comments(b) for b in blocks(english, "bash")] == [
        without_comments(b) for b in blocks(korean, "bash")
    ]


def test_both_languages_have_the_same_sections_and_pictures(repository):
    texts = [(repository / name).read_text(encoding="utf-8") for name in READMES]
    assert len({len(re.findall(r"^## ", text, flags=re.MULTILINE)) for text in texts}) == 1
    assert len({tuple(re.findall(r"!\[.*?\]\((.*?)\)", text)) for text in texts}) == 1


@pytest.mark.parametrize(
    "name",
    [*READMES, "CONTRIBUTING.md", "datasets/README.md", "autograder/README.md", "exercises/README.md"],
)
def test_links_lead_somewhere(repository, name):
    page = repository / name
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


@pytest.mark.mirror
def test_the_capstone_code_runs_as_written(repository, tmp_path):
    (code,) = blocks((repository / "README.md").read_text(encoding="utf-8"), "python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert "f1" in run.stdout
    assert (tmp_path / "precision-recall.png").stat().st_size > 5_000


def test_the_list_of_exercises_is_that_of_the_folders(repository):
    page = (repository / "exercises" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(
        r"^\| \[`(.+?)`\]\((.+?)/\) \| (.+?) · (.+?) \| (\d+) \| (\w+) \| (.+?) \|$", page, flags=re.MULTILINE
    )
    found = []
    for file in sorted((repository / "exercises").glob("*/*/exercise.toml")):
        meta = tomllib.loads(file.read_text(encoding="utf-8"))
        path = file.parent.relative_to(repository / "exercises").as_posix()
        data = ", ".join(f"`{name}`" for name in meta["datasets"]) or "simulated, the learner’s own"
        # tests/bench/test_without_pysam.py runs those that say yes
        windows = "WSL" if "pysam" in meta["imports"] else "yes"
        title, minutes = meta["title"], str(meta["minutes"])
        found.append((path.replace("/", "-"), path, title["en"], title["ko"], minutes, windows, data))
    assert listed == found
