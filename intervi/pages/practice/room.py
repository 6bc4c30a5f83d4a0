"""The practice room, ``/practice/{interview_id}``: the recorder's component, and what the server adds to it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.components.recorder import practice_room
from intervi.errors import InterviError, NotAuthenticated, NotFound
from intervi.ids import parse_id
from intervi.interviews.models import Exchange
from intervi.pages import kinds
from intervi.pages.practice import conduct
from intervi.pages.practice.choices import SUGGESTED_ANSWER_SECONDS
from intervi.pages.session import Session
from intervi.translation import current_locale

Step = Callable[[AsyncSession, Principal, UUID], Awaitable[conduct.Room]]

_NOWHERE = "/404"


class RoomState(Session):
    """The room as the server knows it. The recordings are the component's own affair."""

    owner: str = ""
    exchange: dict[str, Any] | None = None
    planned: int = 1
    way: str = "video"
    is_over: bool = False
    is_time_up: bool = False
    has_answers: bool = False
    notice: str = ""
    language: str = "en"

    @rx.event
    async def enter(self):
        """Opens the room at the question where it was left."""
        self.exchange, self.is_over, self.notice = None, False, ""
        return await self._do(self.interview_id, conduct.come_in)

    @rx.event
    async def answer(self, exchange_id: str, text: str, is_up: bool):
        """The open question is answered."""
        return await self._do(exchange_id, partial(conduct.answer, text=text, is_up=is_up))

    @rx.event
    async def skip(self, exchange_id: str):
        """The open question is left out."""
        return await self._do(exchange_id, conduct.skip)

    @rx.event
    async def uploaded(self, exchange_id: str):
        """All recordings of an answer have arrived."""
        return await self._do(exchange_id, conduct.uploaded)

    @rx.event
    async def end(self, exchange_id: str, text: str, is_up: bool):
        """The candidate stops here; ``exchange_id`` is empty if the open question has no answer."""
        answered = parse_id(exchange_id)
        return await self._do(self.interview_id, partial(conduct.end, answered=answered, text=text, is_up=is_up))

    @rx.event
    def leave(self):
        """Everything is up."""
        return rx.redirect(f"/history/{self.interview_id}" if self.has_answers else "/practice")

    async def _do(self, of: str, step: Step):
        """Takes one step with an interview or a question, for whoever asks, and shows the room after it."""
        try:
            async with self.signed_in() as (session, principal):
                known = parse_id(of)
                if known is None:
                    return rx.redirect(_NOWHERE)
                room = await step(session, principal, known)
                self.owner = str(principal.user_id)
        except NotAuthenticated:
            return self.to_sign_in()
        except NotFound:
            return rx.redirect(_NOWHERE)
        except InterviError as error:
            self.notice = error.message
            return None
        self._show(room)
        return None

    def _show(self, room: conduct.Room) -> None:
        self.exchange = _as_shown(room.open_exchange) if room.open_exchange else None
        self.planned, self.way = room.planned, room.way
        self.is_over, self.is_time_up, self.has_answers = room.is_over, room.is_time_up, room.has_answers
        self.notice, self.language = "", current_locale.get()


def _as_shown(exchange: Exchange) -> dict[str, Any]:
    return {
        "id": str(exchange.id),
        "position": exchange.position,
        "question": exchange.question,
        "kind": kinds.above_a_question().get(exchange.question_type, ""),
    }


def page() -> rx.Component:
    """The whole window is the room."""
    return practice_room(
        interview_id=RoomState.interview_id,
        owner=RoomState.owner,
        exchange=RoomState.exchange,
        planned=RoomState.planned,
        way=RoomState.way,
        suggested_seconds=SUGGESTED_ANSWER_SECONDS,
        language=RoomState.language,
        finished=RoomState.is_over,
        time_is_up=RoomState.is_time_up,
        notice=RoomState.notice,
        on_answer=RoomState.answer,
        on_skip=RoomState.skip,
        on_uploaded=RoomState.uploaded,
        on_end=RoomState.end,
        on_leave=RoomState.leave,
    )
