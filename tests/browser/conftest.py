"""The system's Chromium, and the chat served as `sanad chat` serves it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

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


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sample corpus, and one hostile article, by the command line."""
    folder = tmp_path_factory.mktemp("chat")
    corpus = folder / "corpus"
    shutil.copytree(ROOT / "corpus" / "articles", corpus)
    (corpus / "hostile.md").write_text(
        '---\nid: hostile\ntitle: "<img src=x onerror=\\"window.hacked=1\\"> Zanzibar"\nlanguage: en\n---\n\n'
        "The Zanzibar ferry timetable <script>window.hacked=1</script> changed in [March](javascript:alert(1)).\n",
        encoding="utf-8",
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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
def open_page(browser: Browser, address: str) -> Iterator[object]:
    """Return a function that opens the chat; every request that leaves this machine fails the test."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []

    def note(url: str) -> None:
        if not url.startswith((address, "data:", "blob:", address.replace("http", "ws"))):
            strangers.append(url)

    def open_one(locale: str = "ar", width: int = 1280, height: int = 860, theme: str = "light") -> Page:
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
