"""What others invite somebody to: by the address of their own account only, and no more than an invitation tells."""

from datetime import timedelta
from uuid import UUID

import pytest
from icalendar import Calendar

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import NotFound, WrongState
from intervi.interviews import lifecycle, timeline
from intervi.interviews import service as interviews
from intervi.interviews.models import EventKind, Interview
from intervi.scheduling import arranging, calendar, invited, own, service
from intervi.scheduling.arranging import Changes
from intervi.scheduling.parties import Parties
from tests.scheduling.test_service import a_user

pytestmark = pytest.mark.usefixtures("servers")

SOON = now().replace(microsecond=0) + timedelta(days=3)


async def arranged(owner: Principal, *people: str, starts_at: object = SOON, meeting_url: str = "") -> Interview:
    candidate, *others = people
    async with transaction() as session:
        return await arranging.arrange(
            session,
            owner,
            Parties(candidate, interviewers=tuple(others)),
            scheduled_at=starts_at,  # type: ignore[arg-type]
            meeting_url=meeting_url,
        )


async def seen_by(principal: Principal) -> list[UUID]:
    async with transaction() as session:
        return [each.interview.id for each in await invited.upcoming(session, principal)]


async def replies(owner: Principal, interview: Interview) -> list[tuple[str | None, str]]:
    async with transaction() as session:
        events = await timeline.of_interview(session, owner, interview.id)
    return [(event.after, event.detail) for event in events if event.kind == EventKind.REPLY]


async def declined(owner: Principal, interview: Interview) -> list[str]:
    async with transaction() as session:
        found = await invited.declined_by(session, owner, [interview])
    return found.get(interview.id, [])


class TestWhoSeesIt:
    @pytest.mark.parametrize("written", ["bob@example.com", " Bob@Example.COM "])
    async def test_candidate_and_interviewer_by_their_own_address_however_it_is_written(self, written: str) -> None:
        owner, bob, eve = await a_user(), await a_user("bob@example.com"), await a_user("eve@example.com")
        candidate, interviewer = await arranged(owner, written), await arranged(owner, "somebody", written)
        assert await seen_by(bob) == [candidate.id, interviewer.id]
        assert await seen_by(eve) == []

    @pytest.mark.parametrize(
        "reference", ["bob", "bob@example.com.evil.example", "xbob@example.com", "bob%@example.com", "bob@example_com"]
    )
    async def test_what_only_looks_like_the_address_does_not(self, reference: str) -> None:
        owner, bob = await a_user(), await a_user("bob@example.com")
        await arranged(owner, reference)
        assert await seen_by(bob) == []

    async def test_ones_own_interview_is_no_invitation(self) -> None:
        owner = await a_user("bob@example.com")
        await arranged(owner, "bob@example.com")
        assert await seen_by(owner) == []

    async def test_what_is_cancelled_deleted_past_or_of_others_by_now_is_gone(self) -> None:
        owner, bob = await a_user(), await a_user("bob@example.com")
        off, deleted, replaced = [await arranged(owner, "bob@example.com") for _ in range(3)]
        await arranged(owner, "bob@example.com", starts_at=None)
        await arranged(owner, "bob@example.com", starts_at=now() - timedelta(days=2))
        kept = await arranged(owner, "bob@example.com")
        async with transaction() as session:
            await service.cancel(session, owner, off.id)
            await interviews.delete_soon(session, owner, deleted.id)
            await arranging.rearrange(session, owner, replaced.id, Changes(candidate="eve@example.com"))
        assert await seen_by(bob) == [kept.id]
        for gone in (off, deleted, replaced):
            async with transaction() as session:
                with pytest.raises(NotFound):
                    await invited.get(session, bob, gone.id)

    async def test_a_booking_in_wishes_is_seen_as_well(self) -> None:
        owner, bob = await a_user(), await a_user("bob@example.com")
        async with transaction() as session:
            made = await arranging.arrange_in_wishes(
                session,
                owner,
                Parties("bob@example.com", interviewers=("x",)),
                wishes=[(SOON, SOON + timedelta(days=2))],
                duration_minutes=30,
                time_zone="UTC",
            )
        assert await seen_by(bob) == [made.id]

    async def test_the_interview_itself_stays_its_owners(self) -> None:
        owner, bob = await a_user(), await a_user("bob@example.com")
        interview = await arranged(owner, "bob@example.com")
        async with transaction() as session:
            for refused in (interviews.get, interviews.hold, service.cancel, own.take_back_cancellation):
                with pytest.raises(NotFound):
                    await refused(session, bob, interview.id)
            assert await timeline.of_interview(session, bob, interview.id) == []


class TestReply:
    async def test_declining_and_coming_after_all_are_told_to_the_owner_once_each(self) -> None:
        owner, bob = await a_user(), await a_user("bob@example.com")
        interview = await arranged(owner, "bob@example.com", "eve@example.com")
        for reply in (invited.decline, invited.decline, invited.come_after_all, invited.come_after_all):
            async with transaction() as session:
                await reply(session, bob, interview.id)
            is_declined = reply is invited.decline
            assert await declined(owner, interview) == (["bob@example.com"] if is_declined else [])
            assert await declined(bob, interview) == []
        assert await replies(owner, interview) == [("declined", "bob@example.com"), ("coming", "bob@example.com")]
        async with transaction() as session:
            assert (await interviews.get(session, owner, interview.id)).status == "scheduled"

    async def test_another_time_is_asked_about_anew(self) -> None:
        owner, bob = await a_user(), await a_user("bob@example.com")
        interview = await arranged(owner, "bob@example.com")
        async with transaction() as session:
            await invited.decline(session, bob, interview.id)
            await arranging.rearrange(session, owner, interview.id, Changes(duration_minutes=30))
            [found] = await invited.upcoming(session, bob)
            assert found.has_declined, "nothing but the length has changed"
            await arranging.rearrange(session, owner, interview.id, Changes(scheduled_at=SOON + timedelta(hours=1)))
            [found] = await invited.upcoming(session, bob)
            assert not found.has_declined
            await invited.decline(session, bob, interview.id)
        assert await declined(owner, interview) == ["bob@example.com"]

    async def test_not_by_who_is_not_invited_and_not_once_it_has_begun(self) -> None:
        owner, bob, eve = await a_user(), await a_user("bob@example.com"), await a_user("eve@example.com")
        interview = await arranged(owner, "bob@example.com")
        for reply in (invited.decline, invited.come_after_all):
            async with transaction() as session:
                for stranger in (eve, owner):
                    with pytest.raises(NotFound):
                        await reply(session, stranger, interview.id)
        async with transaction() as session:
            await lifecycle.start(session, owner, interview.id)
        async with transaction() as session:
            with pytest.raises(WrongState):
                await invited.decline(session, bob, interview.id)
        assert await replies(owner, interview) == []


class TestCalendar:
    async def test_an_invitation_is_in_the_feed_without_the_room_until_it_is_declined(self) -> None:
        owner, bob = await a_user(), await a_user("bob@example.com")
        interview = await arranged(owner, "bob@example.com", "eve@example.com")
        async with transaction() as session:
            feed, alone = await calendar.feed(session, bob), await calendar.event(session, bob, interview.id)
            theirs = await calendar.feed(session, owner)
        [event], [same], [own_event] = (Calendar.from_ical(each).walk("VEVENT") for each in (feed, alone, theirs))
        assert event["organizer"] == "mailto:ada@example.com"
        assert (event["uid"], event.decoded("dtstart")) == (own_event["uid"], SOON)
        assert same["uid"] == event["uid"]
        assert "url" in own_event
        for told in (feed, alone):
            assert b"/practice/" not in told
            assert b"eve@example.com" not in told
        assert event["description"].endswith("tells you where it takes place.")
        async with transaction() as session:
            await invited.decline(session, bob, interview.id)
            assert not Calendar.from_ical(await calendar.feed(session, bob)).walk("VEVENT")

    async def test_a_meetings_address_is_where_all_calendars_look_for_it(self) -> None:
        owner, bob = await a_user(), await a_user("bob@example.com")
        url = "https://meet.example.com/a;b,c?d=1"
        interview = await arranged(owner, "bob@example.com", meeting_url=url)
        async with transaction() as session:
            feeds = [await calendar.feed(session, each) for each in (owner, bob)]
        for feed in feeds:
            assert Calendar.from_ical(feed).to_ical() == feed
            [event] = Calendar.from_ical(feed).walk("VEVENT")
            assert (event["url"], event["location"]) == (url, url)
            [call] = event.conferences
            assert call.uri == url
            assert (event["sequence"], "description" in event) == (0, False)
        async with transaction() as session:
            await arranging.rearrange(session, owner, interview.id, Changes(meeting_url=url))
            await arranging.rearrange(session, owner, interview.id, Changes(meeting_url=""))
            [event] = Calendar.from_ical(await calendar.feed(session, bob)).walk("VEVENT")
        assert event["sequence"] == 1, "the same address is no news, none is"
        assert not {"URL", "LOCATION", "CONFERENCE"} & set(event)
