"""The commands that serve: `sanad chat`, `serve` and `mcp`. The pages are loaded when one of them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rag
from rag import show
from rag.errors import IndexBusyError, SettingsError
from rag.options import IndexFolder, open_existing

Host = Annotated[str | None, typer.Option(help="Loopback address.  [env: GRADIO_SERVER_NAME]")]
Port = Annotated[int | None, typer.Option(help="[env: GRADIO_SERVER_PORT]")]


def chat(host: Host = None, port: Port = None, index: IndexFolder = None) -> None:
    """Serve the pages to this machine's browser: chat, articles, evaluation, settings."""
    _serve(host, port, index, programs=False)


def serve(host: Host = None, port: Port = None, index: IndexFolder = None) -> None:
    """Serve the pages, and beside them what programs and assistants talk to: /api, /v1 (OpenAI's protocol), /mcp."""
    _serve(host, port, index, programs=True)


def mcp(index: IndexFolder = None) -> None:
    """Serve search, questions and articles to an assistant that starts this command, by MCP over stdin and stdout."""
    from ui.api.mcp import serve_stdio
    from ui.api.service import Service

    settings = rag.Settings(index=index)
    serve_stdio(Service(lambda: open_existing(settings), settings.index))


def _serve(host: str | None, port: int | None, index: Path | None, *, programs: bool) -> None:
    settings = rag.Settings(index=index, host=host, port=port)
    if settings.host not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError(
            f"GRADIO_SERVER_NAME={settings.host!r}: only this machine can be served, since there are no accounts yet; "
            "use --host 127.0.0.1"
        )
    from ui.loading import load_gradio, share_memory, without_collecting

    share_memory()
    with without_collecting():
        load_gradio()
        from ui.server import serve as serve_pages

        asked = _open(settings)
    serve_pages(asked, settings, programs=programs, on_ready=lambda address: _say_where(address, programs=programs))


def _open(settings: rag.Settings) -> rag.Rag:
    """Open for questions, once the index is in step with what it was made of."""
    from ui.uploads import index_left

    target = rag.open_index(settings)
    try:
        with show.progress("looking for changes") as progress:
            reports = [target.refresh(progress)] if target.exists else []
            reports.append(index_left(target, settings.index, progress))
        for report in reports:
            show.failures(report)
    except IndexBusyError:
        show.note("another process is writing to the index; what it changes is seen when it is done")
    asked = open_existing(settings)
    asked.warm_up()
    return asked


def _say_where(address: str, *, programs: bool) -> None:
    show.note(f"Sanad is at {address}")
    if programs:
        show.note(f"for programs: {address}/api/openapi.json, {address}/v1 (OpenAI's protocol), {address}/mcp")
