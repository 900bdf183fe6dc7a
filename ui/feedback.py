"""What visitors thought of answers, in a file that `sanad eval` reads as a question set."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from ui.types import Exchange


class Feedback:
    """The judged answers in one file, a line each; nothing of them is ever sent anywhere.

    An answer that was found helpful is taken as right: its articles are the relevant ones, its quotes the support. Of
    one that was not, only the question and the note are known; who reads the file fills in the rest.

    Args:
        path: made at the first judgement.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def judge(self, identifier: str, exchange: Exchange) -> None:
        """Keep what was thought of an answer, in place of what was thought before; nothing where nothing is said.

        Raises:
            OSError: the file cannot be written.
        """
        with self._lock:
            kept = {record["id"]: record for record in self._read()}
            kept.pop(identifier, None)
            if exchange.answer and exchange.liked is not None:
                kept[identifier] = _record(identifier, exchange)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self.path.with_suffix(".new")
            lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in kept.values())
            fresh.write_text(lines, encoding="utf-8")
            fresh.replace(self.path)

    def _read(self) -> list[dict[str, Any]]:
        if not self.path.is_file():
            return []
        lines = self.path.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines if line.strip()]


def _record(identifier: str, exchange: Exchange) -> dict[str, Any]:
    answer = exchange.answer
    assert answer is not None  # only answers are judged  # noqa: S101
    # A follow-up is kept as it was searched: it then stands alone.
    record: dict[str, Any] = {
        "id": identifier,
        "question": answer.searched or exchange.question,
        "language": answer.language,
        "answerable": not (answer.abstained and exchange.liked),
        "tags": ["helpful" if exchange.liked else "not-helpful"],
    }
    if exchange.liked and answer.citations:
        record["relevant"] = list(dict.fromkeys(c.passage.article_id for c in answer.citations))
        record["support"] = [{"article": c.passage.article_id, "quote": c.quote} for c in answer.citations]
    if exchange.note:
        record["note"] = exchange.note
    return record
