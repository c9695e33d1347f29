"""The subscriptions: one function for each, and one stream behind them all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Final

import strawberry
from strawberry import ID

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.domain.refusals import InvalidInput, Refused
from catering.schema.asking import decoded
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

from .fields import live
from .filters import OrderFilter
from .screens import (
    BoardScreen,
    DriverScreen,
    KitchenScreen,
    MenuScreen,
    OrderScreen,
)
from .streaming import watch
from .tracking import TrackingScreen

SHORTEST_TICK: Final = timedelta(milliseconds=100)
LONGEST_TICK: Final = timedelta(minutes=1)
MOST_TICKS: Final = 3_600


@strawberry.type(
    description="Without `after`: the present state first, then every change. "
    "With it: what has happened since, then every change."
)
class Subscription:
    @live
    async def order_changed(
        self, info: Info, id: ID, after: str | None = None
    ) -> AsyncGenerator[OrderEvent | None, None]:
        """One order that you may see."""
        screen = OrderScreen(decoded(Prefix.ORDER, id, "id"), _actor(info))
        return await watch(info.context, screen, after)

    @live
    async def kitchen_feed(
        self, info: Info, restaurant_id: ID, after: str | None = None
    ) -> AsyncGenerator[KitchenEvent | None, None]:
        """The tickets of a restaurant that you work for."""
        restaurant = decoded(Prefix.RESTAURANT, restaurant_id, "restaurantId")
        return await watch(info.context, KitchenScreen(restaurant, _actor(info)), after)

    @live
    async def driver_feed(
        self, info: Info, after: str | None = None
    ) -> AsyncGenerator[DriverEvent | None, None]:
        """Your own work as a driver: what you are offered, and what you carry."""
        return await watch(info.context, DriverScreen(_actor(info)), after)

    @live
    async def order_board_changed(
        self, info: Info, filter: OrderFilter | None = None, after: str | None = None
    ) -> AsyncGenerator[BoardEvent | None, None]:
        """The live orders that you may see, as cards that come, change and go."""
        given = filter or OrderFilter()
        screen = BoardScreen(
            _actor(info),
            given.conditions(),
            any_status=given.status is not None,
            came_back=after is not None,
        )
        return await watch(info.context, screen, after)

    @live
    async def delivery_tracked(
        self, info: Info, id: ID, after: str | None = None
    ) -> AsyncGenerator[TrackingEvent | None, None]:
        """Where a delivery is, until it ends."""
        screen = TrackingScreen(decoded(Prefix.DELIVERY, id, "id"), _actor(info))
        return await watch(info.context, screen, after, screen.between)

    @live
    async def menu_changed(
        self, info: Info, restaurant_id: ID, after: str | None = None
    ) -> AsyncGenerator[MenuEvent | None, None]:
        """What a restaurant sells."""
        screen = MenuScreen(decoded(Prefix.RESTAURANT, restaurant_id, "restaurantId"))
        return await watch(info.context, screen, after)

    @live
    async def server_tick(
        self, interval: timedelta | None = timedelta(seconds=1), limit: int | None = 60
    ) -> AsyncGenerator[ServerTick | None, None]:
        """The server's clock, to try a connection with."""
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


def _actor(info: Info) -> Actor:
    assert info.context.actor is not None  # the matrix has seen to it
    return info.context.actor
