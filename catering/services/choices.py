"""What can be chosen of products today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.choices import Choices, Group
from catering.models import Modifier, ModifierGroup, Variant


async def of(session: AsyncSession, product_ids: Iterable[UUID]) -> dict[UUID, Choices]:
    """What can be chosen of these products today; those without choices are not in it."""
    wanted = list(product_ids)
    variants, groups = defaultdict[UUID, list[Any]](list), defaultdict[UUID, list[Group]](list)
    for row in await _rows(session, Variant, Variant.product_id.in_(wanted)):
        variants[row.product_id].append(row)
    each = await _rows(session, ModifierGroup, ModifierGroup.product_id.in_(wanted))
    modifiers = defaultdict[UUID, list[Any]](list)
    if each:
        of_these = Modifier.group_id.in_([row.id for row in each])
        for row in await _rows(session, Modifier, of_these):
            modifiers[row.group_id].append(row)
    for row in each:
        groups[row.product_id].append(Group(row, tuple(modifiers[row.id])))
    return {id: Choices(tuple(variants[id]), tuple(groups[id])) for id in {*variants, *groups}}


def needing_one() -> Any:
    """The ids of products that cannot be ordered without choosing something."""
    must = ModifierGroup.minimum > 0
    return union(
        select(Variant.product_id).where(Variant.removed_at.is_(None)),
        select(ModifierGroup.product_id).where(must, ModifierGroup.removed_at.is_(None)),
    )


async def is_needed(session: AsyncSession, product_id: UUID) -> bool:
    """Whether this product cannot be ordered without choosing something."""
    choosy = needing_one().subquery()
    found = select(choosy.c.product_id).where(choosy.c.product_id == product_id)
    return await session.scalar(found) is not None


async def _rows(session: AsyncSession, kind: Any, which: Any) -> list[Any]:
    query = select(*kind.__table__.columns).where(which, kind.removed_at.is_(None))
    return list(await session.execute(query.order_by(kind.rank, kind.id)))
