"""Question → hits: passages by vector and by keyword, their sentences compared one by one, the signals fused.

Two stages: the vector store and the keyword index each bring up a few dozen passages; only these are scored by their
best sentence, the mean of their sentences and their keywords.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.encode import Encoder, Matrix
from rag.keywords import KeywordIndex
from rag.snapshot import Reading, Snapshot
from rag.terms import split_terms
from rag.types import Filter, Hit, Passage

_CANDIDATES = 50  # passages each first stage brings up
_MEAN_WEIGHT = 0.5  # of the passage's mean beside its best sentence, both as z-scores (measured on XQuAD)
_KEYWORD_WEIGHT = 0.5  # of BM25 beside them (measured on XQuAD: flat between .35 and .6)
_SHARE_WEIGHT = 0.1  # of the terms a sentence holds beside its cosine, which moves within about .1 here


class Retriever(Protocol):
    """What finds the passages that bear on a question."""

    def retrieve(self, question: str, k: int, only: Filter | None = None) -> list[Hit]:
        """Return up to k hits, best first, of the articles that `only` lets through."""
        ...


@dataclass(frozen=True, slots=True)
class _Candidate:
    passage: Passage
    sentence_cosines: Matrix
    mean_cosine: float
    keyword_score: float


class HybridRetriever:
    """Dense sentences and passages with BM25.

    Args:
        reading: gives the index as it stands.
        encoder: that of the index.
    """

    def __init__(self, reading: Reading, encoder: Encoder) -> None:
        self._reading = reading
        self._encoder = encoder

    def retrieve(self, question: str, k: int, only: Filter | None = None) -> list[Hit]:
        """See `Retriever.retrieve`.

        Raises:
            IndexStateError: there is no index that can be read with this encoder.
        """
        snapshot = self._reading.snapshot()
        vector = self._encoder.encode_question(question)
        terms = [term.text for term in split_terms(question)]
        candidates = _bring_up(snapshot, vector, terms, only)
        if not candidates:
            return []
        best = np.array([c.sentence_cosines.max() for c in candidates])
        mean = np.array([c.mean_cosine for c in candidates])
        scores = _standardise(best) + _MEAN_WEIGHT * _standardise(mean) + _KEYWORD_WEIGHT * _keyword_part(candidates)
        order = np.argsort(-scores, kind="stable")[:k]
        return [
            Hit(
                rank=rank,
                score=float(scores[i]),
                passage=candidates[i].passage,
                evidence=_evidence(candidates[i], terms, snapshot.keywords),
                sentence_scores=_sentence_scores(candidates[i], terms, snapshot.keywords),
            )
            for rank, i in enumerate(order, start=1)
        ]


def _bring_up(snapshot: Snapshot, vector: Matrix, terms: Sequence[str], only: Filter | None) -> list[_Candidate]:
    keyword_scores = snapshot.keywords.scores(terms)
    ids = [identifier for identifier, _ in snapshot.store.search(vector, _CANDIDATES, only)]
    ids += _best_by_keyword(snapshot, keyword_scores, only)
    found = snapshot.catalog.passages(list(dict.fromkeys(ids)))
    candidates = []
    for identifier in dict.fromkeys(ids):
        # What the stores still hold and the catalog no longer knows was removed a moment ago.
        if identifier in found:
            passage, rows = found[identifier]
            row = snapshot.keywords.row(identifier)
            mean = rows.mean(axis=0)
            candidates.append(
                _Candidate(
                    passage,
                    np.asarray(rows @ vector, dtype=np.float32),
                    float(mean @ vector / max(float(np.linalg.norm(mean)), 1e-12)),
                    float(keyword_scores[row]) if row is not None else 0.0,
                )
            )
    return candidates


def _best_by_keyword(snapshot: Snapshot, scores: NDArray[np.float32], only: Filter | None) -> list[str]:
    if only is not None:
        allowed = snapshot.catalog.passage_ids(only)
        scores = np.where([identifier in allowed for identifier in snapshot.keywords.ids], scores, 0)
    rows = np.argsort(-scores, kind="stable")[:_CANDIDATES]
    return [snapshot.keywords.ids[row] for row in rows if scores[row] > 0]


def _standardise(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return z-scores; all 0 where the values do not differ."""
    deviation = values.std()
    return (values - values.mean()) / deviation if deviation > 1e-9 else np.zeros_like(values)


def _keyword_part(candidates: Sequence[_Candidate]) -> NDArray[np.floating]:
    """Return each candidate's keyword score as a z-score among those of its own language.

    A question shares words with the passages of its own language only: across all languages, the silence of the
    keywords about the others would bury them.
    """
    scores = np.array([c.keyword_score for c in candidates])
    languages = np.array([c.passage.language for c in candidates])
    part = np.zeros(len(candidates))
    for language in np.unique(languages):
        part[languages == language] = _standardise(scores[languages == language])
    return part


def _sentence_scores(candidate: _Candidate, terms: Sequence[str], keywords: KeywordIndex) -> tuple[float, ...]:
    """Return each sentence's cosine and, in its weight, the share of the question's terms that it holds."""
    return tuple(
        float(cosine) + _SHARE_WEIGHT * _share_of_terms(terms, sentence.text, keywords)
        for cosine, sentence in zip(candidate.sentence_cosines, candidate.passage.sentences, strict=True)
    )


def _evidence(candidate: _Candidate, terms: Sequence[str], keywords: KeywordIndex) -> float:
    """Return how surely a passage bears on the question: best cosine and the share of the question's terms it holds."""
    passage = candidate.passage
    published = f" {passage.published.isoformat().replace('-', ' ')}" if passage.published else ""
    text = f"{passage.title} {passage.text}{published}"
    held = {term.text for term in split_terms(text)}
    missing_number = any(re.fullmatch(r"\d[\d.,]*", term) and term not in held for term in terms)
    share = _share_of_terms(terms, text, keywords)
    return float(candidate.sentence_cosines.max()) + 0.5 * share - (0.2 if missing_number else 0.0)


def _share_of_terms(terms: Sequence[str], text: str, keywords: KeywordIndex) -> float:
    """Return how much of the question's terms a text holds, 0 to 1, each term by its rarity."""
    weights = {term: keywords.idf(term) for term in terms}
    total = sum(weights.values())
    held = {term.text for term in split_terms(text)}
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0
