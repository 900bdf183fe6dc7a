"""Guards: a backup is of one moment, whoever writes; a restore brings all of it back, or leaves what was there."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from rag import __main__ as cli
from rag.align import WordAligner
from rag.backup import MANIFEST, write_backup
from rag.errors import IndexStateError, SettingsError, SourceError
from rag.home import Home
from rag.index import Index
from rag.pipeline import Rag
from rag.progress import Step
from rag.read import QuoteReader
from rag.restore import restore_backup
from rag.retrieve import HybridRetriever
from rag.settings import Settings
from rag.snapshot import Reading
from tests.fakes import HashEncoder, write_article
from ui.talks import Talks
from ui.types import Exchange

OWN = ("index/vectors", "index/words", "index/writer")  # made again, or of the moment
QUESTIONS = ("Which firms did Beijing tell to prepare H200 orders?", "على ماذا تعتمد المدن في المياه؟")


def open_at(folder: Path) -> Index:
    return Index(Home(folder), HashEncoder(), passage_tokens=64)


@contextmanager
def talks_of(folder: Path) -> Iterator[Talks]:
    """The talks in a folder, whose file is closed in the end."""
    talks = Talks(Home(folder))
    yield talks
    talks._engine.dispose()


def titles(folder: Path) -> list[str]:
    with talks_of(folder) as talks:
        return [talk.title for talk in talks.find("visitor")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with all that the pages and the accounts keep beside it, and a backup of it."""
    place = tmp_path_factory.mktemp("made")
    articles, kept = place / "articles", place / "index"
    write_article(articles, "chips", "Beijing told firms to prepare H200 orders. The shares rose on Friday.")
    write_article(articles, "canal", "Ships left the Suez canal. They sail around the Cape.", published="2025-03-01")
    write_article(articles, "water", "تعتمد المدن على تحلية المياه. وتستهلك المحطات الكهرباء.", language="ar")
    open_at(kept).add(articles)
    with talks_of(kept) as talks:
        talks.save("visitor", "", [Exchange("سؤال عن القناة"), Exchange("And the Cape?")])
    with closing(sqlite3.connect(kept / "accounts.sqlite")) as users:
        users.execute("CREATE TABLE users (name TEXT)")
        users.executemany("INSERT INTO users VALUES (?)", [("ليلى",), ("omar",)])
        users.commit()
    (kept / "feedback.jsonl").write_text('{"question": "متى؟"}\n', encoding="utf-8")
    (kept / "runs" / "first").mkdir(parents=True)
    (kept / "runs" / "first" / "run.json").write_text("{}", encoding="utf-8")
    (kept / "accounts.sqlite").chmod(0o600)
    write_backup(Settings(index=kept), place / "saved.zip")
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The folder of that index."""
    return Path(shutil.copytree(made / "index", tmp_path / "index"))


@pytest.fixture
def saved(made: Path, tmp_path: Path) -> Path:
    """The backup of it."""
    return Path(shutil.copy(made / "saved.zip", tmp_path / "saved.zip"))


def content(folder: Path) -> dict[str, str]:
    """What lies in a folder, by name; but for what the lock and SQLite's reading leave."""
    passing = ("writer.lock", "writer.pid")
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in passing and not path.name.endswith(("-wal", "-shm"))
    }


@pytest.mark.parametrize("exact", [True, False], ids=["few passages", "in Chroma"])
def test_answers_talks_and_files_come_back(
    folder: Path, aligner: WordAligner, tmp_path: Path, exact: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exact:
        monkeypatch.setattr("rag.snapshot._FEW", 0)

    def ask(index: Index) -> list[object]:
        retriever = HybridRetriever(Reading(index.home, index.encoder), index.encoder)
        rag = Rag(index, retriever, QuoteReader(aligner), aligner)
        return [rag.ask(question).to_dict() for question in QUESTIONS]

    before = ask(open_at(folder))
    assert [answer["abstained"] for answer in before] == [False, False]  # type: ignore[index]
    manifest = write_backup(Settings(), tmp_path / "saved.zip")
    other = tmp_path / "other"
    restored = restore_backup(Settings(index=other), tmp_path / "saved.zip")
    assert restored.manifest == manifest
    assert ask(open_at(other)) == before
    assert open_at(other).check() == []
    assert titles(other) == ["سؤال عن القناة"]
    plain = ("feedback.jsonl", "runs/first/run.json")
    assert {name: content(other)[name] for name in plain} == {name: content(folder)[name] for name in plain}
    assert count(other / "accounts.sqlite", "users") == 2
    assert stat.S_IMODE((other / "accounts.sqlite").stat().st_mode) == 0o600
    assert not [path.name for path in other.iterdir() if path.name.startswith(("restoring-", "replaced-"))]


def test_the_manifest_comes_first_and_tells_what_is_there(saved: Path, made: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read(MANIFEST))
    assert names[0] == MANIFEST
    assert set(names[1:]) == set(manifest["members"])
    assert (manifest["version"], manifest["encoder"], manifest["folder"]) == (1, "hash-64", str(made / "index"))
    assert manifest["counts"] == {"articles": 3, "passages": 3, "users": 2, "talks": 1, "exchanges": 2}
    assert {"index/catalog.sqlite", "index/talks.sqlite", "index/keywords-1.json", "settings.env"} < set(names)
    assert not [name for name in names if name.startswith(OWN) or name.endswith(("-wal", "-shm"))]


def test_only_its_owner_reads_it_and_nothing_is_left_beside_it(made: Path) -> None:
    assert stat.S_IMODE((made / "saved.zip").stat().st_mode) == 0o600
    assert {path.name for path in made.iterdir()} == {"articles", "index", "saved.zip"}


def test_no_secret_is_in_it(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "OPENAI_API_KEY": "sk-hunter2",
        "CHROMA_API_KEY": "ck-hunter3",
        "OPENAI_BASE_URL": "http://name:hunter4@127.0.0.1:8080/v1?key=hunter5",
        "RAG_CHROMA_URL": "http://name:hunter6@127.0.0.1:8000",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RAG_MODEL", "openai:نموذج one")
    file = tmp_path / "saved.zip"
    write_backup(Settings(), file)
    assert b"hunter" not in file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        told = archive.read("settings.env").decode().splitlines()
    assert told == [
        f"RAG_INDEX={folder}", "RAG_MODEL='openai:نموذج one'", "OPENAI_BASE_URL=http://127.0.0.1:8080/v1"
    ]  # fmt: skip


def test_while_others_write_each_backup_is_of_one_moment(index: Index, tmp_path: Path) -> None:
    """Every edition of the twenty stories has one number; no backup mixes two, and none of them stops a writer."""
    table, stop, wrote, wrong = tmp_path / "news.jsonl", threading.Event(), threading.Event(), []

    def write_edition(number: int) -> None:
        rows = [{"id": f"n{n}", "title": "t", "text": f"قصة {n}. Story {n}, edition{number}."} for n in range(20)]
        table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        open_at(index.home.folder).add(table)
        with talks_of(index.home.folder) as talks:
            talks.save("visitor", "", [Exchange(f"edition{number}")])

    def write() -> None:
        number = 2
        while not stop.is_set():
            try:
                write_edition(number)
            except Exception as error:
                wrong.append(error)
                return
            number += 1
            wrote.set()

    write_edition(1)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            assert wrote.wait(60)  # the next edition is being written
            wrote.clear()
            write_backup(Settings(), tmp_path / f"{number}.zip")
    finally:
        stop.set()
        writer.join()
    assert not wrong
    for number in range(3):
        other = open_at(tmp_path / f"other{number}")
        restore_backup(Settings(index=other.home.folder), tmp_path / f"{number}.zip")
        assert other.check() == []
        assert len({other.article(f"n{n}").text.split()[-1] for n in range(20)}) == 1
        assert titles(other.home.folder)


def test_a_run_that_a_backup_cuts_short_goes_on_after_the_restore(index: Index, tmp_path: Path) -> None:
    """What the run had encoded is not encoded again, and has its vectors."""
    table, done = tmp_path / "news", {}
    for number in range(120):
        write_article(table, f"n{number:03}", f"Harbour story {number}.", language="en")

    def save(step: Step) -> None:
        for name, due in (("early", True), ("late", step.passages > 0)):
            if due and name not in done:
                done[name] = write_backup(Settings(), tmp_path / f"{name}.zip")

    index.add(table, progress=save)
    for name, manifest in done.items():
        other = open_at(tmp_path / name)
        assert restore_backup(Settings(index=other.home.folder), tmp_path / f"{name}.zip").manifest == manifest
        assert manifest.counts == {"articles": 0, "passages": 0}
        begun = count(other.home.folder / "catalog.sqlite", "passages")
        assert (begun > 0) == (name == "late")
        assert not other.add(table).failed
        assert other.check() == []
        assert other.digest == index.digest
    assert list(done) == ["early", "late"]


def count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [number] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(number)


def test_what_was_uploaded_is_found_in_the_new_folder(folder: Path, tmp_path: Path) -> None:
    place = write_article(folder / "uploads", "ميناء", "رست السفن في الميناء.", id="port", language="ar")
    open_at(folder).add(place)
    write_backup(Settings(), tmp_path / "saved.zip")
    other = tmp_path / "other"
    restore_backup(Settings(index=other), tmp_path / "saved.zip")
    shutil.rmtree(folder)
    assert str(other / "uploads" / "ميناء.md") in open_at(other).places()
    report = open_at(other).refresh()
    assert (report.failed, report.added, report.removed) == ((), (), ())
    assert "port" in report.unchanged


# -- files that are refused ------------------------------------------------------------------------------------------


def rewritten(saved: Path, change: Callable[[dict[str, bytes], dict[str, object]], None]) -> Path:
    """A backup with other members; `change` is given them, and the manifest, which it may leave untrue."""
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop(MANIFEST))
    change(members, manifest)
    file = saved.with_name("hostile.zip")
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in {MANIFEST: json.dumps(manifest).encode(), **members}.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK if data == b"/etc/passwd" else stat.S_IFREG) << 16 | 0o644 << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED if data == b"0" * 1000 else zipfile.ZIP_STORED)
    return file


def added(name: str, data: bytes = b"x", *, listed: bool = True) -> Callable[[Path], Path]:
    def change(members: dict[str, bytes], manifest: dict[str, object]) -> None:
        members[name] = data
        if listed:
            about = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            manifest["members"][name] = about  # type: ignore[index]

    return lambda saved: rewritten(saved, change)


def with_manifest(**values: object) -> Callable[[Path], Path]:
    return lambda saved: rewritten(saved, lambda _, manifest: manifest.update(values))


def cut(saved: Path) -> Path:
    data = saved.read_bytes()
    saved.write_bytes(data[: len(data) * 2 // 3])
    return saved


def flipped(name: str) -> Callable[[Path], Path]:
    def flip(saved: Path) -> Path:
        with zipfile.ZipFile(saved) as archive:
            place = archive.getinfo(name).header_offset + 30 + len(name) + 10
        data = bytearray(saved.read_bytes())
        data[place] ^= 1
        saved.write_bytes(data)
        return saved

    return flip


def shorter(saved: Path) -> Path:
    def change(members: dict[str, bytes], _: object) -> None:
        members["index/catalog.sqlite"] = members["index/catalog.sqlite"][:-1]

    return rewritten(saved, change)


def other_digest(saved: Path) -> Path:
    def change(_: object, manifest: dict[str, object]) -> None:
        manifest["members"]["index/talks.sqlite"]["sha256"] = "0" * 64  # type: ignore[index]

    return rewritten(saved, change)


def without(name: str) -> Callable[[Path], Path]:
    return lambda saved: rewritten(saved, lambda members, _: members.pop(name) and None)


def text(saved: Path) -> Path:
    saved.write_text("سند", encoding="utf-8")
    return saved


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        pytest.param(cut, "is not a backup of Sanad, or is cut short", id="cut"),
        pytest.param(text, "is not a backup of Sanad", id="text"),
        pytest.param(flipped("index/catalog.sqlite"), "is damaged at 'index/catalog.sqlite'", id="flipped byte"),
        pytest.param(flipped("index/feedback.jsonl"), "is damaged at 'index/feed", id="flipped byte of a small file"),
        pytest.param(flipped(MANIFEST), f"is damaged at '{MANIFEST}'", id="flipped byte of the manifest"),
        pytest.param(other_digest, "is damaged at 'index/talks.sqlite'", id="digest"),
        pytest.param(shorter, "is damaged at 'index/catalog.sqlite'", id="size"),
        pytest.param(with_manifest(version=2), "form 2, this one reads 1", id="newer"),
        pytest.param(with_manifest(version=None), "form None, this one reads 1", id="no version"),
        pytest.param(with_manifest(index_format=3), "format 3, this one", id="older index"),
        pytest.param(with_manifest(members=[]), f"is damaged at '{MANIFEST}'", id="odd manifest"),
        pytest.param(added("index/extra", listed=False), "does not hold what its manifest lists", id="extra member"),
        pytest.param(without("index/talks.sqlite"), "does not hold what its manifest lists", id="missing member"),
        pytest.param(added("index/../../evil"), "holds 'index/../../evil', which is not of an index", id="traversal"),
        pytest.param(added("/evil"), "holds '/evil', which is not of an index", id="absolute"),
        pytest.param(added("evil"), "holds 'evil', which is not of an index", id="beside the folder"),
        pytest.param(added("index/a\\..\\b"), "which is not of an index", id="backslash"),
        pytest.param(added("index/writer.lock"), "which is not of an index", id="the lock"),
        pytest.param(added("index/vectors/chroma.sqlite3"), "which is not of an index", id="vectors"),
        pytest.param(added("index/link", b"/etc/passwd"), "holds 'index/link', which is not of an index", id="link"),
        pytest.param(added("index/bomb", b"0" * 1000), "is damaged at 'index/bomb'", id="compressed"),
    ],
)
def test_a_file_that_is_not_right_changes_nothing(
    saved: Path, folder: Path, damage: Callable[[Path], Path], complaint: str
) -> None:
    file, before = damage(saved), content(folder)
    with pytest.raises(SourceError) as stop:
        restore_backup(Settings(), file, force=True)
    assert complaint in str(stop.value)
    assert str(stop.value).startswith(f"{file}: ")
    assert "\n" not in str(stop.value)
    assert content(folder) == before
    assert not (folder.parent / "evil").exists()
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"keywords", "runs", "vectors", "words"}


# -- what is replaced ------------------------------------------------------------------------------------------------


def test_neither_file_nor_folder_is_replaced_unasked(saved: Path, folder: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(SourceError, match="is there already; --force overwrites it"):
        write_backup(Settings(), saved)
    assert saved.read_bytes() == before
    write_backup(Settings(), saved, force=True)
    with pytest.raises(IndexStateError, match="is not empty; --force replaces all that is in it"):
        restore_backup(Settings(), saved)
    kept = content(folder)
    write_article(tmp_path / "later", "later", "Came after the backup.")
    open_at(folder).add(tmp_path / "later")
    (folder / "later.txt").write_text("later")
    restore_backup(Settings(), saved, force=True)
    assert {a.id for a in open_at(folder).articles()} == {"canal", "chips", "water"}
    assert open_at(folder).check() == []
    now = content(folder)
    derived = ("vectors", "words")
    assert {n for n in now if not n.startswith(derived)} == {n for n in kept if not n.startswith(derived)}
    assert all(now[name] == kept[name] for name in kept if name.startswith(("keywords", "runs", "feedback")))
    assert titles(folder) == ["سؤال عن القناة"]


@pytest.mark.parametrize("moves", [0, 2, 5, 8])
def test_what_fails_half_way_leaves_what_was_there(
    saved: Path, folder: Path, moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [moves]
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == -1:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    before = content(folder)
    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(IndexStateError, match=r"Input/output error.*it is as it was"):
        restore_backup(Settings(), saved, force=True)
    assert left[0] < 0
    assert content(folder) == before
    assert not [path for path in folder.iterdir() if path.name.startswith(("restoring-", "replaced-"))]


def test_a_folder_in_use_is_not_replaced(saved: Path, folder: Path) -> None:
    with talks_of(folder) as talks:
        assert talks.find("visitor")
        with pytest.raises(IndexStateError, match=r"a process of Sanad has talks\.sqlite open"):
            restore_backup(Settings(), saved, force=True)
        assert talks.find("visitor")
    restore_backup(Settings(), saved, force=True)


def test_what_a_killed_restore_put_aside_is_not_lost(saved: Path, folder: Path) -> None:
    (folder / "restoring-1").mkdir()
    (folder / "replaced-1").mkdir()
    with pytest.raises(IndexStateError, match=r"replaced-1: put aside by a restore that was killed"):
        restore_backup(Settings(), saved, force=True)
    assert (folder / "replaced-1").is_dir()
    assert not (folder / "restoring-1").exists()


def test_what_cannot_be_saved_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="lies in the folder of the index"):
        write_backup(Settings(), folder / "saved.zip")
    with pytest.raises(SourceError, match="the backup cannot be made"):
        write_backup(Settings(), tmp_path / "nowhere" / "saved.zip")
    with pytest.raises(IndexStateError, match="holds nothing to save; build an index with: sanad index"):
        write_backup(Settings(index=tmp_path / "none"), tmp_path / "saved.zip")
    data = bytearray((folder / "accounts.sqlite").read_bytes())
    data[4096:4196] = bytes(100)
    (folder / "accounts.sqlite").write_bytes(data)
    with pytest.raises(IndexStateError, match=r"accounts\.sqlite: the database is damaged .* nothing was saved"):
        write_backup(Settings(), tmp_path / "saved.zip")
    assert not (tmp_path / "saved.zip").exists()


def test_beside_a_database_on_a_server_the_folder_is_saved(folder: Path, saved: Path, tmp_path: Path) -> None:
    shared = {"database": "postgresql://sanad:hunter2@127.0.0.1/news", "chroma_url": "http://127.0.0.1:9"}
    settings = Settings(**shared)
    manifest = write_backup(settings, tmp_path / "beside.zip")
    assert (manifest.shared, manifest.counts) == (True, {"users": 2, "talks": 1, "exchanges": 2})
    assert "index/catalog.sqlite" not in manifest.members
    other = tmp_path / "other"
    restore_backup(Settings(index=other, **shared), tmp_path / "beside.zip")
    assert titles(other) == ["سؤال عن القناة"]
    with pytest.raises(SettingsError, match="RAG_DATABASE is not set"):
        restore_backup(Settings(index=tmp_path / "third"), tmp_path / "beside.zip")
    with pytest.raises(SettingsError, match=r"RAG_DATABASE is set \(postgresql://127.0.0.1/news\)"):
        restore_backup(settings, saved, force=True)


# -- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., tuple[int, str, str]]]:
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            cli.main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, " ".join(err.split())

    return call


def test_the_commands(
    run: Callable[..., tuple[int, str, str]], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "saved.zip"
    monkeypatch.setenv("RAG_MODEL_TIMEOUT", "30")
    code, out, err = run("backup", file, "--json")
    assert (code, json.loads(out)["articles"], json.loads(out)["users"]) == (0, 3, 2)
    assert json.loads(out)["bytes"] == file.stat().st_size
    assert "saving, MB" in err
    assert run("backup", file) == (1, "", f"sanad: {file}: is there already; --force overwrites it")
    monkeypatch.setenv("RAG_MODEL_TIMEOUT", "60")
    code, out, err = run("restore", file, "--index", tmp_path / "other", "--json")
    assert (code, json.loads(out)["talks"]) == (0, 1)
    assert "settings that were others when it was saved: RAG_MODEL_TIMEOUT=30.0 (now 60.0)" in err
    assert json.loads(out)["settings"] == {"RAG_MODEL_TIMEOUT": "30.0 (now 60.0)"}
    code, out, err = run("restore", file)
    assert (code, out, err) == (1, "", f"sanad: {folder}: is not empty; --force replaces all that is in it")
    shared = {"RAG_DATABASE": "postgresql://sanad:hunter2@127.0.0.1/news", "RAG_CHROMA_URL": "http://127.0.0.1:9"}
    for name, value in shared.items():
        monkeypatch.setenv(name, value)
    code, _, err = run("backup", file, "--force")
    assert code == 0
    assert "postgresql://127.0.0.1/news and are not in this file: save them with pg_dump" in err
    assert "hunter2" not in err
