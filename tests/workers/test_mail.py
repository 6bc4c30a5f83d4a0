"""Invitations from the service to a real SMTP server: what arrives, that nothing is lost, and that nothing comes twice."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from sqlmodel import col, select, update

from intervi.accounts import addresses
from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import NotFound
from intervi.export.rows import rows_of, tables
from intervi.interviews import timeline
from intervi.interviews.models import EventKind, Interview
from intervi.recordings import removal
from intervi.scheduling import arranging, invitations, invited, service
from intervi.scheduling.arranging import Changes
from intervi.scheduling.models import Invitation
from intervi.scheduling.parties import Parties
from intervi.settings import Settings, settings
from tests.smtp_server import MAIL_FROM, Manner, SmtpServer, mail_server
from tests.worker_processes import a_worker
from workers.mail import send_due

pytestmark = pytest.mark.usefixtures("servers")

ANNA, IVO = "anna@example.com", "ivo@example.com"
SOON = now().replace(microsecond=0) + timedelta(days=30)
PARTIES = Parties(candidate=ANNA, job="job789", interviewers=(IVO, "interviewer2"))


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with mail_server() as running:
        yield running


async def an_owner() -> Principal:
    async with transaction() as session:
        user = User(
            email="owner@example.com", email_key="owner@example.com", password_hash="x", first_name="Ülo", last_name="M"
        )
        session.add(user)
    return Principal(user.id)


async def arranged(owner: Principal, parties: Parties = PARTIES, at: datetime | None = SOON) -> Interview:
    async with transaction() as session:
        return await arranging.arrange(
            session, owner, parties, scheduled_at=at, duration_minutes=45, time_zone="America/New_York"
        )


async def rearranged(owner: Principal, interview: Interview, **changes: object) -> None:
    async with transaction() as session:
        await arranging.rearrange(session, owner, interview.id, replace(Changes(), **changes))


async def cancelled(owner: Principal, interview: Interview) -> None:
    async with transaction() as session:
        await service.cancel(session, owner, interview.id)


async def rows() -> list[Invitation]:
    async with transaction() as session:
        return list(await session.exec(select(Invitation).order_by(col(Invitation.id))))


async def all_due(earlier: timedelta = timedelta()) -> None:
    """As if the pause after an attempt were over (and so much more time had passed since it was written)."""
    async with transaction() as session:
        await session.exec(
            update(Invitation)
            .where(col(Invitation.due_at).is_not(None))
            .values(due_at=now(), created_at=Invitation.created_at - earlier)  # type: ignore[operator]
        )


async def told(owner: Principal, interview: Interview) -> list[str]:
    async with transaction() as session:
        events = await timeline.of_interview(session, owner, interview.id)
    return [event.detail for event in events if event.kind == EventKind.INVITATION]


def kinds(server: SmtpServer) -> list[tuple[str, str, int]]:
    """Of all that arrived: to whom, what, and its SEQUENCE."""
    return [(mail.recipient, str(mail.calendar["method"]), int(mail.event.get("sequence", 0))) for mail in server.taken]


class TestWhatArrives:
    async def test_an_invitation_for_everyone_with_an_address(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner)
        await send_due()
        assert kinds(server) == [(ANNA, "REQUEST", 0), (IVO, "REQUEST", 0)]
        mail = server.taken[0]
        assert mail.sender == MAIL_FROM
        assert (mail.message["To"], mail.message["Reply-To"]) == (ANNA, "Ülo M <owner@example.com>")
        assert "Ülo M invites you" in mail.text
        assert "(America/New_York)" in mail.text
        event = mail.event
        assert event.decoded("dtstart") == SOON
        assert event.decoded("dtend") == SOON + timedelta(minutes=45)
        assert (event["organizer"], event["attendee"]) == ("mailto:owner@example.com", f"mailto:{ANNA}")
        assert IVO not in mail.message.as_string(), "who else comes is not told"
        (part,) = (each for each in mail.message.walk() if each.get_content_type() == "text/calendar")
        assert part.get_param("method") == "REQUEST"
        (attached,) = mail.message.iter_attachments()
        assert (attached.get_filename(), attached.get_content()) == ("invite.ics", mail.calendar.to_ical())
        assert await told(owner, interview) == [f"Invitation sent to {one}" for one in (ANNA, IVO)]

    async def test_whoever_follows_its_link_sees_their_invitations(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner)
        await send_due()
        (link,) = re.findall(rf"{settings().base_url}/schedule\?invitation=(\S+)", server.taken[0].text)
        async with transaction() as session:
            anna, ivo = (User(email=each, email_key=each, password_hash="x") for each in (ANNA, IVO))
            session.add_all([anna, ivo])
        async with transaction() as session:
            assert await invited.upcoming(session, Principal(anna.id)) == []
            assert invited.needs_proof(await session.get_one(User, anna.id))
            with pytest.raises(NotFound):
                await addresses.prove(session, Principal(ivo.id), link)
            with pytest.raises(NotFound):
                await addresses.prove(session, Principal(anna.id), link[:-2])
            await addresses.prove(session, Principal(anna.id), link)
        async with transaction() as session:
            assert [each.interview.id for each in await invited.upcoming(session, Principal(anna.id))] == [interview.id]
            assert await invited.upcoming(session, Principal(ivo.id)) == []
            with pytest.raises(NotFound):
                await invited.decline(session, Principal(ivo.id), interview.id)
            (invitations_table,) = (table for table in tables() if table.name == "invitations")
            rows = [row async for row in rows_of(session, owner, invitations_table)]
        assert rows
        assert link not in "".join(rows), "an owner who could read it could prove somebody else's address"

    async def test_a_person_named_twice_is_invited_once(self, server: SmtpServer) -> None:
        twice = Parties(candidate=ANNA, interviewers=(ANNA, " Anna@Example.com", IVO))
        await arranged(await an_owner(), twice)
        await send_due()
        assert sorted(mail.recipient.lower() for mail in server.taken) == [ANNA, IVO]

    async def test_moving_and_cancelling_are_the_same_event_later_in_order(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner)
        await send_due()
        async with transaction() as session:
            await service.reschedule(session, owner, interview.id, starts_at=SOON + timedelta(days=1))
        await send_due()
        await cancelled(owner, interview)
        await send_due()
        assert [one for one in kinds(server) if one[0] == ANNA] == [
            (ANNA, "REQUEST", 0),
            (ANNA, "REQUEST", 1),
            (ANNA, "CANCEL", 2),
        ]
        assert len({str(mail.event["uid"]) for mail in server.taken}) == 1
        assert "new time" in server.taken[2].text
        assert server.taken[-1].event["status"] == "CANCELLED"
        assert len({mail.message["Message-ID"] for mail in server.taken}) == len(server.taken) == 6

    async def test_who_is_added_is_invited_and_who_is_left_out_is_told(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner)
        await send_due()
        await rearranged(owner, interview, interviewers=("eva@example.com",))
        await send_due()
        assert sorted(kinds(server)[2:]) == [("eva@example.com", "REQUEST", 0), (IVO, "CANCEL", 1)]
        await rearranged(owner, interview, interviewers=(IVO,))
        await send_due()
        assert sorted(kinds(server)[4:]) == [("eva@example.com", "CANCEL", 1), (IVO, "REQUEST", 2)]

    async def test_a_longer_interview_is_news_and_another_job_is_not(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner)
        await send_due()
        await rearranged(owner, interview, job="job790", duration_minutes=45)
        await send_due()
        assert len(server.taken) == 2
        await rearranged(owner, interview, duration_minutes=60)
        await send_due()
        assert server.taken[-1].event.decoded("dtend") == SOON + timedelta(minutes=60)

    async def test_where_it_is_held_is_told_and_another_place_is_news(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner)
        await send_due()
        assert "Ülo M tells you where it takes place." in server.taken[0].text
        assert "location" not in server.taken[0].event
        url = "https://meet.example.com/room"
        for _twice in range(2):
            await rearranged(owner, interview, meeting_url=url)
            await send_due()
        assert kinds(server)[2:] == [(ANNA, "REQUEST", 1), (IVO, "REQUEST", 1)]
        mail = server.taken[-1]
        assert mail.message["Subject"].startswith("New place: ")
        assert url in mail.text.splitlines()
        assert (mail.event["location"], mail.event["url"]) == (url, url)
        async with transaction() as session:
            await service.reschedule(session, owner, interview.id, starts_at=SOON + timedelta(days=1))
        await send_due()
        assert server.taken[-1].message["Subject"].startswith("New time: ")
        assert url in server.taken[-1].text
        await rearranged(owner, interview, interviewers=(), meeting_url="https://meet.example.com/other")
        await send_due()
        off = next(mail for mail in server.taken if str(mail.calendar["method"]) == "CANCEL")
        assert off.recipient == IVO
        assert "meet.example.com" not in off.message.as_string() + off.calendar.to_ical().decode(), (
            "not where the others meet"
        )

    async def test_deleting_an_interview_cancels_it(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner)
        await send_due()
        async with transaction() as session:
            await removal.delete_interview(session, owner, interview.id)
        await send_due()
        assert kinds(server)[2:] == [(ANNA, "CANCEL", 1), (IVO, "CANCEL", 1)]

    async def test_nobody_is_invited_to_what_is_over_or_has_no_time(self, server: SmtpServer) -> None:
        owner = await an_owner()
        await arranged(owner, at=None)
        await arranged(owner, at=now() - timedelta(days=1))
        assert await rows() == []

    async def test_what_nobody_began_to_send_is_not_sent_any_more(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner)
        async with transaction() as session:
            await service.reschedule(session, owner, interview.id, starts_at=SOON + timedelta(days=1))
        await send_due()
        assert [mail.event.decoded("dtstart") for mail in server.taken] == [SOON + timedelta(days=1)] * 2
        await cancelled(owner, await arranged(owner, at=SOON + timedelta(days=3)))
        await send_due()
        assert len(server.taken) == 2, "of an interview they never heard of they hear no cancellation"

    @pytest.mark.parametrize(
        "person", ["candidate456", "anna@", "@example.com", "a b@example.com", "x@example.com\r\nBcc: y@z.com"]
    )
    async def test_what_is_no_address_is_a_reference(self, server: SmtpServer, person: str) -> None:
        await arranged(await an_owner(), Parties(candidate=person))
        assert await rows() == []


async def test_without_a_mail_server_nothing_is_written() -> None:
    owner = await an_owner()
    await cancelled(owner, await arranged(owner))
    await send_due()
    assert await rows() == []


class TestNothingIsLost:
    async def test_what_is_rolled_back_is_told_to_nobody(self, server: SmtpServer) -> None:
        owner = await an_owner()
        with pytest.raises(ZeroDivisionError):
            async with transaction() as session:
                await arranging.arrange(session, owner, PARTIES, scheduled_at=SOON)
                raise ZeroDivisionError
        await send_due()
        assert server.taken == []

    @pytest.mark.parametrize("manner", [Manner.BUSY, Manner.HANGS_UP])
    async def test_a_server_that_cannot_is_asked_again_after_a_growing_pause(
        self, server: SmtpServer, manner: Manner
    ) -> None:
        owner = await an_owner()
        await arranged(owner, Parties(candidate=ANNA))
        server.manner = manner
        pauses = []
        for attempt in range(1, 4):
            await send_due()
            (row,) = await rows()
            assert row.due_at is not None
            assert (row.attempts, bool(row.failure)) == (attempt, True)
            pauses.append(row.due_at - now())
            await send_due()  # not due: nothing happens
            await all_due()
        assert pauses[0] < pauses[1] < pauses[2]
        server.manner = Manner.GOOD
        await send_due()
        assert kinds(server) == [(ANNA, "REQUEST", 0)]
        (row,) = await rows()
        assert (row.due_at, row.failure) == (None, "")

    async def test_a_server_that_is_away_is_tried_once_a_round(
        self, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await arranged(await an_owner())
        with monkeypatch.context() as away:
            away.setattr(settings(), "smtp_url", SecretStr("smtp://127.0.0.1:1"))
            await send_due()
        assert [row.attempts for row in await rows()] == [1, 0]
        await all_due()
        await send_due()
        assert sorted(mail.recipient for mail in server.taken) == [ANNA, IVO]

    async def test_after_a_day_it_is_given_up_and_the_timeline_says_why(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner, Parties(candidate=ANNA))
        server.manner = Manner.BUSY
        await send_due()
        await all_due(earlier=invitations.GIVEN_UP_AFTER)
        await send_due()
        (row,) = await rows()
        assert (row.due_at, row.sent_at, row.failure) == (None, None, "451 try later")
        assert await told(owner, interview) == [f"Invitation to {ANNA} not delivered: 451 try later"]

    @pytest.mark.parametrize("manner", [Manner.NO_MAILBOX, Manner.SPAM])
    async def test_a_mailbox_that_does_not_take_it_is_asked_once(self, server: SmtpServer, manner: Manner) -> None:
        owner = await an_owner()
        interview = await arranged(owner, Parties(candidate=ANNA))
        server.manner = manner
        await send_due()
        (row,) = await rows()
        assert row.due_at is None
        (detail,) = await told(owner, interview)
        assert "55" in detail

    async def test_an_interview_that_has_begun_is_not_announced(self, server: SmtpServer) -> None:
        owner = await an_owner()
        interview = await arranged(owner, Parties(candidate=ANNA))
        async with transaction() as session:
            await session.exec(update(Invitation).values(starts_at=now() - timedelta(minutes=1)))
        await send_due()
        assert server.taken == []
        (detail,) = await told(owner, interview)
        assert "began before" in detail


class TestNothingComesTwice:
    async def test_many_workers_at_once_send_each_once(self, server: SmtpServer) -> None:
        owner = await an_owner()
        people = tuple(f"person{number}@example.com" for number in range(20))
        await arranged(owner, Parties(candidate=ANNA, interviewers=people))
        await asyncio.gather(*(send_due() for _ in range(5)))
        assert sorted(mail.recipient for mail in server.taken) == sorted([ANNA, *people])
        assert server.connections <= 5

    async def test_a_late_failure_of_an_older_attempt_changes_nothing(self, server: SmtpServer) -> None:
        owner = await an_owner()
        await arranged(owner, Parties(candidate=ANNA))
        async with transaction() as session:
            first = await invitations.claim_next(session)
        assert first is not None
        await all_due()
        await send_due()
        async with transaction() as session:
            await invitations.note_failed(session, first, "too late", for_good=True)
        (row,) = await rows()
        assert row.sent_at is not None

    async def test_a_worker_process_sends_them(self, server: SmtpServer, servers: Path) -> None:
        owner = await an_owner()
        await arranged(owner)
        with a_worker("media", servers):
            for _ in range(600):
                if all(row.sent_at for row in await rows()):
                    break
                await asyncio.sleep(0.1)
        assert sorted(mail.recipient for mail in server.taken) == [ANNA, IVO]


async def test_signs_in_where_the_address_says_so() -> None:
    with mail_server(login="user%40example.org:secret@") as server:
        await arranged(await an_owner())
        await send_due()
    assert len(server.logins) == 1
    assert len(server.taken) == 2


async def test_what_was_sent_is_forgotten_with_the_interview(server: SmtpServer) -> None:
    owner = await an_owner()
    await arranged(owner)
    await send_due()
    async with transaction() as session:
        await invitations.forget_old(session)
    assert len(await rows()) == 2, "until the interview is long over"
    async with transaction() as session:
        await session.exec(update(Invitation).values(ends_at=now() - invitations.KEPT_FOR))
        await invitations.forget_old(session)
    assert await rows() == []


@pytest.mark.parametrize(
    "given",
    [
        {"smtp_url": "mail.example.org:25", "mail_from": MAIL_FROM},
        {"smtp_url": "https://mail.example.org", "mail_from": MAIL_FROM},
        {"smtp_url": "smtp://mail.example.org"},
        {"smtp_url": "smtp://mail.example.org", "mail_from": "nobody"},
    ],
)
def test_settings_that_cannot_send_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="INTERVI_"):
        Settings(**given)
