"""Article → passages: whole sentences up to a budget of encoder tokens, with exact spans.

A passage ends at a paragraph's end when it is at least half full, so that it keeps to one matter. A sentence that is
longer than the budget is cut at its clauses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

from rag.language import split_sentences
from rag.types import Article, Passage, Sentence

TokenCounter = Callable[[Sequence[str]], Sequence[int]]
"""Texts → how many encoder tokens each takes."""

_CLAUSE = re.compile(r"(?<=[،؛,;:])\s+")


def split_passages(article: Article, count_tokens: TokenCounter, budget: int) -> list[Passage]:
    """Cut an article into passages that hold all its sentences, each once, in order.

    Args:
        article: with its cleaned text.
        count_tokens: gives the encoder tokens of each text.
        budget: encoder tokens a passage may have, above 0.

    Returns:
        Passages whose `text` is exactly the article's characters `start:end`; none for an empty text.

    Raises:
        ValueError: the budget is not above 0.
    """
    if budget <= 0:
        raise ValueError(f"budget must be above 0 encoder tokens, not {budget}")
    spans = split_sentences(article.text)
    counts = list(count_tokens([article.text[a:b] for a, b in spans])) if spans else []
    passages: list[Passage] = []
    group: list[tuple[int, int]] = []
    used = 0
    for span, count in _cut_long(article.text, spans, counts, count_tokens, budget):
        starts_paragraph = bool(group) and "\n\n" in article.text[group[-1][1] : span[0]]
        if group and (used + count > budget or (starts_paragraph and used >= budget / 2)):
            passages.append(_passage(article, group, len(passages)))
            group, used = [], 0
        group.append(span)
        used += count
    if group:
        passages.append(_passage(article, group, len(passages)))
    return passages


def _passage(article: Article, spans: list[tuple[int, int]], ordinal: int) -> Passage:
    start, end = spans[0][0], spans[-1][1]
    text = article.text[start:end]
    # The id holds a digest of the content: two indexes that agree on ids agree on texts.
    digest = hashlib.sha256(f"{article.title}\n{text}".encode()).hexdigest()[:8]
    return Passage(
        id=f"{article.id}:{ordinal}:{digest}",
        article_id=article.id,
        title=article.title,
        source=article.source,
        published=article.published,
        language=article.language,
        text=text,
        start=start,
        end=end,
        sentences=tuple(Sentence(a, b, article.text[a:b]) for a, b in spans),
        pages=article.pages,
        dated_by=article.dated_by,
        recognised=article.recognised,
    )


def _cut_long(
    text: str,
    spans: Sequence[tuple[int, int]],
    counts: Sequence[int],
    count_tokens: TokenCounter,
    budget: int,
) -> list[tuple[tuple[int, int], int]]:
    """Return spans with their counts; one over the budget is replaced by pieces under it."""
    fitting: list[tuple[tuple[int, int], int]] = []
    for (start, end), count in zip(spans, counts, strict=True):
        if count <= budget:
            fitting.append(((start, end), count))
            continue
        pieces = _halves(text, start, end)
        if len(pieces) == 1:  # a short run that cannot be cut further
            fitting.append(((start, end), budget))
            continue
        fitting += _cut_long(text, pieces, count_tokens([text[a:b] for a, b in pieces]), count_tokens, budget)
    return fitting


def _halves(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a span in two at the clause mark nearest its middle, else at the white space nearest, else in the middle."""
    middle = (start + end) / 2
    for pattern in (_CLAUSE, re.compile(r"\s+")):
        breaks = [m for m in pattern.finditer(text, start, end) if start < m.start() and m.end() < end]
        if breaks:
            nearest = min(breaks, key=lambda m: abs(m.start() - middle))
            return [(start, nearest.start()), (nearest.end(), end)]
    if end - start < 64:
        return [(start, end)]
    cut = int(middle)
    return [(start, cut), (cut, end)]
