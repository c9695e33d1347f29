"""Where the numbers of a process without a web side can be seen: a port of its own."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

from . import counts

log = logging.getLogger(__name__)

PORTS: Final = 32
"""Processes of one machine may be told the same port: each takes the next free one."""


@contextmanager
def served(role: str, host: str, port: int | None, token: str | None) -> Iterator[int | None]:
    """Show the numbers at `port`, or the next one that is free, for the time of a `with`. Nowhere
    when there is no port or none is free: a worker that cannot be seen works all the same."""
    counts.ROLE.labels(role).set(1)
    server = _bound(host, port, token) if port else None
    if server is None:
        yield None
        return
    Thread(target=server.serve_forever, args=[0.1], daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def may_look(authorization: str | None, token: str) -> bool:
    """Whether somebody has brought the token."""
    wanted = f"Bearer {token}".encode()
    return hmac.compare_digest((authorization or "").encode("utf-8", "replace"), wanted)


def _bound(host: str, first: int, token: str | None) -> ThreadingHTTPServer | None:
    for port in range(first, min(first + PORTS, 65_536)):
        try:
            return ThreadingHTTPServer((host, port), _handler(token))
        except OSError:
            continue
    log.warning("No port from %d on is free: nobody can see the numbers of this process.", first)
    return None


def _handler(token: str | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            if token is not None and not may_look(self.headers.get("authorization"), token):
                self.send_error(401)
            elif self.path != "/metrics":
                self.send_error(404)
            else:
                self._tell(counts.page())

        def _tell(self, page: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", counts.CONTENT_TYPE)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: Any) -> None:
            """Being looked at is nothing to write down."""

    return Handler
