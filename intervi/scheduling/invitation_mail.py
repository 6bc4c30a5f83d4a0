"""An e-mail that carries an appointment: text for people, and iCalendar for their calendar (RFC 5545, 5546, 6047)."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from enum import Enum, auto
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from intervi.accounts import addresses
from intervi.accounts.models import User
from intervi.clock import now
from intervi.ids import hex24
from intervi.interviews.models import Interview
from intervi.scheduling import meeting
from intervi.scheduling.calendar import appointment_of, title_of
from intervi.scheduling.models import Method
from intervi.scheduling.slots import Interval
from intervi.settings import settings
from intervi.translation import _, current_locale, fill


class News(Enum):
    """What its reader learns of an interview that will be held."""

    INVITED = auto()
    MOVED = auto()
    """They were told another time before …"""
    ELSEWHERE = auto()
    """… or the same time, and another place."""


def compose(
    interview: Interview,
    *,
    message_id: UUID,
    method: Method,
    sequence: int,
    time: Interval,
    address: str,
    organizer: User,
    news: News = News.INVITED,
) -> str:
    """The whole e-mail to one person, as it is sent: ASCII, lines ended by CRLF.

    Only its reader is named as invited: who else comes is the organizer's to tell.

    Args:
        organizer: Whose interview it is; answers go to them, since nobody reads what is sent to ``mail_from``.
    """
    name = organizer.shown_name
    event = appointment_of(
        interview, method=method, sequence=sequence, time=time, attendee=address, organizer=(name, organizer.email)
    )
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = formataddr((_("{name} by Intervi").format(name=name), settings().mail_from))
    message["To"] = address
    message["Reply-To"] = formataddr((name, organizer.email))
    message["Subject"] = _subject(interview, method, time, news)
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{hex24(message_id)}@{parseaddr(settings().mail_from)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes, please
    message.set_content(_text(interview, method, time, name, address, news))
    parameters = {"method": method.value, "name": "invite.ics"}
    message.add_alternative(event.decode(), subtype="calendar", params=parameters, cte="base64")
    # Programs that read no iCalendar in the text keep it as a file that any calendar opens.
    message.add_attachment(event, maintype="application", subtype="ics", filename="invite.ics")
    return message.as_bytes().decode("ascii")


def _subject(interview: Interview, method: Method, time: Interval, news: News) -> str:
    if method == Method.CANCEL:
        form = _("Cancelled: {title}, {when}")
    else:
        forms = {News.MOVED: _("New time: {title}, {when}"), News.ELSEWHERE: _("New place: {title}, {when}")}
        form = forms.get(news, _("{title}, {when}"))
    return form.format(title=title_of(interview), when=_when(interview, time))


def _text(interview: Interview, method: Method, time: Interval, name: str, address: str, news: News) -> str:
    values: dict[str, str | float | int]
    values = {"name": name, "when": _when(interview, time), "minutes": round((time[1] - time[0]).total_seconds() / 60)}
    if method == Method.CANCEL:
        first = fill("The interview on {when} will not be held.", values)
    elif news == News.MOVED:
        first = fill("The interview has a new time: {when}. It takes {minutes} minutes.", values)
    elif news == News.ELSEWHERE:
        first = fill("Where the interview on {when} takes place has changed.", values)
    else:
        first = fill("{name} invites you to an interview: {when}. It takes {minutes} minutes.", values)
    last = fill("{name} reads your answer to this e-mail.", values)
    if method == Method.CANCEL:
        return f"{first}\n\n{last}\n"
    # Whoever opens this link reads this mailbox: only then is what the address is invited to shown in its account.
    link = f"{settings().base_url}/schedule?invitation={addresses.proof(address)}"
    schedule = _("In your schedule, if you have an account with this address:")
    if url := meeting.given_url(interview):
        place = _("Join at this address:") + f"\n{url}"
    else:
        place = fill("{name} tells you where it takes place.", values)
    return f"{first}\n\n{place}\n\n{last}\n\n{schedule}\n{link}\n"


def _when(interview: Interview, time: Interval) -> str:
    """The beginning by the clock of the interview's zone, which is named."""
    local, locale = time[0].astimezone(ZoneInfo(interview.time_zone)), current_locale.get()
    date, clock = format_date(local, "full", locale=locale), format_time(local, "short", locale=locale)
    return f"{date}, {clock} ({interview.time_zone})"
