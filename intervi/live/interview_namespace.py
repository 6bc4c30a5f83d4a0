"""Socket.IO at ``/socket.io``, namespace ``/interview``: candidate's live channel.

A socket belongs to one login of one user and ends with it. What one socket of a user sends reaches all of theirs, on every web process,
through Redis (``AsyncRedisManager``); what happens to the user's things comes from the event bus, and each process hands it to the
sockets that it holds itself.
"""

import asyncio
import logging
import os
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

import socketio
from pydantic import ValidationError
from redis.exceptions import RedisError
from socketio.exceptions import ConnectionRefusedError as Refused
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.types import ASGIApp, Receive, Scope, Send

from intervi import events
from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.errors import InterviError, NotFound
from intervi.interviews import reported
from intervi.interviews.reported import Metrics
from intervi.live import namespace_messages as messages
from intervi.live.namespace_admission import admitted
from intervi.settings import settings
from intervi.translation import _
from intervi.validation import details_of

log = logging.getLogger(__name__)

PATH = "/socket.io"
NAMESPACE = "/interview"
CHANNEL = "intervi:sockets"
"""Of Redis, between the web processes."""
LOOK_AGAIN_SECONDS = 30.0
"""How often logins are looked up: an end whose event was lost, or that came by time, is noticed within it. A connection that has not
entered the namespace after one to two of these is closed."""
BURST, PER_SECOND = 100, 20
"""Messages that one socket may send at once, and a second from there on."""
_MAX_MESSAGE_BYTES = 1 << 20
_LONGEST_PAUSE_SECONDS = 10.0
_CLOSING_SECONDS = 1.0


class Namespace:
    """The namespace's open sockets in this process."""

    def __init__(self) -> None:
        self.server = socketio.AsyncServer(
            async_mode="asgi",
            client_manager=socketio.AsyncRedisManager(settings().broker_url, channel=CHANNEL),
            # One client's messages are handled in the order in which they came.
            async_handlers=False,
            # Any site may connect with a token of its own, and none with our cookies: see ``namespace_admission``.
            cors_allowed_origins="*",
            cors_credentials=False,
            max_http_buffer_size=_MAX_MESSAGE_BYTES,
        )
        self.server.on("connect", self._connect, namespace=NAMESPACE)
        self.server.on("disconnect", self._disconnect, namespace=NAMESPACE)
        self.server.on("metrics:send", self._metrics, namespace=NAMESPACE)
        self._holders: dict[str, Principal] = {}
        self._of_user: defaultdict[UUID, set[str]] = defaultdict(set)
        self._catching_up: dict[str, asyncio.Task[None]] = {}
        self._allowances: dict[str, Allowance] = {}
        self._outside: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    # --- what clients do ----------------------------------------------------------------------------------------------

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        if sid in self._holders:
            return  # a client's own event of this name: a socket stays with the login that it came with
        self._begin()
        try:
            async with transaction() as session:
                principal = await admitted(session, environ, auth)
            self._holders[sid] = principal
            self._of_user[principal.user_id].add(sid)
            # Held from here on, so that an end of the login is heard; one just before is asked for.
            async with transaction() as session:
                is_over = await _has_ended(session, principal)
        except InterviError as error:
            raise Refused(error.message) from None
        except Exception:
            log.exception("a socket could not be opened")
            self._forget(sid)
            raise Refused(_("Something went wrong on our side.")) from None
        if is_over:
            self._forget(sid)
            raise Refused(_("Sign in first."))
        await self.server.enter_room(sid, _room(principal), namespace=NAMESPACE)
        self._catching_up[sid] = asyncio.create_task(self._catch_up(sid, principal))

    async def _disconnect(self, sid: str, *_reason: object) -> None:
        # Still there: a client's own event of this name, after which the socket would outlive its login.
        if not self.server.manager.is_connected(sid, NAMESPACE):
            self._forget(sid)

    async def _metrics(self, sid: str, *sent: object) -> dict[str, Any] | None:
        """Keeps figures and tells all sockets of the user. Acknowledged with ``{"stored": …}``; refused with an ``error`` event."""
        principal = self._holders.get(sid)
        if principal is None:
            return None
        if catching_up := self._catching_up.pop(sid, None):
            # Or a socket would hear of its own figures first, and then of older ones.
            await catching_up
        if not self._allowances.setdefault(sid, Allowance()).take():
            await self._refuse(sid, _("This is too fast. Please slow down."), {})
            return {"stored": False}
        try:
            metrics, figures = _figures(sent)
            async with transaction() as session:
                if await _has_ended(session, principal):
                    await self.server.disconnect(sid, namespace=NAMESPACE)
                    return None
                kept = await reported.keep_live(session, principal, metrics)
        except InterviError as error:
            await self._refuse(sid, error.message, error.details)
        except ValidationError as error:
            await self._refuse(sid, _("Some of what was sent is not valid."), details_of(error.errors()))
        except Exception:
            log.exception("figures could not be kept")
            await self._refuse(sid, _("Something went wrong on our side."), {})
        else:
            await self.server.emit(messages.METRICS, figures, room=_room(principal), namespace=NAMESPACE)
            return {"stored": kept is not None}
        return {"stored": False}

    async def _refuse(self, sid: str, message: str, details: dict[str, list[str]]) -> None:
        await self._send(sid, ("error", {"message": message, "details": details}))

    # --- what happens to users' things --------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Listens to the bus from the first socket on: there is no event loop when this is made."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._relay()), asyncio.create_task(self._look_again())]

    async def _relay(self) -> None:
        pause = 1.0
        while True:
            heard = events.subscribe_all()
            try:
                async for user_id, event in heard:
                    pause = 1.0
                    if user_id in self._of_user:
                        await self._hand_on(user_id, event)
            except RedisError as error:
                log.warning("the event bus is away: %s", error)
            except Exception:
                log.exception("an event could not be read")
            finally:
                await heard.aclose()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            for sid, principal in list(self._holders.items()):
                await self._catch_up(sid, principal)

    async def _hand_on(self, user_id: UUID, event: dict[str, Any]) -> None:
        if event["kind"] == accounts.LOGIN_ENDED:
            login_id = event["login_id"]
            await self._end(
                sid for sid in self._of_user[user_id] if login_id in (None, str(self._holders[sid].login_id))
            )
            return
        try:
            async with transaction() as session:
                found = await messages.of_event(session, Principal(user_id), event)
        except NotFound:
            return  # deleted meanwhile
        except Exception:
            log.exception("event %s could not be handed on", event["kind"])
            return
        for message in found:
            for sid in list(self._of_user.get(user_id, ())):
                await self._send(sid, message)

    async def _catch_up(self, sid: str, principal: Principal) -> None:
        try:
            async with transaction() as session:
                async for message in messages.state_of(session, principal):
                    await self._send(sid, message)
        except Exception:
            log.exception("a socket could not be told what it missed")

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            try:
                await self._close_outsiders()
                await self._end_with_logins()
            except Exception:
                # The next look is as good.
                log.exception("sockets not looked up")

    async def _close_outsiders(self) -> None:
        inside = {sid: self.server.manager.eio_sid_from_sid(sid, NAMESPACE) for sid in self._holders}
        connections = set(self.server.eio.sockets)
        for sid in [sid for sid, connection in inside.items() if connection not in connections]:
            self._forget(sid)  # it left while it was being let in
        outside = connections - set(inside.values())
        closing = [asyncio.create_task(self.server.eio.disconnect(each)) for each in outside & self._outside]
        if closing:
            # Each waits until its client has taken what was sent, and some clients are gone.
            _done, waiting = await asyncio.wait(closing, timeout=_CLOSING_SECONDS)
            for task in waiting:
                task.cancel()
        self._outside = outside

    async def _end_with_logins(self) -> None:
        holders = dict(self._holders)
        async with transaction() as session:
            living = await accounts.living_logins(session, set(holders.values()))
        await self._end(sid for sid, holder in holders.items() if holder not in living)

    # --- the sockets themselves ---------------------------------------------------------------------------------------

    async def _send(self, sid: str, message: messages.Message) -> None:
        name, data = message
        # Ours alone: every process does this for its own.
        await self.server.emit(name, data, to=sid, namespace=NAMESPACE, ignore_queue=True)

    async def _end(self, sids: Iterable[str]) -> None:
        for sid in list(sids):
            self._forget(sid)
            await self.server.disconnect(sid, namespace=NAMESPACE)

    def _forget(self, sid: str) -> None:
        self._allowances.pop(sid, None)
        self._catching_up.pop(sid, None)
        principal = self._holders.pop(sid, None)
        if principal is not None:
            own = self._of_user[principal.user_id]
            own.discard(sid)
            if not own:
                del self._of_user[principal.user_id]

    async def close(self) -> None:
        """Ends every socket and stops listening."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        await self.server.shutdown()


class Allowance:
    """How much one socket may send: a token bucket."""

    def __init__(self) -> None:
        self._left: float = BURST
        self._at = time.monotonic()

    def take(self) -> bool:
        """Whether one more message is let through."""
        moment = time.monotonic()
        self._left = min(BURST, self._left + (moment - self._at) * PER_SECOND)
        self._at = moment
        if self._left < 1:
            return False
        self._left -= 1
        return True


class SocketIO:
    """ASGI middleware: what comes for ``/socket.io`` goes to this process's namespace, everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] in ("http", "websocket") and (path == PATH or path.startswith(f"{PATH}/")):
            await _of_this_process().server.handle_request(scope, receive, send)
        else:
            await self._app(scope, receive, send)


_namespace: Namespace | None = None


def _of_this_process() -> Namespace:
    global _namespace
    if _namespace is None:
        _namespace = Namespace()
    return _namespace


def _forget_namespace() -> None:
    # Processes that share a manager's identity take one another's messages for their own, and drop them.
    global _namespace
    _namespace = None


os.register_at_fork(after_in_child=_forget_namespace)


async def _has_ended(session: AsyncSession, principal: Principal) -> bool:
    return not await accounts.living_logins(session, {principal})


def _room(principal: Principal) -> str:
    return f"user:{principal.user_id}"


def _figures(sent: tuple[object, ...]) -> tuple[Metrics, dict[str, Any]]:
    """The figures of a message, checked; and those of them that we know, just as they were sent.

    Raises:
        ValidationError: if it is anything else.
    """
    figures = sent[0] if len(sent) == 1 else None
    metrics = Metrics.model_validate(figures)
    assert isinstance(figures, dict)
    known = {name for field, info in Metrics.model_fields.items() for name in (field, info.alias)}
    return metrics, {name: value for name, value in figures.items() if name in known}
