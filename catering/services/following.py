"""What happened, in the order in which it was announced: the feeds behind live screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.events import ESTIMATES, EventKind
from catering.models import Announced, Event

AT_ONCE: Final = 100
"""Events read in one statement."""


class StreamResetReason(StrEnum):
    """Why a stream cannot go on from the position that was handed in."""

    POSITION_EXPIRED = "POSITION_EXPIRED"
    POSITION_UNKNOWN = "POSITION_UNKNOWN"
    CONSUMER_TOO_SLOW = "CONSUMER_TOO_SLOW"


@dataclass(frozen=True, slots=True)
class Feed:
    """Some of all events, and the channel on which their followers are woken."""

    channel: str
    events: ColumnElement[bool]


def of_order(id: UUID) -> Feed:
    """Everything about one order."""
    return Feed(f"order:{id}", Event.order_id == id)


def of_kitchen(restaurant_id: UUID) -> Feed:
    """The tickets of one restaurant."""
    mine = and_(Event.restaurant_id == restaurant_id, Event.ticket_id.is_not(None))
    return Feed(f"restaurant:{restaurant_id}", mine)


def of_driver(id: UUID) -> Feed:
    """One driver's offers and work."""
    return Feed(f"driver:{id}", Event.driver_id == id)


def of_tracking(delivery_id: UUID) -> Feed:
    """The way of one courier, until it ends."""
    told = or_(
        Event.kind.in_([EventKind.COURIER_MOVED, *ESTIMATES]),
        Event.kind.startswith("DELIVERY_", autoescape=True),
    )
    return Feed(f"delivery:{delivery_id}", and_(Event.delivery_id == delivery_id, told))


def of_menu(restaurant_id: UUID) -> Feed:
    """What one restaurant sells, and whether it takes orders."""
    changed = or_(
        Event.kind.startswith("PRODUCT_", autoescape=True),
        Event.kind.startswith("RESTAURANT_", autoescape=True),
    )
    return Feed(f"restaurant:{restaurant_id}", and_(Event.restaurant_id == restaurant_id, changed))


def of_board() -> Feed:
    """All orders."""
    return Feed("board", Event.order_id.is_not(None))


@dataclass(frozen=True, slots=True)
class Reached:
    """How far events are announced, and the first position that is still kept."""

    position: int
    oldest: int

    def resume(self, after: str) -> int | StreamResetReason:
        """The position to go on from, or why that is not possible."""
        if not (after.isascii() and after.isdigit() and len(after) < _DIGITS):
            return StreamResetReason.POSITION_UNKNOWN
        position = int(after)
        if position > self.position:
            return StreamResetReason.POSITION_UNKNOWN
        return StreamResetReason.POSITION_EXPIRED if self.has_forgotten(position) else position

    def has_forgotten(self, position: int) -> bool:
        """Whether something that came after this position is erased."""
        return position < min(self.oldest, self.position)


_DIGITS: Final = 19  # of the largest bigint


async def reached(session: AsyncSession) -> Reached:
    """How far the relay has come."""
    row = (await session.execute(select(Announced.position, Announced.oldest))).one_or_none()
    return Reached(*row) if row else Reached(0, 0)


async def position(session: AsyncSession) -> int:
    """The position of the last announced event."""
    return (await reached(session)).position


async def resume(session: AsyncSession, after: str) -> int | StreamResetReason:
    """The position to go on from, or why that is not possible."""
    return (await reached(session)).resume(after)


async def since(
    session: AsyncSession, feed: Feed, after: int, limit: int = AT_ONCE
) -> Sequence[Row[Any]]:
    """The next events of a feed, by position: all columns of a row, no entities."""
    query = (
        select(*Event.__table__.columns)
        .where(feed.events, Event.position > after)
        .order_by(Event.position)
        .limit(limit)
    )
    return (await session.execute(query)).all()
