"""A claim's names → those that a passage does not have, or has in another's place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from rag.align import WordAligner
from rag.encode import Matrix
from rag.facts import Said
from rag.skeleton import skeleton
from rag.words import Word, is_capital

# Whether a word is a name that stands nowhere in the passage: weights of a bias, of how much like a name it is in its
# sentence, of a capital, of Arabic, of how alike the passage's nearest word is, and the nearest as it is used.
# `tests.benchmarks.claims` fits them on true claims in which a third of the names were exchanged for others.
# Then the logit from which it is: of 120 words that do stand there, one is taken for missing.
_MISSING: Final = ((3.45, 5.85, 4.04, 2.28, -6.98, -8.64), 1.7)
_MISSING_ALONE: Final = ((-0.59, 3.7, 4.14, 3.43, -9.37, 0.0), 2.7)  # likewise, where words are known one by one only
_OF_NAMES: Final = frozenset("al el bin ibn ben bint abu umm van von der de da di la le st".split())
_LETTERS = 0.9  # from which likeness is of letters
_BY_MEANING = 0.6
_NAMED = 0.58  # from which two words are one name: lower, they are two of a kind (France, Germany: .5)
_LIKE_A_NAME = 0.45
_LIKE_A_NAME_ALONE = 0.65


class NameChecker:
    """Looks for the names of claims in passages.

    Args:
        aligner: compares words.
    """

    def __init__(self, aligner: WordAligner) -> None:
        self._aligner = aligner

    def signs(self, claim: Said, passage: Said, title: Sequence[Word] = ()) -> tuple[Matrix, bool]:
        """Return what tells whether each word of a claim is a name that the passage and the title do not have.

        Returns:
            A row a word, shape (words, 6): 1; how much like a name it is in its sentence; a capital; Arabic; how alike
            the nearest word is, and the nearest as it is used. And whether words are known as they are used; the last
            sign is 0 where not.
        """
        words = [*passage.words, *title]
        alike = self._aligner.compare(claim.words, words)
        for row, word in enumerate(claim.words):  # within a language a name is told by its letters
            same = np.array([other.language == word.language for other in words], dtype=bool)
            alike[row, same & (alike[row] < _LETTERS)] *= _BY_MEANING
        used = self._aligner.compare_in_context(claim.text, passage.text, claim.words, passage.words)
        signs = np.ones((len(claim.words), len(_MISSING[0])), dtype=np.float32)
        signs[:, 1] = self._aligner.nameness_in(claim.text, claim.words)
        signs[:, 2] = [is_capital(word) for word in claim.words]
        signs[:, 3] = [word.language == "ar" for word in claim.words]
        signs[:, 4] = alike.max(axis=1, initial=0.0)
        signs[:, 5] = used.max(axis=1, initial=0.0) if used is not None else 0.0
        return signs, used is not None

    def missing(self, claim: Said, passage: Said, title: Sequence[Word]) -> str:
        """Return a name of the claim that stands neither in the passage nor in the title; "" where there is none."""
        words = [*passage.words, *title]
        signs, as_used = self.signs(claim, passage, title)
        weights, least = _MISSING if as_used else _MISSING_ALONE
        for place in np.flatnonzero((signs * weights).sum(axis=1) >= least):
            word = claim.words[place]
            if word.written.lower() in _OF_NAMES or _is_abbreviation(word, words):
                continue
            if not _stands_joined(claim.words, int(place), words):
                run = next((run for run in self.runs(claim) if place in run), [int(place)])
                return " ".join(claim.words[i].written for i in run)
        return ""

    def taken_from_another(self, claim: Said, core: Said) -> str:
        """Return a full name of the claim where the sentence that says the rest has another in its place."""
        full = [run for run in self.runs(claim) if len(run) > 1]
        alike = self._aligner.compare(claim.words, core.words)
        rivals = [
            run
            for run in self.runs(core)
            if len(run) > 1
            and alike[:, run].max(initial=0.0) < _NAMED
            and core.text[: core.words[run[0]].start].split()[-1:] not in (["the"], ["in"], ["of"], ["at"], ["The"])
        ]
        for run in full if rivals else []:
            if alike[run].max(initial=0.0) < _NAMED:
                return " ".join(claim.words[i].written for i in run)
        return ""

    def runs(self, said: Said) -> list[list[int]]:
        """Return the runs of words that are names, as places in the text's words."""
        runs: list[list[int]] = []
        nameness = self._aligner.nameness_in(said.text, said.words)
        least = _LIKE_A_NAME if self._aligner.reads_context else _LIKE_A_NAME_ALONE
        for place, word in enumerate(said.words):
            if not (is_capital(word) or nameness[place] >= least):
                continue
            if (
                runs
                and runs[-1][-1] == place - 1
                and said.text[said.words[place - 1].end : word.start].strip(" -'") in ("", "al")
            ):
                runs[-1].append(place)
            else:
                runs.append([place])
        return runs


def _stands_joined(words: Sequence[Word], place: int, passage: Sequence[Word]) -> bool:
    """Whether a name written in two words in one script is one in the other: يرلي كايا, Yerlikaya."""
    codes = {skeleton(other.written) for other in passage}
    pairs = [words[at : at + 2] for at in (place - 1, place) if at >= 0 and len(words[at : at + 2]) == 2]
    return any(len(code) >= 3 and code in codes for one, two in pairs if (code := skeleton(one.written + two.written)))


def _is_abbreviation(word: Word, passage: Sequence[Word]) -> bool:
    """Whether a word is the initials of words that follow each other: LNG, liquefied natural gas."""
    initials = "".join(w.written[0].lower() for w in passage)
    return word.written.isupper() and len(word.written) >= 2 and word.written.lower() in initials
