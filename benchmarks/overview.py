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
    await _add_others()
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


async def _add_others() -> None:
    """Users, interviews and ledger rows, made by the database."""
    from sqlalchemy import text

    from intervi.database import transaction

    statements = (
        """INSERT INTO users (id, email, email_key, password_hash, first_name, last_name, time_zone, progress_enabled,
                              weekly_goal_days, created_at)
           SELECT gen_random_uuid(), n || '@example.org', n || '@example.org', 'x', '', '', 'UTC', true, 3, now()
           FROM generate_series(1, :others) n""",
        """INSERT INTO interviews (id, user_id, origin, about_others, status, session_type, domain_slug, domain_text, question_kind,
                                   difficulty, persona, job_title, job_description, duration_minutes, time_zone, preferences,
                                   paused_seconds, ended_at, measured_score, created_at)
           SELECT gen_random_uuid(), u.id, 'practice', false, 'completed', 'mock', 'sales', '', 'mixed', 'mid', 'Tech', '', '', 20, 'UTC',
                  '{}', 0, now() - n * interval '3 days', 60, now() - n * interval '3 days'
           FROM users u, generate_series(1, 100) n WHERE u.email LIKE '%@example.org'""",
        """INSERT INTO progress_ledger (source, user_id, interview_id, reason, points, local_date, time_zone, occurred_at, domain_slug,
                                        difficulty, question_type)
           SELECT 'interview:' || i.id || ':' || n, i.user_id, i.id, CASE n WHEN 0 THEN 'interview' ELSE 'answer' END, 10,
                  i.ended_at::date, 'UTC', i.ended_at, 'sales', 'mid', 'behavioral'
           FROM interviews i, generate_series(0, 3) n WHERE i.domain_slug = 'sales' AND i.report IS NULL""",
        "ANALYZE",
    )
    for statement in statements:
        async with transaction() as session:
            await session.execute(text(statement), {"others": OTHERS} if ":others" in statement else {})


if __name__ == "__main__":
    from tests.servers import private_servers

    try:
        with private_servers():
            asyncio.run(main())
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
