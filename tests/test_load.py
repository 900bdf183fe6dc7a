"""Guards: the server as it is started by hand bears a load, gives slots back, outlives a kill; the benchmark, in short.

Takes a minute or two: `pytest -m slow tests/test_load.py`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rag import Settings, open_index
from tests.benchmarks.load import ROOT, Served, ask_much, hang_up, kill_under_load

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("load") / "index"
    open_index(Settings(index=folder)).add(ROOT / "corpus" / "articles")
    return folder


def test_askers_and_clients_that_hang_up(folder: Path) -> None:
    served = Served(folder)
    try:
        load = asyncio.run(ask_much(served, 30, 5))
        assert load.failures == 0, load.told
        assert load.told["200"]
        assert load.told["429"], "thirty are more than one client may"
        _, seconds = hang_up(served)
        assert seconds < 10
    finally:
        assert served.stop() < 10


def test_killed_under_load(folder: Path) -> None:
    told = list(kill_under_load(folder, 20))
    assert "index and talks intact" in told[0]
