"""Health and metrics: 2 of the hiring contract's endpoints, for those who run an installation."""

import hmac
import ipaddress
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import anyio.to_thread
from fastapi import Depends, Request, Response
from pydantic import Field
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from intervi import __version__, metrics
from intervi.analysis import queue
from intervi.analysis import service as analysis
from intervi.api.contract import HIRING
from intervi.api.dependencies import Session, address_of, bearer_token
from intervi.api.hiring.envelope import EXAMPLE_TIME
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel
from intervi.clock import iso_z, now
from intervi.database import transaction
from intervi.errors import NotAuthenticated
from intervi.live import analysis_socket, transcription_socket
from intervi.redis_client import redis
from intervi.settings import settings
from intervi.translation import _

CONNECTED = "connected"
_PATIENCE_SECONDS = 3.0
_STARTED = time.monotonic()

router = router_of(HIRING)


class Services(CamelModel):
    """What we rest on: `connected`, or the reason why not."""

    database: str = Field(examples=[CONNECTED])
    redis: str = Field(examples=[CONNECTED])
    workers: str = Field(examples=[CONNECTED])


class Health(CamelModel):
    """Whether all is well."""

    status: Literal["ok", "degraded"]
    timestamp: str = Field(examples=[EXAMPLE_TIME])
    version: str = Field(examples=["1.0.0"])
    uptime: int = Field(examples=[3600])
    """Seconds since this web process began."""
    services: Services


@router.get("/api/v1/health")
async def get_health() -> Health:
    """The state of what we rest on: `degraded` when something of it is away."""
    services = Services(database=await _state(_database), redis=await _state(_redis), workers=await _state(_workers))
    is_well = set(services.model_dump().values()) == {CONNECTED}
    return Health(
        status="ok" if is_well else "degraded",
        timestamp=iso_z(now()),
        version=__version__,
        uptime=int(time.monotonic() - _STARTED),
        services=services,
    )


async def _state(check: Callable[[], Awaitable[str]]) -> str:
    try:
        with anyio.fail_after(_PATIENCE_SECONDS):
            return await check()
    except TimeoutError:
        return _("it does not answer")
    except (SQLAlchemyError, RedisError, OSError):
        return _("it cannot be reached")


async def _database() -> str:
    async with transaction() as session:
        await session.execute(text("SELECT 1"))
    return CONNECTED


async def _redis() -> str:
    await redis().get("intervi:health")
    return CONNECTED


async def _workers() -> str:
    missing = await anyio.to_thread.run_sync(queue.kinds_without_worker)
    return _("no worker for {kinds}").format(kinds=", ".join(missing)) if missing else CONNECTED


def _may_read_metrics(request: Request) -> None:
    """From this machine without proof, from elsewhere with the token of the settings."""
    token = settings().metrics_token
    if token and "authorization" in request.headers:
        if not hmac.compare_digest(bearer_token(request).encode(), token.encode()):
            raise NotAuthenticated(_("Sign in first."))
        return
    # A proxy on this machine is not the one who asks.
    is_direct = settings().trusted_proxies > 0 or "x-forwarded-for" not in request.headers
    if not (is_direct and _is_loopback(address_of(request))):
        raise NotAuthenticated(_("Sign in first."))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@router.get(
    "/api/v1/metrics",
    dependencies=[Depends(_may_read_metrics)],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_metrics(session: Session) -> Any:
    """Prometheus metrics in text format. From this machine without a token; from elsewhere with `INTERVI_METRICS_TOKEN` as Bearer."""
    waiting = await analysis.waiting(session)
    body = metrics.text(
        queue_depth={stage: found.count for stage, found in waiting.items()},
        queue_age_seconds={stage: found.oldest_seconds for stage, found in waiting.items()},
        live_sockets={
            kind.name: await kind.count() for kind in (analysis_socket.sockets, transcription_socket.sockets)
        },
    )
    return Response(body, media_type=metrics.CONTENT_TYPE)
