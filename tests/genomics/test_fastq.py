"""FASTQ in and out, offsets, mates and the numbers about qualities."""

import gzip
import io
import math

import numpy as np
import pytest
from Bio import SeqIO
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit import datasets, simulate
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics import (
    check_mates,
    detect_phred_offset,
    expected_errors,
    mean_quality,
    plot_base_composition,
    plot_quality_profile,
    quality_profile,
    read_fastq,
    read_fastq_pair,
    summarise_reads,
    write_fastq,
)

FASTQ = "@one first\nACGTN\n+\nIII#!\n@two\nac\n+two\n5?\n@three\n\n+\n\n"


@pytest.fixture
def write(tmp_path):
    def write(text, name="some.fastq"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("latin-1"))
        return path

    return write


def test_records_of_unequal_length_become_arrays(write):
    reads = read_fastq(write(FASTQ))
    assert reads.names.tolist() == ["one first", "two", "three"]
    assert reads.lengths.tolist() == [5, 2, 0]
    assert [reads.sequence(i) for i in range(3)] == ["ACGTN", "AC", ""]
    assert reads.qualities.tolist() == [[40, 40, 40, 2, 0], [20, 30, 0, 0, 0], [0] * 5]
    assert reads.inside.sum() == 7
    assert repr(reads) == "Reads(3 reads, 7 bases)"


def test_zipped_and_wrapped_files_and_other_line_ends_read_the_same(write):
    plain = read_fastq(write(FASTQ))
    wrapped = FASTQ.replace("ACGTN\n+\nIII#!", "ACG\nTN\n+\nII\nI#!")
    for text in (gzip.compress(FASTQ.encode()), wrapped, FASTQ.replace("\n", "\r\n")):
        other = read_fastq(write(text, "other.fastq"))
        assert other.names.tolist() == plain.names.tolist()
        assert (other.bases == plain.bases).all()
        assert (other.qualities == plain.qualities).all()


RECORDS = st.lists(
    st.text("ACGTN", max_size=30).flatmap(
        lambda bases: st.tuples(
            st.just(bases), st.lists(st.integers(0, 41), min_size=len(bases), max_size=len(bases))
        )
    ),
    min_size=1,
    max_size=8,
).filter(lambda records: any(bases for bases, _ in records))


@given(RECORDS)
@settings(max_examples=40)
def test_biopython_reads_what_is_written_and_writes_what_is_read(tmp_path_factory, records):
    folder = tmp_path_factory.mktemp("fastq")
    text = "".join(
        f"@r{i}\n{bases}\n+\n{''.join(chr(q + 33) for q in scores)}\n"
        for i, (bases, scores) in enumerate(records)
    )
    (folder / "in.fastq").write_text(text)
    reads = read_fastq(folder / "in.fastq", offset=33)
    written = write_fastq(reads, folder / "out.fastq")
    assert written.read_text() == text
    theirs = list(SeqIO.parse(io.StringIO(written.read_text()), "fastq"))
    assert [(str(r.seq), r.letter_annotations["phred_quality"]) for r in theirs] == records


def test_offset_64_is_found_written_and_read(write, tmp_path):
    reads = read_fastq(write("@a\nACGT\n+\nhhgB\n"))
    assert reads.qualities.tolist() == [[40, 40, 39, 2]]
    path = write_fastq(reads, tmp_path / "old.fastq.gz", offset=64)
    assert read_fastq(path, offset=64).qualities.tolist() == reads.qualities.tolist()
    with gzip.open(path, "rt") as stream:
        theirs = list(SeqIO.parse(stream, "fastq-illumina"))
    assert theirs[0].letter_annotations["phred_quality"] == [40, 40, 39, 2]


def test_a_file_that_fits_both_offsets_is_read_with_33(write):
    assert read_fastq(write("@a\nAC\n+\nII\n")).qualities.tolist() == [[40, 40]]
    assert read_fastq(write("@a\nAC\n+\nII\n"), offset=64).qualities.tolist() == [[9, 9]]


@pytest.mark.parametrize(
    ("codes", "offset"),
    [
        ("!~", 33),
        ("#5?I", 33),
        (":J", 33),  # one below the lowest of offset 64
        (";J", None),
        ("@J", None),
        ("IIII", None),
        ("@N", None),  # Q45 with 33
        ("@O", 64),  # would be Q46
        ("Bhhi", 64),
        (";h", None),  # Solexa, or long reads
        ("@j", 33),  # Q42 with 64, which no instrument wrote
    ],
)
def test_the_offset_is_said_only_where_it_is_certain(codes, offset):
    found = detect_phred_offset(codes)
    assert found.offset == offset
    assert (found.lowest, found.highest) == (min(map(ord, codes)), max(map(ord, codes)))
    assert found.reason.startswith("codes go from")
    assert detect_phred_offset(codes.encode()) == found


def test_qualities_that_are_none_are_refused():
    with pytest.raises(InputError, match="no quality"):
        detect_phred_offset("")
    with pytest.raises(FormatError, match="codes from 32"):
        detect_phred_offset("I I")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no record"),
        (">one\nACGT\n", "record 1: Records in Fastq files should start with '@'"),
        ("@a\nAC\n+\nII\n@b\nACG\n+\nII\n", r"record 2 \(behind a\): Lengths"),
        ("@a\nAC\n+\nII\n@b\nAC\n", r"record 2 \(behind a\)"),
        ("@a\nAC\n+\nII\n@b\nA*\n+\nII\n", r"record 2 \(b\) has '\*' among its bases"),
        ("@a\nAC\n+\nI\x7f\n", r"record 1 \(a\) has the quality .* \(ASCII 127\)"),
        (gzip.compress(FASTQ.encode() * 99, mtime=0)[:-30], "cannot be read as FASTQ"),
        (gzip.compress(FASTQ.encode(), mtime=0)[:10] + b"\xff" * 40, "cannot be read as FASTQ: Error -3"),
    ],
)
def test_damaged_files_say_where(write, text, said):
    with pytest.raises(FormatError, match=said):
        read_fastq(write(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (">one\nACGT\n", "1번째 레코드를 읽을 수 없습니다. 레코드는 '@' 기호로 시작해야 합니다"),
        (
            "@a\nAC\n+\nII\n@b\nACG\n+\nII\n",
            "2번째 레코드(a 다음)를 읽을 수 없습니다. b: 염기는 3개인데 품질값은 2개입니다",
        ),
        (
            "@a\nAC\n+\nII\n@b\nAC\n",
            "2번째 레코드(a 다음)를 읽을 수 없습니다. 품질값이 나오기 전에 파일이 끝났습니다",
        ),
        ("@a\nAC\n+\n", "1번째 레코드를 읽을 수 없습니다. 레코드 중간에서 파일이 끝났습니다"),
        ("@a\nAC\n+b\nII\n", "1번째 레코드를 읽을 수 없습니다. '+' 줄의 이름이 '@' 줄의 이름과 다릅니다"),
        ("@a\nA C\n+\nIII\n", "1번째 레코드를 읽을 수 없습니다. 서열에 빈칸이 있습니다"),
        (
            "@a\nA*\n+\nII\n",
            "1번째 레코드(a)의 염기에 '*' 문자가 있습니다. 뉴클레오타이드의 IUPAC 문자여야 합니다",
        ),
    ],
)
def test_damaged_files_say_so_in_korean(write, monkeypatch, text, said):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    path = write(text)
    with pytest.raises(FormatError) as error:
        read_fastq(path)
    assert str(error.value) == f"{path}: {said}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(FASTQ.encode() * 99, mtime=0)[:-30], "gzip 파일이 중간에서 잘렸습니다"),
        (gzip.compress(FASTQ.encode(), mtime=0)[:10] + b"\xff" * 40, "gzip 압축을 풀 수 없습니다"),
        (gzip.compress(FASTQ.encode(), mtime=0)[:-8] + bytes(8), "gzip 압축을 풀 수 없습니다"),
        ("@é\n".encode("latin-1"), "UTF-8 텍스트가 아닙니다"),
    ],
)
def test_files_that_are_no_text_say_so_in_korean(write, monkeypatch, data, said):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    path = write(data)
    with pytest.raises(FormatError) as error:
        read_fastq(path)
    assert str(error.value) == f"{path}: FASTQ 형식으로 읽을 수 없습니다({said})"


def test_mates_out_of_step_are_told_in_korean(write, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    first = read_fastq(write("@a/1\nAC\n+\nII\n@b/1\nAC\n+\nII\n"))
    with pytest.raises(InputError) as error:
        check_mates(first, first.select([1, 0]))
    said = "1번째 리드부터 짝이 어긋납니다(첫째 리드 a, 둘째 리드 b). a의 짝은 2번째에 있습니다"
    assert str(error.value) == said


def test_the_reason_for_an_offset_is_told_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    seen = "ASCII 코드가 35('#')부터 73('I')까지입니다"
    assert detect_phred_offset("#I").reason == f"{seen}. 오프셋이 64이면 59보다 작은 코드가 없습니다"


def test_scores_outside_the_offset_name_the_record(write):
    with pytest.raises(
        FormatError, match=r"record 2 \(b\) has the quality '5' .*, which Phred\+64 cannot have"
    ):
        read_fastq(write("@a\nA\n+\nh\n@b\nAC\n+\nh5\n"), offset=64)
    with pytest.raises(InputError, match="offset is 32"):
        read_fastq(write(FASTQ), offset=32)
    with pytest.raises(InputError, match="there is no such FASTQ file"):
        read_fastq("none.fastq")


def test_mates_are_checked_by_name(write):
    one = write("@p1/1\nA\n+\nI\n@p2/1\nC\n+\n#\n", "1.fq")
    two = write("@p1/2\nG\n+\nI\n@p2/2\nT\n+\n#\n", "2.fq")
    first, second = read_fastq_pair(one, two)
    assert [first.sequence(1), second.sequence(1)] == ["C", "T"]
    with pytest.raises(FormatError, match="from read 1 on: p1 against p2; p1 is read 2 there"):
        read_fastq_pair(one, write("@p2/2\nT\n+\nI\n@p1/2\nG\n+\n#\n", "swapped.fq"))
    with pytest.raises(FormatError, match="2 first mates, but 1 second mates"):
        read_fastq_pair(one, write("@p1/2\nT\n+\n#\n", "less.fq"))
    with pytest.raises(InputError, match="out of step from read 1 on"):
        check_mates(first.select([1]), second)
    check_mates(first.select([1]), second.select([False, True]))


def test_casava_headers_are_mates(write):
    one = write("@HISEQ:1:2 1:N:0:ACGT\nA\n+\n#\n", "1.fq")
    two = write("@HISEQ:1:2 2:N:0:ACGT\nA\n+\n#\n", "2.fq")
    assert len(read_fastq_pair(one, two)[0]) == 1


def test_cutting_and_selecting(write):
    reads = read_fastq(write(FASTQ))
    cut = reads.cut([3, 9, 0])
    assert cut.lengths.tolist() == [3, 2, 0]
    assert cut.bases.shape == (3, 3)
    assert [cut.sequence(i) for i in range(3)] == ["ACG", "AC", ""]
    assert cut.quality(1).tolist() == [20, 30]
    assert reads.select(np.array([False, True, False])).names.tolist() == ["two"]
    assert reads.cut(0).bases.shape == (3, 0)
    frame = reads.to_frame()
    assert frame["sequence"].tolist() == ["ACGTN", "AC", ""]
    assert math.isnan(frame["mean_quality"][2])
    assert frame["mean_quality"][1] == pytest.approx(mean_quality([20, 30]))


def test_means_are_of_probabilities_not_of_scores():
    assert mean_quality([10, 40]) == pytest.approx(-10 * math.log10((0.1 + 0.0001) / 2))
    assert mean_quality([30, 30]) == pytest.approx(30)
    assert math.isnan(mean_quality([]))


def test_expected_errors_of_reads_of_unequal_length(write):
    got = expected_errors(read_fastq(write(FASTQ)))
    assert got == pytest.approx([3e-4 + 10**-0.2 + 1, 0.011, 0])


def test_expected_errors_are_the_errors_of_simulated_reads():
    donor = simulate.haploid_sample(simulate.genome(20_000, seed=1), seed=2, snv_rate=0, indel_rate=0)
    pairs = simulate.read_pairs(donor, seed=3, depth=40, end_quality=15)
    truth = np.frombuffer(donor.genome.sequence.encode(), dtype=np.uint8)
    wrong = 0
    for pair in range(len(pairs)):
        start = pairs.start[pair]
        wrong += (np.frombuffer(b"ACGT", np.uint8)[pairs.bases[2 * pair]] != truth[start : start + 150]).sum()
    expected = (10 ** (pairs.qualities[::2] / -10.0)).sum()
    assert wrong == pytest.approx(expected, abs=4 * math.sqrt(expected))


def test_the_profile_is_over_the_reads_that_reach_a_cycle(write):
    profile = quality_profile(read_fastq(write(FASTQ)))
    assert profile["cycle"].tolist() == [1, 2, 3, 4, 5]
    assert profile["reads"].tolist() == [2, 2, 1, 1, 1]
    assert profile["mean_error"].tolist() == pytest.approx([0.00505, 0.00055, 1e-4, 10**-0.2, 1])
    assert profile["mean_quality"].tolist() == pytest.approx([-10 * math.log10(0.00505), 32.596373, 40, 2, 0])
    assert profile.loc[0, ["q10", "q25", "median", "q75", "q90"]].tolist() == [20, 20, 20, 40, 40]
    assert profile[list("acgtn")].to_numpy().tolist() == [
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 0, 1],
    ]


@given(st.lists(st.integers(0, 41), min_size=1, max_size=60))
def test_quantiles_are_numpys_inverted_cdf(scores):
    text = "".join(f"@r{i}\nA\n+\n{chr(q + 33)}\n" for i, q in enumerate(scores))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("biolabkit.genomics.fastq.open_text", lambda *_: _text(text))
        profile = quality_profile(read_fastq("memory", offset=33))
    wanted = np.quantile(scores, [0.1, 0.25, 0.5, 0.75, 0.9], method="inverted_cdf")
    assert profile.loc[0, ["q10", "q25", "median", "q75", "q90"]].tolist() == wanted.tolist()


def _text(text):
    return io.StringIO(text)


def test_the_summary_has_one_line_per_set(write):
    reads = read_fastq(write(FASTQ))
    table = summarise_reads({"all": reads, "none": reads.select([2])})
    assert table.loc["all", ["reads", "bases", "shortest", "longest"]].tolist() == [3, 7, 0, 5]
    assert table.loc["all", "gc"] == pytest.approx(3 / 6)
    assert table.loc["all", "n"] == pytest.approx(1 / 7)
    assert table.loc["all", ["q20", "q30"]].tolist() == pytest.approx([5 / 7, 4 / 7])
    assert table.loc["all", "expected_errors"] == pytest.approx((3e-4 + 10**-0.2 + 1 + 0.011) / 3)
    assert table.loc["none", "bases"] == 0
    assert math.isnan(table.loc["none", "mean_quality"])
    assert summarise_reads(reads.select([])).loc["reads", "reads"] == 0


def test_the_profile_is_drawn(write):
    profile = quality_profile(read_fastq(write(FASTQ)))
    axes = plot_quality_profile(profile, label="some")
    assert axes.lines[0].get_ydata().tolist() == profile["median"].tolist()
    assert axes.lines[1].get_ydata().tolist() == profile["mean_quality"].tolist()
    assert plot_quality_profile(profile, ax=axes) is axes
    assert axes.lines[2].get_color() != axes.lines[0].get_color()
    bases = plot_base_composition(profile)
    assert [line.get_label() for line in bases.lines] == list("ACGTN")
    with pytest.raises(InputError, match="lacks the columns median"):
        plot_quality_profile(profile.drop(columns="median"))
    with pytest.raises(InputError, match="the reads have no base"):
        quality_profile(read_fastq(write(FASTQ)).select([2]))


@pytest.mark.mirror
def test_the_measles_run_is_what_its_card_says():
    data = datasets.fetch("measles-rnaseq-fastq-with-adapters")
    first, second = read_fastq_pair(data.path("reads_1"), data.path("reads_2"))
    assert len(first) == len(second) == 1499
    assert set(first.lengths) | set(second.lengths) == {101}
    with gzip.open(data.path("reads_1"), "rt") as stream:
        theirs = [record.letter_annotations["phred_quality"] for record in SeqIO.parse(stream, "fastq")]
    assert first.qualities.tolist() == theirs
    assert expected_errors(first) == pytest.approx([sum(10 ** (-q / 10) for q in read) for read in theirs])
