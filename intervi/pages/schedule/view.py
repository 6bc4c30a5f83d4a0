"""What the schedule says. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from intervi.interviews.models import Interview, Status
from intervi.pages import formatting
from intervi.scheduling import calendar, meeting
from intervi.scheduling.invited import Invited
from intervi.scheduling.parties import parties_of
from intervi.translation import N_, _, fill

SOON = timedelta(minutes=15)
"""From so long before its beginning on, joining is what one does next."""


@dataclass(frozen=True)
class Appointment:
    """One interview that has a time."""

    id: str
    title: str
    day: str
    clock: str
    facts: str
    is_soon: bool
    join: str
    """Where one takes part: the meeting's address, or the room of what is one's own; empty: nobody said, or it is over."""
    event: str
    """The address of the file for a calendar program."""
    news: str = ""
    """Who does not come."""
    is_invited: bool = False
    """Somebody else arranged it …"""
    organizer: str = ""
    """… and can be written to here (``mailto:``)."""
    has_declined: bool = False
    has_begun: bool = False
    is_elsewhere: bool = False
    """``join`` leads away from here."""
    room: str = ""
    """The practice room, where what is one's own and nobody else's is held elsewhere: it is there all the same."""
    address: str = ""
    """The meeting's, as its owner can change it; ``""``: none."""
    wall_day: str = ""
    """Its day and time as form fields hold them, by the reader's clock …"""
    wall_time: str = ""
    """… both empty where it cannot be moved: it has begun, or is not one's own."""


def appointments(
    own: Sequence[Interview],
    invited: Sequence[Invited],
    declined: Mapping[UUID, Sequence[str]],
    time_zone: str,
    moment: datetime,
) -> tuple[Appointment, ...]:
    """The rows, in the order of their times.

    Args:
        declined: Who does not come to which of one's own interviews.
    """
    rows = [
        (each.scheduled_at, _own(each, each.scheduled_at, declined.get(each.id, ()), time_zone, moment))
        for each in own
        if each.scheduled_at
    ]
    rows += [
        (each.interview.scheduled_at, _of_others(each, each.interview.scheduled_at, time_zone, moment))
        for each in invited
        if each.interview.scheduled_at
    ]
    return tuple(row for _at, row in sorted(rows, key=lambda pair: pair[0]))


def invited_as(address: str, *, needs_proof: bool) -> str:
    """How interviews that others arrange get here."""
    if needs_proof:
        form = N_(
            "Interviews to which others invite {address} appear here once you have followed the link in an invitation."
        )
    else:
        form = N_("Interviews to which others invite {address} appear here, too.")
    return fill(form, {"address": formatting.isolated(address)})


def _own(
    interview: Interview, starts_at: datetime, declined: Sequence[str], time_zone: str, moment: datetime
) -> Appointment:
    people = parties_of(interview).people
    row = _appointment(interview, starts_at, _listed(people), time_zone, moment)
    room = f"/practice/{interview.id}"
    wall = starts_at.astimezone(ZoneInfo(time_zone))
    can_move = interview.status == Status.SCHEDULED
    return replace(
        row,
        join=row.join if row.is_elsewhere else room,
        room=room if row.is_elsewhere and not people else "",
        address=meeting.given_url(interview) or "",
        wall_day=f"{wall:%Y-%m-%d}" if can_move else "",
        wall_time=f"{wall:%H:%M}" if can_move else "",
        news=fill(N_("Does not come: {people}"), {"people": _listed(declined)}) if declined else "",
    )


def _of_others(found: Invited, starts_at: datetime, time_zone: str, moment: datetime) -> Appointment:
    who = fill(N_("arranged by {name}"), {"name": formatting.isolated(found.organizer.shown_name)})
    return replace(
        _appointment(found.interview, starts_at, who, time_zone, moment),
        is_invited=True,
        organizer=f"mailto:{quote(found.organizer.email, safe='@')}",
        has_declined=found.has_declined,
        has_begun=found.interview.status != Status.SCHEDULED,
    )


def _appointment(interview: Interview, starts_at: datetime, who: str, time_zone: str, moment: datetime) -> Appointment:
    url = meeting.given_url(interview)
    return Appointment(
        id=str(interview.id),
        title=formatting.isolated(calendar.title_of(interview)),
        day=formatting.day(starts_at, time_zone, today=moment),
        clock=formatting.time_of_day(starts_at, time_zone),
        facts=_facts(interview, starts_at, who, moment),
        is_soon=starts_at - moment <= SOON,
        join=url if url and moment < _end(interview, starts_at) else "",
        is_elsewhere=url is not None,
        event=f"/api/schedule/{interview.id}/event.ics",
    )


def _facts(interview: Interview, starts_at: datetime, who: str, moment: datetime) -> str:
    url = meeting.given_url(interview)
    facts = [
        fill(N_("{minutes} minutes"), {"minutes": interview.duration_minutes}),
        who,
        _("under way") if interview.status != Status.SCHEDULED else "",
        _late(interview, starts_at, moment),
        fill(N_("at {host}"), {"host": formatting.isolated(urlsplit(url).netloc)}) if url else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _late(interview: Interview, starts_at: datetime, moment: datetime) -> str:
    if interview.status != Status.SCHEDULED or moment <= starts_at:
        return ""
    # Where it is held elsewhere, nobody has to say here that it has begun.
    is_now = meeting.given_url(interview) is not None and moment < _end(interview, starts_at)
    return _("now") if is_now else _("was to begin already")


def _end(interview: Interview, starts_at: datetime) -> datetime:
    return starts_at + timedelta(minutes=interview.duration_minutes)


def _listed(people: Sequence[str]) -> str:
    return ", ".join(map(formatting.isolated, people))
