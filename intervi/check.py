"""``python -m intervi.check``: says, one line each, what is not as it should be; nothing, with status 0, when all is well.

``--repair`` removes files that belong to nothing and opens work again that nobody does. Needs the database and the storage, no worker.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from intervi.analysis import upkeep
from intervi.analysis.upkeep import Finding
from intervi.database import dispose_engine, transaction
from intervi.errors import InterviError

GRACE_SECONDS = 900.0


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m intervi.check", description=__doc__)
    parser.add_argument("--repair", action="store_true", help="mend what can be mended")
    parser.add_argument(
        "--grace-seconds",
        type=float,
        default=GRACE_SECONDS,
        help="leave alone what is younger: it may be under way (default: %(default)s)",
    )
    arguments = parser.parse_args()
    try:
        is_well = asyncio.run(_check(arguments.grace_seconds, repair=arguments.repair))
    except SQLAlchemyError as error:
        raise SystemExit(f"The database does not answer: {str(error).strip().splitlines()[0]}") from None
    raise SystemExit(0 if is_well else 1)


async def _check(grace_seconds: float, *, repair: bool) -> bool:
    try:
        async with transaction() as session:
            found = await upkeep.findings(session, grace_seconds=grace_seconds)
        left = await _repair(found) if repair else found
        for finding in found:
            print(f"{finding.text} (mended)" if finding not in left else finding.text)
        return not left
    finally:
        await dispose_engine()


async def _repair(found: Sequence[Finding]) -> list[Finding]:
    """Mends each by itself, so that one that fails costs no other; what is left."""
    return [finding for finding in found if not await _is_mended(finding)]


async def _is_mended(finding: Finding) -> bool:
    if finding.repair is None:
        return False
    try:
        async with transaction() as session:
            await finding.repair(session)
    except (InterviError, OSError, SQLAlchemyError) as error:
        print(f"not mended: {error}", file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    main()
