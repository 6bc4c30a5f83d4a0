"""What wraps every answer of the hiring contract."""

from typing import Generic, Literal, TypeVar

from pydantic import Field

from intervi.api.contract import HIRING
from intervi.api.schemas import CamelModel

Data = TypeVar("Data")

EXAMPLE_ID = "interview-64a7b8c9d1234567890abcde"
EXAMPLE_TIME = "2024-01-15T10:00:00.000Z"


class Done(CamelModel):
    """It is done."""

    success: Literal[True]
    message: str = Field(examples=["Operation completed successfully"])
    timestamp: str = Field(examples=[EXAMPLE_TIME])
    request_id: str = Field(examples=["req-0123456789abcdef"])


class Found(Done, Generic[Data]):
    """It is done, and this came of it."""

    data: Data


def found(data: Data, message: str) -> Found[Data]:
    """``data`` as this contract sends it."""
    return Found[Data].model_validate(HIRING.envelope(data, message))


def done(message: str) -> Done:
    """An answer without data."""
    return Done.model_validate(HIRING.envelope(None, message))
