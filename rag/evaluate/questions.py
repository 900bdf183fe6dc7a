"""Questions with what is right for each, and how those of several files meet.

The same question id in two files, in whichever languages, is the same question: the articles of both are right for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rag.types import Article, Language, Turn


@dataclass(frozen=True, slots=True)
class Support:
    """Where an answer stands: a quote, and the id of its article; "" where only the quote is known."""

    article: str
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set and what is right for it.

    Attributes:
        id: the same in every language it is asked in.
        question: as a person asks it.
        language: the question's.
        answerable: whether the articles answer it.
        answers: each is right; in any language.
        relevant: ids of the articles that answer it.
        support: where.
        tags: groups it is reported in.
        as_of: the day it is asked on.
        history: earlier turns, for a follow-up.
        standalone: a follow-up as a full question.
    """

    id: str
    question: str
    language: Language
    answerable: bool = True
    answers: tuple[str, ...] = ()
    relevant: tuple[str, ...] = ()
    support: tuple[Support, ...] = ()
    tags: tuple[str, ...] = ()
    as_of: date | None = None
    history: tuple[Turn, ...] = ()
    standalone: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """What a file holds.

    Attributes:
        questions: none in a file of articles.
        articles: none in a file of questions about an index that is there already.
        subjects: of articles that are parts of one: article id → subject.
    """

    questions: tuple[Question, ...] = ()
    articles: tuple[Article, ...] = ()
    subjects: Mapping[str, str] = field(default_factory=dict)


def join_sets(asked: Sequence[QuestionSet], corpora: Sequence[QuestionSet], *, mixed: bool = False) -> QuestionSet:
    """Return the questions with the articles they are asked of, and what is right among these.

    Args:
        asked: whose questions are asked.
        corpora: whose articles are searched; where there are none, those of `asked`.
        mixed: search the articles of both.
    """
    searched = [*asked, *corpora] if mixed or not corpora else list(corpora)
    articles = {article.id: article for found in searched for article in found.articles}
    by_id: dict[str, list[Question]] = {}
    for found in (*asked, *searched):
        for question in found.questions:
            by_id.setdefault(question.id, []).append(question)
    questions = []
    for question in (question for found in asked for question in found.questions):
        same = by_id[question.id]
        relevant = dict.fromkeys(r for q in same for r in q.relevant if not articles or r in articles)
        questions.append(
            replace(
                question,
                answers=tuple(dict.fromkeys(a for q in same for a in q.answers)),
                relevant=tuple(relevant),
                support=tuple(dict.fromkeys(s for q in same for s in q.support)),
            )
        )
    subjects = {article: subject for found in searched for article, subject in found.subjects.items()}
    return QuestionSet(tuple(questions), tuple(articles.values()), subjects)
