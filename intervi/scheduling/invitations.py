"""Invitations by e-mail: who takes part by an address is told when an interview is scheduled, moved, or will not be held.

What is to be told is written in the transaction that makes it true, so none is lost and none tells of what was rolled back; a worker
sends it (``workers.mail``). Each attempt is claimed by putting the next one off, so no two workers send one at a time, and what was sent is
never due again. Only a worker that dies between a server's "250" and its own note sends one twice: then with the same Message-ID, UID and
SEQUENCE, which mail and calendar programs take for the one they have.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import addresses
from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.ids import new_id
from intervi.interviews import service as interviews
from intervi.interviews import timeline
from intervi.interviews.models import EventKind, Interview, Status
from intervi.scheduling import invitations_repository as repository
from intervi.scheduling import meeting
from intervi.scheduling.invitation_mail import News, compose
from intervi.scheduling.models import Invitation, Method
from intervi.scheduling.parties import parties_of
from intervi.scheduling.slots import Interval
from intervi.settings import settings
from intervi.translation import N_, _, fill

FIRST_PAUSE = timedelta(minutes=5)
"""Before the second attempt, and longer than one can take; doubled before each further one."""
LONGEST_PAUSE = timedelta(hours=4)
GIVEN_UP_AFTER = timedelta(days=1)
KEPT_FOR = timedelta(days=90)
"""After the interview."""
LONGEST_REASON = 500

SENT = {
    Method.REQUEST: N_("Invitation sent to {address}"),
    Method.CANCEL: N_("Cancellation sent to {address}"),
}
NOT_SENT = {
    Method.REQUEST: N_("Invitation to {address} not delivered: {reason}"),
    Method.CANCEL: N_("Cancellation to {address} not delivered: {reason}"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail to be sent now."""

    id: UUID
    attempt: int
    address: str
    message: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """What those invited are told."""

    time: Interval
    meeting_url: str | None

    @classmethod
    def told_by(cls, invitation: Invitation) -> "Appointment":
        """What an invitation has told."""
        return cls((invitation.starts_at, invitation.ends_at), invitation.meeting_url)


# --- what is to be told ---------------------------------------------------------------------------------------------


async def tell(session: AsyncSession, principal: Principal, interview: Interview) -> None:
    """Writes to everyone who takes part by an e-mail address what they do not know yet. Nothing where no mail server is set.

    Args:
        interview: Just arranged, changed or cancelled, its row held.
    """
    if settings().sends_mail:
        is_held = _appointment_of(interview) is not None
        await _tell(session, principal, interview, _addresses(parties_of(interview).people) if is_held else [])


async def withdraw(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """The interview is about to be deleted: who was invited is told that it will not be held.

    Raises:
        NotFound: there is no such interview of the principal's.
    """
    if settings().sends_mail:
        await _tell(session, principal, await interviews.hold(session, principal, interview_id), [])


async def _tell(session: AsyncSession, principal: Principal, interview: Interview, invited: Sequence[str]) -> None:
    written: dict[str, list[Invitation]] = {address: [] for address in invited}
    for invitation in await repository.of_interview(session, principal, interview.id):
        written.setdefault(invitation.address, []).append(invitation)
    for address, earlier in written.items():
        appointment = _appointment_of(interview) if address in invited else None
        if not _is_known(earlier[-1:], appointment):
            await _correct(session, principal, interview, address, earlier, appointment)
    await session.flush()


async def _correct(
    session: AsyncSession,
    principal: Principal,
    interview: Interview,
    address: str,
    earlier: Sequence[Invitation],
    appointment: Appointment | None,
) -> None:
    """Has one person told when and where (``None``: that it will not be held), in the place of what is still to be sent."""
    # What nobody began to send is not known; what was begun may have arrived.
    begun = [invitation for invitation in earlier if invitation.attempts]
    last = begun[-1] if begun else None
    is_known = _is_known(begun[-1:], appointment)
    for invitation in earlier:
        if invitation.due_at is None or (is_known and invitation is last):
            continue
        if invitation.attempts:
            invitation.due_at, invitation.failure = None, _("Something newer took its place.")
        else:
            await session.delete(invitation)
    if not is_known:
        session.add(await _written(session, principal, interview, address, last, appointment))


def _is_known(newest: Sequence[Invitation], appointment: Appointment | None) -> bool:
    """Whether the newest (of none or one) says all there is to say."""
    if not newest:
        return appointment is None
    (last,) = newest
    if appointment is None:
        return last.method == Method.CANCEL or last.starts_at <= now()
    return last.method == Method.REQUEST and Appointment.told_by(last) == appointment


async def _written(
    session: AsyncSession,
    principal: Principal,
    interview: Interview,
    address: str,
    last: Invitation | None,
    appointment: Appointment | None,
) -> Invitation:
    sequence = max(interview.schedule_sequence, last.sequence + 1 if last else 0)
    if appointment is None:
        assert last is not None, "who was told nothing is told of no cancellation"
        appointment = Appointment.told_by(last)
        method = Method.CANCEL
    else:
        method = Method.REQUEST
    invitation_id = new_id()
    message = compose(
        interview,
        message_id=invitation_id,
        method=method,
        sequence=sequence,
        time=appointment.time,
        address=address,
        organizer=await accounts.user_of(session, principal),
        news=_news(last, appointment),
    )
    return Invitation(
        id=invitation_id,
        user_id=principal.user_id,
        interview_id=interview.id,
        address=address,
        method=method,
        sequence=sequence,
        starts_at=appointment.time[0],
        ends_at=appointment.time[1],
        meeting_url=appointment.meeting_url,
        message=message,
        due_at=now(),
    )


def _news(last: Invitation | None, appointment: Appointment) -> News:
    """What somebody learns who was told the last one."""
    if last is None or last.method == Method.CANCEL:
        return News.INVITED
    return News.MOVED if Appointment.told_by(last).time != appointment.time else News.ELSEWHERE


def _appointment_of(interview: Interview) -> Appointment | None:
    """When and where it will be held; ``None``: not, or nobody said when, or that is past (a record of what was)."""
    starts_at = interview.scheduled_at
    if starts_at is None or starts_at <= now() or interview.status in (Status.CANCELLED, Status.COMPLETED):
        return None
    ends_at = starts_at + timedelta(minutes=interview.duration_minutes)
    return Appointment((starts_at, ends_at), meeting.given_url(interview))


def _addresses(people: Iterable[str]) -> list[str]:
    """Those of the references that are e-mail addresses; one that is written in two ways is one."""
    found = (address for person in people if (address := _address(person)))
    return list({addresses.key_of(address): address for address in found}.values())


def _address(person: str) -> str | None:
    try:
        # Without a look into DNS, and without what only some mail servers take (RFC 6531).
        return validate_email(person.strip(), check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        return None


# --- sending --------------------------------------------------------------------------------------------------------


async def claim_next(session: AsyncSession) -> Letter | None:
    """The next e-mail whose time has come; the caller sends it and says how that ended. One that nobody tells about is due again."""
    moment = now()
    while (invitation := await repository.next_due(session, moment)) is not None:
        if invitation.starts_at <= moment:
            await _give_up(session, invitation, _("The interview began before it could be sent."))
            continue
        invitation.due_at = moment + min(FIRST_PAUSE * 2 ** min(invitation.attempts, 16), LONGEST_PAUSE)
        invitation.attempts += 1
        return Letter(invitation.id, invitation.attempts, invitation.address, invitation.message)
    return None


async def note_sent(session: AsyncSession, letter: Letter) -> None:
    """The mail server has taken it."""
    invitation = await repository.hold(session, letter.id)
    if invitation is None or invitation.sent_at is not None:
        return
    invitation.sent_at, invitation.due_at, invitation.failure = now(), None, ""
    _note(session, invitation, fill(SENT[Method(invitation.method)], {"address": invitation.address}))


async def note_failed(session: AsyncSession, letter: Letter, reason: str, *, for_good: bool) -> None:
    """It was not taken: tried again after a pause, for a day.

    Args:
        reason: In the mail server's words.
        for_good: It never will be (there is no such mailbox).
    """
    invitation = await repository.hold(session, letter.id)
    if invitation is None or invitation.due_at is None or invitation.attempts != letter.attempt:
        return
    invitation.failure = reason[:LONGEST_REASON]
    if for_good or now() - invitation.created_at >= GIVEN_UP_AFTER:
        await _give_up(session, invitation, invitation.failure)


async def forget_old(session: AsyncSession) -> None:
    """Deletes what nobody needs to know any more."""
    await repository.forget(session, now() - KEPT_FOR)


async def _give_up(session: AsyncSession, invitation: Invitation, reason: str) -> None:
    invitation.due_at, invitation.failure = None, reason
    values = {"address": invitation.address, "reason": reason}
    _note(session, invitation, fill(NOT_SENT[Method(invitation.method)], values))
    await session.flush()


def _note(session: AsyncSession, invitation: Invitation, text: str) -> None:
    if invitation.interview_id is not None:
        timeline.note(session, invitation.interview_id, EventKind.INVITATION, detail=text)
