"""Everything the simulated providers share: time, chance, people, the post and the ledger."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from catering.simulator.catalog import OPEN_KITCHEN, POSTER, Catalog
from catering.simulator.clock import Clock
from catering.simulator.configuration import Configuration
from catering.simulator.faults import Faults
from catering.simulator.ledger import Ledger
from catering.simulator.webhooks import Post

UBER = "uber"
UKLON = "uklon"
KASA = "kasa"


@dataclass(slots=True)
class Staff:
    """How the people of one restaurant behave. Seconds are simulated; None leaves them to chance.

    The next `reject_next` tickets are refused, the next `abandon_next` ones while they are cooking.
    Of the next `miss_next` ones the first item is gone when they are to be cooked, where they can
    say so.
    Without `auto_accept`, or with `never_answer`, nobody looks at new tickets. Nobody knows when a
    courier comes, so food is only handed over when `hand_over_seconds` says so.
    """

    auto_accept: bool = True
    never_answer: bool = False
    reject_next: int = 0
    abandon_next: int = 0
    miss_next: int = 0
    reason: str = "The kitchen is too busy."
    accept_seconds: float | None = None
    cook_seconds: float | None = None
    hand_over_seconds: float | None = None


@dataclass(slots=True)
class Fleet:
    """How the couriers of one company behave. Seconds are simulated; None leaves them to chance."""

    no_courier: bool = False
    cancel_next: int = 0
    fail_next: int = 0
    assign_seconds: float | None = None
    to_pickup_seconds: float | None = None
    wait_seconds: float | None = None
    to_dropoff_seconds: float | None = None


@dataclass(slots=True)
class Bank:
    """How the banks behind the payment company behave. Seconds are simulated."""

    decline_next: int = 0
    refuse_captures: int = 0
    decide_seconds: float = 120.0


@dataclass(slots=True)
class Dashboard:
    """Where webhooks go: what a person would type into a provider's web pages."""

    poster_webhook_url: str | None
    uber_webhook_url: str | None
    kasa_webhook_url: str | None = None


class World:
    """One simulated outside. `restart` makes it new and tells those who keep something of it."""

    http: httpx.AsyncClient

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._rooms: list[Callable[[], None]] = []
        # Numbers go on over restarts and begin with the time: a platform remembers those it saw
        # yesterday, and must not meet them again for something else.
        begins = configuration.begins
        first = time.time() if begins is None else begins.timestamp()
        self._numbers = itertools.count(int(first) - 1_600_000_000)
        self._begin(configuration.seed)

    def number(self) -> int:
        """A number that nothing else here has or had."""
        return next(self._numbers)

    def dice(self, key: str) -> random.Random:
        """Chance that falls the same way for the same seed and key, whatever else goes on."""
        return random.Random(f"{self.seed}:{key}")  # noqa: S311 - lives, not secrets

    def staff_at(self, provider: str, spot: str) -> Staff:
        """Who works there: the people of the spot, if they behave specially, or anybody's."""
        return self.staff.get(f"{provider}:{spot}", self.staff[provider])

    def at_restart(self, clear: Callable[[], None]) -> None:
        self._rooms.append(clear)
        clear()

    def restart(self, seed: int | None = None) -> None:
        """As if just started; the seed is the configured one unless another is given."""
        self.clock.stop()
        self.faults.gate.give_up()
        self._begin(self.configuration.seed if seed is None else seed)
        for clear in self._rooms:
            clear()

    def _begin(self, seed: int) -> None:
        configuration = self.configuration
        self.seed = seed
        self.clock = Clock(configuration.speed, configuration.begins)
        self.ledger = Ledger()
        self.faults = Faults()
        self.catalog = Catalog(configuration.items, sells_anything=configuration.sells_anything)
        self.post = Post(self.clock, self.ledger, lambda: self.http)
        self.staff = {OPEN_KITCHEN: Staff(), POSTER: Staff()}
        self.fleets = {UBER: Fleet(), UKLON: Fleet()}
        self.bank = Bank()
        self.dashboard = Dashboard(
            configuration.poster_webhook_url,
            configuration.uber_webhook_url,
            configuration.kasa_webhook_url,
        )
