# ruff: noqa: F811  (each wrong answer defines the function again)

# %% wrong="counts_n" task="gc_content" loses="check-gc_content-unknown" hint="n-counted"
# Every letter of the sequence is a base.
def gc_content(sequence: str) -> float:
    sequence = sequence.upper()
    return (sequence.count("G") + sequence.count("C")) / len(sequence)


# %% wrong="forgets_case" task="gc_content" loses="check-gc_content-plain" hint="case-ignored"
# A base is written as a capital letter.
def gc_content(sequence: str) -> float:
    known = [base for base in sequence if base in "ACGT"]
    return sum(base in "GC" for base in known) / len(known) if known else 0.0


# %% wrong="counts_masked" task="gc_content" loses="check-gc_content-unknown" hint="n-counted"
# Dividing by the length is the same thing when few bases are unknown.
def gc_content(sequence: str) -> float:
    return sum(base in "GCgc" for base in sequence) / len(sequence)


# %% wrong="counts_twice" task="gc_content" loses="check-gc_content-unknown" hint="n-counted"
# An unknown base is a T.
def gc_content(sequence: str) -> float:
    sequence = sequence.upper().replace("N", "T")
    return sum(sequence.count(base) for base in "GC") / len(sequence)


# %% wrong="masked_is_unknown" task="gc_content" loses="check-gc_content-plain" hint="case-ignored"
# Lower case marks bases that are unknown.
def gc_content(sequence: str) -> float:
    known = sum(map(sequence.count, "ACGT"))
    return sum(map(sequence.count, "GC")) / known if known else 0.0


# %% wrong="both" task="gc_content" loses="check-gc_content-plain, check-gc_content-unknown" hint="n-counted"
# Capitals only, and every letter is a base.
def gc_content(sequence: str) -> float:
    return (sequence.count("G") + sequence.count("C")) / len(sequence)
