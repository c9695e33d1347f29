"""The simulated outside, over real HTTP, as the conformance suite needs it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from catering.simulator import Configuration, application

BROKEN = ["commit_then_fail", "truncated_json", "maintenance_page"]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one adapter performs: its name, and what the outside calls it and its calls."""

    provider: str
    path: str
    outside: str
    create: str
    ask: str
    location: str = ""
    token: str | None = None
    token_life: int = 0
    webhook_setting: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """A running simulator and the hand that moves it."""

    url: str
    http: httpx.AsyncClient

    async def tell(self, path: str, **how: Any) -> None:
        answer = await self.http.post(f"{self.url}/_sim/{path}", json=how)
        assert answer.status_code == 200, answer.text

    async def live(self, seconds: float) -> None:
        await self.tell("clock", advance=seconds)

    async def fail(self, provider: str, operation: str, kind: str, **how: Any) -> None:
        await self.tell("faults", provider=provider, operation=operation, kind=kind, **how)

    async def hold(self, provider: str, operation: str) -> None:
        """Keep the next request of this kind as it comes, until it is released."""
        await self.fail(provider, operation, "hold")

    async def release(self) -> None:
        """Let go on what is held."""
        await self.tell("faults", release=True)

    async def ledger(self, **narrowed: str) -> dict[str, Any]:
        answer = await self.http.get(f"{self.url}/_sim/ledger", params=narrowed)
        return dict(answer.json())

    async def live_effects(self, reference: str) -> int:
        """How many tickets or couriers there really are under a reference."""
        effects = (await self.ledger(reference=reference))["effects"]
        return sum(effect["live"] for effect in effects)

    async def requests(self, provider: str, operation: str) -> int:
        made = (await self.ledger(provider=provider))["requests"]
        return sum(request["operation"] == operation for request in made)


@contextmanager
def serving(configuration: Configuration) -> Iterator[str]:
    """Run the simulator on a free port, in a thread and on an event loop of its own."""
    # Named as TCP, because asyncio turns Nagle's algorithm off for no other socket: 40 ms a call.
    with socket.socket(proto=socket.IPPROTO_TCP) as door:
        door.bind(("127.0.0.1", 0))
        door.listen()  # whoever calls before the server runs waits for it
        config = uvicorn.Config(application(configuration), log_level="error", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=asyncio.run, args=(server.serve([door]),))
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
