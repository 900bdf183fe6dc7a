"""Stand-ins for what a page is given: a Rag, a request, an event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rag.errors import SourceError
from rag.index_report import Failure, IndexReport
from rag.progress import Progress, Step
from rag.settings import Settings
from rag.stages import Listeners
from rag.summary import ArticleSummary
from rag.types import Answer, Article, Turn
from tests.fakes import an_article
from ui.people import Person
from ui.preferences import COOKIE
from ui.site import Site


class ToldIndex:
    """An index in memory; a file is an article of its name, one named `bad` cannot be read."""

    def __init__(self, *ids: str) -> None:
        self.generation = 1
        self.held = {name: an_article(f"Text of {name}.", name, title=f"Title {name}") for name in ids}
        self.error: Exception | None = None
        self.added: list[str] = []

    def places(self) -> list[str]:
        return self.added

    def articles(self) -> list[ArticleSummary]:
        return [ArticleSummary(a.id, a.title, a.language, a.published, a.source, 1) for a in self.held.values()]

    def article(self, name: str) -> Article:
        if name not in self.held:
            raise ValueError(f"no article has the id {name!r}")
        return self.held[name]

    def add(self, *places: str | Path, progress: Progress) -> IndexReport:
        if self.error:
            raise self.error
        added, failed = [], []
        for done, place in enumerate(map(Path, places), start=1):
            if not place.is_file() and "//" not in str(places[0]):
                raise SourceError(f"{place}: there is no such file")
            if "//" in str(places[0]):
                self.held[place.name] = an_article("Text of a page.", place.name)
                added.append(place.name)
                self.added.append(str(places[0]))
            elif place.stem == "bad":
                failed.append(Failure(str(place), f"{place}: holds no text"))
            else:
                self.held[place.stem] = an_article(place.read_text(encoding="utf-8"), place.stem)
                added.append(place.stem)
                self.added.append(str(place))
            progress(Step(done, len(places), place.name))
        self.generation += 1
        return IndexReport(tuple(added), failed=tuple(failed))

    def refresh(self, progress: Progress) -> IndexReport:
        if self.error:
            raise self.error
        progress(Step(1, 1, "one"))
        return IndexReport(unchanged=tuple(self.held))

    def remove(self, name: str) -> IndexReport:
        if self.error:
            raise self.error
        del self.held[name]
        self.generation += 1
        return IndexReport(removed=(name,))


class ToldRag:
    """A Rag that says what it was asked, in two steps, and then fails where it is told to."""

    def __init__(self, error: Exception | None = None, *ids: str) -> None:
        self.error = error
        self.index = ToldIndex(*ids)
        self.listeners = Listeners()
        self.asked: list[tuple[str, Sequence[Turn], dict[str, Any]]] = []

    def stream(self, question: str, history: Sequence[Turn] = (), **only: Any) -> Iterator[Answer]:
        self.asked.append((question, history, only))
        yield Answer(question, "first", "en")
        if self.error:
            raise self.error
        yield Answer(question, "first second", "en")


def a_site(folder: Path, rag: ToldRag | None = None) -> Site:
    return Site(rag or ToldRag(), Settings(index=folder))  # type: ignore[arg-type]


def a_request(visitor: str = "me", cookie: str = "language=en", person: Person | None = None, **query: str) -> Any:
    state = SimpleNamespace(person=person or Person(visitor))
    asked = SimpleNamespace(scope={"client": ("127.0.0.1", 5000)})
    return SimpleNamespace(state=state, cookies={COOKIE: cookie}, headers={}, query_params=query, request=asked)


def an_event(**data: object) -> Any:
    return SimpleNamespace(_data=data)


def unreadable() -> SourceError:
    return SourceError("/secret/a.md: not a text file")
