"""A file of claims with their passages → how many of them the claim checker judges rightly."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.check import ClaimChecker, Flaw
from rag.errors import SourceError
from rag.evaluate.files import read_records
from rag.language import detect_language


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """One line of a claim set and what the checker says of it.

    Attributes:
        id: the line's own, else its number.
        claim: what is said.
        pair: language of the claim and of the passage: `ar-en`.
        group: what was altered (`number`, `date`, `name`, `negation`), where the line says so; else `supported` or not.
        supported: what the line says.
        found: what the checker says.
        flaw: what it finds against the claim.
        words: those of the claim that it finds it in.
    """

    id: str
    claim: str
    pair: str
    group: str
    supported: bool
    found: bool
    flaw: Flaw | None
    words: str


def check_claims(path: Path, checker: ClaimChecker) -> dict[str, Any]:
    """Run the claim checker over a JSONL file of `{"claim", "passage", "supported"}`.

    Returns:
        `claims` (how many), `accuracy`, `by_pair` and `by_group` (each group's accuracy and size), `milliseconds` a
        claim, and `wrong`: those that are judged otherwise than the file has it.

    Raises:
        SourceError: the file cannot be read, or a line of it is no claim.
    """
    checker.check("a b", "Karim met Huda.")  # the word vectors are read now, not while the first claim is timed
    start = time.perf_counter()
    checked = [_check(checker, path, line, record) for line, record in read_records(path)]
    elapsed = time.perf_counter() - start
    if not checked:
        raise SourceError(f"{path}: holds no claims")
    return {
        "claims": len(checked),
        "accuracy": _accuracy(checked),
        "by_pair": _groups(checked, "pair"),
        "by_group": _groups(checked, "group"),
        "milliseconds": round(1000 * elapsed / len(checked), 1),
        "wrong": [
            {"id": c.id, "claim": c.claim, "supported": c.supported, "flaw": c.flaw, "words": c.words}
            for c in checked
            if c.supported != c.found
        ],
    }


def _check(checker: ClaimChecker, path: Path, line: int, record: dict[str, Any]) -> CheckedClaim:
    claim, passage, supported = (record.get(name) for name in ("claim", "passage", "supported"))
    if not (isinstance(claim, str) and isinstance(passage, str) and isinstance(supported, bool)):
        raise SourceError(
            f'{path}, line {line}: needs "claim" and "passage" as texts, and "supported" as true or false'
        )
    verdict = checker.check(claim, passage)
    return CheckedClaim(
        str(record.get("id", line)),
        claim,
        f"{detect_language(claim)}-{detect_language(passage)}",
        str(record.get("altered") or ("supported" if supported else "unsupported")),
        supported,
        verdict.supported,
        verdict.flaw,
        verdict.words,
    )


def _accuracy(checked: Sequence[CheckedClaim]) -> float:
    return round(sum(c.supported == c.found for c in checked) / len(checked), 3)


def _groups(checked: Sequence[CheckedClaim], by: str) -> dict[str, dict[str, float]]:
    sizes = Counter(getattr(c, by) for c in checked)
    return {
        name: {"accuracy": _accuracy([c for c in checked if getattr(c, by) == name]), "claims": size}
        for name, size in sorted(sizes.items())
    }
