"""FASTQ in and out, as arrays: one row per read, one column per cycle."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._sentences import reason
from biolabkit.genomics.fastq_quality import ERROR, detect_phred_offset
from biolabkit.genomics.sequences import NUCLEOTIDES
from biolabkit.genomics.sequences_files import create_text, open_text

__all__ = ["Reads", "check_mates", "expected_errors", "read_fastq", "read_fastq_pair", "write_fastq"]

Bytes = npt.NDArray[np.uint8]

_KNOWN = np.zeros(256, dtype=bool)
_KNOWN[[ord(letter) for letter in "".join(NUCLEOTIDES) + "".join(NUCLEOTIDES).lower()]] = True


@dataclass(frozen=True)
class Reads:
    """Reads of any lengths as two rectangular arrays.

    A read shorter than the longest ends in zeros, in both arrays; `lengths` says where. The arrays take two
    bytes per read and cycle: 100,000 reads of 150 bases 30 MB.

    Attributes
    ----------
    names : object array, (reads,)
        Headers without the ``@``, with what follows the first blank.
    bases : uint8 array, (reads, cycles)
        ASCII codes, upper case; 0 behind the end.
    qualities : uint8 array, (reads, cycles)
        Phred scores; 0 behind the end.
    lengths : int64 array, (reads,)
        Bases per read.
    """

    names: npt.NDArray[np.object_] = field(repr=False)
    bases: Bytes = field(repr=False)
    qualities: Bytes = field(repr=False)
    lengths: npt.NDArray[np.int64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"Reads({len(self):,} reads, {int(self.lengths.sum()):,} bases)"

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Which cells of the arrays are bases, (reads, cycles)."""
        return np.arange(self.bases.shape[1]) < self.lengths[:, None]

    def sequence(self, index: int) -> str:
        """Return the bases of one read."""
        return self.bases[index, : self.lengths[index]].tobytes().decode("ascii")

    def quality(self, index: int) -> npt.NDArray[np.uint8]:
        """Return the Phred scores of one read."""
        return self.qualities[index, : self.lengths[index]]

    def select(self, which: npt.ArrayLike) -> "Reads":
        """Return some of the reads, by a boolean array or indices."""
        rows = np.asarray(which)
        if not rows.size:
            rows = rows.astype(np.int64)  # an empty list is an array of floats
        return Reads(self.names[rows], self.bases[rows], self.qualities[rows], self.lengths[rows])

    def cut(self, lengths: npt.ArrayLike) -> "Reads":
        """Return the reads cut to these lengths from their beginning; a longer length changes nothing."""
        shorter = np.clip(np.asarray(lengths, dtype=np.int64), 0, self.lengths)
        width = int(shorter.max(initial=0))
        inside = np.arange(width) < shorter[:, None]
        bases, qualities = self.bases[:, :width], self.qualities[:, :width]
        return Reads(self.names, bases * inside, qualities * inside, shorter)

    def to_frame(self) -> pd.DataFrame:
        """Return a table: name, sequence, length, mean_quality (that of the mean error probability)."""
        mean = expected_errors(self) / np.maximum(self.lengths, 1)
        with np.errstate(divide="ignore"):
            quality = np.where(self.lengths > 0, -10 * np.log10(mean), np.nan)
        sequences = [self.sequence(index) for index in range(len(self))]
        return pd.DataFrame(
            {"name": self.names, "sequence": sequences, "length": self.lengths, "mean_quality": quality}
        )


def expected_errors(reads: Reads) -> npt.NDArray[np.float64]:
    """Expected number of wrong bases in each read: the sum of its error probabilities.

    Parameters
    ----------
    reads : Reads
        Of any lengths.

    Returns
    -------
    float array, (reads,)
        0 for a read without bases.

    Notes
    -----
    Source: Edgar and Flyvbjerg (2015), Bioinformatics 31:3476, section 2.2.
    """
    return np.where(reads.inside, ERROR[reads.qualities], 0.0).sum(axis=1)


def read_fastq(path: str | PathLike[str], *, offset: int | None = None) -> Reads:
    """Read FASTQ, in four lines a record or wrapped.

    Parameters
    ----------
    path : path-like
        Plain or gzipped, whatever its name.
    offset : {33, 64}, optional
        What is subtracted from the ASCII codes. By default `detect_phred_offset` decides; where it cannot, it
        is 33, which every instrument has written since 2011.

    Returns
    -------
    Reads
        Bases are upper case. IUPAC letters are kept.

    Raises
    ------
    InputError
        When the file does not exist or `offset` is neither 33 nor 64.
    FormatError
        When it has no record or is cut off, when bases and qualities of a record differ in length, when a
        letter is no nucleotide, or when a quality lies outside the offset's range; it names the record.
    """
    if offset not in (None, 33, 64):
        raise InputError(
            told(
                f"read_fastq: offset is {offset}; expected 33 or 64, or None to find out",
                f"read_fastq: offset이 {offset}입니다. 33이나 64여야 하며, None이면 파일에서 알아냅니다",
            )
        )
    names, sequences, texts = _records(path)
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    bases = np.frombuffer("".join(sequences).upper().encode("latin-1"), dtype=np.uint8)
    _check_bases(path, bases, lengths, names)
    codes = np.frombuffer("".join(texts).encode("latin-1"), dtype=np.uint8)
    _check_qualities(path, codes, lengths, names, 33)
    used = offset or (detect_phred_offset(codes).offset if len(codes) else None) or 33
    _check_qualities(path, codes, lengths, names, used)
    inside = np.arange(int(lengths.max(initial=0))) < lengths[:, None]
    arrays = [np.zeros(inside.shape, dtype=np.uint8) for _ in range(2)]
    arrays[0][inside], arrays[1][inside] = bases, codes - np.uint8(used)
    return Reads(np.array(names, dtype=object), arrays[0], arrays[1], lengths)


def _records(path: str | PathLike[str]) -> tuple[list[str], list[str], list[str]]:
    from Bio.SeqIO.QualityIO import FastqGeneralIterator

    names: list[str] = []
    sequences: list[str] = []
    qualities: list[str] = []
    with open_text(path, "FASTQ") as stream:
        try:
            for name, sequence, quality in FastqGeneralIterator(stream):
                names.append(name)
                sequences.append(sequence)
                qualities.append(quality)
        except UnicodeDecodeError:
            raise
        except ValueError as error:
            raise _no_record(path, names, error) from error
    if not names:
        raise FormatError(
            told(
                f"{path}: expected FASTQ; the file has no record",
                f"{path}: FASTQ여야 하는데 레코드가 하나도 없습니다",
            )
        )
    return names, sequences, qualities


def _no_record(path: str | PathLike[str], names: list[str], error: ValueError) -> FormatError:
    """What is wrong with the record behind those that were read."""
    last, ko = (f" (behind {names[-1]})", f"({names[-1]} 다음)") if names else ("", "")
    return FormatError(
        told(
            f"{path}: record {len(names) + 1}{last}: {error}",
            f"{path}: {len(names) + 1}번째 레코드{ko}를 읽을 수 없습니다. {reason(error)}",
        )
    )


def _check_bases(
    path: str | PathLike[str], bases: Bytes, lengths: npt.NDArray[np.int64], names: list[str]
) -> None:
    wrong = np.flatnonzero(~_KNOWN[bases])
    if len(wrong):
        row = int(np.searchsorted(np.cumsum(lengths), wrong[0], side="right"))
        letter = chr(bases[wrong[0]])
        raise FormatError(
            told(
                f"{path}: record {row + 1} ({names[row]}) has {letter!r} among its bases; "
                "expected IUPAC letters of nucleotides",
                f"{path}: {row + 1}번째 레코드({names[row]})의 염기에 {letter!r} 문자가 있습니다. "
                "뉴클레오타이드의 IUPAC 문자여야 합니다",
            )
        )


def _check_qualities(
    path: str | PathLike[str], codes: Bytes, lengths: npt.NDArray[np.int64], names: list[str], offset: int
) -> None:
    wrong = np.flatnonzero((codes < offset) | (codes > 126))
    if len(wrong):
        row = int(np.searchsorted(np.cumsum(lengths), wrong[0], side="right"))
        code = codes[wrong[0]]
        raise FormatError(
            told(
                f"{path}: record {row + 1} ({names[row]}) has the quality {chr(code)!r} (ASCII {code}), "
                f"which Phred+{offset} cannot have",
                f"{path}: {row + 1}번째 레코드({names[row]})에 Phred+{offset} 방식에는 없는 품질값이 "
                f"있습니다: {chr(code)!r}(ASCII {code})",
            )
        )


def read_fastq_pair(
    first: str | PathLike[str], second: str | PathLike[str], *, offset: int | None = None
) -> tuple[Reads, Reads]:
    """Read the two files of a paired-end run and make sure that mates stand in the same order.

    Parameters
    ----------
    first, second : path-like
        Files of the first and of the second mates.
    offset : {33, 64}, optional
        As in `read_fastq`.

    Returns
    -------
    (Reads, Reads)

    Raises
    ------
    InputError, FormatError
        As `read_fastq`, and when the files do not hold the same pairs in the same order (see `check_mates`).
    """
    reads = read_fastq(first, offset=offset), read_fastq(second, offset=offset)
    try:
        check_mates(*reads)
    except InputError as error:
        raise FormatError(
            told(f"{first} and {second}: {error}", f"{first} 파일과 {second} 파일: {error}")
        ) from error
    return reads


def check_mates(first: Reads, second: Reads) -> None:
    """Make sure that row i of both is the same pair, by name.

    Names are compared up to the first blank and without a final ``/1`` or ``/2``.

    Parameters
    ----------
    first, second : Reads
        The first and the second mates.

    Raises
    ------
    InputError
        Naming the first pair that does not fit, or the numbers of reads when those differ.
    """
    ours, theirs = list(_pair_names(first)), list(_pair_names(second))
    for number, (name, other) in enumerate(zip(ours, theirs, strict=False), start=1):
        if name != other:
            raise _out_of_step(number, name, other, theirs)
    if len(ours) != len(theirs):
        raise InputError(
            told(
                f"{len(ours):,} first mates, but {len(theirs):,} second mates",
                f"첫째 리드는 {len(ours):,}개인데 둘째 리드는 {len(theirs):,}개입니다",
            )
        )


def _out_of_step(number: int, name: str, other: str, theirs: list[str]) -> InputError:
    there, ko = "", ""
    if name in theirs:
        place = theirs.index(name) + 1
        there, ko = f"; {name} is read {place} there", f". {name}의 짝은 {place}번째에 있습니다"
    return InputError(
        told(
            f"mates out of step from read {number} on: {name} against {other}{there}",
            f"{number}번째 리드부터 짝이 어긋납니다(첫째 리드 {name}, 둘째 리드 {other}){ko}",
        )
    )


def _pair_names(reads: Reads) -> Iterator[str]:
    for name in reads.names:
        words = name.split(maxsplit=1)
        word = words[0] if words else ""
        yield word[:-2] if word.endswith(("/1", "/2")) else word


def write_fastq(reads: Reads, path: str | PathLike[str], *, offset: int = 33) -> Path:
    """Write reads as FASTQ, four lines each.

    Parameters
    ----------
    reads : Reads
        From `read_fastq` or trimming. A read without bases is written with two empty lines.
    path : path-like
        A name that ends in ``.gz`` is written gzipped.
    offset : {33, 64}
        What is added to the Phred scores.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    InputError
        When `offset` is neither 33 nor 64, or a score is too high to be written with it.
    """
    highest = int(reads.qualities.max(initial=0))
    if offset not in (33, 64) or highest + offset > 126:
        raise InputError(
            told(
                f"write_fastq: offset is {offset}, the highest quality {highest}; "
                "expected 33, or 64 up to Q62",
                f"write_fastq: offset이 {offset}, 가장 높은 품질값이 {highest}입니다. offset은 33이어야 "
                "하며, 품질값이 62 이하이면 64도 됩니다",
            )
        )
    codes = reads.qualities + np.uint8(offset)
    with create_text(path) as stream:
        for index, (name, length) in enumerate(zip(reads.names, reads.lengths, strict=True)):
            quality = codes[index, :length].tobytes().decode("ascii")
            stream.write(f"@{name}\n{reads.sequence(index)}\n+\n{quality}\n")
    return Path(path)
