"""Scheduling: 6 of the hiring contract's endpoints."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from intervi.accounts.api_keys import Scope
from intervi.accounts.principal import Principal
from intervi.api.contract import HIRING
from intervi.api.dependencies import RecordId, Session, principal_of, scoped_caller_of
from intervi.api.hiring.envelope import EXAMPLE_ID, EXAMPLE_TIME, Found, found
from intervi.api.hiring.interviews import MeetingUrl, Reference
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel, Day, Moment
from intervi.clock import iso_z
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview
from intervi.scheduling import arranging, calendar, meeting, service
from intervi.scheduling.parties import Parties
from intervi.scheduling.slots import Hours, Interval

BASE = "/api/v1/scheduling"

router = router_of(HIRING)

Reader = Annotated[Principal, Depends(scoped_caller_of(HIRING, Scope.SCHEDULING_READ, user_id_is_a_person=True))]
Writer = Annotated[Principal, Depends(scoped_caller_of(HIRING, Scope.SCHEDULING_WRITE))]


class Span(CamelModel):
    """From one moment to another."""

    start: Moment = Field(examples=["2024-01-15T09:00:00Z"])
    end: Moment = Field(examples=["2024-01-15T17:00:00Z"])

    def interval(self) -> Interval:
        return self.start, self.end


class Booking(CamelModel):
    """An interview to be booked at the first time that suits everyone."""

    user_id: str | None = Field(None, examples=["64a7b8c9d1234567890abcde"])
    candidate_id: Reference = Field(examples=["candidate456"])
    job_id: Reference | None = Field(None, examples=["job789"])
    interviewers: list[Reference] = Field(min_length=1, max_length=49, examples=[["interviewer1", "interviewer2"]])
    duration: int = Field(60, ge=5, le=180, examples=[60])
    """Minutes."""
    preferred_times: list[Span] = Field(min_length=1, max_length=service.MAX_WISHES)
    """Tried in this order."""
    timezone: str = Field("UTC", examples=["America/New_York"])
    """IANA name: people without hours of their own work from nine to five there."""
    meeting_url: MeetingUrl = ""


class Rescheduling(CamelModel):
    """A new time, or wishes for one."""

    user_id: str | None = None
    scheduled_at: Moment | None = Field(None, examples=["2024-01-16T15:00:00Z"])
    preferred_times: list[Span] = Field(default_factory=list, max_length=service.MAX_WISHES)
    meeting_url: MeetingUrl | None = None
    """Empty: none any more."""


class ClockHours(CamelModel):
    """Working hours by the clock on the wall, on every day of the week."""

    start: str = Field(examples=["09:00"])
    end: str = Field(examples=["17:00"])


class NewHours(CamelModel):
    """A person's working hours."""

    person: Reference = Field(examples=["interviewer1"])
    timezone: str = Field(examples=["America/New_York"])
    working_hours: ClockHours


class SpanView(CamelModel):
    """From one moment to another."""

    start: str = Field(examples=["2024-01-15T14:00:00.000Z"])
    end: str = Field(examples=["2024-01-15T22:00:00.000Z"])


class AppointmentView(CamelModel):
    """When an interview is held."""

    interview_id: str = Field(examples=[EXAMPLE_ID])
    status: str = Field(examples=["scheduled"])
    scheduled_at: str | None = Field(examples=[EXAMPLE_TIME])
    duration: int = Field(examples=[60])
    timezone: str = Field(examples=["America/New_York"])
    meeting_url: str = Field(examples=["http://localhost:8000/practice/019a7f3c-1b2a-8d4e-8000-000123456789"])


class HoursView(CamelModel):
    """A person's working hours."""

    user_id: str = Field(examples=["interviewer1"])
    timezone: str = Field(examples=["America/New_York"])
    working_hours: ClockHours


class AvailabilityView(HoursView):
    """When a person can be booked."""

    slots: list[SpanView]
    """Working time with nothing in it."""


@router.post(f"{BASE}/schedule", status_code=201)
async def schedule_interview(body: Booking, caller: Writer, session: Session) -> Found[AppointmentView]:
    """Book the first time inside the wishes at which everyone works and is free."""
    interview = await arranging.arrange_in_wishes(
        session,
        caller,
        Parties(body.candidate_id, body.job_id, tuple(body.interviewers)),
        wishes=[span.interval() for span in body.preferred_times],
        duration_minutes=body.duration,
        time_zone=body.timezone,
        meeting_url=body.meeting_url,
    )
    return found(_appointment(interview), "Interview scheduled successfully")


@router.get(f"{BASE}/availability")
async def get_availability(
    caller: Reader,
    session: Session,
    start: Annotated[Day, Query(description="The first day.", examples=["2024-01-01"])],
    end: Annotated[Day, Query(description="The last day.", examples=["2024-01-31"])],
    user_id: Annotated[str | None, Query(alias="userId", description="The person; you if left out.")] = None,
    timezone: Annotated[str | None, Query(description="IANA name; yours if left out.")] = None,
) -> Found[AvailabilityView]:
    """When a person (one of your references; left out: you) can be booked, from the first day to the last."""
    zone = timezone or await interviews.time_zone(session, caller)
    service.check_zone("timezone", zone)
    person = HIRING.spell_id(caller.user_id) if user_id is None else user_id
    free = await service.availability(session, caller, person, start, end, time_zone=zone)
    view = AvailabilityView(
        **_hours(person, free.hours).model_dump(),
        slots=[SpanView(start=iso_z(starts), end=iso_z(ends)) for starts, ends in free.slots],
    )
    return found(view, "Availability retrieved successfully")


@router.put(f"{BASE}/availability")
async def set_availability(body: NewHours, caller: Writer, session: Session) -> Found[HoursView]:
    """Set a person's working hours."""
    hours = await service.set_working_hours(
        session,
        caller,
        body.person,
        time_zone=body.timezone,
        starts=body.working_hours.start,
        ends=body.working_hours.end,
    )
    return found(_hours(body.person, hours), "Availability updated successfully")


@router.put(f"{BASE}/{{interview_id}}/reschedule")
async def reschedule_interview(
    interview_id: RecordId, body: Rescheduling, caller: Writer, session: Session
) -> Found[AppointmentView]:
    """Move an interview to a time at which everyone is free, or to the first one inside new wishes."""
    interview = await service.reschedule(
        session,
        caller,
        interview_id,
        starts_at=body.scheduled_at,
        wishes=[span.interval() for span in body.preferred_times],
        meeting_url=body.meeting_url,
    )
    return found(_appointment(interview), "Interview rescheduled successfully")


@router.delete(f"{BASE}/{{interview_id}}")
async def cancel_interview(interview_id: RecordId, caller: Writer, session: Session) -> Found[AppointmentView]:
    """Cancel an interview, and give everyone's time back."""
    interview = await service.cancel(session, caller, interview_id)
    return found(_appointment(interview), "Interview cancelled successfully")


async def _calendar_reader(
    request: Request, session: Session, key: Annotated[str | None, Query(description="Of the secret address.")] = None
) -> Principal:
    if key is not None:
        return await calendar.principal_of_key(session, key)
    return await principal_of(request, session, scopes=[Scope.SCHEDULING_READ])


@router.get(
    f"{BASE}/calendar.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def get_calendar(caller: Annotated[Principal, Depends(_calendar_reader)], session: Session) -> Any:
    """What is scheduled, as calendar programs read it (RFC 5545). Programs that send no header use the secret address from `/schedule`."""
    body = await calendar.feed(session, caller)
    return Response(body, media_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"})


# --- how things are printed -----------------------------------------------------------------------------------------


def _appointment(interview: Interview) -> AppointmentView:
    return AppointmentView(
        interview_id=HIRING.spell_id(interview.id),
        status=HIRING.word(interview.status),
        scheduled_at=iso_z(interview.scheduled_at),
        duration=interview.duration_minutes,
        timezone=interview.time_zone,
        meeting_url=meeting.owners_url(interview),
    )


def _hours(person: str, hours: Hours) -> HoursView:
    return HoursView(
        user_id=person,
        timezone=hours.time_zone,
        working_hours=ClockHours(start=_clock(hours.starts_minute), end=_clock(hours.ends_minute)),
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
