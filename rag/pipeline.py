"""A question → an answer: rewrite, retrieve, read, cite; wires the online flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Unpack

from rag.align import WordAligner
from rag.answerability import AnswerabilityModel
from rag.cite import resolve_marks
from rag.clean import strip_tashkeel
from rag.confidence import ENOUGH
from rag.hostile import withhold_instructions
from rag.index import Index
from rag.intent import read_intent
from rag.language import detect_language
from rag.phrases import ABSTENTION, REPLIES, say_missing
from rag.read import Reader
from rag.retrieve import Retriever
from rag.rewrite import prefer_unsaid, rewrite_question
from rag.types import Answer, Filter, Hit, Language, Only, Turn

LONGEST_QUESTION = 4000
"""Characters, vowel marks not counted; a paragraph to be found again may be asked, not a book."""

_READ = 5  # hits given to the reader
_NEAREST = 3  # hits shown beside an answer


class Rag:
    """Answers questions about the articles of one index.

    Args:
        index: for what is in it, and to change it.
        retriever: finds the passages.
        reader: makes an answer of them.
        aligner: compares the words of question and passages; one is made where None is given.
    """

    def __init__(self, index: Index, retriever: Retriever, reader: Reader, aligner: WordAligner | None = None) -> None:
        self.index = index
        self._retriever = retriever
        self._reader = reader
        self._aligner = aligner or WordAligner()
        self._answerability = AnswerabilityModel(self._aligner)

    def warm_up(self) -> None:
        """Load the encoder and open the index now, so that the first question need not wait for them."""
        self._retriever.retrieve("سند", 1)

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        explain: bool = False,
        **only: Unpack[Only],
    ) -> list[Hit]:
        """Return up to k passages that bear on the query: best first, or newest where it asks for the latest.

        Args:
            query: what is searched; 1 to `LONGEST_QUESTION` characters.
            k: above 0.
            explain: say for each hit which words it was found by.
            only: which articles are searched, as the fields of `Filter`: `language`, `since`, `until`, `source`,
                `without`.

        Raises:
            ValueError: the query is empty or too long, or k is not above 0.
            IndexStateError: there is no index that can be read.
        """
        if k < 1:
            raise ValueError(f"k must be above 0, not {k}")
        return self._retriever.retrieve(check_question(query), k, _filter(only), explain=explain)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        **only: Unpack[Only],
    ) -> Answer:
        """Answer a question; see `search` for what is raised.

        Args:
            question: in Arabic or English; the answer is in its language.
            history: earlier turns, oldest first, for a follow-up.
            only: which articles are searched, as for `search`.
        """
        *_, answer = self.stream(question, history, **only)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        **only: Unpack[Only],
    ) -> Iterator[Answer]:
        """Yield the answer as it grows, each time whole; the last is what `ask` returns."""
        check_question(question)
        asked_in = detect_language(question, default=_language_of(history))
        if (intent := read_intent(question)) != "question":
            yield Answer(question, REPLIES[intent][asked_in], asked_in, searched=question.strip())
            return
        searched = rewrite_question(question.strip(), history)
        hits = self._retriever.retrieve(searched, _READ, _filter(only))
        readable = withhold_instructions(hits)
        if searched != question.strip():
            readable = prefer_unsaid(readable, history, self._aligner)
        judged = self._answerability.judge(searched, readable, asked_in)
        answer = Answer(
            question,
            ABSTENTION[asked_in],
            asked_in,
            abstained=True,
            nearest=tuple(hits[:_NEAREST]),
            searched=searched,
            confidence=judged.probability,
            lack=judged.lack,
            missing=judged.words,
        )
        told = False
        if judged.probability >= ENOUGH:
            # A follow-up is searched with the question before it, whose names its answer need not have.
            named = readable if searched != question.strip() else self._answerability.naming(searched, readable)
            for draft in self._reader.read(searched, named, asked_in):
                text, citations = resolve_marks(draft, {hit.rank: hit.passage for hit in hits})
                told = True
                yield replace(answer, text=text, abstained=False, citations=tuple(citations))
        if not told:
            if judged.lack == "name":
                answer = replace(answer, text=f"{answer.text} {say_missing(judged.words, asked_in)}")
            yield answer


def check_question(question: str) -> str:
    """Return the question without white space around it; raises ValueError where it is empty or too long."""
    if not question.strip():
        raise ValueError("the question is empty: ask something about the articles")
    if is_too_long(question):
        raise ValueError(f"the question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are read")
    return question.strip()


def is_too_long(question: str) -> bool:
    """Whether a question is longer than `LONGEST_QUESTION`."""
    return len(strip_tashkeel(question)) > LONGEST_QUESTION


def _filter(only: Only) -> Filter | None:
    fields = {name: value for name, value in only.items() if value}
    if "without" in fields:
        fields["without"] = frozenset(only["without"])
    return Filter(**fields) if fields else None  # type: ignore[arg-type]


def _language_of(history: Sequence[Turn]) -> Language:
    return detect_language(history[-1].text) if history else "en"
