"""Guards: the quoting reader says little, in order, without repeating itself, and announces another language."""

from dataclasses import replace
from datetime import date

from rag.align import WordAligner
from rag.phrases import BESIDES, OTHER_LANGUAGE, REPORTS_DIFFER
from rag.read import QuoteReader
from rag.types import Hit, Passage
from tests.fakes import a_passage, an_aligner

READER = QuoteReader(an_aligner())


def a_hit(rank: int, passage: Passage, *scores: float) -> Hit:
    return Hit(rank, 1.0 / rank, passage, scores)


def read(*hits: Hit, language: str = "en") -> list[str]:
    return list(READER.read("question", hits, language))  # type: ignore[arg-type]


CHIPS = a_passage("Beijing told firms to order.", "Shares rose.", "Talks go on.")
CANAL = a_passage("Ships left the canal.", "They sail around.", passage_id="canal:0")
WATER = a_passage("تعتمد المدن على التحلية.", "وتستهلك الكهرباء.", passage_id="water:0", language="ar")


def test_the_best_sentence_alone_when_it_is_far_ahead() -> None:
    assert read(a_hit(1, CHIPS, 0.9, 0.3, 0.2)) == ["Beijing told firms to order. [1]"]


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


def test_the_better_sentence_comes_first_in_whichever_language() -> None:
    drafts = read(a_hit(1, WATER, 0.9, 0.1), a_hit(2, CANAL, 0.899, 0.1))
    assert drafts[-1].startswith(OTHER_LANGUAGE["en"])
    assert drafts[-1].endswith("Ships left the canal. [2]")


def test_what_another_language_adds_is_not_called_the_answer() -> None:
    arabic = a_passage("تعتمد المدن على التحلية.", passage_id="water:0", language="ar")
    drafts = read(a_hit(1, CANAL, 0.9, 0.1), a_hit(2, arabic, 0.899))
    assert drafts[-1] == f"Ships left the canal. [1]\n{BESIDES['en']}\n«تعتمد المدن على التحلية.» [2]"


def test_the_same_in_two_languages_is_said_once_in_the_askers() -> None:
    arabic = a_passage("غادرت السفن قناة السويس.", passage_id="suez:0", language="ar")
    english = a_passage("The ships left the Suez Canal.", passage_id="en:0")
    for score in (0.85, 0.5):  # across languages scores are not alike enough to go by
        assert read(a_hit(1, arabic, 0.9), a_hit(2, english, score)) == ["The ships left the Suez Canal. [2]"]
    other = a_passage("Wheat is dear this year.", passage_id="wheat:0")
    assert read(a_hit(1, arabic, 0.9), a_hit(2, other, 0.5))[-1].endswith("«غادرت السفن قناة السويس.» [1]")


def test_two_sentences_with_the_same_figures_say_the_same_in_other_words(aligner: WordAligner) -> None:
    arabic = a_passage(
        "وعبرت القناةَ 13,213 سفينة مقابل أكثر من 26 ألف سفينة قبل عام.", passage_id="suez:0", language="ar"
    )
    english = a_passage(
        "Only 13,213 ships used the waterway, against more than 26,000 a year before.", passage_id="en:0"
    )
    hits = [a_hit(1, arabic, 0.9), a_hit(2, english, 0.7)]
    assert list(QuoteReader(aligner).read("How many ships used it?", hits, "en")) == [f"{english.text} [2]"]


def test_the_sentence_that_counts_what_is_asked_is_enough() -> None:
    canal = a_passage("The canal earned 4 billion dollars in 2024.", "Only 13,213 ships crossed it in 2024.")
    [draft] = READER.read("How many ships crossed the canal in 2024?", [a_hit(1, canal, 0.9, 0.85)], "en")
    assert draft == "Only 13,213 ships crossed it in 2024. [1]"
    [draft] = READER.read("How many ships crossed the canal in 2024?", [a_hit(1, canal, 1.9, 0.85)], "en")
    assert draft == "Only 13,213 ships crossed it in 2024. [1]"  # however near the dollars come


def test_reports_that_differ_are_all_given_with_who_and_when_the_newest_first() -> None:
    old = a_passage("Data centres will use 9 percent of US power in 2030.", passage_id="old:0", article_id="old")
    new = a_passage("By 2030 US data centres will use 12 percent of the power.", passage_id="new:0", article_id="new")
    old, new = replace(old, published=date(2024, 5, 30)), replace(new, published=date(2024, 9, 25), source="Wire")
    question = "What share of US power will data centres use in 2030?"
    *_, draft = READER.read(question, [a_hit(1, old, 0.9), a_hit(2, new, 0.8)], "en")
    heading, first, second = draft.split("\n")
    assert heading == REPORTS_DIFFER["en"]
    assert first.startswith("Wire (25 September 2024, the newest): By 2030")
    assert second.endswith("Data centres will use 9 percent of US power in 2030. [1]")


def test_the_latest_says_who_and_when() -> None:
    ship = replace(CANAL, source="Wire", published=date(2025, 1, 10))
    [draft, *_] = READER.read("What is the latest on the canal?", [a_hit(1, ship, 0.9, 0.1)], "en")
    assert draft == "Wire (10 January 2025): Ships left the canal. [1]"


def test_of_two_years_the_one_that_is_asked_for_comes_first() -> None:
    other = a_passage("The cup of 2026 goes to three countries.", passage_id="other:0")
    asked = a_passage("The cup of 2034 goes to one country.", passage_id="asked:0")
    hits = (a_hit(1, other, 0.9), a_hit(2, asked, 0.7))
    assert next(iter(READER.read("Who holds the cup of 2034?", hits, "en"))).startswith(asked.text)


def test_what_yesterday_was_is_told_in_the_language_of_the_quote() -> None:
    dated = replace(a_passage("Prices rose yesterday.", passage_id="dated:0"), published=date(2026, 1, 16))
    assert (
        "“Prices rose yesterday.” (“yesterday”: 15 January 2026) [1]" in read(a_hit(1, dated, 0.9), language="ar")[-1]
    )


def test_no_hits_no_draft() -> None:
    assert read() == []


def test_a_cause_is_that_of_the_matter_asked_about() -> None:
    """The cause that another passage names is another matter's, however well its words fit."""
    suez = a_passage("Fewer ships crossed the Suez canal.", "The port was quiet.", "The authority blamed insecurity.")
    panama = a_passage("Fewer ships crossed Panama because the lake is low.", passage_id="panama:0")
    hits = (a_hit(1, suez, 0.9, 0.5, 0.6), a_hit(2, panama, 0.85))
    drafts = list(READER.read("Why did fewer ships cross the Suez canal?", hits, "en"))
    assert drafts[-1] == "Fewer ships crossed the Suez canal. [1] The authority blamed insecurity. [1]"
    alone = list(READER.read("Why did fewer ships cross?", (a_hit(1, panama, 0.85),), "en"))
    assert alone == ["Fewer ships crossed Panama because the lake is low. [1]"]
