"""A question → the kind of thing it asks for, and whether a sentence carries one.

Of the classes of question classification (Li and Roth 2002), those that a sentence can be seen to carry without a
model: when, how many, what share, how much money, and why, by the words that name a cause. Who and where are left to
the meaning of the words.

>>> expected_type("كم بلغت إيرادات القناة؟"), expected_type("When did it open?"), expected_type("Which cables broke?")
('number', 'date', 'thing')
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from rag.clean import fold
from rag.dates import find_dates
from rag.language import split_sentences
from rag.number_words import UNIT_OF
from rag.numbers import Number, find_numbers

AnswerType = Literal["date", "number", "percent", "money", "cause", "thing"]

_CURRENCIES: Final = frozenset("dollar euro pound riyal dirham dinar lira yuan".split())


def expected_type(question: str) -> AnswerType:
    """Return the kind of thing a question asks for, the last where it asks twice; `"thing"` where it does not say."""
    spans = split_sentences(question)
    folded = fold(question[slice(*spans[-1])]) if spans else ""
    for kind, pattern in _PATTERNS:
        if pattern.search(folded):
            return kind
    return "thing"


def carries(sentence: str, kind: AnswerType, question: str) -> bool:
    """Whether a sentence has something of a kind that the question itself does not name; true for a `"thing"`."""
    if kind == "date":
        asked = {part for date in find_dates(question) for part in date.parts().items()}
        named = any(set(date.parts().items()) - asked for date in find_dates(sentence))
        return named or _ERA.search(fold(sentence)) is not None
    if kind in ("number", "percent", "money"):
        asked_values = {number.value for number in plain_numbers(question)}
        counted = counted_noun(question)
        return any(_fits(n, kind, counted) for n in plain_numbers(sentence) if n.value not in asked_values)
    return kind != "cause" or _CAUSE.search(fold(sentence)) is not None


def counted_noun(question: str) -> str:
    """Return the word of what a question wants to have counted; "" where it says none.

    >>> counted_noun("كم سفينة عبرت القناة؟"), counted_noun("How many ships crossed?"), counted_noun("كم بلغ الدخل؟")
    ('سفينة', 'ships', '')
    """
    spans = split_sentences(question)
    text = question[slice(*spans[-1])] if spans else ""
    found = _COUNTED.search(text)
    noun = next(filter(None, found.groups()), "") if found else ""
    return "" if fold(noun) in _MEASURED else noun


def _fits(number: Number, kind: AnswerType, counted: str) -> bool:
    share = number.unit == "percent" or number.form == "fraction"
    if kind == "number" and counted and not share:  # dollars are not how many ships there were
        return number.unit in ("", UNIT_OF.get(fold(counted)))
    if kind == "percent":
        return share
    if kind == "money":
        return number.unit in _CURRENCIES
    return True


@lru_cache(maxsize=1024)  # a question is held beside each sentence, and each sentence is looked at more than once
def plain_numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers of a text that are no part of a date."""
    return tuple(find_numbers(text, [(date.start, date.end) for date in find_dates(text)]))


def _words(words: str) -> str:
    return "|".join(fold(w.replace("_", " ")) for w in words.split())


_START = r"^(?:[\W_]*(?:and|but|so|then|و|ف)?[ ,]*)"
_MONEY = _words("سعر ثمن كلفة تكلفة تكاليف أسعار")
_SHARE = _words("نسبة النسبة حصة نصيب")
_SOURCES: Final[tuple[tuple[AnswerType, str], ...]] = (
    (
        "cause",
        _START
        + r"why\b|\b(?:what|which) (?:is|was|are|were|had) the (?:reasons?|causes?)\b|\bwhat (?:caused|causes|led to)\b"
        rf"|(?:^|\b)[وف]?(?:{_words('لماذا ليش ليه لاش علاش شنو_سبب ما_سبب ما_اسباب ما_السبب ما_الذي_ادي')})\b",
    ),
    (
        "percent",
        rf"\b(?:what|which) (?:percentage|percent|share|portion|proportion|fraction)\b|\bhow (?:many|much) percent"
        rf"|(?:^|\b)(?:ما|كم|ماهي|ما هي|اي|باي) (?:كانت |بلغت |تبلغ )?(?:{_SHARE})\b",
    ),
    (
        "money",
        r"\b(?:what|how much)\b.*\b(?:cost|costs|price|priced|worth|fine|fined|paid|pay|salary|earn|earned|"
        r"earns)\b|\bwhat (?:is|was) the (?:price|cost)\b"
        rf"|(?:^|\b)(?:ما|ماهو|ما هو|ما هي|كم) (?:كان |كانت |بلغ |بلغت )?(?:{_MONEY})\b|\bكم (?:دولارا|يورو|"
        rf"ريالا|درهما|جنيها|دفع|كلف|يكلف|تكلف|خسر)",
    ),
    (
        "date",
        _START.replace("^", r"^(?:since |by |until |till |from )?")
        + r"when\b|\b(?:and|since|until|by) when\b|\b(?:what|which) (?:year|date|day|month|century|"
        r"decade)\b|\bhow long ago\b|(?:^|\b)[وف]?(?:متي|امتي|ايمتي|امته)\b"
        r"|\b(?:في |ب|ما |منذ )?اي (?:عام|سنه|يوم|تاريخ|شهر|قرن|عقد)\b|\b(?:ما|ماهو|ما هو) (?:تاريخ|العام|"
        r"اليوم|موعد)\b",
    ),
    (
        "number",
        r"\bhow many (?!times\b)|\bhow (?:much\b|old\b|long\b|tall\b|high\b|far\b|"
        r"big\b|large\b|deep\b|wide\b|fast\b|heavy\b|dependent\b)|\bwhat (?:is|was|are|were) the (?:number|"
        r"population|capacity|size|length|height|total|average|maximum|minimum|amount|speed|score|area|age)\b"
        r"|(?:^|\b)[وفب]?(?:كم(?! مره)|قديش|شحال|اديش|بكم)\b|\b(?:ما|ماهو|ما هو) "
        r"(?:عدد|مقدار|حجم|طول|ارتفاع|مساحه|متوسط|سعه|عمر|قيمه)\b",
    ),
)
_CAUSE: Final = re.compile(
    r"\b(?:because|due to|owing to|thanks to|caused|causes|causing|blamed|blames|blaming|attribut\w+|result of|"
    r"results from|resulted from|led to|leads to|driven by|reasons?|why|since it|so that|in order to|amid)\b"
    rf"|\b[وفب]?(?:{_words('بسبب بسببها بسببه لان لانه لانها لانهم نتيجة جراء اثر بفعل نظرا لكون سببه سببها')})\b"
    rf"|\b[وف]?(?:{_words('عزا عزت يعزو تعزو يعزي تعزي يعود_ذلك تعود_الى يعود_الى ارجع ارجعت يرجع ترجع')})\b"
    rf"|\b(?:{_words('نتج نتجت ينتج ناجم ناجمة ناتج ناتجة سببت تسبب تسببت ادي ادت يؤدي السبب_في سبب_ذلك')})\b"
    rf"|\b(?:{_words('وراء بغية من_اجل كي لكي')})\b"
)
_PATTERNS: Final = tuple((kind, re.compile(pattern)) for kind, pattern in _SOURCES)
# Times that are no dates: centuries, decades, so long ago.
_ERA: Final = re.compile(
    r"\b(?:century|centuries|decades?|ago|yesterday|today|tomorrow|\d{4}s|\d+ ?(?:bp|bc|bce|ad|ce))\b"
    r"|\b(?:ال)?(?:قرن|عقد|قرون|امس|اليوم|غدا)\b|\b(?:خلت|مضت)\b|\d ?ق\.? ?م"
)
# After كم stands what is counted, in the accusative singular (سفينةً, يومًا), or else a verb (كم بلغت), what something
# has (كم طولها), or what is measured and not counted (كم مدة الرحلة): its numbers have units.
_MEASURED: Final = frozenset(
    map(fold, "مدة مسافة مساحة سرعة قيمة كمية درجة طاقة قدرة سعة كثافة نسبة كلفة تكلفة ميزانية ثروة غرامة".split())
)
_LETTER = r"(?:[^\W\d_]|[\u064b-\u0652\u0670])"
_COUNTED: Final = re.compile(
    r"\bhow many(?: [a-z]+ed| other| more)?(?: \w*\d\w*)? ([^\W\d_]+)"
    rf"|\b[وفب]?كم (?:عدد ({_LETTER}+)|({_LETTER}+(?:ة\u064b?|\u064bا|ا\u064b|(?<!ه)ا|ى|ء\u064b?)(?!{_LETTER})))",
    re.IGNORECASE,
)
