"""Gene expression from counts of reads: normalisation, structure and differential expression.

A counts table has one row per gene (the index) and one column per sample, in whole numbers of reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import joined, missing_extra, told, unknown
from biolabkit.errors import InputError

__all__ = [
    "ExpressionPCA",
    "check_counts",
    "differential_expression",
    "expression_pca",
    "log_normalise",
    "size_factors",
]


def check_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Check a table of counts.

    Parameters
    ----------
    counts : DataFrame, (genes, samples)
        Genes as the index, or in a column called ``gene``.

    Returns
    -------
    DataFrame of int64
        With genes as the index; the table given is not changed.

    Raises
    ------
    InputError
        When counts are missing, negative or not whole, names occur twice, or a sample has no reads; all
        problems at once.
    """
    if not isinstance(counts, pd.DataFrame) or counts.empty:
        raise InputError(
            told(
                "expected counts as a DataFrame with genes as rows and samples as columns",
                "counts는 유전자가 행이고 표본이 열인 DataFrame이어야 합니다",
            )
        )
    table = counts.set_index("gene") if "gene" in counts else counts
    wordy = [str(name) for name, column in table.items() if not pd.api.types.is_numeric_dtype(column)]
    if wordy:
        names = ", ".join(wordy[:5])
        raise InputError(
            told(
                f"counts: the columns {names} are not numbers; make the genes the index and keep only the "
                "samples as columns",
                f"counts: 숫자가 아닌 열이 있습니다: {names}. 유전자는 인덱스로 옮기고, 열에는 표본만 "
                "남기십시오",
            )
        )
    problems = [*_wrong_values(table), *_wrong_names(table)]
    if problems:
        raise InputError("counts: " + joined(problems))
    return table.astype(np.int64)


def _wrong_values(table: pd.DataFrame) -> Iterator[str]:
    values = table.to_numpy(dtype=float)
    missing = np.isnan(values)
    for wrong, en, ko in (
        (missing, "missing", "결측값이"),
        (~missing & (values < 0), "negative", "음수가"),
        (
            ~missing & (values != np.round(values)),
            "not whole numbers (counts are not yet normalised)",
            "정규화하지 않은 리드 수여야 하는데 정수가 아닌 값이",
        ),
    ):
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            gene, sample = table.index[row], table.columns[column]
            yield told(
                f"{wrong.sum()} values are {en}, the first at gene {gene!r}, sample {sample!r}",
                f"{ko} {wrong.sum()}개 있습니다(처음 나오는 곳: 유전자 {gene!r}, 표본 {sample!r})",
            )


def _wrong_names(table: pd.DataFrame) -> Iterator[str]:
    for names, en, ko in ((table.index, "genes", "유전자"), (table.columns, "samples", "표본")):
        twice = names[names.duplicated()].unique()
        if len(twice):
            yield told(
                f"{len(twice)} {en} occur twice, such as {twice[0]!r}",
                f"{ko} 이름 {len(twice)}개가 중복됩니다(예: {twice[0]!r})",
            )
    totals = np.nansum(table.to_numpy(dtype=float), axis=0)
    empty = ", ".join(
        [str(name) for name, total in zip(table.columns, totals, strict=True) if total == 0][:5]
    )
    if empty:
        yield told(f"no reads at all in {empty}", f"리드가 하나도 없는 표본이 있습니다: {empty}")


def size_factors(counts: pd.DataFrame, *, zeros: Literal["leave out", "positive"] = "leave out") -> pd.Series:
    """Size factors by the median of ratios: how deeply each sample was sequenced, compared with the others.

    Parameters
    ----------
    counts : DataFrame, (genes, samples)
        See `check_counts`.
    zeros : {"leave out", "positive"}
        Genes with a zero are left out, as DESeq does; "positive" takes each gene's geometric mean over the
        samples (zeros count as 1 there) and each ratio where there are reads, for data full of zeros.

    Returns
    -------
    Series of float64
        One per sample. Dividing the counts by them makes samples comparable, unlike dividing by the total,
        which a few very strong genes decide.

    Raises
    ------
    InputError
        When the table cannot be used, or every gene has a zero somewhere.

    Sources
    -------
    Anders and Huber (2010), Genome Biol 11:R106, equation 5; "positive" follows DESeq2's ``poscounts``.
    """
    if zeros not in ("leave out", "positive"):
        raise unknown("way to treat zeros", "zeros에 쓸 수 없는 값입니다", zeros, ("leave out", "positive"))
    table = check_counts(counts)
    values = table.to_numpy(dtype=float)
    with np.errstate(divide="ignore"):
        logs = np.log(values)
    if zeros == "leave out":
        kept = np.isfinite(logs).all(axis=1)
        if not kept.any():
            raise InputError(
                told(
                    "size_factors: every gene has no reads in some sample; use zeros='positive', or leave "
                    "out samples with few reads",
                    "size_factors: 모든 표본에 리드가 있는 유전자가 하나도 없습니다. zeros='positive'를 "
                    "쓰거나 리드가 적은 표본을 빼십시오",
                )
            )
        ratios = logs[kept] - logs[kept].mean(axis=1, keepdims=True)
        factors = np.exp(np.median(ratios, axis=0))
    else:
        reference = np.where(np.isfinite(logs), logs, 0).mean(axis=1, keepdims=True)
        ratios = np.where(np.isfinite(logs) & (reference > 0), logs - reference, np.nan)
        factors = np.exp(np.nanmedian(ratios, axis=0))
        factors /= np.exp(np.log(factors).mean())
    return pd.Series(factors, index=table.columns, name="size_factor")


def log_normalise(
    counts: pd.DataFrame, factors: pd.Series | None = None, *, pseudocount: float = 1.0
) -> pd.DataFrame:
    """Logarithm of normalised counts, for plots and principal components.

    Parameters
    ----------
    counts : DataFrame, (genes, samples)
        See `check_counts`.
    factors : Series, optional
        Size factor of each sample; by default `size_factors`.
    pseudocount : float
        Added before the logarithm, which of zero does not exist.

    Returns
    -------
    DataFrame of float64
        log2(count / factor + pseudocount).

    Raises
    ------
    InputError
        When the table cannot be used, a factor is missing or not positive, or the pseudocount is not.
    """
    table = check_counts(counts)
    known = size_factors(table) if factors is None else pd.Series(factors).reindex(table.columns)
    if not (known > 0).all():
        raise InputError(
            told(
                "log_normalise: expected a positive size factor for each sample",
                "log_normalise: 표본마다 0보다 큰 크기 인자(size factor)가 있어야 합니다",
            )
        )
    if not pseudocount > 0:
        raise InputError(
            told(
                f"log_normalise: pseudocount is {pseudocount}; expected a number above 0",
                f"log_normalise: pseudocount가 {pseudocount}입니다. 0보다 커야 합니다",
            )
        )
    values = np.log2(table.to_numpy(dtype=float) / known.to_numpy(dtype=float) + pseudocount)
    return pd.DataFrame(values, index=table.index, columns=table.columns)


@dataclass(frozen=True)
class ExpressionPCA:
    """Principal components of samples.

    Attributes
    ----------
    coordinates : DataFrame, (samples, components)
        Columns PC1, PC2, …; signs are arbitrary.
    explained : float64 array, (components,)
        Fractions of the variance of the genes used.
    genes : tuple of str
        Genes that were used.
    """

    coordinates: pd.DataFrame = field(repr=False)
    explained: npt.NDArray[np.float64]
    genes: tuple[str, ...] = field(repr=False)


def expression_pca(logged: pd.DataFrame, components: int = 2, *, top: int = 500) -> ExpressionPCA:
    """Principal component analysis of samples on the most variable genes.

    Parameters
    ----------
    logged : DataFrame, (genes, samples)
        On a logarithmic scale, from `log_normalise`.
    components : int
        How many; at most the number of samples less one.
    top : int
        Genes with the largest variance that are used.

    Returns
    -------
    ExpressionPCA

    Raises
    ------
    InputError
        When values are missing, or there are fewer samples or genes than components need.
    """
    values = logged.to_numpy(dtype=float)
    if np.isnan(values).any():
        raise InputError(
            told("expression_pca: values are missing (NaN)", "expression_pca: 결측값(NaN)이 있습니다")
        )
    if top < 1 or not 1 <= components <= min(values.shape[1] - 1, values.shape[0], top):
        genes, samples = values.shape
        raise InputError(
            told(
                f"expression_pca: components={components}, top={top} with {genes} genes and {samples} "
                "samples; expected fewer components than samples, and genes enough",
                f"expression_pca: 유전자 {genes}개, 표본 {samples}개인데 components={components}, "
                f"top={top}입니다. 성분은 표본보다 적고 유전자보다 많지 않아야 합니다",
            )
        )
    from sklearn.decomposition import PCA

    chosen = np.sort(np.argsort(-values.var(axis=1), kind="stable")[:top])
    model = PCA(components, svd_solver="full")
    coordinates = model.fit_transform(values[chosen].T)
    names = [f"PC{i + 1}" for i in range(components)]
    table = pd.DataFrame(coordinates, index=logged.columns, columns=names)
    return ExpressionPCA(table, model.explained_variance_ratio_, tuple(map(str, logged.index[chosen])))


def differential_expression(
    counts: pd.DataFrame,
    samples: pd.DataFrame,
    *,
    design: str,
    contrast: Sequence[str],
    min_total: int = 10,
) -> pd.DataFrame:
    """Test each gene for a difference between two groups of samples, by PyDESeq2.

    Parameters
    ----------
    counts : DataFrame, (genes, samples)
        See `check_counts`. Raw counts: normalised ones are refused.
    samples : DataFrame
        Index: the columns of `counts`; columns: what is known of each sample.
    design : str
        Formula, such as ``"~ sex + time"``.
    contrast : (str, str, str)
        Column, group, and the group it is compared with: ``("time", "Day8", "Day0")``.
    min_total : int
        Genes with fewer reads in all samples together are left out.

    Returns
    -------
    DataFrame
        One row per gene tested, in the order of p: gene, base_mean (normalised reads), log2_fold_change, se,
        stat, p (Wald test), q (Benjamini-Hochberg, after independent filtering). p and q are NaN for a gene
        with an extreme outlier; q also for one with too few reads to be found.

    Raises
    ------
    InputError
        When tables do not fit together, a column or group is unknown, or a group has fewer than two samples.
    MissingExtraError
        When PyDESeq2 is not installed.

    Sources
    -------
    Love, Huber and Anders (2014), Genome Biol 15:550; Muzellec et al. (2023), Bioinformatics 39:btad547.
    """
    table = check_counts(counts)
    known = _check_design(table, samples, design, contrast)
    try:
        from pydeseq2.dds import DeseqDataSet
        from pydeseq2.ds import DeseqStats
    except ImportError as error:
        raise missing_extra("pydeseq2", "expression") from error
    kept = table[table.sum(axis=1) >= min_total]
    if kept.empty:
        raise InputError(
            told(
                f"differential_expression: no gene has {min_total} reads or more",
                f"differential_expression: 리드가 {min_total}개 이상인 유전자가 없습니다",
            )
        )
    dataset = DeseqDataSet(
        counts=kept.T, metadata=known, design=design, refit_cooks=True, quiet=True, n_cpus=1
    )
    dataset.deseq2()
    result = DeseqStats(dataset, contrast=list(contrast), quiet=True, n_cpus=1)
    result.summary()
    names = {
        "baseMean": "base_mean",
        "log2FoldChange": "log2_fold_change",
        "lfcSE": "se",
        "stat": "stat",
        "pvalue": "p",
        "padj": "q",
    }
    found = result.results_df.rename(columns=names)[list(names.values())].rename_axis("gene").reset_index()
    return found.sort_values("p", kind="stable", na_position="last").reset_index(drop=True)


def _check_design(
    counts: pd.DataFrame, samples: pd.DataFrame, design: str, contrast: Sequence[str]
) -> pd.DataFrame:
    lacking = [str(name) for name in counts.columns if name not in samples.index]
    if lacking:
        names = ", ".join(lacking[:5])
        raise InputError(
            told(
                f"differential_expression: the samples table has no row for {names}; its index must hold the "
                "columns of the counts",
                f"differential_expression: samples 표에 다음 표본의 행이 없습니다: {names}. samples의 "
                "인덱스에 counts의 열 이름이 모두 있어야 합니다",
            )
        )
    column, *groups = _check_contrast(samples, design, contrast)
    known = samples.loc[counts.columns].copy()
    known[column] = known[column].astype(str)
    sizes = known[column].value_counts()
    for group in groups:
        if group not in sizes.index:
            raise unknown(f"group of {column!r}", f"{column!r} 열에 없는 집단입니다", group, sizes.index)
        if sizes[group] < 2:
            raise InputError(
                told(
                    f"differential_expression: {group!r} has one sample; without two there is no telling a "
                    "difference from chance",
                    f"differential_expression: {group!r} 집단의 표본이 하나뿐입니다. 둘 이상이어야 차이를 "
                    "우연과 구별할 수 있습니다",
                )
            )
    return known


def _check_contrast(samples: pd.DataFrame, design: str, contrast: Sequence[str]) -> list[str]:
    if len(contrast) != 3:
        raise InputError(
            told(
                f"differential_expression: contrast is {tuple(contrast)!r}; expected (column, group, the "
                "group it is compared with)",
                f"differential_expression: contrast가 {tuple(contrast)!r}입니다. (열, 집단, 비교 기준이 "
                "되는 집단)이어야 합니다",
            )
        )
    column, *groups = map(str, contrast)
    if column not in samples:
        raise unknown("column of samples", "samples에 없는 열입니다", column, map(str, samples.columns))
    if column not in design:
        raise InputError(
            told(
                f"differential_expression: {column!r} is not in the design {design!r}",
                f"differential_expression: {column!r} 열이 design에 들어 있지 않습니다: {design!r}",
            )
        )
    return [column, *groups]
