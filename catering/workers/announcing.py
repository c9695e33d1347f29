"""Giving events their positions: gapless and in the order in which they were committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Row, bindparam, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain.events import STANDING, EventKind
from catering.models import Announced, Event
from catering.models.base import bare

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """What was announced: how many, up to where, and who wants to know."""

    count: int
    position: int
    channels: frozenset[str]
    news: Sequence[Row[*tuple[Any, ...]]]
    """What is told of each: ids and words, and no note."""


# The relay asks these several times a second, whether there is something or not: built once, on the
# bare tables.
_EVENTS: Final = bare(Event)
_ANNOUNCED: Final = bare(Announced)
_E: Final = _EVENTS.c
_FRESH: Final = (
    select(_E.id).where(_E.position.is_(None)).order_by(_E.id).limit(AT_ONCE)
).subquery()
_PLACED: Final = select(
    _FRESH.c.id, func.row_number().over(order_by=_FRESH.c.id).label("place")
).subquery()
_BASE: Final = select(_ANNOUNCED.c.position).with_for_update()
_PLACED_EVENTS: Final = (
    update(_EVENTS)
    .where(_E.id == _PLACED.c.id)
    .values(position=bindparam("base", type_=BigInteger()) + _PLACED.c.place)
    .returning(
        _E.kind, _E.subject_id, _E.order_id, _E.restaurant_id, _E.driver_id, _E.delivery_id,
        _E.position, _E.sequence, _E.status, _E.ticket_id, _E.actor_role, _E.occurred_at,
        _E.request_id, _E.traceparent, (now() - _E.occurred_at).label("lag"),
    )
    .cte("placed_events")
)  # fmt: skip
_ADVANCED: Final = (
    update(_ANNOUNCED)
    .where(exists().select_from(_PLACED_EVENTS))
    .values(
        position=bindparam("base", type_=BigInteger())
        + select(func.count()).select_from(_PLACED_EVENTS).scalar_subquery()
    )
    .cte("advanced")
)
_PLACE: Final = select(_PLACED_EVENTS).add_cte(_ADVANCED)
"""Give the positions, and remember how far we are, in one. That the row of `_BASE` is locked by a
statement of its own, before this one looks, is what lets it see all that another leader placed."""


async def position(session: AsyncSession) -> int:
    """The last position that was given."""
    return (await session.execute(select(Announced.position))).scalar_one()


async def announce(session: AsyncSession) -> Batch:
    """Give the next events their positions. The row lock makes this safe even with two leaders."""
    base = (await session.execute(_BASE)).scalar_one()
    rows = (await session.execute(_PLACE, {"base": base})).all()
    channels = frozenset(channel for row in rows for channel in _channels(row))
    return Batch(len(rows), base + len(rows), channels, rows)


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
