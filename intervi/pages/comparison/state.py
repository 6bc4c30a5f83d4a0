"""What the comparison knows: two interviews of the address, read for whoever looks."""

import logging

import reflex as rx
from sqlalchemy.exc import SQLAlchemyError

from intervi.accounts import service as accounts
from intervi.analysis import comparison
from intervi.clock import now
from intervi.errors import Conflict, NotAuthenticated, NotFound
from intervi.ids import parse_id
from intervi.pages.comparison import view
from intervi.pages.comparison.view import Shown
from intervi.pages.session import Session

_NOWHERE = "/404"

log = logging.getLogger(__name__)


class ComparisonState(Session):
    """Two interviews side by side."""

    is_loaded: bool = False
    is_failed: bool = False
    refused: str = ""
    """Why these two cannot be compared."""
    shown: Shown = Shown()

    @rx.event
    async def open(self):
        """Compares the two of the address (``a`` and ``b``, in any order)."""
        self.is_loaded, self.is_failed, self.refused = False, False, ""
        asked = self.router.url.query_parameters
        one, other = parse_id(asked.get("a", "")), parse_id(asked.get("b", ""))
        try:
            async with self.signed_in() as (session, principal):
                if one is None or other is None:
                    raise NotFound("")
                user = await accounts.user_of(session, principal)
                found = await comparison.compare(session, principal, one, other)
                self.shown = view.shown(found, time_zone=user.time_zone, today=now())
        except NotAuthenticated:
            return self.to_sign_in()
        except NotFound:
            return rx.redirect(_NOWHERE)
        except Conflict as error:
            self.refused = error.message
        except (SQLAlchemyError, OSError) as error:
            log.error("two interviews could not be read: %s", error)
            self.is_failed = True
        self.is_loaded = True
        return None
