"""What the bodies of all contracts have in common: nothing is coerced silently, unknown fields are ignored."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class StrictModel(BaseModel):
    """A body whose types are taken as they are sent: ``"82"`` is no score, and no number is infinite."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class CamelModel(StrictModel):
    """A strict body with ``camelCase`` names, as all contracts but coach have."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


Number = int | float
"""A figure that is printed without a point where it is whole."""

Score = Annotated[float, Field(ge=0, le=100)]


def plain(value: float) -> Number:
    """``85.0`` as ``85``, as the published examples print it; anything else as it is."""
    return int(value) if value == int(value) else value
