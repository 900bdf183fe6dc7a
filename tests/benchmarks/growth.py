"""How questions, indexing, memory and disk grow with the index, from one that is grown step by step.

Beside it stays an index of the smallest size. Times are ratios to what that one takes in the same minute: the same
questions, in turns; as many articles added, in turns. The same passages lie in LangChain's quickstart too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from rag import open_rag
from rag.catalog import Catalog
from rag.evaluate import read_corpus
from rag.langchain import to_embeddings
from rag.types import Article
from tests.benchmarks.growth_report import (
    ADDED,
    DISK,
    ENCODING,
    GROWN,
    PROCESSES,
    QUICKSTART,
    QUICKSTART_INT8,
    SMALLEST,
    plots,
    tables,
)
from tests.benchmarks.made_up import FilledIndex, unit_by_chance
from tests.benchmarks.memory import measure_memory
from tests.benchmarks.options import Figures, Options
from tests.benchmarks.questions import ask_in_turns, shuffled_questions, warm_up, write_questions

__all__ = ["measure", "plots", "tables"]

_AGAIN = 20  # questions before the clock, after the index has grown


def measure(options: Options) -> Figures:
    """Return the figures of each size."""
    articles = read_corpus(options.xquad_file("ar")).articles
    questions = shuffled_questions(options.xquad_file("ar"))
    rows = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        asked = write_questions(questions[: options.asked], folder / "questions.json")
        small, grown = (FilledIndex(folder / kind, articles) for kind in (SMALLEST, GROWN))
        small.add(small.next(max(0, options.sizes[0] - small.passages)))
        beside = _Quickstart(folder / QUICKSTART, grown)
        askers = {SMALLEST: open_rag(small.settings), GROWN: open_rag(grown.settings)}
        encoder = askers[GROWN].index.encoder
        for number, size in enumerate(options.sizes):
            made = grown.next(max(0, size - grown.passages))
            before = grown.passages
            wall, cpu = grown.add(made)
            beside.add(made)
            for rag in askers.values():
                rag.warm_up()
            asking = {kind: rag.ask for kind, rag in askers.items()}
            asking |= {ENCODING: encoder.encode_question} | beside.searches(encoder)
            warm_up(asking, questions[-options.warm :] if number == 0 else questions[-_AGAIN:])
            first = number * options.asked * options.repeats  # each size is asked others, whose words may be new
            fresh = questions[first % len(questions) :] + questions[: first % len(questions)]
            rows.append(
                {
                    "passages": grown.passages,
                    "added": {"passages": grown.passages - before, "wall": wall, "cpu": cpu},
                    "runs": _measure_runs({SMALLEST: small, GROWN: grown}, options.repeats),
                    "questions": ask_in_turns(asking, fresh, options.asked, options.repeats),
                    "memory": {
                        kind: measure_memory(kind, grown.settings.index, asked, options.repeats) for kind in PROCESSES
                    },
                    "disk": _disk(grown.settings.index),
                }
            )
        encoding = measure_memory("encoder", small.settings.index, asked, options.repeats)
    return {"rows": rows, "encoder": encoding}


class _Quickstart:
    """LangChain's quickstart over the passages of an index; made-up ones have vectors by chance there too."""

    def __init__(self, folder: Path, index: FilledIndex) -> None:
        from langchain_core.documents import Document

        from tests.benchmarks.quickstart import add_pieces, open_embeddings, open_store

        self._store = open_store(QUICKSTART, open_embeddings(index.settings), folder)
        self._open = partial(open_store, QUICKSTART, beside=self._store)
        self._add, self._document = add_pieces, Document
        catalog = Catalog(index.settings.home, writable=False)
        passages = [encoded.passage for encoded in catalog.every_passage()]
        catalog.close()
        add_pieces(self._store, [Document(p.text, metadata={"id": p.article_id}) for p in passages])

    def add(self, articles: Sequence[Article]) -> None:
        """Add made-up articles."""
        self._add(
            self._open(_ByChance(self._store.embeddings)),
            [self._document(article.text, metadata={"id": article.id}) for article in articles],
        )

    def searches(self, encoder: Any) -> dict[str, Any]:
        """Return what searches with the quickstart's own encoder, and what does with Sanad's 8-bit one."""
        stores = {QUICKSTART: self._store, QUICKSTART_INT8: self._open(to_embeddings(encoder))}
        return {name: store.as_retriever().invoke for name, store in stores.items()}


class _ByChance:
    """Embeddings by chance, of as many dimensions as others."""

    def __init__(self, real: Any) -> None:
        self._dim = len(real.embed_query("a"))
        self._chance = np.random.default_rng(7)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """See `langchain_core.embeddings.Embeddings`."""
        found: list[list[float]] = unit_by_chance(self._chance, len(texts), self._dim).tolist()
        return found


def _measure_runs(indexes: dict[str, FilledIndex], repeats: int) -> dict[str, dict[str, list[float]]]:
    """Return the seconds of runs that add the same articles to each index, which are then taken out again."""
    found: dict[str, dict[str, list[float]]] = {name: {"wall": [], "cpu": []} for name in indexes}
    for number in range(repeats):
        for name in sorted(indexes, reverse=bool(number % 2)):
            some = indexes[name].next(ADDED)
            wall, cpu = indexes[name].add(some)
            indexes[name].remove(some)
            found[name]["wall"].append(wall)
            found[name]["cpu"].append(cpu)
    return found


def _disk(folder: Path) -> dict[str, int]:
    """Return the bytes of each part of an index."""
    files = [(path.relative_to(folder).parts[0], path.stat().st_size) for path in folder.rglob("*") if path.is_file()]
    return {part: sum(size for place, size in files if place.startswith(part)) for part in DISK}
