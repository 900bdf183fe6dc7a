"""How fast articles are indexed: Sanad, its encoders alone on the same sentences, and LangChain's quickstart.

The paragraphs of XQuAD, one language an index, so that no dictionary is learned; how long that takes is told beside.
Each round makes all of it anew, one after the other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rag import Settings, open_index
from rag.catalog import Catalog
from rag.dictionary import learn_all_words
from rag.evaluate import read_corpus
from rag.types import Article
from tests.benchmarks.machine import middle, middle_ratio, seconds
from tests.benchmarks.options import LANGUAGES, Figures, Options
from tests.benchmarks.plots import bars
from tests.benchmarks.tables import show, table

SANAD, BOTH, FIRST, QUICKSTART = "Sanad", "both encoders alone", "int8 encoder alone", "LangChain quickstart"
_RATES = (SANAD, BOTH, FIRST, QUICKSTART)
_WORDS = "words"


def measure(options: Options) -> Figures:
    """Return, for each language and each round, articles a second, and the seconds that learning the words takes."""
    figures: Figures = {}
    for language in LANGUAGES:
        articles = read_corpus(options.xquad_file(language)).articles[:: options.step]
        rounds = []
        for number in range(options.repeats):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                rounds.append(_round(articles, Path(folder), f"{language}-{number}"))
        figures[language] = {name: [one[name] for one in rounds] for name in rounds[0]}
    return figures


def _round(articles: Sequence[Article], folder: Path, name: str) -> dict[str, float]:
    from tests.benchmarks.quickstart import add_pieces, open_embeddings, open_store, split

    settings = Settings(index=folder / "sanad")
    index = open_index(settings)
    index.encoder.encode_sentences(["warm"], with_tokens=True)
    ours = seconds(lambda: index.put(articles))
    catalog = Catalog(settings.home, writable=True)
    sentences = [s.text for encoded in catalog.every_passage() for s in encoded.passage.sentences]
    both = seconds(lambda: index.encoder.encode_sentences(sentences, with_tokens=True))
    model = index.encoder._model  # type: ignore[attr-defined]
    first = seconds(lambda: model.encode(sentences, "passage: ", with_tokens=True))
    encode = partial(map, index.encoder.encode_words)
    words = seconds(lambda: learn_all_words(catalog, encode, index._calibration(catalog)))
    catalog.close()
    embeddings = open_embeddings(settings)
    embeddings.embed_query("warm")
    theirs = seconds(lambda: add_pieces(open_store(f"speed-{name}", embeddings), split(articles)))
    rates = {SANAD: ours, BOTH: both, FIRST: first, QUICKSTART: theirs}
    return {rate: len(articles) / spent for rate, spent in rates.items()} | {_WORDS: words}


def tables(figures: Figures) -> list[str]:
    """Return the figures as a table."""
    columns = ["articles a second", *_RATES, "Sanad beside the encoders", "Sanad beside LangChain", "learning words, s"]
    rows = []
    for language in LANGUAGES:
        found = figures[language]
        ratios = [show(middle_ratio(found[SANAD], found[other]), 2) for other in (BOTH, QUICKSTART)]
        rows.append(
            [language, *(show(middle(found[rate])) for rate in _RATES), *ratios, show(middle(found[_WORDS]))],
        )
    return table(columns, rows)


def plots(figures: Figures, folder: Path) -> list[Path]:
    """Draw the rates."""
    groups = {rate: [middle(figures[language][rate]) for language in LANGUAGES] for rate in _RATES}
    return [bars(folder / "indexing.svg", list(LANGUAGES), groups, "articles a second")]
