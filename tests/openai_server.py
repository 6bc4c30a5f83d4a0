"""A real HTTP server that speaks OpenAI's protocol, well or badly: what tests put in the place of a model.

``with model_server(reply=…) as server:`` gives one that answers each chat completion with what ``reply`` makes of it, and points the
settings of this process at it; ``server.address`` is for other processes (``OPENAI_BASE_URL``).
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from intervi.settings import settings

MODEL = "made-model-1"


class Manner(StrEnum):
    """How the server behaves."""

    GOOD = "good"
    SLOW = "slow"
    """Takes the request and never answers."""
    GARBAGE = "garbage"
    """200 with bytes that are no JSON."""
    WRONG_FORM = "wrong form"
    """A fine completion whose text is not of the form that was asked for."""
    REFUSING = "refusing"
    """The model declines (``message.refusal``)."""
    FAILING = "failing"
    """500, always."""
    BUSY_ONCE = "busy once"
    """429 with ``Retry-After``, then good."""
    NO_SCHEMAS = "no schemas"
    """400 to any ``response_format``; else good."""
    UNAUTHORIZED = "unauthorized"
    """401."""


@dataclass(frozen=True)
class Asked:
    """One chat completion that was asked for."""

    body: dict[str, Any]
    authorization: str

    @property
    def system(self) -> str:
        return "\n".join(each["content"] for each in self.body["messages"] if each["role"] == "system")

    @property
    def data(self) -> dict[str, Any]:
        """The user's message: JSON by our protocol."""
        (user,) = (each["content"] for each in self.body["messages"] if each["role"] == "user")
        return json.loads(user)

    @property
    def schema(self) -> dict[str, Any] | None:
        """The form that the answer is held to."""
        held = self.body.get("response_format")
        return held["json_schema"]["schema"] if held else None


Reply = Callable[[Asked], dict[str, Any] | str]
"""The model: an object (sent as JSON text) or a text."""


@dataclass
class OpenAIServer:
    """A running one."""

    address: str
    manner: Manner = Manner.GOOD
    reply: Reply = field(default=lambda asked: smallest(asked.schema or {}))
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


def smallest(schema: dict[str, Any], definitions: dict[str, Any] | None = None) -> Any:
    """The plainest value of a JSON schema: for tests that only need a valid answer."""
    definitions = schema.get("$defs", definitions or {})
    if "$ref" in schema:
        return smallest(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return smallest(schema[choice][0], definitions)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    match schema.get("type"):
        case "object":
            return {name: smallest(each, definitions) for name, each in schema.get("properties", {}).items()}
        case "array":
            return [smallest(schema.get("items", {}), definitions)] * max(1, schema.get("minItems", 0))
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case _:
            return "Made by the tests' own model."


@contextmanager
def model_server(manner: Manner = Manner.GOOD, reply: Reply | None = None, **more: str) -> Iterator[OpenAIServer]:
    """A server on a free port; this process asks it until the end of the block.

    Args:
        more: further settings by their environment's names (``INTERVI_OPENAI_TIMEOUT_SECONDS="0.3"``).
    """
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    httpd.daemon_threads = True
    server = OpenAIServer(f"http://127.0.0.1:{httpd.server_port}/v1", manner)
    if reply is not None:
        server.reply = reply
    httpd.openai = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    given = {"OPENAI_BASE_URL": server.address, "OPENAI_API_KEY": "sk-of-the-tests", **more}
    before = {name: os.environ.get(name) for name in given}
    os.environ |= given
    settings.cache_clear()
    try:
        yield server
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        settings.cache_clear()
        server.closing.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def openai(self) -> OpenAIServer:
        return self.server.openai  # type: ignore[attr-defined]

    def log_message(self, *_args: Any) -> None:
        """Tests read what was asked, not a log."""

    def do_GET(self) -> None:
        assert self.path == "/v1/models", self.path
        self._send(200, {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "us"}]})

    def do_POST(self) -> None:
        assert self.path == "/v1/chat/completions", self.path
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = Asked(body, self.headers.get("Authorization", ""))
        self.openai.asked.append(asked)
        match self.openai.manner:
            case Manner.SLOW:
                self.openai.closing.wait(60)
                self.close_connection = True
            case Manner.GARBAGE:
                self._send_bytes(200, b"<html>\xff\xfe It works! </html>")
            case Manner.FAILING:
                self._send(500, {"error": {"message": "out of memory", "type": "server_error"}})
            case Manner.UNAUTHORIZED:
                self._send(401, {"error": {"message": "Incorrect API key provided: sk-of-the-tests", "type": "auth"}})
            case Manner.BUSY_ONCE if len(self.openai.asked) == 1:
                self._send(429, {"error": {"message": "slow down", "type": "requests"}}, {"Retry-After": "0"})
            case Manner.NO_SCHEMAS if "response_format" in body:
                self._send(400, {"error": {"message": "response_format is not supported", "type": "invalid_request"}})
            case Manner.REFUSING:
                self._complete(None, refusal="I cannot help with that.")
            case Manner.WRONG_FORM:
                self._complete('{"total": 100, "verdict": "hire"}')
            case _:
                reply = self.openai.reply(asked)
                self._complete(reply if isinstance(reply, str) else json.dumps(reply))

    def _complete(self, content: str | None, refusal: str | None = None) -> None:
        message = {"role": "assistant", "content": content, "refusal": refusal}
        self._send(
            200,
            {
                "id": "chatcmpl-made",
                "object": "chat.completion",
                "created": 0,
                "model": MODEL,
                "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            },
        )

    def _send(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _send_bytes(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
