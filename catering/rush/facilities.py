"""Organisations: two with a site each, whose people order lunch for many, and ask before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.baskets import Basket, Destination, Occasion, Portion, Wish
from catering.domain.events import EventKind
from catering.domain.facilities import MemberPart
from catering.domain.orders import OrderType, PaymentMethod
from catering.domain.organisations import Calendar, Firm, Place
from catering.domain.people import Actor
from catering.models import Order
from catering.rush.dice import Dice, pick
from catering.rush.stage import Heard, Stage
from catering.rush.town import CURRENCY, PHONE, ZONE, Kitchen, Town, email, somewhere
from catering.rush.wanting import in_the_afternoon
from catering.services import approving, organising

EACH: Final = 12
"""Of so many customers, one orders for a site."""

_NAMES: Final = ("School", "Clinic")
_APPROVAL_ABOVE: Final = 300_000
_CALENDAR: Final = Calendar(
    week={day: [["12:00", "21:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    notice=timedelta(minutes=60),
    cut_off=None,
    cut_off_days_before=0,
    time_zone=ZONE,
)
_ANSWERS: Final = (("yes", 72), ("no", 12), ("nothing", 16))


@dataclass(frozen=True, slots=True)
class Site:
    """Where they eat, and who says yes."""

    name: str
    facility_id: UUID
    approver: Actor


async def found(session: AsyncSession, dice: Dice, town: Town) -> tuple[Site, ...]:
    """The office writes down both, with their people."""
    return tuple([await _found(session, dice, town, number) for number in range(len(_NAMES))])


def site_of(sites: tuple[Site, ...], number: int) -> Site | None:
    """For which this customer orders; None where he orders for himself."""
    turn, rest = divmod(number, EACH)
    return sites[turn % len(sites)] if rest == EACH // 2 else None


async def _found(session: AsyncSession, dice: Dice, town: Town, number: int) -> Site:
    by, name = town.manager, _NAMES[number]
    firm = Firm(name=name, billing=f"{name}, Kyiv", approval_above=(_APPROVAL_ABOVE, CURRENCY))
    organisation = await organising.create(session, firm, CURRENCY, by=by)
    door = Destination(f"{name}, Kyiv", somewhere(dice.of("site", number), 2_000))
    facility = await organising.add_facility(session, organisation.id, Place(name, door), by=by)
    await organising.take_deliveries(session, facility.id, _CALENDAR, by=by)
    approver = town.approvers[number]
    parts = {f"Approver {number + 1}": [MemberPart.APPROVER]} | {
        f"Customer {each + 1}": [MemberPart.ORDERER]
        for each in range(EACH // 2 + EACH * number, len(town.customers), EACH * len(_NAMES))
    }
    for who, his in parts.items():
        await organising.set_member(session, organisation.id, email(who), his, by=by)
    return Site(name, facility.id, approver)


def wish_for(site: Site, kitchens: list[Kitchen], stage: Stage, dice: Random) -> Wish:
    """Lunch for everybody there, on the bill."""
    heads = dice.randrange(4, 26)
    # Not what is counted: nobody orders a dozen of what there are eight.
    dishes = [dice.choice(kitchen.dishes[2:7]) for kitchen in kitchens]
    return Wish(
        type=OrderType.FOR_FACILITY,
        basket=Basket(
            tuple(Portion(dish.id, heads) for dish in dishes), None, in_the_afternoon(stage, dice)
        ),
        contact_phone=PHONE,
        payment_method=PaymentMethod.INVOICE,
        occasion=Occasion(site.facility_id, heads),
    )


@dataclass
class Approvers:
    """Those who say yes, no or nothing to what others order."""

    stage: Stage
    sites: tuple[Site, ...]

    def begin(self) -> None:
        self.stage.on(self._asked, EventKind.ORDER_AWAITING_APPROVAL)

    async def _asked(self, event: Heard) -> None:
        query = select(Order.facility_id).where(Order.id == event.order_id)
        (row,) = await self.stage.rows(query)
        site = next(site for site in self.sites if site.facility_id == row.facility_id)
        dice = self.stage.dice.of("approval", event.order_id)
        answer = pick(dice, _ANSWERS)
        if answer != "nothing":
            self.stage.after(
                dice.uniform(60, 1_500), lambda: self._answer(event.order_id, site, answer)
            )

    async def _answer(self, order_id: UUID, site: Site, answer: str) -> None:
        if answer == "yes":
            await self.stage.do(approving.approve, order_id, None, by=site.approver)
        else:
            await self.stage.do(approving.reject, order_id, "Too dear.", by=site.approver)
