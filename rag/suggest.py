"""An abstention → questions that the nearest articles do answer.

>>> from rag.types import Answer, Hit, Passage
>>> near = Hit(1, 1.0, Passage("a:0", "a", "Canal closes", "", None, "en", "It closed.", 0, 10))
>>> suggest_questions(Answer("When will it open?", "The articles do not say.", "en", True, nearest=(near,)))
('Summarise what was reported on: Canal closes',)
"""

from __future__ import annotations

from rag.phrases import SUMMARISE
from rag.types import Answer, Language

_MOST = 2


def suggest_questions(answer: Answer) -> tuple[str, ...]:
    """Return up to two questions on what came nearest; those that keep the asker's language come first.

    A headline in the other language is asked about in its own: the answer's language follows the question's.
    """
    titles = {hit.passage.article_id: (hit.passage.title, hit.passage.language) for hit in answer.nearest}
    own_first = sorted(titles.values(), key=lambda known: known[1] != answer.language)
    return tuple(suggest_about(title, language) for title, language in own_first[:_MOST])


def suggest_about(title: str, language: Language) -> str:
    """Return a question about an article, by its headline."""
    return SUMMARISE[language].format(title=title.rstrip(" .؟?!"))
