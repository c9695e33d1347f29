"""Both servers together, under one lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from catering.embedded import binaries, locking, places, postgres, valkey
from catering.embedded.places import Place
from catering.embedded.serving import Server

Say = Callable[[str], None]


@dataclass(slots=True)
class Servers:
    """The servers of one data folder; an address is None where none was asked for."""

    lock: TextIO
    database_url: str | None = None
    redis_url: str | None = None
    running: dict[str, Server] = field(default_factory=dict)
    """In the order in which they stop: "redis", then "postgres"."""

    def pids(self) -> dict[str, int]:
        return {name: server.process.pid for name, server in self.running.items() if server.process}

    def revive(self) -> list[str]:
        """Launch what has died again, on the port it had; the sentences say who and why."""
        return [server.revive() for server in self.running.values() if server.is_due()]

    def stop(self) -> None:
        """End them cleanly and let go of the folder. Stopping twice is fine."""
        for server in self.running.values():
            server.stop()
        self.lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()


def start(data: Path, *, postgres: bool, redis: bool, say: Say = lambda _: None) -> Servers:
    """The asked-for servers, up and answering, with everything they keep under `data`.

    One start per folder at a time; what an earlier start left behind is ended or mended first.
    Call it from a thread that lives as long as the servers should: Linux ties them to the thread.
    Raises `CannotStart` with a sentence that says how to mend it.
    """
    servers = Servers(locking.take(data))
    try:
        if postgres or redis:
            _start(servers, places.choose(data, say), postgres=postgres, redis=redis, say=say)
    except BaseException:
        servers.stop()
        raise
    return servers


def _start(servers: Servers, place: Place, *, postgres: bool, redis: bool, say: Say) -> None:
    if redis:
        servers.redis_url = _start_redis(servers, place, say)
    if postgres:
        servers.database_url = _start_postgres(servers, place, say)


def _start_redis(servers: Servers, place: Place, say: Say) -> str:
    binary = binaries.find_redis()
    with _timed(f"Valkey {binary.version}", say):
        server = servers.running["redis"] = valkey.server(place, binary)
        valkey.start(server)
    return valkey.url(place, server.port)


def _start_postgres(servers: Servers, place: Place, say: Say) -> str:
    binary = binaries.find_postgres()
    with _timed(f"PostgreSQL {binary.version}", say):
        server = servers.running["postgres"] = postgres.server(place, binary)
        server.start()
    return postgres.url(place, server.port)


@contextmanager
def _timed(name: str, say: Say) -> Iterator[None]:
    began = time.monotonic()
    say(f"Starting {name} …")
    yield
    say(f"{time.monotonic() - began:.1f} s")
