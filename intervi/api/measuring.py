"""Counts and times every request of a contract, for ``/api/v1/metrics``."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intervi import metrics
from intervi.api.contract import contract_of

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Measured:
    """ASGI middleware, to be the outermost: what refuses a request is measured as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        contract = contract_of(scope["path"]) if scope["type"] == "http" else None
        if contract is None:
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_look)
        finally:
            # Whoever invents methods must not invent time series.
            method = scope["method"] if scope["method"] in _METHODS else "other"
            metrics.count_request(contract.name, method, status, time.perf_counter() - began)
