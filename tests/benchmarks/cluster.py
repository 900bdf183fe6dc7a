"""How much two machines of a Ray cluster index beside one, each with one core, and whether they make the same index.

The machines are processes of this one, which needs a core for each. What is indexed are the paragraphs of XQuAD, one
language an index, so that no dictionary is learned; they are so few that the seconds in which a run of a cluster starts
its processes weigh. Where news is named, its first items are indexed too. Rounds take turns.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag import Settings, open_index
from rag.catalog import Catalog
from rag.encoded import EncodedPassage
from rag.evaluate import read_corpus
from rag.home import Home
from rag.types import Article
from tests.benchmarks.machine import middle, middle_ratio
from tests.benchmarks.news import write_table
from tests.benchmarks.options import LANGUAGES, Figures, Options
from tests.benchmarks.plots import bars
from tests.benchmarks.tables import show, table

CLOSE = 1e-3  # what numbers of two vectors may differ by
_MACHINES = (1, 2)
_NEWS = "news"
_SOME = 1200  # items of it
_FEW = 500


def measure(options: Options) -> Figures:
    """Return the rates of one machine and of two, and what their indexes differ in."""
    if importlib.util.find_spec("ray") is None:
        return {"skipped": "the extra [ray] is not installed"}
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    figures: Figures = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for kind, articles in _articles(options).items():
            source = _write(articles, folder / kind)
            rates: dict[str, list[float]] = {str(machines): [] for machines in _MACHINES}
            for number in range(options.repeats):
                for machines in _MACHINES:
                    rates[str(machines)].append(_index(machines, source, folder / f"{kind}-{machines}-{number}"))
            found = [_passages(folder / f"{kind}-{machines}-0") for machines in _MACHINES]
            figures[kind] = {"rates": rates} | compare(*found)
    return figures


def _articles(options: Options) -> dict[str, Sequence[Article]]:
    """Return what is indexed: the paragraphs of each language, and news."""
    found: dict[str, Sequence[Article]] = {
        language: read_corpus(options.xquad_file(language)).articles[:: options.step] for language in LANGUAGES
    }
    if options.news:
        found[_NEWS] = read_corpus(options.news).articles[: _SOME // options.step]
    return found


def _write(articles: Sequence[Article], folder: Path) -> Path:
    """Write each of a few articles as a file, many as a table; return the folder."""
    folder.mkdir()
    if len(articles) > _FEW:
        write_table(articles, folder / "articles.jsonl")
        return folder
    for number, article in enumerate(articles):
        text = f"---\nid: {number}\ntitle: {article.title}\nlanguage: {article.language}\n---\n{article.text}"
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    return folder


def _index(machines: int, source: Path, place: Path) -> float:
    """Return articles a second."""
    import ray
    from ray.cluster_utils import Cluster

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    for _ in range(machines - 1):
        cluster.add_node(num_cpus=1)
    try:
        index = open_index(Settings(index=place, encoder_threads=1), cluster.address)
        begun = time.perf_counter()
        report = index.add(source)
        return len(report.added) / (time.perf_counter() - begun)
    finally:
        ray.shutdown()
        cluster.shutdown()


def _passages(folder: Path) -> dict[str, EncodedPassage]:
    catalog = Catalog(Home(folder), writable=False)
    try:
        return {encoded.passage.id: encoded for encoded in catalog.every_passage()}
    finally:
        catalog.close()


def compare(one: dict[str, EncodedPassage], other: dict[str, EncodedPassage]) -> Figures:
    """Return how many passages each index has, how many ids, passages and vectors differ, and by how much at most.

    Passages differ in their text, their span or their sentences; vectors in a number that is not within `CLOSE`.
    """
    both = one.keys() & other.keys()
    apart = [_apart(one[name], other[name]) for name in both]
    return {
        "passages": [len(one), len(other)],
        "other ids": len(one.keys() ^ other.keys()),
        "other passages": sum(one[name].passage != other[name].passage for name in both),
        "other vectors": sum(most > CLOSE for most in apart),
        "largest difference": max(apart, default=0.0),
    }


def _apart(one: EncodedPassage, other: EncodedPassage) -> float:
    """Return the largest difference of two numbers of a passage's vectors; 2, the most there is, if not as many."""
    if one.vectors.shape != other.vectors.shape:
        return 2.0
    pairs = ((one.vectors, other.vectors), (one.universal, other.universal))
    return max(float(np.abs(mine - yours).max(initial=0.0)) for mine, yours in pairs)


def tables(figures: Figures) -> list[str]:
    """Return the figures as a table."""
    columns = ["articles a second", "one machine", "two", "two beside one", "passages"]
    columns += ["other ids", "other passages", f"other vectors (> {CLOSE:g})", "largest difference"]
    rows = []
    for kind, found in figures.items():
        one, two = (found["rates"][str(machines)] for machines in _MACHINES)
        rows.append(
            [
                kind,
                *(show(middle(rates)) for rates in (one, two)),
                show(middle_ratio(two, one), 2),
                ", ".join(map(str, found["passages"])),
                *(str(found[name]) for name in ("other ids", "other passages", "other vectors")),
                f"{found['largest difference']:.1e}",
            ]
        )
    return table(columns, rows)


def plots(figures: Figures, folder: Path) -> list[Path]:
    """Draw the rates."""
    rates = {f"{m} machine(s)": [middle(found["rates"][str(m)]) for found in figures.values()] for m in _MACHINES}
    return [bars(folder / "cluster.svg", list(figures), rates, "articles a second")]
