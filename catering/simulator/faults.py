"""What goes wrong on purpose, and only when it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]

HELD_AT_MOST = 60.0
"""Real seconds, after which a held request is given up: nobody is left who could release it."""

MAINTENANCE = "<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"


class Kind(StrEnum):
    LATENCY = "latency"
    HOLD = "hold"
    ERROR = "error"
    RESET_BEFORE = "reset_before"
    COMMIT_THEN_FAIL = "commit_then_fail"
    TRUNCATED_JSON = "truncated_json"
    MAINTENANCE_PAGE = "maintenance_page"


@dataclass(slots=True)
class Fault:
    """One way to fail, for the next `times` matching requests once `after` of them have passed.

    `operation` "*" matches all of a provider's. `seconds` are real ones: they are the network's.
    Without `status`, `commit_then_fail` closes the connection.
    """

    provider: str
    kind: Kind
    operation: str = "*"
    times: int = 1
    after: int = 0
    seconds: float = 0.0
    status: int | None = None
    retry_after: int | None = None

    def matches(self, provider: str, operation: str) -> bool:
        return provider == self.provider and self.operation in ("*", operation)


class Gate:
    """Where requests are held until somebody lets them go on."""

    def __init__(self) -> None:
        self._held: list[asyncio.Future[bool]] = []

    async def opens(self) -> bool:
        """Wait; whether the request goes on. One that everybody forgot does not."""
        held = asyncio.get_running_loop().create_future()
        self._held.append(held)
        try:
            return await asyncio.wait_for(held, HELD_AT_MOST)
        except TimeoutError:
            return False

    def open(self) -> None:
        """All who wait now go on; who comes later waits again."""
        self._end(going_on=True)

    def give_up(self) -> None:
        """Nobody who waits goes on: the world that they called is no more."""
        self._end(going_on=False)

    def _end(self, *, going_on: bool) -> None:
        held, self._held = self._held, []
        for one in held:
            if not one.done():
                one.set_result(going_on)


class Faults:
    def __init__(self) -> None:
        self.queued: list[Fault] = []
        self.gate = Gate()

    def strike(self, provider: str, operation: str) -> Fault | None:
        """The fault that this request meets, counted off."""
        struck = None
        for fault in [fault for fault in self.queued if fault.matches(provider, operation)]:
            if fault.after:
                fault.after -= 1
            elif struck is None:
                struck = fault
        if struck:
            self._count_off(struck)
        return struck

    def _count_off(self, fault: Fault) -> None:
        fault.times -= 1
        if fault.times <= 0:
            self.queued.remove(fault)


async def suffer(fault: Fault | None, request: Request, endpoint: Endpoint, gate: Gate) -> Response:
    """The answer of `endpoint`, or what the fault leaves of it."""
    if fault is None:
        return await endpoint(request)
    if fault.kind is Kind.HOLD:
        return await endpoint(request) if await gate.opens() else HangUp()
    return await SUFFERED[fault.kind](fault, request, endpoint)


async def _late(fault: Fault, request: Request, endpoint: Endpoint) -> Response:
    await asyncio.sleep(fault.seconds)
    return await endpoint(request)


async def _error(fault: Fault, _: Request, __: Endpoint) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Response(b"", fault.status or 500, headers)


async def _reset(_: Fault, __: Request, ___: Endpoint) -> Response:
    return HangUp()


async def _done_but_failed(fault: Fault, request: Request, endpoint: Endpoint) -> Response:
    await endpoint(request)
    return Response(b"", fault.status) if fault.status else HangUp()


async def _truncated(_: Fault, request: Request, endpoint: Endpoint) -> Response:
    whole = await endpoint(request)
    half = bytes(whole.body)[: len(whole.body) // 2]
    return Response(half, whole.status_code, media_type="application/json")


async def _maintenance(fault: Fault, _: Request, __: Endpoint) -> Response:
    return HTMLResponse(MAINTENANCE, fault.status or 200)


SUFFERED: dict[Kind, Callable[[Fault, Request, Endpoint], Awaitable[Response]]] = {
    Kind.LATENCY: _late,
    Kind.ERROR: _error,
    Kind.RESET_BEFORE: _reset,
    Kind.COMMIT_THEN_FAIL: _done_but_failed,
    Kind.TRUNCATED_JSON: _truncated,
    Kind.MAINTENANCE_PAGE: _maintenance,
}


class HangUp(Response):
    """No answer at all: the connection closes under the caller."""

    async def __call__(self, scope: Scope, receive: Receive, _: Send) -> None:
        scope["simulator.hang_up"]()
        while (await receive())["type"] != "http.disconnect":
            pass


def hanging_up(send: Send) -> Callable[[], None]:
    """How to close the connection behind `send`.

    ASGI has no word for it, so this reaches for the transport of uvicorn's request cycle, whose
    method `send` is.
    """
    cycle: Any = getattr(send, "__self__", None)
    return lambda: cycle.transport.abort()  # noqa: PLW0108 - only faults may need it
