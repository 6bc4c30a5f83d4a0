"""Finding interviews again: page by page, by domain and difficulty."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews import repository, service
from intervi.interviews.service import InterviewSummary
from intervi.questions import bank


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of a list, and how long the list is."""

    interviews: Sequence[InterviewSummary]
    number: int
    """From 1."""
    size: int
    total: int
    """Of all pages."""

    @property
    def pages(self) -> int:
        """How many pages there are; 0 of nothing."""
        return -(-self.total // self.size)


async def page(
    session: AsyncSession,
    principal: Principal,
    *,
    number: int,
    size: int,
    domain: str | None = None,
    difficulty: str | None = None,
) -> HistoryPage:
    """Interviews, newest first.

    Args:
        number: Of the page, from 1; one beyond the last is empty.
        domain: Slug, title or id of a domain of the bank, or the free text that an interview was made with, exactly. Blank: of every one.
        difficulty: ``junior``, ``mid`` or ``senior``.
    """
    wanted = domain.strip() if domain else ""
    found = bank.domain_by(wanted) if wanted else None
    which = repository.Filter(
        domain_slug=found.slug if found else None,
        domain_text=wanted if wanted and not found else None,
        difficulty=difficulty,
    )
    rows = await repository.newest_counted(session, principal, limit=size, offset=(number - 1) * size, which=which)
    return HistoryPage(
        interviews=[service.summary_of(row) for row in rows],
        number=number,
        size=size,
        total=await repository.count(session, principal, which),
    )
