"""The whole product, on servers that can be killed, behind doors that can be shut."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from catering import embedded
from catering.embedded import Servers
from tests.live.proxy import Proxy, through

READY_WITHIN = 90.0


@dataclass(slots=True)
class House:
    """What runs, and how to hurt it."""

    servers: Servers
    doors: dict[str, Proxy]
    data: Path
    port: int
    simulator: str
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """The server itself, past its door."""
        return str(self.servers.database_url)

    def processes(self) -> dict[str, int]:
        """Ours that live now, by name."""
        return {name: pid for name, pid in self._noted().items() if name != "simulator"}

    def outsider(self) -> int | None:
        """The process that plays all outside systems."""
        return self._noted().get("simulator")

    def _noted(self) -> dict[str, int]:
        """What their supervisor has written down."""
        try:
            note = json.loads((self.data / "running.json").read_text())
        except (OSError, ValueError):
            return {}
        found: dict[str, int] = note["processes"]
        return found

    def server(self, name: str) -> int | None:
        """The process of PostgreSQL or Redis."""
        return self.servers.pids().get(name)

    async def keep_servers(self) -> None:
        """Start them again when they were killed, as a machine's supervisor would."""
        while True:
            self.servers.revive()
            await asyncio.sleep(0.2)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[House]:
    """Everything runs and has demo data; all of it is gone afterwards."""
    with embedded.start(folder / "servers", postgres=True, redis=True) as servers:
        database, redis = str(servers.database_url), str(servers.redis_url)
        async with (
            Proxy(urlsplit(database).port or 0) as to_database,
            Proxy(urlsplit(redis).port or 0) as to_redis,
        ):
            port, simulator = _free_port(), _free_port()
            data, log = folder / "data", folder / "up.log"
            environment = {
                **os.environ,
                "CATERING_DATABASE_URL": through(to_database, database),
                "CATERING_REDIS_URL": through(to_redis, redis),
                "CATERING_DATA": str(data),
                "CATERING_PORT": str(port),
                "CATERING_SIMULATOR_PORT": str(simulator),
                "CATERING_RATE_FACTOR": "1000",
            }
            command = [sys.executable, "-m", "catering", "up", "--demo", "--workers", "2"]
            with log.open("wb") as out:
                up = subprocess.Popen(  # noqa: ASYNC220 - it only forks
                    command, env=environment, stdout=out, stderr=out, start_new_session=True
                )
            doors = {"postgres": to_database, "redis": to_redis}
            there = f"http://127.0.0.1:{simulator}"
            house = House(servers, doors, data, port, there, log)
            try:
                await _ready(house, up)
                yield house
            finally:
                await _closed(up)


async def _ready(house: House, up: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(READY_WITHIN), httpx.AsyncClient(trust_env=False) as http:
        while True:
            with suppress(httpx.HTTPError):
                if (await http.get(f"{house.url}/health/ready")).status_code == httpx.codes.OK:
                    return
            if up.poll() is not None:
                raise RuntimeError(f"It did not start:\n{house.log.read_text()[-2_000:]}")
            await asyncio.sleep(0.1)


async def _closed(up: subprocess.Popen[bytes]) -> None:
    up.send_signal(signal.SIGINT)
    try:
        await asyncio.to_thread(up.wait, 30)
    except subprocess.TimeoutExpired:
        up.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
