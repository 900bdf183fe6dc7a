"""Ranked passages → hits as they are shown: near-identical copies in one place, newest first where asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol, TypeVar

from rag.clean import fold
from rag.types import Hit, Passage

_SHINGLE = 4  # words
_SAME = 0.75  # share of the shorter passage's shingles that the other holds, from which it is a copy
_AS_GOOD = 0.3  # of score below the best: hits that bear on the question, of which the newest comes first

_LATEST = re.compile(
    r"\b(?:latest|newest|most recent)\b|(?:^|\b(?:ما|هي|هو|عن|الي|علي|هات) )اخر (?!مره)|\b(?:ال)?احدث\b|\bمستجدات\b"
)

_D = TypeVar("_D", bound="Dated")


def merge_copies(hits: Iterable[Hit], k: int, suspects: Container[str] | None = None) -> list[Hit]:
    """Return up to k hits; a passage that is nearly the same as a better one of another article joins its copies.

    Args:
        hits: best first; no more of them are taken than are needed.
        k: how many are wanted; copies of these are looked for among those nearly as good.
        suspects: ids of the passages that may be copies of one another; all of them when None.
    """
    kept: list[Hit] = []
    sizes: list[int] = []
    copies: list[list[Passage]] = []
    holders: dict[tuple[str, ...], list[int]] = {}  # shingle → places in `kept`
    for hit in hits:
        if len(kept) == k and hit.score < kept[-1].score - _AS_GOOD:
            break
        shingles = _shingles(hit.passage.text) if suspects is None or hit.passage.id in suspects else set()
        shared = Counter(place for shingle in shingles for place in holders.get(shingle, ()))
        original = next(
            (p for p, n in shared.most_common() if _is_copy(hit, kept[p], n, len(shingles), sizes[p])), None
        )
        if original is not None:
            copies[original].append(hit.passage)
        elif len(kept) < k:
            for shingle in shingles:
                holders.setdefault(shingle, []).append(len(kept))
            kept.append(hit)
            sizes.append(len(shingles))
            copies.append([])
    return [
        replace(hit, rank=rank, copies=tuple(others))
        for rank, (hit, others) in enumerate(zip(kept, copies, strict=True), start=1)
    ]


def asks_for_latest(question: str) -> bool:
    """Whether a question asks for the latest of something.

    >>> asks_for_latest("ما آخر أخبار قناة السويس؟"), asks_for_latest("هل ذكر شخص آخر ذلك؟")
    (True, False)
    """
    return _LATEST.search(fold(question)) is not None


class Dated(Protocol):
    """What has a score and, perhaps, a day of publication."""

    @property
    def score(self) -> float:
        """Higher is better."""
        ...

    @property
    def published(self) -> date | None:
        """The day of publication."""
        ...


def newest_first(found: Sequence[_D]) -> list[_D]:
    """Return what was found with what is nearly as good as the best ordered by day, newest first; undated last."""
    best = max((one.score for one in found), default=0.0)
    good = [one for one in found if one.score >= best - _AS_GOOD]
    good.sort(key=lambda one: one.published or date.min, reverse=True)
    return good + [one for one in found if one.score < best - _AS_GOOD]


def _is_copy(hit: Hit, original: Hit, shared: int, size: int, other_size: int) -> bool:
    fewer, more = sorted((size, other_size))
    another = hit.passage.article_id != original.passage.article_id
    return another and fewer >= _SAME * more and shared >= _SAME * fewer


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", fold(text))
    return set(zip(*(words[at:] for at in range(_SHINGLE)), strict=False)) or {tuple(words)}
