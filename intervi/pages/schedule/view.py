"""What the schedule says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from intervi.interviews.models import Interview, Status
from intervi.pages import formatting
from intervi.scheduling import calendar
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
    room: str
    event: str
    """The address of the file for a calendar program."""


def appointments(found: Sequence[Interview], time_zone: str, moment: datetime) -> tuple[Appointment, ...]:
    """The rows, in the order of their times."""
    return tuple(_appointment(each, each.scheduled_at, time_zone, moment) for each in found if each.scheduled_at)


def _appointment(interview: Interview, starts_at: datetime, time_zone: str, moment: datetime) -> Appointment:
    return Appointment(
        id=str(interview.id),
        title=formatting.isolated(calendar.title_of(interview)),
        day=formatting.day(starts_at, time_zone, today=moment),
        clock=formatting.time_of_day(starts_at, time_zone),
        facts=_facts(interview, starts_at, moment),
        is_soon=starts_at - moment <= SOON,
        room=f"/practice/{interview.id}",
        event=f"/api/schedule/{interview.id}/event.ics",
    )


def _facts(interview: Interview, starts_at: datetime, moment: datetime) -> str:
    people = parties_of(interview).people
    facts = [
        fill(N_("{minutes} minutes"), {"minutes": interview.duration_minutes}),
        ", ".join(formatting.isolated(person) for person in people),
        _("under way") if interview.status != Status.SCHEDULED else "",
        _("was to begin already") if interview.status == Status.SCHEDULED and starts_at < moment else "",
    ]
    return " · ".join(fact for fact in facts if fact)
