"""A feed goes on where its socket broke, and loses and doubles nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest

from catering.walk.ending import Failed
from catering.walk.listening import Feed

from .scripted import COMPLETE, Scene, Server, event, serving


def _at_once() -> Iterator[float]:
    return repeat(0.0)


async def _follow(server: Server, after: str | None = None) -> tuple[Feed, list[str]]:
    heard = list[str]()

    async def hear(event: dict[str, Any]) -> None:
        heard.append(event["position"])

    variables = {"id": "dlv_1"}
    feed = Feed(
        server.url, "token", "DeliveryTracked", variables, hear, after=after, pausing=_at_once
    )
    await feed.follow()
    return feed, heard


LAST = [event(9, "TrackingEnded"), COMPLETE]


async def test_a_feed_without_a_position_begins_with_the_present() -> None:
    async with serving(Scene([event(3), *LAST])) as server:
        feed, heard = await _follow(server)
    assert heard == ["3", "9"]
    assert server.variables == [{"id": "dlv_1"}]
    assert server.tokens == ["Bearer token"]
    assert feed.resumed == 0


async def test_a_feed_with_a_position_asks_for_what_came_after_it() -> None:
    async with serving(Scene(LAST)) as server:
        await _follow(server, after="5")
    assert server.variables == [{"id": "dlv_1", "after": "5"}]


@pytest.mark.parametrize("closing", [None, 1001, 1012, 4408])
async def test_a_broken_socket_is_followed_by_one_that_goes_on(closing: int | None) -> None:
    broken = Scene([event(3), event(4)], closing)
    async with serving(broken, Scene([event(5), *LAST])) as server:
        feed, heard = await _follow(server)
    assert heard == ["3", "4", "5", "9"]
    assert feed.sockets == [None, "4"]
    assert feed.resumed == 1


async def test_a_socket_that_says_nothing_changes_nothing() -> None:
    async with serving(
        Scene([event(3)]), Scene(acknowledges=False), Scene(), Scene(LAST)
    ) as server:
        feed, heard = await _follow(server)
    assert heard == ["3", "9"]
    assert feed.sockets == [None, "3", "3"]


async def test_a_server_that_completes_too_early_is_asked_again() -> None:
    async with serving(Scene([event(3), COMPLETE]), Scene(LAST)) as server:
        feed, heard = await _follow(server)
    assert heard == ["3", "9"]
    assert feed.sockets == [None, "3"]


async def test_the_last_event_is_the_end_even_if_the_wire_is_cut_right_after_it() -> None:
    async with serving(Scene([LAST[0]])) as server:
        _, heard = await _follow(server)
    assert heard == ["9"]


async def test_a_ping_is_answered() -> None:
    async with serving(Scene([{"type": "ping"}, *LAST])) as server:
        await _follow(server)
    assert server.answers == ["pong"]


@pytest.mark.parametrize("closing", [4401, 4403, 4429])
async def test_a_refusal_ends_the_walk(closing: int) -> None:
    async with serving(Scene([event(3)], closing)) as server:
        with pytest.raises(Failed, match=f"DeliveryTracked was closed with {closing}: as written"):
            await _follow(server)


async def test_a_gap_that_the_server_announces_ends_the_walk() -> None:
    async with serving(Scene([event(8, "StreamReset")])) as server:
        with pytest.raises(Failed, match="lost events: POSITION_EXPIRED at 8"):
            await _follow(server)


async def test_an_error_ends_the_walk() -> None:
    error = {"message": "No such field.", "extensions": {"code": "BAD_REQUEST"}}
    async with serving(Scene([{"type": "error", "id": "1", "payload": [error]}])) as server:
        with pytest.raises(Failed, match=r"failed: No such field. \(BAD_REQUEST\)"):
            await _follow(server)
