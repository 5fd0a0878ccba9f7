"""The exception tree: what users catch, and what the messages say."""

import pickle

import pytest

from biolabkit import errors


def test_every_error_is_a_biolabkit_error():
    exported = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]
    assert all(issubclass(error, errors.BiolabkitError) for error in exported)


def test_the_tree_in_the_docstring_names_every_error():
    assert all(name in errors.__doc__ for name in errors.__all__ if name.endswith("Error"))


def test_an_unknown_name_suggests_the_near_one_and_prints_plainly():
    error = errors.UnknownNameError("dataset", "uci-hart-disease", ["uci-heart-disease", "giab"])
    assert str(error) == "there is no dataset 'uci-hart-disease'; did you mean 'uci-heart-disease'?"
    with pytest.raises(KeyError):
        raise error


def test_no_near_name_lists_the_known_ones():
    assert errors.suggest("zzz", ["b", "a"]) == "; known: a, b"
    assert errors.suggest("zzz", []) == ""
    assert errors.suggest("zzz", [f"n{i}" for i in range(20)]).endswith(", …")


def test_a_part_of_a_name_is_enough():
    assert errors.suggest("giab", ["giab-hg002-illumina-chr20-100kb", "zika"]) == (
        "; did you mean 'giab-hg002-illumina-chr20-100kb'?"
    )


def test_a_missing_extra_says_what_to_install():
    error = errors.MissingExtraError("torch", "train")
    assert str(error) == "torch is not installed; run: pip install 'biolabkit[train]'"
    assert isinstance(error, ImportError)


@pytest.mark.parametrize(
    "error",
    [
        errors.UnknownNameError("dataset", "giba", ["giab"]),
        errors.UnknownNameError("dataset", "giba", ["giab"], message="그런 데이터셋이 없습니다: 'giba'"),
        errors.MissingExtraError("torch", "train"),
        errors.MissingExtraError("pysam", message="pysam is not installed; run: pip install pysam"),
        errors.DatasetError("d: no space left"),
    ],
)
def test_an_error_of_a_worker_process_arrives_as_it_was_raised(error):
    arrived = pickle.loads(pickle.dumps(error))
    assert (type(arrived), str(arrived), vars(arrived)) == (type(error), str(error), vars(error))
