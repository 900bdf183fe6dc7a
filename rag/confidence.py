"""Signals of a hit → the probability that it bears on the question.

A logistic regression (Platt 1999), one for passages in the question's language and one for those in the other. It was
fitted by `tests/benchmarks/weights.py` on one half of XQuAD's subjects: the best hit of each question, with its subject
among the articles and with it taken out. It tells another subject from this one, not another question about the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

ENOUGH: Final = 0.4
"""From this confidence on a hit is evidence enough for an answer. There, on the half of XQuAD that weights are set on,
about as many questions are refused wrongly as are answered wrongly across languages."""

_MISSING_NUMBER: Final = -4.0
"""For a year or number that is asked about and stands nowhere in the passage. Not fitted: every question of XQuAD was
written to its paragraph, so none asks for a year that is not there; people do ("who won in 1998?"). It costs 1 question
of 100 its answer there."""

SAME_LANGUAGE: Final = {
    "bias": -12.56,
    "sentence": 11.43,
    "mean": 3.47,
    "universal": 1.64,
    "keywords": 8.85,
    "tokens": 15.71,
    "missing_number": _MISSING_NUMBER,
    "unrelated": -9.53,
}
OTHER_LANGUAGE: Final = {
    "bias": -6.85,
    "sentence": 9.16,
    "mean": 5.03,
    "universal": 5.73,
    "shared": 14.91,
    "dictionary": 8.18,
    "names": 5.15,
    "tokens": 10.53,
    "missing_number": _MISSING_NUMBER,
    "unrelated": -11.66,
}


def confidence(signals: Mapping[str, float]) -> float:
    """Return the probability, 0 to 1, that a hit with these signals bears on the question."""
    weights = OTHER_LANGUAGE if signals.get("other_language") else SAME_LANGUAGE
    odds = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in signals.items())
    return 1 / (1 + math.exp(-odds))


def logit(probability: float) -> float:
    """Return the log odds of a probability, kept within those of a millionth."""
    kept = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))
