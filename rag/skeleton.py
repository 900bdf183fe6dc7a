"""A name in Arabic or Latin letters → its consonants, one code for both scripts.

>>> skeleton("تينسنت") == skeleton("Tencent") == "TNSNT"
True
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.clean import fold
from rag.types import Language

# Sounds that one script writes in several ways, or that change on the way from one to the other, share a code;
# vowels, and the letters that mostly stand for them, have none.
_ARABIC = str.maketrans(
    dict(zip("بتثجحخدذرزسشصضطظغفقكلمن", "BTTGHKDDRSSSSDTSGFKKLMN", strict=True)) | dict.fromkeys("اويهعءئؤآأإى", "")
)
_LATIN = str.maketrans(
    dict(zip("bptdrzsfvkqclmngjh", "BBTDRSSFFKKKLMNGGH", strict=True)) | dict.fromkeys("aeiouyw", "")
)
_SPELLINGS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"), ("s?ch|sh", "s"), ("th", "t"), ("kh|ck", "k"), ("gh", "g"), ("dh", "d"), ("x", "ks"),
        ("c(?=[eiy])", "s"), ("h", ""),
    )
]  # fmt: skip
_ARTICLE = re.compile("^(?:[وف]?(?:ب?ال|كال|لل))(?=.{3})")


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """Return the consonants of a word as capitals, doubled ones once; empty where it has none."""
    word = fold(word)
    if re.match("[\u0620-\u06ff]", word):
        # Ha is a consonant of its own in Arabic, but names lose it on the way to Latin letters and back.
        letters = _ARTICLE.sub("", word).replace("ح", "").translate(_ARABIC)
    else:
        for pattern, sound in _SPELLINGS:
            word = pattern.sub(sound, word)
        letters = word.translate(_LATIN)
    return re.sub(r"(.)\1+", r"\1", re.sub("[^A-Z]", "", letters))


def name_skeletons(text: str, language: Language) -> set[str]:
    """Return the skeletons, of three consonants or more, of what may be names in a text.

    In English these are the words with a capital; Arabic has no capitals, so there every word may be one.
    """
    words = re.findall(r"\b[A-Z]\w+" if language == "en" else r"[^\W\d_]+", text)
    return {code for word in words if len(code := skeleton(word)) >= 3}
