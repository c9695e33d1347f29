from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest

from catering.providers import calling
from catering.providers.accounts import Account, Port
from catering.simulator import Configuration
from tests.providers.simulated import Outside, serving

CREDENTIALS: dict[str, dict[str, Any]] = {
    "open_kitchen": {"key": "demo-silpo-key-0123456789abcdef0123"},
    "poster": {"token": "demo:0123456789abcdef0123456789abcdef", "account": "demo"},
    "uklon": {
        "app_uid": "demo-uklon-app",
        "client_id": "demo-uklon-client",
        "client_secret": "demo-uklon-client-secret-000000001",
        "city": 1,
    },
    "uber_direct": {
        "client_id": "demo-uber-client",
        "client_secret": "demo-uber-client-secret-000000000001",
        "customer_id": "demo-customer",
        "region": {"city": "Kyiv", "state": "Kyiv", "zip_code": "01001", "country": "UA"},
    },
    "kasa": {"key": "demo-kasa-key-0123456789abcdef000001"},
}
PORTS: dict[str, Port] = {"open_kitchen": "kitchen", "poster": "kitchen", "kasa": "payment"}


def account_at(
    provider: str,
    base_url: str = "http://provider.test",
    *,
    secrets: tuple[str, ...] = ("sim-secret-1",),
    credentials: Mapping[str, Any] | None = None,
    time_zone: str = "Europe/Kyiv",
) -> Account:
    port: Port = PORTS.get(provider, "courier")
    return Account(
        id=UUID(int=len(provider)),
        name=provider,
        title=provider,
        port=port,
        provider=provider,
        base_url=base_url,
        credentials={**CREDENTIALS[provider], **(credentials or {})},
        webhook_secrets=secrets,
        time_zone=time_zone,
        currency="UAH",
    )


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with calling.client() as client:
        yield client


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    """An HTTP client behind which this function is the whole outside."""
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with serving(Configuration(speed=0, open_kitchen_spots=("kyiv-1",))) as url:
        yield url


@pytest.fixture
async def outside(url: str, http: httpx.AsyncClient) -> Outside:
    """The outside, as if it had just been started."""
    outside = Outside(url, http)
    await outside.tell("reset")
    return outside
