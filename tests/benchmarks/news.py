"""The memory, time and disk of `sanad index` on a file or folder of news: a fifth of it, and all.

Each is a process of its own; its memory is looked at from outside. What the second takes beyond the first is growth.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rag import Settings, open_index
from rag.evaluate import read_corpus
from rag.types import Article
from tests.benchmarks.machine import seconds, slope
from tests.benchmarks.memory import Watched, watch
from tests.benchmarks.options import Figures, Options
from tests.benchmarks.plots import lines
from tests.benchmarks.tables import show, table

_PARTS = (5, 1)  # one of so many articles


def measure(options: Options) -> Figures:
    """Return what came of each process."""
    if options.news is None:
        return {"skipped": "no --news was named"}
    articles = read_corpus(options.news).articles
    rows = []
    for part in _PARTS:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            rows.append(_index(articles[::part], Path(folder)))
    return {"rows": rows}


def _index(articles: Sequence[Article], folder: Path) -> Figures:
    table = write_table(articles, folder / "articles.jsonl")
    watched: list[Watched] = []
    command = ["-m", "rag", "index", str(table), "--index", str(folder / "index"), "--json"]
    spent = seconds(lambda: watched.append(watch(command, held=False)))
    index = open_index(Settings(index=folder / "index"))
    return {
        "articles": len(index.articles()),
        "failed": len(json.loads(watched[0].told)["failed"]),
        "passages": index.passages,
        "seconds": spent,
        "peak": watched[0].peak,
        "disk": sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file()),
    }


def write_table(articles: Sequence[Article], path: Path) -> Path:
    """Write articles as JSON lines, a few fields each; return the file."""
    with path.open("w", encoding="utf-8") as file:
        for article in articles:
            fields = {"id": article.id, "title": article.title, "text": article.text, "language": article.language}
            fields |= {"source": article.source} | ({"published": str(article.published)} if article.published else {})
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")
    return path


def tables(figures: Figures) -> list[str]:
    """Return the figures as a table."""
    columns = ["articles", "passages", "not read", "seconds", "articles a second", "peak MB", "disk MB"]
    rows = [
        [
            *(show(row[name], 0) for name in ("articles", "passages", "failed", "seconds")),
            show(row["articles"] / row["seconds"]),
            show(row["peak"] / 1e3, 0),
            show(row["disk"] / 1e6, 0),
        ]
        for row in figures["rows"]
    ]
    growth, start = memory_slope(figures)
    text = f"The peak grows by {growth:.2f} kB a passage, from {start / 1e3:,.0f} MB."
    return ["", "`sanad index`, anonymous memory:", *table(columns, rows), "", text]


def memory_slope(figures: Figures) -> tuple[float, float]:
    """Return how much anonymous memory indexing takes for each passage, and for none, in kB."""
    return slope([(row["passages"], row["peak"]) for row in figures["rows"]])


def plots(figures: Figures, folder: Path) -> list[Path]:
    """Draw the peaks."""
    peaks = [(row["passages"], row["peak"] / 1e3) for row in figures["rows"]]
    return [lines(folder / "news.svg", {"sanad index, peak": peaks}, "anonymous memory, MB")]
