"""The one way out to outside systems: bounded in time and size, and never raising for the network.

httpx limits single operations only: a provider that drips a byte a second would never time out.
So every call also has a deadline as a whole.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from ssl import SSLContext
from typing import Any, Protocol, TypeAlias

import httpx

from catering.watching import counts, tracing

DEADLINE = timedelta(seconds=10)
LIMITS = httpx.Timeout(5.0, connect=3.0, pool=2.0)
LARGEST_BODY = 1 << 20


@dataclass(frozen=True, slots=True)
class Response:
    """They answered. Header names are in lower case."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def document(self) -> dict[str, Any] | None:
        """The JSON object they sent, or None when it is anything else, an HTML page for one."""
        return document(self.body)

    @property
    def retry_after(self) -> timedelta | None:
        """How long they ask us to stay away, at most an hour. The form with a date is not read."""
        seconds = self.headers.get("retry-after", "")
        return timedelta(seconds=min(int(seconds[:9]), 3600)) if seconds.isdecimal() else None


@dataclass(frozen=True, slots=True)
class NothingSent:
    """No byte of the request reached them: nothing happened."""

    why: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The request went out and no whole answer came back: it may have happened."""

    why: str


Client: TypeAlias = httpx.AsyncClient
Outcome: TypeAlias = Response | NothingSent | NoAnswer


class Guarding(Protocol):
    """Decides whether a request is made, and hears what came of it."""

    async def __call__(self, send: Callable[[], Awaitable[Outcome]]) -> Outcome: ...


class Line(httpx.AsyncClient):
    """The client of one account: `call` asks its guard, and the connections are the process's."""

    def __init__(self, http: httpx.AsyncClient, guard: Guarding, provider: str) -> None:
        super().__init__(transport=httpx.AsyncBaseTransport(), follow_redirects=False)
        self._through, self.guard, self.provider = http, guard, provider

    async def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        """Through the client that all lines share."""
        return await self._through.send(request, **how)


def client() -> httpx.AsyncClient:
    """The HTTP client that all adapters of one process share; whoever opens it closes it."""
    return httpx.AsyncClient(verify=_authorities(), timeout=LIMITS, follow_redirects=False)


@cache
def _authorities() -> SSLContext:
    """Whose certificates we believe. Reading them takes a tenth of a second."""
    return httpx.create_ssl_context()


async def call(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    deadline: timedelta = DEADLINE,
    headers: Mapping[str, str] | None = None,
    **content: Any,
) -> Outcome:
    """Make one request; `content` is httpx's own `json`, `data`, `content` or `params`.

    A redirect is an answer like any other: following it could carry a token to a stranger.
    """
    provider, made = http.provider if isinstance(http, Line) else "other", False

    async def send() -> Outcome:
        nonlocal made
        made = True
        with (
            tracing.span(f"call {provider}", "client", method=method) as tell,
            counts.timed(counts.PROVIDER_CALLS, provider=provider, outcome="silent") as labels,
        ):
            outcome = await _made(http, method, url, deadline, headers or {}, content)
            labels["outcome"] = word = _word(outcome)
            tell(outcome=word, status=outcome.status if isinstance(outcome, Response) else None)
        return outcome

    if not isinstance(http, Line):
        return await send()
    outcome = await http.guard(send)
    if not made:
        counts.TURNED_AWAY.labels(provider).inc()
    return outcome


async def _made(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    deadline: timedelta,
    headers: Mapping[str, str],
    content: Mapping[str, Any],
) -> Outcome:
    # Compression is declined because the size limit must count what we will hold in memory.
    wanted = {"accept": "application/json", "accept-encoding": "identity", **headers}
    try:
        request = http.build_request(method, url, headers=wanted, timeout=LIMITS, **content)
        async with asyncio.timeout(deadline.total_seconds()):
            return await _send(http, request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return NothingSent(f"{type(error).__name__}: nobody listens there")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        return NothingSent(f"{type(error).__name__}: the account's address is no URL")
    except TimeoutError:
        return NoAnswer(f"no whole answer within {deadline.total_seconds():g} s")
    except httpx.HTTPError as error:
        # Only the kind of error: its text may quote the address, and an address may hold a token.
        return NoAnswer(type(error).__name__)


def _word(outcome: Outcome) -> str:
    match outcome:
        case NothingSent():
            return "unreachable"
        case NoAnswer():
            return "silent"
        case Response(status) if status >= 500:
            return "error"
        case Response(status) if status >= 400:
            return "refused"
    return "ok"


def document(raw: bytes) -> dict[str, Any] | None:
    """The JSON object in these bytes, or None. Numbers with a point are exact decimals."""
    try:
        read = json.loads(raw, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


async def _send(http: httpx.AsyncClient, request: httpx.Request) -> Outcome:
    response = await http.send(request, stream=True, follow_redirects=False)
    try:
        if response.headers.get("content-encoding", "identity") != "identity":
            return NoAnswer("they compressed their answer, though they were told not to")
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST_BODY:
                return NoAnswer(f"their answer is larger than {LARGEST_BODY} bytes")
        return Response(response.status_code, bytes(body), dict(response.headers))
    finally:
        await response.aclose()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _without_query(record: logging.LogRecord) -> bool:
    """Take the query off every address in a log line: some providers want their token there."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            argument.copy_with(query=None) if isinstance(argument, httpx.URL) else argument
            for argument in record.args
        )
    return True


# httpx writes a line with the whole address for every request. The filter sits here, and not with
# the logging settings, because no process may call out without it.
logging.getLogger("httpx").addFilter(_without_query)
