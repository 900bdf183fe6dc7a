"""Guards: a dropped file is kept whole or not at all, and indexed at the next start where the process ended before."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.home import Home
from rag.index import Index
from tests.fakes import HashEncoder
from ui.uploads import UPLOADS, index_files, index_left, keep_file


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(Home(tmp_path / "index"), HashEncoder(), 64)


def send(tmp_path: Path, name: str, text: str) -> Path:
    """Keep a file as the page does, whose article has the file's name as its id."""
    sent = tmp_path / "sent"
    sent.write_text(f"---\nid: {Path(name).stem}\n---\n{text}" if text else "", encoding="utf-8")
    return keep_file(sent, name, tmp_path / "index")


def kept(index: Index) -> list[str]:
    return sorted(place.name for place in (index.home.folder / UPLOADS).iterdir())


def test_what_a_killed_process_left_is_indexed_at_the_next_start(tmp_path: Path, index: Index) -> None:
    folder = index.home.folder
    first = send(tmp_path, "canal.md", "Ships left the canal.")
    assert index_files(index, [first]).added == ("canal",)
    send(tmp_path, "chips.md", "Beijing told firms to prepare.")  # and here it is killed
    report = index_left(index, folder)
    assert report.added == ("chips",)
    assert index_left(index, folder).added == (), "once"
    assert {article.id for article in index.articles()} == {"canal", "chips"}
    index.remove("chips")
    assert index_left(index, folder).added == (), "what was taken out stays out"


def test_there_may_be_no_index_yet(tmp_path: Path, index: Index) -> None:
    assert index_left(index, index.home.folder).added == ()
    assert not index.exists
    send(tmp_path, "canal.md", "Ships left the canal.")
    assert index_left(index, index.home.folder).added == ("canal",)


def test_half_a_file_is_not_indexed(tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_: Path, part: Path) -> None:
        part.write_text("Ships le", encoding="utf-8")
        raise KeyboardInterrupt

    send(tmp_path, "canal.md", "Ships left the canal.")
    monkeypatch.setattr("ui.uploads.shutil.copyfile", killed)
    with pytest.raises(KeyboardInterrupt):
        send(tmp_path, "canal.md", "Ships left the canal on Friday.")
    assert kept(index) == [".canal.md.part", "canal.md"]
    index_left(index, index.home.folder)
    assert kept(index) == ["canal.md"]
    assert index.article("canal").text == "Ships left the canal."


def test_what_gives_no_article_is_not_kept(tmp_path: Path, index: Index) -> None:
    place = send(tmp_path, "empty.md", "")
    assert index_files(index, [place]).failed
    with pytest.raises(SourceError, match=r"cannot read .png files"):
        send(tmp_path, "photo.png", "x")
    assert kept(index) == []


def test_a_folder_may_be_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    index = Index(Home(Path("index")), HashEncoder(), 64)
    sent = tmp_path / "sent.md"
    sent.write_text("Ships left the canal.", encoding="utf-8")
    report = index_files(index, [keep_file(sent, "canal.md", Path("index"))])
    assert len(report.added) == 1
    assert kept(index) == ["canal.md"], "it is still known as one that gave an article"
