"""Guards: a text is read in whatever encoding an Arabic or English newsroom wrote it; what is no text is refused."""

import codecs
import random

import pytest

from rag.load.encoding import decode

ARABIC = (
    "قال وزير الطاقة إن الإنتاج ارتفع بنسبة 12% خلال عام 2025، وإن المصانع الجديدة ستبدأ العمل في الربيع.\n\n"
    "وأضاف الوزير في مؤتمر صحفي أن الأسعار لن تتغير قبل نهاية السنة."
)
ENGLISH = "The café’s owner, Mr Müller, said: “prices rose by 12% – twice as fast as in 2024.”"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp1256"])
def test_arabic(encoding: str) -> None:
    assert decode(ARABIC.encode(encoding)) == ARABIC


def test_arabic_of_older_systems() -> None:
    plain = ARABIC.replace("%", "")
    for encoding in ("iso8859_6", "cp720"):
        written = plain.encode(encoding, errors="ignore")
        assert decode(written) == written.decode(encoding), encoding


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le"])
def test_english(encoding: str) -> None:
    assert decode(ENGLISH.encode(encoding)) == ENGLISH


def test_both_in_one_line() -> None:
    mixed = "وقالت شركة Nvidia إن رقائق H200 ستصل إلى الأسواق قريبًا (according to Reuters)."
    assert decode(mixed.encode("cp1256")) == mixed


@pytest.mark.parametrize("word", ["مرحبا", "مقال", "أخبار اليوم"])
def test_a_word_or_two(word: str) -> None:
    assert decode(word.encode("cp1256")) == word


def test_line_ends_are_made_one() -> None:
    assert decode(b"one\r\ntwo\rthree") == "one\ntwo\nthree"


def test_what_is_no_text_is_refused() -> None:
    generator = random.Random(1)
    for length in (20, 100, 3000):
        with pytest.raises(ValueError, match="not a text file"):
            decode(b"\x89PNG\r\n\x1a\n" + bytes(generator.getrandbits(8) for _ in range(length)))


def test_a_broken_end_does_not_lose_the_rest() -> None:
    assert decode(codecs.BOM_UTF8 + "نص".encode())[:2] == "نص"
    assert decode(ARABIC.encode("cp1256") + b"\xff").startswith("قال وزير")
