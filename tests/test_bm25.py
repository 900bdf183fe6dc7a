"""Guards: postings give the scores of bm25s, terms lie in a mapped file; older files are read, damaged ones told; the
best rows are the best, however many there are."""

from pathlib import Path

import bm25s
import numpy as np
import pytest

from rag.bm25 import Postings, best_rows, write_postings

DOCUMENTS = [["قناة", "سفينة", "سفينة"], ["ship", "canal"], ["ship", "سفينة"], []]
NONE = np.zeros(0, dtype=np.int64)


def test_the_scores_are_those_of_bm25s_in_both_forms(tmp_path: Path) -> None:
    write_postings(DOCUMENTS, tmp_path / "new", k1=1.2, b=0.75)
    older = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    older.index(DOCUMENTS, show_progress=False)
    older.save(tmp_path / "old")
    new, old = (Postings([tmp_path / name], [len(DOCUMENTS)], NONE) for name in ("new", "old"))
    for term in ("سفينة", "ship", "boat"):
        expected = older.get_scores([term]) if term in older.vocab_dict else np.zeros(len(DOCUMENTS))
        for postings in (new, old):
            found = postings.match({term: 1.0}) * postings.idf(term)
            assert found == pytest.approx(expected, abs=1e-6)
    assert new.rows("سفينة").tolist() == [0, 2]


def test_passages_without_terms_have_no_postings(tmp_path: Path) -> None:
    write_postings([[], []], tmp_path / "none", k1=1.2, b=0.75)
    assert not (tmp_path / "none").exists()
    assert Postings([tmp_path / "none"], [2], NONE).match({"ship": 1.0}).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("left", [0, 10, 0.5])
def test_a_damaged_vocabulary_is_told(tmp_path: Path, left: float) -> None:
    write_postings([[f"term{n}" for n in range(500)]], tmp_path / "terms", k1=1.2, b=0.75)
    path = tmp_path / "terms" / "vocabulary.marisa"
    content = path.read_bytes()
    path.write_bytes(content[: left if isinstance(left, int) else int(left * len(content))])
    with pytest.raises(ValueError, match=r"vocabulary\.marisa"):
        Postings([tmp_path / "terms"], [1], NONE)


@pytest.mark.parametrize("size", [30, 5000, 20_000])
@pytest.mark.parametrize("holding", [0.0, 0.001, 0.5])
def test_the_best_rows_are_those_of_a_sort_and_ties_fall_by_row(size: int, holding: float) -> None:
    chance = np.random.default_rng(size)
    scores = chance.integers(1, 40, size).astype(np.float32) / 40 * (chance.random(size) < holding)  # many alike
    expected = [row for row in np.argsort(-scores, kind="stable").tolist() if scores[row] > 0]
    assert best_rows(scores, 50).tolist() == expected[:50]
    some = np.flatnonzero(scores > 0)[::2]
    assert best_rows(scores, 50, some).tolist() == [row for row in expected if row in set(some.tolist())][:50]
