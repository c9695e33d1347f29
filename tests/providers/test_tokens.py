from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from catering.providers.calling import NoAnswer, NothingSent, Response
from catering.providers.tokens import BearerLine, Token, granted
from tests.providers.conftest import account_at, answering


class Gatekeeper:
    """Gives out numbered tokens and lets in whoever has the one in force."""

    def __init__(self) -> None:
        self.given = 0
        self.in_force: str | None = None
        self.life = timedelta(hours=1)
        self.http = answering(self.let_in)
        self.line = BearerLine(account_at("uklon"), self.http, self.give)

    async def give(self) -> Token | NothingSent:
        await asyncio.sleep(0)
        self.given += 1
        self.in_force = f"token-{self.given}"
        return Token(self.in_force, self.life)

    def let_in(self, request: httpx.Request) -> httpx.Response:
        known = request.headers["authorization"] == f"Bearer {self.in_force}"
        return httpx.Response(200 if known else 401)

    async def ask(self) -> int:
        answer = await self.line.call("GET", "/x")
        assert isinstance(answer, Response)
        return answer.status


@pytest.fixture
async def gate() -> AsyncIterator[Gatekeeper]:
    gate = Gatekeeper()
    async with gate.http:
        yield gate


async def test_many_who_come_at_once_share_one_token(gate: Gatekeeper) -> None:
    assert await asyncio.gather(*(gate.ask() for _ in range(50))) == [200] * 50
    assert gate.given == 1


async def test_many_who_are_refused_at_once_share_the_next(gate: Gatekeeper) -> None:
    await gate.ask()
    gate.in_force = "revoked"
    assert await asyncio.gather(*(gate.ask() for _ in range(50))) == [200] * 50
    assert gate.given == 2


async def test_a_token_is_renewed_before_it_ends(
    gate: Gatekeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, later = time.monotonic(), 0.0
    monkeypatch.setattr(time, "monotonic", lambda: begun + later)
    await gate.ask()
    later = 0.89 * 3_600
    await gate.ask()
    assert gate.given == 1
    later = 0.91 * 3_600
    await gate.ask()
    assert gate.given == 2


async def test_who_is_refused_twice_gives_up(gate: Gatekeeper) -> None:
    gate.http._transport = httpx.MockTransport(lambda _: httpx.Response(401))
    assert await gate.ask() == 401
    assert gate.given == 2


async def test_an_adapter_that_is_opened_again_has_the_token(gate: Gatekeeper) -> None:
    await gate.ask()
    gate.line = BearerLine(account_at("uklon"), gate.http, gate.give)
    await gate.ask()
    assert gate.given == 1


@pytest.mark.parametrize("life", [3_599, "3599"])
def test_a_life_may_come_as_text(life: object) -> None:
    body = json.dumps({"access_token": "a", "expires_in": life}).encode()
    assert granted(Response(200, body)) == Token("a", timedelta(seconds=3_599))


@pytest.mark.parametrize(
    "outcome",
    [
        NothingSent("nobody listens"),
        NoAnswer("ReadTimeout"),
        Response(200, b"<html>"),
        Response(200, b"{}"),
        Response(200, b'{"access_token": 7}'),
        Response(200, '{"access_token": "é"}'.encode()),
        Response(401, b'{"access_token": "a", "expires_in": 1}'),
    ],
)
def test_without_a_token_nothing_is_sent(outcome: Response | NothingSent | NoAnswer) -> None:
    assert isinstance(granted(outcome), NothingSent)


def test_a_token_is_not_shown() -> None:
    assert "secret" not in repr(Token("secret", timedelta(1)))
    assert "secret" not in repr(Response(200, b"secret", {"a": "secret"}))
