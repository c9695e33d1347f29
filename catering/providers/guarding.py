"""The guard of an account: how many call it at once, and when nobody does.

Adapters know nothing of it: they call through the `Line` they are given. Whoever does a task opens
a `Try`; a call that the guard turns away was certainly not made, and the try remembers it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from catering.domain.breakers import FAILURES, LONGEST_WISH, Budget, Standing
from catering.providers.accounts import Account
from catering.providers.calling import Client, Line, NoAnswer, NothingSent, Outcome, Response

AT_ONCE: Final = 6
"""Calls of one process to one account: a provider that hangs must not hold all of a worker."""

PATIENCE: Final = 0.5
BUSY: Final = timedelta(seconds=1)
NO_RETRIES: Final = timedelta(seconds=5)
REFUSED_AT_THE_DOOR: Final = frozenset({429, 503})


@dataclass(slots=True)
class Try:
    """One try of a task: how it stands with those it calls, and what became of that.

    `in_doubt` says that something was sent, or is just about to be, that cannot be taken back.
    `turned_away` is how long to wait where a call was not made; `reason` says for whom, in words
    for people, where that is because nobody calls them.
    """

    again: bool = False
    standings: dict[Guard, Standing] = field(default_factory=dict)
    answered: dict[Guard, bool] = field(default_factory=dict)
    in_doubt: bool = False
    turned_away: timedelta | None = None
    reason: str | None = None

    def turn_away(self, wait: timedelta, why: str, reason: str | None = None) -> NothingSent:
        """A call is not made."""
        self.turned_away = min(wait, self.turned_away or wait)
        self.reason = self.reason or reason
        return NothingSent(why, wait)


_TRY: ContextVar[Try | None] = ContextVar("catering_try", default=None)


@contextmanager
def trying(*, again: bool) -> Iterator[Try]:
    """What is called inside belongs to one try of a task, the first or another one."""
    begun = _TRY.set(tried := Try(again))
    try:
        yield tried
    finally:
        _TRY.reset(begun)


def in_doubt() -> None:
    """Whoever asks next what became of this try has to look."""
    if (tried := _TRY.get()) is not None:
        tried.in_doubt = True


@dataclass(eq=False, slots=True)
class Guard:
    """What this process remembers of one account. Whether it is called at all, is in PostgreSQL."""

    account: UUID
    failures: int = 0
    why: str = ""
    wish: timedelta | None = None
    _open: bool = False
    _budget: Budget = field(default_factory=Budget)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def stands(self, standing: Standing) -> None:
        """How we stand with the account, as the next calls of this try are to know."""
        is_open = standing.away is not None or standing.probing
        if self._open and not is_open:  # somebody else has found it to be back
            self.failures, self.wish, self._budget = 0, None, Budget()
        self._open = is_open
        self._budget.time_passes(standing.at)
        tried = _TRY.get()
        if tried is not None and not self._looks(tried):
            tried.standings[self] = standing

    def _looks(self, tried: Try) -> bool:
        """Whether this try is the one that looks, also when it comes back to ask for more."""
        return self in tried.standings and tried.standings[self].probing

    async def __call__(self, send: Callable[[], Awaitable[Outcome]]) -> Outcome:
        tried = _TRY.get() or Try()
        standing = tried.standings.get(self)
        if standing is not None and standing.away is not None:
            why = standing.reason or "nobody calls them for now"
            return tried.turn_away(standing.away, why, standing.reason)
        if tried.again and self._budget.spent and not self._looks(tried):
            return tried.turn_away(NO_RETRIES, "too much has failed there to try again so soon")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        except TimeoutError:
            return tried.turn_away(BUSY, f"{AT_ONCE} calls to them are under way already")
        try:
            outcome = await send()
        finally:
            self._places.release()
        tried.answered[self] = self._judge(outcome)
        return outcome

    @property
    def has_had_enough(self) -> bool:
        """Whether the account should be left in peace."""
        return self.failures >= FAILURES or self.wish is not None

    def _judge(self, outcome: Outcome) -> bool:
        """Whether somebody there has answered; a no is an answer."""
        match outcome:
            case NothingSent(why) | NoAnswer(why):
                answered = False
            case Response(status=status):
                answered, why = status < 500 and status != 429, f"they answered {status}"
                if status in REFUSED_AT_THE_DOOR and outcome.retry_after is not None:
                    self.wish = min(outcome.retry_after, LONGEST_WISH)
        self._budget.count(answered=answered)
        if answered:
            self.failures, self.wish = 0, None
        else:
            self.failures, self.why = self.failures + 1, why
        return answered


class Lines:
    """The ways of one process to its accounts, one each for as long as it lives."""

    def __init__(self, http: Client) -> None:
        self._http = http
        self._lines: dict[UUID, tuple[Line, Guard]] = {}

    def to(self, account: Account) -> tuple[Line, Guard]:
        """The way to an account, and its guard."""
        if account.id not in self._lines:
            guard = Guard(account.id)
            self._lines[account.id] = Line(self._http, guard, account.provider), guard
        return self._lines[account.id]
