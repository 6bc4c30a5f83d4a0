"""What a person has set about themselves: name, time zone, language, and what may be done with their recordings."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import repository, tokens
from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.errors import InvalidInput
from intervi.translation import LANGUAGES, _, fill

MAX_NAME_CHARACTERS = 100
RETENTION_DAYS = range(1, 3651)


async def change(session: AsyncSession, principal: Principal, changes: Mapping[str, Any]) -> User:
    """Changes some of the principal's settings; the others stay.

    Args:
        changes: By the names of ``User``'s columns: ``first_name``, ``last_name``, ``time_zone``, ``language``, ``live_nudges``,
            ``expressions``, ``retention_days``.

    Raises:
        InvalidInput: naming each field that breaks a rule; nothing is changed.
        NotAuthenticated: the account was deleted meanwhile.
    """
    assert changes.keys() <= _CHECKS.keys()
    values = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    problems = {name: texts for name, value in values.items() if (texts := _CHECKS[name](value))}
    if problems:
        raise InvalidInput(_("Please check what you entered."), details=problems)
    user = await repository.user_locked(session, principal.user_id)
    if user is None:
        raise tokens.not_authenticated()
    for name, value in values.items():
        setattr(user, name, value)
    session.add(user)
    await session.flush()
    return user


def name_problems(name: str) -> list[str]:
    """What is wrong with a first or last name."""
    return [_("Use at most 100 characters.")] if len(name) > MAX_NAME_CHARACTERS else []


def time_zone_problems(time_zone: str) -> list[str]:
    """What is wrong with the name of a time zone."""
    return [] if time_zone in time_zones() else [_("This is not a time zone we know.")]


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """The IANA names that may be chosen."""
    # This machine's own zone goes by no name that PostgreSQL, or another machine, would know.
    return frozenset(available_timezones() - {"localtime"})


def _language_problems(language: str) -> list[str]:
    return [] if language in ("", *LANGUAGES) else [_("Choose one of the languages there are.")]


def _retention_problems(days: int | None) -> list[str]:
    if days is None or days in RETENTION_DAYS:
        return []
    return [fill("Choose {first} to {last} days.", {"first": RETENTION_DAYS[0], "last": RETENTION_DAYS[-1]})]


def _switch_problems(is_on: object) -> list[str]:
    return [] if isinstance(is_on, bool) else [_("Choose on or off.")]


_CHECKS: dict[str, Callable[[Any], list[str]]] = {
    "first_name": name_problems,
    "last_name": name_problems,
    "time_zone": time_zone_problems,
    "language": _language_problems,
    "live_nudges": _switch_problems,
    "expressions": _switch_problems,
    "retention_days": _retention_problems,
}
