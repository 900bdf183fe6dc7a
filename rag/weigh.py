"""What a question brought up → candidates, weighed by their signals: sentence by sentence, then token by token.

Every signal is a cosine or a share, 0 to 1, so that a score means the same for every question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.bm25 import Scores
from rag.calibrate import match_tokens
from rag.encode import Matrix
from rag.encoded import Evidence, Tokens
from rag.explain import find_matches
from rag.keywords import KeywordIndex
from rag.types import Language, Match, Passage

_COMPARED = 30  # passages of a language whose tokens are compared

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


@dataclass
class Wording:
    """The words of a question, in all the forms they are looked up in."""

    language: Language
    terms: Mapping[str, Sequence[str]]  # each with its other spellings
    numbers: Mapping[str, NDArray[np.integer]]  # each with the rows of the passages that hold it
    keywords: Scores
    dictionary: dict[Language, Scores] = field(default_factory=dict)
    translations: dict[str, dict[str, float]] = field(default_factory=dict)  # word → terms of the other language
    skeletons: frozenset[str] = frozenset()
    names: Scores | None = None

    def matches(self, passage: Passage) -> tuple[Match, ...]:
        """Return which words of the question were found in a passage, and how."""
        across = passage.language != self.language
        return find_matches(passage, self.terms, self.translations if across else {}, self.skeletons if across else ())

    def lacks_number(self, row: int | None, day: date | None) -> bool:
        """Whether a number stands neither in the passage of a row nor in its day of publication."""
        published = {str(part) for part in (day.year, day.month, day.day)} if day and self.numbers else set[str]()
        return any(number not in published and row not in rows for number, rows in self.numbers.items())


@dataclass
class Question:
    """A question in all the forms it is searched in."""

    words: Wording
    vector: Matrix
    universal: Matrix
    tokens: Matrix | None
    unrelated: Mapping[Language, float]


@dataclass
class Candidate:
    """A passage that was brought up, without its text: the signals of each of its sentences, and its own."""

    id: str
    article_id: str
    language: Language
    published: date | None
    cosines: Matrix
    universal: Matrix
    mean: Matrix  # of its sentences' vectors, a unit row
    signals: dict[str, float]
    score: float = 0.0
    token_matches: Matrix | None = None  # one a sentence

    def weigh(self) -> None:
        """Set the score by the signals."""
        score = 0.0
        for name, value in self.signals.items():
            score += WEIGHTS.get(name, 1.0) * value
        self.score = score


def weigh(evidence: Sequence[Evidence], asked: Question, keywords: KeywordIndex) -> list[Candidate]:
    """Return the passages with all signals but the tokens', in their order."""
    if not evidence:
        return []
    counts = [len(passage.vectors) for passage in evidence]
    starts = np.cumsum([0, *counts[:-1]])
    vectors = np.concatenate([passage.vectors for passage in evidence])
    cosines = np.asarray(vectors @ asked.vector, dtype=np.float32)
    universal = np.concatenate([passage.universal for passage in evidence]) @ asked.universal
    sums = np.add.reduceat(vectors, starts)
    means = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    words = asked.words
    rows = [keywords.row(passage.id) for passage in evidence]
    of_means = (means @ asked.vector).tolist()
    best, best_universal = (np.maximum.reduceat(of, starts).tolist() for of in (cosines, universal))
    found = _scores_of(words.keywords, rows)
    named = _scores_of(words.names, rows) if words.names is not None else None
    translated = {language: _scores_of(scores, rows) for language, scores in words.dictionary.items()}
    candidates = []
    for place, passage in enumerate(evidence):
        mine = slice(int(starts[place]), int(starts[place]) + counts[place])
        signals = {
            "sentence": best[place],
            "mean": of_means[place],
            "universal": best_universal[place],
            "unrelated": asked.unrelated.get(passage.language, _UNRELATED),
        }
        if passage.language == words.language:
            signals["keywords"] = found[place]
        else:
            signals |= {"shared": found[place], "other_language": 1.0}
            if rows[place] is not None and named and passage.language in translated:
                signals |= {"dictionary": translated[passage.language][place], "names": named[place]}
        if words.numbers and words.lacks_number(rows[place], passage.published):
            signals["missing_number"] = 1.0
        of = (passage.id, passage.article_id, passage.language, passage.published)
        candidates.append(Candidate(*of, cosines[mine], universal[mine], means[place], signals))
    return candidates


def _scores_of(scores: Scores, rows: Sequence[int | None]) -> list[float]:
    """Return the scores of passages by their rows; 0 where the keyword index does not hold one."""
    known = np.array([row is not None for row in rows])
    found: list[float] = np.where(known, scores[[row or 0 for row in rows]], 0.0).tolist() if len(scores) else []
    return found or [0.0] * len(rows)


def compare_tokens(
    candidates: list[Candidate], asked: Question, read: Callable[[Sequence[str]], Mapping[str, Tokens]]
) -> None:
    """Add the token signal and sort by score: best first.

    Tokens are compared for the best of each language; for others the signal is estimated from the sentence's cosine.

    Args:
        candidates: weighed by all other signals.
        asked: the question.
        read: gives the tokens of passages by their ids.
    """
    for candidate in candidates:
        candidate.weigh()
    candidates.sort(key=lambda candidate: -candidate.score)
    ranks: Counter[Language] = Counter()
    best: list[Candidate] = []
    for candidate in candidates:
        ranks[candidate.language] += 1
        if ranks[candidate.language] <= _COMPARED:
            best.append(candidate)
        candidate.signals["tokens"] = _TOKENS_BASE + _TOKENS_SLOPE * candidate.signals["sentence"]
    if asked.tokens is not None and best:
        _compare(best, asked.tokens, read([candidate.id for candidate in best]))
    for candidate in candidates:  # the signal is the last: this is what weighing all of them again would give
        candidate.score += WEIGHTS["tokens"] * candidate.signals["tokens"]
    candidates.sort(key=lambda candidate: -candidate.score)


def _compare(candidates: Sequence[Candidate], question: Matrix, tokens: Mapping[str, Tokens]) -> None:
    """Set the token signal of the candidates whose tokens are there."""
    compared = [(candidate, tokens[candidate.id]) for candidate in candidates if candidate.id in tokens]
    if not compared:
        return
    counts = [count for _, found in compared for count in found.counts]
    every = match_tokens(question, np.concatenate([found.codes for _, found in compared]), counts)
    of_sentences = every.mean(axis=0)
    ends = np.cumsum([len(found.counts) for _, found in compared])
    starts = np.concatenate([[0], ends[:-1]])
    of_passages = np.maximum.reduceat(every, starts, axis=1).mean(axis=0).tolist()
    for place, (candidate, _) in enumerate(compared):
        candidate.token_matches = of_sentences[starts[place] : ends[place]]
        candidate.signals["tokens"] = of_passages[place]


def sentence_scores(candidate: Candidate) -> tuple[float, ...]:
    """Return how well each sentence of a passage bears on the question; higher is better."""
    scores = candidate.cosines + WEIGHTS["universal"] * candidate.universal
    if candidate.token_matches is not None:
        scores = scores + WEIGHTS["tokens"] * candidate.token_matches
    return tuple(map(float, scores + 0.3 * candidate.score))
