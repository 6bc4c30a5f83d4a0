"""Devices, and changing the password, on a real database."""

from datetime import timedelta

import pytest

from intervi.accounts import credentials, devices, service
from intervi.accounts.models import Login
from intervi.accounts.principal import Principal
from intervi.accounts.service import Client, SignedIn
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import InvalidInput, NotAuthenticated, NotFound, TooManyRequests

pytestmark = pytest.mark.usefixtures("servers")

PASSWORD = "seven quiet owls 42"
NEW = "eleven loud foxes 77"


async def a_person(email: str = "ada@example.com") -> SignedIn:
    async with transaction() as session:
        return await service.register(session, email=email, password=PASSWORD, client=Client(user_agent="first"))


async def another_device(password: str = PASSWORD, user_agent: str = "second") -> SignedIn:
    async with transaction() as session:
        client = Client(user_agent=user_agent)
        return await service.log_in(session, email="ada@example.com", password=password, client=client)


async def who(signed_in: SignedIn) -> Principal | None:
    async with transaction() as session:
        return await service.principal_of_session_cookie(session, signed_in.session_cookie)


async def here(signed_in: SignedIn) -> Principal:
    principal = await who(signed_in)
    assert principal is not None
    return principal


async def agents(principal: Principal) -> list[tuple[str, bool]]:
    async with transaction() as session:
        return [(each.user_agent, each.is_here) for each in await devices.of_user(session, principal)]


async def test_each_device_is_listed_the_one_that_asks_first() -> None:
    first = await a_person()
    await another_device()
    await a_person("bob@example.com")
    assert await agents(await here(first)) == [("first", True), ("second", False)]


async def test_one_device_is_signed_out_at_once_and_nobody_elses_can_be() -> None:
    first, second = await a_person(), await another_device()
    stranger = await here(await a_person("bob@example.com"))
    login_id = (await here(second)).login_id
    assert login_id is not None
    async with transaction() as session:
        with pytest.raises(NotFound):
            await devices.sign_out(session, stranger, login_id)
    async with transaction() as session:
        await devices.sign_out(session, await here(first), login_id)
    assert await who(second) is None
    with pytest.raises(NotAuthenticated):
        async with transaction() as session:
            await service.principal_of_access_token(session, second.access_token)
    assert await agents(await here(first)) == [("first", True)]


async def test_elsewhere_leaves_this_one_and_everywhere_leaves_none() -> None:
    first, second, third = await a_person(), await another_device(), await another_device()
    async with transaction() as session:
        assert await devices.sign_out_elsewhere(session, await here(first)) == 2
    assert [await who(each) for each in (second, third)] == [None, None]
    async with transaction() as session:
        await devices.sign_out_everywhere(session, await here(first))
    assert await who(first) is None


async def test_when_a_device_was_seen_last_is_noted() -> None:
    first = await a_person()
    login_id = (await here(first)).login_id
    async with transaction() as session:
        (await session.get_one(Login, login_id)).last_seen_at = now() - timedelta(hours=3)
    await here(first)
    async with transaction() as session:
        assert (await session.get_one(Login, login_id)).last_seen_at > now() - timedelta(minutes=1)


class TestPassword:
    async def change(self, signed_in: SignedIn, current: str, new: str) -> None:
        principal = await here(signed_in)
        async with transaction() as session:
            await credentials.change_password(session, principal, current=current, new=new, client=Client("::1"))

    async def test_the_new_one_counts_and_every_other_device_is_signed_out(self) -> None:
        first, second = await a_person(), await another_device()
        await self.change(first, PASSWORD, NEW)
        assert await who(first) is not None
        assert await who(second) is None
        with pytest.raises(NotAuthenticated):
            await another_device(PASSWORD)
        await another_device(NEW)

    @pytest.mark.parametrize(
        ("current", "new", "field"), [("wrong", NEW, "current_password"), (PASSWORD, "ada12345", "new_password")]
    )
    async def test_a_refusal_names_the_field_and_changes_nothing(self, current: str, new: str, field: str) -> None:
        first, second = await a_person(), await another_device()
        with pytest.raises(InvalidInput) as refusal:
            await self.change(first, current, new)
        assert list(refusal.value.details) == [field]
        assert await who(second) is not None
        await another_device(PASSWORD)

    async def test_guessing_is_slowed_down_as_at_the_door(self, rate_limits_on: None) -> None:
        first = await a_person()
        for _attempt in range(10):
            with pytest.raises(InvalidInput):
                await self.change(first, "a guess", NEW)
        with pytest.raises(TooManyRequests):
            await self.change(first, PASSWORD, NEW)
