# %% wrong="no_cut" task="counts" loses="check-counts" hint="no-quality-cut"
# Every base counted, whatever its quality
def allele_counts(bases, qualities, min_quality):
    return {base: sum(letter == base for letter in bases) for base in BASES}


# %% wrong="above_cut_only" task="counts" loses="check-counts" hint="cut-itself-left-out"
# A base at the cut left out
def allele_counts(bases, qualities, min_quality):
    counts = dict.fromkeys(BASES, 0)
    for base, quality in zip(bases, qualities, strict=True):
        if base in counts and quality > min_quality:
            counts[base] += 1
    return counts


# %% wrong="seen_only" task="counts" loses="check-counts" hint="unseen-alleles-missing"
# Only the alleles that were seen have a count
def allele_counts(bases, qualities, min_quality):
    counts = {}
    for base, quality in zip(bases, qualities, strict=True):
        if base in BASES and quality >= min_quality:
            counts[base] = counts.get(base, 0) + 1
    return counts


# %% wrong="diploid" task="model" loses="check-model" hint="diploid-model"
# One chromosome thought to carry the allele, another the most common base
def log_likelihoods(bases, qualities):
    common = max(BASES, key=bases.count)
    result = {}
    for allele in BASES:
        total = 0.0
        for base, quality in zip(bases, qualities, strict=True):
            error = 10 ** (-quality / 10)
            chances = [1 - error if base == one else error / 3 for one in (allele, common)]
            total += math.log10(sum(chances) / 2)
        result[allele] = total
    return result


# %% wrong="whole_error" task="model" loses="check-model" hint="error-not-shared"
# Every wrong base has the whole error probability
def log_likelihoods(bases, qualities):
    result = {}
    for allele in BASES:
        total = 0.0
        for base, quality in zip(bases, qualities, strict=True):
            error = 10 ** (-quality / 10)
            total += math.log10(1 - error if base == allele else error)
        result[allele] = total
    return result


# %% wrong="natural_log" task="model" loses="check-model" hint="ln-for-log10"
# Natural logarithm where genetics uses base 10
def log_likelihoods(bases, qualities):
    result = {}
    for allele in BASES:
        total = 0.0
        for base, quality in zip(bases, qualities, strict=True):
            error = 10 ** (-quality / 10)
            total += math.log(1 - error if base == allele else error / 3)
        result[allele] = total
    return result


# %% wrong="percent" task="model" loses="check-model" hint="phred-as-percent"
# Phred quality read as a percentage of error
def log_likelihoods(bases, qualities):
    result = {}
    for allele in BASES:
        total = 0.0
        for base, quality in zip(bases, qualities, strict=True):
            error = quality / 100
            total += math.log10(1 - error if base == allele else error / 3)
        result[allele] = total
    return result


# %% wrong="product" task="model" loses="check-model" hint="product-underflows"
# Probabilities multiplied before the logarithm is taken
def log_likelihoods(bases, qualities):
    result = {}
    for allele in BASES:
        product = 1.0
        for base, quality in zip(bases, qualities, strict=True):
            error = 10 ** (-quality / 10)
            product *= 1 - error if base == allele else error / 3
        result[allele] = math.log10(product)
    return result


# %% wrong="flat_prior" task="call" loses="check-call" hint="prior-ignored"
# All alleles taken as equally likely beforehand
def call_site(likelihoods, ref, rate=0.001):
    top = max(likelihoods.values())
    log_total = top + math.log10(sum(10 ** (value - top) for value in likelihoods.values()))
    return {
        "allele": max(likelihoods, key=likelihoods.get),
        "qual": min(max(-10 * (likelihoods[ref] - log_total), 0.0), 999.0),
    }


# %% wrong="qual_of_best" task="call" loses="check-call" hint="qual-of-the-call"
# QUAL computed from the probability that the call is right
def call_site(likelihoods, ref, rate=0.001):
    joint = {
        allele: value + math.log10(1 - rate if allele == ref else rate / 3)
        for allele, value in likelihoods.items()
    }
    top = max(joint.values())
    log_total = top + math.log10(sum(10 ** (value - top) for value in joint.values()))
    best = max(joint, key=joint.get)
    return {"allele": best, "qual": min(max(-10 * (joint[best] - log_total), 0.0), 999.0)}


# %% wrong="depth_is_quality" task="call" loses="check-call" hint="depth-for-quality"
# QUAL from the likelihood of the reference alone, which falls with every read that is added
def call_site(likelihoods, ref, rate=0.001):
    joint = {
        allele: value + math.log10(1 - rate if allele == ref else rate / 3)
        for allele, value in likelihoods.items()
    }
    return {"allele": max(joint, key=joint.get), "qual": min(max(-10 * joint[ref], 0.0), 999.0)}


# %% wrong="underflows" task="call" loses="check-call" hint="posterior-underflows"
# Ten to the power of a very negative number, without subtracting the largest first
def call_site(likelihoods, ref, rate=0.001):
    joint = {
        allele: 10**value * (1 - rate if allele == ref else rate / 3) for allele, value in likelihoods.items()
    }
    posterior = joint[ref] / sum(joint.values())
    qual = -10 * math.log10(posterior) if posterior > 0 else 999.0
    return {"allele": max(joint, key=joint.get), "qual": min(qual, 999.0)}


# %% wrong="heterozygous_passes" task="filters" loses="check-filters" hint="mixed-taken-for-heterozygous"
# Half of the reads thought to be enough, as in a diploid
def failed_filters(site):
    failed = []
    if site["qual"] < 30:
        failed.append("LowQual")
    if site["depth"] < 5:
        failed.append("LowDepth")
    if site["fraction"] < 0.2:
        failed.append("Mixed")
    if site["forward"] + site["reverse"] >= 8 and min(site["forward"], site["reverse"]) == 0:
        failed.append("StrandBias")
    return failed


# %% wrong="first_only" task="filters" loses="check-filters" hint="first-filter-only"
# Only the first filter that fails is named
def failed_filters(site):
    if site["qual"] < 30:
        return ["LowQual"]
    if site["depth"] < 5:
        return ["LowDepth"]
    if site["fraction"] < 0.8:
        return ["Mixed"]
    if site["forward"] + site["reverse"] >= 8 and min(site["forward"], site["reverse"]) == 0:
        return ["StrandBias"]
    return []


# %% wrong="limit_fails" task="filters" loses="check-filters" hint="limit-itself-fails"
# A value at the limit fails
def failed_filters(site):
    failed = []
    if site["qual"] <= 30:
        failed.append("LowQual")
    if site["depth"] <= 5:
        failed.append("LowDepth")
    if site["fraction"] <= 0.8:
        failed.append("Mixed")
    if site["forward"] + site["reverse"] >= 8 and min(site["forward"], site["reverse"]) == 0:
        failed.append("StrandBias")
    return failed


# %% wrong="any_strand_bias" task="filters" loses="check-filters" hint="few-reads-strand-bias"
# One strand is suspicious however few the reads
def failed_filters(site):
    failed = []
    if site["qual"] < 30:
        failed.append("LowQual")
    if site["depth"] < 5:
        failed.append("LowDepth")
    if site["fraction"] < 0.8:
        failed.append("Mixed")
    if min(site["forward"], site["reverse"]) == 0:
        failed.append("StrandBias")
    return failed


# %% wrong="position_only" task="score" loses="check-score" hint="position-alone-compared"
# Calls compared by their position
def score(calls, truth):
    called = {call[0] for call in calls}
    true = {variant[0] for variant in truth}
    tp, fp, fn = len(called & true), len(called - true), len(true - called)
    return {
        "tp": tp,
        "fp": fp,
        "fn": fn,
        "precision": tp / (tp + fp) if called else 0.0,
        "recall": tp / (tp + fn) if true else 0.0,
        "f1": 2 * tp / (2 * tp + fp + fn) if called or true else 0.0,
    }


# %% wrong="arithmetic_f1" task="score" loses="check-score" hint="arithmetic-mean-for-f1"
# F1 taken as the plain mean of precision and recall
def score(calls, truth):
    called = {tuple(call) for call in calls}
    true = {tuple(variant) for variant in truth}
    tp, fp, fn = len(called & true), len(called - true), len(true - called)
    precision = tp / (tp + fp) if called else 0.0
    recall = tp / (tp + fn) if true else 0.0
    return {
        "tp": tp,
        "fp": fp,
        "fn": fn,
        "precision": precision,
        "recall": recall,
        "f1": (precision + recall) / 2,
    }


# %% wrong="suspicious_kept" task="mine" loses="check-mine-calls" hint="pass-not-kept"
# Variants that failed a filter reported too
my_sites = genomics.haploid_calls(genomics.genotype_likelihoods(my_pileup))
my_calls = my_sites[my_sites["alt"] != "."]
key = ["pos", "ref", "alt"]
my_f1 = 2 * len(my_calls.merge(my_truth, on=key)) / (len(my_calls) + len(my_truth))
deep = my_calls[my_calls["dp"] >= 2 * my_sites["dp"].median()]
my_deep = len(deep.merge(my_truth, on=key)) / len(deep)
mixed = deep[deep["filter"].str.contains("Mixed")]
my_stretch = (mixed["start"].min(), mixed["start"].max())
my_cause = "extra copies"


# %% wrong="reference_kept" task="mine" loses="check-mine-calls" hint="not-a-variant"
# Positions that are like the reference reported as variants
my_sites = genomics.haploid_calls(genomics.genotype_likelihoods(my_pileup))
my_calls = my_sites[my_sites["filter"] == "PASS"]
my_variants = my_sites[my_sites["alt"] != "."]
key = ["pos", "ref", "alt"]
my_f1 = 2 * len(my_calls.merge(my_truth, on=key)) / (len(my_calls) + len(my_truth))
deep = my_variants[my_variants["dp"] >= 2 * my_sites["dp"].median()]
my_deep = len(deep.merge(my_truth, on=key)) / len(deep)
mixed = deep[deep["filter"].str.contains("Mixed")]
my_stretch = (mixed["start"].min(), mixed["start"].max())
my_cause = "extra copies"


# %% wrong="heterozygous_bacterium" task="mine" loses="check-mine-reading" hint="heterozygous-bacterium"
# A mixed stretch explained as heterozygous
my_sites = genomics.haploid_calls(genomics.genotype_likelihoods(my_pileup))
my_variants = my_sites[my_sites["alt"] != "."]
my_calls = my_variants[my_variants["filter"] == "PASS"]
key = ["pos", "ref", "alt"]
my_f1 = 2 * len(my_calls.merge(my_truth, on=key)) / (len(my_calls) + len(my_truth))
deep = my_variants[my_variants["dp"] >= 2 * my_sites["dp"].median()]
my_deep = len(deep.merge(my_truth, on=key)) / len(deep)
mixed = deep[deep["filter"].str.contains("Mixed")]
my_stretch = (mixed["start"].min(), mixed["start"].max())
my_cause = "heterozygous"


# %% wrong="ratio" task="evolution" loses="check-evolution-numbers" hint="ratio-for-fraction"
# Transitions per transversion given as the fraction
mutator = evolution["sample_id"].value_counts().idxmax()
snvs = evolution[(evolution["sample_id"] == mutator) & ~evolution["indel"]]
is_transition = (snvs["ref"] + snvs["alt"]).isin(["AG", "GA", "CT", "TC"])
transitions = is_transition.sum() / (~is_transition).sum()
depths = evolution["DP4"].str.split(",", expand=True).astype(int)
doubtful = int(((depths[2] + depths[3]) / depths.sum(axis=1) < 0.8).sum())
broken = "mismatch repair"


# %% wrong="with_indels" task="evolution" loses="check-evolution-numbers" hint="indels-among-the-bases"
# Insertions and deletions left in the denominator
mutator = evolution["sample_id"].value_counts().idxmax()
mine = evolution[evolution["sample_id"] == mutator]
transitions = (mine["ref"] + mine["alt"]).isin(["AG", "GA", "CT", "TC"]).mean()
depths = evolution["DP4"].str.split(",", expand=True).astype(int)
doubtful = int(((depths[2] + depths[3]) / depths.sum(axis=1) < 0.8).sum())
broken = "mismatch repair"


# %% wrong="raw_depth" task="evolution" loses="check-evolution-reading" hint="one-strand-of-dp4"
# Only the last number of DP4 taken for the alternative, and the spectrum not read
mutator = evolution["sample_id"].value_counts().idxmax()
snvs = evolution[(evolution["sample_id"] == mutator) & ~evolution["indel"]]
transitions = (snvs["ref"] + snvs["alt"]).isin(["AG", "GA", "CT", "TC"]).mean()
depths = evolution["DP4"].str.split(",", expand=True).astype(int)
doubtful = int((depths[3] / depths.sum(axis=1) < 0.8).sum())
broken = "nothing"


# %% wrong="just_older" task="evolution" loses="check-evolution-reading" hint="spectrum-not-read"
# Many mutations explained by many generations
mutator = evolution["sample_id"].value_counts().idxmax()
snvs = evolution[(evolution["sample_id"] == mutator) & ~evolution["indel"]]
transitions = (snvs["ref"] + snvs["alt"]).isin(["AG", "GA", "CT", "TC"]).mean()
depths = evolution["DP4"].str.split(",", expand=True).astype(int)
doubtful = int(((depths[2] + depths[3]) / depths.sum(axis=1) < 0.8).sum())
broken = "nothing"
