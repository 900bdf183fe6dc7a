"""Guards: BM25 over folded terms, titles counted, files written whole."""

import math
from pathlib import Path

import pytest

from rag.errors import IndexStateError
from rag.keywords import KeywordIndex, keyword_folder, write_keyword_index
from tests.fakes import a_passage

PASSAGES = [
    a_passage("طلبت بكين رقائق H200.", passage_id="a:0", title="بكين", language="ar"),
    a_passage("Water in Cairo, and more water.", passage_id="b:0", title="Chips"),
    a_passage("Nothing of note.", passage_id="c:0", title="Water"),
]


@pytest.fixture
def keywords(tmp_path: Path) -> KeywordIndex:
    write_keyword_index(PASSAGES, tmp_path / "keywords-1")
    return KeywordIndex(tmp_path / "keywords-1")


def match(keywords: KeywordIndex, *terms: str) -> list[float]:
    return keywords.terms.match(dict.fromkeys(terms, 1.0)).tolist()


def test_scores_follow_the_passages(keywords: KeywordIndex) -> None:
    scores = match(keywords, "water")
    assert keywords.ids == ["a:0", "b:0", "c:0"]
    assert scores[0] == 0 < scores[2] < 1
    assert keywords.row("c:0") == 2
    assert keywords.row("z:0") is None


def test_title_words_count(keywords: KeywordIndex) -> None:
    assert match(keywords, "chip")[1] > 0


def test_a_match_is_a_share_of_what_was_asked(keywords: KeywordIndex) -> None:
    alone, beside = match(keywords, "water"), match(keywords, "water", "zebra")
    assert 0 < beside[1] < alone[1]
    assert keywords.terms.match({"water": 1.0}, beside=5.0)[1] < alone[1]
    assert match(keywords, "zebra") == match(keywords) == [0, 0, 0]


def test_names_meet_across_scripts(keywords: KeywordIndex) -> None:
    assert keywords.names.match({"KR": 1.0}).tolist() == [0, 0, 0]  # two consonants are no name
    assert not keywords.names.match({"TNSNT": 1.0}).any()
    assert keywords.names.match({"BKN": 1.0}).tolist()[0] > 0  # بكين


def test_idf_is_lucenes(keywords: KeywordIndex) -> None:
    assert keywords.terms.idf("water") == pytest.approx(math.log(1 + (3 - 2 + 0.5) / (2 + 0.5)))
    assert keywords.terms.idf("zebra") == pytest.approx(math.log(1 + 3.5 / 0.5))


def test_no_passages_make_an_index_that_finds_nothing(tmp_path: Path) -> None:
    write_keyword_index([], tmp_path / "k")
    assert len(match(KeywordIndex(tmp_path / "k"), "water")) == 0


def test_writing_again_replaces(tmp_path: Path) -> None:
    write_keyword_index(PASSAGES, tmp_path / "k")
    write_keyword_index(PASSAGES[:1], tmp_path / "k")
    assert KeywordIndex(tmp_path / "k").ids == ["a:0"]
    assert [p.name for p in tmp_path.iterdir()] == ["k"]


def test_a_missing_or_damaged_index_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IndexStateError, match="missing or damaged"):
        KeywordIndex(keyword_folder(tmp_path, 3))
    (tmp_path / "passages.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexStateError, match="missing or damaged"):
        KeywordIndex(tmp_path)
