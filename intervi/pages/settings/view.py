"""What the page of settings says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intervi.accounts.devices import Device
from intervi.accounts.models import ApiKey, User
from intervi.clock import now
from intervi.pages import formatting
from intervi.settings import settings
from intervi.translation import N_, _, fill, ngettext

RETENTION_DAYS = (7, 30, 90, 180, 365)
"""What is offered; what somebody has is offered to them as well."""


@dataclass(frozen=True)
class Shown:
    """What is kept in the account itself."""

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    time_zone: str = "UTC"
    here: str = ""
    """The date and time there."""
    language: str = ""
    weekly_goal: str = "3"
    progress_on: bool = True
    live_nudges: bool = True
    expressions: bool = True
    retention: str = ""
    retention_choices: tuple[tuple[str, str], ...] = ()
    """``(value, text)`` each."""
    retention_note: str = ""


@dataclass(frozen=True)
class KeyRow:
    """One API key."""

    id: str
    name: str
    hint: str
    facts: str


@dataclass(frozen=True)
class DeviceRow:
    """One place where somebody is signed in."""

    id: str
    name: str
    facts: str
    is_here: bool


def shown(user: User) -> Shown:
    """The settings of a person."""
    kept = user.retention_days
    choices = sorted({*RETENTION_DAYS, *([kept] if kept else [])})
    return Shown(
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        time_zone=user.time_zone,
        here=fill(N_("It is {time} there now."), {"time": formatting.moment(now(), user.time_zone, today=now())}),
        language=user.language,
        weekly_goal=str(user.weekly_goal_days),
        progress_on=user.progress_enabled,
        live_nudges=user.live_nudges,
        expressions=user.expressions,
        retention=str(kept or ""),
        retention_choices=(("", _("Until I delete them")), *((str(days), _days(days)) for days in choices)),
        retention_note=_retention_note(),
    )


def _days(count: int) -> str:
    return ngettext("{count} day", "{count} days", count).format(count=count)


def _retention_note() -> str:
    """What this installation does by itself."""
    days = settings().retention_days
    if days is None:
        return ""
    return fill(N_("Whoever runs this installation has recordings deleted after {days}."), {"days": _days(days)})


def key_rows(keys: Sequence[ApiKey], time_zone: str) -> list[KeyRow]:
    """A person's keys."""
    return [KeyRow(str(key.id), key.name, f"… {key.hint}", _key_facts(key, time_zone)) for key in keys]


def _key_facts(key: ApiKey, time_zone: str) -> str:
    facts = [fill(N_("made {date}"), {"date": _day(key.created_at, time_zone)})]
    if key.last_used_at:
        facts.append(fill(N_("used last {date}"), {"date": _day(key.last_used_at, time_zone)}))
    else:
        facts.append(_("never used"))
    if key.expires_at:
        is_over = key.expires_at <= now()
        text = N_("ended {date}") if is_over else N_("ends {date}")
        facts.append(fill(text, {"date": _day(key.expires_at, time_zone)}))
    return " · ".join([*facts, ", ".join(key.scopes) if len(key.scopes) < 4 else _("may do everything")])


def device_rows(devices: Sequence[Device], time_zone: str) -> list[DeviceRow]:
    """Where a person is signed in."""
    return [
        DeviceRow(
            str(each.login_id),
            device_name(each.user_agent),
            fill(
                N_("signed in {since}, seen last {seen}"),
                {
                    "since": _day(each.signed_in_at, time_zone),
                    "seen": formatting.moment(each.last_seen_at, time_zone, today=now()),
                },
            ),
            each.is_here,
        )
        for each in devices
    ]


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
"""By what only they say of themselves, the others out of the way first."""
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(user_agent: str) -> str:
    """What one calls a device by its ``User-Agent``.

    >>> device_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36")
    'Chrome, Linux'
    """
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    product = user_agent.partition("/")[0].strip()[:40]
    return ", ".join(part for part in (browser, system) if part) or product or _("An unknown device")


def _day(moment: datetime, time_zone: str) -> str:
    return formatting.day(moment, time_zone, today=now())
