"""The table of ``observations``."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from intervi.ids import new_id
from intervi.tables import json_list, timestamp


class Observation(SQLModel, table=True):
    """One stretch of sound that was listened to live: a recorded segment of an answer, or (third parties) what came over one socket."""

    __tablename__ = "observations"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", index=True)
    exchange_id: UUID | None = Field(default=None, foreign_key="exchanges.id", ondelete="CASCADE", index=True)
    """The answer, where the client said which."""
    take: int = 1
    """An answer that is recorded again is another take; only the newest is kept."""
    offset_seconds: float = 0.0
    """Where the stretch begins in its answer."""
    seconds: float = 0.0
    """Of sound."""
    speaking_seconds: float = 0.0
    nudges: list[list[float | str]] = json_list()
    """``[seconds from the beginning of the stretch, kind]`` each; kinds as in ``intervi.live.nudges``."""
    eye_contact: list[list[float]] = json_list()
    """``[seconds from the beginning of the stretch, share of the second before with eyes on the camera]`` each."""
    began_at: datetime = timestamp()
