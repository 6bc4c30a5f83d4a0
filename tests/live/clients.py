"""A client of python-socketio that remembers what it heard."""

import asyncio
from collections.abc import Callable
from typing import Any

import socketio

NAMESPACE = "/interview"
PATIENCE_SECONDS = 30


class Client:
    """One socket."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.ended = asyncio.Event()
        self._news = asyncio.Condition()
        self._socket = socketio.AsyncClient(reconnection=False)
        self._socket.on("*", self._hear, namespace=NAMESPACE)
        self._refusals: list[str] = []
        self._socket.on("connect_error", self._refuse, namespace=NAMESPACE)
        self._socket.on("disconnect", self._end, namespace=NAMESPACE)

    async def open(self, address: str, auth: object, headers: dict[str, str]) -> None:
        """
        Raises:
            socketio.exceptions.ConnectionError: with what the server said as its note.
        """
        try:
            # A copy: the client takes the cookie out.
            await self._socket.connect(
                address,
                headers=dict(headers),
                auth=auth,
                namespaces=[NAMESPACE],
                transports=["websocket"],
                wait_timeout=20,
            )
        except socketio.exceptions.ConnectionError as error:
            for said in self._refusals:
                error.add_note(said)
            raise

    async def send(self, *figures: object) -> None:
        """``metrics:send``."""
        await self._socket.emit("metrics:send", figures, namespace=NAMESPACE)

    async def say(self, event: str, *data: object) -> None:
        """Any event."""
        await self._socket.emit(event, data, namespace=NAMESPACE)

    async def ask(self, figures: object) -> Any:
        """``metrics:send``, with its acknowledgement."""
        return await self._socket.call("metrics:send", figures, namespace=NAMESPACE, timeout=PATIENCE_SECONDS)

    async def next(self, event: str, count: int = 1) -> list[Any]:
        """The first ``count`` of the event that were heard, as soon as they were."""
        return await self._until(lambda: [data for name, data in self.heard if name == event][:count], count)

    async def last(self, event: str, is_last: Callable[[Any], bool]) -> Any:
        """The first of the event that is the last one, as soon as it was heard."""
        return (await self._until(lambda: [data for name, data in self.heard if name == event and is_last(data)], 1))[0]

    async def _until(self, found: Callable[[], list[Any]], count: int) -> list[Any]:
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: len(found()) >= count)
        return found()

    async def _hear(self, event: str, *data: Any) -> None:
        async with self._news:
            self.heard.append((event, data[0] if len(data) == 1 else data))
            self._news.notify_all()

    async def _refuse(self, error: Any = None) -> None:
        self._refusals.append(error["message"] if isinstance(error, dict) else str(error))

    async def _end(self, *_reason: object) -> None:
        self.ended.set()

    async def close(self) -> None:
        await self._socket.disconnect()
