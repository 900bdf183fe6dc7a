"""Guards: the files of words are in step with the catalog, whoever writes, is killed or damages them."""

import json
import mmap
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from rag import vocabulary as module
from rag.catalog import Catalog
from rag.home import Home
from rag.vocabulary import Vocabulary, open_vocabularies
from tests.fakes import HashEncoder

WORDS = [f"word{chr(97 + a)}{chr(97 + b)}" for a in range(20) for b in range(20)]
ROOT = Path(__file__).parent.parent


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def catalog(home: Home) -> Iterator[Catalog]:
    """A catalog of 300 English words and one Arabic."""
    catalog = Catalog(home, writable=True)
    add(catalog, WORDS[:300])
    catalog.words.add({"المدن": "ar"}, HashEncoder().encode_words(["المدن"]))
    yield catalog
    catalog.close()


def add(catalog: Catalog, words: list[str]) -> None:
    catalog.words.add(dict.fromkeys(words, "en"), HashEncoder().encode_words(words))


def assert_holds(vocabulary: Vocabulary, words: list[str]) -> None:
    """Assert that it has these words and finds the nearest that comparing with each would find."""
    assert sorted(vocabulary.words()) == sorted(words)
    queries = HashEncoder().encode_words([*words[:2], *words[-2:], WORDS[-1]])
    known = HashEncoder().encode_words(words).astype(np.float16).astype(np.float32)
    for query, found in zip(queries, vocabulary.nearest(queries, 6, 0.2), strict=True):
        cosines = known @ query
        best = [place for place in np.argsort(-cosines)[:6] if cosines[place] > 0.2]
        assert {word for word, _ in found} == {words[place] for place in best}
        assert [cosine for _, cosine in found] == pytest.approx(cosines[best].tolist(), abs=1e-5)


def files_of(home: Home) -> str:
    return str(json.loads((home.folder / "words" / "words.json").read_text(encoding="utf-8"))["folder"])


def run(home: Home, program: str) -> int:
    """Run a program in a process of its own; return how it ended."""
    begin = f"""
        import os, signal
        from pathlib import Path
        from rag import nearest, vocabulary
        from rag.catalog import Catalog
        from rag.home import Home
        from tests.test_vocabulary import WORDS, add
        home = Home(Path({str(home.folder)!r}))
        catalog = Catalog(home, writable=True)
    """
    program = textwrap.dedent(begin) + textwrap.dedent(program)
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode


def test_files_are_made_where_there_are_none(home: Home, catalog: Catalog) -> None:
    """As beside the index of a version that had none."""
    held = open_vocabularies(home, catalog)
    assert_holds(held["en"], WORDS[:300])
    assert held["ar"].words() == ["المدن"]
    before = files_of(home)
    assert_holds(open_vocabularies(home, catalog)["en"], WORDS[:300])
    assert files_of(home) == before, "what is in step is not made again"


def test_nothing_is_held_in_memory(home: Home, catalog: Catalog) -> None:
    held = open_vocabularies(home, catalog)["en"]
    rows = held._rows
    assert rows is not None
    for array in (held._letters, held._ends, rows._rows, rows._head, rows._middle):
        while isinstance(array.base, np.ndarray):
            array = array.base
        assert isinstance(array.base, mmap.mmap) or not array.size


def test_an_index_without_words_has_none(home: Home) -> None:
    catalog = Catalog(home, writable=True)
    held = open_vocabularies(home, catalog)
    catalog.close()
    assert held["en"].words() == []
    assert held["en"].nearest(HashEncoder().encode_words(["war"]), 6, 0.4) == [[]]


def test_another_process_adds_words(home: Home, catalog: Catalog) -> None:
    before, folder = open_vocabularies(home, catalog), files_of(home)
    assert run(home, "add(catalog, WORDS[300:390]); vocabulary.update_vocabularies(home, catalog)") == 0
    assert_holds(before["en"], WORDS[:300])
    assert_holds(open_vocabularies(home, catalog)["en"], WORDS[:390])
    assert files_of(home) == folder, "they are written after those that were there"


def test_files_that_have_grown_many_times_are_made_anew(home: Home) -> None:
    catalog = Catalog(home, writable=True)
    add(catalog, WORDS[:3])
    before, folder = open_vocabularies(home, catalog), files_of(home)
    add(catalog, WORDS[3:])
    assert_holds(open_vocabularies(home, catalog)["en"], WORDS)
    catalog.close()
    assert files_of(home) != folder
    assert not (home.folder / "words" / folder).exists()
    assert_holds(before["en"], WORDS[:3])


@pytest.mark.parametrize("moment", ["rows", "words", "listed"])
@pytest.mark.parametrize("first", [False, True])
def test_a_killed_writer_leaves_nothing_wrong(home: Home, catalog: Catalog, moment: str, first: bool) -> None:
    before = None if first else open_vocabularies(home, catalog)
    killed = f"""
        def die_after(owner, name):
            original = getattr(owner, name)
            def call(*args, **kwargs):
                original(*args, **kwargs)
                os.kill(os.getpid(), signal.SIGKILL)
            setattr(owner, name, call)

        die_after(*{{
            "rows": (vocabulary, "append_rows"),
            "words": (vocabulary, "_append"),
            "listed": (vocabulary._Listed, "write"),
        }}[{moment!r}])
        add(catalog, WORDS[300:390])
        vocabulary.update_vocabularies(home, catalog)
    """
    assert run(home, killed) == -signal.SIGKILL
    if before:
        assert_holds(before["en"], WORDS[:300])
    add(catalog, WORDS[390:])
    assert_holds(open_vocabularies(home, catalog)["en"], WORDS)
    assert len([path for path in (home.folder / "words").iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize("damage", ["list", "short", "empty", "missing", "folder"])
def test_what_is_damaged_is_made_anew(home: Home, catalog: Catalog, damage: str) -> None:
    open_vocabularies(home, catalog)
    words = home.folder / "words"
    files = words / files_of(home) / "en"
    if damage == "list":
        (words / "words.json").write_text("{", encoding="utf-8")
    elif damage == "short":
        (files / "head").write_bytes(b"")
    elif damage == "empty":
        (files / "axes.npy").write_bytes(b"")
    elif damage == "missing":
        (files / "axes.npy").unlink()
    else:
        files.parent.rename(words / "elsewhere")
    assert_holds(open_vocabularies(home, catalog)["en"], WORDS[:300])


def test_words_of_another_past_are_not_kept(home: Home, catalog: Catalog, tmp_path: Path) -> None:
    """As where a database was brought back to what it was, beside files of what it has been since."""
    add(catalog, WORDS[300:])
    open_vocabularies(home, catalog)
    (tmp_path / "restored").mkdir()
    restored = Catalog(Home(tmp_path / "restored"), writable=True)
    restored.set_facts(identity=catalog.identity)
    add(restored, WORDS[:200])
    assert_holds(open_vocabularies(home, restored)["en"], WORDS[:200])
    restored.set_facts(identity="another")
    folder = files_of(home)
    assert_holds(open_vocabularies(home, restored)["en"], WORDS[:200])
    assert files_of(home) != folder
    restored.close()


def test_where_nothing_can_be_written_they_are_made_for_the_moment(home: Home, catalog: Catalog) -> None:
    (home.folder / "words").touch()  # no folder can be made
    assert_holds(open_vocabularies(home, catalog)["en"], WORDS[:300])
    assert (home.folder / "words").read_bytes() == b""


def test_nobody_waits_for_ever(home: Home, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT", 0.0)
    (home.folder / "words").mkdir()
    with FileLock(home.folder / "words" / "lock"):
        assert_holds(open_vocabularies(home, catalog)["en"], WORDS[:300])
        module.update_vocabularies(home, catalog)
    assert not (home.folder / "words" / "words.json").exists()


def test_who_comes_at_once_is_served(home: Home, catalog: Catalog) -> None:
    def read(_: int) -> Vocabulary:
        own = Catalog(home, writable=False)
        try:
            return open_vocabularies(home, own)["en"]
        finally:
            own.close()

    with ThreadPoolExecutor(4) as threads:
        for held in threads.map(read, range(4)):
            assert_holds(held, WORDS[:300])
