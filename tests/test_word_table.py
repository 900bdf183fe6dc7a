"""Guards: how alike words are does not depend on what was compared before, how much was, or by how many at once."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rag import word_table
from rag.align import WordAligner
from rag.encode import Matrix
from rag.word_table import WordTable
from rag.words import Word, content_words

ARABIC = content_words("بكين ببكين تينسنت الشركات شركات القاهرة القاهره مسؤول مسئول رونار فرنسا")
ENGLISH = content_words("Beijing Tencent companies company Cairo Renard France colour color")


def encode(words: Sequence[str]) -> Matrix:
    """Return vectors that only tell words apart."""
    rows = np.stack([np.random.default_rng(list(word.encode())).standard_normal(16) for word in words])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def many_words(count: int) -> list[Word]:
    chance = random.Random(3)
    letters = "بتثجحخدذرزسشصضطظعغفقكلمنهوي"
    return content_words(" ".join("".join(chance.choices(letters, k=6)) for _ in range(count)))


def test_words_are_alike_by_their_letters() -> None:
    words = [*ARABIC, *ENGLISH]
    alike = WordTable(encode).compare(words, words)
    places = {word.written: place for place, word in enumerate(words)}

    def of(one: str, other: str) -> float:
        return float(alike[places[one], places[other]])

    assert of("القاهرة", "القاهره") == of("الشركات", "شركات") == of("بكين", "ببكين") == 1.0  # one term
    assert of("مسؤول", "مسئول") == pytest.approx(0.9)
    assert of("تينسنت", "Tencent") == pytest.approx(0.95)
    assert of("رونار", "Renard") == pytest.approx(0.8)
    assert of("فرنسا", "company") < 0.8


def test_what_is_held_is_what_is_worked_out() -> None:
    table, words = WordTable(encode), [*ARABIC, *ENGLISH]
    table.compare(ARABIC[:2], ENGLISH[:3])  # a part is known before
    together = table.compare(words, words)
    for row, one in enumerate(words):
        for place, other in enumerate(words):
            alone = WordTable(encode).compare([one], [other])[0, 0]
            assert together[row, place] == pytest.approx(alone, abs=1e-6), (one.written, other.written)
    assert np.array_equal(table.compare(words, words), together)


def test_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    table, many = WordTable(encode), many_words(3000)
    before = table.compare(ARABIC, ENGLISH)
    among_many = table.compare(ARABIC, [*many, *ENGLISH])
    assert np.allclose(among_many[:, len(many) :], before, atol=1e-6)
    monkeypatch.setattr(word_table, "_HELD", 10)  # more than is held is worked out each time
    assert np.allclose(table.compare(ARABIC, [*many, *ENGLISH]), among_many, atol=1e-6)


def test_threads_share_it() -> None:
    table, many = WordTable(encode), many_words(400)

    def ask(seed: int) -> bool:
        chance = random.Random(seed)
        first, second = chance.sample(many, 8), chance.sample(many, 120)
        return np.allclose(table.compare(first, second), WordTable(encode).compare(first, second), atol=1e-6)

    with ThreadPoolExecutor(8) as people:
        assert all(people.map(ask, range(64)))


def test_a_full_one_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_table, "_MANY", 30)
    calls = []

    def count(words: Sequence[str]) -> Matrix:
        calls.append(len(words))
        return encode(words)

    aligner = WordAligner(count)
    before = aligner.compare(ARABIC, ENGLISH)
    aligner.compare(many_words(40), ENGLISH)
    calls.clear()
    assert np.allclose(aligner.compare(ARABIC, ENGLISH), before, atol=1e-6)
    assert calls, "the words of before are met again"
