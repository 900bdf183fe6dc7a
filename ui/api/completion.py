"""Answers → OpenAI's messages: text that is never taken back, citations, footnotes.

An answer may be taken back while it grows: a chat model that breaks off is replaced by quotes. A stream of OpenAI's
protocol can only add. So a statement is sent once it has been checked, the first once one of them is supported; where
what was sent is not how the answer goes on, that is said, and the answer follows with marks that go on counting.

>>> from rag.types import Claim
>>> settled(Answer("q", "Ships wait. [1] And the sai", "en", claims=(Claim("Ships wait.", True, (1,)),)))
'Ships wait. [1]'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rag.phrases import UNSUPPORTED, say_failed
from rag.types import Answer, Citation

_UNSUPPORTED = "|".join(map(re.escape, UNSUPPORTED.values()))
_MARKS: Final = re.compile(rf"[”»\"']?\s*(?:\[\d+\]|{_UNSUPPORTED})+")
_MARK: Final = re.compile(r"\[(\d+)\]")
_FOOTNOTES: Final = re.compile(r"(?:\n+\[\d+\] [^\n]*)+\s*\Z")


@dataclass
class Sent:
    """What of an answer was sent so far.

    Attributes:
        text: as it stands at the client.
        answer: the last that the text was of.
    """

    text: str = ""
    answer: Answer | None = None

    def grow(self, answer: Answer) -> str:
        """Return what is to be added while an answer grows; "" where nothing is settled, or it took a turn."""
        return self._add(answer, settled(answer))

    def finish(self, answer: Answer) -> tuple[str, Answer]:
        """Return what is to be added for the whole answer, and the answer of all that was sent."""
        if answer.text.startswith(self.text):
            return self._add(answer, answer.text), answer
        before = self.answer.citations if self.answer else ()
        answer = _renumber(answer, before)
        notice = say_failed(answer.failed, answer.language)
        added = "".join(f"\n\n{part}" for part in (notice, answer.text) if part)
        return added, replace(answer, text=self.text + added)

    def _add(self, answer: Answer, text: str) -> str:
        if not text.startswith(self.text):
            return ""
        added = text[len(self.text) :]
        self.text = text
        self.answer = answer
        return added


def settled(answer: Answer) -> str:
    """Return the text of a growing answer up to the last statement that was checked; "" while none is supported."""
    if not any(claim.supported for claim in answer.claims):
        return ""
    last = answer.claims[-1].text
    at = answer.text.rfind(last)
    marks = _MARKS.match(answer.text, at + len(last)) if at >= 0 else None
    return answer.text[: marks.end()] if marks else ""


def footnotes(answer: Answer) -> str:
    """Return the citations as lines under the text; "" where there are none."""
    lines = []
    for citation in answer.citations:
        passage = citation.passage
        day = passage.said_day.isoformat() if passage.said_day else ""
        comma, opening, closing = ("، ", "«", "»") if passage.language == "ar" else (", ", "“", "”")
        told = (passage.title, comma.join(filter(None, (passage.source, day))), f"{opening}{citation.quote}{closing}")
        lines.append(" ".join(f"[{citation.number}] {' — '.join(filter(None, told))}".split()))
    return "\n\n" + "\n".join(lines) if lines else ""


def without_footnotes(text: str) -> str:
    """Return an earlier answer without the lines that `footnotes` added."""
    return _FOOTNOTES.sub("", text)


def evidence(answer: Answer, locate: Callable[[Citation], str]) -> dict[str, Any]:
    """Return what a message has beside its text.

    Args:
        answer: whole; its text is that of the message.
        locate: returns the address at which a citation's article can be read.

    Returns:
        `citations`, `abstained` and `confidence` as `Answer.to_dict` has them; `annotations` in OpenAI's own form.
    """
    plain = answer.to_dict()
    notes = [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start(),
                "end_index": mark.end(),
                "title": citation.passage.title,
                "url": locate(citation),
            },
        }
        for mark, citation in _marked(answer)
    ]
    return {name: plain[name] for name in ("citations", "abstained", "confidence")} | {"annotations": notes}


def _marked(answer: Answer) -> list[tuple[re.Match[str], Citation]]:
    by_number = {citation.number: citation for citation in answer.citations}
    marks = _MARK.finditer(answer.text)
    return [(mark, by_number[int(mark[1])]) for mark in marks if int(mark[1]) in by_number]


def _renumber(answer: Answer, before: Sequence[Citation]) -> Answer:
    """Return an answer whose marks go on counting after others', with the citations of both."""
    own = {citation.number for citation in answer.citations}
    more = len(before)

    def count_on(mark: re.Match[str]) -> str:
        return f"[{int(mark[1]) + more}]" if int(mark[1]) in own else mark[0]

    citations = (*before, *(replace(c, number=c.number + more) for c in answer.citations))
    return replace(answer, text=_MARK.sub(count_on, answer.text), citations=citations)
