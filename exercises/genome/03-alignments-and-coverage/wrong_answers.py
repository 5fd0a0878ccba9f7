# %% wrong="flag_compared" task="flags" loses="check-flags" hint="flag-compared-whole"
# The whole FLAG compared with each bit
def flag_names(flag):
    return [name for name, bit in FLAGS.items() if flag == bit]


# %% wrong="flag_greater" task="flags" loses="check-flags" hint="flag-greater-than-bit"
# A bit taken as set when the FLAG is at least as large
def flag_names(flag):
    return [name for name, bit in FLAGS.items() if flag >= bit]


# %% wrong="clip_on_reference" task="spans" loses="check-spans" hint="soft-clip-on-reference"
# Soft-clipped bases counted on the reference
def spans(cigar):
    operations = genomics.parse_cigar(cigar)
    on_read = sum(length for name, length in operations if name in "MIS=X")
    on_reference = sum(length for name, length in operations if name in "MDNS=X")
    return on_read, on_reference


# %% wrong="deletion_forgotten" task="spans" loses="check-spans" hint="deletion-forgotten"
# Deleted bases not counted on the reference
def spans(cigar):
    operations = genomics.parse_cigar(cigar)
    on_read = sum(length for name, length in operations if name in "MIS=X")
    on_reference = sum(length for name, length in operations if name in "M=X")
    return on_read, on_reference


# %% wrong="insertion_on_reference" task="spans" loses="check-spans" hint="insertion-on-reference"
# The length of the read taken for its span, deletions added
def spans(cigar):
    operations = genomics.parse_cigar(cigar)
    on_read = sum(length for name, length in operations if name in "MIS=X")
    on_reference = sum(length for name, length in operations if name in "MIDN=X")
    return on_read, on_reference


# %% wrong="hard_clip_stored" task="spans" loses="check-spans" hint="hard-clip-counted"
# Hard-clipped bases thought to be in the file
def spans(cigar):
    operations = genomics.parse_cigar(cigar)
    on_read = sum(length for name, length in operations if name in "MISH=X")
    on_reference = sum(length for name, length in operations if name in "MDN=X")
    return on_read, on_reference


# %% wrong="one_based" task="positions" loses="check-positions" hint="one-based-kept"
# POS taken as a 0-based position
def covered_positions(pos, cigar):
    covered, position = [], pos
    for name, length in genomics.parse_cigar(cigar):
        if name in "M=X":
            covered += range(position, position + length)
        if name in "MDN=X":
            position += length
    return covered


# %% wrong="clip_shifts" task="positions" loses="check-positions" hint="soft-clip-shifts"
# The clipped bases thought to lie behind POS
def covered_positions(pos, cigar):
    covered, position = [], pos - 1
    for name, length in genomics.parse_cigar(cigar):
        if name in "M=X":
            covered += range(position, position + length)
        if name in "MDNS=X":
            position += length
    return covered


# %% wrong="deletion_covered" task="positions" loses="check-positions" hint="deletion-covered"
# Everything between the first and the last base counted as covered
def covered_positions(pos, cigar):
    span = sum(length for name, length in genomics.parse_cigar(cigar) if name in "MDN=X")
    return list(range(pos - 1, pos - 1 + span))


# %% wrong="insertion_shifts" task="positions" loses="check-positions" hint="insertion-shifts"
# Inserted bases thought to use up reference bases
def covered_positions(pos, cigar):
    covered, position = [], pos - 1
    for name, length in genomics.parse_cigar(cigar):
        if name in "M=X":
            covered += range(position, position + length)
        if name in "MIDN=X":
            position += length
    return covered


# %% wrong="one_strand" task="place" loses="check-place-small, check-place-real" hint="other-strand-forgotten"
# Only the forward strand looked up
def place_reads(reads, reference, k=21):
    index = {}
    for position in range(len(reference) - k + 1):
        index.setdefault(reference[position : position + k], []).append(position)
    placed = []
    for read in reads:
        votes = {}
        for offset in range(len(read) - k + 1):
            for position in index.get(read[offset : offset + k], ()):
                votes[position - offset, "+"] = votes.get((position - offset, "+"), 0) + 1
        placed.append(max(votes, key=votes.get) if votes else None)
    return placed


# %% wrong="seed_start" task="place" loses="check-place-small, check-place-real" hint="seed-taken-for-start"
# The place of the last word found taken for the start of the read
def place_reads(reads, reference, k=21):
    index = {}
    for position in range(len(reference) - k + 1):
        index.setdefault(reference[position : position + k], []).append(position)
    placed = []
    for read in reads:
        found = None
        for strand, text in (("+", read), ("-", genomics.reverse_complement(read))):
            for offset in range(len(text) - k + 1):
                for position in index.get(text[offset : offset + k], ()):
                    found = (position, strand)
        placed.append(found)
    return placed


# %% wrong="first_seed" task="place" loses="check-place-small" hint="first-seed-wins"
# The first word that is found decides
def place_reads(reads, reference, k=21):
    index = {}
    for position in range(len(reference) - k + 1):
        index.setdefault(reference[position : position + k], []).append(position)
    placed = []
    for read in reads:
        found = None
        for strand, text in (("+", read), ("-", genomics.reverse_complement(read))):
            for offset in range(len(text) - k + 1):
                for position in index.get(text[offset : offset + k], ()):
                    found = found or (position - offset, strand)
        placed.append(found)
    return placed


# %% wrong="counts_all" task="depth" loses="check-depth-rules, check-depth-real" hint="duplicates-counted"
# Every mapped record counted
def depth_over(records, start, end):
    depth = np.zeros(end - start, dtype=int)
    for flag, first, cigar in records[["flag", "start", "cigar"]].itertuples(index=False):
        if flag & FLAGS["unmapped"]:
            continue
        for block in genomics.aligned_blocks(cigar, first):
            depth[max(block.start - start, 0) : max(block.end - start, 0)] += 1
    return depth


# %% wrong="secondary_counts" task="depth" loses="check-depth-rules" hint="secondary-counted"
# Duplicates left out, secondary alignments counted
def depth_over(records, start, end):
    left_out = FLAGS["unmapped"] | FLAGS["qc_fail"] | FLAGS["duplicate"]
    depth = np.zeros(end - start, dtype=int)
    for flag, first, cigar in records[["flag", "start", "cigar"]].itertuples(index=False):
        if flag & left_out:
            continue
        for block in genomics.aligned_blocks(cigar, first):
            depth[max(block.start - start, 0) : max(block.end - start, 0)] += 1
    return depth


# %% wrong="supplementary_out" task="depth" loses="check-depth-rules" hint="supplementary-left-out"
# Supplementary records left out as if they were secondary
def depth_over(records, start, end):
    left_out = FLAGS["unmapped"] | FLAGS["secondary"] | FLAGS["qc_fail"] | FLAGS["duplicate"]
    depth = np.zeros(end - start, dtype=int)
    for flag, first, cigar in records[["flag", "start", "cigar"]].itertuples(index=False):
        if flag & (left_out | FLAGS["supplementary"]):
            continue
        for block in genomics.aligned_blocks(cigar, first):
            depth[max(block.start - start, 0) : max(block.end - start, 0)] += 1
    return depth


# %% wrong="clips_count" task="depth" loses="check-depth-rules, check-depth-real" hint="soft-clip-counted"
# A read counted over its whole length, clips and deletions with it
def depth_over(records, start, end):
    left_out = FLAGS["unmapped"] | FLAGS["secondary"] | FLAGS["qc_fail"] | FLAGS["duplicate"]
    depth = np.zeros(end - start, dtype=int)
    for flag, first, cigar in records[["flag", "start", "cigar"]].itertuples(index=False):
        if flag & left_out:
            continue
        operations = genomics.parse_cigar(cigar)
        before = operations[0][1] if operations and operations[0][0] == "S" else 0
        length = sum(length for name, length in operations if name in "MDNS=X")
        left = max(first - before - start, 0)
        depth[left : max(first - before + length - start, 0)] += 1
    return depth


# %% wrong="covered_only" task="summary" loses="check-summary" hint="mean-of-covered-only"
# Positions without a read left out
def summarise(depth, threshold):
    values = np.asarray(depth)
    values = values[values > 0]
    return {"mean": float(values.mean()), "breadth": float((values >= threshold).mean())}


# %% wrong="above_only" task="summary" loses="check-summary" hint="threshold-itself-left-out"
# Above the threshold instead of at least the threshold
def summarise(depth, threshold):
    values = np.asarray(depth)
    return {"mean": float(values.mean()), "breadth": float((values > threshold).mean())}


# %% wrong="copies" task="mine" loses="check-mine-numbers, check-mine-reading" hint="own-duplicates-counted"
# Depth with the copies of each molecule
my_depth = genomics.read_depth(my_bam, "mine", exclude=["unmapped", "secondary", "qc_fail"])
my_mean = my_depth["depth"].mean()
my_records = genomics.read_alignments(my_bam)
my_duplicates = (my_records["flag"] & FLAGS["duplicate"] > 0).mean()
by_gene = genomics.coverage(my_bam, my_genes, thresholds=[20])
my_hole = by_gene.loc[by_gene["breadth_20"].idxmin(), "gene"]
lengths = by_gene["end"] - by_gene["start"]
my_breadth = (by_gene["breadth_20"] * lengths).sum() / lengths.sum()
my_uncovered = (my_depth["depth"] == 0).sum()
by_chance = len(my_depth) * math.exp(-my_mean)
pairs_needed = 416_667


# %% wrong="mean_of_genes" task="mine" loses="check-mine-numbers" hint="genes-weighted-alike"
# Long and short genes given the same weight
my_depth = genomics.read_depth(my_bam, "mine")
my_mean = my_depth["depth"].mean()
my_records = genomics.read_alignments(my_bam)
my_duplicates = (my_records["flag"] & FLAGS["duplicate"] > 0).mean()
by_gene = genomics.coverage(my_bam, my_genes, thresholds=[20])
my_hole = by_gene.loc[by_gene["breadth_20"].idxmin(), "gene"]
my_breadth = by_gene["breadth_20"].mean()
my_uncovered = (my_depth["depth"] == 0).sum()
by_chance = len(my_depth) * math.exp(-my_mean)
pairs_needed = 416_667


# %% wrong="losses_forgotten" task="mine" loses="check-mine-reading" hint="losses-forgotten"
# Every base ordered thought to land on the panel once
my_depth = genomics.read_depth(my_bam, "mine")
my_mean = my_depth["depth"].mean()
my_records = genomics.read_alignments(my_bam)
my_duplicates = (my_records["flag"] & FLAGS["duplicate"] > 0).mean()
by_gene = genomics.coverage(my_bam, my_genes, thresholds=[20])
my_hole = by_gene.loc[by_gene["breadth_20"].idxmin(), "gene"]
lengths = by_gene["end"] - by_gene["start"]
my_breadth = (by_gene["breadth_20"] * lengths).sum() / lengths.sum()
my_uncovered = (my_depth["depth"] == 0).sum()
by_chance = len(my_depth) * math.exp(-my_mean)
pairs_needed = 30 * 2_000_000 // (2 * 150)
