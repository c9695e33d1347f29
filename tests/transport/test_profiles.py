"""What is shown to those who build, and not to those who order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from graphql import get_introspection_query

from catering.app import create_app
from catering.settings import Settings

from .conftest import code

DEVELOPMENT = Settings("postgresql://nowhere", "redis://nowhere")


@pytest.fixture(params=[True, False], ids=["development", "production"])
async def open_to_tools(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
async def client(open_to_tools: bool) -> AsyncIterator[httpx.AsyncClient]:
    app = httpx.ASGITransport(create_app(replace(DEVELOPMENT, development=open_to_tools)))
    headers = {"Accept": "application/graphql-response+json"}
    async with httpx.AsyncClient(transport=app, base_url="http://edge", headers=headers) as client:
        yield client


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        '{ __type(name: "Order") { name } }',
        "{ __typename ...A } fragment A on Query { a: __schema { types { name } } }",
    ],
    ids=["all", "type", "fragment"],
)
async def test_only_in_development_the_schema_tells_of_itself(
    client: httpx.AsyncClient, open_to_tools: bool, query: str
) -> None:
    answer = await client.post("/graphql", json={"query": query})
    if open_to_tools:
        assert "errors" not in answer.json()
    else:
        assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")


async def test_only_in_development_there_is_graphiql(
    client: httpx.AsyncClient, open_to_tools: bool
) -> None:
    assert (await client.get("/")).status_code == (200 if open_to_tools else 404)
    # What clients are made from is there for all; it is in the repository, too.
    assert "type Query" in (await client.get("/schema.graphql")).text
    fine = await client.post("/graphql", json={"query": "{ __typename }"})
    assert fine.json() == {"data": {"__typename": "Query"}}
