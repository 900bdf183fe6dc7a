"""Unit vectors in files that are memory-mapped → those nearest to a query, exactly, though few of them are read whole.

Vectors are turned so that their first coordinates tell most (PCA). Of these a byte each is compared with all; what the
others could add at most is known from their length (Cauchy-Schwarz), and who cannot be among the nearest even so is
passed over. Who is left is looked at more closely, and in the end by the vector itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rag.encode import Matrix

_HEAD = 126  # coordinates compared with all; with two lengths they are 128 bytes a vector
_MIDDLE = 128  # further ones, of those that are looked at more closely
_BLOCK = 512  # vectors compared at once, as many as keep within a processor's cache
_GROUP = 8  # vectors of a block, of which the best is looked at first
_FIRST = 64  # groups by whose best the nearest are first guessed
_CLOSER = 2048  # vectors that are looked at more closely at once
_WHOLE = 16  # vectors that are read whole at once
_QUERIES = 8  # compared at once
_FITTED = 20_000  # vectors that the turn is fitted to, at most
_STEPS = 127.0
_SLACK = 1e-5  # of sums in single precision

_Rows = NDArray[np.int64]
_Bytes = NDArray[np.int8]


class NearestRows:
    """Vectors of one folder, open for reading.

    Args:
        folder: that `append_rows` has written.
        count: how many of its vectors are read; others may be being added.
        dim: of the vectors.

    Raises:
        OSError: a file is missing.
        ValueError: one is too short.
    """

    def __init__(self, folder: Path, count: int, dim: int) -> None:
        self.count = count
        self._axes, self._scales = _read_axes(folder)
        first, more = _split(dim)
        blocks = -(-count // _BLOCK)
        self._rows: NDArray[np.float16] = map_file(folder / "rows", np.float16, (count, dim))
        self._head: _Bytes = map_file(folder / "head", np.int8, (blocks, first + 2, _BLOCK))
        self._middle: _Bytes = map_file(folder / "middle", np.int8, (count, more + 4))

    def near(self, queries: Matrix, k: int, least: float) -> Iterator[tuple[_Rows, Matrix]]:
        """Yield for each query the rows that are nearest, k or more of them, in any order, with their cosines.

        Args:
            queries: unit rows, shape (queries, dim).
            k: how many are wanted; all that are as near as the last of them are there.
            least: a cosine above 0 that they are above.
        """
        for at in range(0, len(queries), _QUERIES):
            some = np.ascontiguousarray(queries[at : at + _QUERIES], dtype=np.float32)
            heads, middles = self._weights(some)
            bounds = self._bounds(heads)
            for place, query in enumerate(some):
                yield self._search(query, middles[place], bounds[:, place], k, least)

    def _weights(self, queries: Matrix) -> tuple[Matrix, Matrix]:
        """Return by what the bytes of head and middle are multiplied to give the highest cosine there could be."""
        first = self._head.shape[1] - 2
        turned = queries @ self._axes
        total, of_head, of_both = (np.einsum("ij,ij->i", m, m) for m in (queries, turned[:, :first], turned))
        after_head, after_both = (np.sqrt(np.maximum(total - known, 0)) for known in (of_head, of_both))
        lengths = np.stack([after_head, np.sqrt(of_head), after_both, np.sqrt(of_both)], axis=1) / _STEPS
        scaled = turned * self._scales
        return (
            np.ascontiguousarray(np.hstack([scaled[:, :first], lengths[:, :2]]), dtype=np.float32),
            np.hstack([scaled[:, first:], lengths[:, 2:], -lengths[:, :2]]).astype(np.float32),
        )

    def _bounds(self, heads: Matrix) -> Matrix:
        """Return the highest cosine there could be of query and vector, shape (blocks, queries, vectors, groups)."""
        bounds = np.empty((len(self._head), len(heads), _BLOCK), dtype=np.float32)
        codes = np.empty(self._head.shape[1:], dtype=np.float32)
        for block, part in zip(self._head, bounds, strict=True):
            np.copyto(codes, block)
            np.matmul(heads, codes, out=part)
        if last := self.count % _BLOCK:
            bounds[-1, :, last:] = -1
        return bounds.reshape(len(bounds), len(heads), _GROUP, -1)

    def _search(self, query: Matrix, middle: Matrix, bounds: Matrix, k: int, least: float) -> tuple[_Rows, Matrix]:
        best = bounds.max(axis=1)
        first = np.argpartition(best, -_FIRST, axis=None)[-_FIRST:] if best.size > _FIRST else np.arange(best.size)
        blocks, groups = np.divmod(first, best.shape[1])
        guessed = _row(blocks, bounds[blocks, :, groups].argmax(axis=1), groups)
        highest = best[blocks, groups]
        known = highest >= least - _SLACK
        guessed, cosines = self._look(query, middle, guessed[known], highest[known], k, least, _WHOLE)
        least = _last_of(cosines, k, least)
        blocks, groups = np.nonzero(best >= least - _SLACK)
        of_groups = bounds[blocks, :, groups]
        places, members = np.nonzero(of_groups >= least - _SLACK)
        rows = _row(blocks[places], members, groups[places])
        new = ~np.isin(rows, guessed)
        rows, highest = rows[new], of_groups[places, members][new]
        found = guessed
        for at in range(0, len(rows), _CLOSER):
            near = highest[at : at + _CLOSER] >= least - _SLACK
            some, theirs = rows[at : at + _CLOSER][near], highest[at : at + _CLOSER][near]
            some, theirs = self._look(query, middle, some, theirs, k, least, len(some))
            found, cosines = np.concatenate([found, some]), np.concatenate([cosines, theirs])
            least = _last_of(cosines, k, least)
        return found, cosines

    def _look(
        self, query: Matrix, middle: Matrix, rows: _Rows, highest: Matrix, k: int, least: float, most: int
    ) -> tuple[_Rows, Matrix]:
        """Return those of the rows that are read whole, at most so many, and their cosines; others are less near."""
        highest = highest + self._middle[rows].astype(np.float32) @ middle
        order = np.argsort(-highest)
        rows, highest = rows[order], highest[order]
        cosines = np.zeros(0, dtype=np.float32)
        while (at := len(cosines)) < min(len(rows), most) and highest[at] >= _last_of(cosines, k, least) - _SLACK:
            some = self._rows[rows[at : at + _WHOLE]].astype(np.float32) @ query
            cosines = np.concatenate([cosines, some])
        return rows[: len(cosines)], cosines


def _row(block: _Rows, member: _Rows, group: _Rows) -> _Rows:
    """Return the rows of members of groups, which are as far from each other as there are groups in a block."""
    return block * _BLOCK + member * (_BLOCK // _GROUP) + group


def _last_of(cosines: Matrix, k: int, least: float) -> float:
    """Return the least that one of the k nearest has."""
    return max(float(np.partition(cosines, -k)[-k]), least) if len(cosines) >= k else least


def append_rows(folder: Path, count: int, vectors: Iterable[Matrix], dim: int) -> int:
    """Add vectors to those of a folder; who reads those that are there already is not disturbed.

    Args:
        folder: is there.
        count: how many are there; what lies behind them was left by one who was killed.
        vectors: unit rows, some at a time.
        dim: of the vectors.

    Returns:
        How many are there now.
    """
    after = count
    with append_to(folder / "rows", count * dim * 2) as stream:
        for some in vectors:
            stream.write(np.ascontiguousarray(some, dtype=np.float16).tobytes())
            after += len(some)
    if after == count:
        return count
    rows: NDArray[np.float16] = map_file(folder / "rows", np.float16, (after, dim))
    if count == 0:
        _fit(folder, rows)
    axes, scales = _read_axes(folder)
    first, more = _split(dim)
    _grow(folder / "head", -(-after // _BLOCK) * (first + 2) * _BLOCK)
    head = np.memmap(folder / "head", np.int8, "r+", shape=(-(-after // _BLOCK), first + 2, _BLOCK))
    with append_to(folder / "middle", count * (more + 4)) as stream:
        for block in range(count // _BLOCK, len(head)):
            start, end = max(block * _BLOCK, count), min((block + 1) * _BLOCK, after)
            of_head, of_middle = _encode(rows[start:end].astype(np.float32), axes, scales, first)
            head[block, :, start - block * _BLOCK : end - block * _BLOCK] = of_head.T
            stream.write(of_middle.tobytes())
    head.flush()
    return after


def _encode(rows: Matrix, axes: Matrix, scales: Matrix, first: int) -> tuple[_Bytes, _Bytes]:
    """Return the bytes of head and middle: coordinates, the length of what they leave out and of their rounding."""
    turned = rows @ axes
    codes = np.clip(np.round(turned / scales), -_STEPS, _STEPS)
    rounded = (turned - codes * scales) ** 2
    total = np.einsum("ij,ij->i", rows, rows)

    def lengths(end: int) -> list[Matrix]:
        left = np.maximum(total - (turned[:, :end] ** 2).sum(axis=1), 0)
        found = (np.sqrt(square) for square in (left, rounded[:, :end].sum(axis=1)))
        return [np.minimum(np.ceil(length * _STEPS), _STEPS)[:, None] for length in found]

    of_head, of_both = lengths(first), lengths(axes.shape[1])
    head = np.hstack([codes[:, :first], *of_head]).astype(np.int8)
    return head, np.hstack([codes[:, first:], *of_both, *of_head]).astype(np.int8)


def _fit(folder: Path, rows: NDArray[np.float16]) -> None:
    """Write the axes on which the vectors are longest, and how far they reach on each."""
    some = rows[:: -(-len(rows) // _FITTED)].astype(np.float32)
    lengths, axes = np.linalg.eigh(some.T @ some)
    axes = axes[:, np.argsort(-lengths)[: sum(_split(rows.shape[1]))]].astype(np.float32)
    scales = np.maximum(np.abs(some @ axes).max(axis=0), 1e-3) / _STEPS
    with append_to(folder / "axes.npy", 0) as stream:
        np.save(stream, np.vstack([axes, scales]))


def _read_axes(folder: Path) -> tuple[Matrix, Matrix]:
    both = np.load(folder / "axes.npy", allow_pickle=False)
    return np.ascontiguousarray(both[:-1]), both[-1]


def _split(dim: int) -> tuple[int, int]:
    """Return how many coordinates head and middle have."""
    return min(_HEAD, dim), min(_MIDDLE, max(dim - _HEAD, 0))


def map_file(path: Path, kind: Any, shape: tuple[int, ...]) -> Any:
    """Return the beginning of a file as an array, memory-mapped.

    Raises:
        OSError: it is missing.
        ValueError: it is too short.
    """
    return np.asarray(np.memmap(path, kind, "r", shape=shape)) if shape[0] else np.zeros(shape, dtype=kind)


@contextmanager
def append_to(path: Path, place: int) -> Iterator[BinaryIO]:
    """Open a file for writing from a place on, and wait in the end until it is on the disk."""
    _grow(path, place)
    with path.open("r+b") as stream:
        stream.truncate(place)
        stream.seek(place)
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def _grow(path: Path, size: int) -> None:
    """Make a file at least so large."""
    with path.open("ab") as stream:
        if stream.tell() < size:
            stream.truncate(size)
