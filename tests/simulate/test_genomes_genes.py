"""Simulated genes read back with Biopython: they are open reading frames, and nothing else changes."""

import numpy as np
import pytest
from Bio import SeqIO
from Bio.Data import CodonTable
from Bio.Seq import Seq

from biolabkit import simulate
from biolabkit.errors import InputError
from biolabkit.simulate.genes import AMINO_ACIDS, CODONS


@pytest.fixture(scope="module")
def genome():
    return simulate.genome(60_000, seed=11, name="bact", gc=0.5, genes=40)


def spelled(genome, row):
    text = Seq(genome.sequence[row.start : row.end])
    return text if row.strand == "+" else text.reverse_complement()


def test_the_code_is_the_standard_one():
    table = CodonTable.unambiguous_dna_by_id[1]
    for codon, amino_acid in zip(CODONS, AMINO_ACIDS, strict=True):
        assert amino_acid == table.forward_table.get(codon, "*")


def test_every_gene_is_one_open_reading_frame(genome):
    assert len(genome.genes) == 40
    for row in genome.genes.itertuples():
        protein = spelled(genome, row).translate(table=11, cds=True)  # refuses a bad start, stop or length
        assert 59 <= len(protein) <= 399


def test_genes_lie_on_both_strands_sorted_and_apart(genome):
    genes = genome.genes
    assert set(genes["strand"]) == {"+", "-"}
    assert (genes["start"].to_numpy()[1:] - genes["end"].to_numpy()[:-1] >= 30).all()
    assert genes["start"].min() >= 30
    assert genes["end"].max() <= len(genome) - 30
    assert genes["gene"].is_unique


def test_proteins_look_like_proteins():
    genome = simulate.genome(400_000, seed=2, gc=0.5, genes=400, codons=(200, 300))
    protein = "".join(str(spelled(genome, row).translate(cds=True))[1:] for row in genome.genes.itertuples())
    for amino_acid, percent in {"L": 9.6, "A": 8.3, "W": 1.1, "C": 1.4}.items():
        assert 100 * protein.count(amino_acid) / len(protein) == pytest.approx(percent, abs=0.3)


@pytest.mark.parametrize("gc", [0.3, 0.7])
def test_third_positions_follow_the_gc_of_the_genome(gc):
    genome = simulate.genome(200_000, seed=3, gc=gc, genes=200, codons=(200, 300))
    third = "".join(str(spelled(genome, row))[2::3] for row in genome.genes.itertuples())
    share = sum(third.count(base) for base in "GC") / len(third)
    assert (share - 0.5) * (gc - 0.5) > 0
    assert abs(share - 0.5) > 0.1


def test_without_genes_the_genome_is_as_it_was_and_the_table_empty():
    plain = simulate.genome(5_000, seed=1)
    assert plain == simulate.genome(5_000, seed=1, genes=0)
    assert plain.genes.empty
    assert list(plain.genes) == ["chrom", "start", "end", "strand", "gene", "product"]
    assert plain.genes["start"].dtype == np.int64


def test_bases_outside_the_genes_do_not_change():
    plain, coding = (simulate.genome(20_000, seed=4, genes=genes) for genes in (0, 8))
    inside = np.zeros(20_000, dtype=bool)
    for row in coding.genes.itertuples():
        inside[row.start : row.end] = True
    old, new = (np.array(list(genome.sequence)) for genome in (plain, coding))
    assert (old[~inside] == new[~inside]).all()
    assert (old[inside] != new[inside]).mean() > 0.5


def test_genbank_and_gff_say_the_same_as_the_table(genome, tmp_path):
    record = SeqIO.read(genome.write_genbank(tmp_path / "genome.gb"), "genbank")
    assert record.id == "bact"
    assert str(record.seq) == genome.sequence
    coding = [feature for feature in record.features if feature.type == "CDS"]
    lines = genome.write_gff(tmp_path / "genome.gff3").read_text().splitlines()
    assert lines[:2] == ["##gff-version 3", "##sequence-region bact 1 60000"]
    for row, feature, line in zip(genome.genes.itertuples(), coding, lines[3::2], strict=True):
        assert (int(feature.location.start), int(feature.location.end)) == (row.start, row.end)
        assert feature.location.strand == (1 if row.strand == "+" else -1)
        assert feature.qualifiers["translation"] == [str(spelled(genome, row).translate(cds=True))]
        fields = line.split("\t")
        assert fields[2:8] == ["CDS", str(row.start + 1), str(row.end), ".", row.strand, "0"]
        assert f"gene={row.gene};" in fields[8]


def test_same_seed_same_genes():
    first, again, other = (simulate.genome(20_000, seed=seed, genes=10) for seed in (5, 5, 6))
    assert first == again
    assert first.genes.equals(again.genes)
    assert not first.genes.equals(other.genes)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"genes": 20}, r"20 genes of up to 400 codons need 24,630 bases, the genome has 20,000"),
        ({"genes": -1, "codons": (9, 3)}, r"genes is -1.*codons is \(9, 3\)"),
    ],
)
def test_genes_that_do_not_fit_are_refused(asked, said):
    with pytest.raises(InputError, match=said):
        simulate.genome(20_000, seed=1, **asked)
