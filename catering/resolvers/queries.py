"""Reading: lists and single things, each under the caller's own rights."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import Select, false, func, or_, select
from strawberry import ID

from catering import models
from catering.database import now
from catering.domain import ids
from catering.domain.deliveries import CARRIED
from catering.domain.ids import NotAnId, Prefix
from catering.domain.offers import OfferStatus
from catering.domain.refusals import Refused
from catering.domain.restaurants import takes_orders
from catering.schema.commands.quoting import OrderQuoteInput, OrderQuotePayload
from catering.schema.deliveries import Delivery, Offer
from catering.schema.directives import about
from catering.schema.enums import DriverState
from catering.schema.exposing import Info, Node, View
from catering.schema.facilities import Facility, Organisation
from catering.schema.loaders import rows
from catering.schema.menus import Product, Restaurant
from catering.schema.orders import Order
from catering.schema.paging import MOST, Among, Connection, Slice, Sort, misused, page, paged
from catering.schema.people import Driver, User
from catering.schema.tickets import KitchenTicket, Resolution
from catering.services import ordering

from .fields import query
from .filters import (
    OrderFilter,
    OrderSort,
    OrderSortField,
    RestaurantFilter,
    RestaurantSort,
    restaurant_sort,
)

NODES: dict[Prefix, tuple[type[View], type[models.Base]]] = {
    Prefix.USER: (User, models.User),
    Prefix.DRIVER: (Driver, models.Driver),
    Prefix.RESTAURANT: (Restaurant, models.Restaurant),
    Prefix.PRODUCT: (Product, models.Product),
    Prefix.ORDER: (Order, models.Order),
    Prefix.TICKET: (KitchenTicket, models.Ticket),
    Prefix.RESOLUTION: (Resolution, models.Resolution),
    Prefix.DELIVERY: (Delivery, models.Delivery),
    Prefix.OFFER: (Offer, models.Offer),
    Prefix.ORGANISATION: (Organisation, models.Organisation),
    Prefix.FACILITY: (Facility, models.Facility),
}

_NEWEST_FIRST = OrderSort(field=OrderSortField.PLACED_AT)


@strawberry.input(one_of=True, description="By one of its names.")
class RestaurantBy:
    """Exactly one."""

    id: ID | None = strawberry.UNSET
    slug: str | None = strawberry.UNSET


@strawberry.type
class NodeQueries:
    @query
    async def node(self, info: Info, id: ID) -> Node | None:
        """Anything by its id; null where there is nothing that you may see."""
        return await _node(info, id)

    @about(MOST, by="ids")
    @query
    async def nodes(self, info: Info, ids: list[ID]) -> list[Node | None] | None:
        """Several at once, in the order asked for."""
        if len(ids) > MOST:
            raise misused(f"Ask for at most {MOST} at once.")
        return list(await asyncio.gather(*(_node(info, id) for id in ids)))


@strawberry.type
class MenuQueries:
    @query
    async def restaurant(self, info: Info, by: RestaurantBy) -> Restaurant | None:
        """One restaurant, by id or by slug."""
        if by.id:
            found = await info.context.loaders.one(
                models.Restaurant, _decoded(Prefix.RESTAURANT, by.id)
            )
            return Restaurant.maybe(found)
        wanted = rows(models.Restaurant, None).where(models.Restaurant.slug == by.slug)
        one = await info.context.loaders.read(wanted)
        return Restaurant.of(one[0]) if one else None

    @paged("first", "last")
    @query
    async def restaurants(
        self,
        info: Info,
        part: Slice,
        filter: RestaurantFilter | None = None,
        order_by: RestaurantSort | None = None,
    ) -> Connection[Restaurant] | None:
        """Restaurants, by name unless told otherwise."""
        wanted = rows(models.Restaurant, None)
        wanted = filter.narrow(wanted) if filter else wanted
        if filter and filter.accepts_orders is not None:
            wanted = await _open(info, wanted, filter.accepts_orders)
        sort = restaurant_sort(order_by, filter)
        return await page(info, Restaurant, wanted, sort, part)


@strawberry.type
class OrderQueries:
    @query
    async def order_quote(self, info: Info, input: OrderQuoteInput) -> OrderQuotePayload | None:
        """What a basket would cost, when it would come, and what is wrong with it."""
        try:
            async with info.context.transaction() as session:
                price = await ordering.quote(
                    session, input.basket(), input.facility(), by=info.context.actor
                )
                return OrderQuotePayload.done(price)
        except Refused as refused:
            return OrderQuotePayload.refused(refused.refusals)

    @query
    async def order(self, info: Info, id: ID) -> Order | None:
        """One order; null where there is none that you may see."""
        found = await info.context.loaders.one(models.Order, _decoded(Prefix.ORDER, id))
        return Order.maybe(found)

    @paged("first", "last")
    @query
    async def orders(
        self,
        info: Info,
        part: Slice,
        filter: OrderFilter | None = None,
        order_by: OrderSort | None = None,
    ) -> Connection[Order] | None:
        """Your orders, the newest first. The office sees everybody's."""
        return await orders_of(info, filter, order_by, part)


@strawberry.type
class DriverQueries:
    @paged("first", "last")
    @query
    async def drivers(
        self,
        info: Info,
        part: Slice,
        state: list[DriverState] | None = None,
    ) -> Connection[Driver] | None:
        """Our drivers, the newest last."""
        driver = models.Driver
        wanted = rows(driver, info.context.actor)
        if state is not None:
            wanted = wanted.where(or_(false(), *(_is(one) for one in state)))
        sort = Sort((driver.id,))
        return await page(info, Driver, wanted, sort, part)


async def orders_of(
    info: Info,
    filter: OrderFilter | None,
    by: OrderSort | None,
    part: Slice,
    among: Among | None = None,
) -> Connection[Order]:
    """A page of the orders that the caller may see."""
    wanted = rows(models.Order, info.context.actor)
    wanted = wanted.where(*(filter or OrderFilter()).conditions())
    return await page(info, Order, wanted, (by or _NEWEST_FIRST).sort(), part, among)


async def _node(info: Info, id: ID) -> Node | None:
    try:
        prefix, uuid = ids.decode(id)
    except NotAnId:
        return None
    if prefix not in NODES:
        return None
    view, model = NODES[prefix]
    if model in {models.User, models.Driver} and not _may_know_person(info, uuid):
        return None
    found: Any = view.maybe(await info.context.loaders.one(model, uuid))
    return found  # type: ignore[no-any-return]


def _may_know_person(info: Info, id: UUID) -> bool:
    actor = info.context.actor
    return actor is not None and (actor.id == id or actor.role in {"MANAGER", "ADMIN"})


def _decoded(prefix: Prefix, id: ID) -> UUID | None:
    try:
        kind, uuid = ids.decode(id)
    except NotAnId:
        return None
    return uuid if kind is prefix else None


async def _open(info: Info, query: Select[Any], wanted: bool) -> Select[Any]:
    """Those that take orders now, or do not: opening hours are rules of ours, not of SQL."""
    async with info.context.transaction(apart=True) as session:
        at = (await session.execute(select(now()))).scalar_one()
    found = await info.context.loaders.read(query)
    fitting = [row.id for row in found if takes_orders(row, at) is wanted]
    return query.where(models.Restaurant.id.in_(fitting))


def _is(state: DriverState) -> Any:
    driver, delivery, offer = models.Driver, models.Delivery, models.Offer
    carries = driver.id.in_(
        select(delivery.driver_id).where(
            delivery.driver_id.is_not(None), delivery.status.in_(CARRIED)
        )
    )
    thinks = driver.id.in_(select(offer.driver_id).where(offer.status == OfferStatus.SENT))
    rests = func.coalesce(driver.break_until > now(), false())
    suspended, approved = driver.suspended_at.is_not(None), driver.approved_at.is_not(None)
    rejected, works = driver.rejected_at.is_not(None), approved & ~suspended
    return {
        DriverState.SUSPENDED: suspended,
        DriverState.REJECTED: ~suspended & ~approved & rejected,
        DriverState.PENDING_APPROVAL: ~suspended & ~approved & ~rejected,
        DriverState.BUSY: works & carries,
        DriverState.OFFLINE: works & ~carries & driver.online.is_(False),
        DriverState.ON_BREAK: works & ~carries & driver.online & rests,
        DriverState.OFFERED: works & ~carries & driver.online & ~rests & thinks,
        DriverState.IDLE: works & ~carries & driver.online & ~rests & ~thinks,
    }[state]
