"""Files are read in this process here, where coverage sees it; elsewhere, as in test_isolated.py, they are not."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.module.__name__.rpartition(".")[2] not in ("test_isolated", "test_fuzz"):
        monkeypatch.setattr("rag.load.is_simple", lambda _name: True)
