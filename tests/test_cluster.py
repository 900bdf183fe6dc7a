"""Guards: a Ray cluster of two machines makes the same index as one, also when one of them is lost half-way."""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.catalog import Catalog
from rag.encoded import EncodedPassage
from rag.errors import SettingsError
from rag.home import Home
from rag.index import Index
from rag.update import Update
from tests.fakes import HashEncoder, write_article

ray = pytest.importorskip("ray", reason="the extra [ray] is not installed")
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"
)
ARTICLES = 400


class _LostModel(HashEncoder):
    """An encoder whose model is not on the machines of the cluster."""

    def count_tokens(self, texts: Any) -> list[int]:
        raise SettingsError("RAG_ENCODER='lost': not on this machine")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two machines with a core each."""
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    started = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    started.add_node(num_cpus=1)
    yield started
    ray.shutdown()
    started.shutdown()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Articles in both languages, in files of their own and in a table, a broken one, and the same one twice."""
    folder = tmp_path / "archive"
    for number in range(20):
        write_article(folder, f"n{number:02d}", f"Ship {number} left the harbour. It carried {number * 7} containers.")
    write_article(folder, "copy", "Ship 3 left the harbour. It carried 21 containers.", title="n03")
    write_article(folder, "ar", "غادرت السفينة الثالثة الميناء وعلى متنها 21 حاوية.", language="ar")
    rows = [
        {"id": f"t{n}", "title": f"Story {n}", "text": f"Story {n} is about subject{n}. It ended on day {n % 30 + 1}."}
        for n in range(ARTICLES)
    ]
    (folder / "table.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    return folder


def an_index(folder: Path, cluster: Any = None, encoder: HashEncoder | None = None) -> Index:
    from rag.cluster import RayWorkers

    here = f"127.0.0.1:{cluster.address.rpartition(':')[2]}" if cluster else ""  # by the only name that tests may use
    workers = partial(RayWorkers, address=here) if cluster else None
    return Index(Home(folder), encoder or HashEncoder(), 64, workers=workers)


def contents(index: Index) -> Mapping[str, EncodedPassage]:
    catalog = Catalog(index.home, writable=False)
    try:
        return {encoded.passage.id: encoded for encoded in catalog.every_passage()}
    finally:
        catalog.close()


def words(index: Index) -> tuple[list[str], Any]:
    catalog = Catalog(index.home, writable=False)
    try:
        return catalog.words.vectors(sorted(catalog.words.all()))
    finally:
        catalog.close()


def assert_alike(one: Index, other: Index) -> None:
    """Ids, spans, texts and words are equal, and vectors within a thousandth."""
    first, second = contents(one), contents(other)
    (known, vectors), (others, other_vectors) = words(one), words(other)
    assert {"harbour", "السفينه"} <= set(known)
    assert known == others
    assert np.allclose(vectors, other_vectors, atol=1e-3)
    assert first.keys() == second.keys()
    for key, encoded in first.items():
        assert encoded.passage == second[key].passage
        assert np.allclose(encoded.vectors, second[key].vectors, atol=1e-3)
        assert np.allclose(encoded.universal, second[key].universal, atol=1e-3)
    assert one.articles() == other.articles()
    assert other.check() == []


def test_the_index_is_that_of_one_machine(cluster: Any, archive: Path, tmp_path: Path) -> None:
    alone, together = an_index(tmp_path / "alone"), an_index(tmp_path / "together", cluster)
    expected, report = alone.add(archive), together.add(archive)
    assert (report.added, report.copies) == (expected.added, expected.copies)
    assert [failure.source for failure in report.failed] == [str(archive / "broken.pdf")]
    assert_alike(alone, together)


def test_a_second_run_reads_only_what_changed(cluster: Any, archive: Path, tmp_path: Path) -> None:
    index = an_index(tmp_path / "index", cluster)
    index.add(archive)
    write_article(archive, "n05", "Ship 5 sank.")
    (archive / "n06.md").rename(archive / "moved.md")
    report = index.refresh()
    assert (report.added, report.changed, report.removed) == ((), ("n05",), ())


def test_a_machine_that_is_lost_half_way_loses_nothing(
    cluster: Any, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doomed = cluster.add_node(num_cpus=1)
    half = threading.Event()

    def lose_it(update: Update, *arguments: Any) -> None:
        if update.writer.passages > ARTICLES / 2 and not half.is_set():
            half.set()
            cluster.remove_node(doomed, allow_graceful=False)
        take(update, *arguments)

    take = Update._take_article
    monkeypatch.setattr(Update, "_take_article", lose_it)
    index = an_index(tmp_path / "index", cluster)
    report = index.add(archive)
    assert half.is_set()
    monkeypatch.undo()
    alone = an_index(tmp_path / "alone")
    assert report.added == alone.add(archive).added
    assert_alike(alone, index)


def test_an_error_on_the_cluster_is_the_error_it_would_be_here(cluster: Any, archive: Path, tmp_path: Path) -> None:
    index = an_index(tmp_path / "index", cluster)
    index.encoder = _LostModel()
    with pytest.raises(SettingsError, match=r"^RAG_ENCODER='lost': not on this machine$"):
        index.add(archive)


def test_a_cluster_that_is_not_there_is_one_clear_line(archive: Path, tmp_path: Path) -> None:
    from rag.cluster import RayWorkers

    index = Index(Home(tmp_path / "index"), HashEncoder(), 64, workers=partial(RayWorkers, address="127.0.0.1:9"))
    with pytest.raises(SettingsError, match=r"--ray 127.0.0.1:9: there is no Ray cluster.*ray start --head"):
        index.add(archive)
