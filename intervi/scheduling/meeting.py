"""Where an interview is held: at an address that its owner gave, else in its practice room, which is its owner's alone."""

from pydantic import HttpUrl, TypeAdapter, ValidationError

from intervi.errors import InvalidInput
from intervi.interviews.models import Interview
from intervi.settings import settings
from intervi.translation import _, fill

LONGEST = 2000
_PREFERENCE = "meeting_url"
_URL = TypeAdapter(HttpUrl)


def parsed(url: str) -> str:
    """The address as a browser would open it (WHATWG: the host in ASCII, everything else percent-encoded).

    What is shown of it is read from this form, so that it names the host that is really opened.

    Raises:
        InvalidInput: it is no http(s) address, or one with a user name, which only makes it look like another host's.
    """
    if len(url) > LONGEST:
        raise _invalid(fill("Give at most {count} characters.", {"count": LONGEST}))
    try:
        found = _URL.validate_python(url)
    except ValidationError as error:
        raise _invalid(_("Give the meeting's address as https://meet.example.com/room.")) from error
    if found.username is not None or found.password is not None:
        raise _invalid(_("Give an address without a user name."))
    if len(str(found)) > LONGEST:
        raise _invalid(fill("Give at most {count} characters.", {"count": LONGEST}))
    return str(found)


def hold_at(interview: Interview, url: str) -> bool:
    """Keeps where an interview is held, its row held by the caller; ``""``: nowhere in particular. Whether that is news.

    Raises:
        InvalidInput: see ``parsed``.
    """
    wanted = parsed(url) if url else ""
    if wanted == (given_url(interview) or ""):
        return False
    kept = {key: value for key, value in interview.preferences.items() if key != _PREFERENCE}
    interview.preferences = {**kept, _PREFERENCE: wanted} if wanted else kept
    return True


def move_to(interview: Interview, url: str) -> None:
    """As ``hold_at``; who has it in a calendar learns of it.

    Raises:
        InvalidInput: see ``parsed``.
    """
    if hold_at(interview, url):
        interview.schedule_sequence += interview.scheduled_at is not None


def given_url(interview: Interview) -> str | None:
    """The address that its owner gave; whoever is invited may know it."""
    url: str | None = interview.preferences.get(_PREFERENCE)
    return url


def owners_url(interview: Interview) -> str:
    """Where its owner takes part."""
    return given_url(interview) or f"{settings().base_url}/practice/{interview.id}"


def _invalid(text: str) -> InvalidInput:
    return InvalidInput(text, details={"meeting_url": [text]})
