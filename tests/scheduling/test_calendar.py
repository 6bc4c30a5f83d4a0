"""The feed as a calendar program reads it."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from intervi.clock import now
from intervi.database import transaction
from intervi.errors import NotFound
from intervi.ids import hex24
from intervi.interviews.models import Interview
from intervi.scheduling import calendar, service
from tests.scheduling.test_service import a_user, an_interview

pytestmark = pytest.mark.usefixtures("servers")


async def read(principal: object) -> list[dict[str, object]]:
    async with transaction() as session:
        text = await calendar.feed(session, principal)  # type: ignore[arg-type]
    parsed = Calendar.from_ical(text)
    assert parsed.to_ical() == text
    return [
        {name: event.decoded(name) for name in ("uid", "dtstart", "dtend", "summary", "sequence", "status")}
        for event in parsed.walk("VEVENT")
    ]


async def test_it_round_trips_and_says_what_is_when() -> None:
    principal = await a_user()
    moment = (now() + timedelta(days=1)).replace(microsecond=0)
    interview = await an_interview(principal, 45, scheduled_at=moment, job_title="Nurse; ward 7, nights\nBEGIN:VEVENT")
    assert await read(principal) == [
        {
            "uid": f"{hex24(interview.id)}@intervi",
            "dtstart": moment,
            "dtend": moment + timedelta(minutes=45),
            "summary": "Interview: Nurse; ward 7, nights\nBEGIN:VEVENT",
            "sequence": 0,
            "status": "CONFIRMED",
        }
    ]


async def test_a_cancelled_one_says_so_with_a_higher_sequence() -> None:
    principal = await a_user()
    interview = await an_interview(principal, scheduled_at=now() + timedelta(days=1))
    async with transaction() as session:
        await service.cancel(session, principal, interview.id)
    [event] = await read(principal)
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)


async def test_what_has_no_time_or_is_long_over_is_not_in_it() -> None:
    principal = await a_user()
    await an_interview(principal)
    old = await an_interview(principal, scheduled_at=now() - timedelta(days=200))
    async with transaction() as session:
        (await session.get_one(Interview, old.id)).status = "completed"
    assert await read(principal) == []


async def test_the_secret_address_opens_until_it_is_revoked() -> None:
    ada, bob = await a_user(), await a_user("bob@example.com")
    async with transaction() as session:
        key, other = await calendar.feed_key(session, ada), await calendar.feed_key(session, bob)
        assert await calendar.feed_key(session, ada) == key != other
        assert (await calendar.principal_of_key(session, key)).user_id == ada.user_id
        await calendar.revoke_key(session, ada)
    async with transaction() as session:
        for dead in (key, "x", key[:-1], ""):
            with pytest.raises(NotFound):
                await calendar.principal_of_key(session, dead)
        assert (await calendar.principal_of_key(session, other)).user_id == bob.user_id
        fresh = await calendar.feed_key(session, ada)
        assert (await calendar.principal_of_key(session, fresh)).user_id == ada.user_id
