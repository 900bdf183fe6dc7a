"""A claim and a passage → whether the passage supports it: numbers, dates, names, negation and meaning.

No chat model takes part, and claim and passage may each be in Arabic or in English. The sentence of the passage that
comes nearest to the claim word by word, with a neighbour where that adds to it or one further off that has a number or
a date of the claim, has to say its numbers, ordinals, dates and times, and the passage may not say them of something
else; its names have to stand in the passage or its title; and no clause may deny what the claim affirms, turn its verb
round, or the other way about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np

from rag.align import WordAligner
from rag.binding import find_taken
from rag.dates import Date
from rag.encode import Matrix
from rag.facts import Said, has_date, has_number, has_ordinal, has_time, read_facts
from rag.language import split_sentences
from rag.names import NameChecker
from rag.negation import find_contradiction
from rag.numbers import Number
from rag.opposites import find_reversed
from rag.ordinals import Ordinal
from rag.times import Time
from rag.words import Word, content_words

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<![\w.])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w.])")
_DUAL = re.compile("(?:ان|ين|َي)$")
Flaw = Literal["number", "date", "name", "negation", "meaning"]

_CLOSE = 0.45  # share of the claim's words that the passage has to say
_FEW = 3  # words, of which one may come near by chance
_CLOSE_OF_FEW = 0.7
_USED: Final = (0.5, 0.8)  # from where words mean alike as they are used, to where they surely do
_MOST_USED = 0.8
_HEARD = 0.5  # from which a word of the claim is said
_TOLD_OF_IT = 0.2  # share of its words that are no names
_COUNTED = 0.45  # from which a noun in the dual is what is counted
_ADDS = 0.08  # of closeness that a second sentence has to add


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a passage supports a claim, and where.

    Attributes:
        supported: whether it does.
        start: of the first of the sentences that carry the claim, one or two, in characters of the passage's text.
        end: one past the last of them; what lies between two is within.
        flaw: what stands against it.
        words: those of the claim that do.
        closeness: how much of what the claim says they say, 0 to 1.
    """

    supported: bool
    start: int
    end: int
    flaw: Flaw | None = None
    words: str = ""
    closeness: float = 0.0


class ClaimChecker:
    """Compares claims with passages.

    Args:
        aligner: compares words.
    """

    def __init__(self, aligner: WordAligner) -> None:
        self._aligner = aligner
        self._names = NameChecker(aligner)

    def check(self, claim: str, passage: str, *, title: str = "", published: date | None = None) -> Verdict:
        """Return whether a passage supports a claim.

        Args:
            claim: one statement, without marks.
            passage: its text.
            title: of its article; a name may stand there instead.
            published: its article's day; a year that the passage leaves out is that of it.
        """
        said = read_facts(claim)
        sentences = [(start, end, read_facts(passage[start:end])) for start, end in split_sentences(passage)]
        if not sentences:
            return Verdict(False, 0, 0, "meaning", claim)
        whole = read_facts(passage)
        core, other = self._span(said, [one for _, _, one in sentences], published)
        places = sorted({core, other})
        start, end = sentences[places[0]][0], sentences[places[-1]][1]
        window = read_facts(" ".join(sentences[place][2].text for place in places))
        closeness = self._closeness(said, window, published)
        alike = self._as_used(said, whole)
        near = [any(sentences[p][0] <= word.start < sentences[p][1] for p in places) for word in whole.words]
        flaw, words = self._flaw(said, window, sentences[core][2], whole, alike, content_words(title), published)
        if not flaw and (
            closeness < (_CLOSE if len(said.words) > _FEW or said.numbers or said.dates else _CLOSE_OF_FEW)
            or self._said_of_it(said, alike[:, near]) < _TOLD_OF_IT
        ):
            flaw = "meaning"
        return Verdict(flaw is None, start, end, flaw, words, closeness)

    def _span(self, claim: Said, sentences: Sequence[Said], published: date | None) -> tuple[int, int]:
        """Return the sentence that comes nearest to a claim, and the one to be read with it; itself where none adds.

        That may be a neighbour, or one further off that has a number or a date which the nearest lacks.
        """
        scored = [self._closeness(claim, sentence, published) for sentence in sentences]
        core = int(np.argmax(scored))
        best, beside = scored[core] + _ADDS, core
        for place, sentence in enumerate(sentences):
            if place == core or not (
                abs(place - core) == 1 or self._has_missing(claim, sentences[core], sentence, published)
            ):
                continue
            both = read_facts(f"{sentences[min(core, place)].text} {sentences[max(core, place)].text}")
            if (found := self._closeness(claim, both, published)) > best:
                best, beside = found, place
        return core, beside

    def _has_missing(self, claim: Said, nearest: Said, other: Said, published: date | None) -> bool:
        """Whether a sentence has a number, an ordinal or a date of a claim that the nearest has not."""
        return (
            any(has_number(n, other) and not has_number(n, nearest) for n in claim.numbers)
            or any(has_ordinal(o, other) and not has_ordinal(o, nearest) for o in claim.ordinals)
            or any(has_date(d, other, published) and not has_date(d, nearest, published) for d in claim.dates)
        )

    def _flaw(
        self,
        claim: Said,
        window: Said,
        core: Said,
        whole: Said,
        alike: Matrix,
        title: Sequence[Word],
        published: date | None,
    ) -> tuple[Flaw | None, str]:
        """Return what stands against a claim, and its words that do."""
        if figure := self._wrong_figure(claim, window, whole, alike, published):
            return figure
        if address := next((a for a in _ADDRESS.findall(claim.text) if a not in whole.text), None):
            return "name", address
        if name := self._names.missing(claim, whole, title) or self._names.taken_from_another(claim, core):
            return "name", name
        if places := find_contradiction(claim.clauses, whole.clauses, alike):
            return "negation", " ".join(claim.words[place].written for place in places)
        if turn := find_reversed(claim, whole, alike):
            return "negation", claim.text[turn.start : turn.end]
        return None, ""

    def _wrong_figure(
        self, claim: Said, window: Said, whole: Said, alike: Matrix, published: date | None
    ) -> tuple[Flaw, str] | None:
        """Return a number, a date or a time of a claim that the passage does not have, or has of something else."""
        wrong: list[tuple[Flaw, Number | Ordinal | Date | Time]] = []
        wrong += [("number", n) for n in claim.numbers if not self._says_number(claim, n, window)]
        wrong += [("number", o) for o in claim.ordinals if not has_ordinal(o, window)]
        wrong += [("date", d) for d in claim.dates if not has_date(d, window, published)]
        wrong += [("date", t) for t in claim.times if not has_time(t, window)]
        if not wrong and (taken := find_taken(claim, whole, alike)):
            wrong.append(("number" if isinstance(taken, Number) else "date", taken))
        return (wrong[0][0], claim.text[wrong[0][1].start : wrong[0][1].end]) if wrong else None

    def _says_number(self, claim: Said, number: Number, window: Said) -> bool:
        """Whether a window says a number of a claim; a two may be the ending of what is counted: مصرفان, two banks."""
        if has_number(number, window):
            return True
        counted = [word for word in claim.words if word.start >= number.end][:1]
        duals = [word for word in window.words if _DUAL.search(word.written)]
        return (
            number.value == 2
            and bool(counted and duals)
            and float(self._aligner.compare(counted, duals).max()) >= _COUNTED
        )

    def _said_of_it(self, claim: Said, alike: Matrix) -> float:
        """Return the share of a claim's words, other than its names, that a span says; names alone tell nothing.

        Where there is but one other word it is 1.

        Args:
            claim: what is said.
            alike: how alike its words are to those of the span, shape (claim, span).
        """
        names = {place for run in self._names.runs(claim) for place in run}
        rows = [place for place in range(len(claim.words)) if place not in names]
        if len(rows) < 2 or not alike.shape[1]:
            return 1.0
        return float((alike[rows].max(axis=1) >= _HEARD).mean())

    def _as_used(self, claim: Said, passage: Said) -> Matrix:
        """Return how alike words are by themselves or, where that is more, as they are used; shape (claim, passage)."""
        alike = self._aligner.compare(claim.words, passage.words)
        used = self._aligner.compare_in_context(claim.text, passage.text, claim.words, passage.words)
        if used is None or not used.size:
            return alike
        low, high = _USED
        shown: Matrix = np.maximum(alike, _MOST_USED * np.clip((used - low) / (high - low), 0.0, 1.0))
        return shown

    def _closeness(self, claim: Said, window: Said, published: date | None) -> float:
        held = self._aligner.compare(claim.words, window.words).max(axis=1, initial=0.0)
        found = [float(n) for n in np.clip(held, 0, 1)]
        found += [float(has_number(number, window)) for number in claim.numbers]
        found += [float(has_ordinal(ordinal, window)) for ordinal in claim.ordinals]
        found += [float(has_date(day, window, published)) for day in claim.dates]
        return sum(found) / len(found) if found else 0.0
