# %% wrong="phred_as_percent" task="model" loses="check-model-one, check-model-all" hint="phred-as-percent"
# Phred quality read as a percentage of error
def genotype_log_likelihood(bases, qualities, genotype):
    total = 0.0
    for base, quality in zip(bases, qualities, strict=True):
        error = quality / 100
        chances = [1 - error if base == allele else error / 3 for allele in genotype]
        total += math.log10(sum(chances) / 2)
    return total


# %% wrong="natural_exp" task="model" loses="check-model-one, check-model-all" hint="phred-natural-exp"
# Phred quality decoded with base e
def genotype_log_likelihood(bases, qualities, genotype):
    total = 0.0
    for base, quality in zip(bases, qualities, strict=True):
        error = math.exp(-quality / 10)
        chances = [1 - error if base == allele else error / 3 for allele in genotype]
        total += math.log10(sum(chances) / 2)
    return total


# %% wrong="natural_log" task="model" loses="check-model-one, check-model-all" hint="ln-for-log10"
# Natural logarithm where genetics uses base 10
def genotype_log_likelihood(bases, qualities, genotype):
    total = 0.0
    for base, quality in zip(bases, qualities, strict=True):
        error = 10 ** (-quality / 10)
        chances = [1 - error if base == allele else error / 3 for allele in genotype]
        total += math.log(sum(chances) / 2)
    return total


# %% wrong="error_not_shared" task="model" loses="check-model-one, check-model-all" hint="error-not-shared"
# Every wrong base has the whole error probability
def genotype_log_likelihood(bases, qualities, genotype):
    total = 0.0
    for base, quality in zip(bases, qualities, strict=True):
        error = 10 ** (-quality / 10)
        chances = [1 - error if base == allele else error for allele in genotype]
        total += math.log10(sum(chances) / 2)
    return total


# %% wrong="haploid_model" task="model" loses="check-model-all" hint="haploid-model"
# All reads come from one chromosome
def genotype_log_likelihood(bases, qualities, genotype):
    totals = []
    for allele in genotype:
        total = 0.0
        for base, quality in zip(bases, qualities, strict=True):
            error = 10 ** (-quality / 10)
            total += math.log10(1 - error if base == allele else error / 3)
        totals.append(total)
    return math.log10(sum(10**total for total in totals) / 2) if max(totals) > -300 else max(totals)


# %% wrong="logs_averaged" task="model" loses="check-model-all" hint="logs-averaged"
# The chromosomes are mixed on the logarithmic scale
def genotype_log_likelihood(bases, qualities, genotype):
    total = 0.0
    for base, quality in zip(bases, qualities, strict=True):
        error = 10 ** (-quality / 10)
        for allele in genotype:
            total += math.log10(1 - error if base == allele else error / 3) / 2
    return total


# %% wrong="product_underflows" task="model" loses="check-model-all" hint="product-underflows"
# Probabilities multiplied first, logarithm taken at the end
def genotype_log_likelihood(bases, qualities, genotype):
    product = 1.0
    for base, quality in zip(bases, qualities, strict=True):
        error = 10 ** (-quality / 10)
        product *= sum(1 - error if base == allele else error / 3 for allele in genotype) / 2
    return math.log10(product)


# %% wrong="prior_ignored" task="posterior" loses="check-posterior" hint="prior-ignored"
# All genotypes equally likely beforehand
def genotype_posterior(log_likelihoods, ref, theta=0.001):
    top = max(log_likelihoods.values())
    weights = {genotype: 10 ** (value - top) for genotype, value in log_likelihoods.items()}
    total = sum(weights.values())
    return {genotype: weight / total for genotype, weight in weights.items()}


# %% wrong="hom_ref_forgotten" task="posterior" loses="check-posterior" hint="hom-ref-forgotten"
# Only genotypes with a variant are hypotheses
def genotype_posterior(log_likelihoods, ref, theta=0.001):
    joint = {}
    for genotype, log_likelihood in log_likelihoods.items():
        if genotype == ref + ref:
            continue
        prior = theta / 3 if ref in genotype else theta / 6 if genotype[0] == genotype[1] else theta**2 / 3
        joint[genotype] = log_likelihood + math.log10(prior)
    top = max(joint.values())
    weights = {genotype: 10 ** (value - top) for genotype, value in joint.items()}
    total = sum(weights.values())
    return {genotype: weights.get(genotype, 0.0) / total for genotype in log_likelihoods}


# %% wrong="not_normalised" task="posterior" loses="check-posterior" hint="posterior-not-normalised"
# Prior times likelihood, not divided by the sum over all genotypes
def genotype_posterior(log_likelihoods, ref, theta=0.001):
    posterior = {}
    for genotype, log_likelihood in log_likelihoods.items():
        alleles = set(genotype)
        if alleles == {ref}:
            prior = 1 - 1.5 * theta - theta**2
        elif ref in alleles:
            prior = theta / 3
        else:
            prior = theta / 6 if len(alleles) == 1 else theta**2 / 3
        posterior[genotype] = prior * 10**log_likelihood
    return posterior


# %% wrong="underflows" task="posterior" loses="check-posterior" hint="posterior-underflows"
# Ten to the power of a very negative number, without subtracting the largest first
def genotype_posterior(log_likelihoods, ref, theta=0.001):
    joint = {}
    for genotype, log_likelihood in log_likelihoods.items():
        alleles = set(genotype)
        if alleles == {ref}:
            prior = 1 - 1.5 * theta - theta**2
        elif ref in alleles:
            prior = theta / 3
        else:
            prior = theta / 6 if len(alleles) == 1 else theta**2 / 3
        joint[genotype] = prior * 10**log_likelihood
    total = sum(joint.values())
    return {genotype: value / total for genotype, value in joint.items()}


# %% wrong="gq_from_best" task="call" loses="check-call" hint="gq-from-best"
# GQ computed from the probability that the call is right
def call_genotype(posterior, ref):
    best = max(posterior, key=posterior.get)
    no_variant = posterior[ref + ref]
    qual = min(-10 * math.log10(no_variant), 999) if no_variant > 0 else 999
    return {"genotype": best, "gq": round(-10 * math.log10(posterior[best])), "qual": qual}


# %% wrong="qual_is_gq" task="call" loses="check-call" hint="qual-is-about-the-site"
# QUAL taken for the quality of the genotype
def call_genotype(posterior, ref):
    best = max(posterior, key=posterior.get)
    wrong = sum(value for genotype, value in posterior.items() if genotype != best)
    quality = min(-10 * math.log10(wrong), 99) if wrong > 0 else 99
    return {"genotype": best, "gq": round(quality), "qual": float(quality)}


# %% wrong="alleles_not_normalised" task="left_align" loses="check-left_align" hint="alleles-not-normalised"
# A variant is taken as its caller happened to write it
def left_align(sequence, start, ref, alt):
    return start, ref, alt


# %% wrong="anchor_base_lost" task="left_align" loses="check-left_align" hint="anchor-base-lost"
# Shared bases removed until an allele is empty
def left_align(sequence, start, ref, alt):
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        ref, alt, start = ref[1:], alt[1:], start + 1
    return start, ref, alt


# %% wrong="trimmed_not_shifted" task="left_align" loses="check-left_align" hint="trimmed-not-shifted"
# Only deletions are moved left, insertions are trimmed and stay
def left_align(sequence, start, ref, alt):
    while ref[-1] == alt[-1] and len(ref) >= len(alt):
        ref, alt = ref[:-1], alt[:-1]
        if not ref or not alt:
            start -= 1
            ref, alt = sequence[start] + ref, sequence[start] + alt
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        ref, alt, start = ref[1:], alt[1:], start + 1
    return start, ref, alt


# %% wrong="genotype_ignored" task="benchmark" loses="check-benchmark-counts" hint="genotype-ignored"
# Alleles are compared, genotypes are not
def benchmark(calls, truth, regions):
    sides = []
    for table in (calls, truth):
        pairs = table.merge(regions, on="chrom", suffixes=("", "_region"))
        kept = pairs[(pairs["start"] >= pairs["start_region"]) & (pairs["end"] <= pairs["end_region"])]
        sides.append(set(kept[["chrom", "start", "ref", "alt"]].itertuples(index=False, name=None)))
    called, true = sides
    tp, fp, fn = len(called & true), len(called - true), len(true - called)
    precision = tp / (tp + fp) if called else math.nan
    recall = tp / (tp + fn) if true else math.nan
    return {"tp": tp, "fp": fp, "fn": fn, "precision": precision, "recall": recall}


# %% wrong="outside_confident" task="benchmark" loses="check-benchmark-confident" hint="outside-confident"
# Variants are counted wherever they are
def benchmark(calls, truth, regions):
    key = ["chrom", "start", "ref", "alt", "dosage"]
    called, true = (set(table[key].itertuples(index=False, name=None)) for table in (calls, truth))
    tp, fp, fn = len(called & true), len(called - true), len(true - called)
    precision = tp / (tp + fp) if called else math.nan
    recall = tp / (tp + fn) if true else math.nan
    return {"tp": tp, "fp": fp, "fn": fn, "precision": precision, "recall": recall}


# %% wrong="bed_off_by_one" task="benchmark" loses="check-benchmark-confident" hint="bed-off-by-one"
# The end of a BED region taken as its last base
def benchmark(calls, truth, regions):
    sides = []
    for table in (calls, truth):
        pairs = table.merge(regions, on="chrom", suffixes=("", "_region"))
        kept = pairs[(pairs["start"] >= pairs["start_region"]) & (pairs["start"] <= pairs["end_region"])]
        sides.append(set(kept[["chrom", "start", "ref", "alt", "dosage"]].itertuples(index=False, name=None)))
    called, true = sides
    tp, fp, fn = len(called & true), len(called - true), len(true - called)
    precision = tp / (tp + fp) if called else math.nan
    recall = tp / (tp + fn) if true else math.nan
    return {"tp": tp, "fp": fp, "fn": fn, "precision": precision, "recall": recall}


# %% wrong="pass_not_kept" task="my_donor" loses="check-my_donor-calls" hint="pass-not-kept"
# Calls that failed a filter are reported too
my_sites = genomics.posterior(genomics.genotype_likelihoods(genomics.pileup(my_reads, my_reference)))
my_sites = genomics.filter_calls(my_sites, min_gq=20)
my_calls = my_sites[my_sites["alt"] != "."]
my_hets = my_truth[my_truth["allele1"] != my_truth["allele2"]]
called_het = my_calls[(my_calls["allele1"] != my_calls["allele2"]) & (my_calls["filter"] == "PASS")]
my_het_recall = len(my_hets.merge(called_het, on=["pos", "alt"])) / len(my_hets)
depth_needed = 11
wrong_per_thousand = 10


# %% wrong="every_site_kept" task="my_donor" loses="check-my_donor-calls" hint="not-a-variant"
# Sites that are homozygous for the reference are reported as variants
my_sites = genomics.posterior(genomics.genotype_likelihoods(genomics.pileup(my_reads, my_reference)))
my_calls = genomics.filter_calls(my_sites, min_gq=20)
my_hets = my_truth[my_truth["allele1"] != my_truth["allele2"]]
called_het = my_calls[(my_calls["allele1"] != my_calls["allele2"]) & (my_calls["filter"] == "PASS")]
my_het_recall = len(my_hets.merge(called_het, on=["pos", "alt"])) / len(my_hets)
depth_needed = 11
wrong_per_thousand = 10


# %% wrong="one_way_to_miss" task="my_donor" loses="check-my_donor-reading" hint="either-allele-can-be-missed"
# Only one of the two alleles is thought to be missed
my_sites = genomics.posterior(genomics.genotype_likelihoods(genomics.pileup(my_reads, my_reference)))
my_sites = genomics.filter_calls(my_sites, min_gq=20)
my_calls = my_sites[(my_sites["alt"] != ".") & (my_sites["filter"] == "PASS")]
my_hets = my_truth[my_truth["allele1"] != my_truth["allele2"]]
called_het = my_calls[my_calls["allele1"] != my_calls["allele2"]]
my_het_recall = len(my_hets.merge(called_het, on=["pos", "alt"])) / len(my_hets)
depth_needed = next(n for n in range(1, 100) if 0.5**n < 0.001)
wrong_per_thousand = 10


# %% wrong="ref_ignored" task="benchmark" loses="check-benchmark-counts" hint="ref-allele-ignored"
# Position and alternative allele compared, reference allele not
def benchmark(calls, truth, regions):
    sides = []
    for table in (calls, truth):
        kept = table[genomics.inside(table, regions)]
        sides.append(set(kept[["chrom", "start", "alt", "dosage"]].itertuples(index=False, name=None)))
    called, true = sides
    tp, fp, fn = len(called & true), len(called - true), len(true - called)
    return {
        "tp": tp,
        "fp": fp,
        "fn": fn,
        "precision": tp / (tp + fp) if called else math.nan,
        "recall": tp / (tp + fn) if true else math.nan,
    }


# %% wrong="any_contig" task="benchmark" loses="check-benchmark-confident" hint="region-of-any-contig"
# Regions taken as numbers, whatever their contig
def benchmark(calls, truth, regions):
    sides = []
    for table in (calls, truth):
        starts, ends = regions["start"].to_numpy(), regions["end"].to_numpy()
        inside = (table["start"].to_numpy()[:, None] >= starts) & (table["end"].to_numpy()[:, None] <= ends)
        kept = table[inside.any(axis=1)]
        sides.append(set(kept[["chrom", "start", "ref", "alt", "dosage"]].itertuples(index=False, name=None)))
    called, true = sides
    tp, fp, fn = len(called & true), len(called - true), len(true - called)
    return {
        "tp": tp,
        "fp": fp,
        "fn": fn,
        "precision": tp / (tp + fp) if called else math.nan,
        "recall": tp / (tp + fn) if true else math.nan,
    }


# %% wrong="prior_not_shared" task="posterior" loses="check-posterior" hint="prior-not-shared"
# Each genotype of a row gets the prior of the whole row
def genotype_posterior(log_likelihoods, ref, theta=0.001):
    joint = {}
    for genotype, log_likelihood in log_likelihoods.items():
        alleles = set(genotype)
        if alleles == {ref}:
            prior = 1 - 1.5 * theta - theta**2
        elif ref in alleles:
            prior = theta
        else:
            prior = theta / 2 if len(alleles) == 1 else theta**2
        joint[genotype] = log_likelihood + math.log10(prior)
    top = max(joint.values())
    weights = {genotype: 10 ** (value - top) for genotype, value in joint.items()}
    return {genotype: weight / sum(weights.values()) for genotype, weight in weights.items()}


# %% wrong="gq_truncated" task="call" loses="check-call" hint="gq-truncated"
# Decimals cut off instead of rounded
def call_genotype(posterior, ref):
    best = max(posterior, key=posterior.get)
    wrong = sum(value for genotype, value in posterior.items() if genotype != best)
    no_variant = posterior[ref + ref]
    gq = min(-10 * math.log10(wrong), 99) if wrong > 0 else 99
    qual = min(-10 * math.log10(no_variant), 999) if no_variant > 0 else 999
    return {"genotype": best, "gq": int(gq), "qual": float(qual)}
