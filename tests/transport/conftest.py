"""The endpoint without a server, asked by nobody in particular: no database is needed for that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from catering.resolvers.root import schema
from catering.settings import Settings
from catering.transport import Endpoint, Surrounding

NOTHING: Any = None


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint(schema, NOTHING, NOTHING, Settings("postgresql://nowhere", "redis://nowhere"))


@pytest.fixture
async def http(endpoint: Endpoint) -> AsyncIterator[httpx.AsyncClient]:
    app = httpx.ASGITransport(Surrounding(endpoint))
    async with httpx.AsyncClient(transport=app, base_url="http://edge/graphql") as client:
        client.headers["content-type"] = "application/json"
        yield client


def code(response: httpx.Response) -> str:
    """The code of the one error."""
    (error,) = response.json()["errors"]
    told: str = error["extensions"]["code"]
    return told
