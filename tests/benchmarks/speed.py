"""How fast Sanad is, each figure beside what it is to be measured by, in one run.

    python -m tests.benchmarks.speed XQUAD [--sizes 1000 5000 20000] [--out report]

Indexing the paragraphs of XQuAD, one language an index: Sanad, its encoder alone on the same sentences, and LangChain's
quickstart (RecursiveCharacterTextSplitter, HuggingFaceEmbeddings, Chroma) with the same weights. Then questions: warm,
in an index that holds these paragraphs among made-up ones, with the encoding of the question alone beside, ten people
at once, and how it all grows. Made-up passages have words as frequent as XQuAD's, and vectors by chance: they cost what
others cost, and mean nothing. Medians; this machine's noise is in all columns alike.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from langchain_chroma import Chroma
from langchain_community.embeddings import HuggingFaceEmbeddings
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter
from rich.console import Console

from rag import Rag, Settings, open_index, open_rag
from rag.catalog import Catalog
from rag.dictionary import learn_all_words
from rag.encode import Encoded, Encoder, Matrix
from rag.encode.bundled import unpack_bundled_encoder
from rag.evaluate import read_corpus, read_questions
from rag.home import Home
from rag.index import Index
from rag.types import Article

_WARM, _ASKED = 300, 200  # questions before the clock, and under it
_FILLER_WORDS = 90  # of a made-up article: one passage
console = Console(width=150)


def main() -> None:
    """Measure, print the tables, and write them where --out says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("xquad", type=Path, help="folder with xquad.ar.json and xquad.en.json")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000, 20_000], help="passages of the indexes")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long ten people ask at once")
    parser.add_argument("--out", type=Path, help="folder for speed.json and speed.md")
    chosen = parser.parse_args()
    figures: dict[str, Any] = {"machine": machine()}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for language in ("ar", "en"):
            articles = read_corpus(chosen.xquad / f"xquad.{language}.json").articles
            figures[f"indexing {language}"] = measure_indexing(articles, Path(folder) / language)
        figures["questions"] = [
            measure_questions(chosen.xquad, Path(folder) / str(size), size, chosen.seconds) for size in chosen.sizes
        ]
    report = render(figures)
    console.print(report, markup=False, highlight=False)
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "speed.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
        (chosen.out / "speed.md").write_text(report, encoding="utf-8")


def machine() -> str:
    """Return what it is measured on."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    return f"{len(os.sched_getaffinity(0))} cores of {names[0] if names else platform.processor()}"


def measure_indexing(articles: Sequence[Article], folder: Path) -> dict[str, float]:
    """Return articles a second, of Sanad, of its encoder alone and of LangChain's quickstart; seconds for the words."""
    settings = Settings(index=folder / "sanad")
    index = open_index(settings)
    index.encoder.encode_sentences(["warm"], with_tokens=True)
    ours = _seconds(lambda: index.put(articles))
    catalog = Catalog(settings.home, writable=True)
    sentences = [s.text for encoded in catalog.every_passage() for s in encoded.passage.sentences]
    alone = _seconds(lambda: index.encoder.encode_sentences(sentences, with_tokens=True))
    model = index.encoder._model  # type: ignore[attr-defined]
    first = _seconds(lambda: model.encode(sentences, "passage: ", with_tokens=True))
    words = _seconds(lambda: learn_all_words(catalog, index.encoder, index._calibration(catalog)))
    catalog.close()
    quickstart = _seconds(lambda: index_by_quickstart(articles, settings, folder.name))
    count = len(articles)
    return {
        "Sanad": count / ours,
        "both encoders alone": count / alone,
        "int8 encoder alone": count / first,
        "LangChain quickstart": count / quickstart,
        "words, seconds": words,
    }


def index_by_quickstart(articles: Sequence[Article], settings: Settings, name: str) -> Any:
    """Return LangChain's quickstart's store of articles, with the same encoder weights."""
    documents = [Document(page_content=a.text, metadata={"id": a.id}) for a in articles]
    pieces = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    embeddings = HuggingFaceEmbeddings(model_name=str(unpack_bundled_encoder(settings.cache)))
    return Chroma.from_documents(pieces, embeddings, collection_name=f"speed-{name}")


class FillingEncoder:
    """An encoder whose sentences have vectors by chance, at no cost; all else is the real one's."""

    def __init__(self, real: Encoder) -> None:
        self.name = real.name
        self._real = real
        self._chance = np.random.default_rng(7)
        dim = real.encode_question("a").vectors.shape[1]
        self._tokens = self._unit(4096, dim)
        self._dim = dim

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def encode_sentences(self, texts: Sequence[str], *, with_tokens: bool = False) -> Encoded:
        """See `Encoder.encode_sentences`."""
        tokens = None
        if with_tokens:
            starts = self._chance.integers(0, len(self._tokens) - 64, len(texts))
            tokens = tuple(self._tokens[at : at + 40] for at in starts)
        return Encoded(self._unit(len(texts), self._dim), self._unit(len(texts), 512), tokens)

    def _unit(self, rows: int, dim: int) -> Matrix:
        vectors = self._chance.standard_normal((rows, dim), dtype=np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def made_up(articles: Sequence[Article], count: int) -> Iterator[Article]:
    """Yield articles of one passage whose words are as frequent as in others."""
    chance = random.Random(7)
    words = [word for article in articles for word in article.text.split()]
    for number in range(count):
        picked = chance.choices(words, k=_FILLER_WORDS)
        text = ". ".join(" ".join(picked[at : at + 18]) for at in range(0, _FILLER_WORDS, 18)) + "."
        yield Article(
            id=f"made-up-{number}",
            title=" ".join(picked[:5]),
            text=text,
            language=articles[0].language,
            published=None,
            source="chance",
        )


def measure_questions(xquad: Path, folder: Path, passages: int, seconds: float) -> dict[str, float]:
    """Return milliseconds of a question and of its encoding in an index of so many passages, and what ten askers do."""
    articles = read_corpus(xquad / "xquad.ar.json").articles
    settings = Settings(index=folder)
    real = open_index(settings).encoder
    index = Index(Home(folder), real, settings.passage_tokens)
    index.put(articles)
    missing = passages - index.passages
    filling = Index(Home(folder), FillingEncoder(real), settings.passage_tokens)
    took = _seconds(lambda: filling.put(made_up(articles, missing))) if missing > 0 else 0.0
    rag = open_rag(settings)
    questions = [question.question for question in read_questions(xquad / "xquad.ar.json").questions]
    random.Random(3).shuffle(questions)
    rag.warm_up()
    for question in questions[:_WARM]:
        rag.ask(question)
    asked, encoded = [], []
    for question in questions[_WARM : _WARM + _ASKED]:
        asked.append(_seconds(lambda q=question: rag.ask(q)))  # type: ignore[misc]
        encoded.append(_seconds(lambda q=question: rag.index.encoder.encode_question(q)))  # type: ignore[misc]
    alone, together, failed = measure_askers(rag, questions, seconds)
    return {
        "passages": rag.index.passages,
        "question p50 ms": float(np.median(asked) * 1e3),
        "question p95 ms": float(np.quantile(asked, 0.95) * 1e3),
        "encoding p50 ms": float(np.median(encoded) * 1e3),
        "one asker, questions a second": alone,
        "ten askers, questions a second": together,
        "failed": failed,
        "made-up passages a second": missing / took if took else 0.0,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def measure_askers(rag: Rag, questions: Sequence[str], seconds: float) -> tuple[float, float, int]:
    """Return questions a second of one asker and of ten at once, and how many failed."""

    def ask(offset: int) -> tuple[int, int]:
        answered = failed = 0
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            try:
                rag.ask(questions[(offset + answered) % len(questions)])
            except Exception:
                failed += 1
            answered += 1
        return answered, failed

    alone, _ = ask(0)
    with ThreadPoolExecutor(10) as people:
        counts = list(people.map(ask, range(0, 1000, 100)))
    return alone / seconds, sum(n for n, _ in counts) / seconds, sum(f for _, f in counts)


def render(figures: dict[str, Any]) -> str:
    """Return the figures as tables in Markdown."""
    lines = [f"On {figures['machine']}.", ""]
    names = [name for name in figures if name.startswith("indexing")]
    rates = [name for name in figures[names[0]] if name != "words, seconds"]
    lines += ["| articles a second | " + " | ".join(rates) + " | of the int8 encoder | of LangChain | words, s |"]
    lines += ["|" + "---|" * (len(rates) + 4)]
    for name in names:
        found = figures[name]
        cells = [f"{found[rate]:.1f}" for rate in rates]
        cells += [
            f"{found['Sanad'] / found['int8 encoder alone']:.2f}",
            f"{found['Sanad'] / found['LangChain quickstart']:.2f}",
        ]
        lines.append(f"| {name} | " + " | ".join([*cells, f"{found['words, seconds']:.1f}"]) + " |")
    columns = list(figures["questions"][0])
    lines += ["", "| " + " | ".join(columns) + " | ms beside encoding |", "|" + "---|" * (len(columns) + 1)]
    for row in figures["questions"]:
        beside = row["question p50 ms"] - row["encoding p50 ms"]
        lines.append(
            "| "
            + " | ".join(f"{row[c]:.1f}" if row[c] % 1 else f"{row[c]:,.0f}" for c in columns)
            + f" | {beside:.1f} |"
        )
    return "\n".join(lines) + "\n"


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
