"""The sentences that answer → the words of the draft: beside each other, attributed, in quotation marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.period import resolve_days
from rag.phrases import say_quote, say_report, say_resolved
from rag.types import Hit, Language, Passage


@dataclass(frozen=True, slots=True)
class Pick:
    """A sentence of a hit: `fits` says whether it has the kind of thing that is asked for."""

    hit: Hit
    place: int  # of the sentence in its passage
    score: float
    fits: bool  # has the kind of thing asked for

    @property
    def text(self) -> str:
        """The sentence."""
        return self.hit.passage.sentences[self.place].text

    @property
    def language(self) -> Language:
        """Its article's."""
        return self.hit.passage.language


def attributed(picks: Sequence[Pick], language: Language, heading: str = "") -> Iterator[str]:
    """Yield a line for each pick with its source and date, the newest first.

    These are told in the language of the quote, so that a line has one direction.
    """
    draft = heading
    ordered = sorted(picks, key=lambda p: p.hit.passage.published.toordinal() if p.hit.passage.published else 0)
    for place, pick in enumerate(reversed(ordered)):
        report = say_report(
            pick.hit.passage.source, pick.hit.passage.said_day, pick.language, newest=bool(heading) and not place
        )
        draft += f"{'' if place == 0 else chr(10)}{report}{quoted([pick], language)} [{pick.hit.rank}]"
        yield draft


def quoted(run: Sequence[Pick], language: Language) -> str:
    """Return the sentences of a run, in the quotation marks of their language where it is not the asker's.

    What they name by its distance from the day of publication ("yesterday", "العام الماضي") is told after them, in
    their language too, so that a line has one direction.
    """
    text = " ".join(pick.text for pick in run)
    days = say_resolved(resolve_days(text, run[0].hit.passage.said_day), run[0].language)
    quote = say_quote(text, run[0].language, language)
    return f"{quote} {days}" if days else quote


def runs(picks: Sequence[Pick]) -> list[list[Pick]]:
    """Return picks, best first, with neighbours in one paragraph together in their order: the answer leads."""
    order = list(dict.fromkeys(pick.hit.rank for pick in picks))
    found: list[list[Pick]] = []
    for pick in sorted(picks, key=lambda p: (order.index(p.hit.rank), p.place)):
        last = found[-1][-1] if found else None
        if last and last.hit.rank == pick.hit.rank and _adjoin(last.hit.passage, last.place, pick.place):
            found[-1].append(pick)
        else:
            found.append([pick])
    return sorted(found, key=lambda run: min(picks.index(pick) for pick in run))


def _adjoin(passage: Passage, first: int, second: int) -> bool:
    """Whether the second sentence follows the first within one paragraph, so that both make one quote."""
    if first + 1 != second:
        return False
    end, start = passage.sentences[first].end, passage.sentences[second].start
    return not passage.text[end - passage.start : start - passage.start].strip(" ")


def with_reason(picks: Sequence[Pick]) -> list[Pick]:
    """Return what an answer to "why" needs: the best sentence, and the one of its passage that names a cause.

    A cause that another passage names may be that of another matter.

    Args:
        picks: best first; those fit that name a cause.
    """
    best = picks[0]
    if best.fits:
        return [best]
    reasons = [pick for pick in picks if pick.hit is best.hit and pick.fits]
    return [best, min(reasons, key=lambda pick: (abs(pick.place - best.place), pick.place))] if reasons else []
