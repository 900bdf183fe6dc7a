"""How much two machines of a Ray cluster index beside one, each with one core, in one run.

    python -m tests.benchmarks.cluster XQUAD [--rounds 3]

The machines are processes of this one, which needs a core for each. What is indexed are the paragraphs of XQuAD in both
languages, in one file each; models are loaded before the clock starts. Medians of rounds that take turns.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import ray
from ray.cluster_utils import Cluster
from rich.console import Console

from rag import Settings, open_index
from rag.catalog import Catalog
from rag.evaluate import read_corpus
from rag.home import Home


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("xquad", type=Path, help="folder with xquad.ar.json and xquad.en.json")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    console = Console(width=120)
    rates: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write_articles(chosen.xquad, folder / "articles")
        (folder / "warm").mkdir()
        for number in range(8):
            (folder / "warm" / f"{number}.md").write_text(f"Ship {number} left the harbour.", encoding="utf-8")
        for number in range(chosen.rounds):
            for machines in rates:
                rates[machines].append(_measure(machines, folder, f"{machines}-{number}"))
                console.print(f"{machines} machine(s): {rates[machines][-1]:.1f} articles a second")
        same = _alike(Home(folder / "1-0"), Home(folder / "2-0"))
    one, two = (statistics.median(rates[machines]) for machines in rates)
    console.print(f"two beside one: {two / one:.2f} x; the same index: {same}")


def _write_articles(xquad: Path, folder: Path) -> None:
    for language in ("ar", "en"):
        (folder / language).mkdir(parents=True)
        for number, article in enumerate(read_corpus(xquad / f"xquad.{language}.json").articles):
            text = f"---\nid: {language}{number}\ntitle: {article.title}\nlanguage: {language}\n---\n{article.text}"
            (folder / language / f"{number}.md").write_text(text, encoding="utf-8")


def _measure(machines: int, folder: Path, name: str) -> float:
    """Return articles a second; one language an index, so that no dictionary is learned."""
    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    for _ in range(machines - 1):
        cluster.add_node(num_cpus=1)
    try:
        settings = Settings(index=folder / name, encoder_threads=1)
        index = open_index(settings, cluster.address)
        index.add(folder / "warm")
        begun = time.perf_counter()
        report = index.add(folder / "articles" / "en")
        return len(report.added) / (time.perf_counter() - begun)
    finally:
        ray.shutdown()
        cluster.shutdown()


def _alike(one: Home, other: Home) -> bool:
    first, second = (Catalog(home, writable=False) for home in (one, other))
    pairs = zip(first.every_passage(), second.every_passage(), strict=True)
    return all(a.passage == b.passage and np.allclose(a.vectors, b.vectors, atol=1e-3) for a, b in pairs)


if __name__ == "__main__":
    main()
