"""An interview as it was spoken: each question with the words of its answer, typed or recognised."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import turns_repository as repository
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Exchange


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with the words of its answer."""

    exchange: Exchange
    answer: str | None
    """As typed, else as the candidate corrected it, else as it was recognised; ``None``: no words yet."""


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Turn]:
    """The turns of an interview, in the order spoken.

    Raises:
        NotFound: if the interview is nobody's or somebody else's.
    """
    await interviews.get(session, principal, interview_id)
    return [_turn(*row) for row in await repository.of_interview(session, principal, interview_id)]


async def of_exchange(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Turn:
    """One turn.

    Raises:
        NotFound: if the question is nobody's or somebody else's.
    """
    await exchanges.get(session, principal, exchange_id)
    (row,) = await repository.of_exchange(session, principal, exchange_id)
    return _turn(*row)


def _turn(exchange: Exchange, recognised: str | None) -> Turn:
    return Turn(exchange, exchange.answer_text or exchange.corrected_transcript or recognised or None)
