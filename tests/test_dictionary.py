"""Guards: words are learned when a second language appears, in the articles or in a question, and only once."""

from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.dictionary import knows_all_words
from rag.home import Home
from rag.index import Index
from rag.snapshot import Reading
from tests.fakes import HashEncoder, write_article


@pytest.fixture
def english(tmp_path: Path) -> Index:
    """An index of one English article."""
    write_article(tmp_path / "files", "chips", "Beijing told firms to prepare H200 orders.")
    index = Index(Home(tmp_path / "index"), HashEncoder(), 64)
    index.add(tmp_path / "files")
    return index


def words(index: Index) -> set[str]:
    catalog = Catalog(index.home, writable=False)
    try:
        return set(catalog.words())
    finally:
        catalog.close()


def test_one_language_needs_no_words(english: Index) -> None:
    assert words(english) == set()
    snapshot = Reading(english.home, english.encoder).snapshot()
    assert snapshot.languages == {"en"}
    assert snapshot.dictionary is None


def test_the_second_language_brings_the_words_of_all(english: Index, tmp_path: Path) -> None:
    write_article(tmp_path / "files", "water", "تعتمد المدن على تحلية المياه.", language="ar")
    english.refresh()
    assert {"beijing", "المدن"} <= words(english)
    write_article(tmp_path / "files", "canal", "Ships left the canal.")
    english.refresh()
    assert {"beijing", "ships", "canal"} <= words(english)
    assert Reading(english.home, english.encoder).snapshot().dictionary is not None


def test_a_question_in_the_other_language_has_them_learned_once(english: Index) -> None:
    reading = Reading(english.home, english.encoder)
    assert reading.translating().dictionary is not None
    assert "beijing" in words(english)
    assert reading.translating() is reading.snapshot()
    catalog = Catalog(english.home, writable=False)
    assert knows_all_words(catalog)
    catalog.close()
    english.add()  # nothing changed: what was learned stays
    assert "beijing" in words(english)


def test_where_another_process_writes_they_are_learned_for_now(english: Index) -> None:
    with english._writing():
        dictionary = Reading(english.home, english.encoder).translating().dictionary
    assert dictionary is not None
    [found] = dictionary.translate(english.encoder.encode_words(["beijing"]), "en")
    assert "beij" in found
    assert words(english) == set()
