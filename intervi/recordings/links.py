"""Signed, expiring links to recordings: whoever has one may look until it expires; nobody can make one up. Each says whom it is for."""

from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

from intervi.errors import NotFound
from intervi.ids import hex24, parse_id
from intervi.recordings.models import Media
from intervi.settings import settings
from intervi.translation import _


@dataclass(frozen=True, slots=True)
class Link:
    """What a link opens, and for whom."""

    media_id: UUID
    viewer: str
    """In words, as the timeline shows it; empty: the owner."""


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().signing_key, salt="intervi.recordings.links")


def signed_path(media: Media, viewer: str = "") -> str:
    """The address of a recording on this server (``/media/…``), good for ``signed_link_seconds`` from now.

    Args:
        viewer: For whom, in words, where it is not the owner. Signed, not secret: whoever has the link can read it.
    """
    return f"/media/{_serializer().dumps([hex24(media.id), viewer])}"


def link_of(token: str) -> Link:
    """What a link was made for.

    Raises:
        NotFound: if the link is none of ours, or has expired.
    """
    try:
        spelled, viewer = _serializer().loads(token, max_age=settings().signed_link_seconds)
    except (BadData, ValueError, TypeError):
        spelled, viewer = "", ""
    if media_id := parse_id(str(spelled)):
        return Link(media_id, str(viewer))
    raise NotFound(_("This link has expired or is not complete. Please open the recording from its report again."))
