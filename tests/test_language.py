"""Guards: the language of a question, the day a date names, and where sentences end in both languages."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language import detect_language, parse_day, split_sentences, text_direction


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("من طلب الرقائق؟", "ar", id="arabic"),
        pytest.param("Who ordered the chips?", "en", id="english"),
        pytest.param("ما هي NVIDIA H200 GPU؟", "ar", id="arabic with latin names"),
        pytest.param("What does علي بابا mean?", "en", id="english with an arabic name"),
        pytest.param("H200؟", "ar", id="a name and an arabic question mark"),
        pytest.param("شنو هي سياسة Google Cloud؟", "ar", id="dialect with a latin name"),
        pytest.param("ﻣﺮﺣﺒﺎ", "ar", id="presentation forms"),
    ],
)
def test_language_is_told_by_words(text: str, expected: str) -> None:
    assert detect_language(text) == expected


def test_text_without_words_takes_the_default() -> None:
    assert detect_language("2026", default="ar") == "ar"
    assert detect_language("", default="en") == "en"


def test_as_many_words_of_each_language_go_by_the_first() -> None:
    assert detect_language("مرحبا hello") == "ar"
    assert detect_language("hello مرحبا") == "en"


def test_direction() -> None:
    assert (text_direction("ar"), text_direction("en")) == ("rtl", "ltr")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="three marks"),
        pytest.param("أين؟ هنا. نعم!", ["أين؟", "هنا.", "نعم!"], id="arabic marks"),
        pytest.param("It cost 4.5 bn. Then 3.", ["It cost 4.5 bn.", "Then 3."], id="decimal"),
        pytest.param("Mr. Smith met Dr. Lee. They left.", ["Mr. Smith met Dr. Lee.", "They left."], id="titles"),
        pytest.param("قال د. محمد نعم. ثم خرج.", ["قال د. محمد نعم.", "ثم خرج."], id="arabic title"),
        pytest.param("انتهى عام 1998 م. وبدأ آخر.", ["انتهى عام 1998 م.", "وبدأ آخر."], id="year"),
        pytest.param("J. Smith of the U.S. Senate spoke.", ["J. Smith of the U.S. Senate spoke."], id="initials"),
        pytest.param("He said “no.” She left.", ["He said “no.”", "She left."], id="quote after the stop"),
        pytest.param("وأضاف: «نعم.» ثم مضى.", ["وأضاف: «نعم.»", "ثم مضى."], id="guillemets after the stop"),
        pytest.param("Prices rose approx. ten percent.", ["Prices rose approx. ten percent."], id="small letter"),
        pytest.param("Title line\nBody line", ["Title line", "Body line"], id="line end"),
        pytest.param("الشركات، ومنها TSMC؛ تعمل. وهكذا.", ["الشركات، ومنها TSMC؛ تعمل.", "وهكذا."], id="commas"),
        pytest.param("  . x", [". x"], id="a stop alone"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == expected


@given(st.text(alphabet='ابج .؟!\nAb1«»"”', max_size=60))
def test_sentences_keep_every_letter_once_and_in_order(text: str) -> None:
    spans = split_sentences(text)
    assert all(start < end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["2026-01-31", "2026-01-31T12:57:00+01:00", "20260131", "31/1/2026", "31.01.2026", "٣١/١/٢٠٢٦", "31/01/2026 10:00"],
)
def test_a_day_is_read_as_papers_write_it(text: str) -> None:
    assert parse_day(text) == date(2026, 1, 31)


@pytest.mark.parametrize("text", ["soon", "2026", "31/13/2026", "2026-02-30", ""])
def test_no_day_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date|must be in|out of range"):
        parse_day(text)
