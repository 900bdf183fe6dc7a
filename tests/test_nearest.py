"""Guards: the nearest vectors are those that comparing with every vector finds, however the files have grown."""

from pathlib import Path

import numpy as np
import pytest

from rag.encode import Matrix
from rag.nearest import NearestRows, append_rows

LEAST, MOST = 0.4, 6


def some_vectors(count: int, dim: int, seed: int = 3) -> Matrix:
    """Unit rows in clusters, some of them alike to the last bit, as float16 keeps them."""
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(count // 20 + 1, dim)) * np.linspace(2, 0.1, dim)
    rows = centres[chance.integers(len(centres), size=count)] + chance.normal(size=(count, dim)) * 0.4
    rows[count // 2] = rows[count // 3]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float16).astype(np.float32)


def assert_exact(folder: Path, vectors: Matrix, queries: Matrix) -> None:
    held = NearestRows(folder, len(vectors), vectors.shape[1])
    found = list(held.near(queries, MOST, LEAST))
    assert len(found) == len(queries)
    for query, (rows, cosines) in zip(queries, found, strict=True):
        assert len(set(rows.tolist())) == len(rows)
        assert rows.max(initial=0) < len(vectors)
        expected = vectors @ query
        assert cosines == pytest.approx(expected[rows], abs=1e-5)
        best = np.sort(expected[expected > LEAST])[::-1][:MOST]
        assert np.sort(cosines[cosines > LEAST])[::-1][:MOST] == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("dim", [8, 64, 126, 200, 512])
@pytest.mark.parametrize("count", [1, 5, 512, 1300])
def test_as_comparing_with_every_vector(tmp_path: Path, dim: int, count: int) -> None:
    vectors = some_vectors(count, dim)
    assert append_rows(tmp_path, 0, [vectors[:700], vectors[700:]], dim) == count
    assert_exact(tmp_path, vectors, np.concatenate([some_vectors(20, dim, seed=4), vectors[:20]]))


def test_most_are_never_read_whole(tmp_path: Path) -> None:
    vectors = some_vectors(5000, 256)
    append_rows(tmp_path, 0, [vectors], 256)
    read = [len(rows) for rows, _ in NearestRows(tmp_path, 5000, 256).near(vectors[::250], MOST, LEAST)]
    assert max(read) < 500


@pytest.mark.parametrize("sizes", [(1, 1, 1), (511, 1, 1), (512, 600), (40, 2000)])
def test_what_is_added_later_is_found_and_disturbs_nobody(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    vectors = some_vectors(sum(sizes), 200)
    queries = vectors[:: len(vectors) // 20 + 1]
    at = append_rows(tmp_path, 0, [vectors[: sizes[0]]], 200)
    before = NearestRows(tmp_path, at, 200)
    expected = [cosines for _, cosines in before.near(queries, MOST, LEAST)]
    for size in sizes[1:]:
        at = append_rows(tmp_path, at, [vectors[at : at + size]], 200)
        assert_exact(tmp_path, vectors[:at], queries)
    for (_, cosines), old in zip(before.near(queries, MOST, LEAST), expected, strict=True):
        assert cosines.tolist() == old.tolist()


def test_what_a_killed_writer_left_is_written_over(tmp_path: Path) -> None:
    vectors, other = some_vectors(700, 200), some_vectors(900, 200, seed=9)
    append_rows(tmp_path, 0, [vectors[:600]], 200)
    append_rows(tmp_path, 600, [other], 200)  # and nobody was told that there are more than 600
    assert_exact(tmp_path, vectors[:600], vectors[:20])
    append_rows(tmp_path, 600, [vectors[600:]], 200)
    assert_exact(tmp_path, vectors, vectors[590:620])


def test_files_that_are_too_short_are_refused(tmp_path: Path) -> None:
    append_rows(tmp_path, 0, [some_vectors(100, 64)], 64)
    with (tmp_path / "rows").open("r+b") as stream:
        stream.truncate(1000)
    with pytest.raises(ValueError, match=r"mmap|length"):
        NearestRows(tmp_path, 100, 64)
