"""What hostile requests cost us, and what honest ones feel of it: `python benchmarks/hostile.py`.

Starts the edge in a process of its own, without a database (no attack here gets that far), and
prints the time of the processor that each attack takes, and the latency of an honest client alone
and under attack, measured in turns.
"""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from catering.resolvers.root import schema
from catering.settings import Settings
from catering.transport import Endpoint, Surrounding

WISHED: Final = 50.0
"""Milliseconds of the process, at most."""

REPEATS, ROUNDS, SECONDS, ATTACKERS = 5, 3, 2.0, 2
HONEST: Final = {"query": "{ __typename }"}
DEEP: Final = 100_000


def attacks() -> Mapping[str, bytes]:
    """Name → body."""
    spreads = "".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }} " for n in range(60))
    documents = {
        "nested braces": "{" * DEEP,
        "nested fields": "{ a" * 900 + "}" * 900,
        "nested fragments": spreads + "fragment f60 on Query { __typename } { ...f0 }",
        "1,000 aliases": "{" + "".join(f" a{n}: __typename" for n in range(1_000)) + "}",
        "600 aliases": "{" + "".join(f" a{n}: __typename" for n in range(600)) + "}",
        "overlapping fields": "{" + " viewer { __typename }" * 480 + "}",
        "overlapping deeper": "{" + " viewer { user { id } }" * 270 + "}",
        "50,000 tokens": "{" + " a" * 50_000 + "}",
        "directives": "{ __typename" + " @include(if: true)" * 300 + "}",
        "unknown fields": "{" + "".join(f" n{n}" for n in range(1_900)) + "}",
    }
    bodies = {name: json.dumps({"query": each}).encode() for name, each in documents.items()}
    return bodies | {
        "nested brackets": b"[" * DEEP,
        "nested objects": b'{"a":' * 40_000,
        "2 MiB": b" " * (2 << 20),
        "no object": b"null",
        "NaN": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
        "not UTF-8": b'{"query": "\xff"}',
    }


def main() -> None:
    """Measure, and print."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    server = subprocess.Popen([sys.executable, __file__, str(port)])  # noqa: S603
    try:
        asyncio.run(_measured(f"http://127.0.0.1:{port}/graphql"))
    finally:
        server.terminate()
        server.wait()


async def _measured(url: str) -> None:
    headers = {"content-type": "application/json"}
    async with httpx.AsyncClient(headers=headers, base_url=url, timeout=60) as http:
        await _ready(http)
        for name, body in attacks().items():
            spent = [await _spent(http, body) for _ in range(REPEATS)]
            verdict = "" if max(spent) <= WISHED else f"  more than {WISHED:.0f}"
            print(f"{name:20} {statistics.median(spent):8.1f} ms of the process{verdict}")
        alone, attacked = list[float](), list[float]()
        for _ in range(ROUNDS):
            alone += await _latencies(http)
            over = asyncio.Event()
            attackers = [asyncio.create_task(_attack(url, over)) for _ in range(ATTACKERS)]
            attacked += await _latencies(http)
            over.set()
            await asyncio.gather(*attackers)
    for word, share in (("median", 0.5), ("99th percentile", 0.99)):
        before, under = _quantile(alone, share), _quantile(attacked, share)
        print(
            f"{word:20} {before:.1f} ms alone, {under:.1f} ms under attack: {under / before:.1f}×"
        )


async def _ready(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await http.post("", json=HONEST)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return


async def _spent(http: httpx.AsyncClient, body: bytes) -> float:
    response = await http.post("", content=body)
    assert response.status_code < 500, response.text
    return float(response.headers["x-spent"])


async def _latencies(http: httpx.AsyncClient) -> list[float]:
    told, until = list[float](), time.monotonic() + SECONDS
    while time.monotonic() < until:
        began = time.perf_counter()
        await http.post("", json=HONEST)
        told.append(1_000 * (time.perf_counter() - began))
    return told


async def _attack(url: str, over: asyncio.Event) -> None:
    headers = {"content-type": "application/json"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        while not over.is_set():
            for body in attacks().values():
                await http.post(url, content=body)


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def _serve(port: int) -> None:
    nothing: Any = None
    edge = Surrounding(Endpoint(schema, nothing, nothing, Settings("", "")))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        began = time.process_time()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                spent = 1_000 * (time.process_time() - began)
                message["headers"] = [*message["headers"], (b"x-spent", f"{spent:.3f}".encode())]
            await send(message)

        await edge(scope, receive, told)

    uvicorn.run(app, port=port, log_level="error", lifespan="off", access_log=False)


if __name__ == "__main__":
    _serve(int(sys.argv[1])) if len(sys.argv) > 1 else main()
