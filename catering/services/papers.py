"""The documents of drivers: handed in by themselves, good until their last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain.documents import DocumentKind, Paper, faults
from catering.domain.events import EventKind
from catering.domain.people import Actor
from catering.domain.refusals import NotFound, Refused
from catering.models import Driver, DriverDocument

from .recording import happened


async def submit(session: AsyncSession, papers: Sequence[Paper], *, by: Actor) -> Driver:
    """Hand in documents, each in place of the last of its kind. Who was rejected asks again."""
    driver = await session.get(Driver, by.id, with_for_update=True)
    if driver is None:
        raise Refused(NotFound("You are not registered as a driver."))
    await keep(session, driver.id, papers)
    driver.rejected_at = driver.rejection = None
    await happened(session, EventKind.DRIVER_DOCUMENTS, driver.id, by=by, driver_id=driver.id)
    return driver


async def keep(session: AsyncSession, driver_id: UUID, papers: Sequence[Paper]) -> None:
    """Store documents. Raises `Refused(InvalidInput, …)` with all that is wrong with them."""
    now = await database.clock(session)
    if wrong := tuple(faults(papers, now.date())):
        raise Refused(*wrong)
    for paper in papers:
        values = {**asdict(paper), "driver_id": driver_id}
        kept = insert(DriverDocument).values(values)
        await session.execute(
            kept.on_conflict_do_update(
                index_elements=[DriverDocument.driver_id, DriverDocument.kind],
                set_={
                    "number": kept.excluded.number,
                    "url": kept.excluded.url,
                    "expires_on": kept.excluded.expires_on,
                    "created_at": database.now(),
                },
            )
        )


async def over(session: AsyncSession, driver_id: UUID) -> DocumentKind | None:
    """A document of this driver that is good no more, if there is one."""
    today = (await database.clock(session)).date()
    query = select(DriverDocument.kind).where(
        DriverDocument.driver_id == driver_id, DriverDocument.expires_on < today
    )
    kind: DocumentKind | None = await session.scalar(query.order_by(DriverDocument.kind).limit(1))
    return kind
