"""Guards: what a filter leaves out stays out, a hit says why it was found, the newest and a reranker's come first."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rag.encode import Matrix
from rag.filter import Filter
from rag.index import Index
from rag.pipeline import Rag
from rag.read import QuoteReader
from rag.retrieve import HybridRetriever
from rag.snapshot import Reading
from tests.fakes import HashEncoder, an_aligner, write_article


def found(rag: Rag, query: str, **only: object) -> list[str]:
    return [hit.passage.article_id for hit in rag.search(query, **only)]  # type: ignore[arg-type]


def test_sources_and_articles_can_be_left_out(rag: Rag, articles: Path) -> None:
    write_article(articles, "gulf", "Ships left the canal too.", source="وكالة القاهرة")
    rag.index.add(articles)
    assert found(rag, "ships canal", source="وكاله القاهره") == ["gulf"]
    assert found(rag, "ships canal", source="Nobody") == []
    assert "canal" not in found(rag, "ships canal", without=["canal"])
    assert found(rag, "ships canal", since=date(2026, 1, 1), language="en", without={"chips"}) == ["gulf"]


def test_a_hit_says_by_which_words_it_was_found(rag: Rag) -> None:
    hit = rag.search("Suez ship 1869", explain=True)[0]
    assert [(match.asked, match.found, match.form) for match in hit.matches] == [
        ("suez", ("Suez",), "same"),
        ("ship", ("Ships",), "same"),
    ]
    assert hit.to_dict()["signals"]["missing_number"] == 1
    assert rag.search("Suez")[0].matches == ()


def test_spellings_and_names_are_told_apart(index: Index, tmp_path: Path) -> None:
    write_article(tmp_path / "a", "visit", "وصل الوفد ببرلين أمس.", language="ar", title="زيارة")
    write_article(tmp_path / "a", "firm", "طلبت تينسنت الرقائق.", language="ar", title="خبر")
    index.add(tmp_path / "a")
    rag = Rag(
        index,
        HybridRetriever(Reading(index.home, index.encoder), index.encoder),
        QuoteReader(an_aligner()),
        an_aligner(),
    )
    assert [(m.found, m.form) for m in rag.search("برلين", explain=True)[0].matches] == [(("ببرلين",), "same")]
    names = rag.search("What did Tencent ask for?", explain=True)[0]
    assert (names.passage.article_id, [m.found for m in names.matches if m.form == "name"]) == ("firm", [("تينسنت",)])


def test_the_newest_comes_first_where_the_question_asks_for_it(rag: Rag, articles: Path) -> None:
    write_article(articles, "canal-2026", "Ships left the Suez canal. They sail past it.", published="2026-05-01")
    rag.index.add(articles)
    assert found(rag, "latest Suez canal ships")[0] == "canal-2026"


class _Backwards:
    def score(self, question: str, texts: Sequence[str]) -> Matrix:
        return np.arange(len(texts), dtype=np.float32)


def test_a_reranker_reorders(rag: Rag) -> None:
    encoder = HashEncoder()
    plain = HybridRetriever(Reading(rag.index.home, encoder), encoder).retrieve("Suez canal ships", 3)
    reranked = HybridRetriever(Reading(rag.index.home, encoder), encoder, _Backwards()).retrieve("Suez canal ships", 3)
    assert [h.passage.id for h in reranked] == [h.passage.id for h in reversed(plain)]


@pytest.mark.parametrize("only", [None, Filter(language="ar")])
def test_a_question_without_a_word_of_either_finds_what_it_can(rag: Rag, only: Filter | None) -> None:
    encoder = HashEncoder()
    HybridRetriever(Reading(rag.index.home, encoder), encoder).retrieve("؟", 3, only)
