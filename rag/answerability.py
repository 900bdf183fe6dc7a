"""A question and its hits → how probable it is that they hold an answer, and what speaks against it.

`rag.confidence` tells from the signals of a search whether a passage bears on a question; here the words of the two are
held beside each other. Two logistic regressions, one for passages in the question's language and one for the other,
are set by `tests/benchmarks/answerability.py` on one half of XQuAD's subjects, each question asked three times: as it
is, with its paragraph taken out, and with its subject taken out. Five things weigh by judgement, since hardly a
question of XQuAD lacks them: a passage without the kind of thing that is asked for, without a name that the question
names, or without the office it asks the holder of; and passages none of which is of the year that is asked about, or
tells of the founding, opening, birth or death that is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rag.align import WordAligner
from rag.answer_type import carries, expected_type
from rag.clean import fold
from rag.confidence import logit
from rag.dates import find_years
from rag.encode import Matrix
from rag.milestones import Milestone, asked_milestone, tells_milestone
from rag.period import resolve_days
from rag.terms import split_terms
from rag.types import Hit, Lack, Language
from rag.words import Word, content_words, sentence_words

_READ = 3  # hits that are looked at
_NEAR_THE_BEST = 1.0  # of sentence score: in news the lead has the subject's words, and a later sentence the figure
_UNSAID = 0.4  # cosine under which no word of a passage means what one of the question does
_NAMELIKE: Final[Mapping[Language, float]] = {"en": 0.5, "ar": 0.7}  # Arabic has no capitals to tell by besides
_A_NAME = 2  # words
_OF_THE_SAME = 0.75  # mean cosine of the question's other words to those around a milestone, from which it is theirs
_BY_THE_TITLE = 0.7  # what a word of the title counts for: an article on one company tells when another was founded
_LACKING: Final = -7.0
_MISSING_NUMBER: Final = -1.5  # a year or number that stands nowhere in the passage; `rag.confidence` weighs it too
SAME_LANGUAGE: Final = {"bias": -3.51, "confidence": 0.38, "said": 4.36, "unsaid": -2.04, "in_sentence": 1.71}
# The bias is .17 above what the fit gives: nearly one in five that Arabic asks of English articles was refused.
OTHER_LANGUAGE: Final = {"bias": 0.25, "confidence": 0.5, "said": -0.99, "unsaid": -2.07, "in_sentence": 3.11}


@dataclass(frozen=True, slots=True)
class Answerability:
    """How probable an answer is.

    Attributes:
        probability: 0 to 1; below `rag.confidence.ENOUGH`, Sanad abstains.
        lack: what the passages do not have: the kind of thing asked for, a name, a year, or the office whose holder is
            asked.
        words: the question's, where a name, a year or an office is not there.
    """

    probability: float
    lack: Lack = ""
    words: str = ""


class AnswerabilityModel:
    """Judges whether hits hold an answer.

    Args:
        aligner: compares words.
    """

    def __init__(self, aligner: WordAligner) -> None:
        self._aligner = aligner

    def judge(self, question: str, hits: Sequence[Hit], language: Language) -> Answerability:
        """Return how probable it is that the surest of the first hits answers a question.

        Args:
            question: as it is searched.
            hits: best first.
            language: the question's.
        """
        if not hits:
            return Answerability(0.0)
        hit = surest(hits)
        asked = _asked(question)
        # All at once is quicker than hit by hit; the aligner remembers.
        self._aligner.compare(
            asked, [w for h in hits for text in (h.passage.title, h.passage.text) for w in content_words(text)]
        )
        said = self._said(asked, hit, hits)
        if not said.size:
            return Answerability(hit.confidence)
        weights = OTHER_LANGUAGE if hit.passage.language != language else SAME_LANGUAGE
        odds = weights["bias"] + _MISSING_NUMBER * hit.signals.get("missing_number", 0.0)
        odds += sum(weights[name] * value for name, value in self._signals(asked, said, hit).items())
        lack, missing = self._lack(question, asked, said, hit, hits)
        return Answerability(1 / (1 + math.exp(-odds - (_LACKING if lack else 0.0))), lack, missing)

    def naming(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits whose passages do not lack a name of the question: what is said of another is no answer."""
        asked = _asked(question)
        nameness = self._aligner.nameness(asked)
        if not any(map(_is_name, asked, nameness)):
            return list(hits)
        kept = []
        for hit in hits:
            said = self._said(asked, hit, hits)
            if not said.size or not _missing_name(asked, said, nameness):
                kept.append(hit)
        return kept

    def signals(self, question: str, hits: Sequence[Hit]) -> dict[str, float]:
        """Return what the regressions weigh, by the names of their weights; none for a question without words.

        Args:
            question: as it is searched.
            hits: best first; at least one.
        """
        hit = surest(hits)
        asked = _asked(question)
        said = self._said(asked, hit, hits)
        return self._signals(asked, said, hit) if said.size else {}

    def _signals(self, asked: Sequence[Word], said: Matrix, hit: Hit) -> dict[str, float]:
        best = int(np.argmax(hit.sentence_scores)) if hit.sentence_scores else 0
        sentence = sentence_words(hit.passage)[best]
        in_sentence = self._aligner.compare(asked, sentence).max(axis=1, initial=0.0)
        return {
            "confidence": logit(hit.confidence),
            "said": float(said.mean()),
            "unsaid": float((said < _UNSAID).mean()),
            "in_sentence": float(in_sentence.mean()),
        }

    def _said(self, asked: Sequence[Word], hit: Hit, hits: Sequence[Hit]) -> Matrix:
        """Return how well each word of the question is said by what is there of the hit's article; none without any."""
        around = [h.passage.text for h in hits if h.passage.article_id == hit.passage.article_id]
        words = [word for text in (hit.passage.title, *around) for word in content_words(text)]
        if not asked or not words or not hit.passage.sentences:
            return np.zeros(0, dtype=np.float32)
        said: Matrix = self._aligner.compare(asked, words).max(axis=1)
        return said

    def _lack(
        self, question: str, asked: Sequence[Word], said: Matrix, hit: Hit, hits: Sequence[Hit]
    ) -> tuple[Lack, str]:
        if not _has_kind(question, hit):
            return "kind", ""
        if name := _missing_name(asked, said, self._aligner.nameness(asked)):
            return "name", name
        if year := _missing_year(question, hits):
            return "year", year
        if office := _OFFICE.search(fold(question)):
            held = [found for word, found in zip(asked, said, strict=True) if fold(word.written) in office[0].split()]
            if held and max(held) < _UNSAID - 0.1:
                return "office", office[0]
        if (milestone := asked_milestone(question)) and not self._tells(milestone, asked, hits):
            return "kind", ""
        return "", ""

    def _tells(self, milestone: Milestone, asked: Sequence[Word], hits: Sequence[Hit]) -> bool:
        """Whether a sentence tells of a milestone, and it or the one before it of what the question is about.

        A question of more words than a name and its milestone is weighed by all of them, and not here.
        """
        about = [w for w in asked if w.term not in _NO_NAMES and not tells_milestone(w.written, milestone)]
        if not 0 < len(about) <= _A_NAME:
            return True
        for passage in (hit.passage for hit in hits):
            above = _BY_THE_TITLE * self._aligner.compare(about, content_words(passage.title)).max(axis=1, initial=0.0)
            sentences = sentence_words(passage)
            for place, sentence in enumerate(passage.sentences):
                if tells_milestone(sentence.text, milestone):
                    near = [word for words in sentences[max(place - 1, 0) : place + 1] for word in words]
                    here = self._aligner.compare(about, near).max(axis=1, initial=0.0)
                    if np.maximum(here, above).mean() >= _OF_THE_SAME:
                        return True
        return False


def surest(hits: Sequence[Hit]) -> Hit:
    """Return the hit of the first few that most probably bears on its question."""
    return max(hits[:_READ], key=lambda hit: hit.confidence)


def _asked(question: str) -> list[Word]:
    return [word for word in content_words(question) if not word.term[0].isdigit()]


def _missing_name(asked: Sequence[Word], said: Matrix, nameness: Matrix) -> str:
    """Return a name of the question that no word of a passage comes near; "" where there is none."""
    for word, found, like in zip(asked, said, nameness, strict=True):
        if found < _UNSAID and _is_name(word, like):
            return word.written
    return ""


def _is_name(word: Word, nameness: float) -> bool:
    capital = word.language == "ar" or (word.written[0].isupper() and not word.written.isupper())
    named = nameness >= _NAMELIKE[word.language] and capital and len(word.written) > 1
    return bool(named) and word.term not in _NO_NAMES


def _missing_year(question: str, hits: Sequence[Hit]) -> str:
    """Return the year of a question where none of the hits is of any of its years; "" for any other."""
    years = find_years(question)
    for hit in hits if years else ():
        passage = hit.passage
        told = [passage.said_day, *(meant for _, meant in resolve_days(passage.text, passage.said_day))]
        named = find_years(f"{passage.title}\n{passage.text}") | {
            d if isinstance(d, int) else d.year for d in told if d
        }
        if years & named:
            return ""
    return str(min(years, default=""))


def _has_kind(question: str, hit: Hit) -> bool:
    """Whether one of the sentences that come near the best has the kind of thing that is asked for."""
    kind = expected_type(question)
    if kind not in ("number", "percent", "money", "date") or not hit.sentence_scores:
        return True
    least = max(hit.sentence_scores) - _NEAR_THE_BEST
    near = [
        sentence.text
        for sentence, score in zip(hit.passage.sentences, hit.sentence_scores, strict=True)
        if score >= least
    ]
    return any(carries(text, kind, question) for text in near)


# Words that lie near names in vector space and are none, nor tell one from another.
_NO_NAMES: Final = frozenset(
    term.text
    for term in split_terms(
        "أخبار أنباء خبر نبأ شركة شركات دولة الدول بلد مدينة العالم العالمي مجلس الرئيس الحكومة الجامعة الوزارة "
        "الشهر السنة news world company country city government championship"
    )
)
_OFFICE: Final = re.compile(
    r"\b(?:chief executive|ceo|president|prime minister|minister|director|head|chair(?:man|woman)?|coach|"
    r"captain|author|"
    r"top scorer|scorer|founder|owner|spokes(?:man|woman|person)|governor|mayor|king|ambassador)\b"
    r"|\b(?:ال)?(?:مدير|رييس|وزير|هداف|مدرب|موسس|مولف|مخرج|مالك|محافظ|عمده|سفير|امير|ملك|قايد|متحدث|مديره|"
    r"رييسه|وزيره)\b"
)
