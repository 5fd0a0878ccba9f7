"""From FASTQ to a sorted, indexed BAM: alignment with minimap2, and the marking of duplicates."""

import contextlib
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, zip_longest
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from biolabkit._pysam import import_pysam
from biolabkit._words import joined, told, unknown
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._alignment_hits import PRESETS, Mapper, Read, load_mappy
from biolabkit.genomics._alignment_records import check_read_group, header, pair_lines, single_lines, stem
from biolabkit.genomics._parallel import somebody_watches
from biolabkit.genomics._sentences import reason
from biolabkit.genomics.fastq import Reads
from biolabkit.genomics.sequences_files import open_text

__all__ = ["align", "mark_duplicates"]

Source = str | PathLike[str] | Reads | pd.DataFrame | Iterable[tuple[str, str, str | None]]
PHRED_OFFSET = 33

# Reads or pairs that one thread aligns at a time.
BATCH = 2_000


def align(
    reads: Source | tuple[Source, Source],
    reference: str | PathLike[str],
    output: str | PathLike[str],
    *,
    preset: str = "sr",
    workers: int = 1,
    read_group: str | Mapping[str, str] | None = None,
    secondary: bool = False,
    progress: bool | None = None,
) -> Path:
    """Align reads to a reference with minimap2; the result is a coordinate-sorted BAM with its index.

    Parameters
    ----------
    reads : source, or tuple of two sources
        One source holds single reads, a tuple of two holds the first and the second mates. A source is the
        path of a FASTQ or FASTA file (plain or gzipped), `Reads` in memory (`read_fastq`, `trim`), a table
        with the columns name, sequence, quality, or an iterable of such triples; quality is Phred+33 text or
        None.
    reference : path-like
        FASTA, plain or gzipped.
    output : path-like
        The BAM to write; its index is ``<output>.bai``. Both are whole or not there.
    preset : str
        minimap2's preset: ``"sr"`` (short reads), ``"map-ont"``, ``"map-hifi"``, ``"map-pb"``, ``"asm5"``,
        ``"asm10"``, ``"asm20"`` or ``"splice"``. Pairs are aligned with ``"sr"`` only.
    workers : int
        Threads. The file is the same whatever their number.
    read_group : str or mapping, optional
        Header line @RG, such as ``{"ID": "lane1", "SM": "HG002"}``; a text is taken for both.
    secondary : bool
        Write secondary alignments too; minimap2's short-read preset leaves them out.
    progress : bool, optional
        Show a progress bar; by default only in a terminal or a notebook.

    Returns
    -------
    Path
        Of the BAM. Records have FLAG, MAPQ, mate fields and TLEN as minimap2 writes them, the tags NM, MD
        and, where a read is aligned in pieces, SA. A further piece is flagged as supplementary and hard
        clipped. Every read is in the file, unmapped ones too. The header has @SQ with M5 and UR, and @PG.

    Raises
    ------
    MissingExtraError
        Without mappy.
    InputError
        A missing file, an unknown preset, or mates that are out of step (the message says where).
    FormatError
        A FASTQ or FASTA that is damaged or truncated.

    Notes
    -----
    Which of a read's hits is primary and whether a pair is proper are worked out here, as mappy does not
    say; on real pairs more than 99.9 % of the records agree with the minimap2 program in position, strand and
    CIGAR (see ``tests/genomics/test_alignment.py``).

    References
    ----------
    H. Li (2018), Minimap2: pairwise alignment for nucleotide sequences, Bioinformatics 34:3094.

    Examples
    --------
    >>> align(("reads_1.fastq.gz", "reads_2.fastq.gz"), "genome.fa", "aligned.bam")  # doctest: +SKIP
    """
    load_mappy()
    fasta, target = Path(reference), Path(output)
    sources = reads if isinstance(reads, tuple) and len(reads) == 2 else (reads,)
    _check(fasta, sources, preset, workers)
    group = check_read_group(read_group)
    mapper = Mapper(fasta, preset)
    tag = f"\tRG:Z:{group['ID']}" if group else ""
    program = f"VN:{load_mappy().__version__}\tCL:align preset={preset}"
    with _temporary_folder(target) as folder:
        unsorted = folder / "unsorted.sam"
        with unsorted.open("w", encoding="ascii") as stream:
            stream.write(header(fasta, program, group))
            for text in _aligned(mapper, sources, workers, tag, secondary, progress):
                stream.write(text)
        _samtools("sort", "--no-PG", "-@", str(workers - 1), "-o", str(folder / "sorted.bam"), str(unsorted))
        return _publish(folder / "sorted.bam", target)


def mark_duplicates(bam: str | PathLike[str], output: str | PathLike[str]) -> Path:
    """Flag all but one of the fragments that begin and end at the same place (samtools markdup).

    Parameters
    ----------
    bam : path-like
        Any order; pairs need both mates in it.
    output : path-like
        The coordinate-sorted BAM to write, with its index ``<output>.bai``; may be `bam` itself.

    Returns
    -------
    Path
        Of the new BAM. Duplicates stay in it with flag 0x400: the fragment of the highest base qualities is
        not flagged.

    Raises
    ------
    InputError
        When the file does not exist.
    FormatError
        When it is damaged.

    Notes
    -----
    Copies of one molecule that PCR made look the same as two molecules that were cut at the same places; the
    deeper a small genome is sequenced, the more of the latter are flagged.
    """
    source, target = Path(bam), Path(output)
    if not source.is_file():
        raise InputError(told(f"there is no such file: {source}", f"그런 파일이 없습니다: {source}"))
    with _temporary_folder(target) as folder:
        steps = {
            name: str(folder / f"{name}.bam") for name in ("collated", "mated", "sorted", "marked", "tmp")
        }
        _samtools("collate", "--no-PG", "-o", steps["collated"], str(source), steps["tmp"])
        _samtools("fixmate", "--no-PG", "-m", steps["collated"], steps["mated"])
        _samtools("sort", "--no-PG", "-o", steps["sorted"], steps["mated"])
        _samtools("markdup", "--no-PG", steps["sorted"], steps["marked"])
        return _publish(Path(steps["marked"]), target)


def _check(fasta: Path, sources: Iterable[Any], preset: str, workers: int) -> None:
    if preset not in PRESETS:
        raise unknown("preset of minimap2", "minimap2에 없는 preset입니다", preset, PRESETS)
    sources = list(sources)
    paths = [fasta, *(Path(source) for source in sources if isinstance(source, str | PathLike))]
    problems = [
        told(f"there is no such file: {path}", f"그런 파일이 없습니다: {path}")
        for path in paths
        if not path.is_file()
    ]
    if len(sources) == 2 and preset != "sr":
        problems.append(
            told(
                f"read pairs are aligned with preset 'sr', not with {preset!r}",
                f"preset이 {preset!r}입니다. 리드 쌍은 'sr' preset으로만 정렬합니다",
            )
        )
    if workers < 1:
        problems.append(
            told(
                f"workers is {workers}; expected at least 1",
                f"workers가 {workers}입니다. 1 이상이어야 합니다",
            )
        )
    if problems:
        raise InputError("align: " + joined(problems))


# ---------------------------------------------------------------- reads


def _records(source: Source) -> Iterator[Read]:
    """The reads of a source, one by one, each checked."""
    if isinstance(source, str | PathLike):
        yield from _file_records(Path(source))
        return
    if isinstance(source, Reads):
        yield from _memory_records(source)
        return
    if isinstance(source, pd.DataFrame):
        missing = ", ".join(sorted({"name", "sequence", "quality"} - set(source.columns)))
        if missing:
            raise InputError(
                told(
                    f"align: the table of reads has no column {missing}",
                    f"align: 리드 표에 다음 열이 없습니다: {missing}",
                )
            )
        source = source[["name", "sequence", "quality"]].itertuples(index=False, name=None)
    for number, (name, sequence, quality) in enumerate(source, start=1):
        if quality is not None and len(quality) != len(sequence):
            raise InputError(
                told(
                    f"align: read {number} ({name}) has {len(sequence)} bases and {len(quality)} qualities",
                    f"align: {number}번째 리드({name})의 염기는 {len(sequence)}개인데 품질값은 "
                    f"{len(quality)}개입니다",
                )
            )
        yield Read(_first_word(str(name)), str(sequence), quality)


def _file_records(path: Path) -> Iterator[Read]:
    from Bio.SeqIO.FastaIO import SimpleFastaParser
    from Bio.SeqIO.QualityIO import FastqGeneralIterator

    with open_text(path, "FASTQ") as stream:
        try:
            begin = stream.read(1)
            stream.seek(0)
            if begin == ">":
                for title, sequence in SimpleFastaParser(stream):
                    yield Read(_first_word(title), sequence, None)
                return
            for title, sequence, quality in FastqGeneralIterator(stream):
                yield Read(_first_word(title), sequence, quality)
        except (ValueError, zlib.error) as error:
            raise FormatError(
                told(
                    f"{path} is no FASTQ, or is damaged: {error}",
                    f"{path}: FASTQ가 아니거나 손상된 파일입니다({reason(error)})",
                )
            ) from error


def _memory_records(reads: Reads) -> Iterator[Read]:
    """The reads of arrays, as `read_fastq` and `trim` give them."""
    for index, name in enumerate(reads.names):
        quality = (reads.quality(index) + np.uint8(PHRED_OFFSET)).tobytes().decode("ascii")
        yield Read(_first_word(name), reads.sequence(index), quality)


def _first_word(title: str) -> str:
    """A name in SAM ends at the first blank."""
    return title.split()[0] if title.split() else "*"


def _pairs(first: Source, second: Source) -> Iterator[tuple[Read, Read]]:
    for number, (left, right) in enumerate(zip_longest(_records(first), _records(second)), start=1):
        if left is None or right is None:
            raise _no_mate(number, first=left is None)
        if stem(left.name) != stem(right.name):
            raise InputError(
                told(
                    f"align: mates are out of step at pair {number}: {left.name} beside {right.name}; "
                    "filter both files together",
                    f"align: {number}번째 쌍에서 짝이 어긋납니다(첫째 리드 {left.name}, 둘째 리드 "
                    f"{right.name}). 두 파일을 함께 거르십시오",
                )
            )
        yield left, right


def _no_mate(number: int, *, first: bool) -> InputError:
    short = told("first", "첫째") if first else told("second", "둘째")
    return InputError(
        told(
            f"align: mates are out of step: there is no {short} mate {number}",
            f"align: 짝이 어긋납니다. {number}번째 쌍의 {short} 리드가 없습니다",
        )
    )


# ---------------------------------------------------------------- mapping


def _aligned(
    mapper: Mapper,
    sources: tuple[Any, ...],
    workers: int,
    tag: str,
    secondary: bool,
    progress: bool | None,
) -> Iterator[str]:
    """SAM text, a batch at a time, in the order of the reads."""
    from tqdm.auto import tqdm

    one = _one_pair if len(sources) == 2 else _one_read
    items = _pairs(*sources) if len(sources) == 2 else _records(sources[0])

    def work(batch: list[Any]) -> str:
        buffer = mapper.buffer()
        return "".join(line for item in batch for line in one(mapper, item, buffer, tag, secondary))

    what = told("aligning", "정렬")
    unit = told("pairs", "쌍") if len(sources) == 2 else told("reads", "리드")
    hidden = not (somebody_watches() if progress is None else progress)
    with (
        tqdm(desc=what, unit=f" {unit}", unit_scale=True, leave=False, delay=1, disable=hidden) as bar,
        ThreadPoolExecutor(workers) as pool,
    ):
        # Round by round, so that only as many reads are in memory as there is work for.
        while batches := _take(items, workers):
            for batch, text in zip(batches, pool.map(work, batches), strict=True):
                bar.update(len(batch))
                yield text


def _take(items: Iterator[Any], batches: int) -> list[list[Any]]:
    found = [list(islice(items, BATCH)) for _ in range(batches)]
    return [batch for batch in found if batch]


def _one_read(mapper: Mapper, read: Read, buffer: Any, tag: str, secondary: bool) -> Iterator[str]:
    return single_lines(mapper.place(read, buffer), tag, secondary)


def _one_pair(
    mapper: Mapper, pair: tuple[Read, Read], buffer: Any, tag: str, secondary: bool
) -> Iterator[str]:
    return pair_lines(*mapper.place_pair(pair, buffer), tag, secondary)


# ---------------------------------------------------------------- files


@contextlib.contextmanager
def _temporary_folder(target: Path) -> Iterator[Path]:
    """A folder beside the file to write, so that renaming works; it is gone afterwards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _publish(bam: Path, target: Path) -> Path:
    """Index a finished BAM and move both files to their place, the index first."""
    _samtools("index", str(bam))
    Path(f"{bam}.bai").replace(f"{target}.bai")
    bam.replace(target)
    return target


def _samtools(command: str, *arguments: str) -> None:
    import_pysam()
    import pysam.samtools
    import pysam.utils

    run: Callable[..., Any] = getattr(pysam.samtools, command)
    try:
        run(*arguments, catch_stdout=False)
    except pysam.utils.SamtoolsError as error:
        said = " ".join(str(error).replace("\\n", " ").split())
        raise FormatError(
            told(f"samtools {command} failed: {said}", f"samtools {command} 실행에 실패했습니다: {said}")
        ) from error
