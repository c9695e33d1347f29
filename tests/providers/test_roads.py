from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from catering.domain.geography import Point, distance, travel_time
from catering.providers.roads import Osrm
from tests.providers.simulated import Outside

KITCHEN, MARKET, DOOR = Point(50.4387, 30.5230), Point(50.44, 30.52), Point(50.4318, 30.5137)
ROUND = (KITCHEN, MARKET, DOOR)


async def test_a_map_tells_the_way_from_place_to_place(
    outside: Outside, http: httpx.AsyncClient
) -> None:
    ways = await Osrm(http, f"{outside.url}/osrm/").ways(ROUND)

    assert list(ways) == [(KITCHEN, MARKET), (MARKET, DOOR)]
    for (a, b), way in ways.items():
        straight = travel_time(distance(a, b))
        assert straight / 2 < way < straight * 2, "the simulated streets are not far off"


@pytest.mark.parametrize("answers", ["nothing", b"HTTP/1.1 200 OK\r\n\r\n{}", b"no HTTP"])
async def test_a_map_that_is_no_good_is_done_without(
    http: httpx.AsyncClient, answers: str | bytes
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # they may have lost patience by now
            await reader.readuntil(b"\r\n\r\n")
        if isinstance(answers, bytes):
            writer.write(answers)
            writer.close()
        else:
            await reader.read()  # until they hang up
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        osrm = Osrm(http, f"http://127.0.0.1:{port}", patience=timedelta(milliseconds=50))
        assert await osrm.ways(ROUND) == {}


async def test_without_anybody_there_the_straight_line_is_good_enough(
    http: httpx.AsyncClient,
) -> None:
    assert await Osrm(http, "http://127.0.0.1:1").ways(ROUND) == {}
