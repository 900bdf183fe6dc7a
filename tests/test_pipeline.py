"""Guards: the path from question to cited answer, abstention, and what is refused."""

import threading
from datetime import date
from pathlib import Path

import pytest

from rag.errors import IndexStateError
from rag.home import Home
from rag.index import Index
from rag.phrases import ABSTENTION, REPLIES
from rag.pipeline import LONGEST_QUESTION, Rag
from rag.read import QuoteReader
from rag.retrieve import HybridRetriever
from rag.snapshot import Reading
from rag.types import Turn
from tests.fakes import HashEncoder, an_aligner, write_article


def a_rag(index: Index) -> Rag:
    retriever = HybridRetriever(Reading(index.home, index.encoder), index.encoder)
    return Rag(index, retriever, QuoteReader(an_aligner()), an_aligner())


def test_an_answer_quotes_the_article(rag: Rag) -> None:
    answer = rag.ask("Which firms did Beijing tell to prepare H200 orders?")
    assert not answer.abstained
    assert answer.text == "Beijing told firms to prepare H200 orders. [1]"
    [citation] = answer.citations
    assert (citation.number, citation.passage.article_id) == (1, "chips")
    article = rag.index.article("chips")
    assert article.text[citation.start : citation.end] == citation.quote == "Beijing told firms to prepare H200 orders."


@pytest.mark.parametrize(("question", "language"), [("من فاز بالكأس؟", "ar"), ("Who wrote Hamlet?", "en")])
def test_without_evidence_it_abstains_in_the_askers_language(rag: Rag, question: str, language: str) -> None:
    answer = rag.ask(question)
    assert answer.abstained
    assert (answer.language, answer.text) == (language, ABSTENTION[language])  # type: ignore[index]
    assert answer.citations == ()
    assert answer.nearest


def test_the_last_streamed_answer_is_the_answer(rag: Rag) -> None:
    question = "Beijing H200 orders"
    *_, last = rag.stream(question)
    assert last == rag.ask(question)


def test_search_is_ranked_and_filtered(rag: Rag) -> None:
    hits = rag.search("Beijing H200", k=2)
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].passage.article_id == "chips"
    assert hits[0].score >= hits[1].score
    assert {h.passage.language for h in rag.search("Suez", language="ar")} == {"ar"}
    assert {h.passage.article_id for h in rag.search("Beijing", until=date(2025, 12, 31))} == {"canal"}
    assert rag.search("Beijing", since=date(2030, 1, 1)) == []


def test_a_follow_up_says_what_was_searched(rag: Rag) -> None:
    history = [Turn("user", "Which firms did Beijing tell to prepare H200 orders?"), Turn("assistant", "…")]
    answer = rag.ask("and when?", history)
    assert answer.searched == f"{history[0].text} and when?"
    assert answer.question == "and when?"


def test_nothing_goes_on_from_a_greeting(rag: Rag) -> None:
    talk = [Turn("user", "Bonjour, quelle est la capitale de la France ?"), Turn("assistant", "Please ask in Arabic.")]
    assert rag.ask("H200?", talk).searched == "H200?"
    asked = [Turn("user", "What did Beijing tell companies to prepare?"), Turn("assistant", "Orders.")]
    assert rag.ask("H200?", [*asked, *talk]).searched == "What did Beijing tell companies to prepare? H200?"


def test_more_passages_and_no_chat_model_can_be_asked_for(rag: Rag) -> None:
    assert not rag.ask("What did Beijing tell companies?", quote=True, passages=8).abstained
    with pytest.raises(ValueError, match="passages must be above 0, not 0"):
        rag.ask("What did Beijing tell companies?", passages=0)


def test_a_bare_name_takes_the_language_of_the_talk(rag: Rag) -> None:
    assert rag.ask("2026", [Turn("user", "متى بدأت القصة كلها؟")]).language == "ar"


@pytest.mark.parametrize(
    ("question", "complaint"), [("", "empty"), (" \n", "empty"), ("x" * 100_000, f"at most {LONGEST_QUESTION:,}")]
)
def test_what_cannot_be_asked_is_refused(rag: Rag, question: str, complaint: str) -> None:
    for call in (rag.ask, rag.search):
        with pytest.raises(ValueError, match=complaint):
            call(question)


def test_k_must_be_above_0(rag: Rag) -> None:
    with pytest.raises(ValueError, match="k must be above 0, not 0"):
        rag.search("x", k=0)


def test_without_an_index_there_is_one_clear_line(index: Index) -> None:
    with pytest.raises(IndexStateError, match="build it with: sanad index"):
        a_rag(index).ask("anything")


def test_an_empty_index_abstains(index: Index, articles: Path) -> None:
    index.add(articles)
    index.remove("chips", "canal", "water")
    answer = a_rag(index).ask("x")
    assert answer.abstained
    assert answer.nearest == ()


def test_a_change_is_seen_by_an_open_rag(rag: Rag, articles: Path) -> None:
    assert rag.search("zebra crossing", k=1)[0].passage.article_id != "zebra"
    write_article(articles, "zebra", "A zebra crossing was painted.")
    Index(rag.index.home, HashEncoder(), 64).add(articles)  # as another process would
    assert rag.search("zebra crossing", k=1)[0].passage.article_id == "zebra"
    rag.index.remove("zebra")
    assert rag.search("zebra crossing", k=1)[0].passage.article_id != "zebra"


def test_threads_share_one_rag(rag: Rag) -> None:
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(rag.ask("Beijing H200 orders").text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1


def test_warm_up_reads_the_index(rag: Rag) -> None:
    rag.warm_up()


def test_without_late_interaction_it_answers_and_abstains_alike(articles: Path, tmp_path: Path) -> None:
    index = Index(Home(tmp_path / "plain"), HashEncoder(), 64, late=False)
    index.add(articles)
    rag = a_rag(index)
    answer = rag.ask("Which firms did Beijing tell to prepare H200 orders?")
    assert answer.citations[0].passage.article_id == "chips"
    assert rag.ask("Who wrote Hamlet?").abstained


@pytest.mark.parametrize(
    ("message", "language", "reply"),
    [
        ("مرحبا", "ar", "greeting"),
        ("what can you do?", "en", "capabilities"),
        ("Qui est le maire ?", "en", "other_language"),
    ],
)
def test_what_is_no_question_gets_a_short_reply(rag: Rag, message: str, language: str, reply: str) -> None:
    answer = rag.ask(message)
    assert answer.text == REPLIES[reply][language]  # type: ignore[index]
    assert not answer.abstained
    assert answer.citations == ()
    assert answer.nearest == ()


def test_the_days_that_a_question_names_are_searched(rag: Rag) -> None:
    question = "What did Beijing tell firms about H200 orders since January?"
    assert rag.ask(question, as_of=date(2026, 2, 1)).since == date(2026, 1, 1)
    assert not rag.ask(question, as_of=date(2026, 2, 1)).abstained
    assert rag.ask(question.replace("since January", "this week"), as_of=date(2026, 2, 1)).abstained


def test_the_callers_days_come_before_the_questions(rag: Rag) -> None:
    answer = rag.ask("What did Beijing tell firms about H200 orders this week?", since=date(2025, 1, 1))
    assert (answer.since, answer.until, answer.abstained) == (date(2025, 1, 1), None, False)


def test_an_article_without_a_date_may_be_of_the_days_that_a_question_names(rag: Rag) -> None:
    answer = rag.ask("على ماذا تعتمد المدن هذا العام؟ تحلية المياه؟")
    assert answer.since
    assert "water" in {hit.passage.article_id for hit in answer.nearest}


def test_a_bare_name_is_answered_in_the_language_of_the_talk_else_of_the_page(rag: Rag) -> None:
    assert rag.ask("H200?").language == "en"
    assert rag.ask("H200?", interface="ar").language == "ar"
    assert rag.ask("H200?", [Turn("user", "ما أخبار القناة؟"), Turn("assistant", "لا جواب.")]).language == "ar"


def test_what_sounds_like_a_follow_up_may_have_a_matter_of_its_own(rag: Rag) -> None:
    history = [Turn("user", "Who won the chess tournament in Oslo?"), Turn("assistant", "…")]
    answer = rag.ask("and which firms did Beijing tell to prepare H200 orders?", history)
    assert (answer.abstained, answer.searched) == (False, "and which firms did Beijing tell to prepare H200 orders?")
