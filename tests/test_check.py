"""Guards: a claim is held to its passage: numbers, dates, names and negation, in one language and across.

The sets under tests/data were written by other hands than the checker's: it was built by `claims-a` to `claims-d`,
whose lines were read, and `claims-fit`, by which its thresholds are set (`tests.benchmarks.claim_sets`); those of
`claims-e` and `claims-f` never were. What is asked of each here is what it reaches, so that a change cannot lose it
unseen.
"""

from datetime import date
from pathlib import Path

import pytest

from rag.align import WordAligner
from rag.check import ClaimChecker
from rag.encode import SentenceTransformerEncoder
from rag.evaluate.claims import check_claims

DATA = Path(__file__).parent / "data"
CANAL = "The Suez Canal earned about 3.99 billion dollars in 2024. Only 13,213 ships used the waterway during the year."


@pytest.fixture(scope="module")
def checker(aligner: WordAligner) -> ClaimChecker:
    return ClaimChecker(aligner)


@pytest.mark.parametrize(
    ("claim", "flaw"),
    [
        ("The canal earned nearly 4 billion dollars in 2024.", None),
        ("بلغت إيرادات قناة السويس نحو 3.99 مليارات دولار في عام ٢٠٢٤.", None),
        ("عبرتها 13213 سفينة.", None),
        ("The Suez Canal earned about 3.99 million dollars in 2024.", "number"),
        ("بلغت إيرادات قناة السويس نحو 3.99 مليارات دولار في عام 2023.", "date"),
        ("The Panama Canal earned about 3.99 billion dollars in 2024.", "name"),
        ("بلغت إيرادات قناة بنما نحو 3.99 مليارات دولار في عام 2024.", "name"),
        ("The Suez Canal did not earn about 3.99 billion dollars in 2024.", "negation"),
    ],
)
def test_what_stands_against_a_claim(checker: ClaimChecker, claim: str, flaw: str | None) -> None:
    verdict = checker.check(claim, CANAL)
    assert verdict.flaw == flaw
    assert verdict.supported == (flaw is None)


def test_the_sentence_that_carries_a_claim_is_told(checker: ClaimChecker) -> None:
    verdict = checker.check("13,213 ships used it.", CANAL)
    assert CANAL[verdict.start : verdict.end] == "Only 13,213 ships used the waterway during the year."


def test_a_year_that_the_article_leaves_out_is_that_of_its_day(checker: ClaimChecker) -> None:
    passage = "The bridge was opened on 4 March."
    assert not checker.check("The bridge was opened on 4 March 2025.", passage).supported
    assert checker.check("The bridge was opened on 4 March 2025.", passage, published=date(2025, 3, 5)).supported


def test_a_passage_without_sentences_supports_nothing(checker: ClaimChecker) -> None:
    assert checker.check("Anything.", "").flaw == "meaning"


@pytest.fixture(scope="module")
def reading_checker(encoder: SentenceTransformerEncoder) -> ClaimChecker:
    """A checker that knows words as they are used, as the product has it."""
    return ClaimChecker(WordAligner(encoder.encode_words, encoder.encode_in_context))


@pytest.mark.parametrize(
    # What they reach less one or two claims in 120: on another processor 8-bit vectors are a little otherwise.
    ("name", "accuracy", "exact"),
    [
        ("claims-a", 0.9, 1.0),
        ("claims-b", 0.76, 0.85),
        ("claims-c", 0.78, 0.9),
        ("claims-d", 0.87, 1.0),
        ("claims-e", 0.7, 1.0),
        ("claims-f", 0.63, 1.0),
    ],
)
def test_the_claim_sets(reading_checker: ClaimChecker, name: str, accuracy: float, exact: float) -> None:
    result = check_claims(DATA / f"{name}.jsonl", reading_checker)
    assert result["claims"] == 120
    assert result["accuracy"] >= accuracy
    assert min(result["by_group"][group]["accuracy"] for group in ("number", "date")) >= exact


@pytest.mark.parametrize(
    ("claim", "flaw"), [("48.", "number"), ("It did not.", "meaning"), ("؟", "meaning"), ("In 2026.", "date")]
)
def test_a_claim_of_hardly_any_words_gets_a_verdict(aligner: WordAligner, claim: str, flaw: str) -> None:
    verdict = ClaimChecker(aligner).check(claim, "Karim Rashid and Huda Salem met in New York. They did not speak.")
    assert verdict.flaw == flaw
