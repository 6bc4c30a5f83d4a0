"""Health, ping, and the domains one can practise."""

from typing import Literal

from pydantic import Field

from intervi.api.candidate.common import Caller, printed, spell
from intervi.api.contract import CANDIDATE
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel
from intervi.clock import now
from intervi.questions import bank
from intervi.settings import settings

router = router_of(CANDIDATE)


class Health(CamelModel):
    """Whether the service answers."""

    status: Literal["ok"]
    timestamp: str = Field(examples=["2024-12-25T10:30:00Z"])
    environment: str = Field(examples=["production"])


class Pong(CamelModel):
    """The answer to a ping."""

    message: Literal["pong"]


class DomainView(CamelModel):
    """A domain of the question bank."""

    id: str = Field(alias="_id", examples=["507f1f77bcf86cd799439012"])
    slug: str = Field(examples=["software-dev"])
    title: str = Field(examples=["Software Engineering"])


@router.get("/api/health")
async def health() -> Health:
    """Check API health status."""
    return Health(status="ok", timestamp=printed(now()), environment=settings().environment)


@router.get("/api/ping")
async def ping() -> Pong:
    """Simple ping endpoint."""
    return Pong(message="pong")


@router.get("/api/domains")
async def domains(_caller: Caller) -> list[DomainView]:
    """The domains one can practise."""
    return [DomainView(id=spell(domain.id), slug=domain.slug, title=domain.title) for domain in bank.domains()]
