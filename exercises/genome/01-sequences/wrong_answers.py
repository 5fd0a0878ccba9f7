# %% wrong="n_counted" task="gc" loses="check-gc" hint="n-counted"
# N is counted in the length
def gc_content(sequence):
    sequence = sequence.upper()
    return (sequence.count("G") + sequence.count("C")) / len(sequence)


# %% wrong="lower_case_missed" task="gc" loses="check-gc" hint="lower-case-missed"
# Only upper case letters are counted
def gc_content(sequence):
    gc = sequence.count("G") + sequence.count("C")
    known = gc + sequence.count("A") + sequence.count("T")
    return gc / known if known else math.nan


# %% wrong="percent" task="gc" loses="check-gc" hint="gc-in-percent"
# Percentage in place of a fraction
def gc_content(sequence):
    sequence = sequence.upper()
    gc = sequence.count("G") + sequence.count("C")
    known = gc + sequence.count("A") + sequence.count("T")
    return 100 * gc / known if known else math.nan


# %% wrong="unknown_is_zero" task="gc" loses="check-gc" hint="nothing-known-is-not-zero"
# Without a known base the content is said to be 0
def gc_content(sequence):
    sequence = sequence.upper()
    gc = sequence.count("G") + sequence.count("C")
    known = gc + sequence.count("A") + sequence.count("T")
    return gc / known if known else 0.0


# %% wrong="division_by_zero" task="gc" loses="check-gc" hint="nothing-known-is-not-zero"
# Nobody thought of a sequence without a known base
def gc_content(sequence):
    sequence = sequence.upper()
    gc = sequence.count("G") + sequence.count("C")
    return gc / (gc + sequence.count("A") + sequence.count("T"))


# %% wrong="not_reversed" task="reverse" loses="check-reverse" hint="complement-not-reversed"
# Complement spelled from its 3' end
def reverse_complement(sequence):
    return sequence.translate(str.maketrans("ACGT", "TGCA"))


# %% wrong="not_complemented" task="reverse" loses="check-reverse" hint="reversed-not-complemented"
# Order reversed, bases kept
def reverse_complement(sequence):
    return sequence[::-1]


# %% wrong="replaced_twice" task="reverse" loses="check-reverse" hint="replaced-twice"
# One replacement after the other undoes the first
def reverse_complement(sequence):
    turned = sequence[::-1]
    return turned.replace("A", "T").replace("T", "A").replace("C", "G").replace("G", "C")


# %% wrong="stop_written" task="protein" loses="check-protein" hint="stop-is-no-amino-acid"
# The stop codon is written as part of the protein
def protein(sequence):
    amino_acids = ""
    for start in range(0, len(sequence) - 2, 3):
        amino_acids += CODE.get(sequence[start : start + 3], "X")
        if amino_acids.endswith("*"):
            break
    return amino_acids


# %% wrong="reads_through" task="protein" loses="check-protein" hint="read-through-the-stop"
# Translation goes on behind the stop codon
def protein(sequence):
    codons = [sequence[start : start + 3] for start in range(0, len(sequence) - 2, 3)]
    return "".join(CODE.get(codon, "X") for codon in codons)


# %% wrong="codons_overlap" task="protein" loses="check-protein" hint="codons-overlap"
# Every base begins a codon
def protein(sequence):
    amino_acids = ""
    for start in range(len(sequence) - 2):
        amino_acid = CODE.get(sequence[start : start + 3], "X")
        if amino_acid == "*":
            break
        amino_acids += amino_acid
    return amino_acids


# %% wrong="looks_for_atg" task="protein" loses="check-protein" hint="wrong-frame"
# Translation begins at the first ATG, whatever the frame
def protein(sequence):
    first = max(sequence.find("ATG"), 0)
    amino_acids = ""
    for start in range(first, len(sequence) - 2, 3):
        amino_acid = CODE.get(sequence[start : start + 3], "X")
        if amino_acid == "*":
            break
        amino_acids += amino_acid
    return amino_acids


# %% wrong="leftover_translated" task="protein" loses="check-protein" hint="leftover-translated"
# Bases left over at the end are taken for a codon
def protein(sequence):
    amino_acids = ""
    for start in range(0, len(sequence), 3):
        amino_acid = CODE.get(sequence[start : start + 3], "X")
        if amino_acid == "*":
            break
        amino_acids += amino_acid
    return amino_acids


# %% wrong="start_off_by_one" task="place" loses="check-place-interval" hint="start-off-by-one"
# GenBank's first base taken over as it is
def interval(text):
    strand = "-" if text.startswith("complement") else "+"
    first, last = text.removeprefix("complement(").removesuffix(")").split("..")
    return int(first), int(last), strand


def spell(circle, start, end, strand):
    forward = (circle + circle)[start:end]
    return genomics.reverse_complement(forward) if strand == "-" else forward


# %% wrong="end_off_by_one" task="place" loses="check-place-interval" hint="end-off-by-one"
# Both numbers made smaller by one
def interval(text):
    strand = "-" if text.startswith("complement") else "+"
    first, last = text.removeprefix("complement(").removesuffix(")").split("..")
    return int(first) - 1, int(last) - 1, strand


def spell(circle, start, end, strand):
    forward = (circle + circle)[start:end]
    return genomics.reverse_complement(forward) if strand == "-" else forward


# %% wrong="strand_forgotten" task="place" loses="check-place-interval" hint="strand-forgotten"
# complement is dropped with the brackets
def interval(text):
    first, last = text.removeprefix("complement(").removesuffix(")").split("..")
    return int(first) - 1, int(last), "+"


def spell(circle, start, end, strand):
    forward = (circle + circle)[start:end]
    return genomics.reverse_complement(forward) if strand == "-" else forward


# %% wrong="strand_not_turned" task="place" loses="check-place-spell" hint="strand-not-turned"
# A gene of the other strand spelled on the strand in the file
def interval(text):
    strand = "-" if text.startswith("complement") else "+"
    first, last = text.removeprefix("complement(").removesuffix(")").split("..")
    return int(first) - 1, int(last), strand


def spell(circle, start, end, strand):
    return (circle + circle)[start:end]


# %% wrong="turned_first" task="place" loses="check-place-spell" hint="coordinates-of-the-other-strand"
# The whole sequence is turned before it is cut
def interval(text):
    strand = "-" if text.startswith("complement") else "+"
    first, last = text.removeprefix("complement(").removesuffix(")").split("..")
    return int(first) - 1, int(last), strand


def spell(circle, start, end, strand):
    text = genomics.reverse_complement(circle) if strand == "-" else circle
    return (text + text)[start:end]


# %% wrong="circle_not_closed" task="place" loses="check-place-spell" hint="circle-not-closed"
# A gene over the cut ends with the file
def interval(text):
    strand = "-" if text.startswith("complement") else "+"
    first, last = text.removeprefix("complement(").removesuffix(")").split("..")
    return int(first) - 1, int(last), strand


def spell(circle, start, end, strand):
    forward = circle[start:end]
    return genomics.reverse_complement(forward) if strand == "-" else forward


# %% wrong="every_start" task="orfs" loses="check-orfs" hint="inner-start-counted"
# Each ATG begins a frame of its own
def open_frames(sequence, min_codons):
    found = []
    for strand, text in (("+", sequence), ("-", genomics.reverse_complement(sequence))):
        for begin in range(len(text) - 2):
            if text[begin : begin + 3] != "ATG":
                continue
            for place in range(begin, len(text) - 2, 3):
                if text[place : place + 3] in ("TAA", "TAG", "TGA"):
                    if (place - begin) // 3 >= min_codons:
                        start, end = begin, place + 3
                        if strand == "-":
                            start, end = len(text) - end, len(text) - start
                        found.append((start, end, strand))
                    break
    return sorted(found)


# %% wrong="stop_left_out" task="orfs" loses="check-orfs" hint="stop-not-included"
# The frame ends before its stop codon
def open_frames(sequence, min_codons):
    found = []
    for strand, text in (("+", sequence), ("-", genomics.reverse_complement(sequence))):
        for frame in range(3):
            begin = None
            for place in range(frame, len(text) - 2, 3):
                codon = text[place : place + 3]
                if codon == "ATG" and begin is None:
                    begin = place
                elif codon in ("TAA", "TAG", "TGA") and begin is not None:
                    if (place - begin) // 3 >= min_codons:
                        start, end = begin, place
                        if strand == "-":
                            start, end = len(text) - end, len(text) - start
                        found.append((start, end, strand))
                    begin = None
    return sorted(found)


# %% wrong="first_frame_only" task="orfs" loses="check-orfs" hint="only-the-first-frame"
# Codons are read from base 0 only
def open_frames(sequence, min_codons):
    found = []
    for strand, text in (("+", sequence), ("-", genomics.reverse_complement(sequence))):
        begin = None
        for place in range(0, len(text) - 2, 3):
            codon = text[place : place + 3]
            if codon == "ATG" and begin is None:
                begin = place
            elif codon in ("TAA", "TAG", "TGA") and begin is not None:
                if (place - begin) // 3 >= min_codons:
                    start, end = begin, place + 3
                    if strand == "-":
                        start, end = len(text) - end, len(text) - start
                    found.append((start, end, strand))
                begin = None
    return sorted(found)


# %% wrong="one_strand" task="orfs" loses="check-orfs" hint="reverse-strand-forgotten"
# Only the strand in the file is searched
def open_frames(sequence, min_codons):
    found = []
    for frame in range(3):
        begin = None
        for place in range(frame, len(sequence) - 2, 3):
            codon = sequence[place : place + 3]
            if codon == "ATG" and begin is None:
                begin = place
            elif codon in ("TAA", "TAG", "TGA") and begin is not None:
                if (place - begin) // 3 >= min_codons:
                    found.append((begin, place + 3, "+"))
                begin = None
    return sorted(found)


# %% wrong="not_turned_back" task="orfs" loses="check-orfs" hint="reverse-coordinates-not-turned"
# Places on the reverse complement reported as they are
def open_frames(sequence, min_codons):
    found = []
    for strand, text in (("+", sequence), ("-", genomics.reverse_complement(sequence))):
        for frame in range(3):
            begin = None
            for place in range(frame, len(text) - 2, 3):
                codon = text[place : place + 3]
                if codon == "ATG" and begin is None:
                    begin = place
                elif codon in ("TAA", "TAG", "TGA") and begin is not None:
                    if (place - begin) // 3 >= min_codons:
                        found.append((begin, place + 3, strand))
                    begin = None
    return sorted(found)


# %% wrong="stop_counted" task="orfs" loses="check-orfs" hint="stop-counted-as-codon"
# The stop codon counts in the length
def open_frames(sequence, min_codons):
    found = []
    for strand, text in (("+", sequence), ("-", genomics.reverse_complement(sequence))):
        for frame in range(3):
            begin = None
            for place in range(frame, len(text) - 2, 3):
                codon = text[place : place + 3]
                if codon == "ATG" and begin is None:
                    begin = place
                elif codon in ("TAA", "TAG", "TGA") and begin is not None:
                    if (place + 3 - begin) // 3 >= min_codons:
                        start, end = begin, place + 3
                        if strand == "-":
                            start, end = len(text) - end, len(text) - start
                        found.append((start, end, strand))
                    begin = None
    return sorted(found)


# %% wrong="more_than" task="orfs" loses="check-orfs" hint="least-length-missed"
# More codons than the least, not at least as many
def open_frames(sequence, min_codons):
    found = []
    for strand, text in (("+", sequence), ("-", genomics.reverse_complement(sequence))):
        for frame in range(3):
            begin = None
            for place in range(frame, len(text) - 2, 3):
                codon = text[place : place + 3]
                if codon == "ATG" and begin is None:
                    begin = place
                elif codon in ("TAA", "TAG", "TGA") and begin is not None:
                    if (place - begin) // 3 > min_codons:
                        start, end = begin, place + 3
                        if strand == "-":
                            start, end = len(text) - end, len(text) - start
                        found.append((start, end, strand))
                    begin = None
    return sorted(found)


# %% wrong="genes_not_taken_away" task="mine" loses="check-mine" hint="genes-not-taken-away"
# All frames taken for chance
linear = genomics.find_orfs(phage.sequence, table=11, min_codons=30)
missed_genes = len(stop_places(phage_genes) - stop_places(linear))
chance_frames = len(genomics.find_orfs(my_genome.sequence, table=11, min_codons=30))
codons_needed = 96


# %% wrong="searched_as_circle" task="mine" loses="check-mine" hint="searched-as-a-circle"
# The circle was closed, so nothing is missed
closed = genomics.find_orfs(phage.sequence, table=11, min_codons=30, circular=True)
missed_genes = len(stop_places(phage_genes) - stop_places(closed))
my_frames = genomics.find_orfs(my_genome.sequence, table=11, min_codons=30)
chance_frames = len(stop_places(my_frames) - stop_places(my_genome.genes))
codons_needed = 96


# %% wrong="exact_start" task="mine" loses="check-mine" hint="exact-start-asked-for"
# A gene counts as found only when its first base is the frame's
linear = genomics.find_orfs(phage.sequence, table=11, min_codons=30)
missed_genes = len(stop_places(phage_genes) - stop_places(linear))
my_frames = genomics.find_orfs(my_genome.sequence, table=11, min_codons=30)
columns = ["start", "end", "strand"]
matched = my_frames.merge(my_genome.genes[columns], on=columns)
chance_frames = len(my_frames) - len(matched)
codons_needed = 96


# %% wrong="mean_for_tail" task="mine" loses="check-mine" hint="mean-for-tail"
# The mean distance of two stops taken for the length that chance rarely gives
linear = genomics.find_orfs(phage.sequence, table=11, min_codons=30)
missed_genes = len(stop_places(phage_genes) - stop_places(linear))
my_frames = genomics.find_orfs(my_genome.sequence, table=11, min_codons=30)
chance_frames = len(stop_places(my_frames) - stop_places(my_genome.genes))
codons_needed = round(64 / 3)


# %% wrong="bases_for_codons" task="mine" loses="check-mine" hint="bases-for-codons"
# Length in bases
linear = genomics.find_orfs(phage.sequence, table=11, min_codons=30)
missed_genes = len(stop_places(phage_genes) - stop_places(linear))
my_frames = genomics.find_orfs(my_genome.sequence, table=11, min_codons=30)
chance_frames = len(stop_places(my_frames) - stop_places(my_genome.genes))
codons_needed = 3 * 96
