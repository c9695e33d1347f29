"""More requests than are answered at once."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from catering.transport import Endpoint
from catering.transport import endpoint as door
from catering.transport.endpoint import ANSWERED_AT_ONCE

from .conftest import code

ASKED = {"query": "{ __typename }"}


@pytest.fixture
async def crowded(endpoint: Endpoint) -> Endpoint:
    """So many are served that it is nobody else's turn."""
    for _ in range(ANSWERED_AT_ONCE):
        await endpoint.room.acquire()
    return endpoint


async def test_who_comes_to_a_crowd_waits_for_his_turn(
    crowded: Endpoint, http: httpx.AsyncClient
) -> None:
    waiting = asyncio.create_task(http.post("", json=ASKED))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not waiting.done()

    crowded.room.release()

    assert (await waiting).json() == {"data": {"__typename": "Query"}}
    assert crowded.room._value == 1, "he has left room for the next one"


@pytest.mark.usefixtures("crowded")
async def test_who_has_waited_too_long_is_told_to_come_back(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "IN_THE_QUEUE", 0)

    answer = await http.post("", json=ASKED)

    assert (answer.status_code, code(answer)) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"] == "2"
