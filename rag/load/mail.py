"""Mail → articles: a message (EML), a mailbox (mbox), a page saved as one file (MHTML). Attachments are files."""

from __future__ import annotations

import email
import email.policy
import io
from collections.abc import Iterator
from email.message import MIMEPart
from email.utils import parseaddr

from rag.errors import SourceError
from rag.index_report import Failure
from rag.load.details import parse_published
from rag.load.draft import LARGEST, Draft, Source
from rag.load.encoding import decode
from rag.load.markup import parse_html, to_text
from rag.load.page import read_page

_POLICY = email.policy.default


def load_message(source: Source) -> Iterator[Draft | Source | Failure]:
    """Read one message: its subject is the title, its sender the author."""
    yield from _read_message(source, source.read(), "")


def load_mailbox(source: Source) -> Iterator[Draft | Source | Failure]:
    """Read every message of a mailbox."""
    for number, data in enumerate(_split_mailbox(source), start=1):
        yield from _read_message(source, data, f"message {number}")


def load_web_archive(source: Source) -> Iterator[Draft]:
    """Read a page that a browser saved as one file (MHTML).

    Raises:
        SourceError: there is no page in it.
    """
    message = email.message_from_bytes(source.read(), policy=_POLICY)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            yield read_page(decode(_payload(part)), modified=source.modified)
            return
    raise SourceError(f"{source.name}: no page was found in it")


def _read_message(source: Source, data: bytes, key: str) -> Iterator[Draft | Source | Failure]:
    name = f"{source.name}, {key}" if key else source.name
    try:
        message = email.message_from_bytes(data, policy=_POLICY)
        body = message.get_body(("plain", "html"))
        text = ""
        if body is not None:
            text = decode(_payload(body))
            if body.get_content_type() == "text/html":
                text = to_text(parse_html(text))
        sender, address = parseaddr(str(message["from"] or ""))
        draft = Draft(
            text,
            title=" ".join(str(message["subject"] or "").split()),
            key=str(message["message-id"] or key).strip() if key else "",
            published=parse_published(message["date"]),
            source=address.rpartition("@")[2],
            author=sender or address,
            modified=source.modified,
        )
        attached = [(part.get_filename(), _payload(part)) for part in message.iter_attachments() if part.get_filename()]
    except (SourceError, ValueError, LookupError, AttributeError, TypeError, IndexError, RecursionError) as error:
        yield Failure(source.name, f"{name}: the message cannot be read: {error}")
        return
    if draft.text.strip():
        yield draft
    elif not attached:
        yield Failure(source.name, f"{name}: holds no text")
    for file, content in attached:
        yield source.member(f"{key}/{file}" if key else str(file), content, draft.published)  # type: ignore[arg-type]


def _payload(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _split_mailbox(source: Source) -> Iterator[bytes]:
    """Yield the messages of a mailbox, which begin after lines with `From ` and an empty line before them."""
    message, blank = io.BytesIO(), True
    while line := source.stream.readline(LARGEST):
        if blank and line.startswith(b"From "):
            if message.tell():
                yield message.getvalue()
            message = io.BytesIO()
        elif message.tell() + len(line) <= LARGEST:  # what is beyond is an attachment that would not be read either
            message.write(line)
        blank = line in (b"\n", b"\r\n")
    if message.tell():
        yield message.getvalue()
