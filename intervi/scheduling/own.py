"""What somebody has before them, and how they arrange it by themselves: practice at a date and time, another time or place, and taking back
a cancellation.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.errors import InvalidInput
from intervi.interviews import lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Origin, Status
from intervi.scheduling import arranging, invitations, meeting, repository, service
from intervi.scheduling.invited import STAYS
from intervi.scheduling.parties import parties_of
from intervi.translation import _

UNDONE_WITHIN = timedelta(minutes=10)
"""How long a cancellation can be taken back."""


async def upcoming(session: AsyncSession, principal: Principal) -> list[Interview]:
    """What the principal has before them, in the order of its time: through whatever contract it was arranged.

    What was to begin during the last day, and has not, is in it too.
    """
    since = now() - STAYS
    found = await repository.appointments(session, principal, since)
    return [
        each
        for each in found
        if each.status in (Status.SCHEDULED, Status.ACTIVE, Status.PAUSED)
        and each.scheduled_at is not None
        and each.scheduled_at >= since
    ]


async def plan(
    session: AsyncSession,
    principal: Principal,
    day: date,
    at: time,
    *,
    domain: str | None = None,
    question_kind: str = "mixed",
    duration_minutes: int = 20,
    meeting_url: str = "",
) -> Interview:
    """A practice interview at a time of the principal's own clock.

    Args:
        meeting_url: Where it is held; empty: in the principal's practice room.

    Raises:
        InvalidInput: naming what breaks a rule; the past is no time to plan for.
    """
    time_zone = await interviews.time_zone(session, principal)
    interview = await interviews.create(
        session,
        principal,
        origin=Origin.PRACTICE,
        domain=domain,
        question_kind=question_kind,
        duration_minutes=duration_minutes,
        scheduled_at=_moment(day, at, time_zone),
        time_zone=time_zone,
    )
    meeting.hold_at(interview, meeting_url)
    session.add(interview)
    return interview


async def change(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    *,
    when: tuple[date, time] | None,
    meeting_url: str,
) -> Interview:
    """Moves an interview of the principal's, by their own clock, and says where it is held.

    Args:
        when: ``None``, or what their clock shows at its time now (to the minute): it stays at its time.
        meeting_url: Empty: nowhere in particular.

    Raises:
        InvalidInput: naming what breaks a rule.
        WrongState: it is over; or it has begun, and is to be moved.
        Conflict: somebody who takes part is busy then.
    """
    interview = await interviews.hold(session, principal, interview_id)
    time_zone = await interviews.time_zone(session, principal)
    if when is None or when == _on_the_clock(interview.scheduled_at, time_zone):
        changes = arranging.Changes(meeting_url=meeting_url)
        return await arranging.rearrange(session, principal, interview_id, changes)
    return await service.reschedule(
        session, principal, interview_id, starts_at=_moment(*when, time_zone), meeting_url=meeting_url
    )


async def take_back_cancellation(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """What was cancelled a moment ago is scheduled as before.

    Raises:
        WrongState: it is not cancelled, had begun, or was cancelled too long ago.
        Conflict: somebody who takes part is busy at its time by now.
    """
    interview = await lifecycle.take_back_cancellation(session, principal, interview_id, within=UNDONE_WITHIN)
    people = parties_of(interview).people
    if people and interview.scheduled_at is not None:
        await service.place(session, principal, interview, people, interview.scheduled_at)
    # Programs that took the cancellation from the feed are told anew.
    interview.schedule_sequence += 1
    session.add(interview)
    await session.flush()
    await invitations.tell(session, principal, interview)
    return interview


def _moment(day: date, at: time, time_zone: str) -> datetime:
    """A time to come, by a clock there.

    A wall time that a clock change leaves out means the moment as much after the change; one that comes twice, the first (PEP 495).
    """
    service.check_year("day", day)
    moment = datetime.combine(day, at, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    if moment <= now():
        raise InvalidInput(
            _("Please check what you entered."), details={"day": [_("This is in the past. Choose a time to come.")]}
        )
    return moment


def _on_the_clock(moment: datetime | None, time_zone: str) -> tuple[date, time] | None:
    """What a clock there shows, to the minute."""
    if moment is None:
        return None
    wall = moment.astimezone(ZoneInfo(time_zone))
    return wall.date(), time(wall.hour, wall.minute)
