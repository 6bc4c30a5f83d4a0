"""Pages that change while one looks at them."""

import asyncio
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisAway

from intervi import events
from intervi.ids import new_id
from intervi.pages import live


async def test_the_events_of_this_user_and_no_others(servers: Path) -> None:
    mine, other = new_id(), new_id()
    heard = (event async for event in live.changes(mine, lambda: True) if event is not live.TICK)
    first = asyncio.ensure_future(anext(heard))
    # Subscribing takes a moment; what nobody hears is published again.
    while not first.done():
        await events.publish(other, "report")
        await events.publish(mine, "analysis", interview_id="x")
        await asyncio.wait({first}, timeout=0.05)
    assert first.result() == {"kind": "analysis", "interview_id": "x"}
    await heard.aclose()


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(live, "LOOK_AGAIN_SECONDS", 0.01)


async def test_quiet_times_tick_until_the_page_is_closed(servers: Path, quickly: None) -> None:
    left = iter([True, True, True, True, False, False])
    heard = [event async for event in live.changes(new_id(), lambda: next(left))]
    assert heard
    assert all(event is live.TICK for event in heard)


async def test_a_bus_that_is_away_costs_ticks_only(quickly: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_user_id: object):
        raise RedisAway("away")
        yield

    monkeypatch.setattr(events, "subscribe", away)
    left = iter([True, True, False])
    assert [event async for event in live.changes(new_id(), lambda: next(left))] == [live.TICK]
