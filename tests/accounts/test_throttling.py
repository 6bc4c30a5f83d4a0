"""Throttling of logins, on a real Redis."""

import asyncio

import pytest
from redis.asyncio import Redis

from intervi import redis_client
from intervi.accounts import throttling
from intervi.accounts.throttling import forgive_account, take_attempt
from intervi.errors import TooManyRequests
from intervi.settings import settings

pytestmark = pytest.mark.usefixtures("rate_limits_on")
PER_ACCOUNT, PER_ADDRESS = 10, 50


async def _taken(attempts: int, account: str = "user@example.com", address: str = "192.0.2.{}") -> int:
    """How many of so many attempts at once are let through; each from an address of its own, where ``{}`` stands."""
    results = await asyncio.gather(
        *(take_attempt(account.format(number), address.format(number)) for number in range(attempts)),
        return_exceptions=True,
    )
    assert all(result is None or isinstance(result, TooManyRequests) for result in results)
    return results.count(None)


async def test_so_many_per_account_even_all_at_once(servers: object) -> None:
    assert await _taken(30) == PER_ACCOUNT


async def test_so_many_per_address_over_all_accounts(servers: object) -> None:
    assert await _taken(60, "user{}@example.com", "192.0.2.1") == PER_ADDRESS


async def test_says_how_long_to_wait(servers: object) -> None:
    await _taken(PER_ACCOUNT)
    with pytest.raises(TooManyRequests, match="15 minutes") as refused:
        await take_attempt("user@example.com", "192.0.2.200")
    assert 890 < (refused.value.retry_after_seconds or 0) <= 900


async def test_another_account_is_not_concerned(servers: object) -> None:
    await _taken(PER_ACCOUNT)
    assert await _taken(1, "other@example.com") == 1


async def test_forgiven(servers: object) -> None:
    await _taken(PER_ACCOUNT)
    await forgive_account("user@example.com")
    assert await _taken(1) == 1


async def test_forgiving_an_account_does_not_forgive_the_address(servers: object) -> None:
    await _taken(PER_ADDRESS, "user{}@example.com", "192.0.2.1")
    await forgive_account("user1@example.com")
    assert await _taken(1, "user1@example.com", "192.0.2.1") == 0


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("not an address", "not an address", True),
    ],
)
async def test_what_counts_as_one_address(servers: object, first: str, second: str, same: bool) -> None:
    await _taken(PER_ADDRESS, "user{}@example.com", first)
    assert await _taken(1, "new@example.com", second) == (0 if same else 1)


async def test_addresses_of_people_are_not_kept_in_redis(servers: object) -> None:
    await take_attempt("user@example.com", "192.0.2.1")
    keys = [key.decode() for key in await redis_client.redis().keys()]
    assert keys
    assert not [key for key in keys if "user@" in key]


async def test_redis_away_lets_through_and_logs(
    servers: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(redis_client, "_client", Redis.from_url("unix:///nowhere/redis.sock"))
    assert await _taken(PER_ACCOUNT + 5) == PER_ACCOUNT + 5
    await forgive_account("user@example.com")
    assert "login attempts are not counted" in caplog.text


async def test_a_redis_that_never_answers_holds_nobody_up(
    servers: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # It takes the connection and says nothing.
    silent = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    monkeypatch.setattr(redis_client, "_client", Redis(port=port))
    monkeypatch.setattr(throttling, "_PATIENCE_SECONDS", 0.1)
    async with silent:
        await take_attempt("user@example.com", "192.0.2.1")
    assert "login attempts are not counted" in caplog.text


async def test_switched_off(servers: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "rate_limits", "off")
    assert await _taken(PER_ACCOUNT + 5) == PER_ACCOUNT + 5
    await forgive_account("user@example.com")
