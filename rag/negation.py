"""Clauses and what a negation reaches in them → whether two texts contradict each other, Arabic and English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from rag.clean import fold, fold_with_places, written_span
from rag.encode import Matrix
from rag.words import Word

_NEAR = 0.5  # cosine from which two words mean nearly the same
_HELD = 0.55  # share of a negation's words that the other side has to say to be compared
_HELD_BACK = 0.7  # likewise, for a negation of the passage
_SLACK = 0.08
_SCOPE = 8  # words that a negation reaches


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a text and what is denied in it.

    Attributes:
        words: places in the text's words.
        negated: those of them that a negation reaches.
        first: the first of those, which is mostly the verb; -1 where there are none.
    """

    words: tuple[int, ...]
    negated: frozenset[int]
    first: int


def split_clauses(text: str, words: Sequence[Word]) -> tuple[Clause, ...]:
    """Return the clauses of a text, whose content words are given; clauses without any are left out."""
    folded, places = fold_with_places(text)
    ends = [places[m.start()] for m in _CLAUSE_END.finditer(folded)] + [len(text)]
    marks = [written_span(text, places, m.start(), m.end()) for m in _NEGATION.finditer(folded)]
    without = [written_span(text, places, m.start(), m.end()) for m in _WITHOUT.finditer(folded)]
    clauses: list[Clause] = []
    start = 0
    for end in ends:
        members = tuple(i for i, w in enumerate(words) if start <= w.start < end)
        here = [mark for mark in marks if start <= mark[0] < end]
        lacking = [(after, 2) for before, after in without if start <= before < end]
        if len(here) % 2:
            lacking.append((here[-1][1], _SCOPE))
        reached = {i for after, most in lacking for i in [i for i in members if words[i].start >= after][:most]}
        if lacking and not reached:
            reached = set(members[-_SCOPE:])  # "the request was turned down"
        if members:
            clauses.append(Clause(members, frozenset(reached), min(reached, default=-1)))
        start = end
    return tuple(clauses)


def find_contradiction(claim: Sequence[Clause], passage: Sequence[Clause], alike: Matrix) -> list[int]:
    """Return the words of a claim that a negation reaches on one side only, as places; none where there are none.

    Args:
        claim: its clauses.
        passage: its clauses.
        alike: how alike each word of the claim is to each of the passage, shape (claim, passage).
    """
    affirming_clauses = [clause.words for clause in passage if not clause.negated]
    # Two that follow each other may be one statement: "Its chief, Peter Nash, apologised".
    pairs = list(pairwise(passage))
    joined = [(*one.words, *other.words) for one, other in pairs if not one.negated and not other.negated]
    affirming = [*affirming_clauses, *joined]
    denying = [clause.words for clause in passage if clause.negated]
    denying += [(*one.words, *other.words) for one, other in pairs if one.negated or other.negated]
    for clause in claim:
        if not clause.negated:
            continue
        rows = sorted(clause.negated)
        denied = max((_held(alike, rows, words) for words in denying), default=0.0)
        said = max(affirming, key=lambda words: _held(alike, rows, words), default=())
        affirmed = _held(alike, rows, said)
        # The words right after the negation are what it denies: they have to be said.
        says_it = said and alike[np.ix_(rows[:3], said)].max() >= _NEAR
        if says_it and affirmed >= _HELD and affirmed > denied + _SLACK:
            return rows
    plain = [row for clause in claim for row in clause.words if row not in clause.negated]
    negated = [row for clause in claim for row in clause.words if clause.negated]
    for clause in passage:
        if not clause.negated or not plain:
            continue
        columns = sorted(clause.negated)
        if max(alike[row, clause.first] for row in plain) < _NEAR:
            continue
        own = [row for row in plain if alike[row, list(clause.words)].max() >= _NEAR]
        nearest = max(passage, key=lambda c: _held(alike, plain, c.words))
        if nearest is clause and len(own) >= _HELD * len(plain) and not negated:
            return own
        affirmed, denied = _held(alike.T, columns, plain), _held(alike.T, columns, negated)
        if affirmed < _HELD_BACK or denied >= affirmed - _SLACK:
            continue
        better = max((_held(alike, own, words) for words in affirming_clauses), default=0.0)
        if better <= _held(alike, own, clause.words) - _SLACK:
            return own
    return []


def _held(alike: Matrix, rows: Sequence[int], columns: Sequence[int]) -> float:
    """Return how much of some words others say, 0 to 1."""
    if not len(rows) or not len(columns):
        return 0.0
    best = alike[np.ix_(list(rows), list(columns))].max(axis=1)
    return float(best[best >= _NEAR - 0.05].sum()) / len(rows)


def _any(words: str) -> str:
    return "|".join(sorted((fold(w.replace("_", " ")) for w in words.split()), key=len, reverse=True))


_NEGATION_WORDS = (
    "not no never neither none nobody nothing cannot failed_to fails_to fail_to failed fails refused refuses "
    "refuse refusing "
    "rejected rejects reject denied denies deny declined_to declines_to unable_to turned_down ruled_out "
    "rules_out rule_out declined decline deny reject unable dismissed "
    "لا لم لن ليس ليست ليسوا عدم ولا ولم ولن وليس وليست فلم فلا رفض رفضت رفضوا يرفض ترفض رفضه رفضها "
    "نفى نفت ينفي تنفي امتنع امتنعت يمتنع تمتنع فشل فشلت أخفق أخفقت ورفض ورفضت ونفت ونفى وفشلت يتعذر تعذر "
    "استبعد استبعدت يستبعد تستبعد"
)
# "No more than 99" denies nothing.
_BOUNDS = (
    r"(?! (?:more|less|fewer|longer|later|earlier) than)"
    r"(?! (?:يقل|تقل|يزيد|تزيد|يتجاوز|تتجاوز) (?:عن|علي)\b)(?! (?:اقل|اكثر) من)"
)
_NEGATION: Final = re.compile(rf"(?<!\w)(?:{_any(_NEGATION_WORDS)})(?!\w){_BOUNDS}|n't(?!\w)")
_WITHOUT: Final = re.compile(rf"(?<!\w)(?:{_any('without دون بدون بلا من_دون غير')})(?!\w)")
_CLAUSE_END: Final = re.compile(
    r"[.;:?!()]|,(?!\d)|(?<!\w)(?:but|although|though|while|because|after|لكن|لكنه|لكنها|الا ان|اذ|حيث|بينما|"
    r"فيما|بعدما|بعد ان|ول[من]|وليس)(?!\w)"
)
NEGATION_WORDS: Final = frozenset(fold(w) for w in _NEGATION_WORDS.split() if "_" not in w)
"""Single words that negate, folded."""
