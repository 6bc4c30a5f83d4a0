"""Asking for many at once: what several requests want to know at the same moment is one trip, not one for each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Batches(Generic[Question, Answer]):
    """Collects questions while the last ones are being answered; a question that comes alone is asked at once.

    A question is only ever part of a trip that begins after it was asked, so its answer is never older than it.
    """

    def __init__(self, answer: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]]) -> None:
        """
        Args:
            answer: Gives the answers, in the order of the questions. If it raises, everybody who asked is told.
        """
        self._answer = answer
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer to one question, asked together with others'."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, future))
        if self._asking is None or self._asking.done() or self._asking.get_loop() is not loop:
            self._asking = loop.create_task(self._ask_all())
        return await future

    async def _ask_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            try:
                answers = await self._answer([question for question, _future in asked])
            except Exception as error:
                for _question, future in asked:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_question, future), answer in zip(asked, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
