"""What catering needs, checked one by one, and how to mend what is missing."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database, running
from catering.changes.connecting import blocking_redis
from catering.complaints import complaint
from catering.embedded.binaries import find_postgres, find_redis
from catering.migrating import current, head
from catering.running import Running
from catering.services import accounts
from catering.settings import DEFAULT_DATA, MissingSetting, Settings
from catering.workers import dead_letters

T = TypeVar("T")

OLDEST_PYTHON = (3, 11)


class Health(StrEnum):
    GOOD = "ok"
    SKIPPED = "skipped"
    BAD = "FAILED"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what was seen or is to be done."""

    subject: str
    health: Health
    words: str


class Bad(Exception):
    """Says what is wrong and how to mend it."""


class Skipped(Exception):
    """Says why it cannot be looked at."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is configured, and what runs here; both may be nothing."""

    settings: Settings | None
    running: Running | None

    def configured(self) -> Settings:
        if self.settings is None:
            raise Skipped("nothing is configured and nothing runs here; `make run` starts it all")
        return self.settings


def examine() -> int:
    """Print every finding; 1 when something is bad, otherwise 0."""
    findings = look()
    for it in findings:
        click.echo(f"{it.health:<8} {it.subject:<12} {it.words}")
    return int(any(it.health is Health.BAD for it in findings))


def look() -> list[Finding]:
    """Everything about this machine and the system that is configured or runs here."""
    around = _surroundings()
    return [_finding(subject, check, around) for subject, check in CHECKS.items()]


def _surroundings() -> Surroundings:
    found = running.find(Path(os.environ.get("CATERING_DATA") or DEFAULT_DATA))
    try:
        return Surroundings(Settings.read(), found)
    except MissingSetting:
        return Surroundings(None, found)


def _finding(subject: str, check: Callable[[Surroundings], str], around: Surroundings) -> Finding:
    try:
        return Finding(subject, Health.GOOD, check(around))
    except Skipped as skipped:
        return Finding(subject, Health.SKIPPED, str(skipped))
    except Exception as error:  # whatever breaks is a finding, and the next check goes on
        return Finding(subject, Health.BAD, complaint(error) or f"{error}")


def _python(_: Surroundings) -> str:
    if sys.version_info < OLDEST_PYTHON:
        raise Bad(f"{sys.version.split()[0]} is too old; install Python 3.11 or newer")
    return sys.version.split()[0]


def _binaries(_: Surroundings) -> str:
    postgres, redis = find_postgres(), find_redis()
    return f"PostgreSQL {postgres.version}, {redis.path.name} {redis.version}"


def _database(around: Surroundings) -> str:
    revision = asyncio.run(current(around.configured().database_url))
    if revision != head():
        raise Bad(f"is at {revision}, the code at {head()}; run `catering migrate`")
    return f"reachable and up to date ({revision})"


def _providers(around: Surroundings) -> str:
    away = _read(around, accounts.left_in_peace)
    if away:
        raise Bad(
            f"{' '.join(away)} They are looked for again and again by themselves; where that does "
            "not help, check the address and the credentials of the account"
        )
    return "nobody is left in peace"


def _dead_letters(around: Surroundings) -> str:
    if count := _read(around, dead_letters.count):
        raise Bad(f"tasks that were given up: {count}; `catering dead-letters list` shows them")
    return "none"


def _read(around: Surroundings, look: Callable[[AsyncSession], Awaitable[T]]) -> T:
    url = around.configured().database_url

    async def read() -> T:
        engine = database.engine(url, size=1)
        try:
            async with database.transactions(engine)() as session:
                return await look(session)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(read())
    except Exception as error:
        raise Skipped("the database has to be mended first") from error


def _redis(around: Surroundings) -> str:
    with blocking_redis(around.configured().redis_url) as client:
        client.ping()
    return "reachable"


def _api(around: Surroundings) -> str:
    port = around.settings.port if around.settings else _wanted_port()
    if "api" not in (around.running.processes if around.running else {}):
        return _free(port)
    if (status := _status(port, "/health/ready")) != 200:
        raise Bad(f"is not ready (status {status}); look at its lines where `catering up` runs")
    return f"ready at http://127.0.0.1:{port}/"


def _simulators(around: Surroundings) -> str:
    if around.running is None:
        raise Skipped("nothing runs here")
    port = around.running.simulator_port
    if _status(port, "/") is None:
        raise Bad(f"nobody answers on port {port}; look at their lines where `catering up` runs")
    return f"answer at http://127.0.0.1:{port}/"


def _processes(around: Surroundings) -> str:
    if around.running is None:
        raise Skipped("nothing runs here")
    return ", ".join(f"{name} {pid}" for name, pid in around.running.processes.items())


def _wanted_port() -> int:
    return int(os.environ.get("CATERING_PORT") or 8000)


def _free(port: int) -> str:
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise Bad(f"port {port} is taken by another program; choose one with CATERING_PORT")
    return f"not running; port {port} is free for it"


def _status(port: int, path: str) -> int | None:
    line = HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        line.close()


CHECKS: dict[str, Callable[[Surroundings], str]] = {
    "Python": _python,
    "binaries": _binaries,
    "database": _database,
    "Redis": _redis,
    "API": _api,
    "providers": _providers,
    "dead letters": _dead_letters,
    "simulators": _simulators,
    "processes": _processes,
}
