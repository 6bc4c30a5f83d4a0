"""Somebody with an account."""

import secrets

import pytest

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.database import transaction


@pytest.fixture
async def someone(servers: object) -> Principal:
    email = f"{secrets.token_hex(6)}@example.com"
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x")
        session.add(user)
    return Principal(user.id)
