"""Alignments as lines of SAM text (SAM specification, sections 1.4 and 1.5)."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from biolabkit import __version__
from biolabkit._pysam import import_pysam
from biolabkit._words import joined, told
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._alignment_hits import Hit, Placed, Read, reverse_complement
from biolabkit.genomics._sentences import unreadable
from biolabkit.genomics.cigar import OPERATIONS
from biolabkit.genomics.flags import FLAGS


def header(reference: Path, program: str, read_group: Mapping[str, str] | None) -> str:
    """@HD, an @SQ with M5 and UR per sequence of a FASTA, @RG and @PG.

    Raises
    ------
    FormatError
        When the FASTA is damaged, or has no or twice the same sequence.
    """
    pysam = import_pysam()
    lines = ["@HD\tVN:1.6\tSO:unsorted"]
    names: set[str] = set()
    try:
        with pysam.FastxFile(str(reference)) as stream:
            for record in stream:
                name, sequence = record.name or "", record.sequence or ""
                if name in names:
                    raise FormatError(
                        told(
                            f"{reference} has two sequences named {name!r}",
                            f"{reference}: 이름이 같은 서열이 둘 있습니다: {name!r}",
                        )
                    )
                names.add(name)
                digest = hashlib.md5(sequence.upper().encode(), usedforsecurity=False).hexdigest()
                lines.append(
                    f"@SQ\tSN:{name}\tLN:{len(sequence)}\tM5:{digest}\tUR:{reference.resolve().as_uri()}"
                )
    except (OSError, ValueError) as error:
        if isinstance(error, FormatError):
            raise
        raise unreadable(reference, "FASTA", error) from error
    if read_group:
        lines.append("@RG\t" + "\t".join(f"{key}:{value}" for key, value in read_group.items()))
    lines.append(f"@PG\tID:minimap2\tPN:minimap2\t{program}\tDS:through mappy, by biolabkit {__version__}")
    return "\n".join(lines) + "\n"


def check_read_group(read_group: str | Mapping[str, str] | None) -> dict[str, str] | None:
    """A read group with its ID first; a text is both ID and sample.

    Raises
    ------
    InputError
        When the ID is missing, a key has not two letters, or a value would break the header's line.
    """
    if read_group is None:
        return None
    group = {"ID": read_group, "SM": read_group} if isinstance(read_group, str) else dict(read_group)
    problems = [] if group.get("ID") else [told("ID is missing", "ID가 없습니다")]
    problems += [
        told(f"{key!r} is no two-letter key", f"두 글자로 된 키가 아닙니다: {key!r}")
        for key in group
        if len(key) != 2
    ]
    problems += [
        told(f"{key} holds a tab or line end", f"{key}의 값에 탭이나 줄바꿈이 있습니다")
        for key, value in group.items()
        if set(str(value)) & set("\t\n\r")
    ]
    if problems:
        such = "{'ID': 'a', 'SM': 'HG002'}"
        problems.append(told(f"expected such as {such}", f"다음과 같이 적으십시오: {such}"))
        raise InputError("read_group: " + joined(problems))
    return {"ID": group["ID"]} | group


def single_lines(placed: Placed, group: str, secondary: bool) -> Iterator[str]:
    """The SAM lines of a read without a mate."""
    yield from _lines(placed, None, 0, group, secondary)


def pair_lines(first: Placed, second: Placed, group: str, secondary: bool) -> Iterator[str]:
    """The SAM lines of two mates, which share one name."""
    yield from _lines(first, second, FLAGS["paired"] | FLAGS["read1"], group, secondary)
    yield from _lines(second, first, FLAGS["paired"] | FLAGS["read2"], group, secondary)


def stem(name: str) -> str:
    """A read's name without the mark of the mate."""
    return name[:-2] if name.endswith(("/1", "/2")) else name


def _lines(placed: Placed, mate: Placed | None, flag: int, group: str, secondary: bool) -> Iterator[str]:
    partner = mate.primary if mate else None
    if mate is not None:
        flag |= FLAGS["proper_pair"] if placed.proper else 0
        flag |= FLAGS["mate_unmapped"] if partner is None else 0
        flag |= FLAGS["mate_reverse"] if partner is not None and partner.reverse else 0
    read, hit = placed.read, placed.primary
    read = read._replace(name=stem(read.name)) if mate else read
    if hit is None:
        yield _unmapped(read, flag | FLAGS["unmapped"], partner, group)
        return
    pieces = [hit, *(other for other in placed.others if other.chained)]
    for index, piece in enumerate(pieces):
        more = FLAGS["supplementary"] if index else 0
        tags = group + _elsewhere([other for other in pieces if other is not piece])
        yield _mapped(read, piece, flag | more, partner, mate is not None, tags)
    for other in placed.others:
        if secondary and not other.chained:
            # Proper is said of the primary alignment of a pair only.
            shown = flag & ~FLAGS["proper_pair"] | FLAGS["secondary"]
            yield _mapped(read, other, shown, partner, mate is not None, group)


def _mapped(read: Read, hit: Hit, flag: int, partner: Hit | None, paired: bool, tags: str) -> str:
    flag |= FLAGS["reverse"] if hit.reverse else 0
    sequence, quality = read.sequence, read.quality
    if hit.reverse:
        sequence, quality = reverse_complement(sequence), quality and quality[::-1]
    part = flag & (FLAGS["secondary"] | FLAGS["supplementary"])
    cigar = cigar_text(hit, "H" if part else "S")
    if flag & FLAGS["secondary"]:
        sequence, quality = "*", None
    elif part:
        kept = slice(hit.clipped[0], len(sequence) - hit.clipped[1])
        sequence, quality = sequence[kept], quality and quality[kept]
    if not paired:
        mate = ("*", 0, 0)
    elif partner is None:
        mate = ("=", hit.start + 1, 0)
    else:
        same = partner.contig == hit.contig
        mate = (
            "=" if same else partner.contig,
            partner.start + 1,
            template_length(hit, partner) if same else 0,
        )
    return (
        f"{read.name}\t{flag}\t{hit.contig}\t{hit.start + 1}\t{hit.mapping_quality}\t{cigar}\t"
        f"{mate[0]}\t{mate[1]}\t{mate[2]}\t{sequence}\t{quality or '*'}\t"
        f"NM:i:{hit.edit_distance}\tMD:Z:{hit.mismatches}{tags}\n"
    )


def _unmapped(read: Read, flag: int, partner: Hit | None, group: str) -> str:
    """A read that lies nowhere stands beside its mate, so that sorting keeps the two together."""
    place = (
        ("*", 0, "*", 0) if partner is None else (partner.contig, partner.start + 1, "=", partner.start + 1)
    )
    return (
        f"{read.name}\t{flag}\t{place[0]}\t{place[1]}\t0\t*\t{place[2]}\t{place[3]}\t0\t"
        f"{read.sequence}\t{read.quality or '*'}{group}\n"
    )


def cigar_text(hit: Hit, clip: str) -> str:
    """CIGAR of a hit with its clips."""
    before, behind = (f"{many}{clip}" if many else "" for many in hit.clipped)
    return before + "".join(f"{many}{OPERATIONS[operation]}" for many, operation in hit.cigar) + behind


def template_length(hit: Hit, partner: Hit) -> int:
    """TLEN: from the 5' end of one mate to that of the other, negative for the right one."""
    mine, its = (other.end - 1 if other.reverse else other.start for other in (hit, partner))
    return its - mine + (its > mine) - (its < mine)


def _elsewhere(pieces: Iterable[Hit]) -> str:
    """The SA tag: the other pieces of a read that is aligned in several."""
    text = "".join(
        f"{piece.contig},{piece.start + 1},{'-' if piece.reverse else '+'},{cigar_text(piece, 'S')},"
        f"{piece.mapping_quality},{piece.edit_distance};"
        for piece in pieces
    )
    return f"\tSA:Z:{text}" if text else ""
