"""Accounts, on a real PostgreSQL and Redis, with many callers at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from intervi.accounts import service, tokens
from intervi.accounts.models import Login, RefreshToken, User
from intervi.accounts.service import Client, SignedIn, Tokens
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import Conflict, InvalidInput, NotAuthenticated, TooManyRequests
from intervi.settings import settings

PASSWORD = "SecurePass123!"


pytestmark = pytest.mark.usefixtures("servers")


async def _register(email: str = "user@example.com", **fields: Any) -> SignedIn:
    async with transaction() as session:
        return await service.register(session, email=email, password=fields.pop("password", PASSWORD), **fields)


async def _log_in(email: str = "user@example.com", password: str = PASSWORD, client: Client | None = None) -> SignedIn:
    async with transaction() as session:
        return await service.log_in(session, email=email, password=password, client=client)


async def _refresh(token: str) -> Tokens:
    async with transaction() as session:
        return await service.refresh(session, token)


async def _is_alive(access_token: str) -> bool:
    async with transaction() as session:
        try:
            await service.principal_of_access_token(session, access_token)
        except NotAuthenticated:
            return False
    return True


async def _count(table: type) -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


class TestRegister:
    async def test_makes_a_user_who_is_signed_in(self) -> None:
        signed_in = await _register(
            "User@Example.com", first_name=" Ada ", last_name="Lovelace", time_zone="Europe/London"
        )
        async with transaction() as session:
            principal = await service.principal_of_access_token(session, signed_in.access_token)
            assert await service.principal_of_session_cookie(session, signed_in.session_cookie) == principal
            user = await service.user_of(session, principal)
        assert (user.id, user.email, user.email_key) == (signed_in.user_id, "User@example.com", "user@example.com")
        assert (user.first_name, user.last_name, user.time_zone) == ("Ada", "Lovelace", "Europe/London")
        assert PASSWORD not in user.password_hash

    @pytest.mark.parametrize("email", ["user@example.com", "USER@example.com", " user@EXAMPLE.COM "])
    async def test_taken_in_any_case(self, email: str) -> None:
        await _register()
        with pytest.raises(Conflict):
            await _register(email)

    async def test_twenty_at_once_make_one_user(self) -> None:
        results = await asyncio.gather(*(_register() for _ in range(20)), return_exceptions=True)
        assert sum(isinstance(result, SignedIn) for result in results) == 1
        assert sum(isinstance(result, Conflict) for result in results) == 19
        assert (await _count(User), await _count(Login)) == (1, 1)

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"email": "not an address"}, {"email"}),
            ({"email": "a\0b@example.com"}, {"email"}),
            ({"email": "a" * 300 + "@example.com"}, {"email"}),
            ({"password": "short"}, {"password"}),
            ({"password": "password123"}, {"password"}),
            ({"first_name": "x" * 101}, {"first_name"}),
            ({"last_name": "x" * 101}, {"last_name"}),
            ({"time_zone": "Mars/Olympus"}, {"time_zone"}),
            ({"time_zone": "../../etc/passwd"}, {"time_zone"}),
            ({"email": "", "password": "", "time_zone": ""}, {"email", "password", "time_zone"}),
        ],
    )
    async def test_bad_input_names_each_field(self, fields: dict[str, str], wrong: set[str]) -> None:
        with pytest.raises(InvalidInput) as refused:
            await _register(**fields)
        assert set(refused.value.details) == wrong
        assert await _count(User) == 0

    async def test_own_e_mail_is_no_password(self) -> None:
        with pytest.raises(InvalidInput):
            await _register("zwetelina@example.com", password="zwetelina")


@pytest.mark.usefixtures("rate_limits_on")
class TestLogIn:
    async def test_in_any_case_of_the_e_mail(self) -> None:
        user_id = (await _register()).user_id
        assert (await _log_in("USER@Example.COM")).user_id == user_id

    async def test_wrong_password_and_unknown_e_mail_sound_the_same(self) -> None:
        await _register()
        messages = set()
        for email, password in [
            ("user@example.com", "wrong"),
            ("nobody@example.com", PASSWORD),
            ("no address", PASSWORD),
            ("a\0b@example.com", PASSWORD),
            ("", ""),
        ]:
            with pytest.raises(NotAuthenticated) as refused:
                await _log_in(email, password)
            messages.add(refused.value.message)
        assert messages == {"E-mail or password is wrong."}

    async def test_after_too_many_guesses_the_right_password_waits_too(self) -> None:
        await _register()
        for _ in range(10):
            with pytest.raises(NotAuthenticated):
                await _log_in(password="wrong")
        with pytest.raises(TooManyRequests):
            await _log_in()

    async def test_an_unknown_account_is_throttled_like_a_known_one(self) -> None:
        for _ in range(10):
            with pytest.raises(NotAuthenticated):
                await _log_in("nobody@example.com")
        with pytest.raises(TooManyRequests):
            await _log_in("nobody@example.com")

    async def test_guessing_by_others_does_not_lock_out_the_owners_devices(self) -> None:
        cookie = (await _register()).session_cookie
        for _ in range(11):
            with pytest.raises((NotAuthenticated, TooManyRequests)):
                await _log_in(password="wrong", client=Client(address="192.0.2.66"))
        signed_in = await _log_in(client=Client(address="192.0.2.66", session_cookie=cookie))
        assert await _is_alive(signed_in.access_token)

    async def test_somebody_elses_device_opens_no_way_round(self) -> None:
        await _register()
        cookie = (await _register("attacker@example.com")).session_cookie
        for _ in range(10):
            with pytest.raises(NotAuthenticated):
                await _log_in(password="wrong")
        with pytest.raises(TooManyRequests):
            await _log_in(client=Client(session_cookie=cookie))

    async def test_logging_in_often_is_no_attack(self) -> None:
        await _register()
        for _ in range(15):
            await _log_in()

    async def test_each_login_lives_alone(self) -> None:
        first = await _register()
        second = await _log_in()
        async with transaction() as session:
            await service.log_out(session, await service.principal_of_access_token(session, first.access_token))
        assert not await _is_alive(first.access_token)
        assert await _is_alive(second.access_token)


class TestRefresh:
    async def test_rotates_and_leaves_the_access_token_to_its_expiry(self) -> None:
        first = await _register()
        second = await _refresh(first.refresh_token)
        third = await _refresh(second.refresh_token)
        assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
        for pair in (first, second, third):
            assert await _is_alive(pair.access_token)

    async def test_reuse_ends_the_whole_family_with_its_access_tokens(self) -> None:
        first = await _register()
        second = await _refresh(first.refresh_token)
        with pytest.raises(NotAuthenticated):
            await _refresh(first.refresh_token)
        for pair in (first, second):
            assert not await _is_alive(pair.access_token)
        with pytest.raises(NotAuthenticated):
            await _refresh(second.refresh_token)
        async with transaction() as session:
            assert await service.principal_of_session_cookie(session, first.session_cookie) is None

    async def test_reuse_leaves_other_logins_alone(self) -> None:
        first, other = await _register(), await _log_in()
        await _refresh(first.refresh_token)
        with pytest.raises(NotAuthenticated):
            await _refresh(first.refresh_token)
        assert await _is_alive((await _refresh(other.refresh_token)).access_token)

    async def test_twenty_at_once_never_leave_two_living_families(self) -> None:
        token = (await _register()).refresh_token
        results = await asyncio.gather(*(_refresh(token) for _ in range(20)), return_exceptions=True)
        pairs = [result for result in results if isinstance(result, Tokens)]
        assert len(pairs) == 1
        assert sum(isinstance(result, NotAuthenticated) for result in results) == 19
        assert await _count(RefreshToken) == 2
        # Nineteen reuses were seen: nobody can say who the thief is, so nobody goes on.
        assert not await _is_alive(pairs[0].access_token)

    async def test_refresh_against_logout_at_once_leaves_nothing_alive(self) -> None:
        signed_in = await _register()

        async def log_out() -> None:
            async with transaction() as session:
                principal = await service.principal_of_access_token(session, signed_in.access_token)
                await service.log_out(session, principal)

        refreshed, _nothing = await asyncio.gather(_refresh(signed_in.refresh_token), log_out(), return_exceptions=True)
        if isinstance(refreshed, Tokens):
            assert not await _is_alive(refreshed.access_token)
        assert not await _is_alive(signed_in.access_token)

    async def test_prolongs_the_login(self) -> None:
        signed_in = await _register()
        async with transaction() as session:
            soon = now() + timedelta(days=1)
            await session.execute(update(Login).values(expires_at=soon))
        await _refresh(signed_in.refresh_token)
        async with transaction() as session:
            expires_at = await session.scalar(select(col(Login.expires_at)))
        assert expires_at is not None
        assert expires_at > now() + timedelta(days=settings().login_days - 1)

    async def test_an_access_token_refreshes_nothing(self) -> None:
        signed_in = await _register()
        with pytest.raises(NotAuthenticated):
            await _refresh(signed_in.access_token)
        assert await _is_alive(signed_in.access_token)


class TestLogOut:
    async def test_everything_of_the_login_is_dead_at_once(self) -> None:
        signed_in = await _register()
        async with transaction() as session:
            await service.log_out(session, await service.principal_of_access_token(session, signed_in.access_token))
        assert not await _is_alive(signed_in.access_token)
        with pytest.raises(NotAuthenticated):
            await _refresh(signed_in.refresh_token)
        async with transaction() as session:
            assert await service.principal_of_session_cookie(session, signed_in.session_cookie) is None


class TestPrincipals:
    async def test_an_expired_login_is_dead(self) -> None:
        signed_in = await _register()
        async with transaction() as session:
            await session.execute(update(Login).values(expires_at=now() - timedelta(seconds=1)))
        assert not await _is_alive(signed_in.access_token)
        async with transaction() as session:
            assert await service.principal_of_session_cookie(session, signed_in.session_cookie) is None

    @pytest.mark.parametrize("cookie", ["", "garbage", "\ud800", "a\0b", "x" * 10_000])
    async def test_a_cookie_of_nothing_is_nobody(self, cookie: str) -> None:
        async with transaction() as session:
            assert await service.principal_of_session_cookie(session, cookie) is None

    async def test_the_kept_session_key_is_not_the_cookie(self) -> None:
        cookie = (await _register()).session_cookie
        async with transaction() as session:
            kept = await session.scalar(select(col(Login.session_key)))
            assert kept is not None
            assert kept != cookie
            assert await service.principal_of_session_cookie(session, kept) is None

    async def test_a_login_of_another_user_is_no_proof(self) -> None:
        first, second = await _register(), await _register("other@example.com")
        async with transaction() as session:
            login_id = (await service.principal_of_access_token(session, second.access_token)).login_id
        assert login_id is not None
        assert not await _is_alive(tokens.issue_access(first.user_id, login_id))

    async def test_a_deleted_user_is_nobody(self) -> None:
        signed_in = await _register()
        async with transaction() as session:
            principal = await service.principal_of_access_token(session, signed_in.access_token)
            await session.delete(await service.user_of(session, principal))
        assert not await _is_alive(signed_in.access_token)
        async with transaction() as session:
            with pytest.raises(NotAuthenticated):
                await service.user_of(session, principal)
