"""The system's Chromium, the chat served as `sanad chat` serves it, and the same page over an engine that is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from rag.errors import ReaderError
from rag.summary import ArticleSummary
from rag.types import Answer, Citation, Turn
from tests.fakes import a_passage
from tests.serving import free_port, serving

Open = Callable[..., Page]

ARABIC = "ما الشركات التي طلبت منها بكين الاستعداد لشراء رقائق H200؟"
ENGLISH = "Which companies did Beijing tell to prepare H200 orders?"
ROOT = Path(__file__).parent.parent.parent
OUTPUT = Path(__file__).parent / "output"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


# By package, not session: while Playwright runs, no other test can have an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found and Path(_MAC).exists():
        found = _MAC
    if not found:
        pytest.fail(
            "no Chromium found; install it: sudo apt-get install chromium (macOS: brew install --cask google-chrome)"
        )
    expect.set_options(timeout=15_000)  # milliseconds: other tests may run beside
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking", "--disable-sync"]
        )
        yield browser
        browser.close()


class ToldIndex:
    """An index whose list of articles is told."""

    def __init__(self, *articles: ArticleSummary) -> None:
        self.generation = 1
        self.listed = list(articles)

    def articles(self) -> list[ArticleSummary]:
        return self.listed


class ToldRag:
    """Streams an answer word by word, its citations at the last only; what happens is written in the question."""

    def __init__(self, *articles: ArticleSummary) -> None:
        self.index = ToldIndex(*articles)
        self.go_on = threading.Event()

    def stream(self, question: str, history: Sequence[Turn] = (), **_: object) -> Iterator[Answer]:
        if "[hold]" in question:
            yield Answer(question, "Shares rose. [1] And", "en")
            self.go_on.wait(20)
        if "[slow]" in question:
            for words in range(1, 100):
                yield Answer(question, "word " * words, "en")
                time.sleep(0.2)
        if "[reader fails]" in question:
            raise ReaderError("unreachable", "the chat model did not answer: start it with ollama serve")
        if "[breaks]" in question:
            yield Answer(question, "Half an", "en")
            raise RuntimeError("/secret/path")
        first, second = (0, 0) if "[twice]" in question else (0, 1)
        passage = a_passage("Shares rose by 3.5%.", "Orders ${window.hacked=1} {{7*7}} doubled.", title="{{title}}")
        citations = tuple(
            Citation(number, s.text, passage, s.start, s.end, ("Wire", "Daily"))
            for number, s in ((1, passage.sentences[first]), (2, passage.sentences[second]))
        )
        text = " ".join(f"{c.quote} [{c.number}]" for c in citations)
        flaw = " [unsupported]" if "[unsupported]" in question else ""
        yield Answer(question, f"Item [7]: {text}{flaw}", "en", False, citations, (), question, confidence=0.9)


LISTED = ArticleSummary("a", "Shares rise", "en", None, "Wire", 1)


@pytest.fixture(scope="package")
def told_rag() -> ToldRag:
    return ToldRag(LISTED)


@pytest.fixture(scope="package")
def served_page(told_rag: ToldRag, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the pages over `told_rag`, from a thread of this process."""
    with _serving(told_rag, tmp_path_factory.mktemp("told")) as address:
        yield address
    told_rag.go_on.set()


@pytest.fixture(scope="package")
def empty_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the pages over an index without articles."""
    with _serving(ToldRag(), tmp_path_factory.mktemp("empty")) as address:
        yield address


@contextmanager
def _serving(rag: ToldRag, folder: Path) -> Iterator[str]:
    with serving(rag, folder) as address:  # type: ignore[arg-type]
        yield address
        rag.go_on.set()


@dataclass(frozen=True)
class Served:
    """Sanad as `sanad chat` serves it; `index` is the folder of its index."""

    address: str
    index: Path


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve the sample corpus, and one hostile article, by the command line."""
    folder = tmp_path_factory.mktemp("chat")
    corpus = folder / "articles"
    shutil.copytree(ROOT / "corpus" / "articles", corpus)
    shutil.copyfile(ROOT / "corpus" / "questions.jsonl", folder / "questions.jsonl")
    (corpus / "hostile.md").write_text(
        '---\nid: hostile\ntitle: "<img src=x onerror=\\"window.hacked=1\\"> Zanzibar"\nlanguage: en\n---\n\n'
        "The Zanzibar ferry timetable <script>window.hacked=1</script> changed in [March](javascript:alert(1)).\n",
        encoding="utf-8",
    )
    port = free_port()
    log = (folder / "log").open("w", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "chat", "--port", str(port), "--index", str(folder / "index")],
        cwd=ROOT,
        env=os.environ | {"RAG_CORPUS": str(corpus)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            if process.poll() is not None:
                break
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail("the chat did not start in two minutes")
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
        yield Served(url, folder / "index")
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@pytest.fixture(scope="package")
def real_address(served: Served) -> str:
    return served.address


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[object]:
    """Return a function that opens a page; what leaves this machine, or a script that breaks, fails the test."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []
    broken: list[str] = []

    def note(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            strangers.append(url)

    def open_one(
        locale: str = "ar",
        path: str = "/",
        width: int = 1280,
        height: int = 860,
        theme: str = "light",
        of: str = "real_address",
        drawn: str = "html[data-ready]",
    ) -> Page:
        address = request.getfixturevalue(of)
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            color_scheme="dark" if theme == "dark" else "light",
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: note(request.url))
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda told: broken.append(told.text) if "Content Security Policy" in told.text else None)
        page.goto(f"{address}{path}")
        page.wait_for_selector(drawn)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert strangers == []
    assert broken == []


def ask(page: Page, question: str) -> None:
    """Ask, and wait until the answer is whole."""
    before = page.locator(".turn.asked").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator(".turn.asked")).to_have_count(before + 1)
    expect(page.locator(".talk[aria-busy=false]")).to_be_visible()


def shoot(page: Page, name: str, *, whole: bool = False) -> Path:
    """Keep a picture of a page."""
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / f"{name}.png"
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)  # colours fade when the pointer leaves
    page.screenshot(path=path, full_page=whole)
    return path
