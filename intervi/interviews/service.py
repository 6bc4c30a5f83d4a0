"""Interviews themselves: how one is made, read, counted and deleted.

All contracts, the pages and the workers change interviews through the functions of this package: here, in :mod:`.lifecycle`, in
:mod:`.exchanges` and in :mod:`.answers`. Whatever moves an interview or numbers its questions holds the interview's row
(:func:`hold`), so that two requests at the same moment cannot both believe what they read.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import after_commit
from intervi.errors import NotFound
from intervi.interviews import repository, timeline
from intervi.interviews.checks import check_fields
from intervi.interviews.filter import Filter
from intervi.interviews.models import EventKind, Interview, Origin, Persona, SessionType, Status
from intervi.questions import bank, choice
from intervi.translation import _

UNDO_SECONDS = 20.0
"""For so long a deletion can be taken back (WCAG 2.2, 2.2.1 asks for 20 s)."""
_DELETED_AT_ONCE = 100


async def create(
    session: AsyncSession,
    principal: Principal,
    *,
    origin: Origin,
    session_type: SessionType = SessionType.MOCK,
    domain: str | None = None,
    question_kind: str = choice.MIXED,
    difficulty: str = "mid",
    persona: Persona = Persona.TECH,
    job_title: str = "",
    job_description: str = "",
    duration_minutes: int = 45,
    scheduled_at: datetime | None = None,
    time_zone: str | None = None,
) -> Interview:
    """A new interview, scheduled.

    Args:
        domain: Slug, title or id of a domain of the bank, or free text.
        time_zone: IANA name of the zone it is held in; ``None``: the owner's.
        scheduled_at: When it is to be held, UTC-aware; the past is allowed.

    Raises:
        InvalidInput: naming each field that breaks a rule.
    """
    check_fields(
        {
            "session_type": session_type,
            "question_kind": question_kind,
            "difficulty": difficulty,
            "persona": persona,
            "duration_minutes": duration_minutes,
            "scheduled_at": scheduled_at,
            "domain": domain or "",
            "job_title": job_title,
            "job_description": job_description,
        }
    )
    found = bank.domain_by(domain) if domain else None
    interview = Interview(
        user_id=principal.user_id,
        origin=origin,
        about_others=origin == Origin.HIRING,
        session_type=session_type,
        domain_slug=found.slug if found else None,
        domain_text="" if found or not domain else domain.strip(),
        question_kind=question_kind,
        difficulty=difficulty,
        persona=persona,
        job_title=job_title.strip(),
        job_description=job_description.strip(),
        duration_minutes=duration_minutes,
        time_zone=time_zone or "",
        scheduled_at=scheduled_at,
    )
    await repository.add(session, interview, timeline.entry(interview.id, EventKind.STATUS, after=interview.status))
    return interview


async def get(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """One interview.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    return _found(await repository.get(session, principal, interview_id))


async def hold(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """One interview, read anew; until the transaction ends nobody else can change it or number its questions.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    return _found(await repository.get_locked(session, principal, interview_id))


async def hold_own(session: AsyncSession, principal: Principal) -> None:
    """All of the principal's interviews, but those about others: until the transaction ends nobody else can move them."""
    await repository.hold_own(session, principal)


async def open_among(session: AsyncSession, held: Collection[tuple[Principal, UUID]]) -> set[UUID]:
    """The ids of those of these interviews that their principal owns and that are not over, in one query."""
    return await repository.open_among(session, [(principal.user_id, interview_id) for principal, interview_id in held])


async def list_newest(
    session: AsyncSession,
    principal: Principal,
    *,
    limit: int | None,
    offset: int = 0,
    statuses: Collection[Status] = (),
) -> list[Interview]:
    """Interviews, newest first. No ``limit``: all; no ``statuses``: of every status."""
    return await repository.newest(session, principal, limit=limit, offset=offset, statuses=statuses)


async def count(session: AsyncSession, principal: Principal, *, statuses: Collection[Status] = ()) -> int:
    """How many interviews there are, of these statuses or of any."""
    return await repository.count(session, principal, Filter(statuses=statuses))


async def time_zone(session: AsyncSession, principal: Principal) -> str:
    """The IANA name of the principal's time zone."""
    return await repository.time_zone(session, principal)


def domain_title(interview: Interview) -> str:
    """The domain's title, else the domain as it was written."""
    domain = bank.domain_by(interview.domain_slug) if interview.domain_slug else None
    return domain.title if domain else interview.domain_text


async def delete(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Removes the rows of an interview and of all that belongs to it. ``recordings.removal.delete_interview`` removes its media too."""
    await session.delete(await hold(session, principal, interview_id))
    await session.flush()


async def delete_soon(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Takes an interview out of every list now, and has it deleted in :data:`UNDO_SECONDS`, whether or not anybody still looks.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    interview = await hold(session, principal, interview_id)
    interview.deletes_at = interview.deletes_at or now() + timedelta(seconds=UNDO_SECONDS)
    _tell_lists(session, interview)
    await session.flush()


async def undelete(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Takes :func:`delete_soon` back.

    Raises:
        NotFound: if it is too late, there is none, or it is somebody else's.
    """
    interview = await hold(session, principal, interview_id)
    interview.deletes_at = None
    _tell_lists(session, interview)
    await session.flush()


async def due_for_deletion(session: AsyncSession) -> list[Interview]:
    """Anybody's interviews whose deletion can no longer be taken back. For a worker."""
    return await repository.due_for_deletion(session, now(), _DELETED_AT_ONCE)


def _tell_lists(session: AsyncSession, interview: Interview) -> None:
    after_commit(session, partial(events.publish, interview.user_id, "interview-listed", interview_id=interview.id))


def _found(interview: Interview | None) -> Interview:
    if interview is None:
        raise NotFound(_("There is no such interview."))
    return interview
