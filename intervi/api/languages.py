"""In which language a request is answered: as our own pages say by their cookie, else as ``Accept-Language`` asks for."""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from intervi.translation import COOKIE, current_locale, spoken


class Spoken:
    """ASGI middleware: everything within speaks the caller's language."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            connection = HTTPConnection(scope)
            current_locale.set(
                spoken(connection.cookies.get(COOKIE, ""), connection.headers.get("accept-language", ""))
            )
        await self._app(scope, receive, send)
