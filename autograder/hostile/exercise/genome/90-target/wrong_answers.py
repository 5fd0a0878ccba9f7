# ruff: noqa: ANN001, ANN201, ANN204, E501, F811, F821
# %% wrong="not_reversed" task="reverse_complement" loses="check-reverse_complement-plain, check-reverse_complement-card, check-reverse_complement-loop, check-reverse_complement-refuses" hint="not-reversed"
# The complement alone is the other strand.
def reverse_complement(sequence):
    if set(sequence) - set("ACGT"):
        raise ValueError
    return sequence.translate(str.maketrans("ACGT", "TGCA"))


# %% wrong="accepts_all" task="reverse_complement" loses="check-reverse_complement-refuses" hint="letter-accepted"
# Any letter is a base.
def reverse_complement(sequence):
    return sequence.translate(str.maketrans("ACGT", "TGCA"))[::-1]


# %% wrong="natural_logarithm" task="error_probability" loses="check-error_probability-array, check-error_probability-elements, check-error_probability-number, check-error_probability-card, check-error_probability-difference, check-error_probability-between" hint="natural-logarithm"
# Phred qualities are natural logarithms.
def error_probability(quality):
    return np.exp(-np.asarray(quality) / 10)


# %% wrong="sums" task="mean_depth" loses="check-mean_depth-pandas, check-mean_depth-card" hint="summed"
# The depths of a chromosome add up.
def mean_depth(table):
    return table.groupby("chrom", as_index=False)["depth"].sum()


# %% wrong="counts_only_once" task="base_counter" loses="check-base_counter-share, check-base_counter-length" hint="only-last"
# A counter holds the last sequence.
class BaseCounter:
    def add(self, sequence):
        self.text = sequence

    def share(self, base):
        return self.text.count(base) / len(self.text)

    def __len__(self):
        return len(self.text)


# %% wrong="one_start" task="start_codons" loses="check-start_codons" hint="only-one"
# Every gene begins with ATG.
start_codons = ["ATG"]
