"""The subscriptions: one function for each, and one stream behind them all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import strawberry

from catering.domain import ids
from catering.domain.ids import NotAnId, Prefix
from catering.domain.people import Actor
from catering.domain.refusals import InvalidInput, NotFound, Refused
from catering.schema.exposing import Info
from catering.schema.live import (
    BoardEvent,
    DriverEvent,
    KitchenEvent,
    MenuEvent,
    OrderEvent,
    ServerTick,
    TrackingEvent,
)

from .filters import OrderFilter
from .screens import (
    BoardScreen,
    DriverScreen,
    KitchenScreen,
    MenuScreen,
    OrderScreen,
    TrackingScreen,
)
from .streaming import watch

SHORTEST_TICK: Final = timedelta(milliseconds=100)
LONGEST_TICK: Final = timedelta(minutes=1)
MOST_TICKS: Final = 3_600


@strawberry.type
class Subscription:
    """Without `after`: the present state first, then every change. With it: what has happened
    since, then every change."""

    @strawberry.subscription(description="One order that you may see.")
    async def order_changed(
        self, info: Info, id: strawberry.ID, after: str | None = None
    ) -> AsyncGenerator[OrderEvent | None, None]:
        screen = OrderScreen(_id(Prefix.ORDER, id), _signed_in(info))
        return await watch(info.context, screen, after)

    @strawberry.subscription(description="The tickets of a restaurant that you work for.")
    async def kitchen_feed(
        self, info: Info, restaurant_id: strawberry.ID, after: str | None = None
    ) -> AsyncGenerator[KitchenEvent | None, None]:
        screen = KitchenScreen(_id(Prefix.RESTAURANT, restaurant_id), _signed_in(info))
        return await watch(info.context, screen, after)

    @strawberry.subscription(description="Your own work as a driver.")
    async def driver_feed(
        self, info: Info, after: str | None = None
    ) -> AsyncGenerator[DriverEvent | None, None]:
        return await watch(info.context, DriverScreen(_signed_in(info)), after)

    @strawberry.subscription(description="The orders that you may see, as cards of a board.")
    async def order_board_changed(
        self, info: Info, filter: OrderFilter | None = None, after: str | None = None
    ) -> AsyncGenerator[BoardEvent | None, None]:
        given = filter or OrderFilter()
        screen = BoardScreen(
            _signed_in(info),
            matching=given.conditions(),
            any_status=given.status is not None,
            came_back=after is not None,
        )
        return await watch(info.context, screen, after)

    @strawberry.subscription(description="Where a delivery is, until it ends.")
    async def delivery_tracked(
        self, info: Info, id: strawberry.ID, after: str | None = None
    ) -> AsyncGenerator[TrackingEvent | None, None]:
        screen = TrackingScreen(_id(Prefix.DELIVERY, id), _signed_in(info))
        return await watch(info.context, screen, after)

    @strawberry.subscription(description="What a restaurant sells; for everybody.")
    async def menu_changed(
        self, info: Info, restaurant_id: strawberry.ID, after: str | None = None
    ) -> AsyncGenerator[MenuEvent | None, None]:
        screen = MenuScreen(_id(Prefix.RESTAURANT, restaurant_id))
        return await watch(info.context, screen, after)

    @strawberry.subscription(description="The server's clock, to try a connection with.")
    async def server_tick(
        self, interval: timedelta | None = timedelta(seconds=1), limit: int | None = 60
    ) -> AsyncGenerator[ServerTick | None, None]:
        interval, limit = interval or timedelta(seconds=1), 60 if limit is None else limit
        if not SHORTEST_TICK <= interval <= LONGEST_TICK:
            raise Refused(InvalidInput("Between PT0.1S and PT1M.", ("interval",), rule="range"))
        if not 1 <= limit <= MOST_TICKS:
            raise Refused(InvalidInput(f"Between 1 and {MOST_TICKS}.", ("limit",), rule="range"))
        return _ticks(interval, limit)


async def _ticks(interval: timedelta, limit: int) -> AsyncGenerator[ServerTick | None, None]:
    for sequence in range(1, limit + 1):
        yield ServerTick(sequence=sequence, now=datetime.now(UTC))
        if sequence < limit:
            await asyncio.sleep(interval.total_seconds())


def _id(prefix: Prefix, id: str) -> UUID:
    try:
        kind, value = ids.decode(id)
    except NotAnId:
        kind = None
    if kind is not prefix:
        raise Refused(NotFound("There is no such thing.", ("id",)))
    return value


def _signed_in(info: Info) -> Actor:
    if info.context.actor is None:
        raise Refused(NotFound("Sign in to see this."))
    return info.context.actor
