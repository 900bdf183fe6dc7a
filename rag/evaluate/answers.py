"""Quoted answers against right ones: exact match and token F1 as SQuAD and MLQA compute them, and plain containment."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable

from rag.clean import fold
from rag.types import Language

_DIGIT_SEPARATORS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def normalize_answer(text: str, language: Language) -> str:
    """Return a text as answers are compared: lower case, no punctuation, no articles, one space between words.

    English as SQuAD 1.1 does it (Rajpurkar et al. 2016), Arabic as MLQA does it (Lewis et al. 2020): there the article
    is cut from the beginning of each word.
    """
    text = text.lower()
    if language == "en":
        text = "".join(c for c in text if c not in string.punctuation)
        return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())
    text = "".join(c for c in text if c not in string.punctuation and not unicodedata.category(c).startswith("P"))
    return " ".join(re.sub(r"(^|\s)ال", " ", text).split())


def exact_match(prediction: str, answers: Iterable[str], language: Language) -> float:
    """Return 1.0 where the prediction is one of the answers, normalised; else 0.0."""
    found = normalize_answer(prediction, language)
    return float(any(found == normalize_answer(answer, language) for answer in answers))


def token_f1(prediction: str, answers: Iterable[str], language: Language) -> float:
    """Return the best F1, over the answers, of the words that the prediction and the answer share; 0 to 1."""
    return max((_f1(prediction, answer, language) for answer in answers), default=0.0)


def holds_answer(text: str, answers: Iterable[str]) -> bool:
    """Whether a text holds one of the answers, however both are spelt; a number only as a whole."""
    held = _folded(text)
    return any(_holds(held, _folded(answer)) for answer in answers)


def _f1(prediction: str, answer: str, language: Language) -> float:
    found, right = (normalize_answer(text, language).split() for text in (prediction, answer))
    if not found or not right:
        return float(found == right)
    shared = sum((Counter(found) & Counter(right)).values())
    return 2 * shared / (len(found) + len(right))


def _folded(text: str) -> str:
    return " ".join(_DIGIT_SEPARATORS.sub("", fold(text)).strip(" .,;:!?\"'«»“”").split())


def _holds(text: str, answer: str) -> bool:
    if not answer:
        return False
    before = r"(?<![\d.])" if answer[0].isdigit() else ""
    after = r"(?!\.?\d)" if answer[-1].isdigit() else ""
    return re.search(f"{before}{re.escape(answer)}{after}", text) is not None
