"""Guards: exact match and F1 as SQuAD and MLQA define them, and containment that reads numbers whole."""

import pytest

from rag.evaluate.answers import exact_match, holds_answer, normalize_answer, token_f1


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The Suez-Canal, in 1869!", "en", "suezcanal in 1869"),
        ("An apple a day", "en", "apple day"),
        ("القناة، في السويس؟", "ar", "قناة في سويس"),
        ("إلى المال", "ar", "إلى مال"),
    ],
)
def test_normalisation(text: str, language: str, expected: str) -> None:
    assert normalize_answer(text, language) == expected  # type: ignore[arg-type]


def test_exact_match_and_f1() -> None:
    assert exact_match("the canal.", ["Canal"], "en") == 1
    assert exact_match("the long canal", ["canal"], "en") == 0
    assert token_f1("the long canal", ["canal", "river"], "en") == pytest.approx(2 / 3)
    assert token_f1("السفن الكبيرة", ["سفن"], "ar") == pytest.approx(2 / 3)
    assert token_f1("", ["x"], "en") == token_f1("x", [], "en") == 0


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("طلبت بكين من علي بابا", "على بابا", True),
        ("بلغ العدد ١٬٢٣٤ شخصًا", "1,234", True),
        ("in 1836 it was", "3", False),
        ("it rose 4.5 %", "4", False),
        ("it rose 4.5 %", "4.5 %", True),
        ("the Firm", "firm", True),
        ("anything", "", False),
    ],
)
def test_containment(text: str, answer: str, expected: bool) -> None:
    assert holds_answer(text, [answer]) is expected
