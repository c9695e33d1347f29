"""Reading about organisations, and what is handed over at their sites."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import strawberry
from strawberry import ID

from catering import models
from catering.domain.facilities import day_at
from catering.domain.ids import Prefix
from catering.domain.orders import OrderStatus
from catering.schema.exposing import Info
from catering.schema.facilities import Facility, Organisation
from catering.schema.handing_over import HandOverList
from catering.schema.listing import known
from catering.schema.loaders import rows
from catering.schema.paging import Connection, Slice, Sort, page, paged

from .fields import query

_NOT_COMING = frozenset({OrderStatus.AWAITING_APPROVAL, OrderStatus.CANCELLED, OrderStatus.FAILED})


@strawberry.type
class FacilityQueries:
    @paged("first", "last")
    @query
    async def organisations(self, info: Info, part: Slice) -> Connection[Organisation] | None:
        """All organisations, by name."""
        organisation = models.Organisation
        wanted, by_name = rows(organisation, info.context.actor), Sort((organisation.name,))
        return await page(info, Organisation, wanted, by_name, part)

    @query
    async def hand_over_list(self, info: Info, facility_id: ID, date: date) -> HandOverList | None:
        """What comes to a site on a day of its own calendar; null where it is not yours to see."""
        ids = known(Prefix.FACILITY, [facility_id])
        site = await info.context.loaders.one(models.Facility, ids[0] if ids else None)
        if site is None:
            return None
        order = models.Order
        start, end = day_at(ZoneInfo(site.time_zone), date)
        coming = rows(order, info.context.actor).where(
            order.facility_id == site.id,
            order.window_from >= start,
            order.window_from < end,
            order.status.not_in(_NOT_COMING),
        )
        found = await info.context.loaders.read(coming.order_by(order.window_from, order.serial))
        return HandOverList(facility=Facility.of(site), date=date, rows=found)
