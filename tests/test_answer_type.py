"""Guards: what a question asks for is read from it, and a sentence is seen to carry it."""

import pytest

from rag.answer_type import carries, counted_noun, expected_type


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("كم سفينة عبرت القناة؟", "number"),
        ("How many ships crossed the canal?", "number"),
        ("ما حصة الخليج من المياه المحلاة؟", "percent"),
        ("What share of the power is used in America?", "percent"),
        ("ما سعر رقاقة H200؟", "money"),
        ("What did the dam cost to build?", "money"),
        ("متى افتُتحت؟", "date"),
        ("في أي عام تأسست الشركة؟", "date"),
        ("And when will it restart?", "date"),
        ("How old was he when he died?", "number"),
        ("ما الشركات التي تصنع الذاكرة؟", "thing"),
        ("أين تقام المباراة؟", "thing"),
        ("Who won?", "thing"),
        ("متى أُطلق النموذج؟ ومن طوّره؟", "thing"),
        ("", "thing"),
    ],
)
def test_kinds(question: str, kind: str) -> None:
    assert expected_type(question) == kind


@pytest.mark.parametrize(
    ("sentence", "question", "held"),
    [
        ("عبرتها 13,213 سفينة.", "كم سفينة عبرت القناة في 2024؟", True),
        ("تراجعت في عام 2024.", "كم سفينة عبرت القناة في 2024؟", False),
        ("It earned 4 billion dollars in 2024.", "How many ships crossed it in 2024?", False),
        ("بلغت 3.99 مليارات دولار.", "كم سفينة عبرتها؟", False),
        ("توقفت ستة أيام.", "كم يومًا توقفت؟", True),
        ("A fifth of them crossed.", "How many ships crossed?", True),
        ("It cost 5 million dollars.", "What did it cost?", True),
        ("It has 5 million users.", "What did it cost?", False),
        ("It opened in 2019.", "When did it open?", True),
        ("It opened last century.", "When did it open?", True),
        ("It opened to applause.", "When did it open?", False),
        ("نحو 40٪ منها.", "ما نسبة المياه؟", True),
        ("40 محطة منها.", "ما نسبة المياه؟", False),
    ],
)
def test_a_sentence_carries_a_kind(sentence: str, question: str, held: bool) -> None:
    assert carries(sentence, expected_type(question), question) is held


def test_what_is_counted() -> None:
    assert counted_noun("How many seats does it have?") == "seats"
    assert counted_noun("وكم عدد المباريات؟") == "المباريات"
    assert counted_noun("How many H200 chips did it buy?") == "chips"
    assert counted_noun("كم يومًا توقفت؟") == "يومًا"
    assert counted_noun("كم منتخباً يشارك؟") == "منتخباً"
    assert counted_noun("Who won?") == ""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("كم بلغت إيرادات القناة؟", "بلغت 4 مليارات دولار."),
        ("كم قدّرت الشركة خسائرها؟", "قدّرتها بنحو 5.5 مليارات دولار."),
        ("كم من المال أنفقت؟", "أنفقت 3 ملايين يورو."),
        ("كم طولها؟", "يبلغ طولها 828 مترًا."),
        ("كم مدة الرحلة؟", "تستغرق الرحلة عشرة أيام."),
        ("كم مساحة المحمية؟", "تمتد على 40 كيلومترًا."),
    ],
)
def test_what_is_measured_after_how_much_counts_nothing_and_has_a_unit(question: str, answer: str) -> None:
    assert counted_noun(question) == ""
    assert carries(answer, expected_type(question), question)


@pytest.mark.parametrize(
    "question",
    [
        "Why did traffic fall?",
        "And why?",
        "What caused the outage?",
        "What were the reasons for the delay?",
        "لماذا تراجعت؟",
        "ليش قطعوا الماء؟",
        "ما سبب الانقطاع؟",
        "وما أسباب التأخر؟",
    ],
)
def test_why_asks_for_a_cause(question: str) -> None:
    assert expected_type(question) == "cause"


@pytest.mark.parametrize(
    ("sentence", "names_one"),
    [
        ("It blamed the fall on insecurity in the Red Sea.", True),
        ("The lake is low because it has not rained.", True),
        ("وعزت الهيئة هذا الهبوط إلى التوتر الأمني.", True),
        ("وأُجّل الافتتاح بسبب الأمطار.", True),
        ("Ships left the canal in March.", False),
        ("وعبرت القناة 13,213 سفينة.", False),
    ],
)
def test_a_cause_is_told_by_the_words_that_name_one(sentence: str, names_one: bool) -> None:
    assert carries(sentence, "cause", "Why?") is names_one
