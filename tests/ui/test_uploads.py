"""Guards: files that are sent (`ui.uploads`) stay within their folder and limits, under names that harm nothing."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rag.errors import SourceError
from ui import uploads as module
from ui.api.problems import Problem
from ui.uploads import Uploads, plain_name


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


async def test_a_file_is_kept_when_it_is_taken(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    token = await uploads.receive(parts(b"one ", b"two"))
    sent = uploads.folder / ".sent"
    assert sent.stat().st_mode & 0o077 == 0, "nobody else looks in"
    uploads.take(token, uploads.folder / "news.md")
    assert (uploads.folder / "news.md").read_bytes() == b"one two"
    assert list(sent.iterdir()) == []
    with pytest.raises(SourceError, match=r"news\.md: was not sent to this page"):
        uploads.take(token, uploads.folder / "news.md")


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
