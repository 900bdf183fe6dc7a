"""Guards: a number or a date that the passage says of something else is found; one that it says of it is not."""

import pytest

from rag.align import WordAligner
from rag.binding import find_taken
from rag.facts import read_facts


def taken(aligner: WordAligner, claim: str, passage: str) -> str:
    said, whole = read_facts(claim), read_facts(passage)
    found = find_taken(said, whole, aligner.compare(said.words, whole.words))
    return claim[found.start : found.end] if found else ""


@pytest.mark.parametrize(
    ("claim", "passage", "expected"),
    [
        (
            "The terminal handled 420 ships.",
            "The port employs 420 dockers. The terminal handled 310 ships in May.",
            "420",
        ),
        (
            "بلغ عدد المصابين 27 مصاباً",
            "زار المعرض 27 شاعراً. وبلغ عدد المصابين 19 مصاباً.",
            "27",
        ),
        (
            "The terminal handled 310 ships.",
            "The port employs 420 dockers. The terminal handled 310 ships in May.",
            "",
        ),
        (
            "The bill passed by 66 votes to 43.",
            "The bill passed by 66 votes to 43 after 15 days of debate.",
            "",
        ),
        ("About two thirds of its cost was paid.", "The state paid two thirds of its cost of 26 million dinars.", ""),
        ("The terminal handled ships.", "The port employs 420 dockers.", ""),
        ("48.", "The port employs 48 dockers and 12 guards.", ""),
    ],
)
def test_what_is_taken_from_elsewhere(aligner: WordAligner, claim: str, passage: str, expected: str) -> None:
    assert taken(aligner, claim, passage) == expected
