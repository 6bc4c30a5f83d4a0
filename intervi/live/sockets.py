"""The open sockets of one kind in this process: who may be there, who must go, and what an end looks like.

A socket is served by the task of its request. Whoever wants it gone (another socket of the same user, a logout, the end of the interview, a
reader that does not read) says so with :meth:`LiveSocket.end`.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocket, WebSocketDisconnect

from intervi import events
from intervi.accounts.api_keys import Scope
from intervi.live.admission import Admitted, Close, Refused, accept, admit, begin, to_go
from intervi.live.places import HELD_SECONDS, Places
from intervi.settings import settings

log = logging.getLogger(__name__)

UPKEEP_SECONDS = 5.0
"""How often everybody is looked at; what ended without an event is noticed within it."""
SLOWEST_SEND_SECONDS = 5.0
"""A reader that takes an answer no faster is dropped: nothing is kept for it."""
PING_SECONDS = 45.0
"""A socket that was silent for so long is asked for a sign of life (``{"type": "ping"}``; any message is one) …"""
IDLE_SECONDS = 120.0
"""… and closed after so long without any."""
_PING = '{"type":"ping"}'
_GONE = (WebSocketDisconnect, RuntimeError, OSError)
"""What sending to a client that has left raises, by server."""


class Gone(Exception):
    """The client has closed its end."""


class LiveSocket:
    """One open socket of somebody who was let in."""

    def __init__(self, socket: WebSocket, admitted: Admitted) -> None:
        self.admitted = admitted
        self.id = secrets.token_hex(8)
        self.heard_at = time.monotonic()
        self.sends_since: float | None = None
        self.code: Close | None = None
        """Why it must go."""
        self.is_over = False
        self._socket = socket
        self._task = asyncio.current_task()

    async def receive(self) -> bytes | str:
        """The next message.

        Raises:
            Gone: there is none any more.
        """
        message = await self._socket.receive()
        if message["type"] != "websocket.receive":
            raise Gone
        self.heard_at = time.monotonic()
        text = message.get("text")
        return text if text is not None else message.get("bytes") or b""

    async def send(self, text: str) -> None:
        """Sends a message; returns when the connection has taken it.

        Raises:
            Gone: nobody is there any more.
        """
        self.sends_since = time.monotonic()
        try:
            await self._socket.send({"type": "websocket.send", "text": text})
        except _GONE as error:
            raise Gone from error
        finally:
            self.sends_since = None

    async def close(self, code: Close) -> None:
        """The last thing that is sent, if the client still listens."""
        with contextlib.suppress(*_GONE, TimeoutError):
            async with asyncio.timeout(SLOWEST_SEND_SECONDS):
                await self._socket.close(code)

    def end(self, code: Close) -> None:
        """Ends it from outside, wherever its task is."""
        if self.code is None and not self.is_over and self._task is not None:
            self.code = code
            self._task.cancel()

    @property
    def is_slow(self) -> bool:
        return self.sends_since is not None and time.monotonic() - self.sends_since > SLOWEST_SEND_SECONDS

    @property
    def idle_seconds(self) -> float:
        return time.monotonic() - self.heard_at


class Sockets:
    """All sockets of one kind: at most one for each user, and ``settings().max_live_sockets`` in all, over every web process."""

    def __init__(self, name: str, scope: Scope | None = None) -> None:
        """
        Args:
            name: Of the kind.
            scope: An API key with this scope opens one as well.
        """
        self.name = name
        self._scope = scope
        self._places = Places(name)
        self._open: dict[UUID, LiveSocket] = {}
        self._watching: list[asyncio.Task[None]] = []

    async def count(self) -> int:
        """How many are open, over all web processes."""
        return await self._places.held()

    async def serve(
        self, socket: WebSocket, interview_id: str, conduct: Callable[[LiveSocket], Awaitable[None]]
    ) -> None:
        """One socket from its handshake to its end; ``conduct`` does what it is there for."""
        await accept(socket)
        try:
            live = LiveSocket(socket, await admit(socket, interview_id, self._scope))
        except Refused as refused:
            await socket.close(refused.code)
            return
        try:
            async with self._place(live):
                await begin(live.admitted)
                await conduct(live)
        except Gone:
            pass
        except Refused as refused:
            live.is_over = True
            await live.close(refused.code)
        except asyncio.CancelledError:
            if live.code is None:
                raise
            if (task := asyncio.current_task()) is not None:
                task.uncancel()
            # Who does not read would not read this either.
            if not live.is_slow:
                await live.close(live.code)

    @asynccontextmanager
    async def _place(self, live: LiveSocket) -> AsyncIterator[None]:
        """A place for a socket while it is open.

        Raises:
            Refused: all are taken.
        """
        user_id, limit = live.admitted.principal.user_id, settings().max_live_sockets
        if user_id not in self._open and len(self._open) >= limit:
            raise Refused(Close.FULL)
        if not await self._places.take(user_id, live.id, limit):
            raise Refused(Close.FULL)
        if before := self._open.get(user_id):
            before.end(Close.REPLACED)
        self._open[user_id] = live
        self._watch()
        try:
            await events.publish(user_id, "socket", name=self.name, id=live.id)
            yield
        finally:
            live.is_over = True
            if self._open.get(user_id) is live:
                del self._open[user_id]
            await self._places.leave(user_id, live.id)
            if not self._open:
                self._rest()

    def _watch(self) -> None:
        if not self._watching:
            self._watching = [asyncio.create_task(self._follow()), asyncio.create_task(self._keep_up())]

    def _rest(self) -> None:
        for task in self._watching:
            task.cancel()
        self._watching = []

    async def _follow(self) -> None:
        """Ends sockets at once when their user opens another, signs out, or ends the interview, in whichever process."""
        while True:
            try:
                async for user_id, event in events.subscribe_all():
                    if live := self._open.get(user_id):
                        await self._heed(live, event)
            except (RedisError, SQLAlchemyError, OSError) as error:
                log.warning("live sockets do not hear the event bus: %s", error)
                await asyncio.sleep(UPKEEP_SECONDS)

    async def _heed(self, live: LiveSocket, event: dict[str, object]) -> None:
        if event["kind"] == "socket" and event.get("name") == self.name and event.get("id") != live.id:
            live.end(Close.REPLACED)
        elif event["kind"] in ("login-ended", "interview-ended"):
            await self._end_those_to_go([live])

    async def _keep_up(self) -> None:
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(UPKEEP_SECONDS)
            everybody = list(self._open.values())
            for live in everybody:
                await _look_at(live)
            try:
                await self._end_those_to_go(everybody)
            except (SQLAlchemyError, OSError) as error:
                log.warning("live sockets are not checked: %s", error)
            if time.monotonic() - renewed > HELD_SECONDS / 3:
                renewed = time.monotonic()
                await self._renew()

    async def _renew(self) -> None:
        held = {user_id: live.id for user_id, live in self._open.items()}
        for user_id in await self._places.renew(held):
            if (lost := self._open.get(user_id)) and lost.id == held[user_id]:
                lost.end(Close.REPLACED)

    async def _end_those_to_go(self, some: list[LiveSocket]) -> None:
        gone = await to_go({live.admitted for live in some})
        for live in some:
            if live.admitted in gone:
                live.end(gone[live.admitted])


async def _look_at(live: LiveSocket) -> None:
    if live.is_slow or live.idle_seconds > IDLE_SECONDS:
        live.end(Close.NORMAL)
    elif live.idle_seconds > PING_SECONDS and live.sends_since is None:
        with contextlib.suppress(Gone, TimeoutError):
            async with asyncio.timeout(1):
                await live.send(_PING)
