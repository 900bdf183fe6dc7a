"""Guards: what changes while an index is watched is read, and reported."""

import threading
import time
from pathlib import Path

import pytest

from rag import watch as module
from rag.index import Index
from rag.index_report import IndexReport
from tests.fakes import write_article


def test_a_file_that_is_written_is_indexed(index: Index, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_QUIET", 100)
    index.add(articles)
    reports = module.watch(index)
    found: list[IndexReport] = []
    watching = threading.Thread(target=lambda: found.append(next(reports)), daemon=True)
    watching.start()
    for number in range(40):  # until the watch has begun
        write_article(articles, "new", f"A new story, written {number} times.")
        watching.join(0.25)
        if found:
            break
        time.sleep(0.05)
    assert found[0].added == ("new",)
    assert index.article("new").text.startswith("A new story")
