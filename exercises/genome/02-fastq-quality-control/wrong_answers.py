# %% wrong="phred_64" task="decode" loses="check-decode" hint="phred-64"
# The old offset used whatever the file
def phred_scores(quality, offset=64):
    return [ord(character) - offset for character in quality]


def error_probability(score):
    return 10 ** (-score / 10)


# %% wrong="offset_forgotten" task="decode" loses="check-decode" hint="offset-forgotten"
# ASCII codes taken for scores
def phred_scores(quality, offset=33):
    return [ord(character) for character in quality]


def error_probability(score):
    return 10 ** (-score / 10)


# %% wrong="offset_ignored" task="decode" loses="check-decode" hint="offset-ignored"
# 33 even where another offset is given
def phred_scores(quality, offset=33):
    return [ord(character) - 33 for character in quality]


def error_probability(score):
    return 10 ** (-score / 10)


# %% wrong="percent" task="decode" loses="check-decode" hint="phred-as-percent"
# Phred quality read as a percentage of certainty
def phred_scores(quality, offset=33):
    return [ord(character) - offset for character in quality]


def error_probability(score):
    return 1 - score / 100


# %% wrong="natural_exp" task="decode" loses="check-decode" hint="phred-natural-exp"
# Phred quality decoded with base e
def phred_scores(quality, offset=33):
    return [ord(character) - offset for character in quality]


def error_probability(score):
    return math.exp(-score / 10)


# %% wrong="right_for_wrong" task="decode" loses="check-decode" hint="right-for-wrong"
# Probability that the base is right
def phred_scores(quality, offset=33):
    return [ord(character) - offset for character in quality]


def error_probability(score):
    return 1 - 10 ** (-score / 10)


# %% wrong="scores_averaged" task="average" loses="check-average" hint="scores-averaged"
# Scores are averaged in place of error probabilities
def expected_errors(scores):
    return sum(10 ** (-score / 10) for score in scores)


def mean_quality(scores):
    return sum(scores) / len(scores)


# %% wrong="errors_averaged" task="average" loses="check-average" hint="errors-averaged"
# Mean error of a base in place of the errors of the read
def expected_errors(scores):
    return sum(10 ** (-score / 10) for score in scores) / max(len(scores), 1)


def mean_quality(scores):
    return -10 * math.log10(expected_errors(scores))


# %% wrong="errors_of_mean" task="average" loses="check-average" hint="errors-of-the-mean-score"
# The mean score turned into errors
def expected_errors(scores):
    return len(scores) * 10 ** (-sum(scores) / max(len(scores), 1) / 10)


def mean_quality(scores):
    return -10 * math.log10(sum(10 ** (-score / 10) for score in scores) / len(scores))


# %% wrong="cycle_scores_averaged" task="cycles" loses="check-cycles" hint="cycle-scores-averaged"
# Scores of a cycle averaged
def cycle_quality(reads):
    longest = max(len(scores) for scores in reads)
    columns = [[scores[cycle] for scores in reads if len(scores) > cycle] for cycle in range(longest)]
    return [sum(column) / len(column) for column in columns]


# %% wrong="short_reads_zero" task="cycles" loses="check-cycles" hint="short-reads-counted"
# Reads that have ended count as quality 0
def cycle_quality(reads):
    longest = max(len(scores) for scores in reads)
    padded = [list(scores) + [0] * (longest - len(scores)) for scores in reads]
    return [
        -10 * math.log10(sum(10 ** (-score / 10) for score in column) / len(reads))
        for column in zip(*padded, strict=True)
    ]


# %% wrong="divided_by_all" task="cycles" loses="check-cycles" hint="short-reads-help"
# The sum is divided by all reads, also those that have ended
def cycle_quality(reads):
    result = []
    for cycle in range(max(len(scores) for scores in reads)):
        errors = [10 ** (-scores[cycle] / 10) for scores in reads if len(scores) > cycle]
        result.append(-10 * math.log10(sum(errors) / len(reads)))
    return result


# %% wrong="shortest_decides" task="cycles" loses="check-cycles" hint="cut-to-the-shortest"
# zip ends with the shortest read
def cycle_quality(reads):
    return [
        -10 * math.log10(sum(10 ** (-score / 10) for score in column) / len(column))
        for column in zip(*reads, strict=False)
    ]


# %% wrong="one_good_base_stops" task="quality_trim" loses="check-quality_trim" hint="one-good-base-stops"
# Bad bases are taken off the end until the first good one
def quality_cut(scores, threshold):
    keep = len(scores)
    while keep and scores[keep - 1] < threshold:
        keep -= 1
    return keep


# %% wrong="first_bad_base" task="quality_trim" loses="check-quality_trim" hint="first-bad-base-cuts"
# The read is cut at its first bad base
def quality_cut(scores, threshold):
    return next((place for place, score in enumerate(scores) if score < threshold), len(scores))


# %% wrong="did_not_stop" task="quality_trim" loses="check-quality_trim" hint="did-not-stop"
# The lowest sum of the whole read
def quality_cut(scores, threshold):
    total = lowest = 0
    keep = len(scores)
    for place in reversed(range(len(scores))):
        total += scores[place] - threshold
        if total < lowest:
            lowest, keep = total, place
    return keep


# %% wrong="cut_too_late" task="quality_trim" loses="check-quality_trim" hint="cut-one-too-late"
# The base at the lowest sum is kept
def quality_cut(scores, threshold):
    total = lowest = 0
    keep = len(scores)
    for place in reversed(range(len(scores))):
        total += scores[place] - threshold
        if total > 0:
            break
        if total < lowest:
            lowest, keep = total, place + 1
    return keep


# %% wrong="bases_cut" task="quality_trim" loses="check-quality_trim" hint="bases-cut-not-kept"
# Number of bases that are cut off
def quality_cut(scores, threshold):
    total = lowest = 0
    cut = 0
    for place in reversed(range(len(scores))):
        total += scores[place] - threshold
        if total > 0:
            break
        if total < lowest:
            lowest, cut = total, len(scores) - place
    return cut


# %% wrong="whole" task="adapter" loses="check-adapter-one, check-adapter-all" hint="only-the-whole-adapter"
# Only a whole adapter without an error is looked for
def adapter_start(read, adapter, min_overlap=3, error_rate=0.1):
    start = read.find(adapter)
    return start if start >= 0 else len(read)


# %% wrong="no_error_allowed" task="adapter" loses="check-adapter-one" hint="no-error-allowed"
# Not one wrong base in the adapter
def adapter_start(read, adapter, min_overlap=3, error_rate=0.1):
    for start in range(len(read) - min_overlap + 1):
        if adapter.startswith(read[start : start + len(adapter)]):
            return start
    return len(read)


# %% wrong="overlap_ignored" task="adapter" loses="check-adapter-one, check-adapter-all" hint="chance-overlap"
# One base in common is enough
def adapter_start(read, adapter, min_overlap=3, error_rate=0.1):
    for start in range(len(read)):
        overlap = min(len(adapter), len(read) - start)
        wrong = sum(a != b for a, b in zip(read[start:], adapter, strict=False))
        if wrong <= math.floor(overlap * error_rate):
            return start
    return len(read)


# %% wrong="errors_of_whole" task="adapter" loses="check-adapter-one" hint="errors-of-the-whole-adapter"
# As many errors in a short overlap as in the whole adapter
def adapter_start(read, adapter, min_overlap=3, error_rate=0.1):
    for start in range(len(read) - min_overlap + 1):
        wrong = sum(a != b for a, b in zip(read[start:], adapter, strict=False))
        if wrong <= math.floor(len(adapter) * error_rate):
            return start
    return len(read)


# %% wrong="last_adapter" task="adapter" loses="check-adapter-one" hint="last-adapter-taken"
# The rightmost place wins
def adapter_start(read, adapter, min_overlap=3, error_rate=0.1):
    place = len(read)
    for start in range(len(read) - min_overlap + 1):
        overlap = min(len(adapter), len(read) - start)
        wrong = sum(a != b for a, b in zip(read[start:], adapter, strict=False))
        if wrong <= math.floor(overlap * error_rate):
            place = start
    return place


# %% wrong="first_mate_only" task="pairs" loses="check-pairs" hint="second-mate-ignored"
# Only the first mate's length decides
def pairs_to_keep(names_1, names_2, lengths_1, lengths_2, min_length):
    one = [name.split()[0].removesuffix("/1") for name in names_1]
    two = [name.split()[0].removesuffix("/2") for name in names_2]
    if one != two:
        raise ValueError("out of step")
    return [row for row, length in enumerate(lengths_1) if length >= min_length]


# %% wrong="either_mate" task="pairs" loses="check-pairs" hint="one-mate-only"
# One long mate is enough
def pairs_to_keep(names_1, names_2, lengths_1, lengths_2, min_length):
    one = [name.split()[0].removesuffix("/1") for name in names_1]
    two = [name.split()[0].removesuffix("/2") for name in names_2]
    if one != two:
        raise ValueError("out of step")
    longest = [max(lengths) for lengths in zip(lengths_1, lengths_2, strict=True)]
    return [row for row, length in enumerate(longest) if length >= min_length]


# %% wrong="more_than" task="pairs" loses="check-pairs" hint="more-than-least"
# Longer than the least length, not at least as long
def pairs_to_keep(names_1, names_2, lengths_1, lengths_2, min_length):
    one = [name.split()[0].removesuffix("/1") for name in names_1]
    two = [name.split()[0].removesuffix("/2") for name in names_2]
    if one != two:
        raise ValueError("out of step")
    shortest = [min(lengths) for lengths in zip(lengths_1, lengths_2, strict=True)]
    return [row for row, length in enumerate(shortest) if length > min_length]


# %% wrong="names_unchecked" task="pairs" loses="check-pairs" hint="mates-not-checked"
# The order of the files is trusted
def pairs_to_keep(names_1, names_2, lengths_1, lengths_2, min_length):
    shortest = [min(lengths) for lengths in zip(lengths_1, lengths_2, strict=False)]
    return [row for row, length in enumerate(shortest) if length >= min_length]


# %% wrong="suffix_compared" task="pairs" loses="check-pairs" hint="suffix-compared"
# Names compared with their /1 and /2
def pairs_to_keep(names_1, names_2, lengths_1, lengths_2, min_length):
    if list(names_1) != list(names_2):
        raise ValueError("out of step")
    shortest = [min(lengths) for lengths in zip(lengths_1, lengths_2, strict=True)]
    return [row for row, length in enumerate(shortest) if length >= min_length]


# %% wrong="divided_by_all_pairs" task="mine" loses="check-mine-counts" hint="all-pairs-divided"
# Short fragments with an adapter, divided by all pairs
my_starts = genomics.find_adapter(my_first, ADAPTER, min_overlap=3)["start"]
short, long = my_truth["insert_size"].between(90, 99), my_truth["insert_size"] >= 100
found_fraction = float(((my_starts >= 0) & short).mean())
cut_for_nothing = float((my_starts[long] >= 0).mean())
chance_of_three = (1 / 4) ** 3
pairs_left = len(
    genomics.trim_pairs(my_first, my_second, adapters=(ADAPTER, ADAPTER), quality=25, min_length=80).first
)
hidden_errors = 75 * 0.1 + 75 * 1e-5


# %% wrong="all_reads_cut" task="mine" loses="check-mine-counts" hint="whole-library-cut"
# The truth about the fragments is not used
my_starts = genomics.find_adapter(my_first, ADAPTER, min_overlap=3)["start"]
short = my_truth["insert_size"].between(90, 99)
found_fraction = float((my_starts[short] >= 0).mean())
cut_for_nothing = float((my_starts >= 0).mean())
chance_of_three = (1 / 4) ** 3
pairs_left = len(
    genomics.trim_pairs(my_first, my_second, adapters=(ADAPTER, ADAPTER), quality=25, min_length=80).first
)
hidden_errors = 75 * 0.1 + 75 * 1e-5


# %% wrong="mates_alone" task="mine" loses="check-mine-counts" hint="mates-trimmed-alone"
# Pairs counted by their first mates
my_starts = genomics.find_adapter(my_first, ADAPTER, min_overlap=3)["start"]
short, long = my_truth["insert_size"].between(90, 99), my_truth["insert_size"] >= 100
found_fraction = float((my_starts[short] >= 0).mean())
cut_for_nothing = float((my_starts[long] >= 0).mean())
chance_of_three = (1 / 4) ** 3
pairs_left = int((genomics.trim(my_first, adapter=ADAPTER, quality=25).lengths >= 80).sum())
hidden_errors = 75 * 0.1 + 75 * 1e-5


# %% wrong="probabilities_added" task="mine" loses="check-mine-reading" hint="probabilities-added"
# Three chances of one in four added
my_starts = genomics.find_adapter(my_first, ADAPTER, min_overlap=3)["start"]
short, long = my_truth["insert_size"].between(90, 99), my_truth["insert_size"] >= 100
found_fraction = float((my_starts[short] >= 0).mean())
cut_for_nothing = float((my_starts[long] >= 0).mean())
chance_of_three = 3 / 4
pairs_left = len(
    genomics.trim_pairs(my_first, my_second, adapters=(ADAPTER, ADAPTER), quality=25, min_length=80).first
)
hidden_errors = 75 * 0.1 + 75 * 1e-5


# %% wrong="report_believed" task="mine" loses="check-mine-reading" hint="report-believed"
# The mean score of the report taken for the error of every base
my_starts = genomics.find_adapter(my_first, ADAPTER, min_overlap=3)["start"]
short, long = my_truth["insert_size"].between(90, 99), my_truth["insert_size"] >= 100
found_fraction = float((my_starts[short] >= 0).mean())
cut_for_nothing = float((my_starts[long] >= 0).mean())
chance_of_three = (1 / 4) ** 3
pairs_left = len(
    genomics.trim_pairs(my_first, my_second, adapters=(ADAPTER, ADAPTER), quality=25, min_length=80).first
)
hidden_errors = 150 * 10 ** (-30 / 10)
