"""Guards: BM25 over folded terms, titles counted; a change adds a segment, and costs what it is worth."""

import math
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from rag.errors import IndexStateError
from rag.keywords import FoundKeywords, KeywordIndex, write_keywords
from rag.segments import sweep_keywords
from rag.types import Passage
from tests.fakes import a_passage

PASSAGES = [
    a_passage("طلبت بكين رقائق H200.", passage_id="a:0", title="بكين", language="ar"),
    a_passage("Water in Cairo, and more water.", passage_id="b:0", title="Chips"),
    a_passage("Nothing of note.", passage_id="c:0", title="Water"),
]


@pytest.fixture
def keywords(tmp_path: Path) -> KeywordIndex:
    return write(tmp_path, 0, PASSAGES)


def reading(every: list[Passage]) -> Callable[[Collection[str] | None], list[Passage]]:
    """Give of these passages those of some ids, all for None, as a catalog does."""
    return lambda ids: [passage for passage in every if ids is None or passage.id in ids]


def write(
    folder: Path, generation: int, new: list[Passage], gone: set[str] = frozenset(), every: list[Passage] | None = None
) -> KeywordIndex:  # type: ignore[assignment]
    """Write the generation after this one, and open it; `every` is what it may be written anew of."""
    every = new if every is None else every
    write_keywords(folder, generation, iter(new), gone, reading(every), FoundKeywords())
    return KeywordIndex(folder, generation + 1)


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
    assert len(match(write(tmp_path, 0, []), "water")) == 0


MANY = [a_passage(f"Ship {n} left the harbour.", passage_id=f"s{n}:0") for n in range(20)]


def test_a_change_adds_a_segment_and_leaves_the_others(tmp_path: Path) -> None:
    write(tmp_path, 0, MANY)
    changed = write(tmp_path, 1, PASSAGES[1:2], gone={"s3:0"}, every=[])  # which would be seen, were all written anew
    assert changed.passage_ids == {p.id for p in MANY} - {"s3:0"} | {"b:0"}
    assert match(changed, "water")[changed.row("b:0")] > 0  # type: ignore[index]
    assert match(changed, "3") == [0] * 21
    assert len(KeywordIndex(tmp_path, 1).ids) == 20, "who reads the generation before goes on reading it"


def test_what_was_gone_and_comes_back_is_found_again(tmp_path: Path) -> None:
    write(tmp_path, 0, MANY)
    write(tmp_path, 1, [], gone={"s3:0"}, every=[])
    assert "s3:0" in write(tmp_path, 2, MANY[3:4], every=[]).passage_ids


def test_scores_of_segments_are_near_those_of_one_index(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole", 0, [*MANY, *PASSAGES])
    write(tmp_path / "parts", 0, MANY)
    parts = write(tmp_path / "parts", 1, PASSAGES, every=[])
    for words in (("water",), ("harbour", "ship"), ("H200",), ("7",)):
        assert match(parts, *words) == pytest.approx(match(whole, *words), abs=0.06)


def test_much_that_changed_is_written_anew_as_one(tmp_path: Path) -> None:
    write(tmp_path, 0, MANY)
    anew = write(tmp_path, 1, [], gone={p.id for p in MANY[:10]}, every=MANY[10:])
    assert anew.ids == [p.id for p in MANY[10:]]


def test_segments_of_one_size_are_merged_and_the_large_one_is_not_written_again(tmp_path: Path) -> None:
    crowd = [a_passage(f"Train {n} left.", passage_id=f"t{n}:0") for n in range(300)]
    write(tmp_path, 0, crowd)
    [large] = (tmp_path / "keywords").iterdir()
    for at, passage in enumerate(MANY[:12], start=1):
        index = write(tmp_path, at, [passage], every=MANY[:at])  # were the crowd read again, it would be lost
    assert index.passage_ids == {p.id for p in [*crowd, *MANY[:12]]}
    assert large.is_dir()


def test_small_segments_are_merged(tmp_path: Path) -> None:
    crowd = [a_passage(f"Train {n} left.", passage_id=f"t{n}:0") for n in range(100)]
    write(tmp_path, 0, crowd)
    for at, passage in enumerate(MANY[:12], start=1):
        index = write(tmp_path, at, [passage], every=[*crowd, *MANY[:at]])
    assert index.passage_ids == {p.id for p in [*crowd, *MANY[:12]]}
    sweep_keywords(tmp_path, 13, 0)
    assert len(list((tmp_path / "keywords").iterdir())) < 10
    assert sorted(p.name for p in tmp_path.glob("*.json")) == ["keywords-12.json", "keywords-13.json"]


@pytest.mark.parametrize("damage", ["keywords-1.json", "keywords/*/passages.json"])
def test_a_missing_or_damaged_index_is_one_clear_line(tmp_path: Path, damage: str) -> None:
    write(tmp_path, 0, PASSAGES)
    (damaged,) = tmp_path.glob(damage)
    damaged.write_text("[", encoding="utf-8")
    with pytest.raises(IndexStateError, match="sanad doctor --repair"):
        KeywordIndex(tmp_path, 1)
    with pytest.raises(IndexStateError, match="missing or damaged"):
        KeywordIndex(tmp_path, 7)


def test_what_was_found_before_is_what_would_be_found(tmp_path: Path) -> None:
    """A passage that was found under the same id as one that was dropped counts as it is now."""
    found = FoundKeywords()
    found.add([a_passage("Another text.", passage_id="b:0"), *PASSAGES[:2]])
    write_keywords(tmp_path / "found", 0, iter(PASSAGES), (), reading(PASSAGES), found)
    before, anew = KeywordIndex(tmp_path / "found", 1), write(tmp_path / "anew", 0, PASSAGES)
    assert before.ids == anew.ids
    for words in (("water",), ("chip", "cairo"), ("بكين",), ("text",)):
        assert match(before, *words) == match(anew, *words)
    assert before.names.match({"BKN": 1.0}).tolist() == anew.names.match({"BKN": 1.0}).tolist()


def test_keywords_of_a_great_many_passages_are_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("rag.keywords._REMEMBERED", 1)
    found = FoundKeywords()
    found.add(PASSAGES)
    assert len(found._found) == 1
    write_keywords(tmp_path, 0, iter(PASSAGES), (), reading(PASSAGES), found)
    assert match(KeywordIndex(tmp_path, 1), "water") == match(write(tmp_path / "anew", 0, PASSAGES), "water")
