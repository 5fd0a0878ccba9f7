# %% wrong="not_reversed" task="coding_sequence" loses="check-coding_sequence" hint="complement-not-reversed"
# The other strand is read in the direction of the map
def coding_sequence(sequence, parts, strand):
    joined = "".join(sequence[start:end] for start, end in parts)
    return joined if strand == "+" else joined.translate(str.maketrans("ACGT", "TGCA"))


# %% wrong="reversed" task="coding_sequence" loses="check-coding_sequence" hint="reversed-not-complemented"
# The strand is turned round but keeps its bases
def coding_sequence(sequence, parts, strand):
    joined = "".join(sequence[start:end] for start, end in parts)
    return joined if strand == "+" else joined[::-1]


# %% wrong="strand_ignored" task="coding_sequence" loses="check-coding_sequence" hint="strand-ignored"
# Every gene lies on the plus strand
def coding_sequence(sequence, parts, strand):
    return "".join(sequence[start:end] for start, end in parts)


# %% wrong="map_order" task="coding_sequence" loses="check-coding_sequence" hint="parts-in-map-order"
# Each exon is turned, but the leftmost still comes first
def coding_sequence(sequence, parts, strand):
    pieces = [sequence[start:end] for start, end in parts]
    if strand == "-":
        pieces = [piece.translate(str.maketrans("ACGT", "TGCA"))[::-1] for piece in pieces]
    return "".join(pieces)


# %% wrong="one_based_parts" task="coding_sequence" loses="check-coding_sequence" hint="parts-one-based"
# Starts taken as 1-based
def coding_sequence(sequence, parts, strand):
    joined = "".join(sequence[max(start - 1, 0) : end] for start, end in parts)
    return joined if strand == "+" else joined.translate(str.maketrans("ACGT", "TGCA"))[::-1]


# %% wrong="introns_kept" task="coding_sequence" loses="check-coding_sequence" hint="introns-kept"
# Everything from the first exon to the last is translated
def coding_sequence(sequence, parts, strand):
    joined = sequence[parts[0][0] : parts[-1][1]]
    return joined if strand == "+" else joined.translate(str.maketrans("ACGT", "TGCA"))[::-1]


# %% wrong="counted_from_the_left" task="locate" loses="check-locate" hint="counted-from-the-left"
# The minus strand is counted like the plus strand
def locate(index, parts, strand):
    coding = [place for start, end in parts for place in range(start, end)]
    if index not in coding:
        return None
    offset = coding.index(index)
    return offset + 1, offset // 3 + 1, offset % 3 + 1


# %% wrong="introns_counted" task="locate" loses="check-locate" hint="introns-counted"
# Distance from the start codon on the map, introns and all
def locate(index, parts, strand):
    if not any(start <= index < end for start, end in parts):
        return None
    offset = index - parts[0][0] if strand == "+" else parts[-1][1] - 1 - index
    return offset + 1, offset // 3 + 1, offset % 3 + 1


# %% wrong="codon_from_zero" task="locate" loses="check-locate" hint="codon-from-zero"
# The first amino acid has number 0
def locate(index, parts, strand):
    coding = [place for start, end in parts for place in range(start, end)]
    if strand == "-":
        coding.reverse()
    if index not in coding:
        return None
    offset = coding.index(index)
    return offset + 1, offset // 3, offset % 3 + 1


# %% wrong="counted_from_zero" task="locate" loses="check-locate" hint="counted-from-zero"
# The A of the start codon is base 0
def locate(index, parts, strand):
    coding = [place for start, end in parts for place in range(start, end)]
    if strand == "-":
        coding.reverse()
    if index not in coding:
        return None
    offset = coding.index(index)
    return offset, offset // 3 + 1, offset % 3 + 1


# %% wrong="codon_phase" task="locate" loses="check-locate" hint="codon-phase"
# The number of the base is divided, not what lies before it
def locate(index, parts, strand):
    coding = [place for start, end in parts for place in range(start, end)]
    if strand == "-":
        coding.reverse()
    if index not in coding:
        return None
    base = coding.index(index) + 1
    return base, base // 3 + 1, base % 3


# %% wrong="plus_strand_alt" task="substitution" loses="check-substitution-strand" hint="alt-not-complemented"
# The base of the VCF is put into a gene on the minus strand as it is
def substitution(cds, base, alt, strand):
    changed = cds[: base - 1] + alt + cds[base:]
    first = (base - 1) // 3 * 3
    before, after = (GENETIC_CODE[text[first : first + 3]] for text in (cds, changed))
    codon = first // 3 + 1
    if before == after:
        term = "synonymous_variant"
    elif codon == 1:
        term = "start_lost"
    elif after == "*":
        term = "stop_gained"
    else:
        term = "stop_lost" if before == "*" else "missense_variant"
    return term, f"{before}{codon}{after}"


# %% wrong="any_codon" task="substitution" loses="check-substitution-terms" hint="same-amino-acid"
# Any change of a codon is called missense
def substitution(cds, base, alt, strand):
    new = alt if strand == "+" else {"A": "T", "C": "G", "G": "C", "T": "A"}[alt]
    changed = cds[: base - 1] + new + cds[base:]
    first = (base - 1) // 3 * 3
    before, after = (GENETIC_CODE[text[first : first + 3]] for text in (cds, changed))
    codon = first // 3 + 1
    term = "start_lost" if codon == 1 else "stop_gained" if after == "*" else "missense_variant"
    return term, f"{before}{codon}{after}"


# %% wrong="nonsense" task="substitution" loses="check-substitution-terms" hint="nonsense-is-not-missense"
# A stop is taken for one more amino acid
def substitution(cds, base, alt, strand):
    new = alt if strand == "+" else {"A": "T", "C": "G", "G": "C", "T": "A"}[alt]
    changed = cds[: base - 1] + new + cds[base:]
    first = (base - 1) // 3 * 3
    before, after = (GENETIC_CODE[text[first : first + 3]] for text in (cds, changed))
    codon = first // 3 + 1
    term = "synonymous_variant" if before == after else "start_lost" if codon == 1 else "missense_variant"
    return term, f"{before}{codon}{after}"


# %% wrong="stop_lost" task="substitution" loses="check-substitution-terms" hint="stop-lost-forgotten"
# A stop that is lost is called missense
def substitution(cds, base, alt, strand):
    new = alt if strand == "+" else {"A": "T", "C": "G", "G": "C", "T": "A"}[alt]
    changed = cds[: base - 1] + new + cds[base:]
    first = (base - 1) // 3 * 3
    before, after = (GENETIC_CODE[text[first : first + 3]] for text in (cds, changed))
    codon = first // 3 + 1
    if before == after:
        term = "synonymous_variant"
    elif codon == 1:
        term = "start_lost"
    else:
        term = "stop_gained" if after == "*" else "missense_variant"
    return term, f"{before}{codon}{after}"


# %% wrong="start_lost" task="substitution" loses="check-substitution-terms" hint="start-lost-forgotten"
# The start codon is a codon like any other
def substitution(cds, base, alt, strand):
    new = alt if strand == "+" else {"A": "T", "C": "G", "G": "C", "T": "A"}[alt]
    changed = cds[: base - 1] + new + cds[base:]
    first = (base - 1) // 3 * 3
    before, after = (GENETIC_CODE[text[first : first + 3]] for text in (cds, changed))
    codon = first // 3 + 1
    if before == after:
        term = "synonymous_variant"
    elif after == "*":
        term = "stop_gained"
    else:
        term = "stop_lost" if before == "*" else "missense_variant"
    return term, f"{before}{codon}{after}"


# %% wrong="length_of_alt" task="indel" loses="check-indel" hint="frame-from-the-difference"
# The frame is judged by what is inserted, not by the change of length
def indel(cds, base, deleted, inserted):
    changed = cds[: base - 1] + inserted + cds[base - 1 + deleted :]
    codons = [changed[i : i + 3] for i in range(0, len(changed) - 2, 3)]
    stop = next((n for n, codon in enumerate(codons, start=1) if GENETIC_CODE[codon] == "*"), None)
    if len(inserted) % 3:
        return "frameshift_variant", stop
    return ("inframe_insertion" if inserted else "inframe_deletion"), stop


# %% wrong="old_stop_kept" task="indel" loses="check-indel" hint="old-stop-kept"
# The protein still ends where it used to
def indel(cds, base, deleted, inserted):
    change = len(inserted) - deleted
    if change % 3:
        return "frameshift_variant", len(cds) // 3
    return ("inframe_insertion" if change > 0 else "inframe_deletion"), (len(cds) + change) // 3


# %% wrong="stop_out_of_frame" task="indel" loses="check-indel" hint="stop-out-of-frame"
# The next three letters that spell a stop, in whatever frame
def indel(cds, base, deleted, inserted):
    changed = cds[: base - 1] + inserted + cds[base - 1 + deleted :]
    found = [changed.find(codon, base) for codon in ("TAA", "TAG", "TGA")]
    stop = min((place for place in found if place >= 0), default=-1) // 3 + 1
    change = len(inserted) - deleted
    if change % 3:
        return "frameshift_variant", stop
    return ("inframe_insertion" if change > 0 else "inframe_deletion"), (len(cds) + change) // 3


# %% wrong="stop_from_zero" task="indel" loses="check-indel" hint="stop-from-zero"
# The start codon has number 0
def indel(cds, base, deleted, inserted):
    changed = cds[: base - 1] + inserted + cds[base - 1 + deleted :]
    codons = [changed[i : i + 3] for i in range(0, len(changed) - 2, 3)]
    stop = next((n for n, codon in enumerate(codons) if GENETIC_CODE[codon] == "*"), None)
    change = len(inserted) - deleted
    if change % 3:
        return "frameshift_variant", stop
    return ("inframe_insertion" if change > 0 else "inframe_deletion"), stop


# %% wrong="stop_from_the_change" task="indel" loses="check-indel" hint="stop-from-the-change"
# Codons counted from the change, as HGVS writes behind fs
def indel(cds, base, deleted, inserted):
    changed = cds[: base - 1] + inserted + cds[base - 1 + deleted :]
    codons = [changed[i : i + 3] for i in range(0, len(changed) - 2, 3)]
    stop = next((n for n, codon in enumerate(codons, start=1) if GENETIC_CODE[codon] == "*"), None)
    change = len(inserted) - deleted
    if change % 3:
        return "frameshift_variant", None if stop is None else stop - (base - 1) // 3
    return ("inframe_insertion" if change > 0 else "inframe_deletion"), stop


# %% wrong="missense_is_high" task="my_gene" loses="check-my_gene" hint="missense-taken-for-high"
# Every changed amino acid is of high impact
my_effects = genomics.predict_consequences(my_variants, genomics.read_gene_model(my_genes, my_reference))
my_high = sorted(my_effects.loc[my_effects["impact"].isin(["high", "moderate"]), "pos"])
my_neighbours = sorted(my_effects.loc[my_effects["same_codon"] != "", "pos"])


# %% wrong="only_coding_is_high" task="my_gene" loses="check-my_gene" hint="splice-sites-forgotten"
# What lies in no codon cannot be serious
my_effects = genomics.predict_consequences(my_variants, genomics.read_gene_model(my_genes, my_reference))
my_high = sorted(my_effects.loc[(my_effects["impact"] == "high") & my_effects["hgvs_p"].notna(), "pos"])
my_neighbours = sorted(my_effects.loc[my_effects["same_codon"] != "", "pos"])


# %% wrong="starts_for_pos" task="my_gene" loses="check-my_gene" hint="positions-not-pos"
# 0-based starts given as VCF positions
my_effects = genomics.predict_consequences(my_variants, genomics.read_gene_model(my_genes, my_reference))
my_high = sorted(my_effects.loc[my_effects["impact"] == "high", "start"])
my_neighbours = sorted(my_effects.loc[my_effects["same_codon"] != "", "start"])


# %% wrong="neighbours_on_the_map" task="my_gene" loses="check-my_gene" hint="neighbours-are-not-codons"
# Positions within three bases are taken for one codon
my_effects = genomics.predict_consequences(my_variants, genomics.read_gene_model(my_genes, my_reference))
my_high = sorted(my_effects.loc[my_effects["impact"] == "high", "pos"])
my_positions = my_variants["pos"].tolist()
my_neighbours = sorted(a for a in my_positions if any(a != b and abs(a - b) <= 3 for b in my_positions))


# %% wrong="every_gene" task="virus" loses="check-virus" hint="not-only-spike"
# Changes of all genes are reported
virus_model = genomics.read_gene_model(virus)
effects = genomics.predict_consequences(my_lineage, virus_model, haplotype=True)
my_spike = list(effects.loc[effects["consequence"] == "missense_variant", "aa_change"])
ba1_change = genomics.predict_consequences(ba1, virus_model, haplotype=True)["aa_change"].iloc[0]


# %% wrong="judged_alone" task="virus" loses="check-virus" hint="variants-judged-alone"
# Two substitutions in one codon are judged one by one
virus_model = genomics.read_gene_model(virus)
effects = genomics.predict_consequences(my_lineage, virus_model, haplotype=True)
spike = effects[(effects["gene"] == "S") & (effects["consequence"] == "missense_variant")]
my_spike = list(dict.fromkeys(spike["aa_change"]))
ba1_change = genomics.predict_consequences(ba1, virus_model)["aa_change"].iloc[0]


# %% wrong="conflict" task="verdict" loses="check-verdict, check-reading" hint="conflict-is-no-verdict"
# The word pathogenic is looked for anywhere
def verdict(significance):
    if "pathogenic" in significance.lower():
        return "pathogenic"
    return "benign" if "benign" in significance.lower() else None


# %% wrong="uncertain" task="verdict" loses="check-verdict, check-reading" hint="uncertain-is-not-benign"
# What is not pathogenic is benign
def verdict(significance):
    grades = set(significance.lower().split("/"))
    return "pathogenic" if grades <= {"pathogenic", "likely pathogenic"} else "benign"


# %% wrong="all_alleles" task="reading" loses="check-reading" hint="without-verdict-counted"
# Alleles without a verdict are counted as not pathogenic
bad = clinvar["significance"].map(verdict) == "pathogenic"
truncating = float(bad[clinvar["term"].isin(["nonsense", "frameshift variant"])].mean())
missense = float(bad[clinvar["term"] == "missense variant"].mean())
good = clinvar["significance"].map(verdict) == "benign"
rare_benign = float((clinvar.loc[good, "AF"].dropna() < 0.001).mean())


# %% wrong="missing_is_zero" task="reading" loses="check-reading" hint="missing-frequency-as-zero"
# An allele that was not seen has frequency 0
judged = clinvar.assign(verdict=clinvar["significance"].map(verdict)).dropna(subset=["verdict"])
bad = judged["verdict"] == "pathogenic"
truncating = float(bad[judged["term"].isin(["nonsense", "frameshift variant"])].mean())
missense = float(bad[judged["term"] == "missense variant"].mean())
rare_benign = float((judged.loc[~bad, "AF"].fillna(0) < 0.001).mean())


# %% wrong="missing_is_common" task="reading" loses="check-reading" hint="missing-frequency-as-common"
# Alleles without a frequency stay in the denominator
judged = clinvar.assign(verdict=clinvar["significance"].map(verdict)).dropna(subset=["verdict"])
bad = judged["verdict"] == "pathogenic"
truncating = float(bad[judged["term"].isin(["nonsense", "frameshift variant"])].mean())
missense = float(bad[judged["term"] == "missense variant"].mean())
rare_benign = float((judged.loc[~bad, "AF"] < 0.001).mean())
