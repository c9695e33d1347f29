"""What a school orders, and how far it has come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catering.domain.people import Actor
from catering.services import (
    approving,
)
from tests.sites import School

from .acting import step


async def ordered(school: School, *portions: Any, **said: Any) -> UUID:
    return await school.world.order(*portions, **await school.wanted(**said))


async def small(school: School, **said: Any) -> UUID:
    """One borscht costs less than what has to be approved."""
    return await ordered(school, school.world.portion(school.world.borscht), **said)


def approve(school: School, id: UUID, by: Actor | None = None) -> Any:
    return step(approving.approve, id, None, by=by or school.approver)
