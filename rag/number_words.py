"""Words that numbers are written with, their magnitudes, units and hedges, Arabic and English, folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from rag.clean import fold


def _folded(words: Mapping[str, float] | Iterable[tuple[str, float]]) -> dict[str, float]:
    pairs = words.items() if isinstance(words, Mapping) else words
    return {fold(name): value for names, value in pairs for name in names.split()}


LETTER_SCALES: Final = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12}
_PLAIN_SCALES: Final = _folded(
    {
        "thousand thousands ألف آلاف ألفا": 1e3,
        "million millions مليون ملايين مليونا": 1e6,
        "billion billions مليار مليارات مليارا بليون بلايين": 1e9,
        "trillion trillions تريليون تريليونات تريليونا ترليون ترليونات": 1e12,
    }
)
VAGUE = frozenset(map(fold, "آلاف ملايين مليارات بلايين thousands millions billions trillions hundreds مئات".split()))
_DUAL_SCALES: Final = _folded(
    {
        "ألفان ألفين ألفا ألفي": 2e3,
        "مليونان مليونين مليوني": 2e6,
        "ملياران مليارين ملياري": 2e9,
        "تريليونان تريليونين": 2e12,
    }
)
_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ARABIC = (
    "واحد واحدا واحدة|اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي|ثلاث ثلاثا ثلاثة|أربع أربعا أربعة|"
    "خمس خمسا خمسة|ست ستا ستة|سبع سبعا سبعة|ثمان ثماني ثمانية ثمانيا|تسع تسعا تسعة|عشر عشرا عشرة"
).split("|")
_ARABIC_TENS = (
    "عشرون عشرين|ثلاثون ثلاثين|أربعون أربعين|خمسون خمسين|ستون ستين|سبعون سبعين|ثمانون ثمانين|تسعون تسعين".split("|")
)
_HUNDREDS = "مئة مائة|مئتان مئتين مائتان مائتين مئتي مائتي مئتا مائتا".split("|") + [
    f"{stem}مئة {stem}مائة {stem}مئه" for stem in "ثلاث أربع خمس ست سبع ثمان تسع".split()
]
WORDS: Final[dict[str, float]] = (
    {word: float(value) for value, word in enumerate(_ENGLISH)}
    | {word: 10.0 * value for value, word in enumerate(_TENS, start=2)}
    | {"hundred": 100.0, "hundreds": 100.0, "dozen": 12.0}
    | _folded((names, float(value)) for value, names in enumerate(_ARABIC, start=1))
    | _folded([("أحد إحدى", 1.0)])
    | _folded((names, 10.0 * value) for value, names in enumerate(_ARABIC_TENS, start=2))
    | _folded((names, 100.0 * value) for value, names in enumerate(_HUNDREDS, start=1))
    | _PLAIN_SCALES
    | {word: value for word, value in _DUAL_SCALES.items() if word not in _PLAIN_SCALES}
)
SCALES: Final = _PLAIN_SCALES | {w: v for w, v in _DUAL_SCALES.items() if w not in _PLAIN_SCALES}
FRACTIONS: Final = _folded(
    {
        "half نصف": 0.5,
        "quarter quarters ربع": 0.25,
        "thirds أثلاث": 1 / 3,
        "fifths أخماس": 0.2,
        "tenths أعشار": 0.1,
        "أرباع": 0.25,
        "third ثلث": 1 / 3,
        "fifth": 0.2,
        "tenth": 0.1,
        "ثلثي ثلثا ثلثين ثلثيها ثلثيه ثلثاها ثلثاه": 2 / 3,
        "نصفها نصفه نصفهم": 0.5,
        "ثلثها ثلثه ثلثهم": 1 / 3,
        "ربعها ربعه ربعهم": 0.25,
        "خمس_جزء": 0.2,
        "سدس": 1 / 6,
        "سبع_جزء": 1 / 7,
        "ثمن_جزء": 0.125,
        "تسع_جزء": 1 / 9,
        "عشر_جزء": 0.1,
    }
)
PARTS: Final = frozenset(map(fold, "خمس سبع ثمن تسع عشر".split()))
"""Numbers that are parts instead where their first vowel says so (خُمس); all but ثمن, a price, also before a noun with
its article (خمس السفن). As parts they are looked up with `_جزء` after them."""
ORDINALS_TOO = frozenset("quarter third fifth tenth".split())
PARTS_TOO: Final = frozenset(map(fold, "quarters thirds fifths tenths أرباع أثلاث أخماس أعشار".split()))
NOT_PARTS: Final = frozenset(
    map(
        fold,
        ("نهائي النهائي نهائيات الأول الثاني الثالث الرابع الأخير المقبل الحالي الماضي الجاري final finals").split(),
    )
)
"""What makes of a part something else: نصف النهائي, الربع الثالث, "half finals"."""
AND_PART: Final = _folded({"ونصف": 0.5, "وربع": 0.25, "وثلث": 1 / 3})

_UNITS: Final = {
    "dollar": "dollar dollars usd $ دولار دولارا دولارات",
    "euro": "euro euros eur € يورو",
    "pound": "pound pounds sterling £ جنيه جنيها جنيهات",
    "riyal": "riyal riyals sar ريال ريالا ريالات",
    "dirham": "dirham dirhams درهم درهما دراهم",
    "dinar": "dinar dinars دينار دينارا دنانير",
    "lira": "lira liras ليرة ليرات",
    "yuan": "yuan يوان يوانا",
    "kilometre": "km kilometre kilometres kilometer kilometers كيلومتر كيلومترا كيلومترات كلم كم",
    "metre": "metre metres meter meters متر مترا أمتار",
    "tonne": "tonne tonnes ton tons طن طنا أطنان",
    "kilogram": "kg kilogram kilograms كيلوغرام كيلوغراما كيلوغرامات كجم",
    "barrel": "barrel barrels برميل برميلا براميل",
    "megawatt": "mw megawatt megawatts ميغاواط ميجاوات",
    "gigawatt": "gw gigawatt gigawatts غيغاواط جيجاوات",
    "degree": "degree degrees درجة درجات",
    "second": "seconds ثانية ثواني ثوان",
    "minute": "minute minutes دقيقة دقائق دقيقتان دقيقتين",
    "hour": "hour hours ساعة ساعات ساعتان ساعتين",
    "day": "day days يوم يوما أيام يومان يومين",
    "week": "week weeks أسبوع أسبوعا أسابيع أسبوعان أسبوعين",
    "month": "month months شهر شهرا أشهر شهور شهران شهرين",
    "year": "year years سنة سنوات سنتان سنتين عام عاما أعوام عامان عامين",
}
UNIT_OF: Final = {fold(word): unit for unit, words in _UNITS.items() for word in words.split()}
SMALLER: Final = {
    "tonne": ("kilogram", 1000.0),
    "kilometre": ("metre", 1000.0),
    "gigawatt": ("megawatt", 1000.0),
    "hour": ("minute", 60.0),
    "week": ("day", 7.0),
    "month": ("day", 30.0),
    "day": ("hour", 24.0),
    "year": ("month", 12.0),
}
"""A unit → a smaller one, and how many of them it is."""
PERCENT: Final = frozenset(
    fold(words)
    for words in (
        "percent",
        "per cent",
        "percentage",
        "pc",
        "في المئة",
        "في المائة",
        "بالمئة",
        "بالمائة",
        "في المية",
        "بالمية",
        "مئة",
        "مائة",
        "في مئة",
        "في مائة",
        "نقطة مئوية",
        "نقاط مئوية",
    )
)
PERCENT_WORDS = frozenset(word for words in PERCENT for word in words.split()) | {"%"}
HEDGES: Final = {
    -1: (
        "more than",
        "over",
        "above",
        "at least",
        "exceeding",
        "اكثر من",
        "ازيد من",
        "ما يزيد علي",
        "يزيد علي",
        "تزيد علي",
        "يزيد عن",
        "ما يربو علي",
        "يفوق",
        "فوق",
        "لا يقل عن",
        "يتجاوز",
        "تتجاوز",
        "تجاوز",
    ),
    1: (
        "less than",
        "under",
        "below",
        "up to",
        "at most",
        "fewer than",
        "nearly",
        "almost",
        "اقل من",
        "دون",
        "ما لا يزيد علي",
        "ما يصل الي",
    ),
    0: (
        "about",
        "around",
        "roughly",
        "approximately",
        "some",
        "close to",
        "نحو",
        "حوالي",
        "قرابه",
        "زهاء",
        "يقارب",
        "تقارب",
        "يقرب من",
        "تقرب من",
        "يناهز",
        "تناهز",
        "قراب",
        "بنحو",
        "بحوالي",
        "لنحو",
    ),
}
MASCULINE_DUALS: Final = frozenset(
    map(
        fold,
        (
            "سنتان سنتين "
            "يومان يومين شهران شهرين عامان عامين أسبوعان أسبوعين هدفان هدفين شخصان شخصين رجلان رجلين بلدان بلدين "
            "حزبان حزبين فريقان فريقين قرنان قرنين قطاران قطارين مصنعان مصنعين جنديان جنديين طفلان طفلين طرفان طرفين "
            "مشروعان مشروعين مبنيان مبنيين جسران جسرين منتخبان منتخبين كابلان كابلين قتيلان قتيلين "
            "لاعبان لاعبين "
            "سدان سدين مركزان مركزين خطان خطين موقعان موقعين زورقان زورقين عاملان عاملين حكمان حكمين "
            "شرطيان شرطيين طريقان طريقين عقدان عقدين موظفان موظفين ملعبان ملعبين جريحان جريحين مسؤولان مسؤولين "
            "صحفيان صحفيين"
        ).split(),
    )
)
NO_DUALS: Final = frozenset(map(fold, "بستان فستان بساتين فساتين شتان كتان إثبات موقتين لافتين ثابتين صامتين".split()))
KNOWN = frozenset(WORDS) | frozenset(FRACTIONS) | frozenset(SCALES) | PERCENT | frozenset(UNIT_OF)


def is_dual(text: str) -> bool:
    """Return whether a folded Arabic word is a dual: two ships, سفينتان."""
    plain = re.sub(r"^(?:وال|بال|لل|ال|و(?=.{6}))", "", text)
    return plain in MASCULINE_DUALS or (len(plain) >= 6 and plain.endswith(("تان", "تين")) and plain not in NO_DUALS)
