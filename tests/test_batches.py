"""Questions that are asked together."""

import asyncio
from collections.abc import Sequence

import pytest

from intervi.batches import Batches


class Oracle:
    """Doubles numbers, once it may; keeps what it was asked at once."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.may_answer = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.asked.append(list(numbers))
        await self.may_answer.wait()
        if 0 in numbers:
            raise ValueError("zero")
        return [2 * number for number in numbers]


async def test_what_is_asked_meanwhile_is_asked_together() -> None:
    oracle = Oracle()
    batches = Batches(oracle)
    first = asyncio.create_task(batches.ask(1))
    while not oracle.asked:
        await asyncio.sleep(0)
    others = [asyncio.create_task(batches.ask(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    oracle.may_answer.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8]
    assert oracle.asked == [[1], [2, 3, 4]]


async def test_a_failure_is_told_to_those_who_asked_and_to_no_other() -> None:
    oracle = Oracle()
    oracle.may_answer.set()
    batches = Batches(oracle)
    failed = await asyncio.gather(batches.ask(0), batches.ask(1), return_exceptions=True)
    assert [type(one) for one in failed] == [ValueError, ValueError]
    assert await batches.ask(1) == 2


async def test_who_gives_up_takes_nobodys_answer() -> None:
    oracle = Oracle()
    batches = Batches(oracle)
    gone, stays = asyncio.create_task(batches.ask(1)), asyncio.create_task(batches.ask(2))
    while not oracle.asked:
        await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    oracle.may_answer.set()
    assert await stays == 4


def test_another_loop_goes_on() -> None:
    oracle = Oracle()
    oracle.may_answer.set()
    batches = Batches(oracle)
    assert [asyncio.run(batches.ask(number)) for number in (1, 2)] == [2, 4]
