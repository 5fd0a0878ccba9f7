"""An open, indexed BAM or CRAM and the FASTA it was aligned to, checked against each other."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit._pysam import import_pysam
from biolabkit._words import joined, told
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._bam import open_reads
from biolabkit.genomics._bam_blocks import BamBlocks
from biolabkit.genomics._region_text import Region, parse_region, suggest_contig
from biolabkit.genomics._sentences import unreadable

if TYPE_CHECKING:
    import pysam

__all__ = ["Alignment", "open_alignment"]

# A contig's checksum is computed over pieces of this many bases, so that a chromosome is never in memory.
CHECKSUM_STEP = 1_000_000


@dataclass(frozen=True)
class Alignment:
    """Reads and reference, open.

    Attributes
    ----------
    reads : pysam.AlignmentFile
    fasta : pysam.FastaFile
    reads_path, fasta_path : Path
    blocks : BamBlocks or None
        The reads by blocks of records; None for a CRAM.
    """

    reads: "pysam.AlignmentFile"
    fasta: "pysam.FastaFile"
    reads_path: Path
    fasta_path: Path
    blocks: BamBlocks | None

    @property
    def lengths(self) -> dict[str, int]:
        """Contigs of the reads and their lengths."""
        return dict(zip(self.reads.references, self.reads.lengths, strict=True))

    def regions(self, region: Region | None) -> list[tuple[str, int, int]]:
        """The region that is asked for, or every contig that has reads; each is in the FASTA, with the same
        length and, where the reads' header has one, the same checksum.
        """
        if region is not None:
            wanted = [parse_region(region, self.lengths)]
        else:
            wanted = [(name, 0, self.lengths[name]) for name in self._contigs_with_reads()]
        self._check_contigs([chrom for chrom, _, _ in wanted])
        return wanted

    def _contigs_with_reads(self) -> list[str]:
        if self.reads.is_cram:  # its index counts nothing
            return [name for name in self.lengths if next(self.reads.fetch(name), None) is not None]
        return [row.contig for row in self.reads.get_index_statistics() if row.mapped]

    def _check_contigs(self, names: list[str]) -> None:
        known = dict(zip(self.fasta.references, self.fasta.lengths, strict=True))
        checksums = {row["SN"]: row.get("M5") for row in self.reads.header.to_dict().get("SQ", [])}
        problems = []
        for name in names:
            if name not in known:
                problems.append(_no_contig(name, known))
            elif known[name] != self.lengths[name]:
                problems.append(self._other_length(name, known[name]))
            elif checksums[name] and checksums[name] != self._checksum(name):
                problems.append(self._other_bases(name, checksums[name]))
        if problems:
            said = joined(problems)
            raise FormatError(
                told(
                    f"{self.fasta_path} is not the reference of {self.reads_path}: {said}; "
                    "give the FASTA that the reads were aligned to",
                    f"{self.fasta_path}: {self.reads_path} 파일의 참조 서열이 아니므로 리드를 정렬할 때 쓴 "
                    f"FASTA를 주십시오. {said}",
                )
            )

    def _other_length(self, name: str, bases: int) -> str:
        return told(
            f"contig {name!r} has {self.lengths[name]:,} bases in the {self.kind}, {bases:,} in the FASTA",
            f"컨티그 {name!r}의 길이가 {self.kind} 파일에서는 {self.lengths[name]:,}염기, FASTA에서는 "
            f"{bases:,}염기입니다",
        )

    def _other_bases(self, name: str, checksum: str) -> str:
        return told(
            f"the bases of contig {name!r} are others: their MD5 is {self._checksum(name)}, "
            f"the header of the {self.kind} says {checksum}",
            f"컨티그 {name!r}의 염기가 다릅니다. FASTA의 MD5는 {self._checksum(name)}, {self.kind} 헤더에 "
            f"적힌 MD5는 {checksum}입니다",
        )

    @property
    def kind(self) -> str:
        """``"BAM"`` or ``"CRAM"``."""
        return "CRAM" if self.reads.is_cram else "BAM"

    def _checksum(self, name: str) -> str:
        state = self.fasta_path.stat()
        return _md5_of_contig(str(self.fasta_path), name, state.st_size, state.st_mtime_ns)


def _no_contig(name: str, known: Iterable[str]) -> str:
    near = suggest_contig(name, known)
    return told(
        f"the reads lie on contig {name!r}, which the FASTA does not have{near}",
        f"리드가 정렬된 컨티그가 FASTA에 없습니다: {name!r}{near}",
    )


@lru_cache(maxsize=256)
def _md5_of_contig(path: str, name: str, size: int, changed: int) -> str:  # noqa: ARG001  # part of the key
    """MD5 of a contig in upper case, as the M5 field of a SAM header has it."""
    import hashlib

    pysam = import_pysam()
    digest = hashlib.md5(usedforsecurity=False)
    with pysam.FastaFile(path) as fasta:
        for start in range(0, fasta.get_reference_length(name), CHECKSUM_STEP):
            digest.update(fasta.fetch(name, start, start + CHECKSUM_STEP).upper().encode("ascii"))
    return digest.hexdigest()


@contextlib.contextmanager
def open_alignment(reads: str | PathLike[str], reference: str | PathLike[str]) -> Iterator[Alignment]:
    """Open sorted, indexed reads together with their reference FASTA.

    Parameters
    ----------
    reads : path-like
        BAM or CRAM with an index beside it.
    reference : path-like
        FASTA, plain or bgzipped. A CRAM is decoded with it.

    Raises
    ------
    InputError
        When a file is missing, or the reads have no index (the message says how to make one).
    FormatError
        When a file is not BAM, CRAM or FASTA.
    """
    pysam = import_pysam()
    reads_path, fasta_path = Path(reads), Path(reference)
    missing = [str(path) for path in (reads_path, fasta_path) if not path.is_file()]
    if missing:
        names = ", ".join(missing)
        raise InputError(told(f"there is no such file: {names}", f"그런 파일이 없습니다: {names}"))
    with contextlib.ExitStack() as stack:
        try:
            fasta = stack.enter_context(pysam.FastaFile(str(fasta_path)))
        except (OSError, ValueError) as error:
            raise unreadable(fasta_path, "FASTA", error) from error
        opened = stack.enter_context(open_reads(reads_path, fasta_path))
        blocks = None if opened.is_cram else stack.enter_context(contextlib.closing(BamBlocks(reads_path)))
        yield Alignment(opened, fasta, reads_path, fasta_path, blocks)
