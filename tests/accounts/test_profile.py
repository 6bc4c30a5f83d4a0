"""What people set about themselves, on a real database."""

from typing import Any

import pytest

from intervi.accounts import profile, service
from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.errors import InvalidInput

pytestmark = pytest.mark.usefixtures("servers")


@pytest.fixture
async def ada(servers: object) -> Principal:
    async with transaction() as session:
        user = User(email="ada@example.com", email_key="ada@example.com", password_hash="x", last_name="Lovelace")
        session.add(user)
    return Principal(user.id)


async def change(principal: Principal, **changes: Any) -> User:
    async with transaction() as session:
        return await profile.change(session, principal, changes)


async def test_what_is_named_changes_and_the_rest_stays(ada: Principal) -> None:
    await change(ada, first_name=" Ada ", time_zone="Europe/Berlin", language="de", retention_days=30)
    async with transaction() as session:
        user = await service.user_of(session, ada)
    assert (user.first_name, user.last_name, user.time_zone) == ("Ada", "Lovelace", "Europe/Berlin")
    assert (user.language, user.retention_days, user.live_nudges) == ("de", 30, True)
    assert (await change(ada, retention_days=None, language="")).retention_days is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", "x" * 101),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "localtime"),
        ("language", "tlh"),
        ("retention_days", 0),
        ("retention_days", 3651),
        ("live_nudges", "yes"),
    ],
)
async def test_a_bad_value_is_refused_by_its_name_and_nothing_changes(ada: Principal, field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await change(ada, **{"last_name": "Byron", field: value})
    assert list(refusal.value.details) == [field]
    async with transaction() as session:
        assert (await service.user_of(session, ada)).last_name == "Lovelace"
