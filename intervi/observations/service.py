"""The rules of what is kept of a live session."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.errors import NotFound
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.observations import repository
from intervi.observations.alignment import aligned
from intervi.observations.models import Observation
from intervi.recordings import service as recordings
from intervi.translation import _


async def check_answer(session: AsyncSession, principal: Principal, interview_id: UUID, exchange_id: UUID) -> None:
    """Nothing, if the answer is one of this interview.

    Raises:
        NotFound: it is not, or the interview is somebody else's.
    """
    exchange = await exchanges.get(session, principal, exchange_id)
    if exchange.interview_id != interview_id:
        raise NotFound(_("There is no such question in this interview."))


async def keep(session: AsyncSession, principal: Principal, observation: Observation) -> None:
    """Keeps a stretch, or what has been added to it. Of an answer only the newest take stays.

    Raises:
        NotFound: the interview is gone, or it is somebody else's.
    """
    await interviews.get(session, principal, observation.interview_id)
    if observation.exchange_id is not None:
        await repository.forget_earlier_takes(session, observation.exchange_id, observation.take)
    await repository.write(session, observation)


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> Sequence[Observation]:
    """What was observed in an interview, in the order of time; nothing for an interview that is not the principal's.

    A stretch whose client named no answer names the one it can be told to belong to (:mod:`intervi.observations.alignment`).
    """
    observed = await repository.of_interview(session, principal, interview_id)
    if all(each.exchange_id for each in observed):
        return observed
    return aligned(observed, await recordings.media_of_interview(session, principal, interview_id))
