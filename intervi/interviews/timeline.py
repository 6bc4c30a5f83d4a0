"""What happened to an interview, in order: changes of status and time, questions, uploads, results, and who looked at a recording.

Written by the services that make it happen, in the same transaction, whatever contract or page they serve.
"""

from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.interviews.models import EventKind, Interview, InterviewEvent


def entry(
    interview_id: UUID,
    kind: EventKind,
    *,
    before: str | None = None,
    after: str | UUID | None = None,
    detail: str = "",
) -> InterviewEvent:
    """An entry that somebody has to add yet."""
    return InterviewEvent(
        interview_id=interview_id,
        kind=kind,
        before=before,
        after=None if after is None else str(after),
        detail=detail,
    )


def note(
    session: AsyncSession,
    interview_id: UUID,
    kind: EventKind,
    *,
    before: str | None = None,
    after: str | UUID | None = None,
    detail: str = "",
) -> None:
    """Adds an entry; it is there when the transaction commits."""
    session.add(entry(interview_id, kind, before=before, after=after, detail=detail))


async def note_once(
    session: AsyncSession, interview_id: UUID, kind: EventKind, *, once: str, after: UUID, detail: str
) -> None:
    """Adds an entry unless the interview has one of the same ``once``, however many ask for it at the same moment."""
    values = {
        "id": uuid5(interview_id, f"{kind} {once}"),
        "interview_id": interview_id,
        "kind": kind,
        "happened_at": now(),
        "after": str(after),
        "detail": detail,
    }
    await session.exec(insert(InterviewEvent).values(values).on_conflict_do_nothing())


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[InterviewEvent]:
    """Everything that happened, oldest first; empty for an interview that is not the principal's."""
    query = (
        select(InterviewEvent)
        .join(Interview, col(Interview.id) == InterviewEvent.interview_id)
        .where(Interview.id == interview_id, Interview.user_id == principal.user_id)
        .order_by(col(InterviewEvent.happened_at), col(InterviewEvent.id))
    )
    return list(await session.exec(query))
