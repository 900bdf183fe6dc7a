"""Do vectors and keywords agree with the catalog? And what is done where they do not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import chain, islice

import numpy as np

from rag.catalog import Catalog
from rag.encoded import EncodedPassage
from rag.errors import IndexStateError
from rag.home import Home
from rag.keywords import KeywordIndex, rewrite_keywords
from rag.progress import Progress, Step
from rag.segments import fetch_keywords, keyword_folder, publish_keywords
from rag.store import ChromaStore

_BATCH = 2000
_ALIKE = 0.01  # how far a stored vector may be from the catalog's: they are rounded to half precision there


def check_index(home: Home, catalog: Catalog) -> list[str]:
    """Return what is wrong, a line each; vectors that nothing refers to are harmless and no fault.

    Args:
        home: of the index.
        catalog: open for reading.
    """
    wrong = []
    try:
        store = ChromaStore(home, catalog.identity)
        if count := sum(1 for _ in _misplaced(store, catalog.every_passage())):
            wrong.append(f"the vectors of {count} passages are missing or wrong")
    except IndexStateError as error:  # of a server
        wrong.append(str(error))
    except Exception as error:  # whatever a damaged folder makes Chroma raise
        wrong.append(f"the vectors cannot be read ({type(error).__name__})")
    if not _keywords_agree(home, catalog):
        wrong.append("the keyword index is missing or does not agree with the articles")
    return wrong


def repair_index(home: Home, catalog: Catalog, writing: Catalog, progress: Progress | None = None) -> list[str]:
    """Make anew what is wrong; return what was.

    Args:
        home: of the index, which the caller holds for writing.
        catalog: open for reading.
        writing: open for writing; the passages of a run that was cut short get their vectors too, since the run that
            goes on from there does not encode them again.
        progress: called after each batch of passages that get their vectors.
    """
    wrong = check_index(home, catalog)
    if any("cannot be read" in line for line in wrong):
        shutil.rmtree(home.folder / "vectors", ignore_errors=True)
    store = ChromaStore(home, catalog.identity)
    missing = chain(_misplaced(store, catalog.every_passage()), _misplaced(store, writing.every_passage(new=True)))
    done, total = 0, writing.count_passages()
    while some := list(islice(missing, _BATCH)):
        store.put([e.passage for e in some], np.stack([e.vector for e in some]))
        done += len(some)
        if progress:
            progress(Step(done, max(total, done), some[-1].passage.article_id))
    if not _keywords_agree(home, catalog):
        rewrite_keywords(
            keyword_folder(home, catalog), catalog.generation, (e.passage for e in catalog.every_passage())
        )
        publish_keywords(home, catalog, catalog.generation)
    return wrong


def _misplaced(store: ChromaStore, passages: Iterator[EncodedPassage]) -> Iterator[EncodedPassage]:
    """Yield the passages whose vector the store does not hold as the catalog does."""
    while some := list(islice(passages, _BATCH)):
        held = store.vectors([e.passage.id for e in some])
        for encoded in some:
            vector = held.get(encoded.passage.id)
            if vector is None or not np.allclose(vector, encoded.vector, atol=_ALIKE):
                yield encoded


def _keywords_agree(home: Home, catalog: Catalog) -> bool:
    try:
        folder = fetch_keywords(home, catalog, catalog.generation)
        return KeywordIndex(folder, catalog.generation).passage_ids == catalog.passage_ids()
    except IndexStateError:
        return False
