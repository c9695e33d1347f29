"""Those who watch: an app of the addresses that are for them, and the numbers on its page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from catering import health
from catering.changes import Hub
from catering.database import Transaction
from catering.settings import Settings
from tests.services.conftest import day as day

TOKEN = "the watchers' token"
Watch = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def watch(transaction: Transaction) -> AsyncIterator[Watch]:
    """A client of an API process, from an address; a token is to be shown, if there is one."""
    opened = list[httpx.AsyncClient]()

    def client(
        at: str = "127.0.0.1", token: str | None = None, on: Transaction = transaction
    ) -> httpx.AsyncClient:
        settings = Settings("postgresql://x", "redis://x", metrics_token=token)
        app = Starlette(routes=health.routes(on, Hub("redis://127.0.0.1:1"), settings))
        transport = httpx.ASGITransport(app, client=(at, 1))
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://here"))
        return opened[-1]

    yield client
    for each in opened:
        await each.aclose()


def number(page: str, name: str, **labels: str) -> float | None:
    """The one sample of this name with these labels."""
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None
