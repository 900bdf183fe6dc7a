"""`/v1`: OpenAI's chat completions over the engine, so that what speaks to OpenAI speaks to Sanad unchanged.

The last message of the user is the question, the earlier ones are the talk. What would be misleading if it were left
undone is refused; what only shapes a model's style (a system prompt, temperature, …) is accepted and left undone.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.exceptions import HTTPException

from rag.types import Answer, Citation, Turn
from ui.api.completion import Sent, evidence, footnotes, without_footnotes
from ui.api.events import event, stream_events
from ui.api.requests import LONGEST_MESSAGE, Filtering
from ui.api.service import Service, asker_of
from ui.problems import Problem, guarding, problem_of

LARGEST_BODY: Final = 8_000_000
"""Bytes of a request."""

_MODELS: Final = ("sanad", "sanad-quotes")
"""The second quotes the articles even where a chat model could write."""

_INVALID: Final = 400
_MOST_TURNS: Final = 40  # earlier messages that are looked at: a follow-up follows what was said lately
_DONE: Final = "[DONE]"


def _words(content: Any) -> Any:
    """Return the text of a message's content, which may be in parts."""
    if content is None:
        return ""
    if not isinstance(content, list):
        return content
    if not all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in content):
        raise ValueError("Sanad reads text only: parts of another type must be left out")
    return "\n".join(part["text"] for part in content)


class ChatMessage(BaseModel):
    """One message of a talk; those of other roles than user and assistant are left aside."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[str, BeforeValidator(_words)] = ""


class StreamOptions(BaseModel):
    """What a stream holds besides."""

    include_usage: bool = False


class CompletionRequest(Filtering):
    """A request of OpenAI's protocol; `footnotes` and the filter's fields are Sanad's own."""

    model_config = ConfigDict(extra="allow")

    messages: list[ChatMessage] = Field(min_length=1, max_length=2000)
    model: str = Field(max_length=200)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    footnotes: bool = False

    def refuse_what_misleads(self) -> None:
        """Raise `Problem` for what would mislead if it were left undone."""
        asked = self.model_extra or {}
        shape = asked.get("response_format")
        refused = {
            "tools": asked.get("tools") and asked.get("tool_choice") != "none",
            "functions": asked.get("functions") and asked.get("function_call") != "none",
            "n": asked.get("n") not in (None, 1),
            "response_format": shape and (not isinstance(shape, dict) or shape.get("type") != "text"),
            "logprobs": asked.get("logprobs"),
            "stop": asked.get("stop"),
            "modalities": asked.get("modalities") not in (None, ["text"]),
            "web_search_options": asked.get("web_search_options") is not None,
        }
        for name, is_asked in refused.items():
            if is_asked:
                message = f"{name}: Sanad gives one answer in text, from the articles; leave {name} out"
                raise Problem(_INVALID, message, "unsupported_parameter", name)

    def talk(self) -> tuple[str, list[Turn]]:
        """Return the question, and the turns before it."""
        places = [place for place, message in enumerate(self.messages) if message.role == "user"]
        if not places:
            raise Problem(_INVALID, "messages: none of them is the user's, so nothing is asked", "invalid_value")
        history = []
        for message in self.messages[: places[-1]]:
            if message.role in ("user", "assistant") and message.content.strip():
                role: Literal["user", "assistant"] = "user" if message.role == "user" else "assistant"
                history.append(Turn(role, without_footnotes(message.content)[:LONGEST_MESSAGE]))
        return self.messages[places[-1]].content, history[-_MOST_TURNS:]


@dataclass(frozen=True, slots=True)
class _Completion:
    """One answer on its way to a client; `locate` returns the address at which a citation's article can be read."""

    asked: CompletionRequest
    locate: Callable[[Citation], str]
    id: str
    created: int

    def message(self, answer: Answer, usage: dict[str, int]) -> dict[str, Any]:
        """Return a whole answer."""
        told = evidence(answer, self.locate)
        text = answer.text + (footnotes(answer) if self.asked.footnotes else "")
        message = {"role": "assistant", "content": text, "refusal": None, **told}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._head("chat.completion"), "choices": [choice], "usage": usage}

    def chunk(self, delta: dict[str, Any], finish: str | None = None) -> str:
        """Return a piece of an answer as an event."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event({**self._head("chat.completion.chunk"), "choices": [choice], **self._no_usage})

    def usage(self, usage: dict[str, int]) -> str:
        """Return the event that tells the tokens."""
        return event({**self._head("chat.completion.chunk"), "choices": [], "usage": usage})

    @property
    def tells_usage(self) -> bool:
        """Whether the stream ends with the tokens."""
        return bool(self.asked.stream_options and self.asked.stream_options.include_usage)

    @property
    def _no_usage(self) -> dict[str, None]:
        return {"usage": None} if self.tells_usage else {}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.asked.model}


def build_openai_api(service: Service) -> FastAPI:
    """Return the app to be mounted at `/v1`."""
    api = FastAPI(title="Sanad", openapi_url=None)
    api.router.route_class = guarding(service.folder, _INVALID)
    begun = int(time.time())

    @api.exception_handler(HTTPException)
    async def tell(_: Request, error: HTTPException) -> Response:
        return problem_of(error, service.folder).to_response()

    @api.get("/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [_about(name, begun) for name in _MODELS]}

    @api.get("/models/{name}")
    async def model(name: str) -> dict[str, Any]:
        return _about(_known(name), begun)

    @api.post("/chat/completions")
    async def complete(asked: CompletionRequest, request: Request) -> Response:
        asked.refuse_what_misleads()
        options = {"quote": _known(asked.model) == "sanad-quotes", **asked.only()}
        question, options["history"] = asked.talk()
        completion = _Completion(asked, _locator(request), f"chatcmpl-{secrets.token_hex(12)}", int(time.time()))
        if asked.stream:
            return await stream_events(_chunks(service, completion, request, question, options))
        answer = await service.ask(asker_of(request), question, **options)
        return JSONResponse(completion.message(answer, await _count(service, asked, answer.text)))

    return api


async def _chunks(
    service: Service, completion: _Completion, request: Request, question: str, options: dict[str, Any]
) -> AsyncGenerator[str, None]:
    sent, answer, begun = Sent(), None, False
    try:
        async with aclosing(service.stream(asker_of(request), question, **options)) as answers:
            async for answer in answers:
                if not begun:
                    begun = True
                    yield completion.chunk({"role": "assistant", "content": ""})
                if added := sent.grow(answer):
                    yield completion.chunk({"content": added})
        if answer is None:
            return
        added, answer = sent.finish(answer)
        if completion.asked.footnotes:
            added += footnotes(answer)
        if added:
            yield completion.chunk({"content": added})
        yield completion.chunk(evidence(answer, completion.locate), "stop")
        if completion.tells_usage:
            yield completion.usage(await _count(service, completion.asked, answer.text))
        yield event(_DONE)
    except Exception as error:
        if not begun:
            raise
        yield event(problem_of(error, service.folder, _INVALID).to_dict())


async def _count(service: Service, asked: CompletionRequest, text: str) -> dict[str, int]:
    """Return how many tokens were read and written, in those of the encoder."""
    texts = [message.content for message in asked.messages] + [text]
    *read, written = await service.run(lambda: service.rag.index.encoder.count_tokens(texts))
    return {"prompt_tokens": sum(read), "completion_tokens": written, "total_tokens": sum(read) + written}


def _locator(request: Request) -> Callable[[Citation], str]:
    """Return what gives the address of the page that shows a citation's article, with the quote highlighted."""
    origin = f"{request.url.scheme}://{request.url.netloc}"

    def locate(citation: Citation) -> str:
        place = quote(citation.passage.article_id, safe="")
        return f"{origin}/article/{place}?start={citation.start}&end={citation.end}#quote"

    return locate


def _known(name: str) -> str:
    if name not in _MODELS:
        raise Problem(
            404, f"there is no model {name!r} here; there are: {', '.join(_MODELS)}", "model_not_found", "model"
        )
    return name


def _about(name: str, begun: int) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": begun, "owned_by": "sanad"}
