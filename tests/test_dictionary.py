"""Guards: words are learned when a second language appears, only once, and translated as comparing with each would."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.catalog import Catalog
from rag.dictionary import Dictionary, knows_all_words
from rag.home import Home
from rag.index import Index
from rag.snapshot import Reading
from rag.terms import to_term
from rag.vocabulary import Vocabulary, open_vocabularies
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
        return set(catalog.words.all())
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


def test_a_run_brings_the_files_in_step_before_it_is_seen(english: Index, tmp_path: Path) -> None:
    for number in range(2):
        write_article(
            tmp_path / "files", f"water{number}", f"تعتمد المدن على تحلية {'المياه' * number}.", language="ar"
        )
        english.refresh()
        catalog = Catalog(english.home, writable=False)
        listed = (english.home.folder / "words" / "words.json").read_bytes()
        held = open_vocabularies(english.home, catalog)
        assert {word for vocabulary in held.values() for word in vocabulary.words()} == catalog.words.all()
        assert (english.home.folder / "words" / "words.json").read_bytes() == listed
        catalog.close()


def test_a_reader_makes_the_files_that_are_missing(english: Index) -> None:
    """As of an index that a version without them made."""
    reading = Reading(english.home, english.encoder)
    vectors = english.encoder.encode_words(["beijing"])
    dictionary = reading.translating().dictionary
    assert dictionary is not None
    before = dictionary.translate(vectors, "en")
    shutil.rmtree(english.home.folder / "words")
    assert dictionary.translate(english.encoder.encode_words(["orders"]), "en")[0], "what is open stays open"
    again = Reading(english.home, english.encoder).snapshot().dictionary
    assert again is not None
    assert again.translate(vectors, "en") == before
    assert before[0]


def test_translations_are_shares_of_the_nearest_words(tmp_path: Path) -> None:
    """Against a plain comparison with every word, shares by the softmax of cosines over 0.4."""
    names = [f"{first}{second}ing" for first in "bcdfghjklmnpqrstvwz" for second in ("a", "ee", "oa", "ou", "ai", "y")]
    chance = np.random.default_rng(5)
    vectors = chance.normal(size=(len(names), 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = vectors[:20] + chance.normal(size=(20, 16)).astype(np.float32) * 0.2
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    catalog = Catalog(Home(tmp_path), writable=True)
    catalog.words.add(dict.fromkeys(names, "en"), vectors)
    dictionary = Dictionary.read(Home(tmp_path), catalog)
    catalog.close()
    known = vectors.astype(np.float16).astype(np.float32)
    translations = dictionary.translate(queries, "en")
    for query, translated in zip(queries, translations, strict=True):
        cosines = known @ query
        best = [place for place in np.argsort(-cosines)[:6] if cosines[place] > 0.4]
        weights = np.exp(cosines[best] / 0.05)
        expected: dict[str, float] = {}
        for place, share in zip(best, weights / weights.sum(), strict=True):
            expected[to_term(names[place])] = expected.get(to_term(names[place]), 0.0) + float(share)
        assert translated == pytest.approx(expected, abs=1e-4)
    assert dictionary.translate(queries, "ar") == [{}] * 20
    assert dictionary.translate(queries[:0], "en") == []


def test_a_word_is_looked_up_once(english: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    dictionary = Reading(english.home, english.encoder).translating().dictionary
    assert dictionary is not None
    looked: list[int] = []
    nearest = Vocabulary.nearest

    def count(self: Vocabulary, vectors: np.ndarray, most: int, least: float) -> list[list[tuple[str, float]]]:
        looked.append(len(vectors))
        return nearest(self, vectors, most, least)

    monkeypatch.setattr(Vocabulary, "nearest", count)
    one, two = english.encoder.encode_words(["beijing"]), english.encoder.encode_words(["orders", "beijing"])
    first = dictionary.translate(one, "en")
    assert dictionary.translate(two, "en")[1:] == first
    assert dictionary.translate(two, "en")[1:] == first
    assert looked[:2] == [1, 1]
    assert sum(looked) == 2
