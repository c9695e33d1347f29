"""The post: webhooks on their way out, and everything that can happen to them there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import httpx

from catering.simulator.clock import Clock
from catering.simulator.ledger import Attempt, Ledger, Sent

AT_ONCE: Final = 16
"""Letters under way; the others wait, as they do where companies send them. A client that is
given hundreds at once looks through all of its connections for each of them."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A webhook and its sender's patience.

    `waits` are the real seconds between its tries, so there is one try more than there are waits.
    """

    provider: str
    url: str
    body: bytes
    headers: dict[str, str]
    accepted: Callable[[httpx.Response], bool]
    waits: tuple[float, ...]


class Post:
    def __init__(self, clock: Clock, ledger: Ledger, http: Callable[[], httpx.AsyncClient]) -> None:
        self._clock, self._ledger, self._http = clock, ledger, http
        self._held: list[tuple[Letter, Sent]] = []
        self._shuffling: list[tuple[Letter, Sent]] = []
        self._hands = asyncio.Semaphore(AT_ONCE)
        self.holding = False
        self.drop = 0
        self.duplicate = 0
        self.reorder = 0

    @property
    def kept(self) -> int:
        """How many webhooks wait here for permission to go."""
        return len(self._held) + len(self._shuffling)

    def send(self, letter: Letter) -> None:
        copies = 1
        if self.duplicate:
            self.duplicate -= 1
            copies = 2
        for _ in range(copies):
            self._route(letter, self._record(letter))

    def release(self) -> None:
        """Let everything go that was kept, in the order it was written."""
        kept, self._held, self._shuffling = self._held + self._shuffling, [], []
        self.holding, self.reorder = False, 0
        self._dispatch(kept)

    def _route(self, letter: Letter, sent: Sent) -> None:
        if self.drop:
            self.drop -= 1
            sent.state = "dropped"
        elif self.holding:
            sent.state = "held"
            self._held.append((letter, sent))
        elif self.reorder:
            self._shuffle(letter, sent)
        else:
            self._dispatch([(letter, sent)])

    def _shuffle(self, letter: Letter, sent: Sent) -> None:
        sent.state = "held"
        self._shuffling.append((letter, sent))
        if len(self._shuffling) >= self.reorder:
            backwards, self._shuffling, self.reorder = self._shuffling[::-1], [], 0
            self._dispatch(backwards)

    def _record(self, letter: Letter) -> Sent:
        body = letter.body.decode()
        sent = Sent(self._clock.now(), letter.provider, letter.url, letter.headers, body)
        self._ledger.webhooks.append(sent)
        return sent

    def _dispatch(self, letters: Iterable[tuple[Letter, Sent]]) -> None:
        self._clock.errand(self._deliver(list(letters)))

    async def _deliver(self, letters: list[tuple[Letter, Sent]]) -> None:
        for letter, sent in letters:
            sent.state = "waiting"
            async with self._hands:
                attempt = await self._try(letter)
            sent.attempts.append(attempt)
            if attempt.accepted:
                sent.state = "accepted"
            else:
                self._try_later(letter, sent)

    def _try_later(self, letter: Letter, sent: Sent) -> None:
        tried = len(sent.attempts)
        if tried > len(letter.waits):
            sent.state = "given_up"
            return
        wait = self._clock.real(letter.waits[tried - 1])
        self._clock.after(wait, lambda: self._dispatch([(letter, sent)]))

    async def _try(self, letter: Letter) -> Attempt:
        try:
            answer = await self._http().post(
                letter.url, content=letter.body, headers=letter.headers
            )
        except httpx.HTTPError as error:
            return Attempt(self._clock.now(), None, type(error).__name__, accepted=False)
        text = answer.text[:500]
        return Attempt(self._clock.now(), answer.status_code, text, letter.accepted(answer))
