"""The sentences that the engine itself says, in the asker's language."""

from __future__ import annotations

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
