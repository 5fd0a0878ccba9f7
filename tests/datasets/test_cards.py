"""Cards: complete, bilingual, true to the catalogue; a broken one tells all its problems."""

import re

import pytest

from biolabkit import datasets
from biolabkit.datasets.cards import parse_card, read_card
from biolabkit.datasets.recipes import RECIPES
from biolabkit.errors import DatasetError, UnknownNameError

GENOME = {
    "1000g-chr22-500kb",
    "1000g-population-labels",
    "clinvar-gnomad-750",
    "cutadapt-illumina-adapter-fastq",
    "ecoli-ltee-variants",
    "ecoli-mg1655-10kb-reads",
    "genbank-teaching-genomes",
    "giab-hg002-illumina-chr20-100kb",
    "measles-rnaseq-fastq-with-adapters",
    "rnaseq-gse96870-cerebellum",
    "sarscov2-genomes-nextstrain",
    "tb-outbreak-vcf-lee2015",
    "uci-promoters",
    "uci-splice-junctions",
    "zika-aligned-augur",
}
HEALTH = {
    "clinical-dialogue-notes-mts",
    "dicom-samples",
    "eicu-demo-subset",
    "fhir-r4-synthea-bundles",
    "heart-failure-clinical-records",
    "metabric-clinical-mutations-survival",
    "mimic3-demo-tables",
    "mitbih-ecg-100",
    "noisy-ecg-mitbih-nst",
    "pii-synthetic-deid",
    "pneumoniamnist-subset",
    "ptb-12lead-and-icu-alarm",
    "survival-tables-lifelines",
    "uci-heart-disease-4-sites",
}
HANGUL = re.compile("[가-힣]")


def test_both_main_tracks_have_their_datasets():
    tracks = {name: read_card(name).track for name in datasets.names()}
    assert {name for name, track in tracks.items() if track == "genome"} >= GENOME
    assert {name for name, track in tracks.items() if track == "health"} >= HEALTH


@pytest.mark.parametrize("name", datasets.names())
def test_texts_are_twins(name):
    card = read_card(name)
    texts = [card.title, card.description, *card.quirks, *(table.what for table in card.tables.values())]
    texts += [file.what for file in card.files.values() if file.what]
    texts += [made.what for made in card.derived]
    texts += [column.what for table in card.tables.values() for column in table.columns if column.what]
    assert all(text.en and text.ko for text in texts)
    assert not [text.en for text in texts if HANGUL.search(text.en)]
    sentences = [card.title, card.description, *card.quirks]
    assert not [text.ko for text in sentences if not HANGUL.search(text.ko)]


@pytest.mark.parametrize("name", datasets.names())
def test_a_card_shows_every_role_licence_and_what_is_derived(name):
    card = datasets.describe(name)
    for language in ("en", "ko"):
        text, html = card.to_text(language), card.to_html(language)
        assert all(role in text and role in html for role in card.roles)
        assert card.licence in text
        assert "<script" not in html
    assert all(made.recipe in RECIPES for made in card.derived)


def test_derived_roles_say_so():
    text = datasets.describe("giab-hg002-illumina-chr20-100kb").to_text("en")
    derived = text[text.index("Derived files") :]
    assert all(
        re.search(rf"^  {role} ", derived, re.MULTILINE) for role in ("reference", "truth", "confident")
    )


@pytest.mark.mirror
def test_every_file_is_as_the_catalogue_says(catalogue):
    catalogued = {file["dataset"] for file in catalogue.values()}
    assert catalogued >= GENOME | HEALTH
    for name in set(datasets.names()) & catalogued:  # a card may be newer than the catalogue
        for file in read_card(name).files.values():
            known = catalogue[str(file.relative)]
            assert (known["dataset"], known["url"]) == (name, file.url)
            assert (known["bytes"], known["sha256"]) == (file.bytes, file.sha256)


def test_the_language_is_the_course_s(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    assert "심장병" in str(datasets.describe("uci-heart-disease-4-sites"))
    monkeypatch.delenv("BIOLAB_LANGUAGE")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    assert "Heart disease" in str(datasets.describe("uci-heart-disease-4-sites"))
    (tmp_path / "biolab.toml").write_text('language = "ko"\n', encoding="utf-8")
    assert "심장병" in str(datasets.describe("uci-heart-disease-4-sites"))


def test_html_is_escaped(world):
    world.card("evil", a=b"1")
    path = world.folder / "evil.toml"
    path.write_text(path.read_text("utf-8").replace("A test", "<script>x</script>"), encoding="utf-8")
    assert "<script" not in read_card("evil").to_html("en")


def test_an_unknown_dataset_suggests_the_near_one():
    with pytest.raises(UnknownNameError, match="did you mean 'uci-heart-disease-4-sites'"):
        datasets.describe("uci-hart-disease-4-sites")


def test_where_nothing_is_near_it_says_what_lists_the_names():
    with pytest.raises(UnknownNameError, match=r"see the \d+ names: datasets.names\(\), biolab data list"):
        datasets.load("zzz")


def test_a_broken_card_tells_all_its_problems(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text(
        """
trak = "health"
track = "helth"
licence = 3
title = { en = "x" }
quirks = ["a text"]
[files.Reads]
url = "https://example.org/a?b"
bytes = "12"
sha256 = "abc"
alternates = ["ftp://example.org/a"]
[tables.t]
file = "raeds"
what = { en = "x", ko = "y" }
columns = { a = "flaot" }
""",
        encoding="utf-8",
    )
    with pytest.raises(DatasetError) as caught:
        parse_card(path)
    message = str(caught.value)
    for part in (
        "trak: unknown key; did you mean 'track'?",
        "did you mean 'health'?",
        "licence: expected a string",
        "title.ko: missing",
        "description: missing",
        "a role is lower case",
        "quirks[1]: expected a table with en and ko",
        "files.Reads.url: expected http(s)://host/path without query",
        "files.Reads.alternates: expected http(s)",
        "files.Reads.bytes: expected a number",
        "64 lower-case hexadecimal",
        "tables.t.parts",
        "did you mean 'float'?",
    ):
        assert part in message


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a/../../etc/passwd",
        "https://example.org/a/%2e%2e/b",
        "https://example.org/a//b",
        "https://../a",
        "file:///etc/passwd",
        "https://example.org/a\\\\b",
        "https://example.org/a/",
    ],
)
def test_a_url_cannot_lead_out_of_the_cache(tmp_path, url):
    path = tmp_path / "x.toml"
    path.write_text(f'[files.a]\nurl = "{url}"\nbytes = 1\nsha256 = "{"0" * 64}"\n', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"files\.a\.url"):
        parse_card(path)


def test_not_toml(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text("track = \n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"not TOML.*line 1"):
        parse_card(path)


def test_which_table():
    with pytest.raises(DatasetError, match="holds 6 tables"):
        read_card("survival-tables-lifelines").table()
    with pytest.raises(UnknownNameError, match="did you mean 'lung'"):
        read_card("survival-tables-lifelines").table("lnug")
    with pytest.raises(DatasetError, match="holds no tables"):
        read_card("mitbih-ecg-100").table()
