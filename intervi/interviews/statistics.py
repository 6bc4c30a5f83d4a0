"""How a principal's own interviews went: in all, by domain and by difficulty."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews import statistics_repository as repository
from intervi.interviews.models import Interview
from intervi.questions import bank


@dataclass(frozen=True, slots=True)
class Part:
    """Interviews of one domain or difficulty."""

    name: str
    """The domain's title or the domain as it was written; or ``junior``, ``mid``, ``senior``."""
    count: int
    average_score: float
    """0 to 100, to one decimal, over the completed ones that have a score; 0 if there are none."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Over all own interviews; those about others are left out."""

    interviews: int
    questions: int
    average_score: float
    """As a part's."""
    by_domain: Sequence[Part]
    by_difficulty: Sequence[Part]


async def statistics(session: AsyncSession, principal: Principal) -> Statistics:
    """The principal's figures, each computed by the database."""
    (everything,) = await repository.groups(session, principal)
    domains = await repository.groups(session, principal, col(Interview.domain_slug), col(Interview.domain_text))
    difficulties = await repository.groups(session, principal, col(Interview.difficulty))
    return Statistics(
        interviews=everything.count,
        questions=await repository.questions(session, principal),
        average_score=everything.average_score or 0.0,
        by_domain=[_part(_title(*group.keys), group) for group in domains],
        by_difficulty=[_part(group.keys[0], group) for group in difficulties],
    )


def _part(name: str, group: repository.Group) -> Part:
    return Part(name=name, count=group.count, average_score=group.average_score or 0.0)


def _title(slug: str | None, text: str) -> str:
    domain = bank.domain_by(slug) if slug else None
    return domain.title if domain else text
