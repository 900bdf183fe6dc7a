"""A draft with marks, and the hits they mean → the answer's text and its citations.

>>> from rag.types import Passage, Sentence
>>> p = Passage("a:0", "a", "T", "", None, "en", "One. Two.", 0, 9, (Sentence(0, 4, "One."), Sentence(5, 9, "Two.")))
>>> text, citations = resolve_marks("Two. [4] Three. [9]", {4: p})
>>> text, citations[0].number, citations[0].quote
('Two. [1] Three.', 1, 'Two.')
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.language import split_sentences
from rag.terms import split_terms
from rag.types import Citation, Passage

ONE_MARK = r"[\[【]\s*\d+(?:\s*[,،;؛]\s*\d+)*\s*[\]】]"
_MARKS = re.compile(rf"{ONE_MARK}(?: *{ONE_MARK})*")  # marks side by side stand for one claim


def resolve_marks(draft: str, passages: Mapping[int, Passage]) -> tuple[str, list[Citation]]:
    """Return the text with its marks numbered from 1 by appearance, and the citation each mark stands for.

    A mark of a number that `passages` does not hold is removed. The claim of a mark is the text since the last mark
    that was kept; the quote is the sentences of the passage that the claim repeats, else the one that shares most
    terms with it. Applied to its own output, with the passages of its citations, it changes nothing.

    Args:
        draft: text with marks `[n]`, `[1][2]`, `[1، 2]`, `【1】`, in any digits.
        passages: what each number stands for.
    """
    citations: dict[tuple[str, int, int], Citation] = {}
    text, at, claimed = "", 0, 0
    for marks in _MARKS.finditer(draft):
        text += draft[at : marks.start()]
        at = marks.end()
        numbers = []
        for number in map(int, re.findall(r"\d+", marks.group())):
            if passage := passages.get(number):
                start, end = _find_quote(text[claimed:], passage)
                quote = passage.text[start - passage.start : end - passage.start]
                citation = Citation(len(citations) + 1, quote, passage, start, end)
                numbers.append(citations.setdefault((passage.id, start, end), citation).number)
        if numbers:
            text += "".join(f"[{number}]" for number in dict.fromkeys(numbers))
            claimed = len(text)
        else:
            text = text.rstrip(" ")
    return text + draft[at:], list(citations.values())


def _find_quote(claim: str, passage: Passage) -> tuple[int, int]:
    """Return the span of the article that carries a claim: neighbouring sentences of the passage."""
    repeated = [i for i, sentence in enumerate(passage.sentences) if sentence.text in claim]
    if not repeated:
        repeated = [_most_shared(claim, passage)]
    last = repeated[0]
    for place in repeated[1:]:
        if place == last + 1:
            last = place
    return passage.sentences[repeated[0]].start, passage.sentences[last].end


def _most_shared(claim: str, passage: Passage) -> int:
    sentences = split_sentences(claim)
    last = claim[slice(*sentences[-1])] if sentences else claim
    wanted = {term.text for term in split_terms(last)}
    shared = [len(wanted & {term.text for term in split_terms(s.text)}) for s in passage.sentences]
    return shared.index(max(shared))
