"""Guards: what is sent of an answer is never taken back and never cites what it does not rest on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.types import Answer, Citation, Claim
from tests.fakes import a_passage
from ui.api.completion import Sent, evidence, footnotes, settled, without_footnotes

SHIPS = a_passage("Ships left the canal.", "They sail around the Cape.", title="Canal")
PORTS = a_passage("غادرت السفن القناة.", passage_id="b:0:00000000", title="القناة", language="ar", source="سند")


def a_citation(number: int, passage=SHIPS, place: int = 0) -> Citation:  # type: ignore[no-untyped-def]
    sentence = passage.sentences[place]
    return Citation(number, sentence.text, passage, sentence.start, sentence.end)


def an_answer(text: str, *claims: Claim, **fields: object) -> Answer:
    return replace(Answer("q", text, "en", claims=claims), **fields)  # type: ignore[arg-type]


GOOD = Claim("Ships left.", True, (1,))
BAD = Claim("The crew sang.", False)
NEXT = Claim("They sail.", True, (2,))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        pytest.param(an_answer("Ships le"), "", id="nothing checked"),
        pytest.param(an_answer("Ships left. [1] They sa", GOOD), "Ships left. [1]", id="unchecked end"),
        pytest.param(an_answer("The crew sang. [unsupported] Ships", BAD), "", id="unsupported only"),
        pytest.param(
            an_answer("The crew sang. [unsupported] Ships left. [1] Th", BAD, GOOD),
            "The crew sang. [unsupported] Ships left. [1]",
            id="with its mark",
        ),
        pytest.param(
            an_answer("Ships left. [1] The crew sang. [بلا سند] Th", GOOD, BAD),
            "Ships left. [1] The crew sang. [بلا سند]",
            id="unsupported after",
        ),
        pytest.param(an_answer("“Ships left.” [1][2] And", GOOD), "“Ships left.” [1][2]", id="quoted, two marks"),
        pytest.param(an_answer("Ships le", GOOD), "", id="claim not there"),
    ],
)
def test_only_what_was_checked_is_settled(answer: Answer, text: str) -> None:
    assert settled(answer) == text


def test_a_growing_answer_is_sent_in_pieces() -> None:
    sent = Sent()
    first = an_answer("Ships left. [1] They sa", GOOD, citations=(a_citation(1),))
    whole = an_answer("Ships left. [1] They sail. [2]", GOOD, NEXT, citations=(a_citation(1), a_citation(2, place=1)))
    pieces = [sent.grow(an_answer("Ships l")), sent.grow(first), sent.grow(first)]
    added, answer = sent.finish(whole)
    assert pieces == ["", "Ships left. [1]", ""]
    assert added == " They sail. [2]"
    assert answer == whole


def test_what_nothing_was_sent_of_is_sent_whole() -> None:
    quoted = an_answer("Ships left the canal. [1]", citations=(a_citation(1),), failed="unreachable")
    assert Sent().finish(quoted) == (quoted.text, quoted)


def test_an_answer_that_took_a_turn_says_so_and_counts_on() -> None:
    sent = Sent()
    sent.grow(an_answer("Ships left. [1] They sa", GOOD, citations=(a_citation(1, place=1),)))
    quotes = an_answer(
        "Item [7]: Ships left the canal. [1] غادرت السفن القناة. [2]",
        citations=(a_citation(1), a_citation(2, PORTS)),
        failed="cut",
    )
    assert sent.grow(quotes) == "", "what is sent stays; the whole is told at the end"
    added, answer = sent.finish(quotes)
    assert added == (
        "\n\nThe language model broke off; this is what the articles say, word for word."
        "\n\nItem [7]: Ships left the canal. [2] غادرت السفن القناة. [3]"
    )
    assert answer.text == f"Ships left. [1]{added}"
    assert [(c.number, c.quote) for c in answer.citations] == [
        (1, "They sail around the Cape."),
        (2, "Ships left the canal."),
        (3, "غادرت السفن القناة."),
    ]


def test_footnotes_are_lines_that_can_be_taken_off() -> None:
    answer = an_answer("Ships left. [1]\n\nMore. [2]", citations=(a_citation(1), a_citation(2, PORTS)))
    notes = footnotes(answer)
    assert notes == (
        "\n\n[1] Canal — Wire, 2026-01-16 — “Ships left the canal.”"
        "\n[2] القناة — سند، 2026-01-16 — «غادرت السفن القناة.»"
    )
    assert without_footnotes(answer.text + notes) == answer.text
    assert without_footnotes(answer.text) == answer.text
    assert footnotes(an_answer("None.")) == ""
    guessed = replace(SHIPS, dated_by="file", source="", title="A\nB")
    assert footnotes(an_answer("x [1]", citations=(a_citation(1, guessed),))) == "\n\n[1] A B — “Ships left the canal.”"


def test_evidence_marks_the_places_in_the_text() -> None:
    answer = an_answer("Item [7]: left. [1] Sail. [2][1]", citations=(a_citation(1), a_citation(2)), confidence=0.5)
    told = evidence(answer, lambda citation: f"at {citation.number}")
    assert [(n["url_citation"]["url"], n["url_citation"]["start_index"]) for n in told["annotations"]] == [
        ("at 1", 16),
        ("at 2", 26),
        ("at 1", 29),
    ]
    assert {name: told[name] for name in ("abstained", "confidence")} == {"abstained": False, "confidence": 0.5}
    assert told["citations"] == [citation.to_dict() for citation in answer.citations]
