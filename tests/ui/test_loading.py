"""Guards: Gradio is imported without what it does for its own developers, and works all the same."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from ui.loading import without_collecting

ROOT = Path(__file__).parent.parent.parent
LOAD = """
import ui.loading, sys
ui.loading.load_gradio()
import gradio.component_meta as made, gradio as gr
assert made.create_or_modify_pyi.__module__ == "ui.loading", made.create_or_modify_pyi
assert not any(type(finder).__name__ == "_WithoutStubs" for finder in sys.meta_path)
with gr.Blocks():
    assert gr.HTML("x").value == "x"
ui.loading.load_gradio()
assert not any(type(finder).__name__ == "_WithoutStubs" for finder in sys.meta_path)
"""


def test_gradio_is_imported_without_writing_stubs() -> None:
    done = subprocess.run([sys.executable, "-c", LOAD], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_is_collected_meanwhile_and_later_it_is() -> None:
    with without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="x"), without_collecting():
        raise ValueError("x")
    assert gc.isenabled()
    gc.unfreeze()
