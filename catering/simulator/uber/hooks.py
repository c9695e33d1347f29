"""Uber's webhooks: the whole delivery, signed with a key of their own, tried seven times."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

import httpx

from catering.simulator.uber.delivery import Delivery
from catering.simulator.webhooks import Letter
from catering.simulator.world import UBER, World

TRIES = 7
WAITS = tuple(2.0**number for number in range(TRIES - 1))


def announce(world: World, delivery: Delivery, kind: str, data: dict[str, Any]) -> None:
    """Tell the address in the dashboard, if there is one."""
    url = world.dashboard.uber_webhook_url
    if url is None:
        return
    body = json.dumps(_message(world, delivery, kind, data), ensure_ascii=False).encode()
    key = world.configuration.uber_signing_key
    headers = {"Content-Type": "application/json", "x-uber-signature": signature(body, key)}
    world.post.send(Letter(UBER, url, body, headers, _accepted, WAITS))


def signature(body: bytes, key: str) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def _message(world: World, delivery: Delivery, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    message = {
        "id": f"evt_{secrets.token_urlsafe(16)}",
        "kind": kind,
        "status": delivery.status,
        "delivery_id": delivery.delivery_id,
        "created": world.clock.now().isoformat(),
        "live_mode": False,
        "customer_id": world.configuration.uber_customer_id,
        "developer_id": "demo-developer",
        "account_id": "demo-account",
        "data": data,
    }
    if kind == "event.courier_update":
        message |= {"location": data["courier"]["location"], "job_id": delivery.delivery_id}
    return message


def _accepted(answer: httpx.Response) -> bool:
    return answer.is_success
