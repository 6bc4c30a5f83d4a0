"""Signed, expiring links to recordings: whoever has one may look until it expires; nobody can make one up."""

from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

from intervi.errors import NotFound
from intervi.ids import hex24, parse_id
from intervi.recordings.models import Media
from intervi.settings import settings
from intervi.translation import _


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().signing_key, salt="intervi.recordings.links")


def signed_path(media: Media) -> str:
    """The address of a recording on this server (``/media/…``), good for ``signed_link_seconds`` from now."""
    return f"/media/{_serializer().dumps(hex24(media.id))}"


def media_id_of(token: str) -> UUID:
    """The recording that a link was made for.

    Raises:
        NotFound: if the link is none of ours, or has expired.
    """
    try:
        spelled = _serializer().loads(token, max_age=settings().signed_link_seconds)
    except BadData:
        spelled = ""
    if media_id := parse_id(str(spelled)):
        return media_id
    raise NotFound(_("This link has expired or is not complete. Please open the recording from its report again."))
