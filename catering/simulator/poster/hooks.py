"""Poster's webhooks: thin, weakly signed, and repeated until the right body comes back."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx

from catering.simulator.catalog import POSTER
from catering.simulator.webhooks import Letter
from catering.simulator.world import World

TRIES = 15
WAITS = tuple(min(2.0**number, 60.0) for number in range(TRIES - 1))


def announce(
    world: World, subject: str, object_id: int, action: str, data: dict[str, Any] | None = None
) -> None:
    """Tell the address in the dashboard, if there is one, that something changed."""
    url = world.dashboard.poster_webhook_url
    if url is None:
        return
    body = json.dumps(_message(world, subject, object_id, action, data)).encode()
    headers = {"Content-Type": "application/json"}
    world.post.send(Letter(POSTER, url, body, headers, _accepted, WAITS))


def verify(
    account: str,
    subject: str,
    object_id: int,
    action: str,
    data: str | None,
    time: str,
    secret: str,
) -> str:
    """The md5 that Poster's own example computes; its prose forgets the time."""
    parts = [account, subject, str(object_id), action, *([data] if data else []), time, secret]
    return hashlib.md5(";".join(parts).encode(), usedforsecurity=False).hexdigest()


def _message(
    world: World, subject: str, object_id: int, action: str, data: dict[str, Any] | None
) -> dict[str, Any]:
    configuration = world.configuration
    text = json.dumps(data, separators=(",", ":")) if data else None
    time = str(int(world.clock.now().timestamp()))
    secret = configuration.poster_application_secret
    account = configuration.poster_account
    message = {
        "account": account,
        "account_number": configuration.poster_token.partition(":")[0],
        "object": subject,
        "object_id": object_id,
        "action": action,
        "time": time,
        "verify": verify(account, subject, object_id, action, text, time, secret),
    }
    return message | ({"data": text} if text else {})


def _accepted(answer: httpx.Response) -> bool:
    try:
        body = answer.json()
    except ValueError:
        return False
    return bool(body == {"status": "accept"})
