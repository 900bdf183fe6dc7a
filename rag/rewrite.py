"""A follow-up and its history → a question that stands alone, by rule.

A question that leans on what was said before ("ومتى؟", "and how many?", "who runs it?") is searched together with the
last question that stood alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.clean import fold
from rag.terms import split_terms
from rag.types import Turn

_CONTINUES = re.compile(
    r"(?:و|ف)(?:متي|اين|كم|كيف|لماذا|من|ما|ماذا|هل|مين|ليش|اي|بكم|لمن|عن)\b|(?:and|but|so|then|what about|how about)\b"
)
_REFERS = re.compile(
    r"\b(?:ذلك|هذا|هذه|تلك|هو|هي|هم|هناك|فيها|فيه|منها|منه|عنها|عنه|عليها|عليه|لها|له|بها|به|عددها|عدده|عددهم|سببه|سببها)\b"
    r"|\b(?:it|its|they|them|their|that|this|these|those|he|she|him|her|his|there|then)\b"
)
_RELATIVE = re.compile(r"\b(?:الذي|التي|الذين|اللاتي|اللواتي)\b")
_MOST_TERMS = 3  # a question that says more than this is about what it says


def rewrite_question(question: str, history: Sequence[Turn]) -> str:
    """Return the question as it is searched: with the last full question before it where it leans on one.

    Args:
        question: as asked; not empty.
        history: earlier turns, oldest first.
    """
    if not history or not _leans(question):
        return question
    for turn in reversed(history):
        if turn.role == "user" and not _leans(turn.text):
            return f"{turn.text.strip()} {question.strip()}"
    return question


def _leans(question: str) -> bool:
    words = " ".join(re.findall(r"[^\W_]+", fold(question)))
    said = len(split_terms(question))
    if said < 2 or _CONTINUES.match(words):
        return True
    # In "the firms which it told …" the pronoun points back inside the question itself.
    return said <= _MOST_TERMS and _REFERS.search(_RELATIVE.split(words)[0]) is not None
