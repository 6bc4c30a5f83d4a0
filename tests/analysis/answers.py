"""Answers whose analysis has begun, and a worker's first steps with them."""

from uuid import UUID

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import claims, queue, service
from intervi.analysis.claims import Claim
from intervi.analysis.figures import Decoded
from intervi.analysis.models import Stage
from intervi.analysis.state import AnalysisState
from intervi.database import transaction
from intervi.interviews import answers, exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Origin


async def a_principal(name: str = "ada") -> Principal:
    async with transaction() as session:
        user = User(email=f"{name}@example.com", email_key=f"{name}@example.com", password_hash="x")
        session.add(user)
    return Principal(user.id)


async def an_answer(principal: Principal, text: str = "I measured first.") -> UUID:
    """An interview with one question answered in writing, its analysis begun; the question's id."""
    async with transaction() as session:
        interview = await interviews.create(session, principal, origin=Origin.PRACTICE, domain="software-dev")
        exchange = await exchanges.next_question(session, principal, interview.id)
        await answers.write(session, principal, exchange.id, text)
        assert await service.start_if_complete(session, exchange.id) is not None
        return exchange.id


async def claimed(kind: str) -> Claim:
    claim = await claims.claim_next(kind)
    assert claim is not None
    return claim


async def finish_decode() -> None:
    claim = await claimed(queue.MEDIA)
    assert claim.stage is Stage.DECODE
    assert await claims.finish(claim, Decoded(), {}, {})


async def state_of(principal: Principal, exchange_id: UUID) -> AnalysisState:
    async with transaction() as session:
        state = await service.of_exchange(session, principal, exchange_id)
    assert state is not None
    return state
