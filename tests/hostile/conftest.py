"""Strangers who send what they like, and what must be true whatever they send."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from catering.database import Transaction
from catering.resolvers.root import schema
from catering.settings import Settings
from catering.transport import Endpoint, Surrounding
from tests.transport.conftest import endpoint as endpoint
from tests.transport.conftest import http as http

OUR_INSIDES = (
    "Traceback", 'File "', "site-packages", "postgresql", "redis:/", "asyncpg", "sqlalchemy",
    "catering/", "catering.",
)  # fmt: skip

MOST_SECONDS = 0.5
"""Of a processor, for one request. What is promised is a tenth of it, and `benchmarks/hostile.py`
measures that; but the same work takes several times as long where others use the caches, too."""


@dataclass
class Stranger:
    """Sends bytes; every answer is looked at for what no answer may be."""

    http: httpx.AsyncClient

    async def posts(self, content: bytes | str, **headers: str) -> httpx.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        began = time.process_time()
        response = await self.http.post("", content=content, headers=given)
        assert time.process_time() - began < MOST_SECONDS
        must_be_harmless(response)
        return response

    async def asks(self, query: Any, **members: Any) -> httpx.Response:
        return await self.posts(json.dumps({"query": query, **members}))

    async def gets(self, query: str, **headers: str) -> httpx.Response:
        response = await self.http.get("", params={"query": query}, headers=headers)
        must_be_harmless(response)
        return response


def must_be_harmless(response: httpx.Response) -> None:
    """It is no accident of ours, and tells nothing about us."""
    assert response.status_code < 500, response.text[:500]
    told = response.text + str(response.headers)
    assert [word for word in OUR_INSIDES if word in told] == []


def codes(response: httpx.Response) -> set[str]:
    """The codes of all errors."""
    return {error["extensions"]["code"] for error in response.json()["errors"]}


@pytest.fixture(scope="session", autouse=True)
def _settled() -> Iterator[None]:
    """As in the product, what is here now is garbage never: looking for it is no work of theirs."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a stranger does is his mistake: no error of ours is written down."""
    yield
    assert [each for each in caplog.records if each.levelname == "ERROR" or each.exc_info] == []


@pytest.fixture
def stranger(http: httpx.AsyncClient) -> Stranger:
    """There is no database behind it: nobody gets that far."""
    http.headers["accept"] = "application/graphql-response+json"
    return Stranger(http)


@pytest.fixture
async def intruder(transaction: Transaction, settings: Settings) -> AsyncIterator[Stranger]:
    """The same, before the real thing."""
    nobody_watches: Any = None
    app = Surrounding(Endpoint(schema, transaction, nobody_watches, settings))
    headers = {"content-type": "application/json", "accept": "application/graphql-response+json"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://edge/graphql", headers=headers
    ) as client:
        yield Stranger(client)
