"""Uber Direct, as a client sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from tests.simulator.conftest import Outside

HOME = "/uber/v1/customers/demo-customer"
GRANT = {
    "grant_type": "client_credentials",
    "client_id": "demo-uber-client",
    "client_secret": "demo-uber-client-secret-000000000001",
    "scope": "eats.deliveries",
}


def address(line: str) -> str:
    return json.dumps({"street_address": [line], "city": "Київ", "country": "UA"})


ROUTE: dict[str, Any] = {
    "pickup_address": address("Хрещатик, 1"),
    "pickup_latitude": 50.45,
    "pickup_longitude": 30.52,
    "dropoff_address": address("Сагайдачного, 25"),
    "dropoff_latitude": 50.46,
    "dropoff_longitude": 30.53,
}
DELIVERY: dict[str, Any] = ROUTE | {
    "pickup_name": "Кухня",
    "pickup_phone_number": "+380501112233",
    "dropoff_name": "Ганна",
    "dropoff_phone_number": "+380501112244",
    "external_id": "d-1",
    "idempotency_key": "d-1",
    "manifest_items": [{"name": "Борщ", "quantity": 1, "size": "small", "price": 12_000}],
}


class Uber:
    def __init__(self, outside: Outside) -> None:
        self.http = outside.http
        token = self.http.post("/uber/oauth/v2/token", data=GRANT).json()
        self.bearer = {"Authorization": f"Bearer {token['access_token']}"}

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.http.post(HOME + path, json=body, headers=self.bearer)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(HOME + path, params=query, headers=self.bearer)

    def book(self, **changes: Any) -> httpx.Response:
        return self.post("/deliveries", DELIVERY | changes)

    def status(self, delivery_id: str) -> str:
        return str(self.get(f"/deliveries/{delivery_id}").json()["status"])
