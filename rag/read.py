"""Question and hits → a draft: text whose marks `[n]` are the ranks of the hits it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.phrases import OTHER_LANGUAGE
from rag.terms import split_terms
from rag.types import Hit, Language

_MOST = 3  # sentences of an answer
_MARGIN = 0.15  # of sentence score below the best: what is further down says something else
_SAME = 0.6  # share of terms in common from which two sentences say the same


class Reader(Protocol):
    """What makes a draft of the hits."""

    def read(self, question: str, hits: Sequence[Hit], language: Language) -> Iterator[str]:
        """Yield the draft as it grows; the last is whole. Nothing is yielded where the hits hold no answer."""
        ...


@dataclass(frozen=True, slots=True)
class _Pick:
    hit: Hit
    place: int  # of the sentence in its passage

    @property
    def score(self) -> float:
        return self.hit.sentence_scores[self.place]

    @property
    def text(self) -> str:
        return self.hit.passage.sentences[self.place].text


class QuoteReader:
    """Answers with one to three sentences of the articles, word for word; needs no language model."""

    def read(self, question: str, hits: Sequence[Hit], language: Language) -> Iterator[str]:
        """See `Reader.read`: the sentences in natural order, those in the asker's language first."""
        draft = ""
        foreign = False
        for run in _runs(_choose(hits), language):
            first = run[0].hit
            text = " ".join(pick.text for pick in run)
            if first.passage.language != language:
                text = f"“{text}”" if first.passage.language == "en" else f"«{text}»"
                if not foreign:
                    text = f"{OTHER_LANGUAGE[language]}\n{text}"
                    foreign = True
            separator = "" if not draft else "\n" if foreign else " "
            draft += f"{separator}{text} [{first.rank}]"
            yield draft


def _choose(hits: Sequence[Hit]) -> list[_Pick]:
    """Return the best sentences, best first: near the best in score, and none that repeats another."""
    picks = [_Pick(hit, place) for hit in hits for place in range(len(hit.sentence_scores))]
    picks.sort(key=lambda pick: -pick.score)
    chosen: list[_Pick] = []
    for pick in picks:
        if chosen and (len(chosen) == _MOST or pick.score < chosen[0].score - _MARGIN):
            break
        if not any(_say_the_same(pick.text, other.text) for other in chosen):
            chosen.append(pick)
    return chosen


def _runs(picks: Sequence[_Pick], language: Language) -> list[list[_Pick]]:
    """Return picks in reading order, neighbours in one paragraph together.

    The passage of the best sentence comes first; passages in the asker's language before the others.
    """
    order = list(dict.fromkeys(pick.hit.rank for pick in picks))
    ordered = sorted(picks, key=lambda p: (p.hit.passage.language != language, order.index(p.hit.rank), p.place))
    runs: list[list[_Pick]] = []
    for pick in ordered:
        last = runs[-1][-1] if runs else None
        if last and _adjoin(last, pick):
            runs[-1].append(pick)
        else:
            runs.append([pick])
    return runs


def _adjoin(first: _Pick, second: _Pick) -> bool:
    """Whether the second sentence follows the first within one paragraph, so that both make one quote."""
    if first.hit.rank != second.hit.rank or first.place + 1 != second.place:
        return False
    passage = first.hit.passage
    end, start = passage.sentences[first.place].end, passage.sentences[second.place].start
    return "\n" not in passage.text[end - passage.start : start - passage.start]


def _say_the_same(first: str, second: str) -> bool:
    one, other = ({term.text for term in split_terms(text)} for text in (first, second))
    return len(one & other) >= _SAME * max(1, min(len(one), len(other)))
