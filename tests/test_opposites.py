"""Guards: a verb that a claim turns round is found, in both languages and across; the same said otherwise is not."""

import pytest

from rag.align import WordAligner
from rag.facts import read_facts
from rag.opposites import find_reversed, find_turns


@pytest.mark.parametrize(
    ("claim", "passage", "expected"),
    [
        ("The company admitted the leak.", "The company denied the leak.", "admitted"),
        ("أقرت الشركة بالتسرب", "نفت الشركة التسرب", "أقرت"),
        ("وافق الوزير على التحقيق", "The minister rejected an investigation.", "وافق"),
        ("Shares fell by 3 percent.", "ارتفعت الأسهم 3 في المئة", "fell"),
        ("The company did not admit the leak.", "The company denied the leak.", ""),
        ("لم ترفض الشركة العرض", "قبلت الشركة العرض", ""),
        ("The union accepted the offer.", "The owners rejected the plan. The union accepted the offer.", ""),
        ("The union met the owners.", "The union rejected the offer.", ""),
        ("Accepted.", "48", ""),
    ],
)
def test_what_is_turned_round(aligner: WordAligner, claim: str, passage: str, expected: str) -> None:
    said, whole = read_facts(claim), read_facts(passage)
    found = find_reversed(said, whole, aligner.compare(said.words, whole.words))
    assert (claim[found.start : found.end] if found else "") == expected


def test_a_negation_turns_a_verb_round() -> None:
    assert [turn.affirms for turn in find_turns("He did not refuse; لم يوافق ولن ينفي; never fell")] == [
        True,
        False,
        True,
        True,
    ]
