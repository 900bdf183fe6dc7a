"""Results of questions → measures with their intervals.

Each measure of one question is a part of a whole, `(what was right, out of how many)`; over questions it is the sum of
the first over the sum of the second. Intervals are 95 % by bootstrap over questions (Efron & Tibshirani 1993).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
import numpy as np
from numpy.typing import NDArray

Parts = Mapping[str, tuple[float, float]]
"""Name of a measure → its share for one question; measures that do not apply are left out."""

CUTOFFS = (1, 3, 5, 10, 20, 50, 100)
"""Ranks that success and recall are measured at."""

LOWER_IS_BETTER = frozenset(
    (
        "false_answers false_refusals fell_back first_words_ms_p50 question_ms_p50 question_ms_p95 peak_mb "
        "quoted_sentences"
    ).split()
)

_RESAMPLES = 1000
_RANKING = [ir_measures.RR @ 10, ir_measures.nDCG @ 10, ir_measures.AP] + [
    measure @ k for measure in (ir_measures.Success, ir_measures.R) for k in CUTOFFS
]
_NAMES = {str(ir_measures.Success @ k): f"success@{k}" for k in CUTOFFS} | {
    str(ir_measures.R @ k): f"recall@{k}" for k in CUTOFFS
}


def measure_rankings(rankings: Sequence[Sequence[str]], relevant: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Return success@k, recall@k, RR@10, nDCG@10 and AP of each ranking, by `ir_measures`.

    Args:
        rankings: ids, best first; an empty one scores 0.
        relevant: the right ids for each; at least one.
    """
    qrels = [ir_measures.Qrel(str(number), identifier, 1) for number, ids in enumerate(relevant) for identifier in ids]
    run = [
        ir_measures.ScoredDoc(str(number), identifier, -float(rank))
        for number, ranking in enumerate(rankings)
        for rank, identifier in enumerate(ranking)
    ]
    measured = [{_NAMES.get(str(m), str(m)): 0.0 for m in _RANKING} for _ in rankings]
    for value in ir_measures.iter_calc(_RANKING, qrels, run):
        name = str(value.measure)
        measured[int(value.query_id)][_NAMES.get(name, name)] = float(value.value)
    return measured


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return how often a positive score is above a negative one, equal ones as half: the area under the ROC curve."""
    below = np.searchsorted(np.sort(negative), positive, side="left")
    not_above = np.searchsorted(np.sort(negative), positive, side="right")
    return float((below + not_above).sum() / (2 * len(positive) * len(negative)))


def aggregate(parts: Sequence[Parts]) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Return each measure over all questions, and its 95 % interval."""
    names = list(dict.fromkeys(name for part in parts for name in part))
    if not names:
        return {}, {}
    table = np.array([[part.get(name, (0.0, 0.0)) for name in names] for part in parts]).reshape(len(parts), -1, 2)
    random = np.random.default_rng(0)
    values, intervals = {}, {}
    weights = random.multinomial(len(parts), np.full(len(parts), 1 / len(parts)), size=_RESAMPLES)
    for place, name in enumerate(names):
        right, of = table[:, place].T
        values[name] = float(right.sum() / of.sum())
        resampled = (weights @ right) / np.maximum(weights @ of, 1e-12)
        low, high = np.percentile(resampled[weights @ of > 0], [2.5, 97.5])
        intervals[name] = (float(low), float(high))
    return values, intervals


def aggregate_auroc(
    positive: Sequence[float], negative: Sequence[float]
) -> tuple[float, tuple[float, float]] | tuple[None, None]:
    """Return the AUROC of scores with its 95 % interval; None where one side is empty."""
    if not len(positive) or not len(negative):
        return None, None
    ups, downs = (np.array(side, dtype=float) for side in (positive, negative))
    random = np.random.default_rng(0)
    resampled = [auroc(random.choice(ups, len(ups)), random.choice(downs, len(downs))) for _ in range(_RESAMPLES)]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return auroc(ups, downs), (float(low), float(high))
