"""The small parallel text that comes with Sanad, by which encoders are calibrated and their exports are checked."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def bundled_text() -> dict[str, dict[str, list[str]]]:
    """Return the text: language → `"sentences"` and `"questions"`, line by line the same in both languages."""
    content = files("rag").joinpath("calibration.json").read_text(encoding="utf-8")
    text: dict[str, dict[str, list[str]]] = json.loads(content)
    return text
