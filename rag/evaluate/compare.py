"""Two runs of the same questions → which measures moved, and whether by more than chance.

A paired randomisation test (Fisher 1935; Smucker et al. 2007): under chance, each question's difference could as well
have had the other sign. p-values over the measures are corrected after Holm (1979).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rag.evaluate.measures import LOWER_IS_BETTER
from rag.evaluate.run import Run

COMPARED = (
    "success@1", "RR@10", "nDCG@10", "AP", "sentence_success@1", "right_article_cited", "answer_in_quote",
    "citation_precision", "false_answers", "false_refusals",
)  # fmt: skip
_PERMUTATIONS = 10_000
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure in two runs, over the questions both have.

    Attributes:
        measure: its name.
        questions: that it applies to in both runs.
        before: its mean in the other run.
        after: its mean in this one.
        p: corrected probability of a difference as large by chance.
    """

    measure: str
    questions: int
    before: float
    after: float
    p: float

    @property
    def is_loss(self) -> bool:
        """Whether this run is worse, by more than chance."""
        return self._grew == (self.measure in LOWER_IS_BETTER) and self.p < _LEVEL

    @property
    def is_gain(self) -> bool:
        """Whether this run is better, by more than chance."""
        return self._grew != (self.measure in LOWER_IS_BETTER) and self.p < _LEVEL

    @property
    def _grew(self) -> bool:
        return self.after > self.before


def compare_runs(run: Run, other: Run) -> list[Comparison]:
    """Return how the measures of `run` differ from those of `other`.

    Raises:
        ValueError: they have no question in common.
    """
    before, after = _by_id(other), _by_id(run)
    common = sorted(before.keys() & after.keys())
    if not common:
        raise ValueError("the two runs have no question in common: compare runs of the same question set")
    found = []
    for measure in COMPARED:
        pairs = [
            (_share(before[key], measure), _share(after[key], measure))
            for key in common
            if measure in before[key] and measure in after[key]
        ]
        if pairs:
            old, new = np.array(pairs, dtype=float).T
            found.append((measure, len(pairs), float(old.mean()), float(new.mean()), _randomise(new - old)))
    return [Comparison(*entry[:4], p) for entry, p in zip(found, _holm([entry[4] for entry in found]), strict=True)]


def _by_id(run: Run) -> dict[tuple[str, str], Mapping[str, Any]]:
    found = {}
    for record in run.questions:
        held_out = {"false_answers": (float(not record["holdout"]["abstained"]), 1)} if "holdout" in record else {}
        found[record["id"], record["language"]] = record["parts"] | held_out
    return found


def _share(parts: Mapping[str, Any], measure: str) -> float:
    right, of = parts[measure]
    return float(right) / float(of)


def _randomise(differences: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return the two-sided p-value of the mean difference under random signs."""
    differences = differences[differences != 0]  # the others have no sign to change
    if not len(differences):
        return 1.0
    signs = np.random.default_rng(0).integers(0, 2, size=(_PERMUTATIONS, len(differences))) * 2 - 1
    extreme = np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9
    return float((extreme.sum() + 1) / (_PERMUTATIONS + 1))


def _holm(p_values: list[float]) -> list[float]:
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected
