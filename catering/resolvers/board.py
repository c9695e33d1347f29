"""The board: all live work at a glance."""

from __future__ import annotations

from datetime import datetime

import strawberry
from sqlalchemy import func, select
from strawberry import Private

from catering import database, models
from catering.domain.orders import OrderStatus
from catering.schema.directives import about
from catering.schema.enums import OrderDirection
from catering.schema.exposing import Info
from catering.schema.loaders import rows
from catering.schema.orders import Order
from catering.schema.paging import Among, Connection, Slice, paged
from catering.services import following

from .fields import query
from .filters import OrderFilter, OrderSort, OrderSortField, late
from .queries import orders_of


@strawberry.type(description="All orders of one status.")
class BoardColumn:
    """A column of the board."""

    status: OrderStatus
    count: int
    overdue_count: int
    filter: Private[OrderFilter]

    @paged("first")
    @strawberry.field(description="Its orders, the oldest first.")
    async def orders(self, info: Info, part: Slice) -> Connection[Order] | None:
        oldest_first = OrderSort(field=OrderSortField.PLACED_AT, direction=OrderDirection.ASC)
        here = Among(models.Order.status, self.status, repr(self.filter))
        return await orders_of(info, self.filter, oldest_first, part, here)


@strawberry.type(description="All live work at a glance; go on from `position` with a stream.")
class OrderBoard:
    """A snapshot."""

    columns: list[BoardColumn] = about(8)(strawberry.field())
    position: str
    as_of: datetime


@strawberry.type
class BoardQueries:
    @query
    async def order_board(self, info: Info, filter: OrderFilter | None = None) -> OrderBoard | None:
        """The orders that you may see, by status."""
        order, given = models.Order, filter or OrderFilter()
        cards = rows(order, info.context.actor).where(*given.conditions()).subquery()
        is_late = order.id.in_(select(order.id).where(late()))
        counted = (
            select(order.status, func.count(), func.count().filter(is_late))
            .where(order.id.in_(select(cards.c.id)))
            .group_by(order.status)
        )
        async with info.context.transaction(apart=True) as session:
            # The position first: what happens in between is told again, rather than never.
            position = await following.position(session)
            found = {row[0]: (row[1], row[2]) for row in await session.execute(counted)}
            as_of = await database.clock(session)
        wanted = dict.fromkeys(OrderStatus if given.status is None else given.status)
        return OrderBoard(
            columns=[
                BoardColumn(status=status, count=count, overdue_count=overdue, filter=given)
                for status in wanted
                for count, overdue in [found.get(status, (0, 0))]
            ],
            position=str(position),
            as_of=as_of,
        )
