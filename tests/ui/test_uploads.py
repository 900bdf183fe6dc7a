"""Guards: files that are sent (`ui.uploads`) stay within their folder and limits, under names that harm nothing."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.home import Home
from rag.index import Index
from tests.fakes import HashEncoder
from ui import uploads as module
from ui.problems import Problem
from ui.uploads import UPLOADS, Uploads, index_files, index_left, plain_name


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


async def test_a_file_is_kept_when_it_is_taken(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    token = await uploads.receive(parts(b"one ", b"two"))
    sent = uploads.folder / ".sent"
    assert sent.stat().st_mode & 0o077 == 0, "nobody else looks in"
    place = uploads.take(token, "news.md")
    assert place == uploads.folder / "news.md"
    assert place.read_bytes() == b"one two"
    assert list(sent.iterdir()) == []
    with pytest.raises(SourceError, match=r"news\.md: was not sent to this page"):
        uploads.take(token, "news.md")


async def test_what_is_too_large_or_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 10)
    uploads = Uploads(tmp_path)
    with pytest.raises(Problem) as refused:
        await uploads.receive(parts(b"x" * 6, b"x" * 6))
    assert refused.value.status == 413

    async def cut() -> AsyncIterator[bytes]:
        yield b"x"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await uploads.receive(cut())
    assert list((uploads.folder / ".sent").iterdir()) == []


async def test_what_nobody_takes_is_thrown_away_and_not_too_many_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 2)
    uploads = Uploads(tmp_path)
    tokens = [await uploads.receive(parts(b"x")) for _ in range(2)]
    with pytest.raises(Problem) as refused:
        await uploads.receive(parts(b"x"))
    assert refused.value.status == 429
    assert refused.value.headers == {"Retry-After": "60"}
    long_ago = time.time() - 7200
    for token in tokens:
        os.utime(uploads.folder / ".sent" / token, (long_ago, long_ago))
    with pytest.raises(Problem):
        await uploads.receive(parts(b"x"))
    assert await uploads.receive(parts(b"x")), "the room that was made counts from then on"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/abs/خبر.md", "خبر.md"), ("..", "file"),
        ("", "file"), (".bashrc", "bashrc"), ("a\r\nSet-Cookie: x.md", "aSet-Cookie x.md"), ("a\x00b.md", "ab.md"),
        ("gpj.\u202exe.md", "gpj.xe.md"), ("<img src=x>.md", "img src=x.md"), ("news.md. ", "news.md"),
    ],
)  # fmt: skip
def test_names_are_plain(name: str, kept: str) -> None:
    assert plain_name(name) == kept


@pytest.mark.parametrize("name", ["خ" * 400 + ".md", "x" * 400, "a." + "x" * 400])
def test_long_names_are_cut_to_what_a_file_system_takes(name: str, tmp_path: Path) -> None:
    kept = plain_name(name)
    (tmp_path / kept).touch()
    assert len(kept.encode()) <= 200
    assert kept.endswith(".md") == name.endswith(".md")


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(Home(tmp_path / "index"), HashEncoder(), 64)


async def send(index: Index, name: str, text: str) -> Path:
    """Keep a file as the page does, whose article has the file's name as its id."""
    uploads = Uploads(index.home.folder)
    content = f"---\nid: {Path(name).stem}\n---\n{text}" if text else ""
    return uploads.take(await uploads.receive(parts(content.encode())), name)


def kept(index: Index) -> list[str]:
    return sorted(place.name for place in (index.home.folder / UPLOADS).iterdir() if place.is_file())


async def test_what_a_killed_process_left_is_indexed_at_the_next_start(index: Index) -> None:
    folder = index.home.folder
    first = await send(index, "canal.md", "Ships left the canal.")
    assert index_files(index, [first]).added == ("canal",)
    await send(index, "chips.md", "Beijing told firms to prepare.")  # and here it is killed
    report = index_left(index, folder)
    assert report.added == ("chips",)
    assert index_left(index, folder).added == (), "once"
    assert {article.id for article in index.articles()} == {"canal", "chips"}
    index.remove("chips")
    assert index_left(index, folder).added == (), "what was taken out stays out"


async def test_there_may_be_no_index_yet(index: Index) -> None:
    assert index_left(index, index.home.folder).added == ()
    assert not index.exists
    await send(index, "canal.md", "Ships left the canal.")
    assert index_left(index, index.home.folder).added == ("canal",)


async def test_what_gives_no_article_is_not_kept(index: Index) -> None:
    place = await send(index, "empty.md", "")
    assert index_files(index, [place]).failed
    with pytest.raises(SourceError, match=r"cannot read .png files"):
        await send(index, "photo.png", "x")
    assert kept(index) == []


async def test_a_folder_may_be_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    index = Index(Home(Path("index")), HashEncoder(), 64)
    report = index_files(index, [await send(index, "canal.md", "Ships left the canal.")])
    assert len(report.added) == 1
    assert kept(index) == ["canal.md"], "it is still known as one that gave an article"
