"""The commands that serve: `sanad chat`, `serve` and `mcp`. The pages are loaded when one of them runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rag
from rag import show
from rag.errors import IndexBusyError, SettingsError
from rag.options import IndexFolder, open_existing

Host = Annotated[
    str | None, typer.Option(help="Address; beyond this machine with accounts only.  [env: GRADIO_SERVER_NAME]")
]
Port = Annotated[int | None, typer.Option(help="[env: GRADIO_SERVER_PORT]")]


def chat(host: Host = None, port: Port = None, index: IndexFolder = None) -> None:
    """Serve the pages: chat, articles, evaluation, settings."""
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
    from ui.entrance import LOOPBACK
    from ui.loading import share_memory, without_collecting

    if settings.host not in LOOPBACK:
        _check_accounts(settings)
    share_memory()
    with without_collecting():
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


def _check_accounts(settings: rag.Settings) -> None:
    """Raise `SettingsError` where other machines would be served, and there is nobody who may come in."""
    from ui.accounts import open_accounts

    if not open_accounts(settings.home).exist():
        raise SettingsError(
            f"GRADIO_SERVER_NAME={settings.host!r}: other machines are served only with accounts; make one with: "
            f"{settings.home.command('users add NAME --role manage')}"
        )
    if not settings.tls_certificate:
        show.note("what is sent is not encrypted: set RAG_TLS_CERTIFICATE and RAG_TLS_KEY, or put a proxy before it")


def _say_where(address: str, *, programs: bool) -> None:
    show.note(f"Sanad is at {address}")
    if programs:
        show.note(f"for programs: {address}/api/openapi.json, {address}/v1 (OpenAI's protocol), {address}/mcp")
