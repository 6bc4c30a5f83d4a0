"""How the scores of a principal's own interviews went over time, and what is scheduled next."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.interviews import scores_repository as repository
from intervi.interviews.scores_repository import Scored, Upcoming
from intervi.questions import bank

__all__ = ["DomainProgress", "Scored", "Upcoming", "by_domain", "recent", "upcoming"]

AVERAGED = 5
"""So many of a domain's newest scores make its level: what one can do now, not what one could at first."""
DOMAINS = 8


@dataclass(frozen=True, slots=True)
class DomainProgress:
    """Where somebody stands in one domain."""

    title: str
    interviews: int
    """Those with a score."""
    level: float
    """0 to 100: the mean of the newest scores."""
    change: float | None
    """Of the last score against the one before; ``None`` after a single one."""


async def recent(session: AsyncSession, principal: Principal, *, limit: int) -> list[Scored]:
    """The newest interviews with a score, oldest first."""
    return (await repository.newest(session, principal, limit))[::-1]


async def by_domain(session: AsyncSession, principal: Principal) -> list[DomainProgress]:
    """The domains that were practised last, newest first."""
    found = await repository.by_domain(session, principal, domains=DOMAINS, scores=AVERAGED)
    return [
        DomainProgress(
            title=domain_title(each.slug, each.text),
            interviews=each.interviews,
            level=sum(each.newest) / len(each.newest),
            change=each.newest[0] - each.newest[1] if len(each.newest) > 1 else None,
        )
        for each in found
    ]


async def upcoming(session: AsyncSession, principal: Principal, *, limit: int) -> list[Upcoming]:
    """Interviews that are scheduled from now on, the soonest first."""
    return await repository.upcoming(session, principal, after=now(), limit=limit)


def domain_title(slug: str | None, text: str) -> str:
    """The title of a domain of the bank, else the domain as it was written."""
    domain = bank.domain_by(slug) if slug else None
    return domain.title if domain else text
