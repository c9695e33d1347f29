"""What an account's guard lets through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from catering.domain.breakers import FAILURES, LONGEST_WISH, Standing
from catering.providers.calling import Line, NothingSent, Response, call
from catering.providers.guarding import AT_ONCE, Guard, Lines, trying
from tests.providers.conftest import account_at, answering

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "http://provider.test/tickets"


def line_to(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[Line, Guard]:
    return Lines(answering(answer)).to(account_at("poster"))


async def test_a_no_is_an_answer_and_a_row_of_failures_is_enough() -> None:
    answers = [500, 404] + [502] * FAILURES
    line, guard = line_to(lambda _: httpx.Response(answers.pop(0)))
    while answers:
        assert not guard.has_had_enough
        await call(line, "GET", URL)
    assert guard.has_had_enough
    assert guard.why == "they answered 502"


@pytest.mark.parametrize(("told", "kept"), [("7", 7), ("3600", LONGEST_WISH.total_seconds())])
async def test_who_asks_to_be_left_in_peace_is(told: str, kept: float) -> None:
    line, guard = line_to(lambda _: httpx.Response(429, headers={"retry-after": told}))
    await call(line, "GET", URL)
    assert guard.has_had_enough
    assert guard.wish == timedelta(seconds=kept)


async def test_what_is_left_in_peace_is_not_called_but_by_whoever_looks() -> None:
    called = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal called
        called += 1
        return httpx.Response(200)

    line, guard = line_to(answer)
    with trying(again=False) as tried:
        guard.stands(Standing(NOW, away=timedelta(seconds=9), reason="Poster does not answer."))
        outcome = await call(line, "GET", URL)
    assert outcome == NothingSent("Poster does not answer.", timedelta(seconds=9))
    assert (called, tried.turned_away, tried.answered) == (0, timedelta(seconds=9), {})

    with trying(again=True) as tried:
        guard.stands(Standing(NOW, probing=True))
        guard.stands(Standing(NOW, away=timedelta(seconds=9)))  # it has taken the look itself
        assert isinstance(await call(line, "GET", URL), Response)
    assert (called, tried.turned_away, tried.answered) == (1, None, {guard: True})


async def test_a_provider_that_hangs_holds_only_so_many() -> None:
    under_way, full, go_on = 0, asyncio.Event(), asyncio.Event()

    async def hang(_: httpx.Request) -> httpx.Response:
        nonlocal under_way
        under_way += 1
        if under_way == AT_ONCE:
            full.set()
        await go_on.wait()
        return httpx.Response(200)

    http = httpx.AsyncClient(transport=httpx.MockTransport(hang))
    line, guard = Lines(http).to(account_at("poster"))
    hanging = [asyncio.create_task(call(line, "GET", URL)) for _ in range(AT_ONCE)]
    await full.wait()
    with trying(again=False) as tried:
        assert isinstance(await call(line, "GET", URL), NothingSent)
    assert under_way == AT_ONCE
    assert tried.turned_away is not None
    assert guard.failures == 0, "that is not theirs"

    go_on.set()
    assert {type(outcome) for outcome in await asyncio.gather(*hanging)} == {Response}
    assert isinstance(await call(line, "GET", URL), Response)


async def test_when_too_much_has_failed_only_first_tries_are_made() -> None:
    line, _ = line_to(lambda _: httpx.Response(500))
    for _ in range(50):
        await call(line, "GET", URL)
    with trying(again=True) as another:
        assert isinstance(await call(line, "GET", URL), NothingSent)
    with trying(again=False) as first:
        assert isinstance(await call(line, "GET", URL), Response)
    assert another.turned_away is not None
    assert first.turned_away is None
