"""Guards: words of two languages lie near where they mean the same, and names of a kind do not pass for each other."""

import pytest

from rag.align import WordAligner
from rag.words import content_words


@pytest.mark.parametrize(
    ("one", "other"),
    [("France", "فرنسا"), ("ships", "سفن"), ("Tencent", "تينسنت"), ("Guterres", "غوتيريش"), ("القاهرة", "والقاهره")],
)
def test_the_same_in_two_spellings(aligner: WordAligner, one: str, other: str) -> None:
    assert aligner.compare(content_words(one), content_words(other)).max() >= 0.58


@pytest.mark.parametrize(("one", "other"), [("France", "ألمانيا"), ("minister", "سفن"), ("Cairo", "دمشق")])
def test_others_are_further_apart(aligner: WordAligner, one: str, other: str) -> None:
    assert aligner.compare(content_words(one), content_words(other)).max() < 0.58


def test_a_name_looks_like_one_in_arabic_too(aligner: WordAligner) -> None:
    names, others = content_words("كازاخستان المغرب صلالة"), content_words("تستعمل الكهربائية متساوية")
    assert aligner.nameness(names).min() > aligner.nameness(others).max()


def test_nothing_compares_to_nothing(aligner: WordAligner) -> None:
    assert aligner.compare(content_words("a ship"), []).shape == (1, 0)
