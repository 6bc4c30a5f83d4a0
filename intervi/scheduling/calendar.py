"""The calendar feed: what is scheduled, as calendar programs read it (RFC 5545), by a secret address that can be revoked."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event, vUri
from itsdangerous import BadData, URLSafeSerializer
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.errors import NotFound
from intervi.ids import hex24, parse_id
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Status
from intervi.scheduling import invited, meeting, repository
from intervi.scheduling.invited import Invited
from intervi.scheduling.models import Method
from intervi.scheduling.slots import Interval
from intervi.settings import settings
from intervi.translation import _, fill

KEPT_FOR = timedelta(days=90)
"""How long what is over, or was cancelled, stays in the feed."""


async def feed(session: AsyncSession, principal: Principal) -> bytes:
    """The principal's calendar as ``text/calendar``: what is theirs, and what others invite them to and they have not declined."""
    since = now() - KEPT_FOR
    own = await repository.appointments(session, principal, since)
    others = [each for each in await invited.upcoming(session, principal, since) if not each.has_declined]
    events = (*(_own_event(each, each.scheduled_at) for each in own if each.scheduled_at), *map(_invited_event, others))
    return _published(events)


def appointment_of(
    interview: Interview, *, method: Method, sequence: int, time: Interval, attendee: str, organizer: tuple[str, str]
) -> bytes:
    """What an invitation carries: one interview for one person's calendar (RFC 5546), the same event as in the feed.

    Args:
        attendee: Their address.
        organizer: Name and address.
    """
    calendar = _calendar(method)
    event = _organized_event(interview, *time, sequence, organizer)
    if method == Method.REQUEST:
        _place_of_others(event, interview, organizer[0])
    # Whoever was taken off the list is told that it is off for them, and not where the others meet.
    event["status"] = "CANCELLED" if method == Method.CANCEL else "CONFIRMED"
    # We read no answers, and ask for none.
    event.add("attendee", f"mailto:{attendee}", parameters={"ROLE": "REQ-PARTICIPANT", "RSVP": "FALSE"})
    calendar.add_component(event)
    return bytes(calendar.to_ical())


async def event(session: AsyncSession, principal: Principal, interview_id: UUID) -> bytes:
    """One interview of the principal's, or one that they are invited to, as ``text/calendar``.

    Raises:
        NotFound: there is none, it is somebody else's, or it has no time.
    """
    try:
        interview = await interviews.get(session, principal, interview_id)
    except NotFound:
        return _published([_invited_event(await invited.get(session, principal, interview_id))])
    if interview.scheduled_at is None:
        raise NotFound(_("This interview has no time."))
    return _published([_own_event(interview, interview.scheduled_at)])


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Intervi//Interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", str(method))
    return calendar


def _published(events: Iterable[Event]) -> bytes:
    calendar = _calendar("PUBLISH")
    calendar.add("name", "Intervi")
    calendar.add("x-wr-calname", "Intervi")
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _own_event(interview: Interview, starts_at: datetime) -> Event:
    event = _event(interview, starts_at, _end(interview, starts_at), interview.schedule_sequence)
    _place(event, meeting.owners_url(interview), is_call=meeting.given_url(interview) is not None)
    return event


def _invited_event(found: Invited) -> Event:
    interview, organizer = found.interview, found.organizer
    assert interview.scheduled_at is not None, "whoever is invited is invited to a time"
    starts_at = interview.scheduled_at
    event = _organized_event(
        interview,
        starts_at,
        _end(interview, starts_at),
        interview.schedule_sequence,
        (organizer.shown_name, organizer.email),
    )
    _place_of_others(event, interview, organizer.shown_name)
    return event


def _organized_event(
    interview: Interview, starts_at: datetime, ends_at: datetime, sequence: int, organizer: tuple[str, str]
) -> Event:
    event = _event(interview, starts_at, ends_at, sequence)
    name, address = organizer
    event.add("organizer", f"mailto:{address}", parameters={"CN": name})
    return event


def _place_of_others(event: Event, interview: Interview, organizer: str) -> None:
    """Where those invited meet; never the room: that is its owner's, and whoever else opened it would find nothing."""
    if url := meeting.given_url(interview):
        _place(event, url, is_call=True)
    else:
        event.add("description", fill("{name} tells you where it takes place.", {"name": organizer}))


def _place(event: Event, url: str, *, is_call: bool) -> None:
    """Where it is held, in each of the ways that calendar programs look for it (RFC 5545; 7986 for a call)."""
    event.add("url", url)
    if is_call:
        event.add("location", url)
        event.add("conference", vUri(url), parameters={"VALUE": "URI"})


def _end(interview: Interview, starts_at: datetime) -> datetime:
    return starts_at + timedelta(minutes=interview.duration_minutes)


def _event(interview: Interview, starts_at: datetime, ends_at: datetime, sequence: int) -> Event:
    event = Event()
    event.add("uid", f"{hex24(interview.id)}@intervi")
    event.add("dtstamp", now())
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", title_of(interview))
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if interview.status == Status.CANCELLED else "CONFIRMED")
    return event


def title_of(interview: Interview) -> str:
    """What it is called in a calendar."""
    subject = interview.job_title or interviews.domain_title(interview)
    return fill("Interview: {subject}", {"subject": subject}) if subject else _("Interview")


# --- the secret address ---------------------------------------------------------------------------------------------


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().signing_key, salt="intervi.scheduling.calendar")


async def feed_key(session: AsyncSession, principal: Principal) -> str:
    """The key of the principal's calendar address; the same until it is revoked."""
    version = await repository.open_feed(session, principal)
    return str(_serializer().dumps([hex24(principal.user_id), version]))


async def feed_address(session: AsyncSession, principal: Principal) -> str:
    """The whole address, for a calendar program to subscribe to."""
    return f"{settings().base_url}/api/v1/scheduling/calendar.ics?key={await feed_key(session, principal)}"


async def revoke_key(session: AsyncSession, principal: Principal) -> None:
    """Every key given out so far opens nothing any more."""
    await repository.revoke_feed(session, principal)


async def principal_of_key(session: AsyncSession, key: str) -> Principal:
    """Whose calendar a key opens.

    Raises:
        NotFound: the key is none of ours, or was revoked.
    """
    user_id, version = _read(key)
    if user_id is None or await repository.feed_version(session, user_id) != version:
        raise NotFound(_("There is no such calendar."))
    return Principal(user_id)


def _read(key: str) -> tuple[UUID | None, int]:
    try:
        spelled, version = _serializer().loads(key)
    except (BadData, ValueError, TypeError):
        return None, 0
    return parse_id(str(spelled)), version
