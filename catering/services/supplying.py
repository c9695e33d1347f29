"""Whether a product can be had: what its restaurant says about it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain.events import EventKind
from catering.domain.people import Actor
from catering.domain.products import MOST_STOCK, Availability, Supply
from catering.domain.refusals import InvalidInput, Refused
from catering.models import Product

from .composing import hold_product
from .recording import happened
from .stock import source_of, tell


async def set_availability(
    session: AsyncSession, product_id: UUID, supply: Supply, *, by: Actor
) -> Product:
    """Say whether a product can be had; with AVAILABLE nobody counts, and a new day begins."""
    product = await hold_product(session, product_id, by=by)
    now = await database.clock(session)
    if wrong := list(supply.faults(now)):
        raise Refused(*wrong)
    product.unavailable = supply.availability is Availability.UNAVAILABLE
    product.snoozed_until = None
    if supply.availability is Availability.AVAILABLE:
        product.stock = product.quota_left = product.quota_until = None
    elif supply.availability is Availability.LIMITED:
        product.stock = supply.quantity
    product.tell(source_of(by), now)
    if supply.availability is Availability.SNOOZED and supply.until is not None:
        await _lay_down(session, product, supply.until, by)
    else:
        await tell(session, product, by=by)
    return product


async def snooze(session: AsyncSession, product_id: UUID, until: datetime, *, by: Actor) -> Product:
    """Do not sell a product until then; it comes back by itself."""
    supply = Supply(Availability.SNOOZED, until=until)
    return await set_availability(session, product_id, supply, by=by)


async def set_daily_quota(
    session: AsyncSession, product_id: UUID, portions: int | None, *, by: Actor
) -> Product:
    """Sell so many portions a day, what was sold today included; None ends the counting."""
    product = await hold_product(session, product_id, by=by)
    if portions is not None and not 0 <= portions <= MOST_STOCK:
        raise Refused(InvalidInput(f"Between 0 and {MOST_STOCK}.", ("portions",), rule="portions"))
    product.count_portions(portions)
    product.tell(source_of(by), await database.clock(session))
    await tell(session, product, by=by)
    return product


async def _lay_down(session: AsyncSession, product: Product, until: datetime, by: Actor) -> None:
    product.snoozed_until = until
    await happened(
        session, EventKind.PRODUCT_SNOOZED, product.id, by=by,
        restaurant_id=product.restaurant_id, moments={"until": until},
    )  # fmt: skip
