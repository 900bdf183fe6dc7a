"""A message → what is wanted with it: a question mostly; else a greeting, thanks, what Sanad can do, another language.

>>> read_intent("السلام عليكم"), read_intent("Hello, how many ships crossed the canal?")
('greeting', 'question')
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from rag.clean import fold
from rag.types import Turn

Intent = Literal["question", "greeting", "thanks", "capabilities", "other_language"]

_OTHER_SCRIPTS: Final = re.compile(
    "[\u0370-\u03ff\u0400-\u052f\u0590-\u05ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
)
_PERSIAN_OR_URDU: Final = frozenset("پچژگٹڈڑںے")


def read_intent(message: str) -> Intent:
    """Return what a message wants; `"question"` wherever it may be one."""
    if _is_other_language(message):
        return "other_language"
    text = " ".join(re.findall(r"[^\W_]+", _shorten(fold(message))))
    for intent, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            return intent
    return "question"


def questions_of(history: Sequence[Turn]) -> list[Turn]:
    """Return the turns of a talk without greetings and the like, and what was said to them: nothing follows these."""
    kept: list[Turn] = []
    asked = True
    for turn in history:
        asked = read_intent(turn.text) == "question" if turn.role == "user" else asked
        if asked:
            kept.append(turn)
    return kept


def _shorten(text: str) -> str:
    """Return a text with letters that are drawn out once: hiii, مرحبااا."""
    return re.sub(r"([^\W\d_])\1{2,}", r"\1", text)


def _is_other_language(message: str) -> bool:
    """Whether a message is in neither language: by its script, else by words and letters, two signs of them."""
    letters = [c for c in message if c.isalpha()]
    if not letters:
        return False
    if len(_OTHER_SCRIPTS.findall(message)) > len(letters) / 2:
        return True
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", message.casefold())
    for signs, own in _FOREIGN:
        found = {word for word in words if word in signs}
        if len(found) >= 2 and not any(word in own for word in words):
            return True
    letters_apart = len(_PERSIAN_OR_URDU & set(message))
    return letters_apart >= 1 and any(word in _PERSIAN_WORDS for word in words)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _any(*phrases: str) -> str:
    return "|".join(re.escape(fold(phrase)) for phrase in " / ".join(phrases).split(" / "))


_ENGLISH: Final = _words("the is are was were of and to in how what who when where why which did does do")
_ARABIC: Final = _words("من في على إلى ما هل كم متى أين كيف هذا هذه التي الذي عن")
_FOREIGN: Final = (
    (_words("qui quel quelle quels quelles est où combien pourquoi comment les des une dans sur avec quand sont "
            "le la du en "
            "qu'est c'est est-ce pour a au aux"), _ENGLISH | {"el", "los"}),
    (_words("quién qué cuál cuándo dónde cuántos cuánto cómo por los las una del el es en la de con para"), _ENGLISH),
    (_words("wer wie wann wo warum welche welcher ist sind der die das und ein eine den von mit für "
            "nicht"), _ENGLISH - {"die"}),
    (_words("kim ne nerede nasıl hangi kaç bir ve için ile mi mı değil oldu"), _ENGLISH),
    (_words("chi cosa quando dove quanti perché come il lo gli una che è di della nel per"), _ENGLISH),
)  # fmt: skip
_PERSIAN_WORDS: Final = _words(
    "است چه چرا کجا آیا را های می برای این که از با کیا ہے کہاں میں کا کی کے نے چند کدام شد بود"
)
_FILLER = (
    r"(?: (?:there|everyone|sanad|dear|again|how|are|you|today|"
    r"يا|سند|جميعا|والله|بك|بكم|عليكم|ورحمه|الله|وبركاته|كيف|حالك|الحال))*"
)
_GREETINGS = (
    "hi / hello / hey / good morning / good evening / good afternoon / greetings / salam / salaam / how are you",
    "السلام / السلام عليكم / وعليكم السلام / مرحبا / مرحبًا / أهلا / أهلًا وسهلًا / هلا / صباح الخير / مساء الخير",
    "تحية طيبة / إزيك / كيف حالك / كيف الحال / شلونك",
)
_THANKS = (
    "thanks / thank you / thank you very much / many thanks / thx / great / bye / goodbye",
    "شكرا / شكرا جزيلا / شكرا لك / مشكور / يعطيك العافية / تسلم / ممتاز / مع السلامة / إلى اللقاء",
)
_CAPABILITIES = (
    "help / what can you do / what can i ask / what can i ask you / what do you do / who are you / what are you",
    "what is this / how does this work / how do you work / how do i use this",
    "مساعدة / ساعدني / ماذا تستطيع / ماذا تستطيع أن تفعل / ما الذي تستطيع فعله / ماذا يمكنك أن تفعل / ماذا تفعل",
    "من أنت / ما أنت / مين أنت / شو بتعمل / شو بتعرف تعمل / إيش تقدر تسوي / إيش تسوي / وش تقدر تسوي / بتعمل إيه",
    "تقدر تعمل إيه / كيف أستخدمك / كيف أستخدم البرنامج / كيف تعمل / ماذا أسألك / عن ماذا أسألك",
)
_PATTERNS: Final[tuple[tuple[Intent, re.Pattern[str]], ...]] = (
    ("greeting", re.compile(f"(?:{_any(*_GREETINGS)}){_FILLER}")),
    ("thanks", re.compile(f"(?:{_any(*_THANKS)}){_FILLER}")),
    ("capabilities", re.compile(f"(?:and |but |و)?(?:{_any(*_CAPABILITIES)})")),
)
