"""Webhooks as Poster and Uber send them: signed with a secret, or not at all."""

from __future__ import annotations

import hashlib
import hmac
import json


def uber_news(delivery: str, word: str, secret: str | None) -> tuple[bytes, dict[str, str]]:
    event = {"id": f"evt_{word}", "kind": "event.delivery_status", "delivery_id": delivery}
    raw = json.dumps({**event, "status": word}).encode()
    if secret is None:
        return raw, {}
    return raw, {"x-uber-signature": hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


def poster_news(secret: str | None) -> tuple[bytes, dict[str, str]]:
    told = {
        "account": "demo", "object": "incoming_order", "object_id": 42, "action": "changed",
        "time": "1700000000",
    }  # fmt: skip
    if secret is not None:
        fields = (*told.values(), secret)
        told["verify"] = hashlib.md5(";".join(map(str, fields)).encode()).hexdigest()
    return json.dumps(told).encode(), {}
