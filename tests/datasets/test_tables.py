"""Tables: names, dtypes and missing values of the card, published numbers of the real ones."""

import numpy as np
import pandas as pd
import pytest

from biolabkit import datasets
from biolabkit.datasets.cards import read_card
from biolabkit.errors import DatasetError

KINDS = {"int": "int64", "float": "float64", "bool": "bool", "category": "category"}


def load(world, text: str, table: str) -> pd.DataFrame:
    world.card("d", more=f'[tables.t]\nfile = "a"\nwhat = {{ en = "x", ko = "y" }}\n{table}', a=text.encode())
    return datasets.load("d")


def test_dtypes_and_missing_values(world):
    got = load(
        world,
        "POS,depth,sample,kind,ok,seen,gone\n1,?,NA,x,Yes,2026-01-02,1\n2,0,b,?,No,,2\n",
        """missing = ["?"]
ignore = ["gone"]
[tables.t.columns]
pos = { source = "POS", dtype = "int", unit = "1-based" }
depth = { dtype = "float", missing = [0] }
sample = "string"
kind = "category"
ok = { dtype = "bool", true = ["Yes"], false = ["No"] }
seen = "date"
""",
    )
    assert list(got.columns) == ["pos", "depth", "sample", "kind", "ok", "seen"]
    assert got.pos.tolist() == [1, 2]
    assert got.depth.isna().all()
    assert got["sample"].tolist() == ["NA", "b"]  # a name, not a missing value
    assert got.kind.isna().tolist() == [False, True]
    assert got.ok.tolist() == [True, False]
    assert got.seen[0] == pd.Timestamp("2026-01-02")
    assert pd.isna(got.seen[1])
    assert got.attrs["units"] == {"pos": "1-based"}


def test_all_columns_that_do_not_fit_are_told(world):
    columns = 'columns = { a = "int", b = "bool", c = "date", d = "float" }'
    with pytest.raises(DatasetError) as caught:
        load(world, "a,b,c,d\n,perhaps,soon,1\n", columns)
    message = str(caught.value)
    assert all(f"{name}: " in message for name in "abc")
    assert "neither true nor false: perhaps" in message


def test_a_fraction_is_not_cut_off_to_make_an_int(world):
    with pytest.raises(DatasetError, match=r"n: not a whole number: 1\.5"):
        load(world, "n\n1\n1.5\n", 'columns = { n = "int" }')
    assert load(world, "n\n1\n1.0\n", 'columns = { n = "int" }').n.tolist() == [1, 1]


def test_unlisted_and_absent_columns_are_told(world):
    with pytest.raises(DatasetError, match="only in the card: z; only in the file: b"):
        load(world, "a,b\n1,2\n", 'columns = { a = "int", z = "int" }')


def test_other_columns_share_a_dtype(world):
    got = load(world, "gene,s1,s2\nXist,1,2\n", 'others = "int"\ncolumns = { gene = "string" }')
    assert got.dtypes.astype(str).tolist()[1:] == ["int64", "int64"]


def test_several_files_one_below_the_other(world):
    parts = '[{ file = "a", site = "x" }, { file = "b", site = "y" }]'
    world.card(
        "d",
        more='[tables.t]\nheader = false\nwhat = { en = "x", ko = "y" }\n'
        f'parts = {parts}\ncolumns = {{ site = "category", n = "int" }}\n',
        a=b"1\n2\n",
        b=b"3\n",
    )
    got = datasets.load("d")
    assert got.site.tolist() == ["x", "x", "y"]
    assert got.n.tolist() == [1, 2, 3]


def test_gff_becomes_half_open(world):
    columns = ["chrom", "source", "feature", "start", "end", "score", "strand", "phase", "attributes"]
    kinds = ["string", "string", "category", "int", "int", "float", "category", "float", "string"]
    listed = ", ".join(f'{name} = "{kind}"' for name, kind in zip(columns, kinds, strict=True))
    text = "# comment\nc1\t.\tgene\t1\t3\t.\t+\t.\t ID=1\n"
    got = load(world, text, f'reader = "gff"\ncolumns = {{ {listed} }}')
    assert (got.start[0], got.end[0]) == (0, 3)
    assert pd.isna(got["source"][0])
    assert got.attributes[0] == "ID=1"


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("name", "table"), [(name, table) for name in datasets.names() for table in read_card(name).tables]
)
def test_every_table_loads_with_the_dtypes_of_its_card(name, table):
    got = datasets.load(name, table)
    spec = read_card(name).tables[table]
    assert len(got)
    for column in spec.columns:
        kind = str(got[column.name].dtype)
        if column.dtype == "date":
            assert kind.startswith("datetime64")
        elif column.dtype == "string":
            assert pd.api.types.is_string_dtype(got[column.name].dropna())
        else:
            assert kind == KINDS[column.dtype], column.name
    assert got.attrs == got.attrs | {"dataset": name, "table": table, "simulated": False}


@pytest.mark.mirror
def test_heart_disease_counts_are_the_published_ones():
    table = datasets.load("uci-heart-disease-4-sites")
    sick = table.num > 0
    # heart-disease.names of the data set: patients and, per site, those without disease (num 0)
    assert table.site.value_counts().to_dict() == {
        "cleveland": 303,
        "hungarian": 294,
        "va": 200,
        "switzerland": 123,
    }
    assert table[~sick].site.value_counts().to_dict() == {
        "cleveland": 164,
        "hungarian": 188,
        "va": 51,
        "switzerland": 8,
    }
    assert table.chol[table.site == "switzerland"].isna().all()
    assert np.nanmin(table.trestbps) > 0
    assert np.nanmin(table.chol) > 0


@pytest.mark.mirror
def test_rows_are_the_published_ones():
    assert datasets.load("uci-promoters").promoter.value_counts().to_dict() == {True: 53, False: 53}
    assert set(datasets.load("uci-promoters").sequence.str.len()) == {57}
    junctions = datasets.load("uci-splice-junctions")
    assert junctions.junction.value_counts().to_dict() == {"N": 1655, "IE": 768, "EI": 767}
    assert set(junctions.sequence.str.len()) == {60}
    assert datasets.load("survival-tables-lifelines", "lung").status.sum() == 165  # Loprinzi et al. 1994
    assert datasets.load("heart-failure-clinical-records").DEATH_EVENT.sum() == 96
    assert datasets.load("mimic3-demo-tables", "patients").expire_flag.eq(1).all()


@pytest.mark.mirror
def test_codes_for_missing_are_missing():
    assert datasets.load("mimic3-demo-tables", "prescriptions").ndc.isna().sum() == 1 + 1477
    clinical = datasets.load("metabric-clinical-mutations-survival", "clinical")
    assert set(clinical.HER2_SNP6.cat.categories) == {"GAIN", "LOSS", "NEUTRAL"}


@pytest.mark.mirror
def test_rows_that_occur_twice_are_as_the_cards_say():
    junctions = datasets.load("uci-splice-junctions")
    assert (junctions.sequence.nunique(), junctions.duplicated().sum()) == (3005, 12)
    patients = datasets.load("uci-heart-disease-4-sites")
    assert patients[patients.duplicated()].site.tolist() == ["hungarian", "va"]
    dialogues = datasets.load("clinical-dialogue-notes-mts")
    assert not dialogues.duplicated(["split", "ID"]).any()
    assert dialogues.groupby("split", observed=True).ID.min().eq(0).all()


@pytest.mark.mirror
def test_spans_fit_their_texts():
    spans = datasets.load("pii-synthetic-deid", "spans")
    texts = datasets.load("pii-synthetic-deid", "texts").full_text
    found = [texts[s.text_id][s.start : s.end] for s in spans.itertuples()]
    assert found == spans.entity_value.tolist()
