"""The organisations of the demo: a school that orders lunch, and who approves it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.baskets import Destination
from catering.domain.facilities import MemberPart
from catering.domain.geography import Point
from catering.domain.opening_hours import DAYS
from catering.domain.organisations import Calendar, Firm, Place
from catering.domain.people import SYSTEM
from catering.models import Organisation
from catering.services import organising

from . import reading
from .reading import Row

_AT: Final = "@demo.catering.test"


async def organise(session: AsyncSession) -> None:
    """Add those that are missing; one that is there is left as it is."""
    known = set(await session.scalars(select(Organisation.name)))
    for row in reading.organisations():
        if row["name"] not in known:
            await _found(session, row)


async def _found(session: AsyncSession, row: Row) -> None:
    above = (row["approval_above"], row["currency"])
    firm = Firm(row["name"], row["billing"], above)
    organisation = await organising.create(session, firm, row["currency"], by=SYSTEM)
    for name, parts in row["members"].items():
        told = [MemberPart(part) for part in parts]
        await organising.set_member(session, organisation.id, name + _AT, told, by=SYSTEM)
    for site in row["facilities"]:
        point = Point(site["latitude"], site["longitude"])
        door = Destination(site["address_line"], point, site["address_details"])
        place = Place(site["name"], door, tuple(site["cost_centres"]))
        facility = await organising.add_facility(session, organisation.id, place, by=SYSTEM)
        await organising.take_deliveries(session, facility.id, _calendar(site), by=SYSTEM)


def _calendar(site: Row) -> Calendar:
    """The same windows on every day."""
    return Calendar(
        {day: site["windows"] for day in DAYS},  # noqa: C420 - typed by what is in it
        timedelta(minutes=site["notice_minutes"]),
        site["cut_off"],
        site["cut_off_days_before"],
        site["time_zone"],
    )
