"""What menu files cannot say of the demo: allergens, modifiers, and a day that is not as ever."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import restaurants
from catering.domain.choices import Offered, OfferedGroup
from catering.domain.people import SYSTEM
from catering.models import Product, Restaurant
from catering.services import choosing, composing, hosting

from . import reading
from .reading import Row


async def enrich(session: AsyncSession, ids: dict[str, UUID]) -> None:
    """Add what is missing; a product that says something already is left as it is."""
    now = await database.clock(session)
    for slug, told in reading.extras().items():
        home = await session.get_one(Restaurant, ids[slug])
        today = now.astimezone(restaurants.hours(home).zone).date()
        await hosting.open_on(session, home.id, _next(told["closed_on"], today), [], by=SYSTEM)
        for name, facts in told["products"].items():
            await _tell(session, home, name, facts)


async def _tell(session: AsyncSession, home: Restaurant, name: str, facts: Row) -> None:
    product = (
        await session.scalars(select(Product).filter_by(restaurant_id=home.id, name=name))
    ).one()
    if product.allergens is not None:
        return
    known = {"allergens": facts["allergens"], "diets": facts["diets"]}
    await composing.change_product(session, product.id, known, by=SYSTEM)
    groups = [_group(group, home.currency) for group in facts["groups"]]
    await choosing.set_modifier_groups(session, product.id, groups, by=SYSTEM)


def _group(group: Row, currency: str) -> OfferedGroup:
    modifiers = tuple(
        Offered(one["name"], (one["price"], currency), one.get("most", 1))
        for one in group["modifiers"]
    )
    return OfferedGroup(group["name"], group["minimum"], group["maximum"], modifiers)


def _next(day: str, today: date) -> date:
    """The next time that a month and a day, like 01-01, come round."""
    this = date.fromisoformat(f"{today.year}-{day}")
    return this if this >= today else this.replace(year=today.year + 1)
