"""Question files and corpora → question sets: Sanad's JSONL, Ragas' names for it, SQuAD's format.

In a SQuAD-format file each paragraph is an article, and what stands under one title is one subject.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.clean import fold
from rag.errors import SourceError
from rag.evaluate.questions import Question, QuestionSet, Support
from rag.language import detect_language, parse_day
from rag.load import find_files, load_article
from rag.pipeline import check_question
from rag.types import Article, Turn

_ALIASES = {
    "question": ("user_input", "query"),
    "answers": ("answer", "reference", "ground_truth", "ground_truths", "reference_answer"),
    "support": ("reference_contexts", "ground_truth_contexts"),
    "relevant": ("relevant_articles", "reference_context_ids"),
}


def read_questions(path: str | Path) -> QuestionSet:
    """Read a question set.

    Raises:
        SourceError: it cannot be read or is none; names the file, the line, and what is wrong.
    """
    found = _read(Path(path))
    if not found.questions:
        raise SourceError(f"{path}: holds no questions")
    return found


def read_corpus(path: str | Path) -> QuestionSet:
    """Read articles: SQuAD-format JSON with its questions, article JSONL, or what `sanad index` reads.

    Raises:
        SourceError: nothing readable is there; names the file, the line, and what is wrong.
    """
    if Path(path).suffix.lower() in (".json", ".jsonl"):
        found = _read(Path(path))
        if not found.articles:
            raise SourceError(f"{path}: holds no articles")
        return found
    return QuestionSet(articles=tuple(load_article(file) for file in find_files(path)))


def read_records(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Return the objects of a JSONL file, each with its line.

    Raises:
        SourceError: the file cannot be read, or a line is no JSON object.
    """
    return list(_records(path, _text(path), None))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: is not in UTF-8") from error


def _read(path: Path) -> QuestionSet:
    text = _text(path)
    whole = _parse_whole(path, text) if path.suffix.lower() == ".json" else None
    if isinstance(whole, dict) and "data" in whole:
        return _read_squad(path, whole["data"])
    records = list(_records(path, text, whole))
    asks = any("question" in _named(record) for _, record in records)
    if asks:
        questions = tuple(_question(path, line, _named(record)) for line, record in records)
        _check_ids(path, questions)
        return QuestionSet(questions)
    return QuestionSet(articles=tuple(_article(path, line, record) for line, record in records))


def _parse_whole(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise SourceError(f"{path}, line {getattr(error, 'lineno', 1)}: not JSON") from error


def _records(path: Path, text: str, whole: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of JSON lines, or of a JSON list, each with its line or place."""
    if whole is not None:
        items = whole if isinstance(whole, list) else [whole]
        yield from ((at, _object(path, at, item)) for at, item in enumerate(items, start=1))
        return
    for line, content in enumerate(text.split("\n"), start=1):
        if content.strip():
            try:
                yield line, _object(path, line, json.loads(content))
            except ValueError as error:
                raise SourceError(f"{path}, line {line}: not JSON; one object a line is read") from error


def _object(path: Path, line: int, item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise SourceError(f"{path}, line {line}: not a JSON object")
    return item


def _named(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with Sanad's own names for its fields."""
    named = dict(record)
    for name, others in _ALIASES.items():
        if name not in named and (other := next((o for o in others if o in named), None)):
            named[name] = named[other]
    return named


def _question(path: Path, line: int, record: dict[str, Any]) -> Question:
    try:
        text = record["question"]
        if not isinstance(text, str) or not text.strip():
            raise ValueError("question must be a text")
        check_question(text)
        language = record.get("language") or detect_language(text)
        if language not in ("ar", "en"):
            raise ValueError(f"language is {language!r}; it must be ar or en")
        support = tuple(
            Support("", item) if isinstance(item, str) else Support(item["article"], item["quote"])
            for item in record.get("support") or ()
        )
        named = _texts(record.get("relevant"))
        return Question(
            id=str(record.get("id") or line),
            question=text,
            language=language,
            answerable=bool(record.get("answerable", True)) and not record.get("is_impossible", False),
            answers=_texts(record.get("answers")),
            relevant=named or tuple(dict.fromkeys(s.article for s in support if s.article)),
            support=support,
            tags=_texts(record.get("tags")),
            as_of=parse_day(str(record["as_of"])) if record.get("as_of") else None,
            history=tuple(Turn(turn["role"], turn["text"]) for turn in record.get("history") or ()),
            standalone=record.get("standalone"),
        )
    except KeyError as error:
        raise SourceError(f"{path}, line {line}: {error.args[0]} is missing") from error
    except (TypeError, ValueError) as error:
        raise SourceError(f"{path}, line {line}: {error}") from error


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(item, str | int | float) for item in value):
        raise ValueError(f"{value!r} must be a list of texts")
    return tuple(map(str, value))


def _article(path: Path, line: int, record: dict[str, Any]) -> Article:
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise SourceError(f"{path}, line {line}: neither a question nor an article: it has no text")
    published = record.get("published")
    try:
        day = parse_day(str(published)) if published else None
    except ValueError as error:
        raise SourceError(f"{path}, line {line}: published: {error}") from error
    title = str(record.get("title") or "")
    language = record.get("language") or detect_language(f"{title} {text}")
    return Article(
        str(record.get("id") or f"{path.stem}-{line}"), title, text, language, day, str(record.get("source") or "")
    )


def _read_squad(path: Path, data: Any) -> QuestionSet:
    questions, articles, subjects = [], {}, {}
    try:
        for entry in data:
            subject = str(entry.get("title") or path.stem)
            for paragraph in entry["paragraphs"]:
                article = _paragraph(subject, paragraph["context"])
                articles[article.id] = article
                subjects[article.id] = subject
                questions += [_squad_question(asked, article.id) for asked in paragraph["qas"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{path}: not in SQuAD's format: {error} is missing") from error
    return QuestionSet(tuple(_merge(questions)), tuple(articles.values()), subjects)


def _paragraph(subject: str, text: str) -> Article:
    """Return a paragraph as an article, without a title: the files name subjects in English whatever their language."""
    language = detect_language(text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    slug = re.sub(r"\W+", "_", fold(subject)).strip("_") or "subject"
    return Article(f"{slug}-{language}-{digest}", "", text, language)


def _squad_question(asked: Mapping[str, Any], article_id: str) -> Question:
    impossible = bool(asked.get("is_impossible"))
    text = check_question(str(asked["question"]))
    return Question(
        id=str(asked["id"]),
        question=text,
        language=detect_language(text),
        answerable=not impossible,
        answers=tuple(dict.fromkeys(str(a["text"]) for a in asked.get("answers") or ())) if not impossible else (),
        relevant=() if impossible else (article_id,),
    )


def _merge(questions: Iterable[Question]) -> Iterator[Question]:
    """Yield questions of one id once, with all that is right for them."""
    by_id: dict[str, Question] = {}
    for question in questions:
        known = by_id.get(question.id)
        if known:
            question = replace(
                known,
                answers=tuple(dict.fromkeys((*known.answers, *question.answers))),
                relevant=tuple(dict.fromkeys((*known.relevant, *question.relevant))),
            )
        by_id[question.id] = question
    return iter(by_id.values())


def _check_ids(path: Path, questions: Sequence[Question]) -> None:
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise SourceError(f"{path}: two questions have the id {question.id!r}; give each its own")
        seen.add(question.id)
