"""Valkey (or Redis) as an embedded server."""

from __future__ import annotations

import signal
import socket
import time
from functools import partial
from pathlib import Path

from catering.embedded.binaries import Binary
from catering.embedded.places import Place, copied
from catering.embedded.refusing import CannotStart
from catering.embedded.serving import Server

CONFIGURATION = """
bind 127.0.0.1
port {port}
requirepass {password}
daemonize no
appendonly yes
appendfsync everysec
save ""
"""


def server(place: Place, binary: Binary) -> Server:
    """Valkey with an append-only file: a kill loses nothing, a power cut at most a second."""
    path = _reachable(binary, place)
    password = place.password()
    return Server(
        name=f"{'Valkey' if 'valkey' in path.name else 'Redis'} {binary.version}",
        place=place,
        folder=place.make("valkey"),
        command=lambda _: [str(path), "-"],
        answers=lambda _, port: _is_ready(port, password),
        ending=signal.SIGTERM,
        configuration=partial(_configuration, password),
    )


def start(valkey: Server) -> None:
    """Start it, if need be without its data: those are doorbells, PostgreSQL has the truth."""
    try:
        valkey.start()
    except CannotStart:
        log = valkey.folder / "appendonlydir"
        if not log.exists():
            raise
        log.rename(log.with_name(f"unreadable-{time.time():.0f}"))
        valkey.start()


def url(place: Place, port: int) -> str:
    return f"redis://:{place.password()}@127.0.0.1:{port}/0"


def _reachable(binary: Binary, place: Place) -> Path:
    if place.reaches(binary.path):
        return binary.path
    prefix = copied(binary.path.parent, binary.version, place)
    return prefix / binary.path.name


def _configuration(password: str, port: int) -> str:
    return CONFIGURATION.format(port=port, password=password)


def _is_ready(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            return b"+PONG" in line.makefile("rb").read(12)
    except OSError:
        return False
