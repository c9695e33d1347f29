"""Kasa's webhooks: the whole payment, signed together with the time, tried five times."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import httpx

from catering.simulator.webhooks import Letter
from catering.simulator.world import KASA, World

WAITS = (1.0, 5.0, 25.0, 125.0)


def announce(world: World, kind: str, payment: dict[str, Any]) -> None:
    """Tell the address in the dashboard, if there is one."""
    url = world.dashboard.kasa_webhook_url
    if url is None:
        return
    event = {"id": f"evt_{secrets.token_urlsafe(16)}", "type": kind, "data": payment}
    body = json.dumps(event, ensure_ascii=False).encode()
    signed = signature(body, world.configuration.kasa_signing_secret, int(time.time()))
    headers = {"Content-Type": "application/json", "Kasa-Signature": signed}
    world.post.send(Letter(KASA, url, body, headers, _accepted, WAITS))


def signature(body: bytes, secret: str, at: int) -> str:
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={digest.hexdigest()}"


def _accepted(answer: httpx.Response) -> bool:
    return answer.is_success
