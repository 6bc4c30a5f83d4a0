"""What the bodies of all contracts have in common: nothing is coerced silently, unknown fields are ignored."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class StrictModel(BaseModel):
    """A body whose types are taken as they are sent: ``"82"`` is no score, and no number is infinite."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class CamelModel(StrictModel):
    """A strict body with ``camelCase`` names, as all contracts but coach have."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)
