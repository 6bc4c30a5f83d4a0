"""``/docs`` and ``/openapi.json``: all contracts, described by themselves, without a network.

Swagger UI's files come from the ``fastapi-offline`` wheel. The page has no inline script, so that our Content-Security-Policy holds
here as well.
"""

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response

from intervi.api import idempotency
from intervi.api.contract import Contract, contract_of

_ASSETS = Path(str(files("fastapi_offline"))) / "static"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Intervi: API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="swagger-ui"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""

_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
});
"""

DIFFERENCES = """\
| contract | published | here | why |
|---|---|---|---|
| candidate | Socket.IO with `auth: {userId}` | needs a token, the cookie or the handshake's ticket | a user id is no proof |
| coach | WebSocket without credentials | cookie, `?token=` or subprotocol | the same |
| hiring | `userId` identifies the caller | Bearer or API key; `userId` is checked | its own text asks for this in production |
| hiring | `meetingUrl` in answers only | taken in bodies, too; else your practice room | nobody else can enter your room |
| hiring | port 3001; health of mongodb, kafka | our port; health of what we run | honesty |
"""
"""Where we differ from the published texts, in Markdown; ``docs/api.md`` has the same table."""

DESCRIPTION = f"""\
Five published contracts over one domain: what is made through one is there in all.

Every answer carries `X-Request-Id` and `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset` (seconds from now); a 429 says in
`Retry-After` how long to wait. Every POST takes an `{idempotency.HEADER}`: the same key and body get the first answer again for 24 hours,
another body a 409.

Where the contracts differ from their published texts:

{DIFFERENCES}"""

router = APIRouter(prefix="/docs", include_in_schema=False)


def tags(*contracts: Contract) -> list[dict[str, Any]]:
    """A group for each contract, as OpenAPI has them."""
    return [{"name": contract.name, "description": contract.description} for contract in contracts]


def describe(app: FastAPI) -> None:
    """Adds to ``/openapi.json`` what holds for every route and is written in none. To be called once all routes are there."""
    of_routes = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path, operations in of_routes()["paths"].items():
                if "post" in operations and contract_of(path) and "4XX" in operations["post"]["responses"]:
                    operations["post"].setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
        return of_routes()

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI documents it


_IDEMPOTENCY_KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": False,
    "description": "Names this request: sent again with the same body, it is answered again and not done again.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": idempotency.MAX_KEY_CHARACTERS,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    },
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}


@router.get("")
async def page() -> Response:
    return HTMLResponse(_PAGE)


@router.get("/start.js")
async def start() -> Response:
    return Response(_START, media_type="text/javascript")


@router.get("/swagger-ui.css")
async def style() -> Response:
    return _asset("swagger-ui.css")


@router.get("/swagger-ui-bundle.js")
async def script() -> Response:
    return _asset("swagger-ui-bundle.js")


def _asset(name: str) -> Response:
    return FileResponse(_ASSETS / name, headers={"Cache-Control": "public, max-age=86400"})
