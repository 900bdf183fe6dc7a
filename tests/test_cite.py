"""Guards: marks become citations with verbatim quotes, numbered by appearance; strangers are removed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cite import resolve_marks
from tests.fakes import a_passage

CHIPS = a_passage("Beijing told firms to order.", "Shares rose.", "Talks go on.", passage_id="chips:0")
WATER = a_passage("تعتمد المدن على التحلية.", "وتستهلك الكهرباء.", passage_id="water:0", language="ar")
PASSAGES = {1: CHIPS, 2: WATER}


@pytest.mark.parametrize(
    ("draft", "text", "quotes"),
    [
        pytest.param("Shares rose. [1]", "Shares rose. [1]", ["Shares rose."], id="one"),
        pytest.param(
            "وتستهلك الكهرباء. [2] Shares rose. [1]",
            "وتستهلك الكهرباء. [1] Shares rose. [2]",
            ["وتستهلك الكهرباء.", "Shares rose."],
            id="numbered by appearance",
        ),
        pytest.param("Shares rose. [7]", "Shares rose.", [], id="unknown mark"),
        pytest.param("Shares rose. [7][1]", "Shares rose. [1]", ["Shares rose."], id="unknown beside known"),
        pytest.param("Shares rose [1].", "Shares rose [1].", ["Shares rose."], id="not verbatim: the nearest sentence"),
        pytest.param("وتستهلك الكهرباء. [٢]", "وتستهلك الكهرباء. [1]", ["وتستهلك الكهرباء."], id="arabic digits"),
        pytest.param(
            "Shares rose. [1، 2]", "Shares rose. [1][2]", ["Shares rose.", "تعتمد المدن على التحلية."], id="a list"
        ),
        pytest.param("Shares rose. 【1】", "Shares rose. [1]", ["Shares rose."], id="other brackets"),
        pytest.param(
            "Beijing told firms to order. Shares rose. [1]",
            "Beijing told firms to order. Shares rose. [1]",
            ["Beijing told firms to order. Shares rose."],
            id="neighbours are one quote",
        ),
        pytest.param(
            "Shares rose. [1] Talks go on. [1] Shares rose. [1]",
            "Shares rose. [1] Talks go on. [2] Shares rose. [1]",
            ["Shares rose.", "Talks go on."],
            id="one number a quote",
        ),
        pytest.param("No marks here.", "No marks here.", [], id="none"),
        pytest.param("[1]", "[1]", ["Beijing told firms to order."], id="a mark without a claim"),
        pytest.param("", "", [], id="empty"),
    ],
)
def test_marks(draft: str, text: str, quotes: list[str]) -> None:
    resolved, citations = resolve_marks(draft, PASSAGES)
    assert resolved == text
    assert [c.quote for c in citations] == quotes
    assert [c.number for c in citations] == list(range(1, len(quotes) + 1))


@given(
    st.lists(st.sampled_from(["Shares rose.", "Talks go on.", "وتستهلك الكهرباء.", "x", "[1]", "[2]", "[3]", "[١]"]))
)
def test_every_quote_is_in_its_passage_and_cite_is_stable(words: list[str]) -> None:
    text, citations = resolve_marks(" ".join(words), PASSAGES)
    for citation in citations:
        passage = citation.passage
        assert citation.quote == passage.text[citation.start - passage.start : citation.end - passage.start] != ""
    again, same = resolve_marks(text, {c.number: c.passage for c in citations})
    assert again == text
    assert [c.quote for c in same] == [c.quote for c in citations]
