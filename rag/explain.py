"""A passage and what was looked for in it → which words were found, and in which form."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from rag.skeleton import name_skeletons, skeleton
from rag.terms import split_terms
from rag.types import Match, Passage


def find_matches(
    passage: Passage,
    terms: Mapping[str, Sequence[str]],
    translations: Mapping[str, Collection[str]],
    names: Collection[str],
) -> tuple[Match, ...]:
    """Return the matches of a question in a passage, in the order of its words.

    Args:
        passage: its title counts too.
        terms: the question's index terms, each with its other spellings.
        translations: its words with the index terms that mean the same in the passage's language.
        names: the consonant skeletons of its names.
    """
    text = f"{passage.title}\n{passage.text}"
    written: dict[str, dict[str, None]] = {}  # term → the words it stands for here, each once
    for held in split_terms(text):
        written.setdefault(held.text, {})[text[held.start : held.end]] = None
    matches = []
    for term, others in terms.items():
        forms: tuple[tuple[Literal["same", "spelling"], Sequence[str]], ...] = (("same", [term]), ("spelling", others))
        for form, looked_for in forms:
            if found := [word for other in looked_for for word in written.get(other, ())]:
                matches.append(Match(term, tuple(found), form))
    for word, translation in translations.items():
        if found := [word for other in translation for word in written.get(other, ())]:
            matches.append(Match(word, tuple(dict.fromkeys(found)), "dictionary"))
    for name in sorted(set(names) & name_skeletons(text, passage.language)):
        found = [word for words in written.values() for word in words if skeleton(word) == name]
        matches.append(Match(name, tuple(dict.fromkeys(found)), "name"))
    return tuple(matches)
