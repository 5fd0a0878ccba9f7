"""A cohort's variants: frequencies, Hardy-Weinberg equilibrium, structure and association.

Every function takes *dosages*: an int8 array (variants, samples) with the copies of the alternative allele,
0, 1 or 2, and -1 where the genotype is missing, as `Genotypes.dosage` gives it.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError

__all__ = [
    "GenotypePCA",
    "allele_frequencies",
    "associate",
    "fdr",
    "genomic_inflation",
    "genotype_pca",
    "hwe_exact",
    "ld_prune",
]

Floats = npt.NDArray[np.float64]


def _dosages(dosage: npt.ArrayLike) -> npt.NDArray[Any]:
    table = np.asarray(dosage)
    if table.ndim != 2 or table.dtype.kind not in "iu":
        raise InputError(
            told(
                f"expected dosages as a whole-number array (variants, samples); found shape {table.shape} of "
                f"{table.dtype}",
                f"dosage는 (변이, 표본) 모양의 정수 배열이어야 합니다. 받은 배열의 모양은 {table.shape}, "
                f"자료형은 {table.dtype}입니다",
            )
        )
    if table.size and (table.min() < -1 or table.max() > 2):
        raise InputError(
            told(
                f"expected dosages of 0, 1, 2 or -1 (missing); found {table.min()} to {table.max()}. "
                "Only diploid genotypes are analysed here",
                f"dosage는 0, 1, 2 또는 -1(결측)이어야 하는데 {table.min()}부터 {table.max()}까지의 값이 "
                "있습니다. 이배체의 유전자형만 분석할 수 있습니다",
            )
        )
    return table


def allele_frequencies(dosage: npt.ArrayLike) -> pd.DataFrame:
    """Count genotypes and alleles.

    Parameters
    ----------
    dosage : int array, (variants, samples)
        0, 1, 2; -1 missing.

    Returns
    -------
    DataFrame
        One row per variant: hom_ref, het, hom_alt, missing (samples), allele_number (called alleles),
        alt_count, af (NaN when nothing is called), maf (the rarer allele's frequency).

    Raises
    ------
    InputError
        When the array holds anything else.
    """
    table = _dosages(dosage)
    counts = {
        name: (table == value).sum(axis=1)
        for name, value in {"hom_ref": 0, "het": 1, "hom_alt": 2, "missing": -1}.items()
    }
    found = pd.DataFrame(counts)
    found["allele_number"] = 2 * (found["hom_ref"] + found["het"] + found["hom_alt"])
    found["alt_count"] = found["het"] + 2 * found["hom_alt"]
    found["af"] = found["alt_count"] / found["allele_number"].where(found["allele_number"] > 0)
    found["maf"] = np.minimum(found["af"], 1 - found["af"])
    return found


def hwe_exact(het: npt.ArrayLike, hom_ref: npt.ArrayLike, hom_alt: npt.ArrayLike) -> Floats:
    """Exact test of Hardy-Weinberg equilibrium.

    Parameters
    ----------
    het, hom_ref, hom_alt : int arrays, (n,) or scalars
        Numbers of each genotype.

    Returns
    -------
    float64 array, (n,)
        Two-sided p: how probable are as many heterozygotes, or a less probable number of them, among all ways
        to pair the observed alleles. NaN where nothing was counted, 1 where only one allele was seen.

    Raises
    ------
    InputError
        For counts that are negative or not whole.

    Sources
    -------
    Wigginton, Cutler and Abecasis (2005), Am J Hum Genet 76:887, equation 1.
    """
    counts = [np.atleast_1d(np.asarray(values)) for values in (het, hom_ref, hom_alt)]
    if any((v < 0).any() or (v != np.round(v)).any() for v in counts):
        raise InputError(
            told(
                "hwe_exact: expected whole numbers of genotypes, 0 or more",
                "hwe_exact: 유전자형의 수는 0 이상의 정수여야 합니다",
            )
        )
    rows = np.stack(np.broadcast_arrays(*counts), axis=1).astype(np.int64)
    different, back = np.unique(rows, axis=0, return_inverse=True)
    return np.array([_hwe_one(*row) for row in different.tolist()], dtype=float)[back.reshape(-1)]


def _hwe_one(het: int, hom_ref: int, hom_alt: int) -> float:
    from scipy.special import gammaln

    total = het + hom_ref + hom_alt
    if total == 0:
        return float("nan")
    rare = het + 2 * min(hom_ref, hom_alt)
    hets = np.arange(rare % 2, rare + 1, 2)
    homs = (rare - hets) // 2
    others = total - hets - homs
    # log of 2^het / (het! hom! other!), the part of the probability that depends on het
    weights = hets * np.log(2) - gammaln(hets + 1) - gammaln(homs + 1) - gammaln(others + 1)
    weights = np.exp(weights - weights.max())
    mine = weights[hets == het][0]
    # numbers of heterozygotes that are just as probable count, in spite of rounding
    return float(min(weights[weights <= mine * (1 + 1e-7)].sum() / weights.sum(), 1.0))


def ld_prune(
    dosage: npt.ArrayLike, *, r2: float = 0.2, window: int = 50, missing: float = 1.0
) -> npt.NDArray[np.bool_]:
    """Keep variants that are nearly independent of those kept before them.

    Parameters
    ----------
    dosage : int array, (variants, samples)
        In the order of the map.
    r2 : float
        Largest squared correlation with a variant that is kept.
    window : int
        Variants that are kept are compared with this many kept before.
    missing : float
        Variants with a larger fraction of missing genotypes are left out.

    Returns
    -------
    bool array, (variants,)
        Variants with one genotype only are left out.

    Raises
    ------
    InputError
        For anything but dosages.
    """
    table = _dosages(dosage)
    scaled, varies = _scaled(table)
    varies &= (table < 0).mean(axis=1) <= missing
    unit = scaled / np.maximum(np.sqrt((scaled**2).sum(axis=1, keepdims=True)), 1e-12)
    kept: list[int] = []
    for row in np.flatnonzero(varies):
        near = kept[-window:]
        if not near or ((unit[near] @ unit[row]) ** 2).max() <= r2 + 1e-9:
            kept.append(int(row))
    mask = np.zeros(len(table), dtype=bool)
    mask[kept] = True
    return mask


def _scaled(table: npt.NDArray[Any]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Centred and divided by sqrt(2p(1-p)); missing at the mean. Also which variants vary."""
    values = np.where(table < 0, np.nan, table).astype(float)
    called = ~np.isnan(values)
    mean = np.nansum(values, axis=1) / np.maximum(called.sum(axis=1), 1)
    frequency = mean / 2
    spread = np.sqrt(2 * frequency * (1 - frequency))
    centred = np.where(called, values - mean[:, None], 0.0)
    varies = (spread > 0) & (np.abs(centred).max(axis=1, initial=0) > 0)
    return centred / np.where(varies, spread, 1.0)[:, None], varies


@dataclass(frozen=True)
class GenotypePCA:
    """Principal components of genotypes.

    Attributes
    ----------
    coordinates : float64 array, (samples, components)
        One row per sample. Signs are arbitrary; here the largest loading of each component is positive.
    explained : float64 array, (components,)
        Fraction of the variance of the scaled genotypes.
    used : bool array, (variants,)
        Variants that vary and so took part.
    """

    coordinates: Floats = field(repr=False)
    explained: Floats
    used: npt.NDArray[np.bool_] = field(repr=False)

    def table(self, samples: Any) -> pd.DataFrame:
        """Coordinates as a table ``sample, PC1, PC2, …``."""
        names = [f"PC{i + 1}" for i in range(self.coordinates.shape[1])]
        found = pd.DataFrame(self.coordinates, columns=names)
        found.insert(0, "sample", list(samples))
        return found


def genotype_pca(dosage: npt.ArrayLike, components: int = 10) -> GenotypePCA:
    """Principal component analysis of genotypes.

    Parameters
    ----------
    dosage : int array, (variants, samples)
        Biallelic variants, best common and pruned (`ld_prune`); a missing genotype is set to the mean.
    components : int
        How many; at most one less than the samples, and not more than the variants that vary.

    Returns
    -------
    GenotypePCA

    Raises
    ------
    InputError
        For anything but dosages, or more components than the data have.

    Sources
    -------
    Patterson, Price and Reich (2006), PLoS Genet 2:e190: each variant is centred and divided by
    ``sqrt(2p(1-p))``. The decomposition is scikit-learn's.
    """
    table = _dosages(dosage)
    scaled, used = _scaled(table)
    most = min(int(used.sum()), table.shape[1] - 1)
    if not 1 <= components <= most:
        raise InputError(
            told(
                f"genotype_pca: components is {components}; with {int(used.sum())} variants that vary and "
                f"{table.shape[1]} samples there are 1 to {most}",
                f"genotype_pca: components가 {components}입니다. 값이 변하는 변이 {int(used.sum())}개와 "
                f"표본 {table.shape[1]}개로는 1부터 {most}까지 구할 수 있습니다",
            )
        )
    from sklearn.decomposition import PCA

    solver = "full" if components > 0.8 * most else "arpack"
    model = PCA(components, svd_solver=solver, random_state=0)
    coordinates = model.fit_transform(scaled[used].T)
    loadings = model.components_
    signs = np.sign(loadings[np.arange(components), np.abs(loadings).argmax(axis=1)])
    return GenotypePCA(coordinates * signs, model.explained_variance_ratio_, used)


def associate(
    dosage: npt.ArrayLike,
    phenotype: npt.ArrayLike,
    covariates: npt.ArrayLike | pd.DataFrame | None = None,
    *,
    model: Literal["logistic", "linear"] | None = None,
) -> pd.DataFrame:
    """Test each variant for association with a trait.

    Parameters
    ----------
    dosage : int array, (variants, samples)
        Missing genotypes are set to the variant's mean.
    phenotype : array, (samples,)
        0 and 1 (or False and True) for a disease, numbers for a trait; samples with NaN are left out.
    covariates : array or DataFrame, (samples, k), optional
        Numbers such as age and principal components; an intercept is always added.
    model : {"logistic", "linear"}, optional
        By default logistic for a phenotype of 0 and 1, otherwise linear.

    Returns
    -------
    DataFrame
        One row per variant: beta (per copy of the alternative allele; log odds when logistic), se, z, p
        (two-sided), n. NaN for a variant that does not vary, or that the covariates explain.

    Raises
    ------
    InputError
        When lengths differ, the phenotype has one value only, or covariates are missing or collinear.

    Notes
    -----
    Linear: ordinary least squares, with its t test. Logistic: the score test, for which the model is fitted
    once, without the variant; beta is the first step from there, which is near the maximum-likelihood
    estimate for the small effects of common variants, and too small for large ones.

    Sources
    -------
    Score test: Rao (1948); as used in genome-wide scans, e.g. Zhou et al. (2018), Nat Genet 50:1335.
    """
    table = _dosages(dosage)
    y = np.asarray(phenotype, dtype=float)
    if y.shape != (table.shape[1],):
        raise InputError(
            told(
                f"associate: the phenotype has shape {y.shape}; expected one value for each of "
                f"{table.shape[1]} samples",
                f"associate: phenotype의 모양이 {y.shape}입니다. 표본 {table.shape[1]}개에 값이 하나씩 "
                "있어야 합니다",
            )
        )
    design = _design(covariates, len(y))
    known = ~np.isnan(y)
    table, y, design = table[:, known], y[known], design[known]
    chosen = _model_of(y, model)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InputError(
            told(
                "associate: the covariates are collinear (a constant column, or dummies of every group); "
                "leave one out",
                "associate: 공변량 사이에 완전한 공선성이 있습니다(상수인 열, 또는 모든 집단의 더미 변수). "
                "열 하나를 빼십시오",
            )
        )
    values = np.where(table < 0, np.nan, table).astype(float)
    called = ~np.isnan(values)
    mean = np.nansum(values, axis=1) / np.maximum(called.sum(axis=1), 1)
    values = np.where(called, values, mean[:, None])
    found = _logistic_score(values, y, design) if chosen == "logistic" else _least_squares(values, y, design)
    found["n"] = called.sum(axis=1)
    return found


def _model_of(y: Floats, asked: str | None) -> str:
    """The model asked for, or that for this kind of phenotype; refuses what cannot be tested."""
    binary = bool(np.isin(y, (0, 1)).all())
    chosen = asked or ("logistic" if binary else "linear")
    if chosen not in ("logistic", "linear"):
        raise InputError(
            told(
                f"associate: model is {asked!r}; expected 'logistic' or 'linear'",
                f"associate: model이 {asked!r}입니다. 'logistic'이나 'linear'여야 합니다",
            )
        )
    if len(np.unique(y)) < 2:
        raise InputError(
            told(
                f"associate: all {len(y)} phenotypes are {y[0] if len(y) else 'missing'}; nothing to test",
                f"associate: phenotype의 값 {len(y)}개가 모두 {y[0] if len(y) else '결측'}입니다. 검정할 "
                "것이 없습니다",
            )
        )
    if chosen == "logistic" and not binary:
        raise InputError(
            told(
                "associate: a logistic model needs a phenotype of 0 and 1",
                "associate: 로지스틱 모형에는 0과 1로 된 phenotype이 필요합니다",
            )
        )
    return chosen


def _design(covariates: Any, samples: int) -> Floats:
    columns = [np.ones(samples)]
    if covariates is not None:
        try:
            extra = np.asarray(covariates, dtype=float)
        except (TypeError, ValueError) as error:
            raise InputError(
                told(
                    "associate: covariates must be numbers; turn groups into 0/1 columns with "
                    "pandas.get_dummies",
                    "associate: 공변량은 숫자여야 합니다. 집단은 pandas.get_dummies를 써서 0과 1로 된 열로 "
                    "바꾸십시오",
                )
            ) from error
        extra = extra[:, None] if extra.ndim == 1 else extra
        if extra.shape[0] != samples:
            raise InputError(
                told(
                    f"associate: {extra.shape[0]} rows of covariates; expected {samples}",
                    f"associate: 공변량의 행이 {extra.shape[0]}개입니다. 표본과 같은 {samples}개여야 합니다",
                )
            )
        if np.isnan(extra).any():
            raise InputError(
                told(
                    "associate: covariates are missing (NaN) for some samples; fill or leave them out",
                    "associate: 공변량이 결측(NaN)인 표본이 있습니다. 값을 채우거나 그 표본을 빼십시오",
                )
            )
        columns.extend(extra.T)
    return np.column_stack(columns)


def _least_squares(values: Floats, y: Floats, design: Floats) -> pd.DataFrame:
    from scipy import stats

    basis, _ = np.linalg.qr(design)
    rest = values - (values @ basis) @ basis.T
    residual = y - basis @ (basis.T @ y)
    size = (rest**2).sum(axis=1)
    size[size < 1e-8 * np.maximum((values**2).sum(axis=1), 1e-300)] = np.nan
    beta = rest @ residual / size
    freedom = len(y) - design.shape[1] - 1
    noise = ((residual**2).sum() - beta**2 * size) / freedom
    se = np.sqrt(noise / size)
    z = beta / se
    return pd.DataFrame({"beta": beta, "se": se, "z": z, "p": 2 * stats.t.sf(np.abs(z), freedom)})


def _logistic_score(values: Floats, y: Floats, design: Floats) -> pd.DataFrame:
    from scipy import stats

    expected = _fit_logistic(y, design)
    weight = expected * (1 - expected)
    weighted = design * weight[:, None]
    score = values @ (y - expected)
    shared = values @ weighted
    solved = np.linalg.solve(design.T @ weighted, shared.T).T
    information = (values**2) @ weight - (shared * solved).sum(axis=1)
    information[information < 1e-8 * np.maximum((values**2) @ weight, 1e-300)] = np.nan
    z = score / np.sqrt(information)
    se = 1 / np.sqrt(information)
    return pd.DataFrame({"beta": score / information, "se": se, "z": z, "p": 2 * stats.norm.sf(np.abs(z))})


def _fit_logistic(y: Floats, design: Floats, steps: int = 50) -> Floats:
    """Fitted probabilities of a logistic regression, by Newton's method."""
    from scipy.special import expit

    beta = np.zeros(design.shape[1])
    for _ in range(steps):
        expected = expit(design @ beta)
        weight = np.maximum(expected * (1 - expected), 1e-12)
        step = np.linalg.solve(design.T @ (design * weight[:, None]), design.T @ (y - expected))
        beta += step
        if np.abs(step).max() < 1e-10:
            return np.asarray(expit(design @ beta))
    raise InputError(
        told(
            "associate: the covariates alone separate cases from controls, so there is nothing left to test",
            "associate: 공변량만으로 환자군과 대조군이 완전히 나뉘므로 검정할 것이 남지 않습니다",
        )
    )


def fdr(p: npt.ArrayLike) -> Floats:
    """Adjust p values for the false discovery rate.

    Parameters
    ----------
    p : float array, (n,)
        NaN stays NaN and is not counted as a test.

    Returns
    -------
    float64 array, (n,)
        Benjamini and Hochberg's adjusted p ("q value"): among the tests at or below a value, that fraction is
        expected to be false.

    Raises
    ------
    InputError
        For values outside [0, 1].

    Sources
    -------
    Benjamini and Hochberg (1995), J R Stat Soc B 57:289; `scipy.stats.false_discovery_control`.
    """
    values = np.asarray(p, dtype=float)
    known = ~np.isnan(values)
    if ((values[known] < 0) | (values[known] > 1)).any():
        raise InputError(
            told("fdr: expected p values between 0 and 1", "fdr: p값은 0 이상 1 이하여야 합니다")
        )
    from scipy import stats

    adjusted = np.full(values.shape, np.nan)
    if known.any():
        adjusted[known] = stats.false_discovery_control(values[known])
    return adjusted


def genomic_inflation(p: npt.ArrayLike) -> float:
    """Lambda: by what factor the median test statistic is too large.

    Parameters
    ----------
    p : float array, (n,)
        p values of tests with one degree of freedom, nearly all without effect; NaN is left out.

    Returns
    -------
    float
        Median of the chi-square statistics over 0.4549, their median without effect: 1 when all is well. NaN
        without p values.

    Sources
    -------
    Devlin and Roeder (1999), Biometrics 55:997.
    """
    values = np.asarray(p, dtype=float)
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan")
    from scipy import stats

    return float(np.median(stats.chi2.isf(values, 1)) / stats.chi2.median(1))
