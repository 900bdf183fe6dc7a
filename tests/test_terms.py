"""Guards: two writings of a word meet in one term, different words do not, and a term knows its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terms import question_terms, spelt_words, split_terms


def terms(text: str) -> list[str]:
    return [term.text for term in split_terms(text)]


def finds(question: str, text: str) -> bool:
    """Whether a question's keywords reach a passage of this text."""
    held = set(terms(text))
    return any(held & {term, *others} for term, others in question_terms(question).items())


WRITINGS = [
    pytest.param("القاهره", "القاهرة", id="ta marbuta without dots"),
    pytest.param("٢٠٢٦", "2026", id="Arabic-Indic digits"),
    pytest.param("2026", "٢٠٢٦", id="and back"),
    pytest.param("۲۰۲۶", "2026", id="Persian digits"),
    pytest.param("١٬٢٣٤", "1,234", id="thousands"),
    pytest.param("1234", "١٬٢٣٤", id="thousands without a mark"),
    pytest.param("٤٫٥", "4.5", id="decimals"),
    pytest.param("4.5", "$4.5bn", id="unit written to the number"),
    pytest.param("15", "15th", id="ordinal"),
    pytest.param("2026", "2026م", id="year with its era"),
    pytest.param("وزراء", "وزير", id="broken plural"),
    pytest.param("وزير", "وزراء", id="and back"),
    pytest.param("الوزراء", "لوزير", id="broken plural with particles"),
    pytest.param("مدينة", "مدن", id="cities"),
    pytest.param("المدن", "بالمدينة", id="cities with particles"),
    pytest.param("سفينة", "السفن", id="ships"),
    pytest.param("رقاقة", "رقائق", id="chips"),
    pytest.param("خبير", "الخبراء", id="experts"),
    pytest.param("شهر", "أشهر", id="months"),
    pytest.param("أشهر", "شهور", id="two plurals of a word"),
    pytest.param("ملايين", "مليون", id="millions"),
    pytest.param("قوانين", "قانون", id="laws"),
    pytest.param("أسعار", "السعر", id="prices"),
    pytest.param("جندي", "الجنود", id="soldiers"),
    pytest.param("امرأة", "نساء", id="women"),
    pytest.param("لجان", "اللجنة", id="committees"),
    pytest.param("المدارس", "بالمدارس", id="article and particle"),
    pytest.param("مدرسة", "المدارس", id="schools"),
    pytest.param("الشركات", "والشركات", id="and"),
    pytest.param("الشركات", "للشركات", id="for"),
    pytest.param("شركات", "شركاتها", id="pronoun"),
    pytest.param("شركة", "الشركات", id="sound plural"),
    pytest.param("باريس", "بباريس", id="in"),
    pytest.param("بباريس", "باريس", id="and back"),
    pytest.param("بكين", "لبكين", id="to Beijing"),
    pytest.param("بكين", "وبكين", id="and Beijing"),
    pytest.param("يلتقي", "سيلتقي", id="future"),
    pytest.param("فرنسا", "كفرنسا", id="like"),
    pytest.param("الصين", "بالصين", id="in with the article"),
    pytest.param("مهندسون", "مهندسين", id="case ending"),
    pytest.param("الإمارات", "الامارات", id="hamza under alef"),
    pytest.param("أوروبا", "اوروبا", id="hamza over alef"),
    pytest.param("آسيا", "اسيا", id="madda"),
    pytest.param("على الأرض", "ارض", id="stop word beside a word"),
    pytest.param("قُدِّرت", "قدرت", id="tashkeel"),
    pytest.param("محمـــد", "محمد", id="tatweel"),
    pytest.param("ﺍﻟﻌﺮﺑﻴﺔ", "العربية", id="presentation forms"),
    pytest.param("کتاب", "كتاب", id="Persian kaf"),
    pytest.param("موسيقى", "موسيقي", id="alef maksura"),
    pytest.param("لبنان", "بلبنان", id="Lebanon"),
    pytest.param("كانون الثاني", "يناير", id="two names of a month"),
    pytest.param("يناير", "كانون الثاني", id="and back"),
    pytest.param("January", "يناير", id="a month across languages"),
    pytest.param("جانفي", "January", id="Algeria"),
    pytest.param("غشت", "August", id="Morocco"),
    pytest.param("شتنبر", "سبتمبر", id="Morocco"),
    pytest.param("أوت 2025", "أغسطس 2025", id="Tunisia"),
    pytest.param("15 آب", "15 أغسطس", id="the month beside a day"),
    pytest.param("نيسان 2026", "April 2026", id="the month beside a year"),
    pytest.param("شهر مارس", "آذار 2024", id="after the word for month"),
    pytest.param("in May 2026", "مايو", id="English month beside a year"),
    pytest.param("March 5", "5 مارس", id="English month beside a day"),
    pytest.param("تشرين الأول", "أكتوبر", id="October"),
    pytest.param("بيناير", "يناير", id="month with a particle"),
    pytest.param("companies", "company", id="English plural"),
    pytest.param("Nvidia's", "Nvidia", id="possessive"),
    pytest.param("women", "woman", id="English irregular plural"),
    pytest.param("sold", "sells", id="English irregular verb"),
    pytest.param("h200", "H200", id="case"),
    pytest.param("H200", "رقائقH200", id="Latin written to Arabic"),
    pytest.param("café", "cafe", id="accents"),
]

DIFFERENT = [
    pytest.param("على", "علي", id='"on" and Ali'),
    pytest.param("علي", "على", id='Ali and "on"'),
    pytest.param("إلى", "الي", id="to"),
    pytest.param("بكين", "كين", id="Beijing and Kane"),
    pytest.param("كين", "بكين", id="and back"),
    pytest.param("والد", "الد", id="father"),
    pytest.param("الد", "والد", id="and back"),
    pytest.param("آب", "أب", id="August and father"),
    pytest.param("أب", "آب", id="and back"),
    pytest.param("15 أب", "أغسطس", id="father beside a number"),
    pytest.param("سيارة نيسان", "April", id="the car"),
    pytest.param("نيسان", "أبريل 2026", id="the car without a year"),
    pytest.param("May", "مايو", id="the verb"),
    pytest.param("he may go", "مايو 2020", id="the verb in a sentence"),
    pytest.param("March", "مارس 2020", id="walking"),
    pytest.param("march", "شهر مارس", id="walking"),
    pytest.param("مارس الرياضة", "March 2020", id="he exercised"),
    pytest.param("كوريا", "سوريا", id="Korea and Syria"),
    pytest.param("سوريا", "كوريا", id="and back"),
    pytest.param("لبنان", "لبن", id="Lebanon and milk"),
    pytest.param("لبن", "لبنان", id="and back"),
    pytest.param("السودان", "الأسود", id="Sudan and black"),
    pytest.param("وزارة", "زار", id="ministry and visited"),
    pytest.param("وكالة", "كالة", id="agency"),
    pytest.param("إيران", "أير", id="Iran"),
    pytest.param("اليابان", "باب", id="Japan and door"),
    pytest.param("برلين", "برلمان", id="Berlin and parliament"),
    pytest.param("برلمان", "برلين", id="and back"),
    pytest.param("H200", "H20", id="two chips"),
    pytest.param("H20", "H200", id="and back"),
    pytest.param("2025", "2026", id="years"),
    pytest.param("4.5", "45", id="decimal point"),
    pytest.param("1,234", "1.234", id="thousands and decimals"),
    pytest.param("12", "1200", id="numbers"),
    pytest.param("علم", "معلم", id="science and teacher"),
    pytest.param("شركة", "اشتراك", id="company and subscription"),
    pytest.param("كتب", "مكتب", id="books and office"),
    pytest.param("يناير", "فبراير", id="months"),
    pytest.param("كانون الأول", "كانون الثاني", id="December and January"),
    pytest.param("دول", "دولار", id="states and dollar"),
    pytest.param("مال", "شمال", id="money and north"),
    pytest.param("عين", "تعيين", id="eye and appointment"),
    pytest.param("university", "universe", id="English stems that differ"),
    pytest.param("new", "news", id="English"),
    pytest.param("us", "USB", id="English"),
    pytest.param("قمة", "قمر", id="summit and moon"),
    pytest.param("ضحايا", "ضحك", id="victims and laughter"),
    pytest.param("وقود", "قيود", id="fuel and limits"),
    pytest.param("صحف", "صحفي", id="papers and journalist"),
]


@pytest.mark.parametrize(("question", "text"), WRITINGS)
def test_writings_of_a_word_find_each_other(question: str, text: str) -> None:
    assert finds(question, text)


@pytest.mark.parametrize(("question", "text"), DIFFERENT)
def test_different_words_stay_apart(question: str, text: str) -> None:
    assert not finds(question, text)


def test_stop_words_are_left_out() -> None:
    assert terms("ما هي الشركات التي في the city of") == terms("الشركات city")


def test_a_term_knows_its_place() -> None:
    text = "قال إنّ ١٬٢٣٤ شركةً في القاهرة."
    assert [text[t.start : t.end] for t in split_terms(text)] == ["قال", "١٬٢٣٤", "شركةً", "القاهرة"]


@given(st.text(max_size=80))
def test_places_are_inside_the_text_and_in_order(text: str) -> None:
    found = split_terms(text)
    assert all(0 <= t.start < t.end <= len(text) and t.text for t in found)
    assert [t.start for t in found] == sorted(t.start for t in found)


def test_words_are_given_as_they_are_spelt() -> None:
    assert spelt_words("عَرقلة والعرقلة على عرقله 1869 Tariffs x") == {
        "عرقله": "عَرقلة",
        "والعرقله": "والعرقلة",
        "tariffs": "Tariffs",
    }
