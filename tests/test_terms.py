"""Guards: two writings of a word meet in one term, different words do not, and a term knows its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terms import split_terms


def terms(text: str) -> list[str]:
    return [term.text for term in split_terms(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("المدارس", "بالمدارس", id="article and particle"),
        pytest.param("والشركات", "الشركات", id="waw"),
        pytest.param("للشركات", "الشركات", id="lam"),
        pytest.param("القاهرة", "القاهره", id="ta marbuta"),
        pytest.param("٢٠٢٦", "2026", id="digits"),
        pytest.param("١٬٢٣٤", "1,234", id="thousands"),
        pytest.param("شركاتها", "شركات", id="pronoun"),
        pytest.param("الإمارات", "الامارات", id="hamza"),
        pytest.param("companies", "company", id="english plural"),
        pytest.param("Nvidia's", "Nvidia", id="english possessive"),
        pytest.param("قُدِّرت", "قدرت", id="tashkeel"),
        pytest.param("h200", "H200", id="case"),
    ],
)
def test_writings_of_a_word_meet(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("بكين", "كين", id="beijing"),
        pytest.param("والد", "الد", id="father"),
        pytest.param("H200", "H20", id="two chips"),
        pytest.param("2025", "2026", id="years"),
        pytest.param("4.5", "45", id="decimal point"),
    ],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert terms(one) != terms(other)


def test_stop_words_are_left_out() -> None:
    assert terms("ما هي الشركات التي في the city of") == terms("الشركات city")


def test_a_term_knows_its_place() -> None:
    text = "قال إنّ ١٬٢٣٤ شركةً في القاهرة."
    assert [text[t.start : t.end] for t in split_terms(text)] == ["قال", "١٬٢٣٤", "شركةً", "القاهرة"]


@given(st.text(max_size=80))
def test_places_are_inside_the_text_and_in_order(text: str) -> None:
    found = split_terms(text)
    assert all(0 <= t.start < t.end <= len(text) and t.text for t in found)
    assert [t.start for t in found] == sorted(t.start for t in found)
