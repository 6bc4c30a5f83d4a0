"""The rules of notes, links and documents of a report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import formatting
from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.clock import now
from intervi.errors import Conflict, InvalidInput, NotFound
from intervi.ids import hex24, parse_id
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.reports import repository
from intervi.reports.document import ReportDocument, document_of
from intervi.reports.models import ReportNote, ReportShare
from intervi.settings import settings
from intervi.translation import _, fill

MAX_NOTE_CHARACTERS = 20_000
SHARE_DAYS = (1, 7, 30)
"""For how long a link may be good."""
MOST_SHARES = 20
"""Open at a time, for one report."""


@dataclass(frozen=True)
class Shared:
    """What a link opens, and on whose behalf it is read."""

    owner: Principal
    interview_id: UUID
    with_recordings: bool
    reader: str
    """Who reads, in words: all that is known of them is the link."""


# --- documents ------------------------------------------------------------------------------------------------------


async def document(session: AsyncSession, principal: Principal, interview_id: UUID) -> ReportDocument:
    """The report as one document.

    Raises:
        NotFound: if the interview is not the principal's.
        Conflict: if there is no report yet.
    """
    interview = await interviews.get(session, principal, interview_id)
    if interview.report is None:
        raise Conflict(_("There is no report of this interview yet."))
    return document_of(
        interview,
        await exchanges.of_interview(session, principal, interview_id),
        await analysis.of_interview(session, principal, interview_id),
    )


# --- notes ----------------------------------------------------------------------------------------------------------


async def note_of(session: AsyncSession, principal: Principal, interview_id: UUID) -> str:
    """The owner's note; empty if there is none."""
    kept = await repository.note(session, principal, interview_id)
    return kept.text if kept else ""


async def keep_note(session: AsyncSession, principal: Principal, interview_id: UUID, text: str) -> None:
    """Keeps what the owner wrote, in the place of what was there; nothing is kept of an empty one.

    Raises:
        NotFound: if the interview is not the principal's.
        InvalidInput: if it is too long.
    """
    interview = await interviews.get(session, principal, interview_id)
    text = text.strip().replace("\x00", "")
    if len(text) > MAX_NOTE_CHARACTERS:
        raise InvalidInput(_("This note is too long."), details={"text": [_("This is too long.")]})
    kept = await repository.note(session, principal, interview_id)
    if not text:
        if kept:
            await session.delete(kept)
        return
    kept = kept or ReportNote(interview_id=interview.id, text=text)
    kept.text, kept.updated_at = text, now()
    session.add(kept)


# --- links ----------------------------------------------------------------------------------------------------------


async def share(
    session: AsyncSession, principal: Principal, interview_id: UUID, *, days: int, with_recordings: bool
) -> ReportShare:
    """Makes a link to a report.

    Raises:
        NotFound: if the interview is not the principal's.
        Conflict: if there is no report yet, or too many links to it are open.
        InvalidInput: if it is to be good for another time than offered.
    """
    interview = await interviews.get(session, principal, interview_id)
    if interview.report is None:
        raise Conflict(_("There is no report of this interview yet."))
    if days not in SHARE_DAYS:
        raise InvalidInput(_("Choose for how long the link is good."), details={"days": [_("Choose one of these.")]})
    moment = now()
    if len(await repository.open_shares(session, principal, interview_id, moment)) >= MOST_SHARES:
        raise Conflict(_("There are many links to this report already; take one back first."))
    made = ReportShare(
        interview_id=interview.id,
        with_recordings=with_recordings,
        expires_at=moment + timedelta(days=days),
        created_at=moment,
    )
    session.add(made)
    await session.flush()
    return made


async def shares(session: AsyncSession, principal: Principal, interview_id: UUID) -> Sequence[ReportShare]:
    """The links to a report that still open it, newest first."""
    return await repository.open_shares(session, principal, interview_id, now())


async def revoke(session: AsyncSession, principal: Principal, share_id: UUID) -> None:
    """Takes a link back, at once and for good.

    Raises:
        NotFound: if it is not the principal's.
    """
    found = await repository.share(session, principal, share_id)
    if found is None:
        raise NotFound(_("There is no such link."))
    found.revoked_at = found.revoked_at or now()
    session.add(found)


def address_of(share: ReportShare) -> str:
    """The whole address of a link."""
    return f"{settings().base_url}/shared/{_serializer().dumps(hex24(share.id))}"


async def shared(session: AsyncSession, token: str) -> Shared:
    """What a link's last part opens.

    Raises:
        NotFound: if it is none of ours, has expired, or was taken back; the words do not say which.
    """
    try:
        share_id = parse_id(str(_serializer().loads(token)))
    except BadData:
        share_id = None
    found = await repository.by_signed_id(session, share_id, now()) if share_id else None
    if found is None:
        raise NotFound(_("This link does not open a report, or no longer does."))
    opened, owner_id = found
    made = formatting.day(opened.created_at, "UTC")
    reader = fill("whoever has the link made on {day}", {"day": made})
    return Shared(Principal(owner_id), opened.interview_id, opened.with_recordings, reader)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().signing_key, salt="intervi.reports.shares")
