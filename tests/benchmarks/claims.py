"""Fits the weights by which the claim checker tells a name that a passage does not have, and says how well they tell.

Of true claims and their passages, a third of the names are exchanged for names of other claims in the same language: a
word that was put in stands nowhere in the passage, every word of the claims as they were stands there or says what
stands there. Run it over the sets that the checker was built by:

    python -m tests.benchmarks.claims tests/data/claims-a.jsonl tests/data/claims-c.jsonl
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.align import WordAligner
from rag.encode import SentenceTransformerEncoder
from rag.evaluate.measures import auroc
from rag.facts import read_facts
from rag.names import NameChecker
from rag.settings import Settings
from rag.words import Word
from tests.benchmarks.weights import regress

NAMES = ("like a name", "capital", "Arabic", "alike", "as used", "bias")
_LIKE_A_NAME = 0.5


def signs(checker: NameChecker, claim: str, passage: str) -> tuple[tuple[Word, ...], NDArray[np.float32]]:
    """Return the words of a claim with what the checker knows of each, without the bias; shape (words, 5)."""
    said = read_facts(claim)
    known, as_used = checker.signs(said, read_facts(passage))
    assert as_used, "the encoder gives no token vectors"
    return said.words, known[:, 1:]


def exchanged(checker: NameChecker, claims: list[dict[str, str]]) -> Iterator[tuple[NDArray[np.float32], bool]]:
    """Yield what is known of a word, and whether it was put in."""
    chance = random.Random(3)
    read = [(claim, *signs(checker, claim["claim"], claim["passage"])) for claim in claims]
    names: dict[str, set[str]] = {"ar": set(), "en": set()}
    for _, words, rows in read:
        for word, row in zip(words, rows, strict=True):
            if (row[1] or (word.language == "ar" and row[0] >= _LIKE_A_NAME)) and len(word.written) > 3:
                names[word.language].add(word.written)
    for claim, words, rows in read:
        yield from ((row, False) for row in rows)
        held = [word for word in words if word.written in names[word.language]]
        for word in chance.sample(held, min(3, len(held))):
            other = chance.choice(sorted(names[word.language]))
            if other in claim["passage"] or other in claim["claim"]:
                continue
            text = claim["claim"][: word.start] + other + claim["claim"][word.end :]
            changed, known = signs(checker, text, claim["passage"])
            yield from ((row, True) for w, row in zip(changed, known, strict=True) if w.start == word.start)


def main(paths: list[str]) -> None:
    settings = Settings()
    encoder = SentenceTransformerEncoder(settings.encoder, settings.cache)
    checker = NameChecker(WordAligner(encoder.encode_words, encoder.encode_in_context))
    lines = [json.loads(line) for path in paths for line in Path(path).read_text(encoding="utf-8").splitlines()]
    pairs = list(exchanged(checker, [line for line in lines if line["supported"]]))
    rows, told = np.array([row for row, _ in pairs]), np.array([float(put_in) for _, put_in in pairs])
    often = np.where(told > 0, round((told == 0).sum() / told.sum()), 1).astype(int)  # both sides of equal weight
    weights = regress(np.repeat(rows, often, axis=0), np.repeat(told, often).astype(int))
    logits = np.c_[rows, np.ones(len(rows))] @ weights
    print(f"{len(told)} words, {int(told.sum())} of them put in")
    print("weights:", ", ".join(f"{name} {weight:.2f}" for name, weight in zip(NAMES, weights, strict=True)))
    print(f"AUROC {auroc(logits[told > 0], logits[told == 0]):.3f}")
    for share in (0.98, 0.99, 0.995):
        least = np.quantile(logits[told == 0], share)
        print(
            f"from {least:.2f} on: {np.mean(logits[told > 0] > least):.2f} are found, {1 - share:.1%} of others taken"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
