"""Guards: each way a word is found is told, with the words as they stand in the passage."""

from rag.explain import find_matches
from rag.types import Match
from tests.fakes import a_passage


def test_each_form_is_told() -> None:
    passage = a_passage("طلبت تينسنت رقائقَ للحرب.", title="خبر", language="ar")
    found = find_matches(passage, {"رقاق": ("لرقاق",), "غيره": ()}, {"war": ["حرب"], "sea": ["بحر"]}, {"TNSNT", "KNL"})
    assert Match("war", ("للحرب",), "dictionary") in found
    assert Match("TNSNT", ("تينسنت",), "name") in found
    assert {match.asked for match in found} <= {"رقاق", "war", "TNSNT"}


def test_the_title_counts_and_spellings_are_told_apart() -> None:
    passage = a_passage("Ships left.", title="Suez")
    assert find_matches(passage, {"suez": (), "canal": ("ship",)}, {}, ()) == (
        Match("suez", ("Suez",), "same"),
        Match("canal", ("Ships",), "spelling"),
    )
