"""Question and hits → a draft: text whose marks `[n]` are the ranks of the hits it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

import numpy as np

from rag.align import WordAligner
from rag.answer_type import AnswerType, carries, counted_noun, expected_type, plain_numbers
from rag.arrange import asks_for_latest
from rag.dates import find_dates, find_years
from rag.encode import Matrix
from rag.language import split_sentences
from rag.numbers import find_numbers
from rag.phrases import BESIDES, OTHER_LANGUAGE, REPORTS_DIFFER
from rag.picks import Pick, attributed, quoted, runs, with_reason
from rag.terms import shared_terms, split_terms
from rag.types import Hit, Language, Passage
from rag.words import Word, content_words, sentence_words

_MOST = 3  # sentences of an answer
# What is further below the best sentence's score says something else. Set on every third question of XQuAD, for fewer
# than two sentences an answer: across languages scores lie closer together.
_MARGIN: Final[Mapping[bool, float]] = {True: 0.55, False: 0.25}
_SAID_OTHERWISE = 0.5  # of score: so far below the best, the same in the asker's own language is still looked for
_TOLD = 0.5  # of the margin is left where the best sentence has the number, date or share that is asked for
_FITS = 0.6  # of score, for a sentence that has the kind of thing asked for
_TELLS_APART = 0.3  # of score, for a sentence that has words of the question that others of its passage have not
_FOLLOWS_UP = 0.8  # likewise, where the question goes on from another that is searched with it
_COUNTS = 0.4  # of score, for a sentence whose number counts what is to be counted
# Of score, for the question's own numbers (a year, a round) in the passage, and again in the sentence itself.
_NUMBER_AROUND = 0.3
_NUMBER_SAID = 0.1
_OTHER_YEAR = 0.4  # of score, against a sentence that is of another year than the question
_SAME_NOUN = 0.65  # cosine from which two nouns are the same
_BESIDE = 40  # characters after a number in which its noun stands
SAME = 0.6
"""Share of terms in common from which two sentences say the same."""

_SAME_ACROSS = 0.62  # likewise, by how alike their words are, across languages
_FIGURES = 2  # numbers in common, which hardly two sentences have that say different things
_SAME_BY_FIGURES = 0.4  # likewise, of two that have them
_HEARD = 0.4  # cosine from which a word of the question is in a passage at all
_SAID = 0.5  # cosine from which a sentence says a word of the question
_COVERED = 0.8  # share of the question's words from which a sentence's figure answers it
_TOLD_KINDS: Final = frozenset[AnswerType](("number", "percent", "money", "date"))


class Reader(Protocol):
    """What makes a draft of the hits."""

    @property
    def name(self) -> str:
        """The chat model's; "" where there is none."""
        ...

    @property
    def quotes(self) -> bool:
        """Whether drafts are the articles' own sentences, so that no claim in them needs to be checked."""
        ...

    def read(self, question: str, hits: Sequence[Hit], language: Language) -> Iterator[str]:
        """Yield the draft as it grows; the last is whole. Nothing is yielded where the hits hold no answer.

        Raises:
            ReaderError: no draft can be shown, perhaps after a part of one was; says why.
        """
        ...


class QuoteReader:
    """Answers with one to three sentences of the articles, word for word; needs no language model.

    Args:
        aligner: tells sentences in two languages that say the same.
    """

    name = ""
    quotes = True

    def __init__(self, aligner: WordAligner) -> None:
        self._aligner = aligner

    def read(self, question: str, hits: Sequence[Hit], language: Language) -> Iterator[str]:
        """See `Reader.read`: the fewest sentences that answer, the best passage first.

        Where reports of one matter differ in what is asked for, and where the latest is asked for, each is given with
        its source and date, the newest first.
        """
        kind = expected_type(question)
        picks = self._rank(question, kind, hits)
        differing = self._differing(question, kind, picks)
        if differing:
            yield from attributed(differing, language, heading=f"{REPORTS_DIFFER[language]}\n")
            return
        chosen = (kind == "cause" and picks and with_reason(picks)) or self._choose(picks, kind, language)
        if asks_for_latest(question):
            yield from attributed(chosen, language)
            return
        draft = ""
        foreign = False
        for run in runs(chosen):
            passage = run[0].hit.passage
            text = quoted(run, language)
            if passage.language != language and not foreign:
                text = f"{(BESIDES if draft else OTHER_LANGUAGE)[language]}\n{text}"
                foreign = True
            separator = "" if not draft else "\n" if foreign else " "
            draft += f"{separator}{text} [{run[0].hit.rank}]"
            yield draft

    def _rank(self, question: str, kind: AnswerType, hits: Sequence[Hit]) -> list[Pick]:
        """Return all sentences, the one that most probably answers first."""
        sentences = [question[start:end] for start, end in split_sentences(question)]
        asked = [word for word in content_words(sentences[-1]) if not word.term[0].isdigit()] if sentences else []
        weight = _FOLLOWS_UP if len(sentences) > 1 else _TELLS_APART
        counted = content_words(counted_noun(question)) if kind == "number" else []
        figures = {term.text for term in split_terms(question) if term.text[0].isdigit()}
        years = find_years(question)
        picks = []
        for hit in hits:
            apart = self._tell_apart(asked, hit.passage)
            around = _share(figures, f"{hit.passage.title} {hit.passage.text}")
            for place, score in enumerate(hit.sentence_scores):
                fits = carries(hit.passage.sentences[place].text, kind, question)
                bonus = _FITS if fits and kind in _TOLD_KINDS else 0.0
                if fits and counted and self._counts(hit.passage.sentences[place].text, counted):
                    bonus += _COUNTS
                bonus += _NUMBER_AROUND * around + _NUMBER_SAID * _share(figures, hit.passage.sentences[place].text)
                said = find_years(hit.passage.sentences[place].text) if years else set[int]()
                bonus -= _OTHER_YEAR * bool(said and not said & years)
                picks.append(Pick(hit, place, score + bonus + weight * float(apart[place]), fits))
        return sorted(picks, key=lambda pick: -pick.score)

    def _counts(self, sentence: str, noun: Sequence[Word]) -> bool:
        """Whether a number of a sentence counts what the question wants counted."""
        beside = [
            word
            for number in plain_numbers(sentence)
            for word in content_words(sentence[number.end : number.end + _BESIDE])[:2]
        ]
        return bool(beside) and float(self._aligner.compare(noun, beside).max()) >= _SAME_NOUN

    def _tell_apart(self, asked: Sequence[Word], passage: Passage) -> Matrix:
        """Return how much each sentence says of what is asked that not every sentence of its passage says, 0 to 1."""
        said = np.zeros((len(passage.sentences), len(asked)), dtype=np.float32)
        for place, words in enumerate(sentence_words(passage)):
            if asked and words:
                said[place] = self._aligner.compare(asked, words).max(axis=1).clip(0.0, 1.0)
        apart = (1.0 - said.mean(axis=0)) * (said.max(axis=0, initial=0.0) > _HEARD)
        total = float(apart.sum())
        # No matrix product: OpenBLAS reads beyond rows as short as these, and numpy may warn of what it finds there.
        return (said * apart).sum(axis=1) / total if total > 0.0 else np.zeros(len(passage.sentences), dtype=np.float32)

    def _choose(self, picks: Sequence[Pick], kind: AnswerType, language: Language) -> list[Pick]:
        """Return the best sentences, best first: near the best in score, and none that repeats another."""
        chosen: list[Pick] = []
        for pick in picks:
            near = True
            if chosen:
                best = chosen[0]
                margin = _MARGIN[best.language == language]
                if kind in _TOLD_KINDS and best.fits:
                    margin *= _TOLD
                near = len(chosen) < _MOST and pick.score >= best.score - margin
                if not near and pick.score < best.score - _SAID_OTHERWISE:
                    break
                if kind in _TOLD_KINDS and best.fits and not pick.fits:
                    continue
            if not near and (pick.language != language or chosen[0].language == language):
                continue
            twin = next((i for i, other in enumerate(chosen) if self._say_the_same(pick, other)), None)
            if twin is None and near:
                chosen.append(pick)
            elif twin is not None and pick.language == language != chosen[twin].language:
                chosen[twin] = pick  # the same in the asker's own language
        return chosen

    def _say_the_same(self, first: Pick, second: Pick) -> bool:
        if first.language == second.language:
            return shared_terms(first.text, second.text) >= SAME
        values = [{number.value for number in plain_numbers(pick.text)} for pick in (first, second)]
        least = _SAME_ACROSS if len(values[0] & values[1]) < _FIGURES else _SAME_BY_FIGURES
        return self._agreement(first.text, second.text) >= least

    def _agreement(self, first: str, second: str) -> float:
        """Return how much the shorter of two sentences says of the other, 0 to 1; numbers and dates left out."""
        words = [content_words(text, _figures(text)) for text in (first, second)]
        if not all(words):
            return 0.0
        alike = self._aligner.compare(words[0], words[1]).clip(0.0, 1.0)
        return float(alike.max(axis=int(len(words[0]) <= len(words[1]))).mean())

    def _differing(self, question: str, kind: AnswerType, picks: Sequence[Pick]) -> list[Pick]:
        """Return a sentence of each article that says otherwise than the best one what is asked for, with the best."""
        if kind not in _TOLD_KINDS or not picks or not picks[0].fits:
            return []
        asked = content_words(question)
        differing = [pick for pick in picks[:1] if self._covers(pick.text, asked)]
        for pick in picks[1:] if differing else ():
            if pick.score < picks[0].score - _MARGIN[True] or not pick.fits or not self._covers(pick.text, asked):
                continue
            if any(_same_origin(pick.hit, other.hit) for other in differing):
                continue
            if not _values(picks[0].text, kind, question) & _values(pick.text, kind, question):
                differing.append(pick)
        return differing[:_MOST] if len(differing) > 1 else []

    def _covers(self, sentence: str, asked: Sequence[Word]) -> bool:
        """Whether a sentence says nearly all that a question asks about, so that its figure is an answer to it."""
        words = content_words(sentence)
        if not words or not asked:
            return False
        terms = {word.term for word in words}
        if any(word.term[0].isdigit() and word.term not in terms for word in asked):
            return False  # another year is another figure
        said = self._aligner.compare(asked, words).max(axis=1)
        return float((said >= _SAID).mean()) >= _COVERED


def _share(figures: set[str], text: str) -> float:
    """Return the share of the question's numbers that a text has; 1 for none."""
    return len(figures & {term.text for term in split_terms(text)}) / len(figures) if figures else 1.0


def _values(text: str, kind: AnswerType, question: str) -> set[object]:
    """Return the values of a kind that a text gives and the question does not."""
    if kind == "date":
        asked = {tuple(sorted(date.parts().items())) for date in find_dates(question)}
        return {named for date in find_dates(text) if (named := tuple(sorted(date.parts().items()))) not in asked}
    asked_numbers = {number.value for number in find_numbers(question)}
    return {
        (n.value,)
        for n in plain_numbers(text)
        if n.value not in asked_numbers and carries(text[n.start :], kind, question)
    }


def _figures(text: str) -> list[tuple[int, int]]:
    dates = [(date.start, date.end) for date in find_dates(text)]
    return dates + [(number.start, number.end) for number in plain_numbers(text)]


def _same_origin(first: Hit, second: Hit) -> bool:
    """Whether two hits are of one article, or of copies of one."""
    one, other = ({p.article_id for p in (hit.passage, *hit.copies)} for hit in (first, second))
    return bool(one & other)
