"""The rules of scheduling: whose time is free, who is booked when, and that nobody is booked twice.

A booking takes the first slot that suits everyone. One owner's bookings are made one after the other, and the database itself excludes
that two of one person overlap (``ex_bookings_nobody_twice``).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import addresses
from intervi.accounts.principal import Principal
from intervi.clock import iso_z
from intervi.errors import Conflict, Forbidden, InvalidInput, WrongState
from intervi.ids import parse_id
from intervi.interviews import lifecycle, timeline
from intervi.interviews import service as interviews
from intervi.interviews.models import EventKind, Interview, Status
from intervi.scheduling import invitations, meeting, repository, slots
from intervi.scheduling.models import MINUTES_OF_A_DAY, Booking, WorkingHours
from intervi.scheduling.slots import Hours, Interval
from intervi.translation import _, fill

MAX_PEOPLE = 50
MAX_WISHES = 100
MAX_DAYS = 366
"""Of one wish, and of one question for free time."""
YEARS = range(1970, 2101)
LONGEST_REFERENCE = 200


@dataclass(frozen=True, slots=True)
class Availability:
    """When a person can be booked."""

    person: str
    hours: Hours
    slots: list[Interval]
    """Working time with nothing in it."""


# --- people ---------------------------------------------------------------------------------------------------------


async def set_working_hours(
    session: AsyncSession, principal: Principal, person: str, *, time_zone: str, starts: str, ends: str
) -> Hours:
    """Sets when a person can be booked. What is booked already stays.

    Args:
        person: A reference of the principal's own.
        starts: ``"09:00"``, by the clock in ``time_zone``.
        ends: ``"17:00"``, up to ``"24:00"``.

    Raises:
        InvalidInput: naming what breaks a rule.
    """
    await check_person(session, principal, "person", person)
    check_zone("timezone", time_zone)
    hours = Hours(time_zone, _minute("start", starts), _minute("end", ends))
    if hours.starts_minute >= hours.ends_minute:
        raise _invalid("end", _("The end must be after the start."))
    await repository.keep_working_hours(
        session,
        WorkingHours(
            user_id=principal.user_id,
            person=person,
            time_zone=time_zone,
            starts_minute=hours.starts_minute,
            ends_minute=hours.ends_minute,
        ),
    )
    return hours


async def availability(
    session: AsyncSession, principal: Principal, person: str, first: date, last: date, *, time_zone: str
) -> Availability:
    """A person's free working time from the first day to the last, both included, in that person's zone.

    Args:
        time_zone: Of a person for whom no hours were set: they work from nine to five there.
    """
    await check_person(session, principal, "user_id", person)
    if not timedelta(0) <= last - first < timedelta(days=MAX_DAYS):
        raise _invalid("end", fill("Ask for 1 to {count} days.", {"count": MAX_DAYS}))
    for day in (first, last):
        check_year("end", day)
    hours = (await _hours(session, principal, [person], time_zone))[person]
    zone = ZoneInfo(hours.time_zone)
    within = (
        datetime.combine(first, time(), tzinfo=zone).astimezone(UTC),
        datetime.combine(last + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC),
    )
    free = await _free(session, principal, [person], within, {person: hours})
    return Availability(person, hours, free)


async def check_person(session: AsyncSession, principal: Principal, field: str, person: str) -> None:
    """Refuses what is no reference, and the id of another user, whose time is not the principal's to ask for.

    Raises:
        InvalidInput: it is empty or too long.
        Forbidden: it is another user's id.
    """
    if not person.strip() or len(person) > LONGEST_REFERENCE:
        raise _invalid(field, fill("Give 1 to {count} characters.", {"count": LONGEST_REFERENCE}))
    user_id = parse_id(person)
    if user_id is not None and user_id != principal.user_id and await repository.is_a_user(session, user_id):
        raise Forbidden(_("This is another user."))


def check_zone(field: str, time_zone: str) -> None:
    """Refuses what is no IANA time zone."""
    if time_zone not in available_timezones():
        raise _invalid(field, _("This is no time zone. Give one as Europe/London."))


# --- bookings -------------------------------------------------------------------------------------------------------


async def occupy(session: AsyncSession, principal: Principal, interview: Interview, people: Collection[str]) -> None:
    """Counts an interview that a caller dated by themselves as busy time of these people; nobody is asked whether they are free."""
    await repository.release(session, principal, interview.id)
    if interview.scheduled_at is not None:
        await _take(session, principal, interview, people, is_exclusive=False)


async def book(
    session: AsyncSession,
    principal: Principal,
    interview: Interview,
    people: Collection[str],
    wishes: Sequence[Interval],
) -> Interview:
    """Gives a scheduled interview the first slot inside the wishes, tried in their order, that suits everyone.

    Args:
        interview: Its ``duration_minutes`` is the slot's length, its ``time_zone`` that of people without hours of their own.
        people: References, in either role; the same one twice is one person.
        wishes: Spans of time, UTC-aware.

    Raises:
        InvalidInput: a wish or a person is none.
        Conflict: no slot suits everyone.
    """
    await _check_people(session, principal, people)
    _check_wishes(wishes)
    await repository.hold_calendar(session, principal)
    slot = await _first_common(session, principal, interview, people, wishes)
    if slot is None:
        raise Conflict(_("No time in these wishes suits everyone."))
    return await place(session, principal, interview, people, slot[0])


async def reschedule(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    *,
    starts_at: datetime | None = None,
    wishes: Sequence[Interval] = (),
    meeting_url: str | None = None,
) -> Interview:
    """Moves a scheduled interview to a time, or to the first slot inside new wishes; the same people come.

    Args:
        meeting_url: Where it is held from now on; empty: nowhere in particular. ``None``: where it was to be.

    Raises:
        InvalidInput: neither time nor wishes are given, or the address is none.
        WrongState: the interview is not scheduled any more.
        Conflict: somebody is busy then, or no slot suits everyone.
    """
    interview = await _scheduled(session, principal, interview_id)
    if meeting_url is not None:
        meeting.move_to(interview, meeting_url)
        session.add(interview)
    people = [booking.person for booking in await repository.bookings(session, principal, interview_id)]
    if starts_at is None:
        if not wishes:
            raise _invalid("preferred_times", _("Give a time or some wishes."))
        return await book(session, principal, interview, people, wishes)
    await repository.hold_calendar(session, principal)
    check_year("scheduled_at", starts_at)
    ends_at = starts_at + _duration(interview)
    if await repository.busy(session, principal, people, starts_at, ends_at, but=interview.id):
        raise Conflict(_("Somebody is busy at this time."))
    return await place(session, principal, interview, people, starts_at)


async def cancel(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """Cancels an interview that is not over, and gives everyone's time back.

    Raises:
        WrongState: it is over, or cancelled already.
    """
    interview = await lifecycle.cancel(session, principal, interview_id)
    await repository.release(session, principal, interview_id)
    interview.schedule_sequence += 1
    session.add(interview)
    await session.flush()
    await invitations.tell(session, principal, interview)
    return interview


async def place(
    session: AsyncSession, principal: Principal, interview: Interview, people: Collection[str], starts_at: datetime
) -> Interview:
    """Books everyone at a time, in the place of any other time of this interview.

    Raises:
        Conflict: somebody is busy then.
    """
    await repository.release(session, principal, interview.id)
    set_time(session, interview, starts_at)
    try:
        async with session.begin_nested():
            await _take(session, principal, interview, people, is_exclusive=True)
    except IntegrityError as error:
        raise Conflict(_("Somebody is busy at this time.")) from error
    await invitations.tell(session, principal, interview)
    return interview


def set_time(session: AsyncSession, interview: Interview, starts_at: datetime) -> None:
    """Dates an interview; who has it in a calendar learns that it was moved."""
    before = interview.scheduled_at
    if before == starts_at:
        return
    interview.schedule_sequence += before is not None
    interview.scheduled_at = starts_at
    timeline.note(session, interview.id, EventKind.SCHEDULED, before=iso_z(before), after=iso_z(starts_at))
    session.add(interview)


async def _take(
    session: AsyncSession, principal: Principal, interview: Interview, people: Collection[str], *, is_exclusive: bool
) -> None:
    assert interview.scheduled_at is not None
    # In one order, so that two transactions that exclude each other never wait for one another in a circle.
    for person in sorted(set(people)):
        session.add(
            Booking(
                interview_id=interview.id,
                person=person,
                address_key=addresses.key_of(person),
                user_id=principal.user_id,
                starts_at=interview.scheduled_at,
                ends_at=interview.scheduled_at + _duration(interview),
                is_exclusive=is_exclusive,
            )
        )
    await session.flush()


def _duration(interview: Interview) -> timedelta:
    return timedelta(minutes=interview.duration_minutes)


async def _scheduled(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    interview = await interviews.hold(session, principal, interview_id)
    if interview.status != Status.SCHEDULED:
        message = fill("An interview that is {current} cannot be moved.", {"current": interview.status})
        raise WrongState(message, current=interview.status, wanted=Status.SCHEDULED)
    return interview


async def _first_common(
    session: AsyncSession,
    principal: Principal,
    interview: Interview,
    people: Collection[str],
    wishes: Sequence[Interval],
) -> Interval | None:
    hours = await _hours(session, principal, people, interview.time_zone)
    for wish in wishes:
        free = await _free(session, principal, people, wish, hours, but=interview.id)
        if slot := slots.first_slot(free, _duration(interview)):
            return slot
    return None


async def _hours(
    session: AsyncSession, principal: Principal, people: Collection[str], time_zone: str
) -> dict[str, Hours]:
    """Everyone's working hours; nine to five where none were set."""
    kept = await repository.working_hours(session, principal, people)
    return {
        person: Hours(row.time_zone, row.starts_minute, row.ends_minute)
        if (row := kept.get(person))
        else Hours(time_zone)
        for person in people
    }


async def _free(
    session: AsyncSession,
    principal: Principal,
    people: Collection[str],
    within: Interval,
    hours: dict[str, Hours],
    *,
    but: UUID | None = None,
) -> list[Interval]:
    """When everyone works and nobody is busy."""
    working = reduce(slots.common, (slots.working_intervals(hours[person], within) for person in people), [within])
    taken = await repository.busy(session, principal, people, *within, but=but)
    return slots.without(working, slots.joined((booking.starts_at, booking.ends_at) for booking in taken))


# --- checks ---------------------------------------------------------------------------------------------------------


async def _check_people(session: AsyncSession, principal: Principal, people: Collection[str]) -> None:
    if not 1 <= len(people) <= MAX_PEOPLE:
        raise _invalid("interviewers", fill("Name 1 to {count} people.", {"count": MAX_PEOPLE}))
    for person in people:
        await check_person(session, principal, "interviewers", person)


def _check_wishes(wishes: Sequence[Interval]) -> None:
    if not 1 <= len(wishes) <= MAX_WISHES:
        raise _invalid("preferred_times", fill("Give 1 to {count} wishes.", {"count": MAX_WISHES}))
    for starts, ends in wishes:
        if not timedelta(0) < ends - starts <= timedelta(days=MAX_DAYS):
            text = fill("Each wish ends after it starts, within {count} days.", {"count": MAX_DAYS})
            raise _invalid("preferred_times", text)
        check_year("preferred_times", starts)


def check_year(field: str, day: date) -> None:
    """Refuses times that no calendar holds."""
    if day.year not in YEARS:
        raise _invalid(field, fill("Give a year from {first} to {last}.", {"first": YEARS[0], "last": YEARS[-1]}))


def _minute(field: str, clock: str) -> int:
    hours, colon, minutes = clock.partition(":")
    if colon and len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        minute = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and minute <= MINUTES_OF_A_DAY:
            return minute
    raise _invalid(field, _("Give a time of day as 09:00."))


def _invalid(field: str, text: str) -> InvalidInput:
    return InvalidInput(text, details={field: [text]})
