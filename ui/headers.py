"""Responses → the same with what a browser must be told: what a page may load and do, and who may frame it.

The pages run the scripts of Gradio's own files, and those in the page that carry its nonce. What Gradio does not allow
to be closed is said at `_SCRIPTED`.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"

# 'unsafe-eval': Gradio makes functions of what each part of a page does (ui/actions.js); its styles are in the page.
_SCRIPTED: Final = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_SCRIPT = re.compile(rb"<script\b(?=[^>]*>)")


class SecureHeaders:
    """Adds the headers; what a response says itself stays.

    Args:
        app: gets the requests.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        page: Message | None = None  # the head of a page whose body is awaited: the nonce goes into it
        body = b""

        async def send_with_headers(message: Message) -> None:
            nonlocal page, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                if "content-security-policy" not in headers:
                    if headers.get("content-type", "").startswith("text/html"):
                        page = message
                        return
                    headers["Content-Security-Policy"] = _NOTHING
            elif page is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                nonce = secrets.token_urlsafe(16)
                body = _SCRIPT.sub(f'<script nonce="{nonce}"'.encode(), body)
                headers = MutableHeaders(scope=page)
                headers["Content-Security-Policy"] = _SCRIPTED.format(nonce=nonce)
                headers["Content-Length"] = str(len(body))
                headers["Cache-Control"] = "no-store"
                await send(page)
                page, message = None, {**message, "body": body}
            await send(message)

        await self._app(_uncompressed(scope), receive, send_with_headers)


def _uncompressed(scope: Scope) -> Scope:
    """Return the request of a page so that it comes as it is written: its scripts are looked for in it."""
    headers = Headers(scope=scope)
    if "text/html" not in headers.get("accept", ""):
        return scope
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}
