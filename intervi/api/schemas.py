"""What the bodies of all contracts have in common: nothing is coerced silently, unknown fields are ignored."""

import re
from datetime import MAXYEAR, UTC, date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from intervi.translation import _

NOT_BLANK = r"[^\s\x1c-\x1f]"
"""Pattern of text that ``str.strip`` leaves something of: pydantic's ``\\s`` does not know the four separators of ASCII."""
_FIRST_INEXACT = 2.0**53
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)


class StrictModel(BaseModel):
    """A body whose types are taken as they are sent: ``"82"`` is no score, and no number is infinite."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class CamelModel(StrictModel):
    """A strict body with ``camelCase`` names, as all contracts but coach have."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


def plain(value: float) -> int | float:
    """``85.0`` as ``85``, as the published examples print it; anything else as it is, and so whole numbers that no longer are exact."""
    return int(value) if abs(value) < _FIRST_INEXACT and value == int(value) else value


Number = Annotated[float, PlainSerializer(plain)]
"""A figure that is printed without a point where it is whole."""

Score = Annotated[float, Field(ge=0, le=100)]


def _utc(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError(_("This must be a time, such as 2025-01-15T10:30:00Z."))
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(_("This must be a time, such as 2025-01-15T10:30:00Z.")) from None
    if moment.tzinfo is None:
        raise ValueError(_("Say the time zone of this time, as 2025-01-15T10:30:00Z does."))
    if not 1 < moment.year < MAXYEAR:
        # Further out, another time zone's calendar has no such year.
        raise ValueError(_("This time is too far away."))
    return moment.astimezone(UTC)


Moment = Annotated[
    datetime, BeforeValidator(_utc), WithJsonSchema({"type": "string", "format": "date-time"}, mode="validation")
]
"""A time in a body: ISO 8601 with an offset, any; becomes UTC."""


def _date(text: object) -> date:
    try:
        if not isinstance(text, str) or not _DATE.match(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("This must be a date, such as 2024-01-31.")) from None


Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
"""A day in a query: ISO 8601 as people write it, and none of the other forms of which pydantic would make a date."""
