"""A reader's drafts → answers: marks resolved, claims checked, and the articles quoted where a chat model fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.check import ClaimChecker
from rag.cite import resolve_marks
from rag.errors import ReaderError
from rag.read import Reader
from rag.types import Answer, Citation, Claim, Failed, Hit
from rag.verify import Verifier


class AnswerMaker:
    """Makes answers of what readers write.

    Args:
        fallback: quotes where a reader that uses its own words fails.
        checker: compares those words with the passages.
    """

    def __init__(self, fallback: Reader, checker: ClaimChecker) -> None:
        self.fallback = fallback
        self._checker = checker

    def warm_up(self) -> None:
        """Check a claim now, so that the first need not wait until it is learned what names are like."""
        self._checker.check("Cairo is large.", "Cairo is a large city.")

    def make(self, reader: Reader, question: str, hits: Sequence[Hit], unanswered: Answer) -> Iterator[Answer]:
        """Yield the answer as a reader writes it; where it fails, the fallback's, which says why.

        Nothing is yielded where the reader finds no answer.

        Args:
            reader: writes it.
            question: as it is searched.
            hits: the best first, without what speaks to a machine.
            unanswered: what is known besides.
        """
        failed: Failed = ""
        if not reader.quotes:
            answer = None
            try:
                for answer in self._write(reader, question, hits, unanswered):
                    yield answer
                if answer is None or any(claim.supported for claim in answer.claims):
                    return
                failed = "unsupported"
            except ReaderError as error:
                failed = error.reason
            reader = self.fallback
        for draft in reader.read(question, hits, unanswered.language):
            yield quote_draft(replace(unanswered, failed=failed), draft, hits)

    def _write(self, reader: Reader, question: str, hits: Sequence[Hit], unanswered: Answer) -> Iterator[Answer]:
        """Yield the answer of a reader that uses its own words, each finished claim checked."""
        verifier = Verifier(self._checker, {hit.rank: hit.passage for hit in hits}, unanswered.language)
        written = replace(unanswered, abstained=False, written_by=reader.name)
        draft = ""
        for draft in reader.read(question, hits, unanswered.language):
            yield _checked(verifier, draft, written, hits, whole=False)
        if draft:
            yield _checked(verifier, draft, written, hits, whole=True)


def quote_draft(answer: Answer, draft: str, hits: Sequence[Hit]) -> Answer:
    """Return an answer with the text of a draft that quotes; every quote is a claim that supports itself."""
    text, citations = resolve_marks(draft, {hit.rank: hit.passage for hit in hits})
    claims = tuple(Claim(citation.quote, True, (citation.number,)) for citation in citations)
    return replace(answer, text=text, abstained=False, citations=_with_sources(citations, hits), claims=claims)


def _checked(verifier: Verifier, draft: str, written: Answer, hits: Sequence[Hit], *, whole: bool) -> Answer:
    text, citations, claims = verifier.verify(draft, whole=whole)
    return replace(written, text=text, citations=_with_sources(citations, hits), claims=tuple(claims))


def _with_sources(citations: Sequence[Citation], hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Return citations that know who else carried their story."""
    sources = {hit.passage.id: hit.sources for hit in hits if len(hit.sources) > 1}
    return tuple(replace(citation, sources=sources.get(citation.passage.id, ())) for citation in citations)
