# %% wrong="people" task="allele_frequency" loses="check-allele_frequency" hint="people-for-alleles"
# Copies divided by people
def allele_frequency(dosage):
    called = dosage >= 0
    return np.where(called, dosage, 0).sum(axis=1) / called.sum(axis=1)


# %% wrong="carriers" task="allele_frequency" loses="check-allele_frequency" hint="carriers-counted"
# People with at least one copy
def allele_frequency(dosage):
    return (dosage > 0).sum(axis=1) / (dosage >= 0).sum(axis=1)


# %% wrong="missing_as_ref" task="allele_frequency" loses="check-allele_frequency" hint="missing-as-reference"
# A missing genotype counted as homozygous reference
def allele_frequency(dosage):
    return np.where(dosage > 0, dosage, 0).sum(axis=1) / (2 * dosage.shape[1])


# %% wrong="missing_summed" task="allele_frequency" loses="check-allele_frequency" hint="missing-summed"
# The mark of a missing genotype is added as a number
def allele_frequency(dosage):
    return dosage.mean(axis=1) / 2


# %% wrong="root" task="hardy_weinberg" loses="check-hardy_weinberg" hint="frequency-from-homozygotes"
# The frequency is the root of the homozygotes
def hardy_weinberg(hom_ref, het, hom_alt):
    n = hom_ref + het + hom_alt
    p = (hom_ref / n) ** 0.5
    expected = [n * p**2, 2 * n * p * (1 - p), n * (1 - p) ** 2]
    chi2 = sum((o - e) ** 2 / e for o, e in zip((hom_ref, het, hom_alt), expected, strict=True) if e)
    return expected, float(stats.chi2.sf(chi2, 1))


# %% wrong="two_forgotten" task="hardy_weinberg" loses="check-hardy_weinberg" hint="heterozygotes-twice"
# Heterozygotes expected at npq
def hardy_weinberg(hom_ref, het, hom_alt):
    n = hom_ref + het + hom_alt
    p = (2 * hom_ref + het) / (2 * n)
    expected = [n * p**2, n * p * (1 - p), n * (1 - p) ** 2]
    chi2 = sum((o - e) ** 2 / e for o, e in zip((hom_ref, het, hom_alt), expected, strict=True))
    return expected, float(stats.chi2.sf(chi2, 1))


# %% wrong="fractions" task="hardy_weinberg" loses="check-hardy_weinberg" hint="fractions-for-counts"
# Fractions compared instead of numbers of people
def hardy_weinberg(hom_ref, het, hom_alt):
    n = hom_ref + het + hom_alt
    p = (2 * hom_ref + het) / (2 * n)
    expected = [p**2, 2 * p * (1 - p), (1 - p) ** 2]
    chi2 = sum((o / n - e) ** 2 / e for o, e in zip((hom_ref, het, hom_alt), expected, strict=True))
    return expected, float(stats.chi2.sf(chi2, 1))


# %% wrong="two_degrees" task="hardy_weinberg" loses="check-hardy_weinberg" hint="two-degrees-of-freedom"
# Three classes give two degrees of freedom
def hardy_weinberg(hom_ref, het, hom_alt):
    n = hom_ref + het + hom_alt
    p = (2 * hom_ref + het) / (2 * n)
    expected = [n * p**2, 2 * n * p * (1 - p), n * (1 - p) ** 2]
    chi2 = sum((o - e) ** 2 / e for o, e in zip((hom_ref, het, hom_alt), expected, strict=True))
    return expected, float(stats.chi2.sf(chi2, 2))


# %% wrong="everybody" task="equilibrium" loses="check-equilibrium" hint="population-not-chosen"
# One's own population is not taken out of the whole
counts = genomics.allele_frequencies(dosage)
failing_all = float((genomics.hwe_exact(counts["het"], counts["hom_ref"], counts["hom_alt"]) < 0.001).mean())
failing_mine = failing_all
excess_mine = 0.5
heterozygotes = "fewer"


# %% wrong="wahlund" task="equilibrium" loses="check-equilibrium" hint="wahlund-reversed"
# Mixing populations is thought to make heterozygotes
counts = genomics.allele_frequencies(dosage)
failing_all = float((genomics.hwe_exact(counts["het"], counts["hom_ref"], counts["hom_alt"]) < 0.001).mean())
mine = genomics.allele_frequencies(dosage[:, (people["population"] == my_population).to_numpy()])
fails = genomics.hwe_exact(mine["het"], mine["hom_ref"], mine["hom_alt"]) < 0.001
failing_mine = float(fails.mean())
excess = mine["het"] > mine["allele_number"] * mine["af"] * (1 - mine["af"])
excess_mine = float(excess[fails].mean())
heterozygotes = "more"


# %% wrong="excess_of_all" task="equilibrium" loses="check-equilibrium" hint="excess-of-all-variants"
# Variants that fail by excess, over all variants
counts = genomics.allele_frequencies(dosage)
failing_all = float((genomics.hwe_exact(counts["het"], counts["hom_ref"], counts["hom_alt"]) < 0.001).mean())
mine = genomics.allele_frequencies(dosage[:, (people["population"] == my_population).to_numpy()])
fails = genomics.hwe_exact(mine["het"], mine["hom_ref"], mine["hom_alt"]) < 0.001
failing_mine = float(fails.mean())
excess_mine = float((fails & (mine["het"] > mine["allele_number"] * mine["af"] * (1 - mine["af"]))).mean())
heterozygotes = "fewer"


# %% wrong="not_centred" task="scaled" loses="check-scaled" hint="not-centred"
# Scaled, but the mean is left in
def scaled(dosage):
    known = dosage >= 0
    p = np.where(known, dosage, 0).sum(axis=1) / (2 * known.sum(axis=1))
    spread = np.sqrt(2 * p * (1 - p))
    spread[spread == 0] = 1
    return np.where(known, dosage, 2 * p[:, None]) / spread[:, None]


# %% wrong="one_allele" task="scaled" loses="check-scaled" hint="one-allele-variance"
# Divided by the deviation of one allele
def scaled(dosage):
    known = dosage >= 0
    p = np.where(known, dosage, 0).sum(axis=1) / (2 * known.sum(axis=1))
    spread = np.sqrt(p * (1 - p))
    spread[spread == 0] = 1
    return np.where(known, dosage - 2 * p[:, None], 0) / spread[:, None]


# %% wrong="missing_kept" task="scaled" loses="check-scaled" hint="missing-not-at-mean"
# The mark of a missing genotype is scaled like a dosage
def scaled(dosage):
    known = dosage >= 0
    p = np.where(known, dosage, 0).sum(axis=1) / (2 * known.sum(axis=1))
    spread = np.sqrt(2 * p * (1 - p))
    spread[spread == 0] = 1
    return (dosage - 2 * p[:, None]) / spread[:, None]


# %% wrong="constant_rows" task="scaled" loses="check-scaled" hint="constant-divided-by-zero"
# Variants that do not vary are divided by zero
def scaled(dosage):
    known = dosage >= 0
    p = np.where(known, dosage, 0).sum(axis=1) / (2 * known.sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, dosage - 2 * p[:, None], 0) / np.sqrt(2 * p * (1 - p))[:, None]


# %% wrong="carrier_odds" task="odds_ratio" loses="check-odds_ratio" hint="carriers-for-alleles"
# People with a copy are counted, not copies
def odds_ratio(dosage, case):
    odds = []
    for group in (1, 0):
        known = dosage[(case == group) & (dosage >= 0)]
        odds.append((known > 0).sum() / (known == 0).sum())
    return odds[0] / odds[1]


# %% wrong="risk_ratio" task="odds_ratio" loses="check-odds_ratio" hint="ratio-of-frequencies"
# A ratio of frequencies is called odds ratio
def odds_ratio(dosage, case):
    frequency = [dosage[(case == group) & (dosage >= 0)].mean() / 2 for group in (1, 0)]
    return frequency[0] / frequency[1]


# %% wrong="upside_down" task="odds_ratio" loses="check-odds_ratio" hint="odds-upside-down"
# Controls over cases
def odds_ratio(dosage, case):
    odds = []
    for group in (0, 1):
        known = dosage[(case == group) & (dosage >= 0)]
        odds.append(known.sum() / (2 * len(known) - known.sum()))
    return float(odds[0] / odds[1])


# %% wrong="no_fdr" task="benjamini_hochberg" loses="check-benjamini_hochberg" hint="no-correction"
# One test or a hundred, p is p
def benjamini_hochberg(p):
    return np.asarray(p)


# %% wrong="bonferroni" task="benjamini_hochberg" loses="check-benjamini_hochberg" hint="bonferroni"
# Every p times the number of tests
def benjamini_hochberg(p):
    return np.minimum(np.asarray(p) * len(p), 1)


# %% wrong="not_monotone" task="benjamini_hochberg" loses="check-benjamini_hochberg" hint="not-monotone"
# The minimum over larger p values is left out
def benjamini_hochberg(p):
    p = np.asarray(p)
    return np.minimum(p * len(p) / (np.argsort(np.argsort(p)) + 1), 1)


# %% wrong="sorted_out" task="benjamini_hochberg" loses="check-benjamini_hochberg" hint="order-of-input-lost"
# Adjusted values are returned in the order of size
def benjamini_hochberg(p):
    ranked = np.sort(p) * len(p) / np.arange(1, len(p) + 1)
    return np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1)


# %% wrong="p_below_005" task="scan" loses="check-scan-naive" hint="p-without-fdr"
# Every p below 0.05 is a finding
naive = genomics.associate(good, case)
adjusted = genomics.associate(good, case, ancestry)
lambda_naive = genomics.genomic_inflation(naive["p"])
hits_naive = int((naive["p"] <= 0.05).sum())
lambda_adjusted = genomics.genomic_inflation(adjusted["p"])
my_top = int(good_variants["pos"][adjusted["p"].idxmin()])
by_chance = 0.05 * len(good)


# %% wrong="no_covariates" task="scan" loses="check-scan-adjusted" hint="ancestry-left-out"
# The confounding of ancestry is left in
naive = genomics.associate(good, case)
lambda_naive = genomics.genomic_inflation(naive["p"])
hits_naive = int((genomics.fdr(naive["p"]) <= 0.05).sum())
lambda_adjusted = lambda_naive
my_top = int(good_variants["pos"][naive["p"].idxmin()])
by_chance = 0.05 * len(good)


# %% wrong="largest_p" task="scan" loses="check-scan-adjusted" hint="largest-effect-for-smallest-p"
# The largest p is taken for the strongest association
naive = genomics.associate(good, case)
adjusted = genomics.associate(good, case, ancestry)
lambda_naive = genomics.genomic_inflation(naive["p"])
hits_naive = int((genomics.fdr(naive["p"]) <= 0.05).sum())
lambda_adjusted = genomics.genomic_inflation(adjusted["p"])
my_top = int(good_variants["pos"][adjusted["p"].idxmax()])
by_chance = 0.05 * len(good)


# %% wrong="none_by_chance" task="scan" loses="check-scan-naive" hint="none-by-chance"
# Without an effect no test is thought to succeed
naive = genomics.associate(good, case)
adjusted = genomics.associate(good, case, ancestry)
lambda_naive = genomics.genomic_inflation(naive["p"])
hits_naive = int((genomics.fdr(naive["p"]) <= 0.05).sum())
lambda_adjusted = genomics.genomic_inflation(adjusted["p"])
my_top = int(good_variants["pos"][adjusted["p"].idxmin()])
by_chance = 0
