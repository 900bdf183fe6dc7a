"""A claim and a passage → a number or a date of the claim that the passage has, but says of something else.

Each number is weighed by the words around it. Where those of the claim stand nearer to another number of the passage
than to the same one, the claim has taken the figure from elsewhere: "57 per cent voted", of "57 per cent against on a
turnout of 31 per cent".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from rag.dates import Date
from rag.encode import Matrix
from rag.facts import Said, same_date, same_number
from rag.language import split_sentences
from rag.numbers import Number

# On the claims of `tests.benchmarks.claim_sets`, half of the wrong numbers that nothing else finds are found by these.
_REACH, _REACH_IN_PASSAGE = 3.0, 4.0  # words after which a word says a third as much of a number
_BORDER = 4.0  # words that the end of a sentence counts for
_SURE = 0.12  # by how much more another number has to have the claim's words around it


class Placed(Protocol):
    """What has a place in a text."""

    @property
    def start(self) -> int:
        """Its first character."""
        ...


def find_taken(claim: Said, passage: Said, alike: Matrix) -> Number | Date | None:
    """Return the first number or date of a claim that the passage says of something else; None where there is none.

    Args:
        claim: what is said.
        passage: the whole of it.
        alike: how alike their words are, shape (claim, passage).
    """
    if not alike.size:
        return None
    held = np.clip(alike, 0.0, 1.0)
    # What the claim says too, it says of another thing.
    unsaid = [n for n in passage.numbers if n.form != "dual" and not any(_is_same(m, n) for m in claim.numbers)]
    for number in claim.numbers:
        same = [n for n in passage.numbers if _is_same(number, n)]
        of_kind = [n for n in unsaid if (n.unit, n.form == "fraction") == (number.unit, number.form == "fraction")]
        if _is_nearer(number, claim, same, of_kind, passage, held):
            return number
    unsaid_dates = [d for d in passage.dates if not any(same_date(m, d, passage, None) for m in claim.dates)]
    for date in claim.dates:
        same_dates = [d for d in passage.dates if same_date(date, d, passage, None)]
        of_parts = [d for d in unsaid_dates if d.parts().keys() & date.parts().keys()]
        if _is_nearer(date, claim, same_dates, of_parts, passage, held):
            return date
    return None


def _is_same(claim: Number, other: Number) -> bool:
    return same_number(claim, other.value, other.unit, other.form, other.hedge)


def _is_nearer(
    told: Number | Date,
    claim: Said,
    same: Iterable[Number | Date],
    others: Iterable[Number | Date],
    passage: Said,
    alike: Matrix,
) -> bool:
    """Whether the words around what is told stand nearer to others of the passage than to the same."""
    here, elsewhere = (
        max((nearness(told, claim, one, passage, alike) for one in found), default=None) for found in (same, others)
    )
    return here is not None and elsewhere is not None and elsewhere > here + _SURE


def nearness(told: Placed, claim: Said, found: Placed, passage: Said, alike: Matrix) -> float:
    """Return how far the words around something in a claim are said around something in a passage, 0 to 1.

    Args:
        told: what stands in the claim.
        claim: it.
        found: what stands in the passage.
        passage: it.
        alike: how alike their words are, 0 to 1, shape (claim, passage).
    """
    around = _weights(told, claim, _REACH)
    return float(around @ (alike * _weights(found, passage, _REACH_IN_PASSAGE)).max(axis=1) / around.sum())


def _weights(told: Placed, said: Said, reach: float) -> Matrix:
    """Return how much each word of a text says of what stands in it, by how far it is, 0 to 1; shape (words,)."""
    starts = np.array([word.start for word in said.words])
    before = int((starts < told.start).sum())
    places = np.arange(len(starts))
    far = np.where(places < before, before - places + 0.5, places - before + 0.5)  # what is counted stands behind
    ends = [end for _, end in split_sentences(said.text)]
    other = np.searchsorted(ends, starts, "right") != np.searchsorted(ends, told.start, "right")
    return np.asarray(np.exp(-(far + _BORDER * other) / reach), dtype=np.float32)
