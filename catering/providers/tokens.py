"""Bearer tokens that are fetched once, renewed early, and renewed again when refused.

Uber revokes the oldest token beyond a hundred and limits how many one may ask for, so workers
that fetch one each would lock each other out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID
from weakref import WeakKeyDictionary

import httpx

from catering.providers.accounts import Account
from catering.providers.calling import NoAnswer, NothingSent, Outcome, Response, call

RENEW_AFTER = 0.9  # of a token's life


@dataclass(frozen=True, slots=True)
class Token:
    """A token and how long it lives, counted from when it was asked for."""

    value: str = field(repr=False)
    life: timedelta


Fetch: TypeAlias = Callable[[], Awaitable[Token | NothingSent]]


@dataclass(slots=True)
class _Purse:
    """The token of one account."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    token: str | None = field(default=None, repr=False)
    renew_at: float = 0.0


# Tokens live as long as the HTTP client they came through, of which a process has one: opening
# an adapter once more costs no token, and nothing outlives the event loop it belongs to.
_PURSES: WeakKeyDictionary[httpx.AsyncClient, dict[UUID, _Purse]] = WeakKeyDictionary()


class BearerLine:
    """Calls below an account's address, each with a token that is good as far as we know."""

    def __init__(self, account: Account, http: httpx.AsyncClient, fetch: Fetch) -> None:
        self._base = account.base_url.rstrip("/")
        self._http = http
        self._fetch = fetch
        self._purse = _PURSES.setdefault(http, {}).setdefault(account.id, _Purse())

    async def call(self, method: str, path: str, **content: Any) -> Outcome:
        """Make one request. Without a token nothing is sent; a refused one is replaced once."""
        token = await self._current()
        if isinstance(token, NothingSent):
            return token
        outcome = await self._with(token, method, path, content)
        if not (isinstance(outcome, Response) and outcome.status == 401):
            return outcome
        token = await self._current(refused=token)
        if isinstance(token, NothingSent):
            return token
        return await self._with(token, method, path, content)

    async def _with(
        self, token: str, method: str, path: str, content: Mapping[str, Any]
    ) -> Outcome:
        bearer = {"authorization": f"Bearer {token}"}
        return await call(self._http, method, self._base + path, headers=bearer, **content)

    async def _current(self, refused: str | None = None) -> str | NothingSent:
        """The token in force. Those who come while it is fetched wait for that one."""
        purse = self._purse
        async with purse.lock:
            asked_at = time.monotonic()
            if purse.token not in (None, refused) and asked_at < purse.renew_at:
                return str(purse.token)
            fetched = await self._fetch()
            if isinstance(fetched, NothingSent):
                return fetched
            purse.token = fetched.value
            purse.renew_at = asked_at + RENEW_AFTER * fetched.life.total_seconds()
            return fetched.value


def granted(outcome: Outcome) -> Token | NothingSent:
    """The token in an OAuth answer. Without one the real call is not made: nothing was sent."""
    match outcome:
        case NothingSent():
            return outcome
        case NoAnswer(why):
            return NothingSent(f"no token: {why}")
    read = outcome.document or {}
    value, life = read.get("access_token"), read.get("expires_in")
    if outcome.status != 200 or not isinstance(value, str) or not value.isascii():
        return NothingSent(f"no token: they answered {outcome.status}", outcome.retry_after)
    return Token(value, timedelta(seconds=_seconds(life)))


def _seconds(life: object) -> int:
    """Some send the number as text. An unreadable one is taken as short: 401 tells the rest."""
    known = str(life)
    return min(int(known), 30 * 86_400) if known.isdecimal() and len(known) < 10 else 60
