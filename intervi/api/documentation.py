"""``/docs`` and ``/openapi.json``: all contracts, described by themselves, without a network.

Swagger UI's files come from the ``fastapi-offline`` wheel. The page has no inline script, so that our Content-Security-Policy holds
here as well.
"""

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.routing import APIRoute

from intervi.api.contract import Contract

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

router = APIRouter(prefix="/docs", include_in_schema=False)


def tags(*contracts: Contract) -> list[dict[str, Any]]:
    """A group for each contract, as OpenAPI has them."""
    return [{"name": contract.name, "description": contract.description} for contract in contracts]


def operation_id(route: APIRoute) -> str:
    """``candidate_register``: short names for those who generate clients."""
    return "_".join([*map(str, route.tags), route.name])


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
