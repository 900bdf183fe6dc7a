"""Guards: Arabic is told from what broken files make of it."""

import json
from pathlib import Path

import pytest

from rag.load.letters import ENOUGH, LEAST, count_arabic_letters, presentation_forms, reads_as_arabic

CORPUS = Path(__file__).parent.parent.parent / "corpus" / "articles" / "ar"


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.md")), ids=lambda path: path.stem)
def test_articles_read_as_arabic_and_reversed_do_not(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert count_arabic_letters(text) > ENOUGH
    assert reads_as_arabic(text) > LEAST > reads_as_arabic(text[::-1])


def test_wrong_letters_do_not() -> None:
    text = next(iter(sorted(CORPUS.glob("*.md")))).read_text(encoding="utf-8")
    assert reads_as_arabic(text.translate(str.maketrans("ابتلمنويرس", "ظثذضغءخؤزش"))) < LEAST


def test_presentation_forms_are_the_letters_they_stand_for() -> None:
    shaped = "\ufee3\ufee3\ufe8e"
    assert presentation_forms(shaped) == 1
    assert count_arabic_letters(shaped) == 3
    assert reads_as_arabic(shaped) == reads_as_arabic("ممא".replace("א", "ا"))
    assert (presentation_forms("abc"), reads_as_arabic("abc")) == (0, 0)


def test_it_knows_the_letters_of_the_sentences_it_counts() -> None:
    sentences = json.loads((Path("rag") / "calibration.json").read_text(encoding="utf-8"))["ar"]["sentences"]
    assert sum(map(len, sentences)) > 3000
