"""The measures of an index whose vectors lie on a Chroma server, beside the same index in a folder.

The server is `chroma run` in a folder of its own. Both are made of XQuAD's paragraphs and asked the same questions.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from rag import Settings, open_index, open_rag
from rag.evaluate import evaluate, join_sets, read_corpus, read_questions
from tests.benchmarks.options import LANGUAGES, Figures, Options
from tests.benchmarks.plots import bars
from tests.benchmarks.tables import table
from tests.servers import run_chroma

MEASURES = ("success@1", "RR@10", "nDCG@10", "sentence_success@1", "answer_in_quote", "false_refusals")
PLACES = ("folder", "server")


def measure(options: Options) -> Figures:
    """Return the measures of each language pair, of either place."""
    figures: Figures = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with run_chroma(folder / "chroma") as address:
            for corpus in LANGUAGES:
                articles = read_corpus(options.xquad_file(corpus))
                for place in PLACES:
                    chroma = address if place == "server" else None
                    settings = Settings(index=folder / f"{corpus}-{place}", chroma_url=chroma)
                    open_index(settings).put(articles.articles)
                    assert (settings.index / "vectors").exists() == (place == "folder")
                    rag = open_rag(settings)
                    for asked in LANGUAGES:
                        joined = join_sets([read_questions(options.xquad_file(asked))], [articles])
                        run = evaluate(rag, replace(joined, questions=joined.questions[:: options.step]))
                        found = {measure: run.measures[measure] for measure in MEASURES}
                        figures.setdefault(f"{asked}→{corpus}", {})[place] = found
    return figures


def tables(figures: Figures) -> list[str]:
    """Return each measure in the folder, on the server, and what it differs by."""
    columns = ["", *(f"{measure}: folder, server, difference" for measure in MEASURES)]
    rows = [
        [pair, *(f"{at['folder'][m]:.3f}, {at['server'][m]:.3f}, {difference(at, m):+.3f}" for m in MEASURES)]
        for pair, at in figures.items()
    ]
    return table(columns, rows)


def difference(places: Figures, measure: str) -> float:
    """Return by how much a measure is higher on the server."""
    return float(places["server"][measure] - places["folder"][measure])


def plots(figures: Figures, folder: Path) -> list[Path]:
    """Draw success@1 of both places."""
    groups = {place: [figures[pair][place]["success@1"] for pair in figures] for place in PLACES}
    return [bars(folder / "server.svg", list(figures), groups, "success@1")]
