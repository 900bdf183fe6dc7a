"""Sanad beside LangChain's usual pipelines: same articles, same questions, same encoder weights, one run.

For each of the four language pairs the share of questions whose own paragraph comes first, for

* Sanad;
* LangChain's quickstart: RecursiveCharacterTextSplitter (1000 characters, 200 shared) and Chroma;
* LangChain's EnsembleRetriever: that and BM25Retriever, half and half.

Half the articles (every second subject) were seen when Sanad's weights were set; the other half was not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from rag import Settings, open_index, open_rag
from rag.evaluate import QuestionSet, join_sets, read_corpus, read_questions
from rag.evaluate.measures import measure_rankings
from rag.langchain import to_embeddings
from rag.types import Article
from tests.benchmarks.options import LANGUAGES, Figures, Options
from tests.benchmarks.plots import bars
from tests.benchmarks.tables import table

_DEPTH = 20  # passages of a ranking
Search = Callable[[str], list[str]]
"""A question → ids of articles, best first."""


def measure(options: Options) -> Figures:
    """Return, for each language pair, the measures of each pipeline."""
    files = {language: options.xquad_file(language) for language in LANGUAGES}
    figures: Figures = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for corpus, path in files.items():
            pipelines = _pipelines(read_corpus(path).articles, Path(folder) / corpus)
            for asked, questions in files.items():
                joined = join_sets([read_questions(questions)], [read_corpus(path)])
                figures[f"{asked}→{corpus}"] = {
                    name: _measure(search, joined, options.step, f"{asked}→{corpus} {name}")
                    for name, search in pipelines.items()
                }
    return figures


def _pipelines(articles: Sequence[Article], folder: Path) -> dict[str, Search]:
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    from tests.benchmarks.quickstart import add_pieces, open_store, split

    settings = Settings(index=folder / "sanad")
    open_index(settings).put(articles)
    rag = open_rag(settings)

    pieces = split(articles)
    embeddings: Any = to_embeddings(rag.index.encoder)
    embeddings.embed_query = lru_cache(maxsize=None)(embeddings.embed_query)  # both ask it for each question
    store = open_store(f"{folder.name}-quickstart", embeddings)
    add_pieces(store, pieces)
    dense = store.as_retriever(search_kwargs={"k": _DEPTH})
    keywords = BM25Retriever.from_documents(pieces, k=_DEPTH)
    ensemble = EnsembleRetriever(retrievers=[keywords, dense], weights=[0.5, 0.5])
    return {
        "Sanad": lambda question: [hit.passage.article_id for hit in rag.search(question, _DEPTH)],
        "LangChain quickstart": lambda question: [d.metadata["id"] for d in dense.invoke(question)],
        "LangChain EnsembleRetriever": lambda question: [d.metadata["id"] for d in ensemble.invoke(question)],
    }


def _measure(search: Search, questions: QuestionSet, step: int, label: str) -> dict[str, float]:
    asked = questions.questions[::step]
    rankings = [
        list(dict.fromkeys(search(question.question)))
        for question in track(asked, label, console=Console(stderr=True), transient=True)
    ]
    measured = measure_rankings(rankings, [question.relevant for question in asked])
    subjects = sorted(set(questions.subjects.values()))
    unseen = [subjects.index(questions.subjects[question.relevant[0]]) % 2 == 1 for question in asked]
    return {
        "success@1": _mean([m["success@1"] for m in measured]),
        "success@1 unseen": _mean([m["success@1"] for m, new in zip(measured, unseen, strict=True) if new]),
        "RR@10": _mean([m["RR@10"] for m in measured]),
        "RR@10 unseen": _mean([m["RR@10"] for m, new in zip(measured, unseen, strict=True) if new]),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def tables(figures: Figures) -> list[str]:
    """Return the figures as a table."""
    rows = [
        [
            name,
            *(
                f"{m['success@1']:.3f} / {m['RR@10']:.3f} ({m['success@1 unseen']:.3f} / {m['RR@10 unseen']:.3f})"
                for m in (pair[name] for pair in figures.values())
            ),
        ]
        for name in next(iter(figures.values()))
    ]
    return table(["success@1 / RR@10 (unseen half)", *figures], rows)


def plots(figures: Figures, folder: Path) -> list[Path]:
    """Draw success@1 of each pipeline."""
    names = next(iter(figures.values()))
    groups = {name: [pair[name]["success@1"] for pair in figures.values()] for name in names}
    return [bars(folder / "retrieval.svg", list(figures), groups, "success@1")]
