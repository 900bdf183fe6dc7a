"""Guards: a file that hangs a reader, kills it or fills its memory is one failure, and the next file is read."""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

import pytest

from rag.index_report import Failure
from rag.load import isolated, load_articles, worker
from tests.load.documents import page

TEXT = "The first train left the new station on Monday with 212 passengers, the railways said."


@pytest.fixture(autouse=True)
def _own_readers() -> None:
    """Let no other test meet those that are stopped and killed here."""
    isolated.stop_readers()


@pytest.fixture
def html(tmp_path: Path) -> Path:
    path = tmp_path / "x.html"
    path.write_text(page(f"<p>{TEXT}</p>" * 3, title="Trains"), encoding="utf-8")
    return path


def test_who_takes_too_long_is_given_up(html: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = load_articles(html)
    assert not isinstance(found, Failure)
    worker = isolated._idle[-1]
    os.kill(worker._process.pid, signal.SIGSTOP)
    monkeypatch.setattr(isolated, "PATIENCE", 0.5)
    started = time.monotonic()
    (failure,) = load_articles(html)
    assert time.monotonic() - started < 5
    assert isinstance(failure, Failure)
    assert "was given up after" in failure.reason
    monkeypatch.undo()
    (found,) = load_articles(html)
    assert not isinstance(found, Failure)


def test_who_dies_is_replaced(html: Path) -> None:
    list(load_articles(html))
    os.kill(isolated._idle[-1]._process.pid, signal.SIGKILL)
    time.sleep(0.2)
    (failure,) = load_articles(html)
    assert isinstance(failure, Failure)
    assert "the reader broke down on it" in failure.reason
    (found,) = load_articles(html)
    assert not isinstance(found, Failure)


def test_readers_are_used_again_and_stopped(html: Path) -> None:
    list(load_articles(html))
    first = isolated._idle[-1]
    list(load_articles(html))
    assert isolated._idle[-1] is first
    isolated.stop_readers()
    assert first._process.poll() is not None


def test_the_process_answers_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What runs in the other process, in this one: articles, failures, a line that ends each file."""
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": TEXT}) + "\n{broken", encoding="utf-8")
    request = json.dumps({"path": str(tmp_path / "a.jsonl"), "fields": {}, "name": "https://x/a"})
    monkeypatch.setattr(sys, "stdin", [request + "\n"])
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # which the process gives to the libraries it calls
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    worker.main()
    article, failure, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert article["article"]["text"] == TEXT
    assert "https://x/a, line 2: not JSON" in failure["failure"]["reason"]
    assert end == {}
