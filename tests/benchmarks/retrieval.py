"""Sanad beside LangChain's usual pipelines: same articles, same questions, same encoder weights, one run.

    make bench XQUAD=folder        # holds xquad.ar.json and xquad.en.json

For each of the four language pairs the share of questions whose own paragraph comes first, for

* Sanad;
* LangChain's quickstart: RecursiveCharacterTextSplitter (1000 characters, 200 shared) and Chroma;
* LangChain's EnsembleRetriever: that and BM25Retriever, half and half.

Half the articles (every second subject) were seen when Sanad's weights were set; the other half was not.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from rag import Settings, open_index, open_rag
from rag.evaluate import QuestionSet, join_sets, read_corpus, read_questions
from rag.evaluate.measures import measure_rankings
from rag.langchain import to_embeddings
from rag.types import Article

_DEPTH = 20  # passages of a ranking
Search = Callable[[str], list[str]]
"""A question → ids of articles, best first."""


def main() -> None:
    """Measure and print the table; write it as JSON where --out says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("xquad", type=Path, help="folder with xquad.ar.json and xquad.en.json")
    parser.add_argument("--step", type=int, default=1, help="ask every so many-th question")
    parser.add_argument("--out", type=Path, help="write the figures here, as JSON")
    chosen = parser.parse_args()
    files = {language: chosen.xquad / f"xquad.{language}.json" for language in ("ar", "en")}
    figures: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for corpus, path in files.items():
            pipelines = _pipelines(read_corpus(path).articles, Path(folder) / corpus)
            for asked, questions in files.items():
                joined = join_sets([read_questions(questions)], [read_corpus(path)])
                figures[f"{asked}→{corpus}"] = {
                    name: _measure(search, joined, chosen.step, f"{asked}→{corpus} {name}")
                    for name, search in pipelines.items()
                }
    _print(figures)
    if chosen.out:
        chosen.out.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")


def _pipelines(articles: Sequence[Article], folder: Path) -> dict[str, Search]:
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    settings = Settings(index=folder / "sanad")
    open_index(settings).put(articles)
    rag = open_rag(settings)

    documents = [Document(page_content=a.text, metadata={"id": a.id}) for a in articles]
    pieces = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    embeddings: Any = to_embeddings(rag.index.encoder)
    embeddings.embed_query = lru_cache(maxsize=None)(embeddings.embed_query)  # both ask it for each question
    store = Chroma.from_documents(
        pieces,
        embeddings,
        collection_name=folder.name + "-quickstart",
        collection_metadata={"hnsw:space": "cosine"},
    )
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


def _print(figures: dict[str, dict[str, dict[str, float]]]) -> None:
    table = Table("success@1 / RR@10 (unseen half)", *figures, box=None)
    for name in next(iter(figures.values())):
        cells = [
            f"{m['success@1']:.3f} / {m['RR@10']:.3f} ({m['success@1 unseen']:.3f} / {m['RR@10 unseen']:.3f})"
            for m in (pair[name] for pair in figures.values())
        ]
        table.add_row(name, *cells)
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
