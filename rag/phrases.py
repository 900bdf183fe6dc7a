"""The sentences that the engine itself says, in the asker's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from rag.types import Failed, Language

ABSTENTION: Final[dict[Language, str]] = {
    "ar": "لا تتضمّن المقالات المفهرسة جوابًا عن هذا السؤال.",
    "en": "The indexed articles do not answer this question.",
}

OTHER_LANGUAGE: Final[dict[Language, str]] = {
    "ar": "الجواب في مقال بالإنجليزية، ونصّه:",
    "en": "The answer is in an Arabic article, which says:",
}
"""By the asker's language: says that the quote that follows, the answer, is in the other one."""

BESIDES: Final[dict[Language, str]] = {
    "ar": "وجاء في مقال بالإنجليزية:",
    "en": "An Arabic article says besides:",
}
"""Likewise, where an answer in the asker's own language stands before it."""

REPORTS_DIFFER: Final[dict[Language, str]] = {
    "ar": "تختلف التقارير في ذلك:",
    "en": "Reports differ:",
}

CANNOT_COUNT: Final[dict[Language, str]] = {
    "ar": "لا أعدّ المقالات، وهذه أقربها إلى ما سألت عنه:",
    "en": "I do not count articles; these are the ones nearest to what you asked:",
}

NO_TOPIC: Final[dict[Language, str]] = {
    "ar": "في أي موضوع؟ اذكره من فضلك، مثل: لخّص ما جرى في قناة السويس.",
    "en": "On what? Please name a subject, as in: summarise what happened in the Suez Canal.",
}

SUMMARISE: Final[dict[Language, str]] = {
    "ar": "لخّص ما ورد عن: {title}",
    "en": "Summarise what was reported on: {title}",
}
"""A question that can be asked about any article."""

UNSUPPORTED: Final[dict[Language, str]] = {"ar": "[بلا سند]", "en": "[unsupported]"}
"""Stands after a claim that no passage supports, where another has its marks."""

REPLIES: Final[dict[str, dict[Language, str]]] = {
    "greeting": {
        "ar": "أهلًا بك! اسألني عمّا ورد في المقالات المفهرسة، بالعربية أو بالإنجليزية.",
        "en": "Hello! Ask me about what the indexed articles say, in Arabic or in English.",
    },
    "thanks": {"ar": "على الرحب والسعة.", "en": "You are welcome."},
    "capabilities": {
        "ar": (
            "أجيب عن أسئلتك من المقالات المفهرسة، بالعربية أو بالإنجليزية أيًّا كانت لغة المقال، وأنقل مع كل جواب "
            "الجملة التي يستند إليها بحرفها. وإذا لم يكن الجواب في المقالات قلت ذلك وعرضت أقرب ما وجدته."
        ),
        "en": (
            "I answer questions from the indexed articles, in Arabic or in English whatever language they are in, and "
            "quote the sentence that each answer rests on word for word. Where the articles do not say, I say so and "
            "show what came nearest."
        ),
    },
    "other_language": {
        "ar": "أفهم العربية والإنجليزية فقط؛ أعد سؤالك بإحداهما من فضلك. (Please ask in Arabic or in English.)",
        "en": "Please ask in Arabic or in English. (اسأل بالعربية أو بالإنجليزية من فضلك.)",
    },
}
"""What is said to a message that is no question, by `rag.intent.Intent`."""

_MISSING: Final[dict[Language, str]] = {
    "ar": "وأقربها إلى السؤال لا يذكر «{words}».",
    "en": "The nearest ones do not mention “{words}”.",
}


_FAILED: Final[dict[Language, str]] = {
    "ar": "{reason}؛ وهذا ما تقوله المقالات بنصّها.",
    "en": "{reason}; this is what the articles say, word for word.",
}
_REASONS: Final[dict[Failed, dict[Language, str]]] = {
    "unreachable": {"ar": "تعذّر الاتصال بالنموذج اللغوي", "en": "The language model could not be reached"},
    "rejected": {
        "ar": "رفض خادم النموذج اللغوي الطلب",
        "en": "The language model's server rejected the request",
    },
    "busy": {"ar": "النموذج اللغوي مشغول الآن", "en": "The language model is busy"},
    "server_error": {"ar": "وقع خلل في خادم النموذج اللغوي", "en": "The language model's server failed"},
    "timeout": {"ar": "تأخّر النموذج اللغوي في الرد", "en": "The language model took too long"},
    "cut": {"ar": "انقطع رد النموذج اللغوي قبل أن يكتمل", "en": "The language model broke off"},
    "garbage": {"ar": "رد النموذج اللغوي بما لا يُقرأ", "en": "The language model wrote nothing readable"},
    "language": {
        "ar": "لم يُجب النموذج اللغوي بلغة السؤال",
        "en": "The language model did not answer in the language of the question",
    },
    "endless": {"ar": "لم ينتهِ رد النموذج اللغوي", "en": "The language model did not come to an end"},
    "unsupported": {
        "ar": "لم يستند جواب النموذج اللغوي إلى المقالات",
        "en": "The language model's answer did not rest on the articles",
    },
}


def say_period(since: date | None, until: date | None, language: Language) -> str:
    """Return which articles were searched, by their days; "" where all were.

    >>> say_period(date(2026, 1, 1), None, "en")
    'Articles since 1 January 2026'
    """
    if not since and not until:
        return ""
    first, last = (say_day(day, language) if day else "" for day in (since, until))
    words = _PERIOD[language]
    if since == until:
        return words["on"].format(first=first)
    return words["both" if since and until else "since" if since else "until"].format(first=first, last=last)


_PERIOD: Final[dict[Language, dict[str, str]]] = {
    "ar": {
        "on": "المقالات المنشورة في {first}",
        "both": "المقالات المنشورة من {first} إلى {last}",
        "since": "المقالات المنشورة منذ {first}",
        "until": "المقالات المنشورة حتى {last}",
    },
    "en": {
        "on": "Articles of {first}",
        "both": "Articles from {first} to {last}",
        "since": "Articles since {first}",
        "until": "Articles up to {last}",
    },
}


def say_failed(failed: Failed, language: Language) -> str:
    """Return why the articles are quoted although a chat model was asked; "" where none was, or where it answered."""
    return _FAILED[language].format(reason=_REASONS[failed][language]) if failed else ""


def say_missing(words: str, language: Language) -> str:
    """Return what the nearest articles do not mention, as a sentence after an abstention."""
    return _MISSING[language].format(words=words)


def say_quote(text: str, written: Language, language: Language) -> str:
    """Return an article's words, in the quotation marks of their language where it is not the asker's.

    >>> say_quote("Shares rose.", "en", "ar"), say_quote("Shares rose.", "en", "en")
    ('“Shares rose.”', 'Shares rose.')
    """
    opening, closing = ("", "") if written == language else _MARKS[written]
    return f"{opening}{text}{closing}"


def say_report(source: str, published: date | None, language: Language, *, newest: bool = False) -> str:
    """Return who reported something and when, as it stands before what they said.

    >>> say_report("Reuters", date(2025, 1, 10), "en", newest=True)
    'Reuters (10 January 2025, the newest): '
    """
    facts = [say_day(published, language)] if published else []
    if newest and published:
        facts.append(_NEWEST[language])
    note = (", " if language == "en" else "، ").join(facts)
    if not source:
        return f"{note}: " if note else ""
    return f"{source} ({note}): " if note else f"{source}: "


def say_resolved(days: Sequence[tuple[str, date | int]], language: Language) -> str:
    """Return what "yesterday" or "العام الماضي" of an article was, as it stands after a quote; "" for none.

    >>> say_resolved([("أمس", date(2025, 12, 31))], "ar")
    '(«أمس»: 31 ديسمبر 2025)'
    """
    opening, closing = _MARKS[language]
    said = [
        f"{opening}{words}{closing}: {meant if isinstance(meant, int) else say_day(meant, language)}"
        for words, meant in dict.fromkeys(days)
    ]
    return f"({('؛ ' if language == 'ar' else '; ').join(said)})" if said else ""


def say_day(day: date, language: Language) -> str:
    """Return a day as a person writes it."""
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"


_MARKS: Final[dict[Language, tuple[str, str]]] = {"ar": ("«", "»"), "en": ("“", "”")}
_NEWEST: Final[dict[Language, str]] = {"ar": "الأحدث", "en": "the newest"}
_MONTHS: Final[dict[Language, str]] = {
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "en": "January February March April May June July August September October November December",
}
