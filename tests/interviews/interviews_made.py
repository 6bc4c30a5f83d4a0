"""Interviews for these tests, and their owners."""

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.interviews import service
from intervi.interviews.models import Interview, Origin, Status


async def a_user(email: str = "ada@example.com", time_zone: str = "UTC") -> Principal:
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x", time_zone=time_zone)
        session.add(user)
    return Principal(user.id)


async def an_interview(principal: Principal, status: Status = Status.SCHEDULED, **fields: object) -> Interview:
    async with transaction() as session:
        interview = await service.create(session, principal, **{"origin": Origin.PRACTICE, **fields})
        interview.status = status
        return interview


async def reread(interview: Interview) -> Interview:
    async with transaction() as session:
        return await session.get_one(Interview, interview.id)
