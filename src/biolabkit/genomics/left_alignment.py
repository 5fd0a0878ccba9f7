"""Indels as far left as they go (Tan, Abecasis & Kang 2015, doi:10.1093/bioinformatics/btv112)."""

__all__ = ["left_align"]


def left_align(sequence: str, start: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Left-align and trim one variant.

    Parameters
    ----------
    sequence : str
        The reference from position 0 on, upper case.
    start : int
        0-based position of the first base of `ref`.
    ref, alt : str
        Alleles, not equal.

    Returns
    -------
    (int, str, str)
        The parsimonious, left-aligned spelling: no shared last base, and no shared first base beyond the
        anchor of an indel.

    Examples
    --------
    >>> left_align("GCACACAT", 4, "CAC", "C")
    (0, 'GCA', 'G')
    """
    while ref and alt and ref[-1] == alt[-1] and (len(ref) > 1 or len(alt) > 1):
        ref, alt = ref[:-1], alt[:-1]
        if not (ref and alt):
            if start == 0:
                following = sequence[len(ref) : len(ref) + 1]
                return 0, ref + following, alt + following
            start -= 1
            ref, alt = sequence[start] + ref, sequence[start] + alt
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        ref, alt, start = ref[1:], alt[1:], start + 1
    return start, ref, alt
