"""Interviews with a live assistant: begun at once, and described by the job they are for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews import lifecycle, service
from intervi.interviews.checks import check_fields
from intervi.interviews.models import Interview, Origin
from intervi.interviews.preferences import prefer

_DESCRIBED_BY = frozenset({"job_title", "job_description", "question_kind", "difficulty"})


async def begin(
    session: AsyncSession, principal: Principal, *, described: Mapping[str, Any], wishes: Mapping[str, Any]
) -> Interview:
    """A new interview that runs.

    Args:
        described: ``job_title`` and whatever else ``service.create`` takes of ``job_description``, ``question_kind``, ``difficulty``.
        wishes: By the names of ``Preferences``' fields; the others stay as they are by default.

    Raises:
        InvalidInput: naming the field.
        Conflict: if 100 interviews of this user are in progress.
    """
    interview = await service.create(session, principal, origin=Origin.ASSISTANT, **described)
    prefer(interview, wishes)
    return await lifecycle.start(session, principal, interview.id)


async def change(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    *,
    described: Mapping[str, Any],
    wishes: Mapping[str, Any],
) -> Interview:
    """Changes what is said of an interview, in every state of it; what is not named stays.

    Args:
        described: Some of ``job_title``, ``job_description``, ``question_kind``, ``difficulty``.
        wishes: As :func:`begin`.

    Raises:
        NotFound: if there is no such interview of the principal's.
        InvalidInput: naming the field.
    """
    assert described.keys() <= _DESCRIBED_BY
    interview = await service.hold(session, principal, interview_id)
    check_fields(described)
    for field, value in described.items():
        setattr(interview, field, value.strip())
    prefer(interview, wishes)
    await session.flush()
    return interview
