"""Who is calling: the token of a request, or of the first words on a socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from catering.changes import Changes
from catering.database import Transaction
from catering.domain.people import Actor
from catering.schema.context import Context
from catering.services import tokens
from catering.services.tokens import BadToken, Caller

PATIENCE: Final = 30
"""Seconds in the queue, after which something is wrong with whoever is before us."""

LOOK_AFTER: Final = 30.0
"""Seconds after which we look whether the session was ended or the role taken away, untold."""

_SCHEME: Final = "bearer "

log = logging.getLogger(__name__)


@dataclass(slots=True)
class SocketContext(Context):
    """What a socket is opened with; each operation on it gets a context of its own."""

    connection_params: dict[str, Any] | None = None
    token: str | None = None
    caller: Caller | None = None
    held: ExitStack = field(default_factory=ExitStack)
    """What is given back when the socket has ended."""

    def speaks_for(self, token: str, caller: Caller) -> None:
        """From now on this socket acts for this caller."""
        self.token, self.caller = token, caller
        self.actor, self.family = caller.actor, caller.family


def bearer(header: object) -> str | None:
    """The token in `Bearer …`; None where there is no header. Raises `BadToken` for another."""
    if header is None:
        return None
    if not isinstance(header, str) or not header.lower().startswith(_SCHEME):
        raise BadToken("Authorization is `Bearer` and a token.")
    return header[len(_SCHEME) :].strip()


def token_in(first_words: Mapping[str, Any]) -> str | None:
    """The token in the payload of `connection_init`, if there is one. Raises `BadToken`."""
    bare = first_words.get("token")
    if isinstance(bare, str):
        return bare
    return bearer(first_words.get("Authorization", first_words.get("authorization")))


async def caller(transaction: Transaction, token: str) -> Caller:
    """Whom the token speaks for. Raises `BadToken`."""
    async with transaction(apart=True) as session:
        return await tokens.read(session, token)


async def dismissal(transaction: Transaction, changes: Changes, token: str, actor: Actor) -> None:
    """Waits until the token ends, its key is retired, the session is ended, or the role is taken
    away.

    Whoever does one of these says so, and it is noticed at once; should that get lost, later.
    """
    async with changes.follow(f"user:{actor.id}", "keys", patience=LOOK_AFTER) as wakes:
        while left := await _seconds_left(transaction, token, actor):
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await anext(wakes)


async def _seconds_left(transaction: Transaction, token: str, actor: Actor) -> float:
    """Nothing, if the caller is no longer who he was."""
    try:
        now = await caller(transaction, token)
    except BadToken:
        return 0
    except Exception as error:
        log.warning("Whether a session lives cannot be said just now: %r", error)
        return 1
    return now.seconds_left if now.actor == actor else 0


def patient(transaction: Transaction, at_once: int) -> Transaction:
    """Transactions that queue for each other before they queue for a connection.

    One event can wake a thousand sockets; the pool would turn most of them away.
    """
    room = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def queued(*, apart: bool = False) -> AsyncIterator[AsyncSession]:
        async with asyncio.timeout(PATIENCE):
            await room.acquire()
        try:
            async with transaction(apart=apart) as session:
                yield session
        finally:
            room.release()

    return queued
