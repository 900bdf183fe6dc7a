"""Guards: the quoting reader says little, in order, without repeating itself, and announces another language."""

from rag.phrases import OTHER_LANGUAGE
from rag.read import QuoteReader
from rag.types import Hit, Passage
from tests.fakes import a_passage


def a_hit(rank: int, passage: Passage, *scores: float) -> Hit:
    return Hit(rank, 1.0 / rank, passage, scores)


def read(*hits: Hit, language: str = "en") -> list[str]:
    return list(QuoteReader().read("question", hits, language))  # type: ignore[arg-type]


CHIPS = a_passage("Beijing told firms to order.", "Shares rose.", "Talks go on.")
CANAL = a_passage("Ships left the canal.", "They sail around.", passage_id="canal:0")
WATER = a_passage("تعتمد المدن على التحلية.", "وتستهلك الكهرباء.", passage_id="water:0", language="ar")


def test_the_best_sentence_alone_when_it_is_far_ahead() -> None:
    assert read(a_hit(1, CHIPS, 0.9, 0.5, 0.4)) == ["Beijing told firms to order. [1]"]


def test_neighbours_stand_together_in_their_order() -> None:
    assert read(a_hit(1, CHIPS, 0.89, 0.9, 0.2))[-1] == "Beijing told firms to order. Shares rose. [1]"


def test_the_draft_grows_and_holds_three_sentences_at_most() -> None:
    drafts = read(a_hit(1, CHIPS, 0.9, 0.1, 0.6), a_hit(2, CANAL, 0.895, 0.894))
    assert drafts == [
        "Beijing told firms to order. [1]",
        "Beijing told firms to order. [1] Ships left the canal. They sail around. [2]",
    ]


def test_what_repeats_a_sentence_is_left_out() -> None:
    copy = a_passage("Beijing told the firms to order.", passage_id="copy:0")
    assert read(a_hit(1, CHIPS, 0.9, 0.1, 0.1), a_hit(2, copy, 0.899)) == ["Beijing told firms to order. [1]"]


def test_a_quote_in_the_other_language_is_announced_in_the_askers() -> None:
    assert read(a_hit(1, WATER, 0.9, 0.1)) == [f"{OTHER_LANGUAGE['en']}\n«تعتمد المدن على التحلية.» [1]"]
    assert read(a_hit(1, CANAL, 0.9, 0.1), language="ar") == [f"{OTHER_LANGUAGE['ar']}\n“Ships left the canal.” [1]"]


def test_the_askers_language_comes_first() -> None:
    drafts = read(a_hit(1, WATER, 0.9, 0.1), a_hit(2, CANAL, 0.899, 0.1))
    assert drafts[-1].startswith("Ships left the canal. [2]")
    assert drafts[-1].count(OTHER_LANGUAGE["en"]) == 1


def test_no_hits_no_draft() -> None:
    assert read() == []
