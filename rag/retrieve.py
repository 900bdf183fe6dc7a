"""Question → hits: passages by vector and by keyword, across languages too, compared sentence by sentence and fused.

Two stages. The vector store, the keywords, and for passages in the other language the dictionary and the names, each
bring up a few dozen passages; only these are compared with the question sentence by sentence, and the best of each
language token by token. Every signal is a cosine or a share, 0 to 1, so that a score means the same for every question:
their sum ranks hits, and `rag.confidence` tells from them whether there is evidence at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from rag.arrange import asks_for_latest, merge_copies, newest_first
from rag.bm25 import Scores, best_rows
from rag.calibrate import LANGUAGES
from rag.confidence import confidence
from rag.encode import Encoded, Encoder
from rag.filter import Filter
from rag.language import detect_language
from rag.rerank import Reranker
from rag.skeleton import name_skeletons
from rag.snapshot import Reading, Snapshot
from rag.terms import question_terms, spelt_words
from rag.types import Hit, Language
from rag.weigh import Candidate, Question, Wording, compare_tokens, sentence_scores, weigh

_CANDIDATES = 50  # passages each first stage brings up
_RERANKED = 20  # passages a reranker reads
_MAY_BE_COPY = 0.75  # cosine of the means of two passages from which one may be a copy
_READ_AT_ONCE = 8  # passages whose texts are read together
_AT_ONCE = 16  # questions that are encoded while their words are looked up

_UNKNOWN_IDF = 3.0  # of a question's word that the dictionary cannot translate: that of a word in one passage of twenty
_SAME_NAMES = 10.0  # idf from which names alone leave no doubt


class Retriever(Protocol):
    """What finds the passages that bear on a question."""

    def retrieve(self, question: str, k: int, only: Filter | None = None, *, explain: bool = False) -> list[Hit]:
        """Return up to k hits of the articles that `only` lets through; near-identical copies take one place.

        They come best first; where the question asks for the latest, the newest of those that bear on it first.
        With `explain`, each says which of the question's words it was found by.
        """
        ...


class HybridRetriever:
    """Dense sentences and passages, keywords in and across languages, late interaction.

    Args:
        reading: gives the index as it stands.
        encoder: that of the index.
        reranker: reorders the best hits; none is as good.
    """

    def __init__(self, reading: Reading, encoder: Encoder, reranker: Reranker | None = None) -> None:
        self._reading = reading
        self._encoder = encoder
        self._reranker = reranker
        # One question is often searched again: in other articles, for more hits, for its answer.
        self._encode_question = lru_cache(maxsize=64)(encoder.encode_question)
        self._encode_words = lru_cache(maxsize=64)(encoder.encode_words)
        self._beside = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="question")

    def retrieve(self, question: str, k: int, only: Filter | None = None, *, explain: bool = False) -> list[Hit]:
        """See `Retriever.retrieve`.

        Raises:
            IndexStateError: there is no index that can be read with this encoder.
        """
        snapshot = self._reading.snapshot()
        if snapshot.languages - {detect_language(question)}:
            snapshot = self._reading.translating()
        asked, ids = self._prepare(question, snapshot, only)
        # What the stores still hold and the catalog no longer knows was removed a moment ago: it is not found there.
        brought = snapshot.evidence(ids).values()
        candidates = weigh(sorted(brought, key=lambda e: (e.article_id, e.ordinal)), asked, snapshot.keywords)
        compare_tokens(candidates, asked, snapshot.tokens)
        if self._reranker:
            candidates = self._rerank(question, candidates, snapshot)
        if asks_for_latest(question):
            candidates = newest_first(candidates)
        reading, suspects = _worth_reading(candidates, k)
        hits = merge_copies(_read(reading, snapshot), k, suspects)
        if explain:
            hits = [replace(hit, matches=asked.words.matches(hit.passage)) for hit in hits]
        return hits

    def _rerank(self, question: str, candidates: list[Candidate], snapshot: Snapshot) -> list[Candidate]:
        """Return the candidates with the best of them in the reranker's order."""
        assert self._reranker  # the caller has looked  # noqa: S101
        best, others = candidates[:_RERANKED], candidates[_RERANKED:]
        texts = snapshot.texts([candidate.id for candidate in best])
        best = [candidate for candidate in best if candidate.id in texts]
        if len(best) < 2:
            return candidates
        scores = self._reranker.score(question, [texts[candidate.id].text for candidate in best])
        return [best[place] for place in np.argsort(-scores, kind="stable")] + others

    def _prepare(self, text: str, snapshot: Snapshot, only: Filter | None) -> tuple[Question, list[str]]:
        """Return a question ready to be held beside passages, and the ids of those that are worth a closer look.

        While the encoder is at work the words are looked up, and what they bring up is read.
        """
        encoding = self._beside.submit(self._encode_question, text)
        words = self._look_up(text, snapshot)
        by_words = _bring_up(words, snapshot, only)
        snapshot.evidence(by_words)
        asked = self._measure(words, encoding.result(), snapshot)
        by_meaning = [identifier for identifier, _ in snapshot.store.search(asked.vector, _CANDIDATES, only)]
        return asked, list(dict.fromkeys([*by_meaning, *by_words]))

    def _look_up(self, text: str, snapshot: Snapshot) -> Wording:
        language = detect_language(text)
        terms = question_terms(text)
        asked = Wording(
            language,
            terms,
            {t: snapshot.keywords.terms.rows(t) for t in terms if t[0].isdigit() and not t.isalpha()},
            snapshot.keywords.terms.match(dict.fromkeys(terms, 1.0), terms),
        )
        other: Language = "en" if language == "ar" else "ar"
        if snapshot.dictionary is not None and other in snapshot.languages:
            words = spelt_words(text)
            vectors = snapshot.calibration.apply(self._encode_words(tuple(words.values())), "word", language)
            asked.translations = dict(zip(words, snapshot.dictionary.translate(vectors, other), strict=True))
            weights: Counter[str] = Counter()
            for translation in asked.translations.values():
                weights.update(translation)  # shares: a Counter adds them up as well
            unknown = sum(not translation for translation in asked.translations.values())
            asked.dictionary[other] = snapshot.keywords.terms.match(weights, beside=_UNKNOWN_IDF * unknown)
            asked.skeletons = frozenset(name_skeletons(text, language))
            names = dict.fromkeys(asked.skeletons, 1.0)
            most = max(_SAME_NAMES - sum(map(snapshot.keywords.names.idf, names)), 0.0)
            asked.names = snapshot.keywords.names.match(names, beside=most)
        return asked

    def _measure(self, words: Wording, encoded: Encoded, snapshot: Snapshot) -> Question:
        calibration, language = snapshot.calibration, words.language
        tokens = None
        unrelated: dict[Language, float] = {}
        if encoded.tokens and calibration.projection is not None:
            tokens = calibration.project(encoded.tokens[0], "question_token", language)
            unrelated = {
                name: calibration.match_unrelated(tokens, name) for name in LANGUAGES if name in snapshot.languages
            }
        return Question(
            words,
            calibration.apply(encoded.vectors, "question", language)[0],
            calibration.apply(encoded.universal, "universal_question", language)[0],
            tokens,
            unrelated,
        )


def _bring_up(words: Wording, snapshot: Snapshot, only: Filter | None) -> list[str]:
    """Return the ids of the passages that hold most of a question's words, their translations or names."""
    allowed = snapshot.catalog.passage_ids(only) if only else None
    ids: list[str] = []
    for scores in (words.keywords, *words.dictionary.values(), words.names):
        if scores is not None:
            ids += _best(scores, snapshot.keywords.ids, allowed)
    return ids


def _best(scores: Scores, ids: Sequence[str], allowed: set[str] | None) -> list[str]:
    among = None
    if allowed is not None:
        among = np.array([row for row in np.flatnonzero(scores > 0).tolist() if ids[row] in allowed], dtype=np.int64)
    return [ids[row] for row in best_rows(scores, _CANDIDATES, among).tolist()]


def _worth_reading(candidates: Sequence[Candidate], k: int) -> tuple[list[Candidate], set[str]]:
    """Return those of the candidates of which surely k are no copies of others, and the ids of what may be copies."""
    if not candidates:
        return [], set()
    means = np.stack([candidate.mean for candidate in candidates])
    articles = np.array([candidate.article_id for candidate in candidates])
    alike = (means @ means.T >= _MAY_BE_COPY) & (articles[:, None] != articles)
    copies = np.tril(alike).any(axis=1)  # of one before it
    apart = np.cumsum(~copies)
    reading = [c for c, copy, others in zip(candidates, copies, apart, strict=True) if copy or others <= k]
    return reading, {c.id for c, suspect in zip(candidates, alike.any(axis=1), strict=True) if suspect}


def _read(candidates: Sequence[Candidate], snapshot: Snapshot) -> Iterator[Hit]:
    """Yield hits with the texts of their passages, which are read a few at a time."""
    for at in range(0, len(candidates), _READ_AT_ONCE):
        some = candidates[at : at + _READ_AT_ONCE]
        texts = snapshot.texts([candidate.id for candidate in some])
        for candidate in some:
            if passage := texts.get(candidate.id):
                signals = candidate.signals
                scores = sentence_scores(candidate)
                yield Hit(0, candidate.score, passage, scores, dict(signals), confidence(signals))
