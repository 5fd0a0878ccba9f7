"""Distances between aligned sequences, and trees from them."""

from collections.abc import Mapping
from copy import deepcopy
from io import StringIO
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._files import atomic_write
from biolabkit._words import told, unknown
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._parallel import somebody_watches
from biolabkit.genomics._sentences import unreadable
from biolabkit.genomics.cohort_genotypes import Genotypes

__all__ = [
    "allele_distances",
    "bootstrap_tree",
    "neighbour_joining",
    "read_newick",
    "root_tree",
    "sequence_distances",
    "write_newick",
]

Sequences = Mapping[str, str] | pd.DataFrame
Seed = int | np.random.Generator
Split = frozenset[str]

_UNKNOWN = 255
_CODE = np.full(256, _UNKNOWN, dtype=np.uint8)
for _index, _letters in enumerate(("Aa", "Cc", "Gg", "TtUu")):
    _CODE[np.frombuffer(_letters.encode(), dtype=np.uint8)] = _index


def sequence_distances(
    sequences: Sequences, *, model: Literal["snp", "p", "jc69"] = "snp", min_shared: int = 1
) -> pd.DataFrame:
    """Distances between all pairs of aligned sequences.

    Parameters
    ----------
    sequences : mapping of name to text, or DataFrame with name and sequence
        Of one length, as an alignment has them (`read_fasta` gives such a table).
    model : {"snp", "p", "jc69"}
        The number of differing bases; their fraction among the columns compared; or substitutions per site
        after Jukes and Cantor, which counts hits at the same site.
    min_shared : int
        Fewest columns that a pair must have in common.

    Returns
    -------
    DataFrame of float64
        Square and symmetric, names as index and columns. Only columns in which both sequences have A, C, G or
        T (U) are compared: a gap, an N or another ambiguity code is unknown and no difference.

    Raises
    ------
    InputError
        When there are fewer than two sequences, names occur twice, lengths differ, a pair has fewer than
        `min_shared` columns in common, or sequences are too different (p of 0.75 or more) for "jc69".

    Sources
    -------
    Jukes and Cantor (1969): d = -3/4 ln(1 - 4p/3).
    """
    if model not in ("snp", "p", "jc69"):
        raise unknown("model of distance", "그런 거리 모형이 없습니다", model, ("snp", "p", "jc69"))
    names, codes = _encoded(sequences)
    different, shared = _compared(codes, 4)
    return _distances(names, different, shared, model, min_shared)


def allele_distances(
    genotypes: Genotypes, *, model: Literal["snp", "p"] = "snp", min_shared: int = 1
) -> pd.DataFrame:
    """Distances between haploid samples of a VCF.

    Parameters
    ----------
    genotypes : Genotypes
        From ``read_genotypes(path, ploidy=1)``, or `Genotypes.haploid` of diploid calls.
    model : {"snp", "p"}
        The number of records at which alleles differ, or their fraction among the records compared.
    min_shared : int
        Fewest records that a pair must have in common.

    Returns
    -------
    DataFrame of float64
        As from `sequence_distances`; a missing allele is no difference. A record counts once, however long
        its alleles are.

    Raises
    ------
    InputError
        When genotypes are not haploid, or a pair has fewer than `min_shared` records in common.
    """
    if genotypes.ploidy != 1:
        raise InputError(
            told(
                f"allele_distances: genotypes have ploidy {genotypes.ploidy}; expected 1. For haploid "
                "samples that were called as diploid, take genotypes.haploid()",
                f"allele_distances: 유전자형의 ploidy가 {genotypes.ploidy}입니다. 1이어야 합니다. 반수체를 "
                "이배체로 판정한 표본에는 genotypes.haploid()를 쓰십시오",
            )
        )
    if model not in ("snp", "p"):
        raise unknown("model of distance", "그런 거리 모형이 없습니다", model, ("snp", "p"))
    codes = genotypes.alleles[:, :, 0].T.astype(np.int16)
    codes = np.where(codes < 0, _UNKNOWN, codes)
    kinds = int(codes[codes != _UNKNOWN].max(initial=0)) + 1
    different, shared = _compared(codes, kinds)
    return _distances(list(genotypes.samples), different, shared, model, min_shared)


def _encoded(sequences: Sequences) -> tuple[list[str], npt.NDArray[Any]]:
    if isinstance(sequences, pd.DataFrame):
        lacking = [name for name in ("name", "sequence") if name not in sequences]
        if lacking:
            raise InputError(
                told(
                    f"expected a table with name and sequence; it lacks {', '.join(lacking)}",
                    f"name과 sequence 열이 있는 표가 필요합니다. 없는 열: {', '.join(lacking)}",
                )
            )
        names, texts = sequences["name"].astype(str).tolist(), sequences["sequence"].tolist()
    else:
        names, texts = list(map(str, sequences)), list(sequences.values())
    _check_alignment(names, texts)
    joined = "".join(texts).encode("ascii", "replace")
    return names, _CODE[np.frombuffer(joined, dtype=np.uint8)].reshape(len(names), -1)


def _check_alignment(names: list[str], texts: list[str]) -> None:
    if len(names) < 2:
        raise InputError(
            told(
                f"expected two sequences or more; found {len(names)}",
                f"서열이 2개 이상 필요한데 {len(names)}개입니다",
            )
        )
    if twice := ", ".join(sorted({name for name in names if names.count(name) > 1})[:5]):
        raise InputError(told(f"names occur twice: {twice}", f"서열 이름이 중복됩니다: {twice}"))
    lengths = {len(text) for text in texts}
    if len(lengths) > 1:
        raise InputError(
            told(
                f"sequences have from {min(lengths)} to {max(lengths)} columns; expected an alignment, in "
                "which all are equally long",
                f"서열의 길이가 서로 다릅니다({min(lengths)}~{max(lengths)}). 모두 같은 길이로 정렬된 "
                "서열이어야 합니다",
            )
        )


def _compared(
    codes: npt.NDArray[Any], kinds: int, weights: npt.NDArray[Any] | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Differing and shared columns of each pair; `weights` says how often each column counts."""
    weight = np.ones(codes.shape[1], dtype=np.float32) if weights is None else weights.astype(np.float32)
    known = (codes != _UNKNOWN).astype(np.float32)
    shared = (known * weight) @ known.T
    same = np.zeros_like(shared)
    for kind in range(kinds):
        has = (codes == kind).astype(np.float32)
        same += (has * weight) @ has.T
    return np.rint(shared - same).astype(float), np.rint(shared).astype(float)


def _distances(
    names: list[str],
    different: npt.NDArray[np.float64],
    shared: npt.NDArray[np.float64],
    model: str,
    min_shared: int,
) -> pd.DataFrame:
    few = np.argwhere(shared < max(min_shared, 1))
    if len(few):
        one, two = few[0]
        raise InputError(
            told(
                f"{names[one]} and {names[two]} have {int(shared[one, two])} columns in common; expected at "
                f"least {max(min_shared, 1)}. Leave out what is mostly gaps or N",
                f"{names[one]}, {names[two]}: 함께 비교할 수 있는 열이 {int(shared[one, two])}개입니다. "
                f"{max(min_shared, 1)}개 이상이어야 합니다. 간격이나 N이 대부분인 서열은 빼십시오",
            )
        )
    values = different if model == "snp" else different / shared
    if model == "jc69":
        if (values >= 0.75).any():
            one, two = np.argwhere(values >= 0.75)[0]
            raise InputError(
                told(
                    f"{names[one]} and {names[two]} differ in {values[one, two]:.0%} of the columns, which "
                    "is chance: Jukes and Cantor's distance is infinite. Are they aligned?",
                    f"{names[one]}, {names[two]}: 비교한 열의 {values[one, two]:.0%}가 다릅니다. 무관한 "
                    "서열만큼 다르므로 주크스-캔터(Jukes-Cantor) 거리가 무한대입니다. 정렬한 서열입니까?",
                )
            )
        values = -0.75 * np.log1p(-4 / 3 * values) + 0.0
    return pd.DataFrame(values, index=names, columns=names)


def neighbour_joining(distances: pd.DataFrame) -> Any:
    """Build a tree from distances by neighbour joining.

    Parameters
    ----------
    distances : DataFrame
        Square, symmetric, with names, as from `sequence_distances`.

    Returns
    -------
    Bio.Phylo.BaseTree.Tree
        Unrooted: where Biopython hangs it up says nothing of age; see `root_tree`. Negative branches, which
        the method can give, are set to 0. Takes seconds for a hundred leaves and grows with their cube.

    Raises
    ------
    InputError
        When the table is not square, symmetric, or complete, or has fewer than three names.

    Sources
    -------
    Saitou and Nei (1987), Mol Biol Evol 4:406; the implementation is Biopython's.
    """
    from Bio.Phylo.TreeConstruction import DistanceMatrix, DistanceTreeConstructor

    names, values = _square(distances)
    lower = [[float(values[i, j]) for j in range(i + 1)] for i in range(len(names))]
    tree = DistanceTreeConstructor().nj(DistanceMatrix(names, lower))
    for clade in tree.find_clades():
        clade.branch_length = max(clade.branch_length or 0.0, 0.0)
        if not clade.is_terminal():
            clade.name = None
    tree.rooted = False
    return tree


def _square(distances: pd.DataFrame) -> tuple[list[str], npt.NDArray[np.float64]]:
    names = list(map(str, distances.columns))
    values = distances.to_numpy(dtype=float)
    if list(map(str, distances.index)) != names:
        raise InputError(
            told(
                "distances: expected the same names as rows and columns, in one order",
                "distances: 행과 열의 이름이 순서까지 같아야 합니다",
            )
        )
    if len(names) < 3:
        raise InputError(
            told(
                f"distances: found {len(names)} names; a tree needs three or more",
                f"distances: 이름이 {len(names)}개입니다. 계통수를 만들려면 3개 이상이어야 합니다",
            )
        )
    if np.isnan(values).any() or (values < 0).any() or not np.allclose(values, values.T):
        raise InputError(
            told(
                "distances: expected numbers from 0 that are the same in both directions",
                "distances: 결측값이 없고 모든 값이 0 이상인 대칭 행렬이어야 합니다",
            )
        )
    return names, values


def bootstrap_tree(
    sequences: Sequences,
    *,
    replicates: int = 100,
    seed: Seed,
    model: Literal["snp", "p", "jc69"] = "p",
    progress: bool | None = None,
) -> Any:
    """Neighbour-joining tree with bootstrap support.

    Parameters
    ----------
    sequences : mapping of name to text, or DataFrame with name and sequence
        An alignment.
    replicates : int
        How often the columns are drawn again, with replacement.
    seed : int or Generator
        Same seed, same support.
    model : {"snp", "p", "jc69"}
        See `sequence_distances`.
    progress : bool, optional
        Show a progress bar; by default where somebody watches, in a terminal or a notebook.

    Returns
    -------
    Bio.Phylo.BaseTree.Tree
        Unrooted, as from `neighbour_joining`; ``confidence`` of an inner branch is the percentage of
        replicates that part the leaves in the same two groups.

    Raises
    ------
    InputError
        As `sequence_distances`, or for fewer than one replicate.

    Sources
    -------
    Felsenstein (1985), Evolution 39:783.
    """
    from tqdm.auto import tqdm

    if replicates < 1:
        raise InputError(
            told(
                f"bootstrap_tree: replicates is {replicates}; expected 1 or more",
                f"bootstrap_tree: replicates가 {replicates}입니다. 1 이상이어야 합니다",
            )
        )
    tree = neighbour_joining(sequence_distances(sequences, model=model))
    names, codes = _encoded(sequences)
    rng = np.random.default_rng(seed)
    seen: dict[Split, int] = {}
    hidden = not (somebody_watches() if progress is None else progress)
    for _ in tqdm(range(replicates), desc="bootstrap", leave=False, delay=1, disable=hidden):
        drawn = np.bincount(rng.integers(0, codes.shape[1], codes.shape[1]), minlength=codes.shape[1])
        different, shared = _compared(codes, 4, drawn)
        again = neighbour_joining(_distances(names, different, shared, model, 1))
        for split in set(_splits(again).values()):
            seen[split] = seen.get(split, 0) + 1
    for clade, split in _splits(tree).items():
        clade.confidence = 100 * seen.get(split, 0) / replicates
    return tree


def _splits(tree: Any) -> dict[Any, Split]:
    """Inner branches and the two groups that they part: the one without the alphabetically first leaf."""
    leaves = frozenset(leaf.name for leaf in tree.get_terminals())
    first = min(leaves)
    found = {}
    for clade in tree.get_nonterminals():
        below = frozenset(leaf.name for leaf in clade.get_terminals())
        side = leaves - below if first in below else below
        if 1 < len(side) < len(leaves) - 1:
            found[clade] = side
    return found


def root_tree(tree: Any, outgroup: str | None = None) -> Any:
    """Root a tree by an outgroup, or in the middle of its longest path.

    Parameters
    ----------
    tree : Bio.Phylo.BaseTree.Tree
        It is not changed.
    outgroup : str, optional
        Name of the leaf that is known to have branched off first; without one the root is put at the
        midpoint, which is right only when all lineages evolved at one rate.

    Returns
    -------
    Bio.Phylo.BaseTree.Tree

    Raises
    ------
    UnknownNameError
        When there is no such leaf.
    """
    rooted = deepcopy(tree)
    names = [leaf.name for leaf in rooted.get_terminals()]
    if outgroup is None:
        rooted.root_at_midpoint()
    elif outgroup not in names:
        raise unknown("leaf of the tree", "계통수에 그런 이름의 말단이 없습니다", outgroup, names)
    else:
        leaf = next(rooted.find_clades(name=outgroup))
        # the root lies somewhere on the outgroup's branch: its middle is as good as any place
        rooted.root_with_outgroup(leaf, outgroup_branch_length=(leaf.branch_length or 0.0) / 2)
    rooted.rooted = True
    return rooted


def write_newick(tree: Any, path: str | PathLike[str] | None = None) -> str:
    """Write a tree as Newick text, to a file too if a path is given.

    Parameters
    ----------
    tree : Bio.Phylo.BaseTree.Tree
        Rooted or not.
    path : path-like, optional
        File to make or replace.

    Returns
    -------
    str
        One line that ends in ``;``; support values stand behind the closing brackets.
    """
    from Bio.Phylo import NewickIO

    stream = StringIO()
    NewickIO.write([tree], stream, format_branch_length="%.6g", format_confidence="%.0f")
    text = stream.getvalue().strip()
    if path is not None:
        with atomic_write(path) as file:
            file.write(text + "\n")
    return text


def read_newick(path: str | PathLike[str]) -> Any:
    """Read the first tree of a Newick file.

    Raises
    ------
    InputError
        When the file does not exist.
    FormatError
        When it holds no tree.
    """
    from Bio.Phylo import NewickIO

    source = Path(path)
    if not source.is_file():
        raise InputError(
            told(f"{source}: there is no such tree file", f"{source}: 그런 계통수 파일이 없습니다")
        )
    try:
        with source.open(encoding="utf-8") as stream:
            tree = next(NewickIO.parse(stream), None)
    except (NewickIO.NewickError, ValueError) as error:
        raise unreadable(source, "Newick", error) from error
    if tree is None or not any(leaf.name for leaf in tree.get_terminals()):
        raise FormatError(
            told(
                f"{source}: expected a tree with named leaves in Newick format",
                f"{source}: 말단에 이름이 있는 Newick 형식의 계통수여야 합니다",
            )
        )
    return tree
