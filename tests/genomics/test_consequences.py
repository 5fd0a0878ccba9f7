"""Consequences of variants: published names, whole translations by Biopython, wrong files."""

import textwrap

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import Seq
from Bio.SeqFeature import CompoundLocation, SimpleLocation
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit import datasets
from biolabkit.errors import FormatError, InputError, UnknownNameError
from biolabkit.genomics import (
    GeneModel,
    Transcript,
    predict_consequences,
    read_gene_model,
    reverse_complement,
)
from biolabkit.genomics.consequences import CONSEQUENCES
from biolabkit.genomics.consequences_genes import Part
from biolabkit.genomics.consequences_hgvs import Edit
from biolabkit.genomics.sequences_coding import translate_coding

# The gene of beta-globin as it is transcribed: GRCh38 11:5,225,464-5,227,071, minus strand.
HBB = (
    "ACATTTGCTTCTGACACAACTGTGTTCACTAGCAACCTCAAACAGACACCATGGTGCATCTGACTCCTGAGGAGAAGTCTGCCGTTACTGCCCTGT"
    "GGGGCAAGGTGAACGTGGATGAAGTTGGTGGTGAGGCCCTGGGCAGGTTGGTATCAAGGTTACAAGACAGGTTTAAGGAGACCAATAGAAACTGGG"
    "CATGTGGAGACAGAGAAGACTCTTGGGTTTCTGATAGGCACTGACTCTCTCTGCCTATTGGTCTATTTTCCCACCCTTAGGCTGCTGGTGGTCTAC"
    "CCTTGGACCCAGAGGTTCTTTGAGTCCTTTGGGGATCTGTCCACTCCTGATGCTGTTATGGGCAACCCTAAGGTGAAGGCTCATGGCAAGAAAGTG"
    "CTCGGTGCCTTTAGTGATGGCCTGGCTCACCTGGACAACCTCAAGGGCACCTTTGCCACACTGAGTGAGCTGCACTGTGACAAGCTGCACGTGGAT"
    "CCTGAGAACTTCAGGGTGAGTCTATGGGACCCTTGATGTTTTCTTTCCCCTTCTTTTCTATGGTTAAGTTCATGTCATAGGAAGGGGATAAGTAAC"
    "AGGGTACAGTTTAGAATGGGAAACAGACGAATGATTGCATCAGTGTGGAAGTCTCAGGATCGTTTTAGTTTCTTTTATTTGCTGTTCATAACAATT"
    "GTTTTCTTTTGTTTAATTCTTGCTTTCTTTTTTTTTCTTCTCCGCAATTTTTACTATTATACTTAATGCCTTAACATTGTGTATAACAAAAGGAAA"
    "TATCTCTGAGATACATTAAGTAACTTAAAAAAAAACTTTACACAGTCTGCCTAGTACATTACTATTTGGAATATATGTGTGCTTATTTGCATATTC"
    "ATAATCTCCCTACTTTATTTTCTTTTATTTTTAATTGATACATAATCATTATACATATTTATGGGTTAAAGTGTAATGTTTTAATATGTGTACACA"
    "TATTGACCAAATCAGGGTAATTTTGCATTTGTAATTTTAAAAAATGCTTTCTTCTTTTAATATACTTTTTTGTTTATCTTATTTCTAATACTTTCC"
    "CTAATCTCTTTCTTTCAGGGCAATAATGATACAATGTATCATGCCTCTTTGCACCATTCTAAAGAATAACAGTGATAATTTCTGGGTTAAGGCAAT"
    "AGCAATATTTCTGCATATAAATATTTCTGCATATAAATTGTAACTGATGTAAGAGGTTTCATATTGCTAATAGCAGCTACAATCCAGCTACCATTC"
    "TGCTTTTATTTTATGGTTGGGATAAGGCTGGATTATTCTGAGTCCAAGCTAGGCCCTTTTGCTAATCATGTTCATACCTCTTATCTTCCTCCCACA"
    "GCTCCTGGGCAACGTGCTGGTCTGTGTGCTGGCCCATCACTTTGGCAAAGAATTCACCCCACCAGTGCAGGCTGCCTATCAGAAAGTGGTGGCTGG"
    "TGTGGCTAATGCCCTGGCCCACAAGTATCACTAAGCTCGCTTTCTTGCTGTCCAATTTCTATTAAAGGTTCCTTTGTTCCCTAAGTCCAACTACTA"
    "AACTGGGGGATATTATGAAGGGCCTTGAGCATCTGGATTCTGCCTAATAAAAAACATTTATTTTCATTGCAA"
)
HBB_FIRST = 5_225_464
HBB_EXONS = [(0, 142), (272, 495), (1345, 1608)]
HBB_CODING = [(50, 142), (272, 495), (1345, 1474)]


def on_minus(parts, length=1608):
    return tuple(Part(length - end, length - start, -1) for start, end in parts)


@pytest.fixture(scope="module")
def globin():
    transcript = Transcript("NM_000518", "HBB", "11", on_minus(HBB_CODING), on_minus(HBB_EXONS))
    return GeneModel((transcript,), {"11": reverse_complement(HBB)})


def variants(*rows, chrom="11", first=1):
    table = pd.DataFrame([row.split() for row in rows], columns=["pos", "ref", "alt"])
    return table.assign(chrom=chrom, pos=table["pos"].astype(int) - first + 1)


# dbSNP and HbVar: position and alleles on GRCh38, the names that ClinVar prints
GLOBIN_VARIANTS = {
    "5227002 T A": ("missense_variant", "c.20A>T", "p.Glu7Val"),  # sickle cell, rs334
    "5227003 C T": ("missense_variant", "c.19G>A", "p.Glu7Lys"),  # haemoglobin C
    "5226943 C T": ("missense_variant", "c.79G>A", "p.Glu27Lys"),  # haemoglobin E
    "5225678 C G": ("missense_variant", "c.364G>C", "p.Glu122Gln"),  # haemoglobin D-Punjab
    "5226774 G A": ("stop_gained", "c.118C>T", "p.Gln40Ter"),  # codon 39, the commonest in Sardinia
    "5226762 CAAAG C": ("frameshift_variant", "c.126_129del", "p.Phe42LeufsTer19"),  # codons 41/42
    "5227001 CT C": ("frameshift_variant", "c.20del", "p.Glu7GlyfsTer13"),  # codon 6 -A
    "5226994 A AC": ("frameshift_variant", "c.27dup", "p.Ser10ValfsTer14"),  # codons 8/9 +G
    "5227003 CAG C": ("frameshift_variant", "c.17_18del", "p.Pro6ArgfsTer17"),  # codon 5 -CT
    "5226970 TG T": ("frameshift_variant", "c.51del", "p.Lys18ArgfsTer2"),  # codon 16 -C
    "5226929 C T": ("splice_donor_variant", "c.92+1G>A", None),  # IVS I-1
    "5226925 C G": ("splice_region_variant", "c.92+5G>C", None),  # IVS I-5
    "5226820 C T": ("intron_variant", "c.93-21G>A", None),  # IVS I-110
    "5226576 C T": ("splice_donor_variant", "c.315+1G>A", None),  # IVS II-1
    "5225923 G A": ("intron_variant", "c.316-197C>T", None),  # IVS II-654
    "5225488 A G": ("3_prime_UTR_variant", "c.*110T>C", None),  # polyadenylation signal
    "5227020 A T": ("start_lost", "c.2T>A", "p.Met1?"),
    "5226799 C CC": ("frameshift_variant", "c.93dup", "p.Leu32AlafsTer13"),  # the first base of exon 2, twice
    "5227071 T G": ("5_prime_UTR_variant", "c.-50A>C", None),  # CAP+1
}


@pytest.mark.parametrize("variant", GLOBIN_VARIANTS)
def test_published_names_of_beta_globin(globin, variant):
    (row,) = predict_consequences(variants(variant, first=HBB_FIRST), globin).to_dict("records")
    consequence, coding, protein = GLOBIN_VARIANTS[variant]
    assert (row["consequence"], row["hgvs_c"]) == (consequence, coding)
    assert (None if pd.isna(row["hgvs_p"]) else row["hgvs_p"]) == protein


def test_a_name_needs_no_left_alignment(globin):
    """The deletion of four bases in codons 41/42, written at each place that it can stand."""
    sequence = reverse_complement(HBB)
    start = 5226762 - HBB_FIRST
    target = sequence[: start + 1] + sequence[start + 5 :]
    names = set()
    for first in range(start - 6, start + 7):
        if sequence[: first + 1] + sequence[first + 5 :] == target:
            row = f"{first + 1} {sequence[first : first + 5]} {sequence[first]}"
            names.add(predict_consequences(variants(row), globin)["hgvs_c"].iloc[0])
    assert names == {"c.126_129del"}


def test_both_alternatives_of_a_record_and_none(globin):
    table = predict_consequences(variants("5227002 T A,C", "5227000 C .", first=HBB_FIRST), globin)
    assert table["hgvs_p"].tolist() == ["p.Glu7Val", "p.Glu7Gly"]
    assert table["aa_change"].tolist() == ["E7V", "E7G"]
    assert table["ref_codon"].tolist() == ["GAG", "GAG"]
    assert table["alt_codon"].tolist() == ["GTG", "GGG"]
    assert (table["pos"] == 5227002 - HBB_FIRST + 1).all()
    assert table["protein_position"].tolist() == [7, 7]
    assert table["cds_position"].tolist() == [20, 20]


def test_symbolic_alleles_are_not_guessed(globin):
    table = predict_consequences(variants("5227002 T <DEL>", "5227002 T *", first=HBB_FIRST), globin)
    assert table["consequence"].tolist() == ["sequence_variant"] * 2
    assert table["hgvs_c"].isna().all()


def test_an_unknown_base_gives_no_protein(globin):
    (row,) = predict_consequences(variants("5227002 T N", first=HBB_FIRST), globin).to_dict("records")
    assert (row["consequence"], row["hgvs_p"]) == ("coding_sequence_variant", "p.?")


def test_the_whole_gene_deleted(globin):
    sequence = reverse_complement(HBB)
    table = predict_consequences(variants(f"1 {sequence} {sequence[0]}"), globin)
    # the first base of the contig stays, so this is a deletion over every splice site
    assert table["consequence"].tolist() == ["splice_acceptor_variant"]
    cds, exons = (on_minus(parts, len(HBB) + 5) for parts in (HBB_CODING, HBB_EXONS))
    wider = GeneModel((Transcript("t", "g", "11", cds, exons),), {"11": "ACGTA" + sequence})
    table = predict_consequences(variants(f"5 {'A' + sequence} A"), wider)
    assert table["consequence"].tolist() == ["transcript_ablation"]


# ---- SARS-CoV-2: what every lineage report of 2020-2022 calls these mutations ------------------------------

SPIKE = {
    "23403 A G": "D614G",
    "23063 A T": "N501Y",
    "23012 G A": "E484K",
    "23604 C A": "P681H",
    "23604 C G": "P681R",
    "22917 T G": "L452R",
    "22813 G T": "K417N",
    "22812 A C": "K417T",
    "21618 C G": "T19R",
    "24506 T G": "S982A",
}
ELSEWHERE = {
    "25563 G T": ("ORF3a", "Q57H", "missense_variant"),
    "27972 C T": ("ORF8", "Q27*", "stop_gained"),  # alpha
    "28144 T C": ("ORF8", "L84S", "missense_variant"),  # clade 19B
    "26767 T C": ("M", "I82T", "missense_variant"),  # delta
    "3037 C T": ("ORF1ab", "", "synonymous_variant"),
    "1059 C T": ("ORF1ab", "T265I", "missense_variant"),  # nsp2 T85I
    "14408 C T": ("ORF1ab", "P4715L", "missense_variant"),  # RdRp P323L
    "241 C T": ("ORF1ab", None, "5_prime_UTR_variant"),
    "21556 A G": (None, None, "intergenic_variant"),
}
INDELS = {
    "21764 ATACATG A": ("S", "inframe_deletion", "p.His69_Val70del"),
    "21990 TTTA T": ("S", "inframe_deletion", "p.Tyr145del"),  # alpha, called Y144del
    "22204 T TGAGCCAGAA": ("S", "inframe_insertion", "p.Arg214_Asp215insGluProGlu"),  # omicron
    "11287 GTCTGGTTTT G": ("ORF1ab", "inframe_deletion", "p.Ser3675_Phe3677del"),  # nsp6 106-108
}


@pytest.fixture(scope="module")
def virus(tmp_path_factory):
    """Wuhan-Hu-1, with ORF1ab as GenBank NC_045512 has it: the ribosome reads base 13,468 twice."""
    record = datasets.fetch("sarscov2-genomes-nextstrain").path("reference_genbank").read_text()
    start = record.index("     CDS             266..13468")
    end = record.index("     gene            21563..25384")
    joined = "     CDS             join(266..13468,13468..21555)\n" + textwrap.indent(
        '/gene="ORF1ab"\n/ribosomal_slippage\n/codon_start=1\n', " " * 21
    )
    path = tmp_path_factory.mktemp("virus") / "wuhan.gb"
    path.write_text(record[:start] + joined + record[end:])
    return read_gene_model(path)


@pytest.mark.mirror
def test_spike_mutations_have_their_names(virus):
    table = predict_consequences(variants(*SPIKE, chrom="MN908947"), virus)
    assert table["gene"].eq("S").all()
    assert table["aa_change"].tolist() == list(SPIKE.values())


@pytest.mark.mirror
@pytest.mark.parametrize("variant", ELSEWHERE)
def test_mutations_of_other_genes(virus, variant):
    (row,) = predict_consequences(variants(variant, chrom="MN908947"), virus).to_dict("records")
    found = tuple(None if pd.isna(row[name]) else row[name] for name in ("gene", "aa_change", "consequence"))
    assert found == ELSEWHERE[variant]


@pytest.mark.mirror
@pytest.mark.parametrize("variant", INDELS)
def test_insertions_and_deletions_of_lineages(virus, variant):
    (row,) = predict_consequences(variants(variant, chrom="MN908947"), virus).to_dict("records")
    assert (row["gene"], row["consequence"], row["hgvs_p"]) == INDELS[variant]


@pytest.mark.mirror
def test_the_slipped_reading_frame_is_open(virus):
    protein = virus.protein("ORF1ab")
    assert len(protein) == 7097  # 7,096 residues of pp1ab (YP_009724389.1) and the stop
    assert protein.index("*") == 7096
    assert protein[4392:4397] == "SADAQ"  # nsp12, the polymerase, begins before the slip
    (row,) = predict_consequences(variants("13468 C T", chrom="MN908947"), virus).to_dict("records")
    # the base read twice ends codon 4,401 (AAC, still Asn) and begins codon 4,402 (CGG, now TGG)
    assert (row["cds_position"], row["consequence"]) == (13203, "missense_variant")
    assert (row["aa_change"], row["hgvs_p"]) == ("R4402W", "p.Arg4402Trp")


@pytest.mark.mirror
def test_two_variants_in_one_codon(virus):
    """28881-28883 GGG>AAC, clade 20B: R203K and G204R of N, together; alone, 28882 G>A changes nothing."""
    three = variants("28881 G A", "28882 G A", "28883 G C", chrom="MN908947")
    alone = predict_consequences(three, virus).query("gene == 'N'")
    assert alone["aa_change"].tolist() == ["R203K", "", "G204R"]
    assert alone["same_codon"].tolist() == ["28882", "28881", ""]
    together = predict_consequences(three, virus, haplotype=True).query("gene == 'N'")
    assert together["aa_change"].tolist() == ["R203K", "R203K", "G204R"]
    block = predict_consequences(variants("28881 GGG AAC", chrom="MN908947"), virus).query("gene == 'N'")
    assert block["hgvs_p"].tolist() == ["p.Arg203_Gly204delinsLysArg"]
    assert block["aa_change"].tolist() == ["R203K,G204R"]


@pytest.mark.mirror
def test_names_in_clinvar_keep_to_the_genetic_code():
    """For each substitution some codon of the old amino acid gives the new one by just that change."""
    alleles = datasets.load("clinvar-gnomad-750")
    fields = alleles["hgvs_c"].str.extract(r"c\.(?P<at>\d+)(?P<old>[ACGT])>(?P<new>[ACGT])$")
    protein = alleles["hgvs_p"].str.extract(
        r"p\.(?P<one>[A-Z][a-z]{2})(?P<place>\d+)(?P<two>[A-Z][a-z]{2}|=)$"
    )
    known = alleles.join(fields).join(protein).dropna(subset=["at", "place"])
    assert len(known) > 500
    from Bio.SeqUtils import IUPACData

    letters = {"Ter": "*"} | IUPACData.protein_letters_3to1
    rest = 0
    for row in known.to_dict("records"):
        at, place = int(row["at"]), int(row["place"])
        assert (at - 1) // 3 + 1 == place
        if row["strand"] == "-":
            assert row["old"] == reverse_complement(row["ref"])
        old, new = letters[row["one"]], letters[row["one"] if row["two"] == "=" else row["two"]]
        phase = (at - 1) % 3
        fits = [
            codon
            for codon in (a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT")
            if codon[phase] == row["old"]
            and translate_coding(codon, start=False) == old
            and translate_coding(codon[:phase] + row["new"] + codon[phase + 1 :], start=False) == new
        ]
        rest += not fits
    assert rest == 0


# ---- against whole translations by Biopython --------------------------------------------------------


@st.composite
def genes(draw):
    """A random contig with one random gene of one to three exons on either strand."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lengths = [int(n) for n in rng.integers(4, 40, size=draw(st.integers(1, 3)))]
    lengths[-1] += -sum(lengths) % 3
    gaps = [int(n) for n in rng.integers(15, 40, size=len(lengths))]
    parts, place = [], 0
    for gap, length in zip(gaps, lengths, strict=True):
        parts.append((place + gap, place + gap + length))
        place += gap + length
    size = place + 60
    contig = "".join(rng.choice(list("ACGT"), size=size))
    strand = draw(st.sampled_from([1, -1]))
    ordered = tuple(Part(*p, strand) for p in (parts if strand > 0 else parts[::-1]))
    return GeneModel((Transcript("t", "g", "c", ordered, ordered),), {"c": contig})


def biopython(sequence, parts):
    pieces = [SimpleLocation(start, end, strand) for start, end, strand in parts]
    location = CompoundLocation(pieces) if len(pieces) > 1 else pieces[0]
    return str(location.extract(Seq(sequence)))


@settings(max_examples=150, deadline=None)
@given(genes(), st.data())
def test_substitutions_agree_with_the_translated_whole(model, data):
    (transcript,), contig = model.transcripts, model.sequences["c"]
    parts = [(p.start, p.end, p.strand) for p in transcript.cds]
    assert model.cds("g") == biopython(contig, parts)
    place = int(data.draw(st.sampled_from(sorted(int(p) for p in transcript.coding))))
    alt = data.draw(st.sampled_from(sorted(set("ACGT") - {contig[place]})))
    row = f"{place + 1} {contig[place]} {alt}"
    (found,) = predict_consequences(variants(row, chrom="c"), model).to_dict("records")
    old = str(Seq(model.cds("g")).translate())
    new = str(Seq(biopython(contig[:place] + alt + contig[place + 1 :], parts)).translate())
    changes = [f"{a}{i}{b}" for i, (a, b) in enumerate(zip(old, new, strict=True), start=1) if a != b]
    if found["consequence"] == "start_lost":
        assert changes == [found["aa_change"]] or old[0] == "M"
        return
    assert [found["aa_change"]] == (changes or [""])
    (gained,), stop = (changes or ["  "]), len(old)
    expected = {
        not changes: "synonymous_variant",
        gained.endswith("*"): "stop_gained",
        gained.startswith("*"): "stop_lost",
    }.get(True, "missense_variant")
    if expected == "synonymous_variant" and found["protein_position"] == stop and old.endswith("*"):
        expected = "stop_retained_variant"
    silent = {"splice_region_variant"} if found["splice_region"] and not changes else set()
    assert found["consequence"] in {expected} | silent


@settings(max_examples=150, deadline=None)
@given(genes(), st.data())
def test_indels_agree_with_the_translated_whole(model, data):
    (transcript,), contig = model.transcripts, model.sequences["c"]
    part = data.draw(st.sampled_from(transcript.cds))
    start = data.draw(st.integers(part.start, part.end - 2))
    removed = data.draw(st.integers(0, min(4, part.end - 1 - start)))
    added = data.draw(st.text("ACGT", max_size=4))
    ref, alt = contig[start : start + 1 + removed], contig[start] + added
    edit = Edit.from_alleles("c", start, ref, alt)
    # an insertion behind the last base of an exon lies in no codon: HGVS names it in the intron
    if len(ref) == len(alt) or edit.start == edit.end == part.end:
        return
    edited = contig[:start] + alt + contig[start + len(ref) :]
    change = len(alt) - len(ref)
    moved = [
        (p.start + change * (p.start > start), p.end + change * (p.end > start + 1), p.strand)
        for p in transcript.cds
    ]
    coding = biopython(edited, moved)
    if coding == model.cds("g") or "*" in model.protein("g")[:-1]:
        return
    (found,) = predict_consequences(variants(f"{start + 1} {ref} {alt}", chrom="c"), model).to_dict("records")
    if found["consequence"] == "start_lost":
        assert model.cds("g").startswith("ATG")
        assert not coding.startswith("ATG")
        return
    protein = str(Seq(coding[: len(coding) // 3 * 3]).translate())
    if found["consequence"] == "5_prime_UTR_variant":
        assert coding.endswith(model.cds("g"))
        return
    if found["consequence"] in {"synonymous_variant", "stop_retained_variant", "splice_region_variant"}:
        assert protein.startswith(model.protein("g").removesuffix("*"))  # the stop may be made anew behind it
        return
    assert (found["consequence"] == "frameshift_variant") == (change % 3 != 0)
    if found["consequence"] in {"inframe_insertion", "inframe_deletion", "protein_altering_variant"}:
        assert "*" not in protein[:-1]
        assert len(protein) - len(model.protein("g")) == change // 3
    if found["consequence"] == "stop_gained":
        assert "*" in protein[: len(model.protein("g")) + change // 3]


# ---- names of indels on a small protein: MKAAQTW* ---------------------------------------------------

SMALL = "ATGAAAGCTGCTCAGACTTGGTGA" + "CCATAAGG"


@pytest.fixture(scope="module")
def small():
    parts = (Part(0, 24),)
    return GeneModel((Transcript("t", "g", "c", parts, (Part(0, 32),)),), {"c": SMALL})


@pytest.mark.parametrize(
    ("variant", "consequence", "coding", "protein"),
    [
        ("6 AGCT A", "inframe_deletion", "c.10_12del", "p.Ala4del"),
        ("6 A AGCT", "inframe_insertion", "c.10_12dup", "p.Ala4dup"),
        ("12 T TCCC", "inframe_insertion", "c.13_14insCCC", "p.Ala4_Gln5insPro"),
        ("12 TCAG TAAAAAA", "protein_altering_variant", "c.13_15delinsAAAAAA", "p.Gln5delinsLysLys"),
        ("13 C T", "stop_gained", "c.13C>T", "p.Gln5Ter"),
        ("12 T TTAA", "stop_gained", "c.12_13insTAA", "p.Gln5Ter"),
        ("22 T C", "stop_lost", "c.22T>C", "p.Ter8ArgextTer2"),
        ("23 G A", "stop_retained_variant", "c.23G>A", "p.Ter8="),
        ("1 A G", "start_lost", "c.1A>G", "p.Met1?"),
        ("19 TGG TG", "frameshift_variant", "c.21del", "p.Trp7CysfsTer?"),
        ("7 G GT", "frameshift_variant", "c.7_8insT", "p.Ala3ValfsTer?"),
        ("1 A AA", "5_prime_UTR_variant", "c.1dup", None),
        ("24 A AA", "3_prime_UTR_variant", "c.24dup", None),
        ("26 C T", "3_prime_UTR_variant", "c.*2C>T", None),
        ("22 TGACC T", "stop_lost", None, None),
        ("6 A T", "missense_variant", "c.6A>T", "p.Lys2Asn"),
        ("9 T C", "synonymous_variant", "c.9T>C", "p.Ala3="),
        ("9 TG CC", "missense_variant", "c.9_10delinsCC", "p.Ala4Pro"),
    ],
)
def test_names_on_a_small_protein(small, variant, consequence, coding, protein):
    (row,) = predict_consequences(variants(variant, chrom="c"), small).to_dict("records")
    assert row["consequence"] == consequence
    if coding:
        assert row["hgvs_c"] == coding
    assert (None if pd.isna(row["hgvs_p"]) else row["hgvs_p"]) == protein


# ---- against bcftools csq ------------------------------------------------------------------------

CSQ = {
    "missense": "missense_variant",
    "synonymous": "synonymous_variant",
    "intron": "intron_variant",
    "5_prime_utr": "5_prime_UTR_variant",
    "3_prime_utr": "3_prime_UTR_variant",
    "splice_donor": "splice_donor_variant",
    "splice_acceptor": "splice_acceptor_variant",
    "splice_region": "splice_region_variant",
    "stop_retained": "stop_retained_variant",
    "frameshift": "frameshift_variant",
    "coding_sequence": "coding_sequence_variant",
    "": "intergenic_variant",
}


def bcftools_csq(folder, table):
    """Most severe consequence of each variant of beta-globin, as bcftools csq sees it."""
    import pysam.bcftools

    contig = "ACGT" * 10 + reverse_complement(HBB) + "ACGT" * 10
    exons, coding = ([(p.start + 40, p.end + 40) for p in on_minus(x)] for x in (HBB_EXONS, HBB_CODING))
    whole = f"{exons[-1][0] + 1}\t{exons[0][1]}\t.\t-\t."
    lines = [
        "##gff-version 3",
        f"11\tx\tgene\t{whole}\tID=gene:G;biotype=protein_coding;Name=HBB",
        f"11\tx\tmRNA\t{whole}\tID=transcript:T;Parent=gene:G;biotype=protein_coding",
        f"11\tx\tfive_prime_UTR\t{coding[0][1] + 1}\t{exons[0][1]}\t.\t-\t.\tParent=transcript:T",
        f"11\tx\tthree_prime_UTR\t{exons[-1][0] + 1}\t{coding[-1][0]}\t.\t-\t.\tParent=transcript:T",
    ]
    read = 0
    for exon, part in zip(exons, coding, strict=True):
        lines.append(f"11\tx\texon\t{exon[0] + 1}\t{exon[1]}\t.\t-\t.\tParent=transcript:T")
        lines.append(f"11\tx\tCDS\t{part[0] + 1}\t{part[1]}\t.\t-\t{-read % 3}\tID=CDS:P;Parent=transcript:T")
        read += part[1] - part[0]
    (folder / "g.gff3").write_text("\n".join(lines) + "\n")
    (folder / "r.fa").write_text(f">11\n{contig}\n")
    pysam.faidx(str(folder / "r.fa"))
    header = f"##fileformat=VCFv4.2\n##contig=<ID=11,length={len(contig)}>\n"
    header += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    rows = (f"11\t{p}\t.\t{r}\t{a}\t.\tPASS\t.\n" for p, r, a in table[["pos", "ref", "alt"]].to_numpy())
    (folder / "v.vcf").write_text(header + "".join(rows))
    arguments = [str(folder / name) for name in ("r.fa", "g.gff3", "v.vcf")]
    text = pysam.bcftools.csq("-l", "-f", arguments[0], "-g", arguments[1], arguments[2])
    order, found = list(CONSEQUENCES), []
    for line in text.splitlines():
        if not line.startswith("#"):
            _, _, said = line.split("\t")[7].partition("BCSQ=")
            terms = [CSQ.get(t, t) for one in said.split(",") for t in one.split("|")[0].split("&")]
            found.append(min(terms, key=order.index))
    return read_gene_model(folder / "g.gff3", folder / "r.fa"), found


def test_all_substitutions_of_beta_globin_agree_with_bcftools(tmp_path):
    contig = "ACGT" * 10 + reverse_complement(HBB) + "ACGT" * 10
    rows = [
        (place + 1, contig[place], base)
        for place in range(40, 40 + len(HBB))
        for base in "ACGT"
        if base != contig[place]
    ]
    table = pd.DataFrame(rows, columns=["pos", "ref", "alt"]).assign(chrom="11")
    model, wanted = bcftools_csq(tmp_path, table)
    found = predict_consequences(table, model)
    assert len(wanted) == 4824
    assert found["consequence"].tolist() == wanted


# ---- files ----------------------------------------------------------------------------------------

GENBANK = """LOCUS       TINY                      60 bp    DNA     linear   SYN 01-JAN-2026
DEFINITION  tiny.
ACCESSION   TINY
VERSION     TINY.1
FEATURES             Location/Qualifiers
     source          1..60
     5'UTR           1..6
     CDS             join(7..15,31..39)
                     /gene="abc"
                     /codon_start=1
                     /transl_table=11
     mRNA            complement(join(<41..48,51..60))
                     /gene="rev"
     CDS             complement(join(43..48,51..>56))
                     /gene="rev"
                     /codon_start=3
     CDS             43..45
                     /gene="broken"
                     /pseudo
ORIGIN
        1 ccccccgtgg ctgctgtaag tttttttcag caggcttaac cccccccccc cccccccccc
//
"""

GFF = """##gff-version 3
c\tx\tgene\t1\t60\t.\t-\t.\tID=g1;Name=rev
c\tx\tmRNA\t1\t60\t.\t-\t.\tID=t1;Parent=g1
c\tx\texon\t5\t20\t.\t-\t.\tParent=t1
c\tx\texon\t31\t60\t.\t-\t.\tParent=t1
c\tx\tCDS\t10\t20\t.\t-\t2\tID=p1;Parent=t1
c\tx\tCDS\t31\t50\t.\t-\t0\tID=p1;Parent=t1
"""


@pytest.fixture
def write(tmp_path):
    def make(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return make


def test_a_genbank_record_as_written(write):
    model = read_gene_model(write("tiny.gb", GENBANK))
    assert model.table["gene"].tolist() == ["abc", "rev"]
    assert model.cds("abc") == "GTGGCTGCT" + "CAGGCTTAA"
    assert model.protein("abc") == "MAAQA*"  # GTG starts a bacterial protein with Met
    forward, backward = model.transcripts
    assert forward.exons[0] == Part(0, 15)  # the 5' UTR touches it
    assert forward.exons[1] == Part(30, 39)
    assert (backward.cds[0], backward.frame) == (Part(50, 56, -1), 2)
    assert backward.exons == (Part(50, 60, -1), Part(40, 48, -1))
    assert not backward.complete_start


def test_gff_with_its_fasta(write):
    sequence = "".join(np.random.default_rng(3).choice(list("ACGT"), size=60))
    model = read_gene_model(write("a.gff3", GFF), write("a.fa", f">c some text\n{sequence.lower()}\n"))
    (transcript,) = model.transcripts
    assert (transcript.gene, transcript.name, transcript.strand) == ("rev", "t1", -1)
    assert transcript.cds == (Part(30, 50, -1), Part(9, 20, -1))
    assert transcript.exons == (Part(30, 60, -1), Part(4, 20, -1))
    assert transcript.frame == 0
    assert model.cds("rev") == reverse_complement(sequence[9:20] + sequence[30:50])
    inside = read_gene_model(write("b.gff", GFF + f"##FASTA\n>c\n{sequence}\n"))
    assert inside == model


@pytest.mark.mirror
@pytest.mark.parametrize("role", ["phix", "plasmid", "chloroplast"])
def test_every_record_translates_as_it_says(role):
    """Origin-spanning, trans-spliced, minus-strand genes: the translations in the file are NCBI's own."""
    from Bio import SeqIO

    path = datasets.fetch("genbank-teaching-genomes").path(role)
    model = read_gene_model(path)
    record = next(SeqIO.parse(path, "genbank"))
    features = [f for f in record.features if f.type == "CDS" and "pseudo" not in f.qualifiers]
    assert len(features) == len(model.transcripts) > 8
    different = []
    for feature, transcript in zip(features, model.transcripts, strict=True):
        protein = translate_coding(
            model.read(transcript.chrom, transcript.cds)[transcript.frame :], 11
        ).removesuffix("*")
        if protein != feature.qualifiers["translation"][0]:
            different.append(transcript.gene)
    # RNA editing makes the start of psbL and ndhD in the chloroplast, and the record says so
    assert len(different) <= (3 if role == "chloroplast" else 0), different


@pytest.mark.parametrize(
    ("name", "text", "error", "match"),
    [
        ("a.txt", "x", InputError, "expected GenBank"),
        ("a.gb", "not a record", FormatError, "found none"),
        ("a.gff", "c\tx\tgene\t1\t9\t.\t+\t.\tID=a\n", FormatError, "expected CDS features"),
        ("a.gff", "c\tx\tCDS\t1\n", FormatError, "a.gff:1: expected nine"),
        ("a.gff", 'c\tx\tCDS\t1\t9\t.\t+\t0\tgene_id "a"\n', FormatError, "GTF attributes"),
        ("a.gff", "c\tx\tCDS\t1\t9\t.\t+\t0\tID=a\n", InputError, "GFF3 has no sequence"),
        (
            "a.gff",
            "c\tx\tCDS\t1\t9\t.\t+\t0\tID=a\n##FASTA\n>chrc\nACGT\n",
            InputError,
            "did you mean 'chrc'",
        ),
        ("a.gff", "c\tx\tCDS\t1\t9\t.\t+\t0\tID=a\n##FASTA\n>c\nACGT\n", FormatError, "over the end"),
    ],
)
def test_files_that_are_no_gene_model(write, name, text, error, match):
    with pytest.raises(error, match=match):
        read_gene_model(write(name, text))


def test_what_cannot_be_annotated(globin, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_gene_model(tmp_path / "none.gb")
    with pytest.raises(InputError, match=r"3 reference alleles are not .*11:1 has G.*another assembly"):
        predict_consequences(variants("1 G A", "2 A G", "3 A G"), globin)
    with pytest.raises(InputError, match="no contig 'chr11'; did you mean '11'"):
        predict_consequences(variants("1 T A", chrom="chr11"), globin)
    with pytest.raises(InputError, match="lacks the columns ref, alt"):
        predict_consequences(pd.DataFrame({"chrom": [], "pos": []}), globin)
    with pytest.raises(UnknownNameError, match="did you mean 'HBB'"):
        globin["HBA"]
    with pytest.raises(InputError, match="no genetic code 7"):
        translate_coding("ATG", 7)


def test_what_cannot_be_annotated_in_korean(globin, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as raised:
        predict_consequences(variants("1 T A", chrom="chr11"), globin)
    assert str(raised.value) == (
        "유전자 모델에 그런 컨티그가 없습니다(변이와 유전자의 참조 서열이 같아야 합니다): 'chr11'. "
        "'11'입니까?"
    )
    with pytest.raises(InputError) as raised:
        predict_consequences(variants("1 G A", "2 A G"), globin)
    first, second = globin.fetch("11", 0, 2)
    assert str(raised.value) == (
        "predict_consequences: 참조 대립유전자 2개가 유전자 모델의 서열과 다릅니다: "
        f"11:1 G(참조 서열: {first}), 11:2 A(참조 서열: {second}). 변이의 참조 유전체 버전이 다릅니까?"
    )


def test_no_variants_give_an_empty_table(globin):
    table = predict_consequences(variants(), globin)
    assert len(table) == 0
    assert {"consequence", "hgvs_p"} <= set(table.columns)
