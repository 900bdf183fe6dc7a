"""Guards: an index whose catalog is in PostgreSQL and whose vectors are on a Chroma server is the index of a folder."""

import contextlib
import itertools
import json
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from rag import database as tables
from rag.catalog import Catalog
from rag.database import connect_server
from rag.errors import IndexBusyError, IndexStateError, MissingExtraError
from rag.home import Home
from rag.index import Index
from rag.lock import hold
from rag.retrieve import HybridRetriever
from rag.segments import sweep_segments
from rag.snapshot import Reading
from rag.store import ChromaStore
from tests.fakes import HashEncoder, write_article
from tests.servers import find_postgresql, run_chroma, run_postgresql
from ui.accounts import Accounts
from ui.people import Person
from ui.sessions import LockedOut, Sessions
from ui.talks import Talks
from ui.types import Exchange

pytestmark = pytest.mark.skipif(find_postgresql() is None, reason="PostgreSQL is not installed (apt: postgresql)")
ROOT = Path(__file__).parent.parent
QUESTIONS = ("Suez canal ships", "H200 orders", "تحلية المياه", "Friday")
_numbers = itertools.count()


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with run_postgresql() as address:
        yield address


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_chroma(tmp_path_factory.mktemp("chroma")) as address:
        yield address


@pytest.fixture
def home(postgresql: str, chroma: str, tmp_path: Path) -> Iterator[Home]:
    """That of an index which is not there yet, in a database of its own."""
    name = f"index{next(_numbers)}"
    engine = connect_server(f"{postgresql}/postgres")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    yield Home(tmp_path / "here", f"{postgresql}/{name}", chroma)
    connect_server(f"{postgresql}/{name}").dispose()


def an_index(home: Home) -> Index:
    return Index(home, HashEncoder(), 64)


def search(home: Home, question: str) -> list[tuple[str, float]]:
    hits = HybridRetriever(Reading(home, HashEncoder()), HashEncoder()).retrieve(question, 5)
    return [(hit.passage.id, round(hit.score, 3)) for hit in hits]


def test_it_answers_as_an_index_in_a_folder_does(home: Home, articles: Path, tmp_path: Path) -> None:
    plain = Home(tmp_path / "plain")
    for where in (home, plain):
        report = an_index(where).add(articles)
        assert set(report.added) == {"chips", "canal", "water"}
    assert an_index(home).digest == an_index(plain).digest
    assert [search(home, question) for question in QUESTIONS] == [search(plain, question) for question in QUESTIONS]
    assert an_index(home).articles() == an_index(plain).articles()
    assert not (home.folder / "catalog.sqlite").exists()
    assert not (home.folder / "vectors").exists()
    assert an_index(home).add(articles).unchanged == ("canal", "chips", "water")


def test_another_machine_sees_it_and_each_change_of_it(home: Home, articles: Path, tmp_path: Path) -> None:
    an_index(home).add(articles)
    there = replace(home, folder=tmp_path / "there")  # another machine has nothing but its own folder
    reading = HybridRetriever(Reading(there, HashEncoder()), HashEncoder())
    assert reading.retrieve("Suez canal ships", 1)[0].passage.article_id == "canal"
    assert an_index(there).check() == []
    write_article(articles, "port", "A new harbour opened in Jeddah.")
    an_index(home).add(articles)
    assert reading.retrieve("Jeddah harbour", 1)[0].passage.article_id == "port"
    an_index(there).remove("port")  # and the other may write
    assert an_index(home).check() == []
    assert {article.id for article in an_index(home).articles()} == {"chips", "canal", "water"}
    assert not ChromaStore(home, identity(home)).vectors(["port:0"])


def test_each_machine_has_files_of_the_words_in_step(home: Home, articles: Path, tmp_path: Path) -> None:
    an_index(home).add(articles)
    there = replace(home, folder=tmp_path / "there")
    vectors = HashEncoder().encode_words(["canal", "harbour"])
    reading = Reading(there, HashEncoder())
    before = reading.translating().dictionary
    assert before is not None
    assert [bool(terms) for terms in before.translate(vectors, "en")] == [True, False]
    write_article(articles, "port", "A new harbour opened in Jeddah.")
    an_index(home).add(articles)
    after = reading.translating().dictionary
    assert after is not None
    assert [bool(terms) for terms in after.translate(vectors, "en")] == [True, True]
    assert [bool(terms) for terms in before.translate(vectors, "en")] == [True, False], "who reads sees what it saw"
    for machine in (home, there):
        assert (machine.folder / identity(home) / "words" / "words.json").is_file()


def identity(home: Home) -> str:
    catalog = Catalog(home, writable=False)
    try:
        return catalog.identity
    finally:
        catalog.close()


def test_indexes_on_one_chroma_server_are_apart(home: Home, articles: Path, tmp_path: Path) -> None:
    an_index(home).add(articles)
    mixed = Home(tmp_path / "mixed", None, home.chroma)  # the catalog in a folder, the vectors on the server
    write_article(tmp_path / "other", "port", "A new harbour opened in Jeddah.")
    an_index(mixed).add(tmp_path / "other")
    assert [article for article, _ in search(mixed, "Suez canal ships")] == [
        passage for passage in ChromaStore(mixed, identity(mixed)).ids()
    ]
    assert len(ChromaStore(home, identity(home)).ids()) == 3


def test_one_process_writes_and_the_others_are_told_which(home: Home, articles: Path, tmp_path: Path) -> None:
    with hold(home):
        there = replace(home, folder=tmp_path / "there")
        with pytest.raises(IndexBusyError, match=r"127\.0\.0\.1:\d+/index\d+: another process \(sanad \d+@"):
            an_index(there).add(articles)
    assert an_index(home).add(articles).added


def test_the_index_is_free_as_soon_as_it_is_let_go(home: Home) -> None:
    for _ in range(300):  # a server takes a moment to see that a connection is closed
        with hold(home):
            pass


def test_who_lost_the_index_unknowingly_writes_no_more(home: Home, articles: Path) -> None:
    an_index(home).add(articles)
    first = Catalog(home, writable=True)
    second = Catalog(home, writable=True)
    with pytest.raises(IndexBusyError, match="another process has begun"), first.change() as change:
        change.drop(["canal"])
    with second.change() as change:
        change.drop(["canal"])
    first.close()
    second.close()


@pytest.mark.parametrize("moment", ["store", "keywords", "published", "complete"])
def test_a_killed_run_is_gone_on_with_by_another_machine(
    home: Home, articles: Path, tmp_path: Path, moment: str
) -> None:
    an_index(home).add(articles)
    before = search(home, "Suez canal ships")
    write_article(articles, "port", "A new harbour opened in Jeddah.")
    program = f"""
        import os, signal
        from pathlib import Path
        from rag import keywords
        from rag.change import Change
        from rag.home import Home
        from rag.index import Index
        from rag.store import ChromaStore
        from tests.fakes import HashEncoder

        owner, name = {{
            "store": (ChromaStore, "put"),
            "keywords": (keywords, "write_keywords"),
            "published": (keywords, "publish_keywords"),
            "complete": (Change, "complete"),
        }}[{moment!r}]
        original = getattr(owner, name)
        def call(*args, **kwargs):
            original(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)
        setattr(owner, name, call)
        home = Home(Path({str(home.folder)!r}), {home.database!r}, {home.chroma!r})
        Index(home, HashEncoder(), 64).add({str(articles)!r})
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert search(home, "Suez canal ships") == before
    there = replace(home, folder=tmp_path / "there")
    an_index(there).add(articles)
    for where in (home, there):
        assert an_index(where).check() == []
        assert search(where, "Jeddah harbour")[0][0].startswith("port")
    assert len(ChromaStore(home, identity(home)).ids()) == 4


def test_talks_and_accounts_are_those_of_every_machine(home: Home, tmp_path: Path) -> None:
    elsewhere = replace(home, folder=tmp_path / "elsewhere")
    Accounts(home).add_user("سارة", "سمك وحليب 2026", "manage")
    token = Sessions(Accounts(home)).begin("سارة", "سمك وحليب 2026", "10.0.0.1")
    assert token
    assert Sessions(Accounts(elsewhere)).person(token) == Person("user:1", "سارة", "manage")
    for _ in range(5):
        Sessions(Accounts(home)).begin("سارة", "wrong password", "10.0.0.1")
    with pytest.raises(LockedOut):
        Sessions(Accounts(elsewhere)).begin("سارة", "سمك وحليب 2026", "10.0.0.2")
    Accounts(elsewhere).remove_user("سارة")
    assert Sessions(Accounts(home)).person(token) is None
    talk = Talks(home).save("user:1", "", [Exchange("سؤال")])
    assert [exchange.question for exchange in Talks(elsewhere).read("user:1", talk)] == ["سؤال"]
    assert Talks(elsewhere).read("user:2", talk) == []
    assert not (home.folder / "talks.sqlite").exists()


def test_what_is_missing_on_the_servers_is_mended(home: Home, articles: Path, tmp_path: Path) -> None:
    index = an_index(home)
    index.add(articles)
    expected = search(home, "Suez canal ships")
    store = ChromaStore(home, identity(home))
    store.delete(sorted(store.ids()))
    with pytest.raises(IndexStateError, match=r"no vectors of this index.*sanad doctor --repair$"):
        search(home, "Suez canal ships")
    assert index.repair() == ["the vectors of 3 passages are missing or wrong"]
    catalog = Catalog(home, writable=True)
    catalog.delete_blobs(catalog.blob_names("keywords/"))
    catalog.close()
    there = replace(home, folder=tmp_path / "there")
    with pytest.raises(IndexStateError, match="the keyword index is missing"):
        search(there, "Suez canal ships")
    assert an_index(there).repair() == ["the keyword index is missing or does not agree with the articles"]
    assert search(there, "Suez canal ships") == search(home, "Suez canal ships") == expected


def test_copies_of_old_keyword_indexes_are_swept(home: Home, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = an_index(home)
    monkeypatch.setattr(tables, "READING", 0.0)
    for number in range(4):
        write_article(articles, f"port{number}", f"Harbour {number} opened in Jeddah.")
        index.add(articles)
    catalog = Catalog(home, writable=True)
    sweep_segments(home, catalog)
    names = catalog.blob_names("keywords/")
    catalog.close()
    assert {name.split("/")[1] for name in names if name.count("/") == 1} == {"3", "4"}
    assert len({name.split("/")[1] for name in names if name.count("/") > 1}) <= 4


@pytest.mark.parametrize("down", ["database", "chroma"])
def test_a_server_that_is_down_is_one_clear_line_without_its_password(home: Home, articles: Path, down: str) -> None:
    an_index(home).add(articles)
    address = {"database": "postgresql://sanad:secret@127.0.0.1:9/news", "chroma": "http://sanad:secret@127.0.0.1:9"}
    gone = replace(home, **{down: address[down]})  # type: ignore[arg-type]
    with pytest.raises(IndexStateError, match=f"RAG_{down.upper()}") as told:
        search(gone, "Suez canal ships")
    assert "127.0.0.1:9" in str(told.value)
    assert "secret" not in str(told.value)
    assert "\n" not in str(told.value)


def test_without_what_speaks_to_postgresql_the_line_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"RAG_DATABASE needs: pip install 'sanad-rag\[postgresql\]'"):
        search(Home(tmp_path, "postgresql://127.0.0.1:9/absent", "http://127.0.0.1:9"), "Suez")


@pytest.mark.parametrize("seconds", [5, pytest.param(120, marks=pytest.mark.slow)])
def test_four_who_ask_and_one_who_writes_never_mix_editions(home: Home, tmp_path: Path, seconds: int) -> None:
    table = tmp_path / "table.jsonl"

    def write(edition: int) -> None:
        text = "Harbour story {n} edition{edition}."
        rows = [{"id": f"a{n}", "title": "t", "text": text.format(n=n, edition=edition)} for n in range(20)]
        table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        an_index(home).add(table)

    write(1)
    program = f"""
        import sys, time
        from pathlib import Path
        from rag.home import Home
        from rag.retrieve import HybridRetriever
        from rag.snapshot import Reading
        from tests.fakes import HashEncoder

        home = Home(Path(sys.argv[1]), {home.database!r}, {home.chroma!r})
        retriever = HybridRetriever(Reading(home, HashEncoder()), HashEncoder())
        editions, end = set(), time.monotonic() + {seconds}
        while time.monotonic() < end or len(editions) < 3:
            hits = retriever.retrieve("Harbour story", 20)
            seen = {{hit.passage.text.rpartition("edition")[2] for hit in hits}}
            assert len(hits) == 20 and len(seen) == 1, (len(hits), seen)
            editions |= seen
    """
    edition = 1
    with contextlib.ExitStack() as stack:
        asking = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / f"machine{number}")],
                    cwd=ROOT,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(4)
        ]
        given_up = time.monotonic() + seconds + 60
        while any(process.poll() is None for process in asking):
            assert time.monotonic() < given_up, "who asks sees what was written meanwhile"
            edition += 1
            write(edition)
        told = [process.communicate()[1][-2000:] for process in asking]
    assert [process.returncode for process in asking] == [0] * 4, told
    assert edition >= 3
    assert an_index(home).check() == []
    stored = ChromaStore(home, identity(home))
    assert len(stored.ids()) >= 20
    assert np.isfinite(np.stack(list(stored.vectors(sorted(stored.ids())).values()))).all()
