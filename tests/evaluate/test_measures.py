"""Guards: the measures say what their names say, misses count as 0, intervals hold the value."""

import numpy as np
import pytest

from rag.evaluate.measures import aggregate, aggregate_auroc, auroc, measure_rankings


def test_rankings() -> None:
    first, second, none = measure_rankings([["a", "b"], ["x", "a", "b"], []], [["a"], ["a", "b"], ["a"]])
    assert (first["success@1"], first["RR@10"], first["AP"]) == (1, 1, 1)
    assert (second["success@1"], second["success@3"], second["recall@3"]) == (0, 1, 1)
    assert second["RR@10"] == pytest.approx(1 / 2)
    assert second["AP"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert set(none.values()) == {0.0}


def test_auroc_counts_ties_as_half() -> None:
    assert auroc(np.array([2.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(7 / 8)
    assert aggregate_auroc([1.0], []) == (None, None)
    value, interval = aggregate_auroc([3.0, 2.0], [1.0, -np.inf])
    assert value == 1
    assert interval == (1, 1)


def test_shares_are_summed_over_questions() -> None:
    values, intervals = aggregate([{"p": (1, 3), "s": (1, 1)}, {"p": (1, 1)}, {"s": (0, 1)}])
    assert values == {"p": pytest.approx(0.5), "s": pytest.approx(0.5)}
    assert all(low <= values[name] <= high for name, (low, high) in intervals.items())
    assert aggregate([]) == ({}, {})
