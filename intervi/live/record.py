"""What is kept of a live session, written now and then and at the end, beside what the socket does."""

import asyncio
import logging
import time

from sqlalchemy.exc import SQLAlchemyError

from intervi.database import transaction
from intervi.errors import InterviError
from intervi.live.admission import Admitted
from intervi.live.frames import Answer
from intervi.live.nudges import Heard, Rule
from intervi.observations import service as observations
from intervi.observations.models import Observation

log = logging.getLogger(__name__)

WRITE_SECONDS = 30.0
"""Between two writings of one stretch: so much is lost at most if the web process is killed."""
_BETWEEN_LOOKS_SECONDS = 0.5
"""Looks that come closer are not kept."""


class Record:
    """The stretches of one socket: one for each recorded segment of an answer, or one for all where the client names no answers."""

    def __init__(self, admitted: Admitted) -> None:
        self._admitted = admitted
        self._stretch: Observation | None = None
        self._names_answers = False
        self._looked_at = 0.0
        self._written_at = time.monotonic()
        self._writing: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    def begin(self, answer: Answer) -> None:
        """A segment of an answer begins."""
        self.end()
        self._names_answers = True
        self._stretch = Observation(
            interview_id=self._admitted.interview_id,
            exchange_id=answer.exchange_id,
            offset_seconds=answer.offset_seconds,
            take=answer.take,
        )

    def end(self) -> None:
        """It ends."""
        self._write()
        self._stretch = None

    def hear(self, heard: Heard, nudge: Rule | None) -> None:
        """A chunk, and what was said to it."""
        if self._stretch is None:
            if self._names_answers:
                return
            self._stretch = Observation(interview_id=self._admitted.interview_id)
        stretch = self._stretch
        stretch.seconds += heard.seconds
        if heard.is_speaking:
            stretch.speaking_seconds += heard.seconds
        if nudge:
            stretch.nudges.append([round(stretch.seconds, 2), nudge.kind.value])
        if time.monotonic() - self._written_at > WRITE_SECONDS:
            self._write()

    def see(self, eye_contact: float) -> None:
        """The share of the last second with eyes on the camera."""
        if self._stretch is None or (
            self._stretch.eye_contact and self._stretch.seconds - self._looked_at < _BETWEEN_LOOKS_SECONDS
        ):
            return
        self._looked_at = self._stretch.seconds
        self._stretch.eye_contact.append([round(self._stretch.seconds, 2), round(eye_contact, 2)])

    async def close(self) -> None:
        """Writes what is left, and waits until all of it is."""
        self.end()
        if self._writing:
            await asyncio.wait(self._writing)

    def _write(self) -> None:
        """Has the stretch written as it is now; the socket does not wait for it."""
        self._written_at = time.monotonic()
        if self._stretch is None or not self._stretch.seconds:
            return
        task = asyncio.create_task(self._keep(Observation(**self._stretch.model_dump())))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _keep(self, stretch: Observation) -> None:
        try:
            # In the order in which they were made: an older state must not come last.
            async with self._turn, transaction() as session:
                await observations.keep(session, self._admitted.principal, stretch)
        except (InterviError, SQLAlchemyError) as error:
            log.warning("what was seen live is not kept: %r", error)
