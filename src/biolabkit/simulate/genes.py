"""Protein-coding genes of a simulated genome: drawn into its bases, and written as GenBank or GFF3."""

from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._files import atomic_write
from biolabkit._words import joined, told
from biolabkit.errors import InputError
from biolabkit.simulate._bases import Codes, reverse_complement, to_codes

SHORTEST_GAP = 30
"""Bases between two genes, at least."""

# The standard code, codons in the order A, C, G, T of each position.
AMINO_ACIDS = "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"
CODONS = ["".join(bases) for bases in product("ACGT", repeat=3)]
# About the percentages of residues in UniProtKB/Swiss-Prot.
FREQUENCY = {
    "A": 8.25,
    "R": 5.52,
    "N": 4.06,
    "D": 5.46,
    "C": 1.38,
    "Q": 3.93,
    "E": 6.71,
    "G": 7.07,
    "H": 2.27,
}
FREQUENCY |= {
    "I": 5.91,
    "L": 9.64,
    "K": 5.79,
    "M": 2.41,
    "F": 3.86,
    "P": 4.74,
    "S": 6.65,
    "T": 5.36,
    "W": 1.10,
}
FREQUENCY |= {"Y": 2.92, "V": 6.85}
STOPS, STOP_WEIGHTS = ("TAA", "TGA", "TAG"), (0.64, 0.29, 0.07)  # as Escherichia coli uses them


def no_genes() -> pd.DataFrame:
    """The table of a genome that has no genes."""
    table = pd.DataFrame({name: [] for name in ("chrom", "start", "end", "strand", "gene", "product")})
    return table.astype(
        {"start": np.int64, "end": np.int64} | dict.fromkeys(table.columns[[0, 3, 4, 5]], object)
    )


def draw_genes(
    rng: np.random.Generator, codes: Codes, chrom: str, number: int, codons: tuple[int, int], gc: float
) -> pd.DataFrame:
    """Write genes into `codes`, in place, and return their table; see `biolabkit.simulate.genome`."""
    if number == 0:
        return no_genes()
    _check(len(codes), number, codons)
    lengths = 3 * rng.integers(codons[0], codons[1] + 1, size=number)
    spare = len(codes) - int(lengths.sum()) - (number + 1) * SHORTEST_GAP
    before = np.sort(rng.integers(0, spare + 1, size=number)) + SHORTEST_GAP * np.arange(1, number + 1)
    starts = before + np.cumsum(lengths) - lengths
    strands = np.where(rng.random(number) < 0.5, "+", "-")
    weights = _codon_weights(gc)
    for start, length, strand in zip(starts, lengths, strands, strict=True):
        gene = _coding_sequence(rng, int(length) // 3, weights)
        codes[start : start + length] = gene if strand == "+" else reverse_complement(gene)
    labels = [f"{index:0{len(str(number))}d}" for index in range(1, number + 1)]
    return pd.DataFrame(
        {
            "chrom": chrom,
            "start": starts.astype(np.int64),
            "end": (starts + lengths).astype(np.int64),
            "strand": strands.astype(object),
            "gene": [f"sim{label}" for label in labels],
            "product": [f"simulated protein {label}" for label in labels],
        }
    )


def _check(length: int, number: int, codons: tuple[int, int]) -> None:
    problems = []
    if number < 0:
        problems.append(
            told(f"genes is {number}; expected 0 or more", f"genes: 0 이상이어야 하는데 {number}입니다")
        )
    if not 3 <= codons[0] <= codons[1]:
        problems.append(
            told(
                f"codons is {codons}; expected (shortest, longest) with at least 3 codons",
                f"codons: 3코돈 이상인 (최소, 최대)여야 하는데 {codons}입니다",
            )
        )
    need = number * 3 * codons[1] + (number + 1) * SHORTEST_GAP
    if not problems and need > length:
        problems.append(
            told(
                f"{number} genes of up to {codons[1]} codons need {need:,} bases, the genome has {length:,}; "
                "ask for fewer or shorter genes",
                f"최대 {codons[1]}코돈인 유전자 {number}개를 넣으려면 {need:,}염기가 필요한데 유전체는 "
                f"{length:,}염기입니다. 유전자의 수나 길이를 줄이십시오",
            )
        )
    if problems:
        raise InputError("genome: " + joined(problems))


def _codon_weights(gc: float) -> npt.NDArray[np.float64]:
    """Probability of each sense codon: the amino acid's, shared among its synonyms by their bases."""
    base = dict(zip("ACGT", np.array([1 - gc, gc, gc, 1 - gc]) / 2, strict=True))
    # Never zero, so that every amino acid has a codon at gc = 0 and 1 too.
    raw = np.array([np.prod([max(base[letter], 1e-3) for letter in codon]) for codon in CODONS])
    shares = pd.Series(raw).groupby(list(AMINO_ACIDS)).transform(lambda part: part / part.sum())
    weights = shares.to_numpy() * [FREQUENCY.get(amino_acid, 0.0) for amino_acid in AMINO_ACIDS]
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _coding_sequence(rng: np.random.Generator, codons: int, weights: npt.NDArray[np.float64]) -> Codes:
    inner = rng.choice(len(CODONS), size=codons - 2, p=weights)
    stop = STOPS[int(rng.choice(len(STOPS), p=STOP_WEIGHTS))]
    return to_codes("ATG" + "".join(CODONS[index] for index in inner) + stop)


def write_genbank(name: str, sequence: str, genes: pd.DataFrame, path: Path) -> Path:
    """Write one linear GenBank record with a gene and a CDS feature per gene."""
    from Bio import SeqIO
    from Bio.Seq import Seq
    from Bio.SeqFeature import SeqFeature, SimpleLocation
    from Bio.SeqRecord import SeqRecord

    # The LOCUS line has room for 16 letters; VERSION holds the whole name.
    record = SeqRecord(Seq(sequence), id=name, name=name[:16], description="simulated genome")
    record.annotations |= {"molecule_type": "DNA", "topology": "linear"}
    for row in genes.itertuples(index=False):
        place = SimpleLocation(row.start, row.end, 1 if row.strand == "+" else -1)
        named = {"gene": [row.gene], "locus_tag": [f"{name}_{row.gene}"]}
        protein = str(place.extract(record.seq).translate(table=11, cds=True))
        coding = {
            "codon_start": [1],
            "transl_table": [11],
            "product": [row.product],
            "translation": [protein],
        }
        record.features += [
            SeqFeature(place, type="gene", qualifiers=dict(named)),
            SeqFeature(place, type="CDS", qualifiers=named | coding),
        ]
    with atomic_write(path) as stream:
        SeqIO.write(record, stream, "genbank")
    return path


def write_gff(name: str, length: int, genes: pd.DataFrame, path: Path) -> Path:
    """Write GFF3: a gene and a CDS line per gene."""
    lines = ["##gff-version 3", f"##sequence-region {name} 1 {length}"]
    columns = genes[["start", "end", "strand", "gene", "product"]]
    for start, end, strand, gene, protein in columns.itertuples(index=False, name=None):
        place = f"{start + 1}\t{end}\t.\t{strand}"
        lines.append(f"{name}\tbiolabkit\tgene\t{place}\t.\tID=gene-{gene};Name={gene};gene={gene}")
        about = f"ID=cds-{gene};Parent=gene-{gene};gene={gene};product={protein}"
        lines.append(f"{name}\tbiolabkit\tCDS\t{place}\t0\t{about}")
    with atomic_write(path) as stream:
        stream.write("\n".join(lines) + "\n")
    return path
