"""Guards: an index keeps in step with its files, loses nothing, and says what is wrong in one line."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from rag.catalog import Catalog
from rag.change import WrittenArticle
from rag.database import is_writable
from rag.encode import Encoded
from rag.errors import IndexStateError, SourceError
from rag.home import Home
from rag.index import Index
from rag.progress import Step
from rag.snapshot import Reading
from rag.store import ChromaStore
from tests.fakes import HashEncoder, an_article, write_article


def ids(index: Index) -> set[str]:
    return {article.id for article in index.articles()}


def agrees(index: Index) -> bool:
    """Whether vectors and keywords hold exactly the passages of the catalog."""
    snapshot = Reading(index.home, index.encoder).snapshot()
    known = snapshot.catalog.passage_ids()
    return known == ChromaStore(index.home).ids() == snapshot.keywords.passage_ids


def test_what_changed_is_read_and_nothing_else(index: Index, articles: Path) -> None:
    first = index.add(articles)
    assert set(first.added) == {"chips", "canal", "water"}
    assert index.add(articles).unchanged == ("canal", "chips", "water")
    write_article(articles, "chips", "Beijing said nothing.")
    write_article(articles, "new", "A new story.")
    (articles / "canal.md").unlink()
    second = index.add(articles)
    assert (second.added, second.changed, second.unchanged, second.removed) == (("new",), ("chips",), ("water",), ())
    assert ids(index) == {"chips", "canal", "water", "new"}
    assert agrees(index)


def test_sync_removes_what_is_gone(index: Index, articles: Path) -> None:
    index.add(articles)
    (articles / "canal.md").unlink()
    assert index.add(articles, sync=True).removed == ("canal",)
    assert ids(index) == {"chips", "water"}
    assert agrees(index)


def test_refresh_reads_every_place_again(index: Index, articles: Path, tmp_path: Path) -> None:
    other = write_article(tmp_path / "more", "other", "Another story.")
    index.add(articles)
    index.add(other)
    (articles / "canal.md").unlink()
    write_article(tmp_path / "more", "other", "Another story, corrected.")
    report = index.refresh()
    assert (report.removed, report.changed) == (("canal",), ("other",))
    assert ids(index) == {"chips", "water", "other"}


def test_refresh_keeps_the_articles_of_a_place_that_is_gone(index: Index, articles: Path) -> None:
    index.add(articles)
    shutil.rmtree(articles)
    report = index.refresh()
    assert "no such file or folder" in report.failed[0].reason
    assert ids(index) == {"chips", "canal", "water"}


def test_removed_by_hand_stays_out_until_named_again(index: Index, articles: Path) -> None:
    index.add(articles)
    assert index.remove("canal").removed == ("canal",)
    assert ids(index) == {"chips", "water"} == {a.id for a in index.articles()}
    assert index.refresh().added == ()
    assert index.add(articles).added == ("canal",)
    assert agrees(index)


def test_removing_a_stranger_changes_nothing(index: Index, articles: Path) -> None:
    index.add(articles)
    with pytest.raises(ValueError, match="no article has the id 'nobody'"):
        index.remove("chips", "nobody")
    assert "chips" in ids(index)


def test_a_broken_file_is_named_and_the_rest_is_indexed(index: Index, articles: Path) -> None:
    (articles / "broken.md").write_text("---\ntitle: [\n---\nText", encoding="utf-8")
    (articles / "old.txt").write_bytes("سطر\n".encode() + "مرحبا بكم".encode("cp1256"))
    report = index.add(articles)
    assert len(report.added) == 3
    assert {Path(f.source).name for f in report.failed} == {"broken.md", "old.txt"}


def test_two_files_with_one_id_are_told_apart(index: Index, articles: Path) -> None:
    write_article(articles, "copy", "Another text.", id="chips")
    report = index.add(articles)
    assert not report.failed
    assert len(report.added) == 4
    other = next(i for i in report.added if i.startswith("chips~"))
    assert index.article("chips").text != index.article(other).text == "Another text."
    assert set(index.add(articles).unchanged) == set(report.added), "each keeps its id"


def test_an_id_that_changes_takes_its_article_along(index: Index, articles: Path) -> None:
    index.add(articles)
    write_article(articles, "canal", "Ships left the Suez canal.", id="suez")
    report = index.add(articles)
    assert (report.added, report.removed) == (("suez",), ("canal",))


def test_a_renamed_file_keeps_its_article_and_costs_nothing(index: Index, articles: Path) -> None:
    plain = articles / "plain.txt"
    plain.write_text("Trains left the new station with two hundred passengers.", encoding="utf-8")
    (identifier,) = [i for i in index.add(articles).added if i.startswith("plain")]
    plain.rename(articles / "other.txt")
    encoded = count_encoded(index)
    report = index.add(articles, sync=True)
    assert (report.added, report.changed, report.removed) == ((), (), ())
    assert identifier in report.unchanged
    assert encoded == []


def test_only_new_sentences_are_encoded(index: Index, articles: Path) -> None:
    write_article(articles, "long", "The first sentence stays. The second one stays too. The third will go.")
    index.add(articles)
    encoded = count_encoded(index)
    write_article(articles, "long", "The first sentence stays. The second one stays too. The third was corrected.")
    assert index.add(articles).changed == ("long",)
    assert [text for text in encoded if " " in text] == ["The third was corrected."], (
        "words are encoded for the dictionary"
    )
    assert index.check() == []


def test_the_same_article_from_two_places_is_kept_once(index: Index, articles: Path) -> None:
    text = "Trains left the new station with two hundred passengers."
    for folder in ("one", "two"):
        (articles / folder).mkdir()
        (articles / folder / f"{folder}.txt").write_text(text, encoding="utf-8")
    report = index.add(articles)
    (kept,) = [i for i in report.added if i.startswith("one")]
    assert report.copies == (kept,)
    assert index.add(articles).copies == ()
    (articles / "one" / "one.txt").unlink()
    assert index.add(articles, sync=True).removed == (), "the other place still has it"
    (articles / "two" / "two.txt").write_text(text + " More came.", encoding="utf-8")
    changed = index.add(articles, sync=True)
    assert changed.changed == (kept,)
    (articles / "two" / "two.txt").unlink()
    assert index.add(articles, sync=True).removed == (kept,)
    assert agrees(index)


def test_one_of_two_places_that_changes_becomes_an_article_of_its_own(index: Index, articles: Path) -> None:
    text = "Trains left the new station with two hundred passengers."
    for name in ("one.txt", "two.txt"):
        (articles / name).write_text(text, encoding="utf-8")
    (kept,) = index.add(articles).copies
    (articles / "one.txt").write_text(text + " More came.", encoding="utf-8")
    report = index.add(articles)
    assert len(report.added) == 1
    assert {index.article(i).text for i in (kept, *report.added)} == {text, text + " More came."}


def test_a_table_of_articles_is_known_row_by_row(index: Index, tmp_path: Path) -> None:
    table = tmp_path / "news.jsonl"
    rows = [{"id": f"n{n}", "title": f"Story {n}", "text": f"Story number {n} about subject{n}."} for n in range(40)]

    def write() -> None:
        table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    write()
    assert len(index.add(table).added) == 40
    assert len(index.add(table).unchanged) == 40
    rows[7]["text"] = "Another story."
    del rows[20]
    write()
    report = index.add(table)
    assert (report.changed, report.removed, len(report.unchanged)) == (("n7",), ("n20",), 38)
    index.remove("n3")
    rows[8]["text"] = "Another story still."
    write()
    assert index.refresh().changed == ("n8",), "what was removed by hand stays out"
    assert "n3" not in ids(index)
    rows.append({"id": "n50", "title": "No text", "text": ""})
    write()
    failed = index.add(table).failed
    assert "line 40: no text" in failed[0].reason
    assert index.add(table).failed == failed, "it is told again although the file is not read again"
    assert agrees(index)


def test_a_line_that_a_site_repeats_is_taken_out_of_all_its_articles(index: Index, tmp_path: Path) -> None:
    promotion = "Follow our channel for the latest news around the clock."
    rows = [
        {
            "id": f"n{n}",
            "title": f"Story {n}",
            "source": "Post",
            "text": f"Story {n} began.\nIt went on.\nIt ended.\n{promotion}",
        }
        for n in range(12)
    ]
    table = tmp_path / "news.jsonl"
    table.write_text("\n".join(map(json.dumps, rows[:4])), encoding="utf-8")
    index.add(table)
    assert promotion in index.article("n0").text, "four articles may share a line"
    others = [row | {"id": f"m{n}", "source": "Times"} for n, row in enumerate(rows[:6])]
    (tmp_path / "others.jsonl").write_text("\n".join(map(json.dumps, others)), encoding="utf-8")
    index.add(tmp_path / "others.jsonl")
    assert not [n for n in range(6) if promotion in index.article(f"m{n}").text], "six of a source may not, at once"
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    index.add(table)
    assert not [a.id for a in index.articles() if promotion in index.article(a.id).text]
    assert index.article("n7").text == "Story 7 began.\nIt went on.\nIt ended."
    assert len(index.add(table).unchanged) == 12
    assert agrees(index)


def test_what_is_removed_leaves_no_trace_on_disk(index: Index, articles: Path) -> None:
    write_article(articles, "secret", "The zanzibarian envoy signed nothing.")
    index.add(articles)
    index.remove("secret")
    catalog = Catalog(index.home, writable=True)
    with catalog._engine.connect() as connection:
        assert "zanzibarian" not in str(connection.exec_driver_sql("select text from articles").all())
    catalog.close()
    assert not [i for i in ChromaStore(index.home).ids() if i.startswith("secret")]


def test_a_change_under_way_is_not_seen_by_who_reads(index: Index, articles: Path) -> None:
    index.add(articles)
    snapshot = Reading(index.home, index.encoder).snapshot()
    write_article(articles, "chips", "Beijing said nothing.")
    seen: list[set[str]] = []
    index.add(articles, progress=lambda _step: seen.append(ids(index)))
    assert all(found == {"chips", "canal", "water"} for found in seen)
    assert "H200" in snapshot.catalog.article("chips").text, "who has begun to read goes on with what he saw"  # type: ignore[union-attr]
    assert index.article("chips").text == "Beijing said nothing."


def count_encoded(index: Index) -> list[str]:
    """Return the list that every sentence which is encoded from now on is added to."""
    encoded: list[str] = []
    encode = index.encoder.encode_sentences

    def count(texts: Sequence[str], *, with_tokens: bool = False) -> Encoded:
        encoded.extend(texts)
        return encode(texts, with_tokens=with_tokens)

    index.encoder.encode_sentences = count  # type: ignore[method-assign]
    return encoded


def test_nothing_to_read_changes_nothing(index: Index, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        index.add(tmp_path / "nowhere")
    assert not index.exists
    with pytest.raises(IndexStateError, match="holds no index; build it with: sanad index"):
        index.articles()


def test_progress_is_told(index: Index, articles: Path) -> None:
    told: list[Step] = []
    index.add(articles, progress=told.append)
    assert [(step.done, step.total) for step in told if step.done == int(step.done) > 0][-1] == (3, 3)
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert told[-1].articles == 3


def test_another_encoder_is_refused(index: Index, articles: Path) -> None:
    index.add(articles)
    other = HashEncoder()
    other.name = "other"
    with pytest.raises(IndexStateError, match=r"made with the encoder hash-64, not other.*RAG_ENCODER=hash-64"):
        Index(index.home, other, 64).add(articles)
    with pytest.raises(IndexStateError, match="made with the encoder hash-64"):
        Reading(index.home, other).snapshot()


@pytest.mark.parametrize(("found", "age"), [(0, "an older"), (99, "a newer")])
def test_another_format_is_refused(index: Index, articles: Path, found: int, age: str) -> None:
    index.add(articles)
    catalog = Catalog(index.home, writable=True)
    catalog.set_facts(format=found)
    catalog.close()
    with pytest.raises(IndexStateError, match=f"made by {age} Sanad .*run: sanad index"):
        index.articles()


def test_a_damaged_catalog_is_one_clear_line(index: Index, articles: Path) -> None:
    index.add(articles)
    (index.home.folder / "catalog.sqlite").write_bytes(b"not a database at all" * 100)
    for side in ("catalog.sqlite-wal", "catalog.sqlite-shm"):
        (index.home.folder / side).unlink(missing_ok=True)
    with pytest.raises(IndexStateError, match="the index is damaged"):
        index.articles()


def test_two_writers_do_not_mix(index: Index, articles: Path) -> None:
    index.home.folder.mkdir()
    (index.home.folder / "writer.pid").write_text("4711", encoding="ascii")
    with (
        FileLock(index.home.folder / "writer.lock"),
        pytest.raises(IndexStateError, match=r"another process \(4711\) is writing"),
    ):
        index.add(articles)
    assert len(index.add(articles).added) == 3


def test_a_folder_that_cannot_be_made_is_one_clear_line(articles: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(IndexStateError, match="file"):
        Index(Home(tmp_path / "file" / "index"), HashEncoder(), 64).add(articles)


@pytest.mark.parametrize("moment", ["put", "store", "source", "words", "keywords", "complete"])
def test_a_killed_run_is_repaired_by_the_next(index: Index, articles: Path, moment: str) -> None:
    """Kill -9 after each kind of write; the next run completes what is missing and nothing is doubled."""
    for number in range(20):
        write_article(articles, f"more{number:02}", f"Story number {number} about subject{number}.")
    program = f"""
        import os, signal, sys
        from pathlib import Path
        from rag import index as module, keywords
        from rag.change import Change
        from rag.home import Home
        from rag.store import ChromaStore
        from tests.fakes import HashEncoder

        def die_after(owner, name, count):
            original = getattr(owner, name)
            calls = []
            def call(*args, **kwargs):
                result = original(*args, **kwargs)
                calls.append(1)
                if len(calls) == count:
                    os.kill(os.getpid(), signal.SIGKILL)
                return result
            setattr(owner, name, call)

        die_after(*{{
            "put": (Change, "put", 1),
            "store": (ChromaStore, "put", 1),
            "source": (Change, "record_source", 20),
            "words": (module, "learn_words", 1),
            "keywords": (keywords, "write_keywords", 1),
            "complete": (Change, "complete", 1),
        }}[{moment!r}])
        module.Index(Home(Path({str(index.home.folder)!r})), HashEncoder(), 64).add({str(articles)!r})
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=Path(__file__).parent.parent, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert not index.exists
    report = index.add(articles)
    assert not report.failed
    assert len(ids(index)) == 23
    assert agrees(index)
    assert index.check() == []


def test_a_killed_change_is_not_seen(index: Index, articles: Path) -> None:
    index.add(articles)
    before = index.digest
    catalog = Catalog(index.home, writable=True)
    with catalog.change() as change:
        change.drop(["canal"])  # and no more: as if killed here
    catalog.close()
    assert index.digest == before
    assert index.check() == []
    assert agrees(index)
    index.add(articles)
    assert ids(index) == {"chips", "water"}, "what was begun is completed by the next run"
    assert agrees(index)


def test_a_removal_that_was_killed_can_be_asked_for_again(index: Index, articles: Path) -> None:
    index.add(articles)
    catalog = Catalog(index.home, writable=True)
    with catalog.change() as change:
        change.drop(["canal"])  # and no more: as if killed here
    catalog.close()
    assert index.remove("canal").removed == ("canal",)
    assert ids(index) == {"chips", "water"}
    assert agrees(index)


@pytest.mark.parametrize("damage", ["vectors", "one vector", "keywords", "manifest"])
def test_what_is_derived_is_mended_without_encoding(index: Index, articles: Path, damage: str) -> None:
    index.add(articles)
    if damage == "vectors":
        shutil.rmtree(index.home.folder / "vectors")
    elif damage == "one vector":
        store = ChromaStore(index.home)
        store.delete(sorted(store.ids())[:1])
    elif damage == "keywords":
        shutil.rmtree(index.home.folder / "keywords")
    else:
        (index.home.folder / "keywords-1.json").write_text("{", encoding="utf-8")
    assert index.check() != []
    index.encoder.encode_sentences = None  # type: ignore[assignment, method-assign]  # it would fail if it were called
    assert index.repair() != []
    assert index.check() == [] == index.repair()
    assert agrees(index)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX")
def test_a_read_only_folder_still_answers_and_refuses_changes(
    index: Index, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root no folder is read-only by its mode: a file in the way of the probe makes it so for everyone."""
    index.add(articles)
    blocked = index.home.folder / ".write-probe"
    blocked.mkdir()
    (blocked / "x").touch()
    snapshot = Reading(index.home, index.encoder).snapshot()
    assert type(snapshot.store).__name__ == "FlatVectors"
    every = {encoded.passage.id: encoded for encoded in snapshot.catalog.every_passage()}
    ids, vectors = snapshot.catalog.vectors()
    assert sorted(ids) == sorted(every)
    assert all(np.array_equal(row, every[name].vector) for name, row in zip(ids, vectors, strict=True))


def test_a_folder_that_many_open_at_once_is_read_only_to_none(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as people:
        assert all(people.map(lambda _: is_writable(tmp_path), range(800)))


def test_of_articles_of_one_id_the_last_counts(index: Index) -> None:
    report = index.put([an_article("The first edition.", "a"), an_article("The second edition.", "a")])
    assert report.added == ("a",)
    assert index.article("a").text == "The second edition."


def test_many_articles_are_added_changed_and_left_in_one_run(index: Index) -> None:
    """More than are looked up, encoded or written at once."""
    many = [an_article(f"Train {n} left the station.", f"t{n}") for n in range(150)]
    assert index.put(many[:100]).added == tuple(article.id for article in many[:100])
    many[3] = an_article("Train 3 never left.", "t3")
    report = index.put(many)
    assert report.added == tuple(article.id for article in many[100:])
    assert report.changed == ("t3",)
    assert len(report.unchanged) == 99
    assert index.article("t3").text == "Train 3 never left."
    assert agrees(index)
    assert index.check() == []


def test_of_versions_written_together_the_last_stays(index: Index, articles: Path) -> None:
    index.add(articles)
    catalog = Catalog(index.home, writable=True)
    passages = catalog.passages_of("canal")
    with catalog.change() as change:
        versions = [
            WrittenArticle(an_article("Once.", "canal"), "1", passages),
            WrittenArticle(an_article("Twice.", "canal"), "2", []),
        ]
        change.put(versions)
        assert change.orphans == {passage.passage.id for passage in passages}, "what the first left in the store"
    assert [article.text for article in catalog.whole_articles(["canal", "nobody"]).values()] == ["Twice."]
    assert catalog.passages_of("canal") == []
    catalog.close()


def test_vectors_that_cannot_be_opened_are_an_error_and_change_nothing(
    index: Index, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are opened while articles are encoded."""

    def refuse(*_: object) -> None:
        raise IndexStateError("the server does not answer")

    with monkeypatch.context() as patched:
        patched.setattr("rag.index.ChromaStore", refuse)
        with pytest.raises(IndexStateError, match="does not answer"):
            index.add(articles)
    assert not index.exists
    assert index.add(articles).added == ("canal", "chips", "water")
    assert agrees(index)
