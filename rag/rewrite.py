"""A follow-up and its history → a question that stands alone, by rule.

A question that leans on what was said before ("ومتى؟", "and how many?", "who runs it?") is searched together with the
last question that stood alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.align import WordAligner
from rag.clean import fold
from rag.terms import split_terms
from rag.types import Hit, Turn
from rag.words import content_words

_CONTINUES = re.compile(
    r"(?:و|ف)(?:متي|اين|كم|كيف|لماذا|من|ما|ماذا|هل|مين|ليش|اي|بكم|لمن|عن)\b|(?:and|but|so|then|what about|how about)\b"
)
_REFERS = re.compile(
    r"\b(?:ذلك|هذا|هذه|تلك|هو|هي|هم|هناك|فيها|فيه|منها|منه|عنها|عنه|عليها|عليه|لها|له|بها|به|عددها|عدده|عددهم|سببه|سببها)\b"
    r"|\b(?:it|its|they|them|their|that|this|these|those|he|she|him|her|his|there|then)\b"
)
_RELATIVE = re.compile(r"\b(?:الذي|التي|الذين|اللاتي|اللواتي)\b")
_SAID = 0.7  # how alike the words of a sentence and of the last answer are where it tells the same
_TOLD = 0.6  # of score
_MOST_TERMS = 3  # a question that says more than this is about what it says


def rewrite_question(question: str, history: Sequence[Turn]) -> str:
    """Return the question as it is searched: with the last full question before it where it leans on one.

    Args:
        question: as asked; not empty.
        history: earlier turns, oldest first.
    """
    if not history or stands_alone(question):
        return question
    for turn in reversed(history):
        if turn.role == "user" and stands_alone(turn.text):
            return f"{turn.text.strip()} {question.strip()}"
    return question


def stands_alone(question: str) -> bool:
    """Whether a question can be understood without what was said before it."""
    words = " ".join(re.findall(r"[^\W_]+", fold(question)))
    said = len(split_terms(question))
    if said < 2 or _CONTINUES.match(words):
        return False
    # In "the firms which it told …" the pronoun points back inside the question itself.
    return said > _MOST_TERMS or _REFERS.search(_RELATIVE.split(words)[0]) is None


def prefer_unsaid(hits: Sequence[Hit], history: Sequence[Turn], aligner: WordAligner) -> list[Hit]:
    """Return hits whose sentences that tell what the last answer told count for less.

    A follow-up is searched with the question before it, and would be answered with that one's sentence again.
    """
    told = next((turn.text for turn in reversed(history) if turn.role == "assistant"), "")
    words = content_words(re.sub(r"\[\d+\]", " ", told))
    if not words:
        return list(hits)
    fresh = []
    for hit in hits:
        scores = []
        for sentence, score in zip(hit.passage.sentences, hit.sentence_scores, strict=True):
            others = content_words(sentence.text)
            said = float(aligner.compare(words, others).max(axis=1).mean()) if others else 0.0
            scores.append(score - (_TOLD if said >= _SAID else 0.0))
        fresh.append(replace(hit, sentence_scores=tuple(scores)))
    return fresh
