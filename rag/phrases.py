"""The sentences that the engine itself says, in the asker's language."""

from __future__ import annotations

from datetime import date
from typing import Final

from rag.types import Language

ABSTENTION: Final[dict[Language, str]] = {
    "ar": "لا تتضمّن المقالات المفهرسة جوابًا عن هذا السؤال.",
    "en": "The indexed articles do not answer this question.",
}

OTHER_LANGUAGE: Final[dict[Language, str]] = {
    "ar": "الجواب في مقال بالإنجليزية، ونصّه:",
    "en": "The answer is in an Arabic article, which says:",
}
"""By the asker's language: says that the quote that follows is in the other one."""

REPORTS_DIFFER: Final[dict[Language, str]] = {
    "ar": "تختلف التقارير في ذلك:",
    "en": "Reports differ:",
}

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


def say_missing(words: str, language: Language) -> str:
    """Return what the nearest articles do not mention, as a sentence after an abstention."""
    return _MISSING[language].format(words=words)


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


def say_day(day: date, language: Language) -> str:
    """Return a day as a person writes it."""
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"


_NEWEST: Final[dict[Language, str]] = {"ar": "الأحدث", "en": "the newest"}
_MONTHS: Final[dict[Language, str]] = {
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "en": "January February March April May June July August September October November December",
}
