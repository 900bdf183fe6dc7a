"""A chat model's draft → the answer's text, in which every claim cites the passage that supports it or is marked.

A claim is a sentence of the draft. The passages that it cites are asked first whether they support it, then the others:
a model that has the fact right and the number wrong is put right. What none supports stays, marked, for the reader to
see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rag.check import ClaimChecker, Verdict
from rag.cite import ONE_MARK
from rag.hostile import speaks_to_machine
from rag.language import split_sentences
from rag.phrases import UNSUPPORTED
from rag.types import Citation, Claim, Language, Passage
from rag.words import content_words

_MARKS = re.compile(rf"\s*(?:{ONE_MARK}|[\[(](?:passage|المقطع|مقطع) *(?:number|رقم)? *\d+[\])])", re.IGNORECASE)
_AFTER_THE_STOP = re.compile(rf"([.!?؟…]+)((?:\s*{ONE_MARK})+)")
_HALF_A_MARK = re.compile(r"\s*[\[【][\s\d,،;؛]*$")
_LOOSE_STOP = re.compile(r"\s+([.!?؟،,])")
_SAID_CLEARLY = 0.9  # closeness from which the passage that a claim cites is surely the right one
_MORE = 0.15
_HEADING: Final = (":", "：")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")


class Verifier:
    """Checks the claims of one answer, as it grows; what was checked once is remembered.

    Args:
        checker: compares claims with passages.
        passages: what the numbers of the draft's marks stand for, the best first.
        language: the answer's.
    """

    def __init__(self, checker: ClaimChecker, passages: Mapping[int, Passage], language: Language) -> None:
        self._checker = checker
        self._passages = passages
        self._language = language
        self._known: dict[tuple[str, str], Verdict] = {}

    def verify(self, draft: str, *, whole: bool) -> tuple[str, list[Citation], list[Claim]]:
        """Return the text with its marks numbered from 1 by appearance, the citations, and each claim.

        Args:
            draft: text with marks `[n]`, `[1][2]`, `[1، 2]`, `【1】`, in any digits; what they mark stands before them.
            whole: whether its last sentence is finished; else that one is given as it stands, unchecked.
        """
        # A mark after the stop, perhaps on a line of its own, belongs to the sentence before it.
        draft = _AFTER_THE_STOP.sub(lambda m: f" {' '.join(m[2].split())}{m[1]}", draft)
        spans = split_sentences(draft)
        citations: dict[tuple[str, int, int], Citation] = {}
        claims: list[Claim] = []
        text, at = "", 0
        for place, (start, end) in enumerate(spans):
            text += draft[at:start]
            at = end
            sentence = draft[start:end]
            if not whole and place == len(spans) - 1:
                return text + _without_marks(_HALF_A_MARK.sub("", sentence)), list(citations.values()), claims
            said = _without_marks(sentence)
            if not said or speaks_to_machine(said):  # an article's orders, carried on
                text = text.rstrip(" ")
            elif _is_heading(said):
                text += said
            else:
                claim = self._check(said, self._cited(sentence), citations)
                marks = "".join(f"[{number}]" for number in claim.citations)
                text += f"{said} {marks or UNSUPPORTED[self._language]}"
                claims.append(claim)
        return text.strip(), list(citations.values()), claims

    def _cited(self, sentence: str) -> list[int]:
        numbers = [int(n) for mark in _MARKS.findall(sentence) for n in re.findall(r"\d+", mark)]
        return [n for n in dict.fromkeys(numbers) if n in self._passages]

    def _check(self, said: str, cited: list[int], citations: dict[tuple[str, int, int], Citation]) -> Claim:
        """Return a claim with the passages that support it: those it cites, else the one that says it best.

        A passage that it cites gives way to another that says clearly more of it.
        """
        bare = _BULLET.sub("", said)
        verdicts = {number: self._verdict(bare, self._passages[number]) for number in cited}
        supporting = [number for number, verdict in verdicts.items() if verdict.supported]
        if max((verdicts[number].closeness for number in supporting), default=0.0) < _SAID_CLEARLY:
            verdicts |= {n: self._verdict(bare, self._passages[n]) for n in self._passages if n not in verdicts}
            best = max(
                (n for n, v in verdicts.items() if v.supported), key=lambda n: verdicts[n].closeness, default=None
            )
            held = max((verdicts[number].closeness for number in supporting), default=0.0)
            if best is not None and verdicts[best].closeness > held + _MORE:
                supporting = [best]
        if not supporting:
            first = next(iter(verdicts.values()), None)
            return Claim(said, False, (), (first and first.flaw) or "", first.words if first else "")
        return Claim(said, True, tuple(self._cite(number, verdicts[number], citations) for number in supporting))

    def _cite(self, number: int, verdict: Verdict, citations: dict[tuple[str, int, int], Citation]) -> int:
        passage = self._passages[number]
        start, end = passage.start + verdict.start, passage.start + verdict.end
        quote = passage.text[verdict.start : verdict.end]
        key = (passage.id, start, end)
        return citations.setdefault(key, Citation(len(citations) + 1, quote, passage, start, end)).number

    def _verdict(self, claim: str, passage: Passage) -> Verdict:
        key = (claim, passage.id)
        if key not in self._known:
            self._known[key] = _word_for_word(claim, passage) or self._checker.check(
                claim, _evidence(passage), title=passage.title, published=passage.said_day
            )
        return self._known[key]


@lru_cache(maxsize=256)
def _evidence(passage: Passage) -> str:
    """Return a passage's text with blanks for all but its sentences: some may have been withheld as hostile."""
    kept = bytearray(len(passage.text))
    for sentence in passage.sentences:
        kept[sentence.start - passage.start : sentence.end - passage.start] = b"\1" * (sentence.end - sentence.start)
    return "".join(c if keep or c.isspace() else " " for c, keep in zip(passage.text, kept, strict=True))


def _word_for_word(claim: str, passage: Passage) -> Verdict | None:
    """Return a verdict where a claim is a whole sentence of a passage."""
    plain = claim.strip(' «»“”"')
    for sentence in passage.sentences:
        if sentence.text.strip(' «»“”"') == plain:
            return Verdict(True, sentence.start - passage.start, sentence.end - passage.start, closeness=1.0)
    return None


def _without_marks(sentence: str) -> str:
    return _LOOSE_STOP.sub(r"\1", _MARKS.sub("", sentence)).strip()


def _is_heading(sentence: str) -> bool:
    """Whether a sentence claims nothing by itself: it leads to what follows, or has no words that say something."""
    return sentence.endswith(_HEADING) or not content_words(sentence)
