"""Writing to a database that may be away for a moment: what took minutes to measure is not thrown away for that."""

import logging
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from sqlalchemy import exc
from tenacity import AsyncRetrying, before_sleep_log, retry_if_exception_type, wait_random_exponential

log = logging.getLogger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")


async def until_kept(
    write: Callable[_P, Awaitable[_T]],
    *arguments: _P.args,
    **named: _P.kwargs,
) -> _T:
    """Calls ``write`` until the database answers, and returns what it returns.

    Without end: while the database is away nobody can take the stage over, and there is nothing else that a worker could do. Whether
    the result is still wanted is for the database to say. A write that was kept although its confirmation was lost is found to be
    no longer ours, and changes nothing.
    """
    return await AsyncRetrying(
        retry=retry_if_exception_type((exc.OperationalError, exc.InterfaceError, exc.TimeoutError)),
        wait=wait_random_exponential(multiplier=0.2, max=2.0),
        before_sleep=before_sleep_log(log, logging.WARNING),
        reraise=True,
    )(write, *arguments, **named)
