"""A claim and a passage → whether the passage supports it: numbers, dates, names, negation and meaning.

No chat model takes part, and claim and passage may each be in Arabic or in English. The sentence of the passage that
comes nearest to the claim word by word, with a neighbour where that adds to it, has to say its numbers and dates; its
names have to stand in the passage or its title; and no clause may deny what the claim affirms, or the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np

from rag.align import Word, WordAligner, content_words
from rag.clean import fold
from rag.encode import Matrix
from rag.facts import Said, has_date, has_number, read_facts
from rag.language import split_sentences
from rag.negation import find_contradiction
from rag.skeleton import skeleton

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<![\w.])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w.])")
Flaw = Literal["number", "date", "name", "negation", "meaning"]

_NAMED = 0.58  # from which a name stands in the passage: lower, it is another of its kind (France, Germany: .5)
_LIKE_A_NAME = 0.4
_CLOSE = 0.45  # share of the claim's words that the passage has to say
_FEW = 3  # words, of which one may come near by chance
_CLOSE_OF_FEW = 0.7
_NAMED_ALIKE = 0.7  # in one language names are compared by their letters, and two of a kind are nearer
_UNHEARD = 0.35  # nothing in the passage is near it, so it is no other word for what is there
_UNSAID = 0.36
_SURELY_A_NAME = 0.75
_ALMOST_SURELY = 0.65
_ADDS = 0.08  # of closeness that a second sentence has to add


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a passage supports a claim, and where.

    Attributes:
        supported: whether it does.
        start: of the sentence or two that come nearest to the claim, in characters of the passage's text.
        end: one past their last.
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

    def __init__(self, aligner: WordAligner | None = None) -> None:
        self._aligner = aligner or WordAligner()

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
        scored = [self._closeness(said, one, published) for _, _, one in sentences]
        core = int(np.argmax(scored))
        first, last = self._span(said, [one for _, _, one in sentences], core, published)
        start, end = sentences[first][0], sentences[last][1]
        window = read_facts(passage[start:end])
        closeness = self._closeness(said, window, published)
        flaw, words = self._flaw(said, window, sentences[core][2], whole, content_words(title), published)
        if not flaw and closeness < (_CLOSE if len(said.words) > _FEW else _CLOSE_OF_FEW):
            flaw = "meaning"
        return Verdict(flaw is None, start, end, flaw, words, closeness)

    def _span(self, claim: Said, sentences: Sequence[Said], core: int, published: date | None) -> tuple[int, int]:
        """Return the first and last of the sentences that carry a claim: the nearest, and a neighbour if it adds."""
        best, span = self._closeness(claim, sentences[core], published), (core, core)
        for first, last in ((core - 1, core), (core, core + 1)):
            if first >= 0 and last < len(sentences):
                both = read_facts(f"{sentences[first].text} {sentences[last].text}")
                if (found := self._closeness(claim, both, published)) > best + _ADDS:
                    best, span = found, (first, last)
        return span

    def _flaw(
        self, claim: Said, window: Said, core: Said, whole: Said, title: Sequence[Word], published: date | None
    ) -> tuple[Flaw | None, str]:
        if number := next((n for n in claim.numbers if not has_number(n, window)), None):
            return "number", claim.text[number.start : number.end]
        if day := next((d for d in claim.dates if not has_date(d, window, published)), None):
            return "date", claim.text[day.start : day.end]
        if address := next((a for a in _ADDRESS.findall(claim.text) if a not in whole.text), None):
            return "name", address
        if name := self._missing_name(claim, [*title, *whole.words]):
            return "name", name
        if name := self._taken_from_another(claim, core):
            return "name", name
        alike = self._aligner.compare(claim.words, whole.words)
        if places := find_contradiction(claim.clauses, whole.clauses, alike):
            return "negation", " ".join(claim.words[place].written for place in places)
        return None, ""

    def _closeness(self, claim: Said, window: Said, published: date | None) -> float:
        held = self._aligner.compare(claim.words, window.words).max(axis=1, initial=0.0)
        found = [float(n) for n in np.clip(held, 0, 1)]
        found += [float(has_number(number, window)) for number in claim.numbers]
        found += [float(has_date(day, window, published)) for day in claim.dates]
        return sum(found) / len(found) if found else 0.0

    def _missing_name(self, claim: Said, passage: Sequence[Word]) -> str:
        """Return a name of the claim that stands nowhere in the passage; "" where there is none."""
        alike = self._aligner.compare(claim.words, passage)
        for run in self._names(claim):
            missing = [i for i in run if not self._stands(claim.words[i], alike[i], passage)]
            missing = [i for i in missing if not _stands_joined(claim.words, i, passage)]
            if 2 * len(missing) > len(run) or any(alike[i].max(initial=0.0) < _UNHEARD for i in missing):
                return " ".join(claim.words[i].written for i in run)
        return ""

    def _taken_from_another(self, claim: Said, core: Said) -> str:
        """Return a full name of the claim where the sentence that says the rest has another in its place."""
        full = [run for run in self._names(claim) if len(run) > 1]
        alike = self._aligner.compare(claim.words, core.words)
        rivals = [
            run
            for run in self._names(core)
            if len(run) > 1
            and alike[:, run].max(initial=0.0) < _NAMED
            and core.text[: core.words[run[0]].start].split()[-1:] not in (["the"], ["in"], ["of"], ["at"], ["The"])
        ]
        for run in full if rivals else []:
            if alike[run].max(initial=0.0) < _NAMED:
                return " ".join(claim.words[i].written for i in run)
        return ""

    def _stands(self, word: Word, alike: Matrix, passage: Sequence[Word]) -> bool:
        same = np.array([other.language == word.language for other in passage], dtype=bool)
        least = np.where(same, _NAMED_ALIKE, _NAMED)
        if word.language == "ar" and self._aligner.nameness([word])[0] < _SURELY_A_NAME:
            # Without capitals to tell by, what may be a name has to be far from all that is said.
            least[:] = _UNSAID
        return bool((alike >= least).any()) or _is_abbreviation(word, passage)

    def _names(self, said: Said) -> list[list[int]]:
        """Return the runs of words that are names, as places in the text's words."""
        runs: list[list[int]] = []
        nameness = self._aligner.nameness(said.words)
        for place, word in enumerate(said.words):
            if not _is_name(word, float(nameness[place]), said.text):
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


def _is_name(word: Word, nameness: float, text: str) -> bool:
    if word.language == "en":
        capitals = sum(c.isupper() for c in word.written.removesuffix("s"))
        return capitals > 1 or (capitals == 1 and (word.start > 0 or nameness >= _LIKE_A_NAME))
    if nameness >= _ALMOST_SURELY:
        return True
    # Titles, and nouns that places and companies follow, are as good as a capital.
    heads = fold(text[: word.start]).split()[-1:]
    if heads and re.sub("^[وبفل]", "", heads[0]) in _HEADS and not fold(word.written).startswith("ال"):
        return True
    # "في أبها." but not "في جولة الإعادة": a common noun without the article is followed by what makes it definite.
    before, after = fold(text[: word.start]).split()[-1:], fold(text[word.end :]).split()[:1]
    placed = bool(before) and before[0] in _BEFORE_NAMES and not fold(word.written).startswith("ال")
    return placed and (not after or not after[0][0].isalpha() or after[0] in _AFTER_NAMES or text[word.end] in ".،؛")


def _stands_joined(words: Sequence[Word], place: int, passage: Sequence[Word]) -> bool:
    """Whether a name written in two words in one script is one in the other: يرلي كايا, Yerlikaya."""
    codes = {skeleton(other.written) for other in passage}
    pairs = [words[at : at + 2] for at in (place - 1, place) if at >= 0 and len(words[at : at + 2]) == 2]
    return any(len(code) >= 3 and code in codes for one, two in pairs if (code := skeleton(one.written + two.written)))


def _is_abbreviation(word: Word, passage: Sequence[Word]) -> bool:
    """Whether a word is the initials of words that follow each other: LNG, liquefied natural gas."""
    initials = "".join(w.written[0].lower() for w in passage)
    return word.written.isupper() and len(word.written) >= 2 and word.written.lower() in initials


_HEADS: Final = frozenset(
    map(
        fold,
        (
            "مدينة بلدة جزيرة قرية بحيرة نهر جبل وادي محافظة ولاية مقاطعة شركة نادي مطار ميناء جامعة مستشفى بنك "
            "السيد السيدة "
            "الوزير الوزيرة الرئيس الرئيسة القاضي القاضية الدكتور الدكتورة المهندس المهندسة الأمير الملك الشيخ "
            "اللاعب اللاعبة المدرب"
        ).split(),
    )
)
_BEFORE_NAMES: Final = frozenset(
    map(
        fold,
        "في إلى من على مدينة بلدة محافظة ولاية مقاطعة بلدية شركة نادي مطار ميناء السيد السيدة الوزير الرئيس".split(),
    )
)
_AFTER_NAMES: Final = frozenset(
    map(fold, "في من على إلى عن مع بعد قبل خلال عام يوم بكلفة بقيمة لمدة منذ حتى وفي ومن التي الذي".split())
)
