# ruff: noqa: ANN001, ANN201, ANN204, ARG005, PT018
# %% [markdown] lang="en"
# # A target for attacks
#
# Answers of every kind: functions, an array, a table, a class, a variable, and one honest task at the end.

# %% [markdown] lang="ko"
# # 공격을 시험하는 실습
#
# 함수, 배열, 표, 클래스, 변수 등 모든 종류의 답과 마지막의 정직한 과제 하나로 되어 있습니다.

# %% setup
import numpy as np
import pandas as pd

from biolabkit.check import expect, hint, lab

lab.start("genome-90-target")
reads = pd.DataFrame({"chrom": ["chr1", "chr1", "chr2"], "depth": [10.0, 30.0, 8.0]})
cases = [("AACG", "CGTT"), ("TTTA", "TAAA")]


# %% task="reverse_complement"
def reverse_complement(sequence: str) -> str:
    """Return the reverse complement of an upper-case DNA sequence; ValueError for any other letter."""
    ### BEGIN SOLUTION
    pairs = {"A": "T", "C": "G", "G": "C", "T": "A"}
    if not set(sequence) <= set(pairs):
        raise ValueError("not a DNA sequence")
    return "".join(pairs[base] for base in reversed(sequence))
    ### END SOLUTION


# %% check="reverse_complement.plain" points=1
assert reverse_complement("AACG") == "CGTT"

# %% check="reverse_complement.card" points=1
not_reversed = hint(
    "not-reversed",
    "TTGC",
    en="Turn the strand around as well: it is read from 5' to 3'.",
    ko="상보적인 가닥은 5'에서 3' 방향으로 읽으므로 순서도 뒤집어야 합니다.",
)
expect(reverse_complement("AACG"), "the reverse complement of AACG", ko="AACG의 역상보 서열").equals(
    "CGTT", hints=[not_reversed]
)
### BEGIN HIDDEN TESTS
expect(
    reverse_complement("GATTACAGATTACAT"),
    "the reverse complement of a longer read",
    ko="더 긴 리드의 역상보 서열",
).equals("ATGTAATCTGTAATC")
### END HIDDEN TESTS

# %% check="reverse_complement.loop" points=1
assert all(reverse_complement(sequence) == want for sequence, want in cases)
### BEGIN HIDDEN TESTS
hidden_cases = {"CATCATCATGGGCAT": "ATGCCCATGATGATG", "GGGGGGTTTGGGGGA": "TCCCCCAAACCCCCC"}
for sequence in hidden_cases:
    assert reverse_complement(sequence) == hidden_cases[sequence], "a longer read"
assert "CGTT" in [reverse_complement(sequence) for sequence in ("AACG", "TTTT")]
### END HIDDEN TESTS

# %% check="reverse_complement.refuses" points=1
assert reverse_complement("AC") == "GT"
letter = hint(
    "letter-accepted",
    lambda got: True,
    en="Refuse letters that are no base.",
    ko="염기가 아닌 글자는 거부하십시오.",
)
expect(reverse_complement, "a letter that is no base", ko="염기가 아닌 글자").raises(
    ValueError, "AXG", hints=[letter]
)


# %% task="error_probability"
def error_probability(quality):
    """Return the error probability of a Phred quality, of a number or of an array."""
    ### BEGIN SOLUTION
    return 10.0 ** (-np.asarray(quality, dtype=float) / 10)
    ### END SOLUTION


# %% check="error_probability.array" points=1
np.testing.assert_allclose(error_probability(np.array([10, 20])), [0.1, 0.01])

# %% check="error_probability.elements" points=1
assert np.isclose(error_probability(np.array([10, 20])), [0.1, 0.01]).all()
assert (error_probability(np.array([0, 10])) == np.array([1.0, 0.1])).all()

# %% check="error_probability.number" points=1
np.testing.assert_allclose(error_probability(30), 0.001)

# %% check="error_probability.card" points=1
expect(error_probability(np.array([10, 20, 30])), "error probabilities", ko="오류 확률").close_to(
    np.array([0.1, 0.01, 0.001]),
    hints=[
        hint(
            "natural-logarithm",
            lambda got: got[0] > 0.3,
            en="Phred qualities are decimal logarithms.",
            ko="Phred 품질은 상용로그입니다.",
        )
    ],
)

# %% check="error_probability.difference" points=1
assert abs(error_probability(10) - 0.1) < 1e-9

# %% check="error_probability.between" points=1
expect(error_probability(40), "error probability of Q40", ko="Q40의 오류 확률").between(0.00009, 0.00011)


# %% task="mean_depth"
def mean_depth(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mean depth of each chromosome: columns chrom and depth, sorted by chrom."""
    ### BEGIN SOLUTION
    return table.groupby("chrom", as_index=False)["depth"].mean()
    ### END SOLUTION


# %% check="mean_depth.pandas" points=1
pd.testing.assert_frame_equal(
    mean_depth(reads), pd.DataFrame({"chrom": ["chr1", "chr2"], "depth": [20.0, 8.0]})
)

# %% check="mean_depth.card" points=1
expect(mean_depth(reads), "mean depths", ko="평균 깊이").table(
    pd.DataFrame({"chrom": ["chr1", "chr2"], "depth": [20.0, 8.0]}),
    hints=[
        hint(
            "summed",
            lambda got: got.depth.max() == 40,
            en="Take the mean, not the sum.",
            ko="합이 아니라 평균입니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
more = pd.concat([reads, pd.DataFrame({"chrom": ["chr7"], "depth": [61409.0]})], ignore_index=True)
expect(mean_depth(more).depth.max(), "the greatest mean depth", ko="가장 큰 평균 깊이").close_to(61409.0)
### END HIDDEN TESTS


# %% task="base_counter"
class BaseCounter:
    """Counts bases of the sequences that it is given: `add`, `share` of a base, `len` in bases."""

    ### BEGIN SOLUTION
    def __init__(self):
        self.text = ""

    def add(self, sequence):
        self.text += sequence

    def share(self, base):
        return self.text.count(base) / len(self.text)

    def __len__(self):
        return len(self.text)

    ### END SOLUTION


# %% check="base_counter.share" points=1
counter = BaseCounter()
counter.add("GGAT")
counter.add("CCCC")
only_last = hint("only-last", 0.0, en="Keep what was added before.", ko="먼저 더한 서열도 세어야 합니다.")
expect(counter.share("G"), "the share of G", ko="G의 비율").close_to(0.25, hints=[only_last])

# %% check="base_counter.length" points=1
assert len(counter) == 8 and isinstance(counter, BaseCounter)


# %% task="start_codons"
### BEGIN SOLUTION
start_codons = ["ATG", "GTG", "TTG"]
### END SOLUTION

# %% check="start_codons" points=1
only_one = hint("only-one", ["ATG"], en="Bacteria use two more.", ko="세균은 두 가지를 더 사용합니다.")
expect(start_codons, "the start codons", ko="개시 코돈").equals(["ATG", "GTG", "TTG"], hints=[only_one])
assert sorted(start_codons) == ["ATG", "GTG", "TTG"] and isinstance(start_codons, list)

# %% [markdown] lang="en"
# Why are reads wrong more often at their ends?

# %% [markdown] lang="ko"
# 리드의 끝으로 갈수록 오류가 많아지는 이유를 설명하십시오.

# %% [markdown] essay="why" points=2
# Reads are wrong more often at their ends, because the copies of a cluster fall out of step.
#
# 클러스터 안의 사본들이 점점 어긋나기 때문에 리드의 끝으로 갈수록 오류가 많아집니다.


# %% task="gc_share"
def gc_share(sequence: str) -> float:
    """Return the share of G and C."""
    ### BEGIN SOLUTION
    return sum(base in "GC" for base in sequence) / len(sequence)
    ### END SOLUTION


# %% check="gc_share" points=2
expect(gc_share("GGAT"), "the share of G and C", ko="G와 C의 비율").close_to(0.5)
### BEGIN HIDDEN TESTS
expect(gc_share("GGGGCCCCAT"), "the share in a longer sequence", ko="더 긴 서열의 비율").close_to(0.8)
### END HIDDEN TESTS
