"""Guards: whatever moment a run is killed at, whatever the disk does, the index is the old one or the new one.

Takes minutes: `pytest -m slow tests/test_durability.py`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rag.errors import IndexBusyError, IndexStateError
from rag.home import Home
from rag.index import Index
from rag.retrieve import HybridRetriever
from rag.snapshot import Reading
from tests.fakes import HashEncoder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
ARTICLES = 200
SEED = 20261126


def write_table(path: Path, version: int) -> None:
    """Write the articles; every third differs by its version."""
    rows = [
        {
            "id": f"n{n}",
            "title": f"Story {n}",
            "text": f"Story {n} is about subject{n}. Its edition is {version * (n % 3 == 0)}.",
        }
        for n in range(ARTICLES)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def start(folder: Path, call: str) -> subprocess.Popen[bytes]:
    program = (
        "from pathlib import Path; from rag.home import Home; from rag.index import Index; "
        "from tests.fakes import HashEncoder; "
        f"print(flush=True); Index(Home(Path({str(folder)!r})), HashEncoder(), 64).{call}"
    )
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)


def duration(folder: Path, call: str) -> float:
    with start(folder, call) as process:
        process.stdout.readline()  # type: ignore[union-attr]
        begun = time.monotonic()
        assert process.wait() == 0
        return time.monotonic() - begun


def kill_after(folder: Path, call: str, seconds: float) -> None:
    with start(folder, call) as process:
        process.stdout.readline()  # type: ignore[union-attr]
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)


def test_killed_at_any_moment_of_indexing(tmp_path: Path) -> None:
    """Fifty moments, spread over runs that replace a third of the articles."""
    folder, table, rng = tmp_path / "index", tmp_path / "news.jsonl", random.Random(SEED)
    index = Index(Home(folder), HashEncoder(), 64)
    write_table(table, 1)
    length = duration(folder, f"add({str(table)!r})")
    for version in range(2, 52):
        before = index.digest
        write_table(table, version)
        kill_after(folder, f"add({str(table)!r})", rng.uniform(0.0, length))
        assert index.check() == [], f"version {version}"
        fresh = index.digest
        report = index.add(table)
        assert not report.failed
        after = index.digest
        assert fresh in (before, after)
        assert index.check() == []
        assert {a.id for a in index.articles()} == {f"n{n}" for n in range(ARTICLES)}
        assert f"edition is {version}." in index.article("n0").text


def test_killed_at_any_moment_of_deleting(tmp_path: Path) -> None:
    folder, table, rng = tmp_path / "index", tmp_path / "news.jsonl", random.Random(SEED)
    index = Index(Home(folder), HashEncoder(), 64)
    write_table(table, 1)
    index.add(table)
    gone: set[str] = set()
    length = duration(folder, "remove('n199')")
    gone.add("n199")
    for number in range(10):
        name = f"n{number}"
        kill_after(folder, f"remove({name!r})", rng.uniform(0.0, length))
        assert index.check() == []
        held = {a.id for a in index.articles()}
        assert held in ({f"n{n}" for n in range(ARTICLES)} - gone, {f"n{n}" for n in range(ARTICLES)} - gone - {name})
        if name in held:
            index.remove(name)
        gone.add(name)
        assert index.check() == []
    assert {a.id for a in index.articles()} == {f"n{n}" for n in range(ARTICLES)} - gone


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="mounts a small disk")
def test_a_full_disk_leaves_the_old_index(tmp_path: Path) -> None:
    disk, table = tmp_path / "disk", tmp_path / "news.jsonl"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk], check=True)
    try:
        index = Index(Home(disk / "index"), HashEncoder(), 64)
        write_table(table, 1)
        index.add(table)
        before = index.digest
        free = os.statvfs(disk)
        (disk / "filler").write_bytes(b"x" * (free.f_bavail * free.f_frsize - 200_000))
        write_table(table, 2)
        with pytest.raises(IndexStateError, match="the disk is full; free some space and run: sanad index"):
            index.add(table)
        assert index.digest == before
        (disk / "filler").unlink()
        assert index.check() == []
        index.add(table)
        assert index.check() == []
        assert "edition is 2." in index.article("n0").text
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_two_writers_and_ten_readers_for_two_minutes(tmp_path: Path) -> None:  # noqa: C901
    """No error, and no answer that mixes two editions or misses the story in both."""
    folder = tmp_path / "index"
    tables = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    index = Index(Home(folder), HashEncoder(), 64)
    for number, table in enumerate(tables):
        rows = [
            {"id": f"{number}-{n}", "title": "t", "text": f"Harbour{number} story {n} edition1."} for n in range(20)
        ]
        table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        index.add(table)
    wrong: list[str] = []
    stop = threading.Event()

    def write(number: int) -> None:
        edition = 2
        while not stop.is_set():
            rows = [
                {"id": f"{number}-{n}", "title": "t", "text": f"Harbour{number} story {n} edition{edition}."}
                for n in range(20)
            ]
            tables[number].write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
            try:
                Index(Home(folder), HashEncoder(), 64).add(tables[number])
                edition += 1
            except IndexBusyError:
                time.sleep(0.05)
            except Exception as error:
                wrong.append(f"writer {number}: {error!r}")
                return

    def read(number: int) -> None:
        retriever = HybridRetriever(Reading(Home(folder), HashEncoder()), HashEncoder())
        while not stop.is_set():
            try:
                hits = retriever.retrieve(f"Harbour{number % 2} story 7", 30)
                texts = [hit.passage.text for hit in hits] + [copy.text for hit in hits for copy in hit.copies]
                editions = {text.split()[-1] for text in texts if f"Harbour{number % 2} " in text}
                if len(editions) != 1:
                    wrong.append(f"reader {number}: {sorted(editions)}")
            except Exception as error:
                wrong.append(f"reader {number}: {error!r}")
                return

    threads = [threading.Thread(target=write, args=(n,)) for n in range(2)]
    threads += [threading.Thread(target=read, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    stop.wait(float(os.environ.get("SANAD_TEST_SECONDS", "120")))
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong, "\n".join(wrong[:5])
    assert index.check() == []
