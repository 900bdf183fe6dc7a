"""Files and settings → a run: reads the question sets, makes the index they are asked of, and asks."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import IndexStateError
from rag.evaluate.files import read_corpus, read_questions
from rag.evaluate.questions import QuestionSet, join_sets
from rag.evaluate.run import Run, evaluate
from rag.open import open_index, open_rag
from rag.pipeline import Rag
from rag.progress import Progress
from rag.settings import Settings
from rag.types import Article


def measure(
    settings: Settings,
    questions: Sequence[Path],
    corpora: Sequence[Path] = (),
    *,
    mixed: bool = False,
    holdout: bool = False,
    limit: int | None = None,
    keep: bool = False,
    progress: tuple[Progress | None, Progress | None] = (None, None),
    rag: Rag | None = None,
) -> Run:
    """Read question sets, index what they are asked of, ask them.

    Args:
        settings: as for `open_rag`. Their index is asked where the files hold no articles.
        questions: files.
        corpora: files and folders of articles; without any, the question files' own.
        mixed: ask both the corpora and the question files' own articles.
        holdout: as for `evaluate`.
        limit: ask this many, evenly spread over the files.
        keep: make the index of the articles in the settings' folder, or use the one there; else it is temporary.
        progress: called while indexing, and while asking.
        rag: over the settings' index, where it is open already.

    Raises:
        SourceError: a file cannot be read.
        IndexStateError: the index cannot be used, or holds other articles than those.
    """
    joined = join_sets([read_questions(path) for path in questions], list(map(read_corpus, corpora)), mixed=mixed)
    asked = _spread(joined, limit)
    options: dict[str, Any] = {
        "questions": [path.name for path in questions],
        "corpus": [path.name for path in corpora],
        "mixed": mixed,
        "encoder": settings.encoder,
        "passage_tokens": settings.passage_tokens,
        "late": settings.late,
        "reranker": settings.reranker,
        "model": settings.model,
    }
    if not joined.articles:
        return evaluate(rag or open_rag(settings), asked, holdout=holdout, options=options, progress=progress[1])
    with tempfile.TemporaryDirectory(prefix="sanad-eval-", ignore_cleanup_errors=True) as folder:
        chosen = (
            settings
            if keep
            else settings.model_copy(update={"index": Path(folder) / "index", "database": None, "chroma_url": None})
        )
        speed = _index(chosen, joined.articles, progress[0])
        return evaluate(
            open_rag(chosen),
            asked,
            holdout=holdout,
            options=options,
            passages_per_second=speed,
            progress=progress[1],
        )


def _index(settings: Settings, articles: Sequence[Article], progress: Progress | None) -> float | None:
    """Index articles; return passages a second, None where nothing was left to do."""
    index = open_index(settings)
    others = {held.id for held in index.articles()} - {article.id for article in articles} if index.exists else ()
    if others:
        raise IndexStateError(
            f"{settings.home}: holds {len(others)} articles that are not in what is to be asked; choose another "
            "folder with --index"
        )
    index.encoder.encode_question("سند")  # loads the model, which is no part of the speed
    start = time.perf_counter()
    report = index.put(articles, progress)
    return index.passages / (time.perf_counter() - start) if report.added and not report.unchanged else None


def _spread(questions: QuestionSet, limit: int | None) -> QuestionSet:
    count = len(questions.questions)
    if limit is None or limit >= count:
        return questions
    return replace(questions, questions=tuple(questions.questions[at * count // limit] for at in range(limit)))
