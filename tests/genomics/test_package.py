"""The package loads its parts on first use."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from biolabkit import genomics
from biolabkit._pysam import import_pysam
from biolabkit.errors import MissingExtraError


def stub():
    return ast.parse(Path(genomics.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))


def test_type_checkers_see_the_same_names_in_the_same_places():
    homes = {
        (node.module.removeprefix("biolabkit.genomics."), tuple(alias.name for alias in node.names))
        for node in stub().body
        if isinstance(node, ast.ImportFrom)
    }
    assert homes == {(home, tuple(names)) for home, names in genomics._HOMES.items()}
    (exported,) = (ast.literal_eval(node.value) for node in stub().body if isinstance(node, ast.Assign))
    assert sorted(exported) == genomics.__all__


def test_no_module_takes_the_place_of_a_name():
    modules = {path.stem for path in Path(genomics.__file__).parent.iterdir()}
    assert not modules & set(genomics.__all__)


def test_every_name_is_there_and_said_to_be():
    assert set(genomics.__all__) <= set(dir(genomics))
    for name in genomics.__all__:
        assert getattr(genomics, name) is getattr(genomics, name)
        assert name in vars(genomics)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'call_variant'; did you mean 'call_variants'"):
        genomics.call_variant  # noqa: B018


def test_a_name_that_is_not_there_is_told_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(AttributeError) as error:
        genomics.call_variant  # noqa: B018
    said = "biolabkit.genomics에 없는 이름입니다: 'call_variant'. 'call_variants'입니까?"
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ("Linux", "pysam 패키지가 설치되어 있지 않습니다. 다음을 실행하십시오: pip install pysam"),
        (
            "Windows",
            "pysam은 Windows용이 없습니다. Windows의 Linux 하위 시스템(WSL)이나 과정 서버에서 작업하십시오. "
            "BAM, CRAM, 색인 파일을 읽지 않는 것은 모두 여기서 할 수 있습니다",
        ),
    ],
)
def test_without_pysam_it_is_said_in_korean_what_to_do(monkeypatch, system, said):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setitem(sys.modules, "pysam", None)
    with pytest.raises(MissingExtraError) as error:
        import_pysam()
    assert str(error.value) == said


@pytest.mark.parametrize("module", ["pandas", "scipy", "matplotlib"])
def test_calling_into_a_file_loads_nothing_slow(sample, tmp_path, module):
    code = (
        "import sys\n"
        "from biolabkit import genomics\n"
        "genomics.call_to_vcf(*sys.argv[1:])\n"
        f"sys.exit({module!r} in sys.modules)"
    )
    files = (sample.reads, sample.reference, tmp_path / "c.vcf")
    subprocess.run([sys.executable, "-c", code, *map(str, files)], check=True)
    assert (tmp_path / "c.vcf").stat().st_size > 1_000
