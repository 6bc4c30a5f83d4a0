"""Pages that change while one looks at them: woken by the event bus, and told by the database what is so."""

import asyncio
import logging
import random
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError
from reflex.utils import prerequisites

from intervi import events
from intervi.database import transaction

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 10.0
"""An event that was lost costs about this much; a page that was closed is noticed within it."""
_SPREAD = (0.5, 1.0)
"""Of that time. After a restart all pages come back at once, and must not go on looking at once."""
FIRST_LOOK_SECONDS = 0.5
"""Between a page's reading and its listening an event can be missed, so it looks again soon."""

TICK: dict[str, Any] = {"kind": "tick"}
"""Nothing was heard for a while."""


def is_connected(client_token: str) -> bool:
    """Whether the browser window that this token belongs to has its socket open in this process."""
    namespace = prerequisites.get_app().app.event_namespace
    return namespace is not None and client_token in namespace.token_to_sid


async def followed(state: Any) -> AsyncGenerator[dict[str, Any], None]:
    """The events of whoever is signed in, as long as a state's page is open; the state is held while the caller deals with one.

    Opening the page again begins a new follower, which ends the one before it. Who leaves early closes this (``contextlib.aclosing``).

    Args:
        state: A :class:`intervi.pages.session.Session` with a var ``_watch``, in a background event.
    """
    async with state:
        state._watch = watch = secrets.token_hex(4)
        here, token = state.router.url.path, state.router.session.client_token
    async with transaction() as session:
        principal = await state.principal(session)
    if principal is None:
        return
    async with aclosing(changes(principal.user_id, lambda: is_connected(token))) as heard:
        async for event in heard:
            async with state:
                if state._watch != watch or state.router.url.path != here:
                    return
                yield event


async def changes(user_id: UUID, is_open: Callable[[], bool]) -> AsyncGenerator[dict[str, Any], None]:
    """The user's events and, in quiet times, a :data:`TICK`; ends when ``is_open`` says so.

    The database is the truth and the page looks there after each of these, so a Redis that is away costs ticks, nothing else.
    """
    while is_open():
        heard = events.subscribe(user_id)
        try:
            async for event in _until_closed(heard, is_open):
                yield event
        except RedisError as error:
            log.warning("the event bus is away: %s", error)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            yield TICK
        finally:
            await heard.aclose()


async def _until_closed(
    heard: AsyncGenerator[dict[str, Any], None], is_open: Callable[[], bool]
) -> AsyncGenerator[dict[str, Any], None]:
    following: asyncio.Task[dict[str, Any]] | None = None
    patience = FIRST_LOOK_SECONDS
    try:
        while is_open():
            following = following or asyncio.ensure_future(anext(heard))
            done, _pending = await asyncio.wait({following}, timeout=patience)
            patience = LOOK_AGAIN_SECONDS * random.uniform(*_SPREAD)  # noqa: S311
            if done:
                event, following = following.result(), None
                yield event
            else:
                yield TICK
    finally:
        if following:
            following.cancel()
            with suppress(asyncio.CancelledError, RedisError):
                await following
