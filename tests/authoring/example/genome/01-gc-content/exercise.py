# %% [markdown] lang="en"
# # GC content
#
# The share of G and C tells where a genome melts and how well it is sequenced.

# %% [markdown] lang="ko"
# # GC 함량
#
# G와 C의 비율은 DNA가 녹는 온도와 시퀀싱이 얼마나 잘 되는지를 알려 줍니다.

# %% setup
from biolabkit.check import expect, hint, lab

lab.start("genome-01-gc-content")
my_sequence = "".join(lab.rng().choice(list("ACGTN"), size=60))

# %% [markdown] lang="en"
# ## 1. Count what is known
#
# An `N` is a base that nobody could read: it is neither in the numerator nor in the denominator.

# %% [markdown] lang="ko"
# ## 1. 알려진 염기만 셉니다
#
# `N`은 읽지 못한 염기이므로 분자에도 분모에도 넣지 않습니다.


# %% task="gc_content"
def gc_content(sequence: str) -> float:
    """Return the share of G and C among the known bases, 0.0 where none is known."""
    ### BEGIN SOLUTION
    known = [base for base in sequence.upper() if base in "ACGT"]
    if not known:
        return 0.0
    return sum(base in "GC" for base in known) / len(known)
    ### END SOLUTION


# %% check="gc_content.plain" points=1
expect(gc_content("ACGT"), "GC content of ACGT", ko="ACGT의 GC 함량").close_to(0.5)
### BEGIN HIDDEN TESTS
expect(gc_content("acgg"), "GC content of acgg", ko="acgg의 GC 함량").close_to(
    0.75,
    hints=[
        hint(
            "case-ignored",
            0.0,
            en="Lower-case bases count too: soft-masked genomes are full of them.",
            ko="소문자 염기도 세어야 합니다. 반복 서열을 소문자로 적은 유전체가 많습니다.",
        )
    ],
)
### END HIDDEN TESTS

# %% check="gc_content.unknown" points=2
n_counted = hint(
    "n-counted",
    lambda got: abs(got - 0.25) < 1e-9,
    en="An N stands for an unknown base. Leave it out of the denominator.",
    ko="N은 알 수 없는 염기입니다. 분모에서 제외하십시오.",
)
expect(gc_content("GNCNATNN"), "GC content with unknown bases", ko="N이 있는 서열의 GC 함량").close_to(
    0.5, hints=[n_counted]
)
### BEGIN HIDDEN TESTS
expect(gc_content("NNN"), "GC content of unknown bases only", ko="N만 있는 서열의 GC 함량").close_to(0.0)
known = my_sequence.replace("N", "")
expect(gc_content(my_sequence), "GC content of your sequence", ko="나의 서열의 GC 함량").close_to(
    (known.count("G") + known.count("C")) / len(known)
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# What is it for your own sequence?

# %% [markdown] lang="ko"
# 여러분의 서열에서는 얼마입니까?

# %%
lab.show(lambda: print(round(gc_content(my_sequence), 2)))

# %% [markdown] lang="en"
# ## 2. Think
#
# Why do very GC-rich regions have a low read depth in Illumina data? Two sentences.

# %% [markdown] lang="ko"
# ## 2. 생각해 봅시다
#
# GC가 매우 많은 영역은 왜 Illumina 데이터에서 깊이(depth)가 낮습니까? 두 문장으로 쓰십시오.

# %% [markdown] essay="why" points=2
# PCR amplifies GC-rich fragments badly because they denature at a higher temperature. Fewer of their copies
# reach the flow cell.
#
# GC가 많은 조각은 변성 온도가 높아 PCR에서 잘 증폭되지 않습니다. 그래서 플로 셀에 도달하는 사본이 적습니다.
