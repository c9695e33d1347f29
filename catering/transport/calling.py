"""Who is calling: the token of a request, or of the first words on a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import Transaction
from catering.schema.context import Context
from catering.services import tokens
from catering.services.tokens import BadToken, Caller

PATIENCE: Final = 30
"""Seconds in the queue, after which something is wrong with whoever is before us."""

_SCHEME: Final = "bearer "


@dataclass(slots=True)
class SocketContext(Context):
    """What a socket is opened with; each operation on it gets a context of its own."""

    connection_params: dict[str, Any] | None = None
    token: str | None = None
    caller: Caller | None = None

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
    async with transaction() as session:
        return await tokens.read(session, token)


def patient(transaction: Transaction, at_once: int) -> Transaction:
    """Transactions that queue for each other before they queue for a connection.

    One event can wake a thousand sockets; the pool would turn most of them away.
    """
    room = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def queued() -> AsyncIterator[AsyncSession]:
        async with asyncio.timeout(PATIENCE):
            await room.acquire()
        try:
            async with transaction() as session:
                yield session
        finally:
            room.release()

    return queued
