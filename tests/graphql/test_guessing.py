"""Guesses at passwords slow down where they come from, and nobody else."""

from __future__ import annotations

from sqlalchemy import text

from catering.domain.attempts import FREE
from catering.workers import letters as letters
from tests.graphql.securing import SIGN_IN, Desk
from tests.graphql.securing import desk as desk


async def test_guesses_slow_down_where_they_come_from_and_nobody_else(desk: Desk) -> None:
    desk.ask.address = "203.0.113.7"
    for _ in range(FREE):
        assert (await desk.sign_in("a guess"))["errors"] == [{"code": "INVALID_CREDENTIALS"}]
    async with desk.ask.transaction() as session:
        now = await session.scalar(text("SELECT catering_now() + interval '30 s'"))

    refused = await desk.sign_in()
    assert refused["session"] is None
    (error,) = refused["errors"]
    assert error["code"] == "TOO_MANY_ATTEMPTS"
    assert error["retryAfter"][:19] == f"{now:%Y-%m-%dT%H:%M:%S}"

    assert (await desk.sign_in(refreshToken=desk.refresh_token))["errors"] == []
    desk.ask.address = "198.51.100.1"
    assert (await desk.sign_in())["errors"] == []
    desk.ask.address = "203.0.113.7"
    assert (await desk.sign_in())["session"] is None

    await desk.later("31 seconds")
    assert (await desk.sign_in())["errors"] == []
    assert (await desk.sign_in("a guess"))["errors"] == [{"code": "INVALID_CREDENTIALS"}]


async def test_guesses_at_nobody_look_like_guesses_at_somebody(desk: Desk) -> None:
    stranger = {"email": "nobody@example.test", "password": "a guess"}
    told = [[(await desk.say(SIGN_IN, **stranger))["errors"]] for _ in range(FREE + 1)]
    assert told[:FREE] == [[[{"code": "INVALID_CREDENTIALS"}]]] * FREE
    assert told[FREE][0][0]["code"] == "TOO_MANY_ATTEMPTS"


async def test_a_token_of_somebody_else_makes_no_device_known(desk: Desk) -> None:
    foreign = desk.refresh_token
    await desk.register()
    for _ in range(FREE):
        await desk.sign_in("a guess")
    for token in (foreign, "nonsense"):
        (error,) = (await desk.sign_in(refreshToken=token))["errors"]
        assert error["code"] == "TOO_MANY_ATTEMPTS"
