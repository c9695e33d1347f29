"""Which pages may read our answers, and what a browser sends along that we never read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from catering.app import create_app
from catering.settings import Settings

OURS, FOREIGN = "https://order.example", "https://evil.example"
TICK = 'subscription { serverTick(interval: "PT1S", limit: 1) { now } }'
FORMS = {
    "application/json": "{ __typename }",
    "text/event-stream": TICK,
    "multipart/mixed;subscriptionSpec=1.0": TICK,
}


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings("postgresql://nowhere", "redis://nowhere", origins=(OURS,))
    app = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=app, base_url="http://edge") as client:
        yield client


@pytest.mark.parametrize(("accept", "query"), FORMS.items(), ids=list(FORMS))
async def test_only_pages_of_the_list_may_read_whatever_the_form(
    browser: httpx.AsyncClient, accept: str, query: str
) -> None:
    told = {}
    for origin in (OURS, FOREIGN):
        headers = {"Accept": accept, "Origin": origin}
        answer = await browser.post("/graphql", json={"query": query}, headers=headers)
        assert answer.status_code == 200
        told[origin] = answer.headers.get("access-control-allow-origin")
        assert "access-control-allow-credentials" not in answer.headers
    assert told == {OURS: OURS, FOREIGN: None}


async def test_a_browser_asks_first_and_is_told_the_same(browser: httpx.AsyncClient) -> None:
    asks = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, last-event-id",
    }
    statuses = [
        (await browser.options("/graphql", headers={"Origin": origin, **asks})).status_code
        for origin in (OURS, FOREIGN)
    ]
    assert statuses == [200, 400]


async def test_nobody_is_believed_but_the_authorization_header(
    browser: httpx.AsyncClient,
) -> None:
    """A bad token in it is refused, so a token that is read anywhere else would be refused, too."""
    body = {"query": "{ viewer { user { id } } }", "extensions": {"token": "x"}, "token": "x"}
    elsewhere = [
        await browser.post(
            "/graphql", json=body, headers={"Cookie": "Authorization=Bearer x; token=x"}
        ),
        await browser.post("/graphql", json=body, params={"access_token": "x", "token": "x"}),
        await browser.post(
            "/graphql", json=body, headers={"X-Authorization": "Bearer x", "token": "x"}
        ),
    ]
    assert [answer.json() for answer in elsewhere] == [{"data": {"viewer": None}}] * 3
    here = await browser.post("/graphql", json=body, headers={"Authorization": "Basic x"})
    assert here.status_code == 401
