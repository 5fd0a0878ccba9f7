"""What the simulations say of wrong input to somebody who works in Korean: whole Korean sentences."""

import pytest

from biolabkit import simulate
from biolabkit.errors import InputError


def short_fragments():
    donor = simulate.haploid_sample(simulate.genome(5_000, seed=1), seed=2)
    simulate.read_pairs(donor, seed=3, fragment=(200, 10))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: simulate.cohort(0, prevalence=2, visits=(3, 1)),
            "cohort: n: 환자가 1명 이상이어야 하는데 0명입니다. "
            "visits: 1 <= 최소 <= 최대인 (최소, 최대)여야 하는데 (3, 1)입니다. "
            "prevalence: 0과 1 사이의 비율이어야 하는데 2입니다",
        ),
        (
            lambda: simulate.genome(5_000, seed=1, genes=50),
            "genome: 최대 400코돈인 유전자 50개를 넣으려면 61,530염기가 필요한데 유전체는 5,000염기입니다. "
            "유전자의 수나 길이를 줄이십시오",
        ),
        (
            short_fragments,
            "reads: 조각의 평균 길이는 리드 두 개의 길이(300염기, 더 짧으면 adapters가 필요합니다) 이상이고 "
            "유전체의 절반(2500염기) 이하여야 하는데 200염기입니다",
        ),
        (
            lambda: simulate.ecg_signal(rhythm="sinu"),
            "그런 리듬이 없습니다: 'sinu'. 'sinus'입니까?",
        ),
    ],
)
def test_an_error(monkeypatch, call, sentence):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == sentence
