"""A school that orders: its site, who orders for it, and who approves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from catering.database import clock
from catering.domain.baskets import Destination, Occasion, Span
from catering.domain.facilities import MemberPart
from catering.domain.geography import Point
from catering.domain.opening_hours import DAYS
from catering.domain.orders import OrderType, PaymentMethod
from catering.domain.organisations import Calendar, Firm, Place
from catering.domain.people import Actor
from catering.models import Member, User
from catering.services import organising
from tests.world import World

GATE = Destination("вул. Пирогова, 9", Point(50.4449, 30.5089), "Ворота зі двору")
KYIV = ZoneInfo("Europe/Kyiv")
ABOVE = 20_000
"""Two hundred: one borscht and two juices with their journey are dearer."""


@dataclass
class School:
    """The customer of the world orders for it, and the stranger approves."""

    world: World
    organisation: UUID
    site: UUID
    orderer: Actor
    approver: Actor

    @classmethod
    async def made(cls, world: World, **rules: Any) -> School:
        """Lunch from noon to two, on every day; an hour's notice."""
        by, lunch = world.manager, {day: [["12:00", "14:00"]] for day in DAYS}
        usual = {"notice": timedelta(hours=1), "cut_off": None, "cut_off_days_before": 0}
        async with world.transaction() as session:
            firm = Firm("Ліцей", "Ліцей, ЄДРПОУ 12345678", (ABOVE, "UAH"))
            organisation = await organising.create(session, firm, "UAH", by=by)
            place = Place("Їдальня", GATE, ("Учні", "Вчителі"))
            site = await organising.add_facility(session, organisation.id, place, by=by)
            calendar = Calendar(lunch, time_zone="Europe/Kyiv", **{**usual, **rules})
            await organising.take_deliveries(session, site.id, calendar, by=by)
            school = cls(world, organisation.id, site.id, world.customer, world.stranger)
        await school.join(school.orderer, MemberPart.ORDERER)
        await school.join(school.approver, MemberPart.APPROVER)
        return school

    async def join(self, who: Actor, *parts: MemberPart) -> None:
        """He is a member with these parts."""
        async with self.world.transaction() as session:
            email = await session.scalar(select(User.email).where(User.id == who.id))
            await organising.set_member(
                session, self.organisation, str(email), parts, by=self.world.manager
            )

    async def members(self) -> dict[UUID, list[str]]:
        async with self.world.transaction() as session:
            query = select(Member.user_id, Member.parts)
            rows = await session.execute(query.where(Member.organisation_id == self.organisation))
            return {row.user_id: row.parts for row in rows}

    async def lunch(self, days: int = 1) -> Span:
        """Noon, in so many days."""
        async with self.world.transaction() as session:
            today = (await clock(session)).astimezone(KYIV).date()
        noon = datetime.combine(today + timedelta(days=days), time(12), KYIV)
        return Span(noon, noon + timedelta(hours=1))

    async def wanted(self, **said: Any) -> dict[str, Any]:
        """What an order for it says beside the basket, as `World.wish` takes it."""
        window = said.pop("window", None) or await self.lunch()
        usual = {"facility_id": self.site, "headcount": 25, "cost_centre": "Учні"}
        return {
            "type": OrderType.FOR_FACILITY, "payment_method": PaymentMethod.INVOICE,
            "destination": None, "window": window, "occasion": Occasion(**{**usual, **said}),
        }  # fmt: skip
