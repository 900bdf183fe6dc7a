"""One question asked of an index → its record: ranking, best sentences, answer, and what was right of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rag.chat import is_written_in
from rag.evaluate.answers import exact_match, holds_answer, token_f1
from rag.evaluate.questions import Question
from rag.language import split_sentences
from rag.pipeline import Rag
from rag.types import Answer, Hit

DEPTH = 100  # hits of a ranking
_SENTENCES = 3  # kept of each question
_SHOWN = 5  # hits whose texts are kept


def ask_question(
    rag: Rag, question: Question, subjects: Mapping[str, str], languages: Mapping[str, str], *, holdout: bool
) -> dict[str, Any]:
    """Ask one question; return its record, without the measures of its ranking.

    Args:
        rag: what is asked.
        question: the question.
        subjects: article id → subject, of articles that are parts of one.
        languages: article id → language.
        holdout: ask again with the right articles and their subjects taken out.
    """
    start = time.perf_counter()
    growing = rag.stream(question.question, question.history, as_of=question.as_of, interface=question.language)
    answer = next(growing)
    first_words = 1000 * (time.perf_counter() - start)
    answer = [answer, *growing][-1]
    elapsed = 1000 * (time.perf_counter() - start)
    hits = rag.search(answer.searched or question.question, DEPTH)
    relevant = _relevant(question, hits)
    towards = sorted({languages[r] for r in relevant if r in languages})
    record: dict[str, Any] = {
        "id": question.id,
        "question": question.question,
        "searched": answer.searched,
        "language": question.language,
        "pair": f"{question.language}→{'+'.join(towards)}" if towards else "",
        "tags": list(question.tags),
        "answerable": question.answerable,
        "answers": list(question.answers),
        "relevant": sorted(relevant),
        "ranking": [
            {"rank": hit.rank, "article": _counted_as(hit, relevant), "score": round(hit.score, 4)} for hit in hits
        ],
        "shown": [_summary(hit, subjects) for hit in hits[:_SHOWN]],
        "sentences": _best_sentences(hits, relevant, question),
        "answer": answer.text,
        "abstained": answer.abstained,
        "citations": [{"article": c.passage.article_id, "quote": c.quote} for c in answer.citations],
        "claims": [claim.to_dict() for claim in answer.claims],
        "written_by": answer.written_by,
        "failed": answer.failed,
        "confidence": round(answer.confidence, 4),
        "first_words_ms": round(first_words, 2),
        "milliseconds": round(elapsed, 2),
    }
    record["parts"] = _answer_parts(rag, question, answer, relevant, record)
    if holdout and question.answerable and relevant:
        taken = {subjects.get(identifier) for identifier in relevant} - {None}
        without = relevant | {article for article, subject in subjects.items() if subject in taken}
        again = rag.ask(question.question, question.history, as_of=question.as_of, without=without)
        record["holdout"] = {
            "abstained": again.abstained,
            "confidence": round(again.confidence, 4),
            "answer": again.text,
        }
    return record


def _relevant(question: Question, hits: Sequence[Hit]) -> set[str]:
    """Return the ids that are right; where only quotes are known, those of the articles that hold one."""
    relevant = set(question.relevant)
    quotes = [support.quote for support in question.support if not support.article]
    if not relevant and quotes:
        relevant = {hit.passage.article_id for hit in hits if holds_answer(hit.passage.text, quotes)}
    return relevant


def _counted_as(hit: Hit, relevant: set[str]) -> str:
    """Return the article that a hit stands for: a right one where it or one of its copies is right."""
    ids = [passage.article_id for passage in (hit.passage, *hit.copies)]
    return next((identifier for identifier in ids if identifier in relevant), ids[0])


def _summary(hit: Hit, subjects: Mapping[str, str]) -> dict[str, Any]:
    passage = hit.passage
    return {
        "article": passage.article_id,
        "title": passage.title or subjects.get(passage.article_id, ""),
        "language": passage.language,
        "text": passage.text,
        "score": round(hit.score, 4),
    }


def _best_sentences(hits: Sequence[Hit], relevant: set[str], question: Question) -> list[dict[str, Any]]:
    """Return the best sentences of all hits, best first, and whether each is one that answers."""
    scored = [
        (score, sentence.text, _counted_as(hit, relevant))
        for hit in hits
        for score, sentence in zip(hit.sentence_scores, hit.passage.sentences, strict=True)
    ]
    scored.sort(key=lambda entry: -entry[0])
    quotes = [support.quote for support in question.support]
    best = []
    for score, text, article in scored[:_SENTENCES]:
        supports = any(text in quote or quote in text for quote in quotes) or holds_answer(text, question.answers)
        best.append(
            {"text": text, "article": article, "score": round(score, 4), "right": article in relevant and supports}
        )
    return best


def _answer_parts(
    rag: Rag, question: Question, answer: Answer, relevant: set[str], record: Mapping[str, Any]
) -> dict[str, tuple[float, float]]:
    """Return the measures of an answer and of the best sentences; see `measures.Parts`."""
    cited = [citation.passage.article_id for citation in answer.citations]
    quotes = [citation.quote for citation in answer.citations]
    verbatim = sum(rag.index.article(c.passage.article_id).text[c.start : c.end] == c.quote for c in answer.citations)
    parts: dict[str, tuple[float, float]] = {}
    if cited:
        right = {_copy_of(identifier, answer.nearest, relevant) for identifier in cited}
        parts["quotes_verbatim"] = (verbatim, len(quotes))
        parts["citation_precision"] = (
            sum(_copy_of(identifier, answer.nearest, relevant) in relevant for identifier in cited),
            len(cited),
        )
        parts["quoted_sentences"] = (sum(len(split_sentences(quote)) for quote in quotes), 1)
    else:
        right = set()
    if answer.written_by or answer.failed:
        parts["fell_back"] = (bool(answer.failed), 1)
    if answer.written_by:
        parts["claims_supported"] = (sum(claim.supported for claim in answer.claims), len(answer.claims))
        parts["right_language"] = (is_written_in(answer.text, question.language), 1)
    if not question.answerable:
        return parts | {"false_answers": (not answer.abstained, 1)}
    parts["false_refusals"] = (answer.abstained, 1)
    if relevant:
        parts["citation_recall"] = (len(right & relevant), len(relevant))
        parts["right_article_cited"] = (bool(right & relevant), 1)
    if question.answers:
        languages = {citation.passage.language for citation in answer.citations} or {question.language}
        joined = " ".join(quotes)
        parts["answer_in_text"] = (holds_answer(answer.text, question.answers), 1)
        parts["answer_in_quote"] = (any(holds_answer(quote, question.answers) for quote in quotes), 1)
        parts["exact_match"] = (max(exact_match(joined, question.answers, name) for name in languages), 1)
        parts["f1"] = (max(token_f1(joined, question.answers, name) for name in languages), 1)
    if question.answers or question.support:
        for k in (1, _SENTENCES):
            parts[f"sentence_success@{k}"] = (any(s["right"] for s in record["sentences"][:k]), 1)
    return parts


def _copy_of(identifier: str, hits: Sequence[Hit], relevant: set[str]) -> str:
    """Return the right article that the cited one is a copy of, else the cited one."""
    hit = next((hit for hit in hits if hit.passage.article_id == identifier), None)
    return _counted_as(hit, relevant) if hit else identifier
