"""The words of the pages, in Arabic and English, as data."""

from __future__ import annotations

from datetime import date
from typing import Final

from rag.phrases import say_day
from rag.types import Language

STRINGS: Final[dict[str, dict[Language, str]]] = {
    "name": {"ar": "سند", "en": "Sanad"},
    "tagline": {
        "ar": "اسأل المقالات بالعربية أو بالإنجليزية؛ لكل جملة في الجواب مقطع تستند إليه.",
        "en": "Ask the articles in Arabic or English; every statement carries the passage it rests on.",
    },
    "placeholder": {"ar": "اكتب سؤالك…", "en": "Write your question…"},
    "question": {"ar": "السؤال", "en": "Question"},
    "send": {"ar": "اسأل", "en": "Ask"},
    "examples": {"ar": "جرّب أن تسأل", "en": "Try asking"},
    "talk": {"ar": "المحادثة", "en": "Talk"},
    "you": {"ar": "أنت", "en": "You"},
    "evidence": {"ar": "المقاطع التي استند إليها الجواب", "en": "What the answer rests on"},
    "nearest": {"ar": "أقرب ما وُجد في المقالات", "en": "What came nearest"},
    "no_evidence": {
        "ar": "تظهر هنا المقاطع التي يستند إليها الجواب.",
        "en": "The passages that an answer rests on appear here.",
    },
    "abstained": {"ar": "لا جواب في المقالات", "en": "Not in the articles"},
    "searched": {"ar": "بُحث عن", "en": "Asked as"},
    "written_by": {
        "ar": "صاغ الجوابَ {model}، ورُوجعت كل جملة فيه على المقالات.",
        "en": "Written by {model}; every sentence was checked against the articles.",
    },
    "go_to_quote": {"ar": "انتقل إلى الاقتباس رقم {number}", "en": "Go to quote {number}"},
    "empty_question": {"ar": "اكتب سؤالًا أولًا.", "en": "Write a question first."},
    "long_question": {
        "ar": "السؤال أطول مما يُقرأ؛ اختصره إلى {most} حرف أو أقل.",
        "en": "The question is too long; shorten it to {most} characters or fewer.",
    },
    "failed": {
        "ar": "حدث خلل غير متوقَّع ولم يكتمل الجواب؛ أعد المحاولة.",
        "en": "Something unexpected went wrong and the answer was not finished; try again.",
    },
    "undated": {"ar": "بلا تاريخ", "en": "undated"},
    "in_arabic": {"ar": "بالعربية", "en": "in Arabic"},
    "in_english": {"ar": "بالإنجليزية", "en": "in English"},
}

EXAMPLES: Final[tuple[tuple[Language, str], ...]] = (
    ("ar", "ما الشركات التي طلبت منها بكين الاستعداد لشراء رقائق H200؟"),
    ("ar", "كم منتخبًا يشارك في كأس العالم 2026؟"),
    ("en", "How much electricity did data centres use in 2024?"),
    ("en", "Which companies did Beijing tell to prepare H200 orders?"),
)


def say(key: str, language: Language, **values: object) -> str:
    """Return the words of a key in a language, with the values put in.

    Raises:
        KeyError: there is no such key.
    """
    return STRINGS[key][language].format(**values)


def say_date(day: date | None, language: Language) -> str:
    """Return a day as it is written in a language: `16 يناير 2026`, `16 January 2026`."""
    if day is None:
        return say("undated", language)
    return say_day(day, language)


def pick_language(accepted: str) -> Language:
    """Return the interface language for a browser's `Accept-Language`: the first of ours in it, else Arabic."""
    for part in accepted.lower().split(","):
        tag = part.split(";")[0].strip().split("-")[0]
        if tag == "ar":
            return "ar"
        if tag == "en":
            return "en"
    return "ar"
