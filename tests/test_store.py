"""Guards: what Chroma is given and finds, and that it agrees with comparing every vector."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rag.filter import Filter
from rag.home import Home
from rag.store import ChromaStore, FlatVectors, Store
from rag.types import Passage
from tests.fakes import a_passage


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return ChromaStore(Home(tmp_path))


PASSAGES = [
    a_passage("One.", passage_id="a:0", language="en", published=date(2026, 1, 1)),
    a_passage("اثنان.", passage_id="b:0", language="ar", published=date(2025, 6, 1)),
    a_passage("Three.", passage_id="c:0", language="en", published=None),
]
VECTORS = np.eye(3, 4, dtype=np.float32)


def test_an_empty_store_finds_nothing(store: Store) -> None:
    assert store.search(VECTORS[0], 5) == []
    assert store.ids() == set()


def test_the_nearest_come_first_with_their_cosine(store: Store) -> None:
    store.put(PASSAGES, VECTORS)
    query = unit(np.array([[3.0, 2.0, 1.0, 0.0]]))[0]
    found = store.search(query, 2)
    assert [identifier for identifier, _ in found] == ["a:0", "b:0"]
    assert [score for _, score in found] == pytest.approx([float(query[0]), float(query[1])], abs=1e-6)


def test_put_replaces_and_delete_passes_over_strangers(store: Store) -> None:
    store.put(PASSAGES, VECTORS)
    store.put(PASSAGES[:1], VECTORS[3:4] if len(VECTORS) > 3 else np.array([[0, 0, 0, 1]], dtype=np.float32))
    store.delete(["b:0", "nobody"])
    store.delete([])
    assert store.ids() == {"a:0", "c:0"}
    assert store.search(np.array([0, 0, 0, 1], dtype=np.float32), 1)[0] == ("a:0", pytest.approx(1.0, abs=1e-6))


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(language="ar"), {"b:0"}),
        (Filter(since=date(2025, 6, 1)), {"a:0", "b:0"}),
        (Filter(until=date(2025, 6, 1)), {"b:0"}),
        (Filter(language="en", since=date(2025, 1, 1), until=date(2026, 12, 31)), {"a:0"}),
        (Filter(), {"a:0", "b:0", "c:0"}),
    ],
)
def test_a_filter_lets_through_what_it_says(store: Store, only: Filter, expected: set[str]) -> None:
    store.put(PASSAGES, VECTORS)
    assert {identifier for identifier, _ in store.search(VECTORS[0], 5, only)} == expected


def test_chroma_agrees_with_comparing_every_vector(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    vectors = unit(random.normal(size=(2500, 16)))  # more than one batch
    passages: list[Passage] = [a_passage("x", passage_id=f"p{i}:0") for i in range(len(vectors))]
    chroma = ChromaStore(Home(tmp_path))
    chroma.put(passages, vectors)
    chroma.delete([p.id for p in passages[:500]])
    exact = FlatVectors([p.id for p in passages[500:]], vectors[500:], lambda only: set())
    agreed = 0
    for query in unit(random.normal(size=(20, 16))):
        one, other = (dict(store.search(query, 50)) for store in (chroma, exact))
        agreed += len(set(one) & set(other))
        assert all(one[i] == pytest.approx(other[i], abs=1e-5) for i in set(one) & set(other))
    assert agreed >= 0.98 * 20 * 50  # HNSW is approximate


def test_compared_one_by_one_the_nearest_come_first_of_those_let_through() -> None:
    allowed = {"a:0", "c:0"}
    flat = FlatVectors([p.id for p in PASSAGES], VECTORS, lambda only: allowed if only.language else set())
    query = unit(np.array([[3.0, 2.0, 1.0, 0.0]]))[0]
    assert [identifier for identifier, _ in flat.search(query, 2)] == ["a:0", "b:0"]
    assert flat.search(query, 9)[0] == ("a:0", pytest.approx(float(query[0]), abs=1e-6))
    assert [identifier for identifier, _ in flat.search(query, 2, Filter(language="en"))] == ["a:0", "c:0"]
    assert flat.search(query, 2, Filter()) == []
    assert FlatVectors([], np.zeros((0, 0), dtype=np.float32), lambda only: set()).search(query, 2) == []
