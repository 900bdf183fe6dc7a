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

_LEANING = re.compile(
    r"^(?:و|ف)?(?:متى|اين|كم|كيف|لماذا|من|ما|ماذا|هل|مين|شو|ليش|ايش|اي)\b.{0,12}$"
    r"|^و(?:متى|اين|كم|كيف|لماذا|من|ما|ماذا|هل|مين|ليش|اي|بكم|لمن|عن)\b"
    r"|\b(?:ذلك|هذا|هذه|تلك|هو|هي|هم|هناك|فيها|فيه|منها|منه|عنها|عنه|عليها|عليه|لها|له|بها|به|عددها|عدده|عددهم)\b"
    r"|^(?:and|but|so|then|or|what about|how about)\b"
    r"|\b(?:it|its|they|them|their|that|this|these|those|he|she|him|her|his|there|then)\b",
)


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
    return len(split_terms(question)) < 2 or _LEANING.search(words) is not None
