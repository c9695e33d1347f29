"""A simulator that stands still, and somebody who listens to its webhooks: both over real HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from catering.simulator import Configuration, application
from tests.simulator.uber import Uber


@dataclass
class Listener:
    """Remembers every webhook. Answers what it was told to, or else what pleases both senders."""

    url: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    rang: threading.Event = field(default_factory=threading.Event)

    def bodies(self) -> list[Any]:
        return [httpx.Response(200, content=body).json() for _, body in self.heard]

    async def hear(self, request: Request) -> Response:
        self.heard.append((dict(request.headers), await request.body()))
        self.rang.set()
        status, body = self.answers.pop(0) if self.answers else (200, {"status": "accept"})
        return JSONResponse(body, status)


class Outside:
    """The simulator as a test holds it: the hand that moves it and eyes on its ledger."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=10)

    def tell(self, path: str, **body: Any) -> httpx.Response:
        return self.http.post(f"/_sim/{path}", json=body).raise_for_status()

    def advance(self, seconds: float) -> None:
        self.tell("clock", advance=seconds)

    def fault(self, provider: str, operation: str, kind: str, **more: Any) -> None:
        self.tell("faults", provider=provider, operation=operation, kind=kind, **more)

    def ledger(self) -> dict[str, Any]:
        return dict(self.http.get("/_sim/ledger").json())

    def effects(self, reference: str) -> list[dict[str, Any]]:
        found = self.http.get("/_sim/ledger", params={"reference": reference}).json()
        return list(found["effects"])


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with running(application(Configuration(speed=0))) as url:
        yield url


@pytest.fixture
def outside(server: str) -> Iterator[Outside]:
    outside = Outside(server)
    outside.tell("reset", seed=1)
    yield outside
    outside.http.close()


@pytest.fixture(scope="session")
def listening() -> Iterator[Listener]:
    listener = Listener()
    with running(Starlette(routes=[Route("/hook", listener.hear, methods=["POST"])])) as url:
        listener.url = f"{url}/hook"
        yield listener


@pytest.fixture
def listener(listening: Listener, outside: Outside) -> Listener:
    """Hears the webhooks of Poster and Uber."""
    listening.heard.clear()
    listening.answers.clear()
    listening.rang.clear()
    outside.tell("dashboard", poster_webhook_url=listening.url, uber_webhook_url=listening.url)
    return listening


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Serve on a free port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = Announcing(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]})
        thread.start()
        assert server.ready.wait(10)
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = True
        thread.join()


class Announcing(uvicorn.Server):
    """Says when it listens, so that nobody has to sleep."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@pytest.fixture
def uber(outside: Outside) -> Uber:
    return Uber(outside)
