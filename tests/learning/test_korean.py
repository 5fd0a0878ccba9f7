"""What learning says of wrong input to somebody who works in Korean: whole Korean sentences."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from biolabkit import learning
from biolabkit.errors import InputError

VISITS = pd.DataFrame(
    {
        "patient": ["a", "a", "b", "b", "c", "c"],
        "age": [61.0, 62.0, 50.0, 51.0, 70.0, 71.0],
        "ill": [0, 1, 0, 0, 1, 1],
    }
)
ILL = VISITS["ill"]
RISK = [0.1, 0.7, 0.2, 0.4, 0.6, 0.9]


@pytest.fixture(autouse=True)
def in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: learning.auroc(["no", "yes"], [0.1, 0.2]),
            "y_true: 레이블은 0과 1이어야 하는데 'no', 'yes'입니다. (y == 'yes').astype(int)로 만드십시오",
        ),
        (
            lambda: learning.auroc([1, 1], [0.1, 0.2]),
            "y_true: 0과 1이 모두 있어야 하는데 1뿐입니다. 한 클래스만으로는 이 지표를 구할 수 없습니다",
        ),
        (
            lambda: learning.evaluate(ILL, RISK[1:]),
            "y_true의 값은 6개인데 score의 값은 5개입니다. 레이블마다 score의 값을 하나씩 "
            "같은 순서로 넘기십시오",
        ),
        (
            lambda: learning.evaluate(ILL, np.array(RISK) * 4 - 1),
            "evaluate: 0 이상 1 이하의 확률이 필요한데 값이 -0.6에서 2.6까지입니다. "
            "decision_function이 아니라 predict_proba(X)[:, 1]의 값을 넘기십시오",
        ),
        (
            lambda: learning.split(VISITS, by="patients"),
            "split: 표에 없는 열입니다: 'patients'. 'patient'입니까?",
        ),
        (
            lambda: learning.split(VISITS.assign(patient=[None] * 2 + ["a"] * 4), by="patient"),
            "'patient' 열에 결측값이 2개 있습니다. 모든 행이 학습과 평가 가운데 한쪽에 들어가야 합니다. 값을 "
            "채우거나 그런 행을 빼십시오",
        ),
        (
            lambda: learning.folds(VISITS, by="patient", k=5),
            "folds: k는 2 이상, 그룹 수(3) 이하여야 하는데 5입니다",
        ),
        (
            lambda: learning.fit(LogisticRegression(), VISITS, label="ill", features=["age", "ill"]),
            "fit: 예측할 열이 입력 변수(features)에 들어 있습니다: 'ill'. 모형에게 정답을 알려 주는 셈입니다",
        ),
    ],
)
def test_an_error(call, sentence):
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == sentence


def test_two_problems_are_two_sentences():
    with pytest.raises(InputError) as error:
        learning.auroc([0, None], ["a", "b"])
    assert str(error.value) == (
        "y_true: 레이블 2개 가운데 1개가 결측값이며 첫 위치는 1입니다. 그런 행은 빼고 넘기십시오. "
        "score: 숫자여야 하는데 값의 자료형이 <U1입니다"
    )


def test_a_leak_is_explained_and_keeps_the_name_of_its_kind():
    train, test = VISITS[:3], VISITS[3:]
    found = learning.audit_split(train, test, by="patient")
    assert found.loc[0, "problem"] == "group on both sides"
    assert found.loc[0, "detail"] == "평가 자료의 그룹 2개 가운데 1개가 학습 자료에도 있습니다"
