"""Who looks at a page. Asked of the database in every handler that touches anybody's data: nothing of it is kept in the page's state.

Signed in or not is decided by the HttpOnly ``session`` cookie, which came with the page's socket and which no script can read or set.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import reflex as rx
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.components.words import Localized, cookie
from intervi.database import transaction
from intervi.errors import NotAuthenticated

HOME = "/dashboard"
SIGN_IN = "/sign-in"

log = logging.getLogger(__name__)


class Session(Localized):
    """Base of every page's state that shows or changes somebody's data."""

    async def principal(self, session: AsyncSession) -> Principal | None:
        """Whoever is signed in in this browser, now; ``None``: nobody, or no longer."""
        principal = await accounts.principal_of_session_cookie(session, session_cookie(self.router.headers.cookie))
        if principal:
            self.speak((await accounts.user_of(session, principal)).language)
        else:
            self.speak_to_anybody()
        return principal

    @asynccontextmanager
    async def signed_in(self) -> AsyncIterator[tuple[AsyncSession, Principal]]:
        """A transaction, and on whose behalf.

        Raises:
            NotAuthenticated: nobody is signed in; the handler answers with :meth:`to_sign_in`.
        """
        async with transaction() as session:
            principal = await self.principal(session)
            if principal is None:
                raise NotAuthenticated("")
            yield session, principal

    async def is_signed_in(self) -> bool:
        """Whether anybody is."""
        async with transaction() as session:
            return await self.principal(session) is not None

    async def _read_anew(self, read: Callable[[AsyncSession, Principal], Awaitable[Any]]):
        """Shows what ``read`` finds for whoever is signed in.

        Of a page's state with the vars ``shown``, ``is_loaded`` and ``is_failed``. (A name without the underscore would be an event
        handler to Reflex, and run on the parent state.)

        Returns:
            Where to go instead, if nobody is signed in.
        """
        state: Any = self
        try:
            async with self.signed_in() as (session, principal):
                found = await read(session, principal)
        except NotAuthenticated:
            return self.to_sign_in()
        except (SQLAlchemyError, OSError) as error:
            log.error("what %s shows could not be read: %s", state.get_name(), error)
            state.is_failed = True
            return None
        # Sent to the browser only if it is news.
        if found != state.shown:
            state.shown = found
        state.is_failed, state.is_loaded = False, True
        return None

    def to_sign_in(self):
        """To the sign-in page, and back here from it."""
        here = self.router.url
        # The server of the built pages adds a slash to the addresses of those that are folders.
        path = here.path.rstrip("/") or "/"
        return rx.redirect(sign_in_address(f"{path}?{here.query}" if here.query else path))


def session_cookie(header: str) -> str:
    """The ``session`` cookie of a ``Cookie`` header; empty if there is none or the header is broken."""
    return cookie(header, accounts.SESSION_COOKIE)


def sign_in_address(path: str) -> str:
    """The sign-in page that leads on to ``path``."""
    return f"{SIGN_IN}?next={quote(path, safe='/')}"


def safe_next(address: str) -> str:
    """``address`` if it is a page of ours, else the dashboard: nobody is sent to a foreign site by a link to our sign-in page.

    Browsers take a backslash for a slash and drop tabs and line breaks, so any of these makes it foreign, encoded or not.
    """
    plain = unquote(address)
    parts = urlsplit(address)
    is_ours = (
        address.startswith("/")
        and not plain.startswith("//")
        and "\\" not in plain
        and plain.isprintable()
        and not parts.scheme
        and not parts.netloc
    )
    return address if is_ours else HOME
