"""Customers: order, are asked when something ran out, change their minds, open the door or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import select

from catering.domain.baskets import Basket, Destination, Portion, Span, StandBy, Wish
from catering.domain.events import EventKind
from catering.domain.geography import Point
from catering.domain.lines import ResolutionChoice, StandByKind
from catering.domain.orders import CancellationReason, OrderType, PaymentMethod
from catering.models import Order, Resolution
from catering.rush.dice import pick
from catering.rush.stage import Heard, Stage
from catering.rush.town import Dish, Town, somewhere
from catering.services import cancelling, ordering, resolving

TRIES: Final = 3
"""So often somebody looks for another dish before he goes hungry."""

_STAND_BY: Final = (
    (StandByKind.ASK_ME, 50), (StandByKind.BEST_MATCH, 20), (StandByKind.REMOVE, 15),
    (StandByKind.SPECIFIC, 8), (StandByKind.CANCEL_ORDER, 7),
)  # fmt: skip
_CARDS: Final = (("tok_visa", 90), ("tok_slow", 5), ("tok_declined", 5))
_ANSWERS: Final = (
    (ResolutionChoice.SUBSTITUTE, 45), (ResolutionChoice.REMOVE, 20),
    (ResolutionChoice.POSTPONE, 25), (ResolutionChoice.CANCEL_ORDER, 10),
)  # fmt: skip
_ANSWERS_FOR_PART: Final = (
    (ResolutionChoice.REMOVE, 50), (ResolutionChoice.WAIT, 35), (ResolutionChoice.CANCEL_ORDER, 15),
)  # fmt: skip
_SILENT: Final = 0.3
_CHANGES_HIS_MIND: Final = 0.08
_ORDERS_FOR_LATER: Final = 0.1
_QUARTER: Final = timedelta(minutes=15)


@dataclass
class Customers:
    """All of them; each wants one lunch."""

    stage: Stage
    town: Town
    placed: dict[UUID, int] = field(default_factory=dict)
    """Which customer has ordered what."""
    hungry: list[int] = field(default_factory=list)
    """Who found nothing that could be had."""

    def begin(self, minutes: int) -> None:
        """Everybody orders within these minutes, most of them in the middle."""
        stage = self.stage
        for number in range(len(self.town.customers)):
            at = stage.dice.of("lunch", number).triangular(0, minutes * 60)
            stage.after(at, lambda number=number: self._order(number))  # type: ignore[misc]
        stage.on(self._asked, EventKind.RESOLUTION_OPEN, EventKind.RESOLUTION_PROPOSED)

    async def _order(self, number: int, tried: int = 0) -> None:
        stage, dice = self.stage, self.stage.dice.of("order", number, tried)
        wish = self._wish(number, dice)
        order = await stage.do(ordering.place, wish, by=self.town.customers[number])
        if order is not None:
            self.placed[order.id] = number
            if dice.random() < _CHANGES_HIS_MIND:
                stage.after(dice.uniform(30, 2_400), lambda: self._cancel(order.id))
        elif tried + 1 < TRIES:
            stage.after(dice.uniform(20, 90), lambda: self._order(number, tried + 1))
        else:
            self.hungry.append(number)

    def _wish(self, number: int, dice: Random) -> Wish:
        kitchens = dice.sample(self.town.kitchens, self._how_many(dice))
        portions = [p for kitchen in kitchens for p in _portions(kitchen.dishes, dice)]
        at = somewhere(self.stage.dice.of("door", number), 3_000)
        card = dice.random() < 0.5
        return Wish(
            type=OrderType.FOR_CUSTOMER,
            basket=Basket(
                tuple(portions), _door(number, at),
                self._later(dice) if dice.random() < _ORDERS_FOR_LATER else None,
            ),
            contact_phone="+380671234567",
            payment_method=PaymentMethod.CARD if card else PaymentMethod.CASH,
            payment_token=pick(dice, _CARDS) if card else None,
        )  # fmt: skip

    def _how_many(self, dice: Random) -> int:
        return min(pick(dice, ((1, 55), (2, 35), (3, 10))), len(self.town.kitchens))

    def _later(self, dice: Random) -> Span:
        """Half an hour of this afternoon."""
        start = _full_quarter(self.stage.now + timedelta(minutes=dice.randrange(90, 240)))
        return Span(start, start + 2 * _QUARTER)

    async def _cancel(self, order_id: UUID) -> None:
        by = self.town.customers[self.placed[order_id]]
        await self.stage.do(
            cancelling.cancel, order_id, CancellationReason.CHANGED_MIND, None, by=by
        )

    async def _asked(self, event: Heard) -> None:
        """A dish ran out, or a kitchen said no. Some do not look at their telephones."""
        number = await self._whose(event.order_id)
        dice = self.stage.dice.of("asked", number, event.sequence)
        if dice.random() >= _SILENT:
            self.stage.after(
                dice.uniform(15, 240), lambda: self._answer(event.subject_id, number, dice)
            )

    async def _answer(self, id: UUID, number: int, dice: Random) -> None:
        query = select(Resolution.line_id, Resolution.proposals).where(Resolution.id == id)
        (asked,) = await self.stage.rows(query)
        by = self.town.customers[number]
        wanted = pick(dice, _ANSWERS if asked.line_id else _ANSWERS_FOR_PART)
        product = dice.choice(asked.proposals) if asked.proposals else None
        if wanted is ResolutionChoice.SUBSTITUTE and product is None:
            wanted = ResolutionChoice.REMOVE
        window = self._later(dice) if wanted is ResolutionChoice.POSTPONE else None
        product = product if wanted is ResolutionChoice.SUBSTITUTE else None
        if await self.stage.do(resolving.answer, id, wanted, product, window, by=by) is None:
            # Too dear for his card, sold out meanwhile, or not possible: then without it.
            await self.stage.do(resolving.answer, id, ResolutionChoice.REMOVE, None, by=by)

    async def _whose(self, order_id: UUID) -> int:
        """Also of an order that came of another one: a dish that was postponed."""
        if order_id not in self.placed:
            rows = await self.stage.rows(select(Order.customer_id).where(Order.id == order_id))
            ids = [customer.id for customer in self.town.customers]
            return ids.index(rows[0].customer_id)
        return self.placed[order_id]


def _portions(dishes: tuple[Dish, ...], dice: Random) -> list[Portion]:
    """One to three dishes; the first of a menu is what most come for."""
    chosen = dice.sample(dishes, dice.choice((1, 2, 2, 3)))
    if dice.random() < 0.35 and dishes[0] not in chosen:
        chosen[0] = dishes[0]
    return [
        Portion(dish.id, dice.choice((1, 1, 1, 2)), None, _stand_by(dish, dishes, dice))
        for dish in chosen
    ]


def _stand_by(dish: Dish, dishes: tuple[Dish, ...], dice: Random) -> StandBy:
    kind = pick(dice, _STAND_BY)
    others = [other.id for other in dishes if other.id != dish.id]
    return StandBy(kind, dice.choice(others) if kind is StandByKind.SPECIFIC else None)


def _door(number: int, at: Point) -> Destination:
    return Destination(f"House {number + 1}, Kyiv", at)


def _full_quarter(at: datetime) -> datetime:
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
