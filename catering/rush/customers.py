"""Customers: order, are asked when something ran out, change their minds, open the door or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import select

from catering.domain.baskets import Wish
from catering.domain.events import EventKind
from catering.domain.lines import ResolutionChoice
from catering.domain.orders import CancellationReason
from catering.models import Order, Resolution
from catering.rush.dice import pick
from catering.rush.facilities import Site, site_of, wish_for
from catering.rush.stage import Heard, Stage
from catering.rush.town import Town
from catering.rush.wanting import in_the_afternoon, wish_of
from catering.services import cancelling, ordering, resolving

TRIES: Final = 3
"""So often somebody looks for another dish before he goes hungry."""

_ANSWERS: Final = (
    (ResolutionChoice.SUBSTITUTE, 45), (ResolutionChoice.REMOVE, 20),
    (ResolutionChoice.POSTPONE, 25), (ResolutionChoice.CANCEL_ORDER, 10),
)  # fmt: skip
_ANSWERS_FOR_PART: Final = (
    (ResolutionChoice.REMOVE, 50), (ResolutionChoice.WAIT, 35), (ResolutionChoice.CANCEL_ORDER, 15),
)  # fmt: skip
_SILENT: Final = 0.3
_CHANGES_HIS_MIND: Final = 0.08


@dataclass
class Customers:
    """All of them; each wants one lunch, and some want it for all who work with them."""

    stage: Stage
    town: Town
    sites: tuple[Site, ...]
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
        wish = self._wish(number, dice, again=tried > 0)
        order = await stage.do(ordering.place, wish, by=self.town.customers[number])
        if order is not None:
            self.placed[order.id] = number
            if dice.random() < _CHANGES_HIS_MIND:
                stage.after(dice.uniform(30, 2_400), lambda: self._cancel(order.id))
        elif tried + 1 < TRIES:
            stage.after(dice.uniform(20, 90), lambda: self._order(number, tried + 1))
        else:
            self.hungry.append(number)

    def _wish(self, number: int, dice: Random, *, again: bool) -> Wish:
        kitchens = dice.sample(self.town.kitchens, self._how_many(dice))
        if site := site_of(self.sites, number):
            return wish_for(site, kitchens, self.stage, dice)
        return wish_of(number, kitchens, self.stage, dice, modest=again)

    def _how_many(self, dice: Random) -> int:
        return min(pick(dice, ((1, 55), (2, 35), (3, 10))), len(self.town.kitchens))

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
        postponed = wanted is ResolutionChoice.POSTPONE
        window = in_the_afternoon(self.stage, dice) if postponed else None
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
