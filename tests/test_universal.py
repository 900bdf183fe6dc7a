"""Guards: the second encoder gives unit rows and brings a word and its translation together."""

import numpy as np
import pytest

from rag.universal import DIMENSIONS, UniversalEncoder


@pytest.fixture(scope="module")
def universal() -> UniversalEncoder:
    return UniversalEncoder()


def test_rows_are_unit_vectors_in_order(universal: UniversalEncoder) -> None:
    texts = ["حرب", "The price of memory chips fell.", "كتاب"]
    rows = universal.encode(texts)
    assert rows.dtype == np.float32
    assert rows.shape == (3, DIMENSIONS)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(3), abs=1e-4)
    assert universal.encode(texts[::-1]) == pytest.approx(rows[::-1], abs=1e-5)
    assert universal.encode([]).shape == (0, DIMENSIONS)


@pytest.mark.parametrize(
    ("word", "translation"), [("حرب", "war"), ("وزير", "minister"), ("نفط", "oil"), ("بحر", "sea")]
)
def test_a_word_is_nearest_to_its_translation(universal: UniversalEncoder, word: str, translation: str) -> None:
    others = ["war", "minister", "oil", "sea", "school", "football"]
    cosines = universal.encode(others) @ universal.encode([word])[0]
    assert others[int(cosines.argmax())] == translation
