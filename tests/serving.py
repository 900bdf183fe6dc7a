"""The real server on a free port of this machine, from a thread of this process."""

from __future__ import annotations

import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from rag.pipeline import Rag
from rag.settings import Settings
from ui.limits import Limits
from ui.listening import Listener
from ui.server import build_server


@contextmanager
def serving(rag: Rag, folder: Path, *, programs: bool = False, limits: Limits | None = None) -> Iterator[str]:
    """Serve a Rag as `sanad chat`, or with `programs` as `sanad serve`; yields the address."""
    port = free_port()
    app = prepared(rag, Settings(index=folder, port=port), programs=programs, limits=limits)
    server = Listener(app, "127.0.0.1", port, app.state.queue)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


def prepared(rag: Any, settings: Settings, **options: Any) -> FastAPI:
    """Return a server whose pages are there: made on a thread, they would meet the tests' filters of warnings."""
    app = build_server(rag, settings, **options)
    with warnings.catch_warnings():  # what Gradio warns of while it is imported is not this project's to mend
        warnings.simplefilter("ignore")
        for later in (app.state.pages, getattr(app.state, "assistants", None)):
            if later:
                later.prepare()
    return app


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
