"""API keys, on a real database."""

from datetime import timedelta

import pytest
from sqlmodel import select

from intervi.accounts import api_keys
from intervi.accounts.api_keys import Scope
from intervi.accounts.models import ApiKey, User
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import Conflict, Forbidden, InvalidInput, NotAuthenticated, NotFound

pytestmark = pytest.mark.usefixtures("servers")


async def a_user(email: str = "ada@example.com") -> Principal:
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x")
        session.add(user)
    return Principal(user.id)


async def a_key(principal: Principal, **fields: object) -> api_keys.MadeKey:
    async with transaction() as session:
        return await api_keys.create(session, principal, **{"name": "robot", **fields})  # type: ignore[arg-type]


async def use(secret: str, scope: Scope = Scope.INTERVIEWS_READ) -> Principal:
    async with transaction() as session:
        return await api_keys.principal_of_api_key(session, secret, [scope])


async def test_a_key_stands_for_its_user_and_its_use_is_noted() -> None:
    principal = await a_user()
    made = await a_key(principal)
    assert (await use(made.secret)).user_id == principal.user_id
    async with transaction() as session:
        [kept] = await api_keys.of_user(session, principal)
    assert kept.last_used_at is not None
    assert made.secret.endswith(kept.hint)


async def test_the_secret_itself_is_kept_nowhere() -> None:
    made = await a_key(await a_user())
    async with transaction() as session:
        kept = (await session.exec(select(ApiKey))).one()
    assert made.secret not in str(kept.model_dump())


async def test_a_revoked_key_is_dead_at_once() -> None:
    principal = await a_user()
    made = await a_key(principal)
    async with transaction() as session:
        await api_keys.revoke(session, principal, made.key.id)
    with pytest.raises(NotAuthenticated):
        await use(made.secret)


async def test_an_expired_or_invented_key_opens_nothing() -> None:
    made = await a_key(await a_user(), expires_at=now() + timedelta(days=1))
    async with transaction() as session:
        (await session.get_one(ApiKey, made.key.id)).expires_at = now() - timedelta(seconds=1)
    assert api_keys.user_of(made.secret) == made.key.user_id
    for secret in (made.secret, "", "ivk_x", "ivk_é", made.secret[:-1], made.secret.removeprefix("ivk_")):
        with pytest.raises(NotAuthenticated):
            await use(secret)


async def test_a_key_is_good_for_its_scopes_only() -> None:
    made = await a_key(await a_user(), scopes=["analysis:read"])
    await use(made.secret, Scope.ANALYSIS_READ)
    for scope in set(Scope) - {Scope.ANALYSIS_READ}:
        with pytest.raises(Forbidden):
            await use(made.secret, scope)


async def test_another_users_key_cannot_be_seen_or_revoked() -> None:
    ada, bob = await a_user(), await a_user("bob@example.com")
    made = await a_key(ada)
    async with transaction() as session:
        assert await api_keys.of_user(session, bob) == []
        with pytest.raises(NotFound):
            await api_keys.revoke(session, bob, made.key.id)
    assert await use(made.secret)


@pytest.mark.parametrize(
    "fields",
    [{"name": " "}, {"name": "x" * 101}, {"scopes": []}, {"scopes": ["everything"]}, {"expires_at": now()}],
)
async def test_what_breaks_a_rule_is_refused(fields: dict[str, object]) -> None:
    principal = await a_user()
    with pytest.raises(InvalidInput):
        await a_key(principal, **fields)


async def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "MAX_KEYS", 2)
    principal = await a_user()
    await a_key(principal)
    await a_key(principal)
    with pytest.raises(Conflict):
        await a_key(principal)
