"""Alignment through mappy, held against the minimap2 program, and duplicate marking."""

import contextlib
import gzip
import shutil
import subprocess
from collections import Counter

import numpy as np
import pandas as pd
import pysam
import pytest

from biolabkit import datasets, simulate
from biolabkit.errors import FormatError, InputError, UnknownNameError
from biolabkit.genomics import (
    align,
    decode_flag,
    mark_duplicates,
    pileup,
    read_alignments,
    read_fastq_pair,
)

needs_minimap2 = pytest.mark.skipif(shutil.which("minimap2") is None, reason="needs the minimap2 program")
COMPLEMENT = str.maketrans("ACGT", "TGCA")


@pytest.fixture(autouse=True, scope="module")
def needs_mappy():
    pytest.importorskip("mappy")


def reverse_complement(text):
    return text.translate(COMPLEMENT)[::-1]


def damaged(rng, text):
    """A read with substitutions and single inserted or deleted bases."""
    letters = list(text)
    for index in np.flatnonzero(rng.random(len(letters)) < 0.01):
        letters[index] = rng.choice(["A", "C", "G", "T", "", letters[index] + "A"])
    return "".join(letters)


def junk(rng, length):
    return "".join(rng.choice(list("ACGT"), length))


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """Pairs with foreign ends, chimeras, a repeat, and mates that lie nowhere; and where they come from."""
    rng = np.random.default_rng(7)
    folder = tmp_path_factory.mktemp("hard")
    first = junk(rng, 30_000)
    first += first[5_000:6_000] + junk(rng, 2_000)
    contigs = {"one": first, "two": junk(rng, 10_000)}
    (folder / "reference.fa").write_text("".join(f">{name}\n{text}\n" for name, text in contigs.items()))
    pairs, places = [], {}
    for number in range(3_000):
        length = int(rng.normal(350, 50))
        start = int(rng.integers(0, len(first) - length))
        piece = first[start : start + length]
        kind = rng.choice(
            ["plain", "end1", "end2", "chimera", "lost", "bare"], p=[0.7, 0.1, 0.1, 0.05, 0.03, 0.02]
        )
        left, right = damaged(rng, piece[:150]), damaged(rng, reverse_complement(piece[-150:]))
        if kind == "end1":
            left = left[:-30] + junk(rng, 30)
        elif kind == "end2":
            right = junk(rng, 30) + right[30:]
        elif kind == "chimera":
            right = right[:90] + reverse_complement(contigs["two"][start % 9_000 : start % 9_000 + 60])
        elif kind == "lost":
            left = junk(rng, 150)
        elif kind == "bare":
            left, right = junk(rng, 150), "N" * 120
        if rng.random() < 0.5:
            left, right = right, left
        name = f"{kind}{number}"
        pairs.append((name, left, right))
        places[name] = (start, start + length)
    for which in (1, 2):
        with gzip.open(folder / f"reads_{which}.fastq.gz", "wt") as stream:
            for pair in pairs:
                stream.write(f"@{pair[0]}/{which}\n{pair[which]}\n+\n{'I' * len(pair[which])}\n")
    return folder, pairs, places


def minimap2(folder, reference, *reads):
    """The records of the program itself."""
    path = folder / f"minimap2-{len(reads)}.sam"
    command = ["minimap2", "-ax", "sr", "--MD", str(reference), *map(str, reads)]
    path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    return records(path)


def records(path):
    found = {}
    with pysam.AlignmentFile(str(path)) as stream:
        for read in stream:
            tags = {key: read.get_tag(key) for key in ("NM", "SA") if read.has_tag(key)}
            aside = bool(read.flag & 0x900)
            found.setdefault((read.query_name, read.is_read2, aside), []).append(
                {
                    "place": (read.reference_name, read.reference_start),
                    "flag": read.flag,
                    "cigar": read.cigarstring,
                    "mapq": read.mapping_quality,
                    "mate": (read.next_reference_name, read.next_reference_start),
                    "tlen": read.template_length,
                    "sequence": (read.query_sequence, read.qual),
                    **tags,
                }
            )
    return found


def disagreements(ours, theirs):
    """Share of the records that differ, by field."""
    assert {key for key in ours if not key[2]} == {key for key in theirs if not key[2]}
    count, total = Counter(), 0
    for key in set(ours) | set(theirs):
        pair = ours.get(key, []), theirs.get(key, [])
        total += max(map(len, pair))
        if len(pair[0]) != len(pair[1]):
            count["records"] += 1
            continue
        by_place = [sorted(side, key=lambda record: str(record["place"])) for side in pair]
        for mine, other in zip(*by_place, strict=True):
            count.update(field for field in mine | other if mine.get(field) != other.get(field))
    return {field: many / total for field, many in count.items()}


@needs_minimap2
def test_hard_pairs_lie_where_minimap2_puts_them(hard, tmp_path):
    folder, _, _ = hard
    reads = folder / "reads_1.fastq.gz", folder / "reads_2.fastq.gz"
    ours = records(align(reads, folder / "reference.fa", tmp_path / "out.bam"))
    differ = disagreements(ours, minimap2(tmp_path, folder / "reference.fa", *reads))
    # Versions of minimap2 differ in how they score a gap against a run of mismatches, and in ties.
    assert max(differ.get(field, 0) for field in ("records", "place", "flag")) <= 0.003
    assert max(differ.get(field, 0) for field in ("cigar", "NM", "tlen", "mate", "mapq", "SA")) <= 0.012
    assert differ.get("sequence", 0) <= 0.003


@needs_minimap2
def test_single_reads_lie_where_minimap2_puts_them(hard, tmp_path):
    folder, _, _ = hard
    reads = folder / "reads_2.fastq.gz"
    ours = records(align(reads, folder / "reference.fa", tmp_path / "out.bam"))
    # The program keeps the mark of the mate in the name of a single read, and so do we.
    differ = disagreements(ours, minimap2(tmp_path, folder / "reference.fa", reads))
    assert (
        max(differ.get(field, 0) for field in ("records", "place", "flag", "mate", "tlen", "sequence"))
        <= 0.003
    )
    assert max(differ.get(field, 0) for field in ("cigar", "NM", "mapq", "SA")) <= 0.012


@needs_minimap2
@pytest.mark.mirror
def test_real_bacterial_pairs_lie_where_minimap2_puts_them(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOLABKIT_DATA", "real")
    data = datasets.fetch("ecoli-mg1655-10kb-reads")
    reads = data.path("reads_1"), data.path("reads_2")
    ours = records(align(reads, data.path("reference"), tmp_path / "out.bam"))
    assert len(ours) == 2 * 28_160
    assert (
        max(disagreements(ours, minimap2(tmp_path, data.path("reference"), *reads)).values(), default=0)
        <= 0.0005
    )


@needs_minimap2
@pytest.mark.mirror
def test_real_human_pairs_lie_where_minimap2_puts_them(hg002, tmp_path):
    with pysam.FastaFile(str(hg002.reference)) as fasta:
        (tmp_path / "slice.fa").write_text(f">20\n{fasta.fetch('20', 9_995_000, 10_200_000)}\n")
    mates = {}
    with pysam.AlignmentFile(str(hg002.reads)) as stream:
        for read in stream.fetch("20", 10_000_000, 10_100_000):
            if not read.flag & 0x900:
                text = read.get_forward_sequence(), "".join(chr(q + 33) for q in read.get_forward_qualities())
                mates.setdefault(read.query_name, {})[read.is_read2] = (read.query_name, *text)
    pairs = [(both[False], both[True]) for both in mates.values() if len(both) == 2]
    assert len(pairs) > 10_000
    reads = []
    for which in (0, 1):
        path = tmp_path / f"reads_{which}.fastq"
        path.write_text("".join(f"@{p[which][0]}\n{p[which][1]}\n+\n{p[which][2]}\n" for p in pairs))
        reads.append(path)
    memory = tuple([pair[which] for pair in pairs] for which in (0, 1))
    ours = records(align(memory, tmp_path / "slice.fa", tmp_path / "out.bam", workers=2))
    differ = disagreements(ours, minimap2(tmp_path, tmp_path / "slice.fa", *reads))
    assert max(differ.values(), default=0) <= 0.001


def test_pairs_lie_where_they_come_from(hard, tmp_path):
    folder, pairs, places = hard
    reads = folder / "reads_1.fastq.gz", folder / "reads_2.fastq.gz"
    bam = align(reads, folder / "reference.fa", tmp_path / "out.bam")
    table = read_alignments(bam)
    assert Counter(table[table["flag"] & 0x900 == 0]["name"]) == Counter({name: 2 for name, _, _ in pairs})
    plain = table[table["name"].str.match("plain|end") & (table["flag"] & 0x900 == 0)]
    truth = np.array([places[name] for name in plain["name"]])
    unique = (truth[:, 1] < 5_000) | (truth[:, 0] >= 6_000) & (truth[:, 1] < 30_000)
    left = (plain["flag"] & 0x10 == 0).to_numpy()
    # A gap or a foreign end beside it moves an end by a few bases.
    off = np.where(left, plain["start"] - truth[:, 0], plain["end"] - truth[:, 1])
    near = np.abs(off) <= np.where(plain["name"].str.startswith("end"), 45, 12)
    assert near[unique].mean() > 0.999
    assert (plain["flag"] & 0x2 > 0)[unique].mean() > 0.99
    foreign = plain[plain["name"].str.startswith("end") & unique]
    assert foreign["cigar"].str.contains(r"^(?:2[2-9]|3\d)S|(?:2[2-9]|3\d)S$").mean() > 0.4


def test_tags_say_how_to_get_the_reference(hard, tmp_path):
    """NM and MD against samtools calmd, which reads the reference itself."""
    folder, _, _ = hard
    reads = folder / "reads_1.fastq.gz", folder / "reads_2.fastq.gz"
    bam = align(reads, folder / "reference.fa", tmp_path / "out.bam")
    again = tmp_path / "calmd.bam"
    pysam.samtools.calmd("-b", str(bam), str(folder / "reference.fa"), save_stdout=str(again))
    with pysam.AlignmentFile(str(bam)) as ours, pysam.AlignmentFile(str(again)) as theirs:
        for mine, other in zip(ours, theirs, strict=True):
            if not mine.is_unmapped:
                assert (mine.get_tag("NM"), mine.get_tag("MD")) == (other.get_tag("NM"), other.get_tag("MD"))


def test_the_header_says_what_was_done(hard, tmp_path):
    folder, _, _ = hard
    group = {"SM": "donor", "ID": "lane1"}
    bam = align(folder / "reads_1.fastq.gz", folder / "reference.fa", tmp_path / "out.bam", read_group=group)
    with pysam.AlignmentFile(str(bam)) as stream:
        header = stream.header.to_dict()
        assert {read.get_tag("RG") for read in stream} == {"lane1"}
    assert header["HD"]["SO"] == "coordinate"
    assert [line["SN"] for line in header["SQ"]] == ["one", "two"]
    with pysam.AlignmentFile(str(bam)) as stream, pysam.FastaFile(str(folder / "reference.fa")) as fasta:
        for line in header["SQ"]:
            assert line["LN"] == fasta.get_reference_length(line["SN"])
            assert line["UR"] == (folder / "reference.fa").resolve().as_uri()
    assert header["RG"] == [{"ID": "lane1", "SM": "donor"}]
    assert header["PG"][0]["PN"] == "minimap2"
    text = pysam.samtools.dict(str(folder / "reference.fa"))
    assert [line["M5"] for line in header["SQ"]] == [
        part[3:] for part in text.split() if part.startswith("M5:")
    ]


def test_calls_need_the_reference_that_was_aligned_to(hard, tmp_path):
    folder, pairs, _ = hard
    triples = [(name, left, "I" * len(left)) for name, left, _ in pairs[:300]]
    bam = align(triples, folder / "reference.fa", tmp_path / "out.bam")
    assert len(pileup(bam, folder / "reference.fa", ("one", 0, 5_000)))
    other = tmp_path / "other.fa"
    text = (folder / "reference.fa").read_text()
    other.write_text(text[:2_000] + text[2_000:2_004].translate(COMPLEMENT) + text[2_004:])
    with pytest.raises(FormatError, match="is not the reference of"):
        pileup(bam, other, ("one", 0, 5_000))


def test_threads_do_not_change_the_file(hard, tmp_path, monkeypatch):
    monkeypatch.setattr("biolabkit.genomics.alignment.BATCH", 100)
    folder, _, _ = hard
    reads = folder / "reads_1.fastq.gz", folder / "reads_2.fastq.gz"
    one, many = (
        align(reads, folder / "reference.fa", tmp_path / f"{workers}.bam", workers=workers)
        for workers in (1, 3)
    )
    assert one.read_bytes() == many.read_bytes()


def test_reads_in_memory_are_those_of_the_files(hard, tmp_path):
    folder, pairs, _ = hard
    triples = tuple(
        [(pair[0], pair[which], "I" * len(pair[which])) for pair in pairs[:200]] for which in (1, 2)
    )
    tables = tuple(pd.DataFrame(side, columns=["name", "sequence", "quality"]) for side in triples)
    by = {
        key: pysam.samtools.view(str(align(reads, folder / "reference.fa", tmp_path / f"{key}.bam")))
        for key, reads in {"triples": triples, "tables": tables}.items()
    }
    assert by["triples"] == by["tables"]
    assert len({line.split("\t")[0] for line in by["tables"].splitlines()}) == 200
    bare = align([("a", pairs[0][1], None)], folder / "reference.fa", tmp_path / "bare.bam")
    assert read_alignments(bare)["quality"].tolist() == ["*"]


def test_trimmed_reads_go_on_to_alignment(hard, tmp_path):
    folder, _, _ = hard
    paths = folder / "reads_1.fastq.gz", folder / "reads_2.fastq.gz"
    arrays = read_fastq_pair(*paths)
    views = [
        pysam.samtools.view(str(align(reads, folder / "reference.fa", tmp_path / f"{number}.bam")))
        for number, reads in enumerate((paths, arrays))
    ]
    assert views[0] == views[1]


def test_no_reads_and_a_soft_masked_reference(hard, tmp_path):
    folder, pairs, _ = hard
    empty = align([], folder / "reference.fa", tmp_path / "empty.bam")
    assert read_alignments(empty).empty
    masked = tmp_path / "masked.fa"
    masked.write_text((folder / "reference.fa").read_text().lower().replace(">one", ">one described"))
    triples = [(name, left, None) for name, left, _ in pairs[:200]]
    views = [
        pysam.samtools.view(str(align(triples, reference, tmp_path / "out.bam")))
        for reference in (folder / "reference.fa", masked)
    ]
    assert views[0] == views[1]


def test_progress_is_silent_unless_wanted(hard, tmp_path, capsys, monkeypatch):
    folder, pairs, _ = hard
    triples = [(name, left, None) for name, left, _ in pairs[:50]]
    align(triples, folder / "reference.fa", tmp_path / "out.bam")
    assert capsys.readouterr().err == ""
    seen = {"reads": 0}

    class Bar(contextlib.AbstractContextManager):
        def __init__(self, **options):
            seen["disable"] = options["disable"]

        def update(self, many):
            seen["reads"] += many

        def __exit__(self, *_):
            return None

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    align(triples, folder / "reference.fa", tmp_path / "out.bam", progress=True)
    assert seen == {"reads": 50, "disable": False}


def test_secondary_alignments_on_request(hard, tmp_path):
    folder, _, _ = hard
    with pysam.FastaFile(str(folder / "reference.fa")) as fasta:
        text = fasta.fetch("one", 5_300, 5_450)
    flags = {
        wanted: read_alignments(
            align(
                [("twice", text, "I" * 150)], folder / "reference.fa", tmp_path / "out.bam", secondary=wanted
            )
        )
        for wanted in (False, True)
    }
    assert flags[False]["flag"].tolist() in ([0], [16])
    assert flags[False]["mapping_quality"].tolist() == [0]
    assert sorted(decode_flag(flag) for flag in flags[True]["flag"])[1] == ["secondary"]
    assert set(flags[True]["start"]) == {5_300, 30_300}
    assert flags[True]["sequence"].tolist().count("*") == 1


def test_long_reads(tmp_path):
    rng = np.random.default_rng(3)
    text = junk(rng, 20_000)
    (tmp_path / "reference.fa").write_text(f">x\n{text}\n")
    bam = align(
        [("long", reverse_complement(damaged(rng, text[2_000:9_000])), None)],
        tmp_path / "reference.fa",
        tmp_path / "long.bam",
        preset="map-ont",
    )
    (row,) = read_alignments(bam).itertuples()
    assert (row.flag, row.start // 10, row.end // 10) == (16, 200, 900)


def test_a_failing_run_leaves_what_was_there(hard, tmp_path):
    folder, pairs, _ = hard
    target = tmp_path / "kept" / "out.bam"
    align([("a", pairs[0][1], None)], folder / "reference.fa", target)
    before = target.read_bytes()
    (tmp_path / "cut.fastq.gz").write_bytes((folder / "reads_1.fastq.gz").read_bytes()[:-4_000])
    with pytest.raises(FormatError, match=r"cut.fastq.gz"):
        align(tmp_path / "cut.fastq.gz", folder / "reference.fa", target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in target.parent.iterdir()) == ["out.bam", "out.bam.bai"]


def test_bad_input_is_named(hard, tmp_path):
    folder, _, _ = hard
    reference, reads = folder / "reference.fa", folder / "reads_1.fastq.gz"
    out = tmp_path / "out.bam"
    with pytest.raises(InputError, match=r"no such file: .*none.fa; there is no such file: .*none.fq"):
        align(tmp_path / "none.fq", tmp_path / "none.fa", out)
    with pytest.raises(UnknownNameError, match="did you mean 'map-ont'"):
        align(reads, reference, out, preset="map-ot")
    with pytest.raises(InputError, match=r"read pairs are aligned with preset 'sr'.*workers is 0"):
        align((reads, reads), reference, out, preset="map-ont", workers=0)
    with pytest.raises(InputError, match="out of step at pair 2: b beside c"):
        align(
            ([("a", "ACGT", None), ("b", "ACGT", None)], [("a", "ACGT", None), ("c", "ACGT", None)]),
            reference,
            out,
        )
    with pytest.raises(InputError, match="there is no second mate 2"):
        align(([("a", "ACGT", None), ("b", "ACGT", None)], [("a", "ACGT", None)]), reference, out)
    with pytest.raises(InputError, match="read 1 \\(a\\) has 4 bases and 2 qualities"):
        align([("a", "ACGT", "II")], reference, out)
    with pytest.raises(InputError, match="has no column quality"):
        align(pd.DataFrame({"name": ["a"], "sequence": ["ACGT"]}), reference, out)
    with pytest.raises(InputError, match="read_group: ID is missing; 'sample' is no two-letter key"):
        align(reads, reference, out, read_group={"sample": "x"})
    twice = tmp_path / "twice.fa"
    twice.write_text(">x\nACGTACGTAC\n>x\nACGTACGTAA\n")
    with pytest.raises(FormatError, match="has two sequences named 'x'"):
        align(reads, twice, out)
    empty = tmp_path / "empty.fa"
    empty.write_text("")
    with pytest.raises(FormatError, match="cannot be read as FASTA"):
        align(reads, empty, out)
    wrong = tmp_path / "wrong.fastq"
    wrong.write_text("@a\nACGT\n+\nII\n@b\nACGTACGT\n+\nIIIIIIII\n")
    with pytest.raises(FormatError, match=r"wrong.fastq"):
        align(wrong, reference, out)
    assert not out.exists()


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """A run with unmarked PCR copies, and the truth about them."""
    donor = simulate.haploid_sample(simulate.genome(60_000, seed=11, name="sim"), seed=12)
    folder = tmp_path_factory.mktemp("copies")
    files = simulate.reads(
        donor, folder, seed=13, depth=8, duplicates=0.2, flag_duplicates=False, fastq=True, end_quality=35
    )
    return files, pd.read_csv(files["fragments"], sep="\t", keep_default_na=False)


def test_copies_are_marked(copies, tmp_path):
    files, fragments = copies
    bam = align((files["reads_1"], files["reads_2"]), files["reference"], tmp_path / "out.bam")
    marked = mark_duplicates(bam, bam)
    table = read_alignments(marked)
    assert len(table) == 2 * len(fragments)
    flagged = set(table[table["flag"] & 0x400 > 0]["name"])
    groups = fragments.assign(
        origin=np.where(fragments["duplicate_of"] == "", fragments["name"], fragments["duplicate_of"])
    )
    sizes = groups.groupby("origin")["name"].agg(list)
    several = sizes[sizes.str.len() > 1]
    assert len(several) > 100
    # Of each family one is kept; a sequencing error at an end may hide one.
    kept = several.map(lambda names: sum(name not in flagged for name in names))
    assert (kept == 1).mean() > 0.97
    alone = sizes[sizes.str.len() == 1].map(lambda names: names[0])
    assert alone.isin(flagged).mean() < 0.02


def test_what_cannot_be_marked(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        mark_duplicates(tmp_path / "none.bam", tmp_path / "out.bam")
    bad = tmp_path / "bad.bam"
    bad.write_text("no BAM")
    with pytest.raises(FormatError, match="samtools collate failed"):
        mark_duplicates(bad, tmp_path / "out.bam")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.bam"]
