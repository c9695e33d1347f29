"""Before a kitchen gets its ticket: can all of it still be had?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import products
from catering.domain.lines import GONE
from catering.domain.people import SYSTEM
from catering.models import Line, Modifier, Product, Ticket, Variant

from . import stock
from .resolving import miss


async def look_again(session: AsyncSession, ticket: Ticket) -> bool:
    """Whether all of it can be had today. What cannot is asked about, and the ticket waits.

    What was postponed has held nothing so far: now it is taken, if it is there. (What was chosen
    with it may be counted, too; then the kitchen says whether it has it.)
    """
    coming = [line for line in ticket.lines if line.status not in GONE]
    out = await _out(session, coming)
    missing = [line for line in coming if line.id in out]
    for line in sorted(coming, key=lambda line: line.product_id):  # the order of all locks
        simple = line.variant_id is None and not line.modifiers
        if line.id not in out and not line.holds_stock and simple:
            line.holds_stock = await stock.take_one(session, line.product_id, line.quantity)
            line.taken_at = line.whole().now
            if not line.holds_stock:
                missing.append(line)
    for line in missing:
        await miss(session, line, by=SYSTEM, sold_out=False)
    return not missing


async def _out(session: AsyncSession, lines: Sequence[Line]) -> set[UUID]:
    """The lines of which the product, the variant or something chosen with it is out."""
    gone = {
        *await _gone(session, Product, (line.product_id for line in lines), lines),
        *await _gone(session, Variant, (li.variant_id for li in lines if li.variant_id), lines),
        *await _gone(session, Modifier, (id for line in lines for id in _chosen(line)), lines),
    }
    return {line.id for line in lines if gone & {line.product_id, line.variant_id, *_chosen(line)}}


async def _gone(
    session: AsyncSession, kind: Any, wanted: Iterable[UUID], lines: Sequence[Line]
) -> list[UUID]:
    if not (ids := set(wanted)):
        return []
    query = select(kind.id, kind.unavailable, kind.snoozed_until, kind.removed_at)
    now = lines[0].whole().now
    return [
        row.id
        for row in await session.execute(query.where(kind.id.in_(ids)))
        if products.is_gone(row) or products.is_asleep(row, now)
    ]


def _chosen(line: Line) -> Iterable[UUID]:
    return (UUID(one["id"]) for one in line.modifiers or ())
