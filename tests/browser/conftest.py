"""The system's Chromium, the chat served as `sanad chat` serves it, and the same page over an engine that is told."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from rag.errors import ReaderError
from rag.types import Answer, Citation, Turn
from tests.fakes import a_passage
from ui.app import build_app, launch_options

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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking", "--disable-sync"]
        )
        yield browser
        browser.close()


class ToldRag:
    """Streams an answer word by word, its citations at the last only; what happens is written in the question."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def stream(self, question: str, history: Sequence[Turn] = (), **_: object) -> Iterator[Answer]:
        if "[hold]" in question:
            yield Answer(question, "Shares rose. [1] And", "en")
            self.go_on.wait(20)
        if "[reader fails]" in question:
            raise ReaderError("the chat model did not answer: start it with ollama serve")
        if "[breaks]" in question:
            yield Answer(question, "Half an", "en")
            raise RuntimeError("/secret/path")
        first, second = (0, 0) if "[twice]" in question else (0, 1)
        passage = a_passage("Shares rose by 3.5%.", "Orders ${window.hacked=1} {{7*7}} doubled.", title="{{title}}")
        citations = tuple(
            Citation(number, s.text, passage, s.start, s.end)
            for number, s in ((1, passage.sentences[first]), (2, passage.sentences[second]))
        )
        text = " ".join(f"{c.quote} [{c.number}]" for c in citations)
        yield Answer(question, f"Item [7]: {text}", "en", False, citations, (), question)


@pytest.fixture(scope="package")
def told_rag() -> ToldRag:
    return ToldRag()


@pytest.fixture(scope="package")
def served_page(told_rag: ToldRag) -> Iterator[str]:
    """Serve the page over `told_rag`, from a thread of this process."""
    port = _free_port()
    with warnings.catch_warnings():  # what Gradio's own imports deprecate is not this project's to mend
        warnings.simplefilter("ignore", DeprecationWarning)
        app = build_app(told_rag)  # type: ignore[arg-type]
        app.launch(**launch_options("127.0.0.1", port))
    yield f"http://127.0.0.1:{port}"
    told_rag.go_on.set()
    app.close()


@pytest.fixture(scope="package")
def real_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sample corpus, and one hostile article, by the command line."""
    folder = tmp_path_factory.mktemp("chat")
    corpus = folder / "corpus"
    shutil.copytree(ROOT / "corpus" / "articles", corpus)
    (corpus / "hostile.md").write_text(
        '---\nid: hostile\ntitle: "<img src=x onerror=\\"window.hacked=1\\"> Zanzibar"\nlanguage: en\n---\n\n'
        "The Zanzibar ferry timetable <script>window.hacked=1</script> changed in [March](javascript:alert(1)).\n",
        encoding="utf-8",
    )
    port = _free_port()
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
        yield url
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[object]:
    """Return a function that opens the chat; every request that leaves this machine fails the test."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []

    def note(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            strangers.append(url)

    def open_one(
        locale: str = "ar", width: int = 1280, height: int = 860, theme: str = "light", of: str = "real_address"
    ) -> Page:
        address = request.getfixturevalue(of)
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("request", lambda request: note(request.url))
        page.goto(f"{address}/?__theme={theme}")
        page.wait_for_selector("#question textarea")
        expected = "اسأل" if locale.startswith("ar") else "Ask"
        page.wait_for_function(f"document.querySelector('#send')?.textContent.trim() === '{expected}'")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert strangers == []


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
