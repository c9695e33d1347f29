"""Commands of ours for the time of a test, and patience with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol, TypeVar

import pytest

from catering.settings import Settings
from tests.parts import PATIENCE, Part, start

T = TypeVar("T")


class Run(Protocol):
    """Start a command of ours; it is killed when the test, or the module, is over."""

    def __call__(self, command: str, *, crash_at: str = "", **environment: str) -> Part: ...


@contextmanager
def running(settings: Settings) -> Iterator[Run]:
    """Commands on these servers, for the time of a `with`."""
    with ExitStack() as ended:

        def run(command: str, *, crash_at: str = "", **environment: str) -> Part:
            part = start(command, settings, CATERING_CRASH_AT=crash_at, **environment)
            ended.callback(part.kill)
            return part

        yield run


async def until(true: Callable[[], Awaitable[T | None]], seconds: float = PATIENCE) -> T:
    """What it is, as soon as it is something; fails the test when that takes too long."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await true()):
        if asyncio.get_running_loop().time() > deadline:
            pytest.fail(f"still not so after {seconds:.0f} s")
        await asyncio.sleep(0.02)
    return found


async def death_of(part: Part) -> None:
    """Wait until it was killed, by itself or by us."""

    async def dead() -> bool:
        return part.has_died

    await until(dead)
