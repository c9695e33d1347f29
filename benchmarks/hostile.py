"""What hostile requests cost us, and what honest ones feel of it: `python benchmarks/hostile.py`.

Starts the edge in a process of its own, without a database (no attack here gets that far). For each
attack it prints the time of the processor that one request takes, and how long an honest client
waits while two others do nothing but attack, beside how long he waits alone: measured in turns, so
that whatever else the machine does is in both. It takes about a minute.
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

from catering import garbage
from catering.resolvers.root import schema
from catering.settings import Settings
from catering.transport import Endpoint, Surrounding

WISHED: Final = 50.0
"""Milliseconds of the process, at most."""

ALL: Final = 42.0
"""Seconds for everything that is measured in turns."""

REPEATS, ROUNDS, ATTACKERS = 5, 2, 2
HONEST: Final = {"query": "{ __typename }"}
DEEP: Final = 100_000


def attacks() -> Mapping[str, bytes]:
    """Name → body."""
    spreads = "".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }} " for n in range(60))
    fields = "fields { type { fields { type { name } } } }"
    documents = {
        "nested braces": "{" * DEEP,
        "nested fields": "{ a" * 900 + "}" * 900,
        "nested fragments": spreads + "fragment f60 on Query { __typename } { ...f0 }",
        "1,000 aliases": "{" + "".join(f" a{n}: __typename" for n in range(1_000)) + "}",
        "1,000 overlaps": "{" + " viewer { __typename }" * 46 + "}",
        "500 overlaps": "{" + " viewer { user { x } }" * 18 + "}",
        "500 with arguments": "{" + " viewer(a: 1, b: 2, c: 3) { __typename }" * 32 + "}",
        "50,000 tokens": "{" + " a" * 50_000 + "}",
        "2,000 tokens": "{" + " a" * 1_990 + "}",
        "750 unknown fields": "{" + "".join(f" n{n}" for n in range(750)) + "}",
        "200 unused variables": f"query({' '.join(f'$a{n}: Int' for n in range(200))}) {{ a }}",
        "1,400 values": "{ nodes(ids: [" + '"a" ' * 1_400 + "]) { id } }",
        "types of types": f"{{ __schema {{ types {{ {fields} }} }} }}",
    }
    bodies = {name: json.dumps({"query": each}).encode() for name, each in documents.items()}
    variables = b'{"query": "{ __typename }", "variables": {"a": [%s0]}}'
    return bodies | {
        "nested brackets": b"[" * DEEP,
        "nested objects": b'{"a":' * 40_000,
        "60,000 lists": variables % (b"[]," * 60_000),
        "4,900 objects": variables % (b'{"a":1},' * 4_900),
        "2 MiB": b" " * (2 << 20),
        "no object": b"null",
        "NaN": variables % b"NaN,",
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
        print(f"{'attack':22}{'process':>10}{'alone':>12}{'attacked':>12}{'ratio':>8}")
        for name, body in attacks().items():
            spent = min([await _spent(http, body) for _ in range(REPEATS)])
            alone, attacked = await _turns(http, body)
            told = f"{spent:7.1f} ms{alone:9.1f} ms{attacked:9.1f} ms{attacked / alone:7.1f}×"
            print(f"{name:22}{told}{'' if spent <= WISHED else f'  more than {WISHED:.0f} ms'}")


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
    while (response := await _sent(http, body)) is None:
        pass
    assert response.status_code < 500, response.text
    return float(response.headers["x-spent"])


async def _sent(http: httpx.AsyncClient, body: bytes) -> httpx.Response | None:
    """None when we were hung up on: who still sends, does not always hear that it is too much."""
    try:
        return await http.post("", content=body)
    except httpx.TransportError:
        return None


async def _turns(http: httpx.AsyncClient, body: bytes) -> tuple[float, float]:
    """How long an honest client waits alone, and under attack: medians."""
    alone, attacked = list[float](), list[float]()
    for _ in range(ROUNDS):
        alone += await _latencies(http)
        over = asyncio.Event()
        attackers = [asyncio.create_task(_attack(http, body, over)) for _ in range(ATTACKERS)]
        attacked += await _latencies(http)
        over.set()
        await asyncio.gather(*attackers)
    return statistics.median(alone), statistics.median(attacked)


async def _latencies(http: httpx.AsyncClient) -> list[float]:
    told, until = list[float](), time.monotonic() + ALL / len(attacks()) / ROUNDS / 2
    while time.monotonic() < until:
        began = time.perf_counter()
        await http.post("", json=HONEST)
        told.append(1_000 * (time.perf_counter() - began))
    return told


async def _attack(http: httpx.AsyncClient, body: bytes, over: asyncio.Event) -> None:
    while not over.is_set():
        await _sent(http, body)


def _serve(port: int) -> None:
    nothing: Any = None
    garbage.settle()
    edge = Surrounding(Endpoint(schema, nothing, nothing, Settings("", "", rate_factor=10**6)))

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
