"""Giving events their positions: gapless and in the order in which they were committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.events import STANDING, EventKind
from catering.models import Announced, Event

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """What was announced: how many, up to where, and who wants to know."""

    count: int
    position: int
    channels: frozenset[str]


async def position(session: AsyncSession) -> int:
    """The last position that was given."""
    return (await session.execute(select(Announced.position))).scalar_one()


async def announce(session: AsyncSession) -> Batch:
    """Give the next events their positions. The row lock makes this safe even with two leaders."""
    base = (await session.execute(select(Announced.position).with_for_update())).scalar_one()
    fresh = (
        select(Event.id).where(Event.position.is_(None)).order_by(Event.id).limit(AT_ONCE)
    ).subquery()
    placed = select(
        fresh.c.id, func.row_number().over(order_by=fresh.c.id).label("place")
    ).subquery()
    rows = (
        await session.execute(
            update(Event)
            .where(Event.id == placed.c.id)
            .values(position=base + placed.c.place)
            .execution_options(synchronize_session=False)
            .returning(
                Event.kind, Event.subject_id,
                Event.order_id, Event.restaurant_id, Event.driver_id, Event.delivery_id,
            )
        )
    ).all()  # fmt: skip
    if rows:
        await session.execute(update(Announced).values(position=base + len(rows)))
    return Batch(len(rows), base + len(rows), frozenset(c for row in rows for c in _channels(row)))


def _channels(event: Row[*tuple[Any, ...]]) -> list[str]:
    channels = [
        f"{name}:{id}"
        for name, id in (
            ("order", event.order_id),
            ("restaurant", event.restaurant_id),
            ("driver", event.driver_id),
            ("delivery", event.delivery_id),
            ("user", event.subject_id if event.kind in STANDING else None),
        )
        if id is not None
    ]
    if event.kind == EventKind.KEY_RETIRED:
        channels.append("keys")  # whoever came with it is shown out
    return [*channels, "board"] if event.order_id is not None else channels
