"""The commands that serve: `sanad chat`. The pages are loaded when one of them runs."""

from __future__ import annotations

from typing import Annotated

import typer

import rag
from rag import show
from rag.errors import SettingsError
from rag.options import IndexFolder, open_existing

Host = Annotated[str | None, typer.Option(help="Loopback address.  [env: GRADIO_SERVER_NAME]")]
Port = Annotated[int | None, typer.Option(help="[env: GRADIO_SERVER_PORT]")]


def chat(host: Host = None, port: Port = None, index: IndexFolder = None) -> None:
    """Serve the pages to this machine's browser: chat, articles, evaluation, settings."""
    settings = rag.Settings(index=index, host=host, port=port)
    if settings.host not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError(
            f"GRADIO_SERVER_NAME={settings.host!r}: only this machine can be served, since there are no accounts yet; "
            "use --host 127.0.0.1"
        )
    from ui.server import serve

    target = rag.open_index(settings)
    if target.exists:
        with show.progress("looking for changes") as progress:
            report = target.refresh(progress)
        show.failures(report)
    asked = open_existing(settings)
    asked.warm_up()
    serve(asked, settings, on_ready=lambda address: show.note(f"Sanad is at {address}"))
