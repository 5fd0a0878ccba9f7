"""Open reading frames against a slow search, simulated genes and the genes of real circular genomes."""

import pytest
from Bio.Data import CodonTable
from hypothesis import given
from hypothesis import strategies as st

from biolabkit import datasets, simulate
from biolabkit.errors import InputError
from biolabkit.genomics import find_orfs, plot_frames, read_genbank, reverse_complement

COLUMNS = ["start", "end", "strand", "frame", "start_codon", "stop_codon", "protein"]


def slow_orfs(sequence, min_codons, starts=("ATG",), table=1):
    """Codon by codon, frame by frame."""
    code = CodonTable.unambiguous_dna_by_id[table]
    found = set()
    for strand, text in (("+", sequence), ("-", reverse_complement(sequence))):
        for frame in range(3):
            begin = None
            for i in range(frame, len(text) - 2, 3):
                codon = text[i : i + 3]
                if begin is None and codon in starts:
                    begin = i
                elif codon in code.stop_codons and begin is not None:
                    if (i - begin) // 3 >= min_codons:
                        place = (begin, i + 3) if strand == "+" else (len(text) - i - 3, len(text) - begin)
                        found.add((*place, strand))
                    begin = None
    return found


@given(st.text("ACGT", min_size=0, max_size=150), st.integers(1, 5))
def test_frames_are_those_of_a_slow_search(text, min_codons):
    found = find_orfs(text, min_codons=min_codons)
    got = set(zip(found["start"], found["end"], found["strand"], strict=True))
    assert got == slow_orfs(text, min_codons)


@given(st.text("ACGT", min_size=9, max_size=120), st.integers(0, 200))
def test_a_circle_has_the_same_frames_wherever_it_is_cut(text, turn):
    turn %= len(text)
    turned = text[turn:] + text[:turn]

    def places(sequence, shift):
        table = find_orfs(sequence, min_codons=1, circular=True)
        return sorted(
            ((row.start + shift) % len(text), row.end - row.start, row.strand, row.protein)
            for row in table.itertuples()
        )

    assert places(text, 0) == places(turned, turn)


def test_coordinates_are_on_the_forward_strand():
    gene = "ATGAAACCCTAA"
    text = "CC" + gene + "GGGGG" + reverse_complement(gene) + "T"
    rows = find_orfs(text, min_codons=3)
    assert rows[COLUMNS].to_numpy().tolist() == [
        [2, 14, "+", 2, "ATG", "TAA", "MKP"],
        [19, 31, "-", 1, "ATG", "TAA", "MKP"],
    ]
    assert reverse_complement(text[19:31]) == gene


def test_the_first_of_several_starts_counts_and_other_starts_on_request():
    text = "CGTGAAAATGCCCATGTAA"
    assert find_orfs(text, min_codons=1)[["start", "protein"]].to_numpy().tolist() == [[7, "MPM"]]
    every = find_orfs(text, min_codons=1, table=11, start_codons=None)
    assert every[["start", "start_codon", "protein"]].to_numpy().tolist() == [[1, "GTG", "MKMPM"]]


def test_ambiguous_codons_neither_start_nor_stop_a_frame():
    row = find_orfs("ATGTANAAATAA", min_codons=1).iloc[0]
    assert (row["start"], row["end"], row["protein"]) == (0, 12, "MXK")
    assert find_orfs("ATNAAATAA", min_codons=1).empty
    assert find_orfs("atgaaataa", min_codons=1)["protein"].tolist() == ["MK"]


def test_without_frames_the_table_is_empty_and_typed():
    for text in ("", "AC", "ATGAAAAAA"):
        table = find_orfs(text, min_codons=1)
        assert table.empty
        assert list(table) == COLUMNS
        assert table["start"].dtype == "int64"


def test_a_frame_over_the_end_of_a_circle():
    gene = "ATGAAACCCGGGTAA"
    text = gene[7:] + "CCCCCC" + gene[:7]
    assert find_orfs(text, min_codons=3).empty
    row = find_orfs(text, min_codons=3, circular=True).iloc[0]
    assert (row["start"], row["end"], row["protein"]) == (14, 29, "MKPG")


def test_every_simulated_gene_is_found():
    genome = simulate.genome(40_000, seed=5, gc=0.5, genes=25, codons=(80, 300))
    found = find_orfs(genome.sequence, table=11, min_codons=50)
    places = set(zip(found["end"], found["strand"], strict=True))
    starts = set(zip(found["start"], found["strand"], strict=True))
    for gene in genome.genes.itertuples():  # an ATG before the gene may make the frame longer
        assert (gene.end, "+") in places if gene.strand == "+" else (gene.start, "-") in starts


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"min_codons": 0}, "min_codons is 0"),
        ({"start_codons": ["ATGA"]}, "three letters"),
        ({"table": 99}, "'99'"),
    ],
)
def test_bad_requests_are_refused(asked, said):
    with pytest.raises(InputError, match=said):
        find_orfs("ATG", **asked)


@pytest.mark.mirror
def test_all_genes_of_phix_are_open_reading_frames():
    phix = read_genbank(datasets.fetch("genbank-teaching-genomes").path("phix"))
    orfs = find_orfs(phix.sequence, table=11, min_codons=30, circular=True)
    ends = set(orfs["end"] % len(phix))
    coding = phix.features[phix.features["type"] == "CDS"]
    assert len(coding) == 11
    assert {end % len(phix) for end in coding["end"]} <= ends
    over = orfs[orfs["end"] > len(phix)]
    # Gene A is annotated from its second ATG, at 3980.
    assert (3953, 5522) in set(zip(over["start"], over["end"], strict=True))
    assert find_orfs(phix.sequence, table=11, min_codons=30)["end"].max() <= len(phix)


@pytest.mark.mirror
def test_every_gene_of_the_plasmid_is_an_open_reading_frame():
    plasmid = read_genbank(datasets.fetch("genbank-teaching-genomes").path("plasmid"))
    orfs = find_orfs(plasmid.sequence, table=11, start_codons=None, min_codons=30, circular=True)
    coding = plasmid.features[plasmid.features["type"] == "CDS"]
    stop = orfs["end"].where(orfs["strand"] == "+", orfs["start"])
    wanted = coding["end"].where(coding["strand"] == "+", coding["start"])
    assert set(zip(wanted, coding["strand"], strict=True)) <= set(zip(stop, orfs["strand"], strict=True))


def test_frames_are_drawn_in_their_rows_with_the_genes_in_them():
    gene = "ATGAAACCCGGGTAA"
    text = gene[7:] + "CCCCCC" + gene[:7] + reverse_complement("ATGCCCAAATAG")
    orfs = find_orfs(text, min_codons=3, circular=True)
    known = orfs[orfs["strand"] == "-"]
    axes = plot_frames(orfs, len(text), genes=known)
    rows = {"+0": 0, "+1": 1, "+2": 2, "-0": 3, "-1": 4, "-2": 5}
    heights = sorted(
        round(path.get_extents().y0 + path.get_extents().height / 2, 6)
        for collection in axes.collections
        for path in collection.get_paths()
    )
    frames = [
        rows[f"{row.strand}{row.frame}"]
        for row in orfs.itertuples()
        for _ in range(1 + (row.end > len(text)))
    ]
    genes = [rows[f"{row.strand}{row.frame}"] for row in known.itertuples()]
    assert heights == sorted([*frames, *genes])
    assert plot_frames(orfs, len(text), ax=axes) is axes
    with pytest.raises(InputError, match="genes lacks the columns strand"):
        plot_frames(orfs, len(text), genes=known.drop(columns="strand"))
    with pytest.raises(InputError, match="length is 0"):
        plot_frames(orfs, 0)
