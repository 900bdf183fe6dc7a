"""Guards: confidence is a probability, rises with what speaks for a hit, and each language pair has its own."""

import pytest

from rag.confidence import ENOUGH, OTHER_LANGUAGE, SAME_LANGUAGE, confidence
from rag.weigh import WEIGHTS

STRONG = {"sentence": 0.7, "mean": 0.6, "universal": 0.6, "keywords": 0.8, "tokens": 0.9, "unrelated": 0.55}
WEAK = {"sentence": 0.1, "mean": 0.1, "universal": 0.1, "keywords": 0.1, "tokens": 0.5, "unrelated": 0.55}
ACROSS = {"other_language": 1.0, "dictionary": 0.4, "names": 0.4}


@pytest.mark.parametrize("beside", [{}, ACROSS], ids=["same", "across"])
def test_evidence_is_told_from_none(beside: dict[str, float]) -> None:
    assert confidence(STRONG | beside) > 0.9 > ENOUGH
    assert confidence(WEAK | dict.fromkeys(beside, 0.0) | ({"other_language": 1.0} if beside else {})) < 0.1 < ENOUGH


@pytest.mark.parametrize("name", ["sentence", "universal", "keywords", "tokens"])
def test_it_rises_with_each_signal(name: str) -> None:
    assert confidence(STRONG) > confidence(STRONG | {name: STRONG[name] - 0.2})


def test_what_matches_anything_says_less() -> None:
    for beside in ({}, ACROSS):
        assert confidence(WEAK | beside) < confidence(WEAK | beside | {"unrelated": 0.4})


@pytest.mark.parametrize("beside", [{}, ACROSS], ids=["same", "across"])
def test_a_year_that_is_not_there_speaks_against_it(beside: dict[str, float]) -> None:
    there, missing = confidence(STRONG | beside), confidence(STRONG | beside | {"missing_number": 1.0})
    assert there / (1 - there) > 20 * missing / (1 - missing)


def test_all_that_is_weighed_is_a_signal() -> None:
    assert {*SAME_LANGUAGE, *OTHER_LANGUAGE} <= {"bias", "sentence", *WEIGHTS}
