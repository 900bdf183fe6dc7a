"""Question → hits: passages by vector and by keyword, across languages too, compared sentence by sentence and fused.

Two stages. The vector store, the keywords, and for passages in the other language the dictionary and the names, each
bring up a few dozen passages; only these are compared with the question sentence by sentence, and the best of each
language token by token. Every signal is a cosine or a share, 0 to 1, so that a score means the same for every question:
their sum ranks hits, and `rag.confidence` tells from them whether there is evidence at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Protocol

import numpy as np

from rag.arrange import asks_for_latest, merge_copies, newest_first
from rag.calibrate import LANGUAGES, match_tokens
from rag.confidence import confidence
from rag.encode import Encoder, Matrix
from rag.encoded import EncodedPassage
from rag.explain import find_matches
from rag.filter import Filter
from rag.keywords import Scores
from rag.language import detect_language
from rag.rerank import Reranker
from rag.skeleton import name_skeletons
from rag.snapshot import Reading, Snapshot
from rag.terms import question_terms, spelt_words, split_terms
from rag.types import Hit, Language, Match, Passage

_CANDIDATES = 50  # passages each first stage brings up
_COMPARED = 30  # passages of a language whose tokens are compared
_RERANKED = 20  # passages a reranker reads

# Weights beside the best sentence's cosine, set on one half of XQuAD's articles (tests/benchmarks/weights.py shows what
# each is worth); each is flat around its optimum.
WEIGHTS: Final = {
    "mean": 0.2,  # cosine of the passage's mean
    "universal": 0.4,  # of the best sentence, by the second encoder
    "keywords": 0.7,  # BM25, where the passage is in the question's language
    "shared": 0.7,  # BM25 across languages: numbers and names written alike
    "dictionary": 1.2,
    "names": 0.5,
    "tokens": 1.7,  # late interaction
    "missing_number": -0.2,  # a number or year that is asked about and stands nowhere in the passage
    # Two that tell nothing of one passage; `rag.confidence` weighs by them.
    "other_language": 0.0,  # 1 where the passage is not in the question's language
    "unrelated": 0.0,  # how well text that has nothing to do with the question matches its tokens
}
# What the token signal is on average for a best sentence's cosine, where tokens are not compared (fitted on XQuAD).
_TOKENS_BASE, _TOKENS_SLOPE = 0.44, 0.43
_UNRELATED = 0.58  # what it is on average, for an encoder without token vectors
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


@dataclass
class _Question:
    """A question in all the forms it is searched in."""

    language: Language
    terms: Mapping[str, Sequence[str]]  # each with its other spellings
    vector: Matrix
    universal: Matrix
    tokens: Matrix | None
    unrelated: Mapping[Language, float]
    numbers: frozenset[str]
    keywords: Scores
    dictionary: dict[Language, Scores] = field(default_factory=dict)
    translations: dict[str, dict[str, float]] = field(default_factory=dict)  # word → terms of the other language
    skeletons: frozenset[str] = frozenset()
    names: Scores | None = None

    def matches(self, passage: Passage) -> tuple[Match, ...]:
        """Return which words of the question were found in a passage, and how."""
        across = passage.language != self.language
        return find_matches(passage, self.terms, self.translations if across else {}, self.skeletons if across else ())


@dataclass
class _Candidate:
    """A passage with the signals of each of its sentences and its own."""

    encoded: EncodedPassage
    cosines: Matrix
    universal: Matrix
    signals: dict[str, float]
    token_matches: Matrix | None = None  # one a sentence

    @property
    def passage(self) -> Passage:
        return self.encoded.passage

    @property
    def score(self) -> float:
        return sum(WEIGHTS.get(name, 1.0) * value for name, value in self.signals.items())


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

    def retrieve(self, question: str, k: int, only: Filter | None = None, *, explain: bool = False) -> list[Hit]:
        """See `Retriever.retrieve`.

        Raises:
            IndexStateError: there is no index that can be read with this encoder.
        """
        snapshot = self._reading.snapshot()
        asked = self._prepare(question, snapshot)
        candidates = [_weigh(encoded, asked, snapshot) for encoded in _bring_up(asked, snapshot, only)]
        candidates.sort(key=lambda candidate: -candidate.score)
        _compare_tokens(candidates, asked)
        candidates.sort(key=lambda candidate: -candidate.score)
        hits = [
            Hit(0, c.score, c.passage, _sentence_scores(c), dict(c.signals), confidence(c.signals)) for c in candidates
        ]
        if self._reranker and len(hits) > 1:
            best = hits[:_RERANKED]
            scores = self._reranker.score(question, [hit.passage.text for hit in best])
            hits[:_RERANKED] = [best[place] for place in np.argsort(-scores, kind="stable")]
        if asks_for_latest(question):
            hits = newest_first(hits)
        hits = merge_copies(hits, k)
        if explain:
            hits = [replace(hit, matches=asked.matches(hit.passage)) for hit in hits]
        return hits

    def _prepare(self, text: str, snapshot: Snapshot) -> _Question:
        language = detect_language(text)
        calibration = snapshot.calibration
        encoded = self._encode_question(text)
        tokens = None
        unrelated: dict[Language, float] = {}
        if encoded.tokens and calibration.projection is not None:
            tokens = calibration.project(encoded.tokens[0], "question_token", language)
            unrelated = {name: calibration.match_unrelated(tokens, name) for name in LANGUAGES}
        terms = question_terms(text)
        asked = _Question(
            language,
            terms,
            calibration.apply(encoded.vectors, "question", language)[0],
            calibration.apply(encoded.universal, "universal_question", language)[0],
            tokens,
            unrelated,
            frozenset(term for term in terms if term[0].isdigit() and not term.isalpha()),
            snapshot.keywords.terms.match(dict.fromkeys(terms, 1.0), terms),
        )
        other: Language = "en" if language == "ar" else "ar"
        if snapshot.dictionary.holds(other):
            words = spelt_words(text)
            vectors = calibration.apply(self._encode_words(tuple(words.values())), "word", language)
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


def _bring_up(asked: _Question, snapshot: Snapshot, only: Filter | None) -> list[EncodedPassage]:
    ids = [identifier for identifier, _ in snapshot.store.search(asked.vector, _CANDIDATES, only)]
    allowed = snapshot.catalog.passage_ids(only) if only else None
    for scores in (asked.keywords, *asked.dictionary.values(), asked.names):
        if scores is not None:
            ids += _best(scores, snapshot.keywords.ids, allowed)
    # What the stores still hold and the catalog no longer knows was removed a moment ago: it is left out here.
    return list(snapshot.catalog.passages(list(dict.fromkeys(ids))).values())


def _best(scores: Scores, ids: Sequence[str], allowed: set[str] | None) -> list[str]:
    rows = np.flatnonzero(scores)
    if allowed is not None:
        rows = np.array([row for row in rows.tolist() if ids[row] in allowed], dtype=np.int64)
    best = rows[np.argsort(-scores[rows], kind="stable")[:_CANDIDATES]]
    return [ids[int(row)] for row in best]


def _weigh(encoded: EncodedPassage, asked: _Question, snapshot: Snapshot) -> _Candidate:
    passage = encoded.passage
    row = snapshot.keywords.row(passage.id)
    cosines = np.asarray(encoded.vectors @ asked.vector, dtype=np.float32)
    universal = np.asarray(encoded.universal @ asked.universal, dtype=np.float32)
    signals = {
        "sentence": float(cosines.max()),
        "mean": float(encoded.vector @ asked.vector),
        "universal": float(universal.max()),
        "unrelated": asked.unrelated.get(passage.language, _UNRELATED),
    }
    keywords = float(asked.keywords[row]) if row is not None else 0.0
    if passage.language == asked.language:
        signals["keywords"] = keywords
    else:
        signals |= {"shared": keywords, "other_language": 1.0}
        dictionary = asked.dictionary.get(passage.language)
        if row is not None and dictionary is not None and asked.names is not None:
            signals |= {"dictionary": float(dictionary[row]), "names": float(asked.names[row])}
    if asked.numbers and not asked.numbers <= _numbers(passage):
        signals["missing_number"] = 1.0
    return _Candidate(encoded, cosines, universal, signals)


def _numbers(passage: Passage) -> set[str]:
    """Return the terms of a passage that are numbers, those of its day of publication among them."""
    day = passage.published
    published = {str(part) for part in (day.year, day.month, day.day)} if day else set()
    return published | {term.text for term in split_terms(f"{passage.title} {passage.text}") if term.text[0].isdigit()}


def _compare_tokens(candidates: Sequence[_Candidate], asked: _Question) -> None:
    """Add the token signal: compared for the best of each language, estimated from the sentence's cosine for others."""
    compared: dict[Language, int] = {}
    for candidate in candidates:
        language = candidate.passage.language
        codes = candidate.encoded.codes
        compared[language] = compared.get(language, 0) + 1
        if asked.tokens is None or codes is None or compared[language] > _COMPARED:
            candidate.signals["tokens"] = _TOKENS_BASE + _TOKENS_SLOPE * candidate.signals["sentence"]
            continue
        matches = match_tokens(asked.tokens, codes, candidate.encoded.counts)
        candidate.token_matches = matches.mean(axis=0)
        candidate.signals["tokens"] = float(matches.max(axis=1).mean())


def _sentence_scores(candidate: _Candidate) -> tuple[float, ...]:
    scores = candidate.cosines + WEIGHTS["universal"] * candidate.universal
    if candidate.token_matches is not None:
        scores = scores + WEIGHTS["tokens"] * candidate.token_matches
    return tuple(map(float, scores + 0.3 * candidate.score))
