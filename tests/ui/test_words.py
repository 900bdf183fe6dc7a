"""Guards: every key that the pages build out of a name is in `ui/words.toml`, and nothing else that looks like one."""

from __future__ import annotations

from typing import get_args

import pytest

from rag.evaluate.compare import COMPARED
from ui.preferences import CHOICES
from ui.render.evaluation import MEASURES
from ui.render.frame import PATHS
from ui.strings import WORDS, Locale
from ui.types import Digits, ReaderChoice, Theme

BUILT = {
    "page": set(PATHS),
    "in": {"ar", "en", "index"},  # the last is counted
    "setting": set(CHOICES),
    "measure": {measure.replace("@", "_at_") for measure in (*MEASURES, *COMPARED)},
    "report": {"added", "changed", "removed", "copies", "failed", "nothing"},
    "set": {"samples", "feedback", "by", "elsewhere", "elsewhere_how"},  # the last three are said by their own names
    "lack": {"kind", "office"},
    "miss": {"made_up", "refused", "wrong"},
    "language": {"ar", "en"},
    "digits": set(get_args(Digits)),
    "theme": set(get_args(Theme)),
    "reader": set(get_args(ReaderChoice)),
}
PAGE_OF = {"page_of"}  # of the list of articles


@pytest.mark.parametrize("beginning", BUILT)
def test_the_words_of_a_kind_are_those_that_are_built(beginning: str) -> None:
    there = {key.removeprefix(f"{beginning}_") for key in set(WORDS) - PAGE_OF if key.startswith(f"{beginning}_")}
    assert there == BUILT[beginning]


@pytest.mark.parametrize("key", [key for key, words in WORDS.items() if not isinstance(words["ar"], str)])
def test_a_number_that_is_not_in_its_noun_is_told(key: str) -> None:
    """Only one, two and none are said by the noun alone."""
    for number in (3, 10, 11, 99, 100, 103):
        assert str(number) in Locale("ar").count(key, number)
        assert str(number) in Locale("en").count(key, number)
