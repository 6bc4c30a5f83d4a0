"""Time to read what the overview and the achievements show, of a user with a year of practice, alone and among 1,000 others.

``.venv/bin/python -m benchmarks.overview`` starts servers of its own. The one who is measured has a year of practice with reports; the
others have 100 interviews of 3 answers each in the ledger. What others have must cost nothing.
"""

import asyncio
import os
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

HOME = Path(tempfile.mkdtemp(prefix="intervi-benchmark-"))
HOME.chmod(0o755)
os.environ |= {"INTERVI_HOME": str(HOME), "INTERVI_SECRET": secrets.token_hex(32)}

OTHERS = 1000
ROUNDS = 100


async def main() -> None:
    """Fills, measures alone, fills more, measures again."""
    from sqlalchemy import text

    from intervi.accounts.models import User
    from intervi.accounts.principal import Principal
    from intervi.database import transaction
    from intervi.pages.achievements import state as achievements
    from intervi.pages.dashboard import state as dashboard
    from intervi.progress import service as progress
    from tests.e2e import seed

    async with transaction() as session:
        user = User(email="a@example.com", email_key="a@example.com", password_hash="x")
        session.add(user)
    principal = Principal(user.id)
    await seed.year_of_practice(principal)

    async def overview() -> None:
        async with transaction() as session:
            await dashboard.read(session, principal)

    async def page_of_achievements() -> None:
        async with transaction() as session:
            await achievements.read(session, principal, achievements.ROWS)

    async def standing() -> None:
        async with transaction() as session:
            await progress.standing(session, principal)

    async def one_row() -> None:
        async with transaction() as session:
            await session.execute(text("SELECT * FROM users WHERE id = :id"), {"id": user.id})

    reads = {
        "one row by its key": one_row,
        "standing": standing,
        "overview": overview,
        "achievements": page_of_achievements,
    }
    alone = {name: await _milliseconds(read) for name, read in reads.items()}
    await _add_others(user.id)
    among = {name: await _milliseconds(read) for name, read in reads.items()}
    print(
        f"milliseconds, median and 99th percentile of {ROUNDS}; alone | among {OTHERS:,} others with {OTHERS * 100:,} interviews"
    )
    for name in reads:
        print(f"{name:20} {alone[name][0]:6.1f} {alone[name][1]:6.1f} | {among[name][0]:6.1f} {among[name][1]:6.1f}")


async def _milliseconds(read: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    taken = []
    for _round in range(ROUNDS):
        begin = time.perf_counter()
        await read()
        taken.append(1000 * (time.perf_counter() - begin))
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]


async def _add_others(me: UUID) -> None:
    """Copies of the user and of their newest interviews and entries, made by the database, whatever columns there are."""
    from sqlalchemy import text

    from intervi.database import transaction

    statements = (
        """INSERT INTO users
           SELECT (jsonb_populate_record(u, jsonb_build_object('id', gen_random_uuid(), 'email', n, 'email_key', n))).*
           FROM users u, generate_series(1, :others) n WHERE u.id = :me""",
        """INSERT INTO interviews
           SELECT (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(), 'user_id', u.id, 'report', null))).*
           FROM interviews i, users u
           WHERE i.id IN (SELECT id FROM interviews WHERE user_id = :me ORDER BY id DESC LIMIT 100) AND u.id <> :me AND :others > 0""",
        """INSERT INTO progress_ledger
           SELECT (jsonb_populate_record(l, jsonb_build_object('source', i.id || ':' || n, 'user_id', i.user_id, 'interview_id', i.id,
                                                               'local_date', i.ended_at::date))).*
           FROM progress_ledger l, interviews i, generate_series(1, 4) n
           WHERE l.source = (SELECT min(source) FROM progress_ledger WHERE user_id = :me) AND i.user_id <> :me AND :others > 0""",
    )
    for statement in statements:
        async with transaction() as session:
            await session.execute(text(statement), {"others": OTHERS, "me": me})
    async with transaction() as session:
        await session.execute(text("ANALYZE"))


if __name__ == "__main__":
    from tests.servers import private_servers

    try:
        with private_servers():
            asyncio.run(main())
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
