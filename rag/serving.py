"""The commands that serve: `sanad chat`, `serve` and `mcp`. The pages are loaded when one of them runs."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import rag
from rag import show
from rag.errors import IndexBusyError, SanadError, SettingsError
from rag.options import IndexFolder, open_existing
from rag.progress import Progress

if TYPE_CHECKING:
    from rag.index import Index

Host = Annotated[
    str | None, typer.Option(help="Address; beyond this machine with accounts only.  [env: GRADIO_SERVER_NAME]")
]
Port = Annotated[int | None, typer.Option(help="[env: GRADIO_SERVER_PORT]")]

_FIRST = 5.0  # seconds for the first questions, before a server looks for what has changed
_log = logging.getLogger(__name__)


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

        asked = open_existing(settings)
        if not programs:
            with show.progress("looking for changes") as progress:
                told = _keep_up(asked.index, settings.index, progress)
            for line in told:
                show.error(line)
        asked.warm_up()

    def say_so(address: str) -> None:
        show.note(f"Sanad is at {address}")
        if programs:
            show.note(f"for programs: {address}/api/openapi.json, {address}/v1 (OpenAI's protocol), {address}/mcp")
            later = threading.Timer(_FIRST, _keep_up_and_log, (asked.index, settings.index))
            later.daemon = True
            later.start()

    serve_pages(asked, settings, programs=programs, on_ready=say_so)


def _keep_up(index: Index, folder: Path, progress: Progress | None = None) -> list[str]:
    """Bring the index in step with what it was made of; return what is to be told."""
    from ui.uploads import index_left

    try:
        reports = [index.refresh(progress), index_left(index, folder, progress)]
    except IndexBusyError:
        return ["another process is writing to the index; what it changes is seen when it is done"]
    return [failure.reason for report in reports for failure in report.failed]


def _keep_up_and_log(index: Index, folder: Path) -> None:
    """Do so beside the questions, whose answers need not wait for it."""
    try:
        for line in _keep_up(index, folder):
            _log.warning(line)
    except SanadError as error:
        _log.warning("the index could not be brought in step: %s", error)


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
