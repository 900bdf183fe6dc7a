"""Guards: what is stored is what the article says, without debris; what is compared is one spelling."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.clean import clean, fold, strip_tashkeel

ENCODED = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY3ODkwYWJjZGVmZ2hpamts"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends"),
        pytest.param("a  b\u00a0 c\t d ", "a b c d", id="white space"),
        pytest.param("a\n\n\n\nb", "a\n\nb", id="blank lines"),
        pytest.param("\u202bنص\u202c\u200f \ufeffآخر\u00ad", "نص آخر", id="invisible characters"),
        pytest.param("a\x00b\x07c", "abc", id="control characters"),
        pytest.param("قُدِّرت", "قُدِّرت", id="tashkeel stays"),
        pytest.param("cafe\u0301", "café", id="composed"),
        pytest.param("النص.\n\nشارك المقال فيسبوك تويتر واتساب", "النص.", id="arabic share row"),
        pytest.param("The end.\nShare this article: Facebook | Twitter | WhatsApp", "The end.", id="share row"),
        pytest.param(f"The end.\n{ENCODED}\nfoo bar", "The end.", id="encoded line and stray words"),
        pytest.param("النص.\nاقرأ أيضًا: خبر آخر طويل جدا عن شيء لا يهم هنا", "النص.", id="read also"),
        pytest.param("The end.\nWe use cookies to improve your visit.", "The end.", id="cookie line"),
        pytest.param("Opening.\nFoo bar", "Opening.\nFoo bar", id="stray words alone stay"),
        pytest.param("Share this on Facebook, she wrote in a long letter.\nThe end.",
                     "Share this on Facebook, she wrote in a long letter.\nThe end.", id="within the text stays"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_clean(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@given(st.text(max_size=200))
def test_clean_is_idempotent(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("القُاهِرةُ", "القاهره", id="tashkeel and ta marbuta"),
        pytest.param("أحمد إلى آخر ٱسم", "احمد الي اخر اسم", id="alef forms and maksura"),
        pytest.param("مســـؤول", "مسوول", id="tatweel and hamza on waw"),
        pytest.param("٢٠٢٦", "2026", id="arabic-indic digits"),
        pytest.param("۲۰۲۶", "2026", id="persian digits"),
        pytest.param("کتاب گلی", "كتاب كلي", id="persian letters"),
        pytest.param("ﻻ ﷲ", "لا الله", id="presentation forms"),
        pytest.param("\u202eنص\u200c", "نص", id="direction marks"),
        pytest.param("CAFÉ", "cafe", id="case and accents"),
        pytest.param("سماء", "سما", id="hamza alone"),
    ],
)
def test_fold_makes_spellings_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other) == other


@pytest.mark.parametrize(("one", "other"), [("كلب", "قلب"), ("حمار", "جمار"), ("سيف", "صيف")])
def test_fold_keeps_letters_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=100))
def test_fold_is_idempotent(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


def test_strip_tashkeel_keeps_every_letter() -> None:
    assert strip_tashkeel("قُدِّرَتْ مُعدَّلاتٌ ـــ café") == "قدرت معدلات  café"
    assert unicodedata.normalize("NFC", strip_tashkeel("أإآؤئة")) == "أإآؤئة"
