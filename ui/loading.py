"""What a server needs → memory, sooner: importing is most of what its start takes."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

_STUBS: Final = "gradio.component_meta"
_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1  # of malloc.h
_LARGE: Final = 2**18  # bytes


def share_memory() -> None:
    """Let the threads take their memory from two of glibc's arenas, of which it would make eight a core.

    What is freed in one is of no use to the others, and what is large is given back at once only where that is said:
    under load, a server's memory grew by 13 MB a minute for nothing. Other C libraries have no arenas.
    """
    with suppress(AttributeError):
        for option, value in ((_ARENA_MAX, 2), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _LARGE)):
            ctypes.CDLL(None).mallopt(option, value)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Collect no garbage meanwhile, and what is there at the end never: modules and models are none."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def load_gradio() -> None:
    """Import Gradio, but for what it does for its own developers."""
    if _STUBS not in sys.modules:
        sys.meta_path.insert(0, _WithoutStubs())
    import gradio  # noqa: F401


class _WithoutStubs(MetaPathFinder):
    """Keeps Gradio from writing type stubs beside its sources.

    It does so whenever it is imported, for which it parses the source of each of its components: half of its time.
    """

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return the module that writes them, made to leave it; nothing for any other."""
        if name != _STUBS:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def execute_without(module: ModuleType) -> None:
                execute(module)
                module.create_or_modify_pyi = _write_nothing  # type: ignore[attr-defined]

            spec.loader.exec_module = execute_without  # type: ignore[method-assign]
        return spec


def _write_nothing(*_: Any) -> None:
    pass
