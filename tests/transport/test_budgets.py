"""What a caller may spend, how he is told, and that an absent Redis opens no season."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from catering.domain.budgets import Budget, Draw
from catering.domain.people import Actor, Role
from catering.resolvers.root import schema
from catering.settings import Settings
from catering.transport import Endpoint
from catering.transport.budgeting import Limited, Purse, heard
from catering.transport.counting import Here, Together
from catering.transport.rates import RATES, WEBHOOKS

from .conftest import NOTHING, code

STANDING = "{ rateLimit { limit remaining cost resetAt } }"
FEW = Settings("", "", budget_of_an_address=30, budget_of_a_user=50, rate_factor=1)
DAY = 86_400


class Clock:
    """Stands still until it is moved."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def few(clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """An endpoint where an address has 30 points a minute."""
    endpoint = Endpoint(schema, NOTHING, NOTHING, FEW, Here(clock))
    transport = httpx.ASGITransport(endpoint)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge/graphql") as client:
        yield client


@pytest.fixture
async def together(redis_url: str) -> AsyncIterator[Together]:
    counter = Together(redis_url, patience=30)
    yield counter
    await counter.close()


def test_every_rate_is_of_a_mutation_that_there_is() -> None:
    mutation = schema._schema.mutation_type
    assert mutation is not None
    assert set(RATES) - {WEBHOOKS} <= set(mutation.fields)


async def test_redis_counts_as_we_do(together: Together) -> None:
    """The script and the pure rule, on the same draws; so slowly that no time goes by."""
    here, whose = Here(Clock()), uuid4().hex
    sizes = {"a": Budget(10, DAY), "b": Budget(3, 2 * DAY)}
    for points in (1, 4, 0, 9, 5, 1, 99):
        draws = [Draw(n, f"test:{whose}:{n}", each, points // 2) for n, each in sizes.items()]
        told, expected = await together.take(*draws), await here.take(*draws)
        assert told.granted == expected.granted
        assert told.wait == pytest.approx(expected.wait, abs=60)
        for mine, its in zip(expected.standings, told.standings, strict=True):
            assert its.until_full == pytest.approx(mine.until_full, abs=60)


async def test_processes_count_together(together: Together, redis_url: str) -> None:
    other, draw = Together(redis_url, patience=30), Draw("x", f"test:{uuid4()}", Budget(10, DAY))
    answers = await asyncio.gather(*(c.take(draw) for c in (together, other) * 10))
    await other.close()
    assert [each.granted for each in answers].count(True) == 10


async def test_without_redis_each_process_counts_alone() -> None:
    counter = Together("redis://127.0.0.1:1/0")
    draw = Draw("x", "anna", Budget(3, DAY))
    granted = [(await counter.take(draw)).granted for _ in range(5)]
    await counter.close()
    assert granted == [True, True, True, False, False]


async def test_a_redis_that_is_silent_is_waited_for_once() -> None:
    came = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(reader)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        counter = Together(f"redis://127.0.0.1:{port}/0", patience=0.05, after=DAY)
        draw = Draw("x", "anna", Budget(3, DAY))
        at_once = await asyncio.gather(*(counter.take(draw) for _ in range(9)))
        asked = len(came)
        later = [await counter.take(draw) for _ in range(9)]
        await counter.close()
    assert [each.granted for each in (*at_once, *later)].count(True) == 3
    assert asked == len(came), "Nobody asks it again before its time."


async def test_who_is_counted_here_has_an_end() -> None:
    here = Here(Clock(), most=2)
    for key in ("anna", "bohdan", "anna", "vera", "anna", "bohdan"):
        told = await here.take(Draw("x", key, Budget(9, DAY)))
    assert len(here._full_at) == 2
    assert told.standings[0].remaining == 8  # forgotten, and begun again
    assert (await here.take(Draw("x", "anna", Budget(9, DAY)))).standings[0].remaining == 5


async def test_an_answer_tells_what_is_left(few: httpx.AsyncClient, clock: Clock) -> None:
    first, second = [await few.post("", json={"query": STANDING}) for _ in range(2)]
    # Of 30: ten for a document that was never seen, or was by another test, and one for each time.
    told = second.json()["data"]["rateLimit"]
    left = first.json()["data"]["rateLimit"]["remaining"] - 1
    assert (told["limit"], told["cost"], told["remaining"]) == (30, 1, left)
    assert second.headers["ratelimit-policy"] == '"cost";q=30;w=60'
    assert second.headers["ratelimit"] == f'"cost";r={left};t={2 * (30 - left)}'
    clock.now += 60
    third = await few.post("", json={"query": STANDING})
    assert third.json()["data"]["rateLimit"]["remaining"] == 29


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_who_has_spent_everything_is_told_when_to_come_back(
    few: httpx.AsyncClient, clock: Clock, accept: str
) -> None:
    dear = {"query": "{ a: rateLimit { cost } " + "b: rateLimit { cost } }" + " " * len(accept)}
    headers = {"accept": accept}
    while (response := await few.post("", json=dear, headers=headers)).status_code == 200:
        pass
    assert (response.status_code, code(response)) == (429, "RATE_LIMITED")
    told = response.json()["errors"][0]["extensions"]
    assert (told["policy"], told["limit"]) == ("cost", 30)
    assert response.headers["retry-after"] == str(told["retryAfter"])
    assert "data" not in response.json()
    clock.now += told["retryAfter"]
    assert (await few.post("", json=dear, headers=headers)).status_code == 200


async def test_documents_that_are_no_good_are_paid_for(few: httpx.AsyncClient) -> None:
    codes = [code(await few.post("", json={"query": f"{{ nothing{n} }}"})) for n in range(4)]
    assert codes == ["GRAPHQL_VALIDATION_FAILED"] * 3 + ["RATE_LIMITED"]


async def test_a_rate_of_its_own_counts_every_time_in_one_document() -> None:
    many = "".join(
        f' a{n}: refreshSession(input: {{refreshToken: "x"}}) {{ errors {{ __typename }} }}'
        for n in range(20)
    )
    rich = Settings("", "", rate_factor=1)
    endpoint = Endpoint(schema, NOTHING, NOTHING, rich, Here(Clock()))
    transport = httpx.ASGITransport(endpoint)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge/graphql") as client:
        answers = [await client.post("", json={"query": f"mutation {{{many} }}"}) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[3].json()["errors"][0]["extensions"]["policy"] == "refreshSession"
    assert '"refreshSession";q=60;w=60' in answers[0].headers["ratelimit-policy"]


async def test_guessing_from_one_address_is_one_guesser_whoever_speaks(clock: Clock) -> None:
    counter, settings, limit = Here(clock), Settings("", "", rate_factor=1), RATES["signIn"].budget
    anna, vera = (Actor(uuid4(), Role.CUSTOMER) for _ in range(2))
    here, there = (Purse(counter, settings, where) for where in ("1.1.1.1", "2.2.2.2"))
    assert await granted(here, anna, {"signIn": 1}, 99) == limit.points
    assert await granted(here, vera, {"signIn": 1}, 1) == 0
    assert await granted(there, vera, {"signIn": 1}, 1) == 1


async def test_everybody_has_his_own_budget(clock: Clock) -> None:
    counter, anna, vera = Here(clock), Actor(uuid4(), Role.CUSTOMER), Actor(uuid4(), Role.CUSTOMER)
    purse = Purse(counter, FEW, "1.1.1.1")
    assert await granted(purse, anna, {}, 60) == 50
    assert await granted(purse, vera, {}, 60) == 50
    assert await granted(purse, None, {}, 60) == 30
    assert await granted(Purse(counter, FEW, "2.2.2.2"), anna, {}, 1) == 0


async def test_an_account_that_calls_too_often_waits_and_others_do_not(clock: Clock) -> None:
    counter, silpo, poster = Here(clock), uuid4(), uuid4()
    told = [await heard(counter, FEW, silpo) for _ in range(RATES[WEBHOOKS].budget.points + 1)]
    assert [each is None for each in told] == [True] * (len(told) - 1) + [False]
    assert await heard(counter, FEW, poster) is None


async def granted(purse: Purse, actor: Actor | None, roots: Any, tries: int) -> int:
    """How many of so many operations are paid for."""
    times = 0
    for _ in range(tries):
        try:
            await purse.pay(actor, 1, roots)
        except Limited:
            break
        times += 1
    return times
