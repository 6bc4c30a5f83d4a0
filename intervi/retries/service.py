"""A request that carries a key runs once, and its answer is kept for a day (draft-ietf-httpapi-idempotency-key-header).

PostgreSQL keeps it, for the answer must be there if and only if what it speaks of is there: it is written in the transaction of the
request itself where there is one. Redis may be emptied at any moment; a retry after that would have done everything twice.

While a request runs, its key is claimed by a lease, so that no connection to the database is held for it. Answers are sealed with the
server's secret and the caller's key, of which the table has neither: who reads the table finds no tokens in it.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import Fernet
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.clock import now
from intervi.database import transaction
from intervi.errors import Conflict
from intervi.ids import new_id
from intervi.retries import repository
from intervi.retries.models import KeptAnswer
from intervi.settings import settings
from intervi.translation import _

KEPT = timedelta(hours=24)
LEASE_SECONDS = 30
PATIENCE_SECONDS = 60
"""How long a second request waits for the first."""

_FIRST_LOOK_SECONDS, _LONGEST_PAUSE_SECONDS = 0.02, 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was given before, and what it was given to."""

    answer: Answer
    body_hash: str


@dataclass(frozen=True, slots=True)
class Key:
    """What a request calls itself, by its owner and address; the same key elsewhere is another."""

    text: str
    """Only its hash is stored."""

    @classmethod
    def of(cls, owner: str, address: str, key: str) -> "Key":
        return cls(json.dumps([owner, address, key]))

    @property
    def hash(self) -> str:
        return _hash(self.text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a request, and the duty to say how it ended."""

    key: Key
    id: UUID


class BodyHash:
    """Of a body, fed in pieces. Keyed: a body may be a password, which a plain hash would let somebody guess."""

    def __init__(self) -> None:
        self._hmac = hmac.new(settings().signing_key.encode(), digestmod=hashlib.sha256)

    def update(self, *parts: bytes) -> None:
        for part in parts:
            self._hmac.update(part)

    def hexdigest(self) -> str:
        return self._hmac.hexdigest()


async def claim(key: Key, user_id: UUID | None) -> Claim | Kept:
    """The right to run, or the answer of the request that did; if that still runs, waits for it.

    Raises:
        Conflict: it runs for longer than anybody waits.
    """
    pause, waited = _FIRST_LOOK_SECONDS, 0.0
    while waited < PATIENCE_SECONDS:
        mine = Claim(key, new_id())
        row = KeptAnswer(
            key=key.hash, user_id=user_id, claim=mine.id, lease_expires_at=_lease_end(), expires_at=now() + KEPT
        )
        async with transaction() as session:
            if await repository.claim(session, row):
                return mine
            found = await repository.answered(session, key.hash)
        if kept := _unsealed(key, found):
            return kept
        await asyncio.sleep(pause)
        waited += pause
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    raise Conflict(_("The first request with this Idempotency-Key is still running."), retry_after_seconds=5)


async def recall(key: Key) -> Kept | None:
    """The answer that was given, if one was."""
    async with transaction() as session:
        return _unsealed(key, await repository.answered(session, key.hash))


@asynccontextmanager
async def renewed(claim: Claim) -> AsyncIterator[None]:
    """Keeps a claim for as long as the block runs."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            async with transaction() as session:
                await repository.prolong(session, claim.key.hash, claim.id, _lease_end())

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing


async def complete(session: AsyncSession, claim: Claim, body_hash: str, answer: Answer) -> None:
    """Keeps the answer.

    Raises:
        Conflict: the claim was lost to a later request. What this one did must not stay.
    """
    if not await repository.complete(session, claim.key.hash, claim.id, body_hash, _sealed(claim.key, answer)):
        raise Conflict(_("Another request with this Idempotency-Key has taken over."))


async def release(claim: Claim) -> None:
    """Nothing is kept; the next request with this key runs."""
    async with transaction() as session:
        await repository.release(session, claim.key.hash, claim.id)


async def forget_expired(session: AsyncSession) -> None:
    """Removes answers that were kept long enough."""
    await repository.forget_expired(session)


def _lease_end() -> datetime:
    return now() + timedelta(seconds=LEASE_SECONDS)


def _hash(data: bytes) -> str:
    return hmac.digest(settings().signing_key.encode(), data, hashlib.sha256).hex()


def _sealed(key: Key, answer: Answer) -> bytes:
    return _seal_of(key).encrypt(json.dumps([answer.status, answer.headers, answer.body.decode("latin-1")]).encode())


def _unsealed(key: Key, row: KeptAnswer | None) -> Kept | None:
    if row is None or row.answer is None or row.body_hash is None:
        return None
    status, headers, body = json.loads(_seal_of(key).decrypt(row.answer))
    answer = Answer(status, [(name, value) for name, value in headers], body.encode("latin-1"))
    return Kept(answer, row.body_hash)


def _seal_of(key: Key) -> Fernet:
    """A key of its own for each caller's key: whoever has the secret alone, or the table alone, opens nothing."""
    secret = hmac.digest(settings().signing_key.encode(), key.text.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(secret))
