"""Guards: passages hold every sentence once, equal their spans, and keep to the budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chunk import split_passages
from rag.clean import clean
from tests.fakes import an_article


def words(texts: list[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def test_sentences_are_joined_up_to_the_budget() -> None:
    passages = split_passages(an_article("Ships left it. They sail on. Nobody came back."), words, budget=6)
    assert [p.text for p in passages] == ["Ships left it. They sail on.", "Nobody came back."]


def test_a_half_full_passage_ends_with_its_paragraph() -> None:
    passages = split_passages(an_article("Ships left it.\n\nThey sail.\n\nNobody came."), words, budget=6)
    assert [p.text for p in passages] == ["Ships left it.", "They sail.\n\nNobody came."]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    passages = split_passages(an_article("واحد اثنان ثلاثة، أربعة خمسة ستة."), words, budget=4)
    assert [p.text for p in passages] == ["واحد اثنان ثلاثة،", "أربعة خمسة ستة."]


def test_a_run_without_breaks_is_cut_anyway() -> None:
    passages = split_passages(an_article("x" * 300), lambda texts: [len(t) for t in texts], budget=100)
    assert "".join(p.text for p in passages) == "x" * 300
    assert max(len(p.text) for p in passages) <= 100


def test_ids_follow_the_content() -> None:
    one, other, same = (
        split_passages(an_article(t), words, 9)[0].id for t in ("Ships left.", "Ships came.", "Ships left.")
    )
    assert one == same != other


def test_no_text_gives_no_passages() -> None:
    assert split_passages(an_article(""), words, budget=4) == []


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        split_passages(an_article("A."), words, budget=0)


@given(st.text(alphabet="ابت ،.؟\nAb1", max_size=300), st.integers(1, 12))
def test_every_passage_equals_its_span_and_nothing_is_lost(text: str, budget: int) -> None:
    article = an_article(clean(text))
    passages = split_passages(article, words, budget)
    for passage in passages:
        assert passage.text == article.text[passage.start : passage.end]
        for sentence in passage.sentences:
            assert sentence.text == article.text[sentence.start : sentence.end]
    sentences = [s.text for p in passages for s in p.sentences]
    assert "".join("".join(sentences).split()) == "".join(article.text.split())
