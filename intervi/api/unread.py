"""A body that a refusal left unread. Most clients send all of theirs before they read an answer; if the server closes meanwhile, they see a
broken connection and not why. So the answer goes out at once but for its last byte, and what still comes is read and thrown away for a
while before it ends: a server takes an answer to be complete with the last byte that its ``Content-Length`` declares, and then closes."""

import asyncio
from contextlib import suppress

from starlette.types import Message, Receive, Scope, Send

MOST_BYTES = 16 * 1024 * 1024
PATIENCE_SECONDS = 10.0
SILENCE_SECONDS = 1.0
"""Who sends nothing for so long waits for the answer."""


class UnreadBody:
    """Stands between a server and an application, for one request."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._is_whole = False

    async def receive(self) -> Message:
        """As the server gives it."""
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._is_whole = True
        return message

    async def send(self, message: Message) -> None:
        """As the server takes it, but that an answer ends no sooner than the request, within reason."""
        is_end = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not is_end or self._is_whole or not self._has_body():
            await self._send(message)
            return
        content = message.get("body", b"")
        await self._send({**message, "body": content[:-1], "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._read_on()
        await self._send({"type": "http.response.body", "body": content[-1:], "more_body": False})

    def _has_body(self) -> bool:
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in self._scope["headers"]
        )

    async def _read_on(self) -> None:
        read = 0
        while not self._is_whole and read < MOST_BYTES:
            async with asyncio.timeout(SILENCE_SECONDS):
                read += len((await self.receive()).get("body", b""))
