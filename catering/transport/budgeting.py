"""What a caller has left to spend, and the word for him who has spent it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any, Final
from uuid import UUID

from graphql import GraphQLError

from catering.domain.attempts import network
from catering.domain.budgets import Answer, Budget, Draw, Standing
from catering.domain.people import Actor
from catering.settings import Settings

from .codes import Code
from .counting import Counter
from .rates import MINUTE, RATES, WEBHOOKS, Of

COST: Final = "cost"
TOO_OFTEN: Final = "That was too much in a short time. Try again a little later."


class Limited(GraphQLError):
    """Nothing was done. Says how much there is, and when to come back."""

    def __init__(self, answer: Answer) -> None:
        self.retry_after = max(1, ceil(answer.wait))
        spent = max(answer.standings, key=lambda each: each.until_full / each.budget.seconds)
        told: dict[str, Any] = {
            "code": Code.RATE_LIMITED,
            "policy": spent.name,
            "limit": spent.budget.points,
            "remaining": spent.remaining,
            "retryAfter": self.retry_after,
        }
        super().__init__(TOO_OFTEN, extensions=told)


class Purse:
    """Of whoever speaks from one address: over one request, or on one socket."""

    def __init__(self, counter: Counter, settings: Settings, address: str) -> None:
        self._counter, self._settings, self._address = counter, settings, address
        self.standings: tuple[Standing, ...] = ()
        """After the last time that something was taken."""
        self.limited: Limited | None = None
        """The answer to that, if it was a refusal."""

    async def pay(self, actor: Actor | None, points: int, roots: Mapping[str, int]) -> Standing:
        """Take the points of an operation with these root fields. Raises `Limited`."""
        answer = await self._counter.take(*self._draws(actor, points, roots))
        self.standings = answer.standings
        self.limited = None if answer.granted else Limited(answer)
        if self.limited is not None:
            raise self.limited
        return answer.standings[0]

    def _draws(self, actor: Actor | None, points: int, roots: Mapping[str, int]) -> Iterator[Draw]:
        settings, address = self._settings, f"address:{network(self._address)}"
        caller = address if actor is None else f"user:{actor.id}"
        most = settings.budget_of_an_address if actor is None else settings.budget_of_a_user
        yield _draw(settings, COST, caller, Budget(most, MINUTE), points)
        for name, times in roots.items():
            if rate := RATES.get(name):
                whose = address if rate.of is Of.ADDRESS else caller
                yield _draw(settings, name, whose, rate.budget, times)


async def heard(counter: Counter, settings: Settings, account: UUID) -> Limited | None:
    """Count a webhook; what to say if the account calls too often."""
    draw = _draw(settings, WEBHOOKS, f"account:{account}", RATES[WEBHOOKS].budget, 1)
    answer = await counter.take(draw)
    return None if answer.granted else Limited(answer)


def headers(purse: Purse) -> dict[str, str]:
    """`RateLimit` and `RateLimit-Policy` as the draft of the IETF has them (version 10)."""
    if not purse.standings:
        return {}
    told = {
        "RateLimit-Policy": ", ".join(
            f'"{each.name}";q={each.budget.points};w={each.budget.seconds}'
            for each in purse.standings
        ),
        "RateLimit": ", ".join(
            f'"{each.name}";r={each.remaining};t={each.resets_in}' for each in purse.standings
        ),
    }
    return told | (retry(purse.limited) if purse.limited else {})


def retry(limited: Limited) -> dict[str, str]:
    """When to come back."""
    return {"Retry-After": str(limited.retry_after)}


def _draw(settings: Settings, name: str, whose: str, budget: Budget, points: int) -> Draw:
    key = f"catering:budget:{{{whose}}}:{name}"
    return Draw(name, key, budget.times(settings.rate_factor), points)
