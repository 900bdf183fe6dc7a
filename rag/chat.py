"""Question and hits → a draft by a chat model, watched while it is written.

A draft is shown as it grows. It is stopped where it begins to repeat itself or to run on, asked for once more where it
is in the wrong language, and given up, with the reason, where nothing can be shown: the caller then quotes instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from rag.clean import fold
from rag.errors import ReaderError
from rag.language import detect_language, split_sentences
from rag.prompts import NO_ANSWER, Message, ask_again, ask_of, ask_to_rewrite, fence
from rag.rewrite import stands_alone
from rag.terms import split_terms
from rag.tokens import ChatTokens
from rag.types import Hit, Language, Turn

_ANSWER_TOKENS = 400  # chat tokens that are left for an answer
_MOST_SENTENCES = 8
_LONGEST_SENTENCE = 900  # characters
_LONGEST_QUESTION = 300  # characters of a rewritten one
_WORDS_TELL = 5  # from which the language of a draft can be told
_LETTERS = 0.4  # share of letters in what is no garbage
_END = re.compile(r"[.!?؟…:\]】\n]\s*$")
_THOUGHT = re.compile(r"<think>.*?(?:</think>\s*|$)", re.DOTALL)  # of models that think aloud before they answer
_MARKDOWN = re.compile(r"\*\*|__|^#+ +|`+", re.MULTILINE)
# The words for no answer where they stand alone: "No answer was given by the ministry" is an answer.
_DECLINED: Final = re.compile(rf"(?:^|\s+)(?:{'|'.join(NO_ANSWER.values())})(?:[.!:]|(?=\s*(?:\n|$)))", re.IGNORECASE)
_LABEL: Final = re.compile(r"^\s*(?:answer|الجواب|الإجابة|جواب)\s*:\s*", re.IGNORECASE)
_QUOTED: Final = re.compile(r"[«“\"][^»”\"]*[»”\"]|\([^)]*\)|\[[^\]]*\]")


class ChatModel(Protocol):
    """What writes text when it is sent messages."""

    name: str

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield an answer in pieces; closing the iterator stops the model.

        Raises:
            ReaderError: the model cannot be reached, refuses, or breaks off.
        """
        ...


class ChatReader:
    """Answers in a chat model's words.

    Args:
        model: writes the drafts.
        tokens: counts what it is sent.
        context: chat tokens that it takes in at once, with its answer.
    """

    quotes = False

    def __init__(self, model: ChatModel, tokens: ChatTokens, context: int) -> None:
        self._model = model
        self._tokens = tokens
        self._context = context

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def read(self, question: str, hits: Sequence[Hit], language: Language) -> Iterator[str]:
        """See `rag.read.Reader.read`.

        Raises:
            ReaderError: there is no draft that can be shown, perhaps after a part of one was; says why.
        """
        messages = ask_of(question, self._fit(question, hits, language), language)
        draft = ""
        for draft in self._listen(messages, language):
            if is_written_in(draft, language):
                yield draft
        if draft and not is_written_in(draft, language):
            wrong, draft = draft, ""
            for draft in self._listen(ask_again(messages, wrong, language), language):
                if is_written_in(draft, language):
                    yield draft
            if not is_written_in(draft, language):
                raise ReaderError("language", f"{self.name} answered twice in another language")

    def rewrite(self, question: str, history: Sequence[Turn], language: Language) -> str:
        """Return a follow-up as a question that stands alone; "" where the model gives none that can be used.

        A rewritten question has to be one line in the same language, of words that were said before, and has to ask
        what was asked: a model that answers, adds what nobody asked, or repeats an earlier question is not followed.
        """
        text = ""
        try:
            for piece in self._model.stream(ask_to_rewrite(question, history, language)):
                text += piece
                if len(text) > 2 * _LONGEST_QUESTION:
                    break
        except ReaderError:
            return ""
        text = _plain(text).strip().strip('"«»“”').strip()
        usable = "\n" not in text and len(text) <= _LONGEST_QUESTION and is_written_in(text, language)
        if not usable or not stands_alone(text):
            return ""
        terms, asked = _terms(text), _terms(question)
        said = asked.union(*(_terms(turn.text) for turn in history))
        before = {fold(turn.text).strip(" ?؟.") for turn in history}
        repeats = fold(text).strip(" ?؟.") in before
        return (
            text if 4 * len(terms - said) <= len(terms) and 2 * len(asked & terms) >= len(asked) and not repeats else ""
        )

    def _fit(self, question: str, hits: Sequence[Hit], language: Language) -> list[str]:
        """Return the hits as passages for a prompt: as many as the model takes in, the best first.

        Of the first hit at least the best sentence is sent, whatever its length.
        """
        free = self._context - _ANSWER_TOKENS
        free -= sum(self._tokens.count(message.text) for message in ask_of(question, [], language))
        passages: list[str] = []
        for hit in hits:
            sentences = [sentence.text for sentence in hit.passage.sentences]
            passage = fence(hit, sentences)
            if passages and self._tokens.count(passage) > free:
                break
            places = sorted(range(len(sentences)), key=lambda i: -hit.sentence_scores[i]) if hit.sentence_scores else []
            while self._tokens.count(passage) > free and len(places) > 1:
                places.pop()
                passage = fence(hit, [sentences[i] for i in sorted(places)])
            free -= self._tokens.count(passage)
            passages.append(passage)
        return passages

    def _listen(self, messages: Sequence[Message], language: Language) -> Iterator[str]:
        """Yield what a model writes as it grows, until it ends or has to be stopped; nothing where it has no answer.

        Raises:
            ReaderError: what it writes is no text, or no sentence of it ever ends; or the model failed.
        """
        written, shown = "", ""
        stream = self._model.stream(messages)
        for piece in stream:
            written += piece
            draft = _plain(written)
            if _may_decline(draft) or _DECLINED.match(draft):
                continue
            draft, over = _until_it_runs_on(_DECLINED.sub("", draft))
            if draft and draft != shown:
                shown = draft
                yield draft
            if over or (_can_tell(draft) and not is_written_in(draft, language)):
                if close := getattr(stream, "close", None):
                    close()
                break
        if _DECLINED.match(_plain(written)):
            return
        if not _is_text(shown):
            raise ReaderError("garbage", f"{self.name} wrote nothing that can be read")


def is_written_in(draft: str, language: Language) -> bool:
    """Whether a draft is in a language; names and what is quoted may be in the other."""
    own = _QUOTED.sub(" ", draft)
    letters = [c for c in own if c.isalpha()]
    strange = sum(not ("\u0600" <= c <= "\u06ff" or c < "\u0250" or "\ufb50" <= c <= "\ufeff") for c in letters)
    return strange * 5 <= len(letters) and detect_language(own, default=language) == language


def _plain(text: str) -> str:
    """Return what a model wrote without its thoughts, its Markdown and a label before it."""
    return _LABEL.sub("", _MARKDOWN.sub("", _THOUGHT.sub("", text))).lstrip()


def _may_decline(draft: str) -> bool:
    """Whether a draft may still grow into the words for no answer."""
    said = draft.casefold().strip(" .!«»\"'")
    return any(word.casefold().startswith(said) for word in NO_ANSWER.values())


def _until_it_runs_on(draft: str) -> tuple[str, bool]:
    """Return a draft up to where it says the same again or more than an answer has, and whether it got there.

    Raises:
        ReaderError: a sentence has no end.
    """
    seen: set[str] = set()
    spans = split_sentences(draft)
    for place, (start, end) in enumerate(spans):
        said = " ".join(_words(_QUOTED.sub(" ", draft[start:end])))
        if place == _MOST_SENTENCES or (said in seen and _END.search(draft[start:end])):
            return draft[:start].rstrip(), True
        if end - start > _LONGEST_SENTENCE:
            if place == 0:
                raise ReaderError("endless", "the model wrote a sentence without an end")
            return draft[:start].rstrip(), True
        if said:
            seen.add(said)
    return draft, False


def _is_text(draft: str) -> bool:
    shown = [c for c in draft if not c.isspace()]
    return bool(shown) and sum(c.isalnum() for c in shown) >= _LETTERS * len(shown) and "\ufffd" not in draft


def _can_tell(draft: str) -> bool:
    return len(_words(_QUOTED.sub(" ", draft))) >= _WORDS_TELL


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


def _terms(text: str) -> set[str]:
    return {term.text for term in split_terms(text)}
