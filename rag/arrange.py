"""Ranked passages → hits as they are shown: near-identical copies in one place, newest first where asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.clean import fold
from rag.types import Hit, Passage

_SHINGLE = 4  # words
_SAME = 0.75  # share of the shorter passage's shingles that the other holds, from which it is a copy
_AS_GOOD = 0.3  # of score below the best: hits that bear on the question, of which the newest comes first

_LATEST = re.compile(
    r"\b(?:latest|newest|most recent)\b|(?:^|\b(?:ما|هي|هو|عن|الي|علي|هات) )اخر (?!مره)|\b(?:ال)?احدث\b|\bمستجدات\b"
)


def merge_copies(hits: Sequence[Hit], k: int) -> list[Hit]:
    """Return up to k hits; a passage that is nearly the same as a better one of another article joins its copies.

    Args:
        hits: best first.
        k: how many are wanted; copies of these are looked for among all.
    """
    kept: list[Hit] = []
    sizes: list[int] = []
    copies: list[list[Passage]] = []
    holders: dict[str, list[int]] = {}  # shingle → places in `kept`
    for hit in hits:
        if len(kept) == k and hit.score < kept[-1].score - _AS_GOOD:
            break
        shingles = _shingles(hit.passage.text)
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


def newest_first(hits: Sequence[Hit]) -> list[Hit]:
    """Return hits with those that are nearly as good as the best ordered by day, newest first; undated ones last."""
    if not hits:
        return []
    best = max(hit.score for hit in hits)
    good = [hit for hit in hits if hit.score >= best - _AS_GOOD]
    good.sort(key=lambda hit: hit.passage.published or date.min, reverse=True)
    return good + [hit for hit in hits if hit.score < best - _AS_GOOD]


def _is_copy(hit: Hit, original: Hit, shared: int, size: int, other_size: int) -> bool:
    fewer, more = sorted((size, other_size))
    another = hit.passage.article_id != original.passage.article_id
    return another and fewer >= _SAME * more and shared >= _SAME * fewer


def _shingles(text: str) -> set[str]:
    words = re.findall(r"\w+", fold(text))
    return {" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))}
