"""A facility as an order meets it: who may order for it, where it goes, and by which rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.approvals import somebody_can
from catering.domain.baskets import Basket, Destination, Price, Wish
from catering.domain.facilities import LEAST_TO_APPROVE, MemberPart, Site
from catering.domain.geography import Point
from catering.domain.opening_hours import OpeningHours
from catering.domain.organisations import cut_off
from catering.domain.people import STAFF, Actor
from catering.domain.reckoning import Reckoning
from catering.domain.refusals import (
    ForbiddenStep,
    InvalidInput,
    NotFound,
    Refused,
    WindowNotAvailable,
)
from catering.models import Facility, Member, Order, Organisation

_OF_THE_ORGANISATION: Final = (
    Organisation.currency, Organisation.approval_above.label("usual_approval"),
)  # fmt: skip


async def addressed(session: AsyncSession, wish: Wish, *, by: Actor) -> Wish:
    """The wish with the site that it is for; a customer's as it is.

    Raises `Refused` where he may not order for it, or its rules are against it.
    """
    facility_id = wish.occasion.facility_id
    if facility_id is None:
        return wish
    basket = await for_site(session, wish.basket, facility_id, by=by)
    assert basket.site is not None
    if MemberPart.ORDERER not in await parts_of(session, basket.site.organisation_id, by):
        message = "Only an orderer of the organisation orders for it."
        raise Refused(ForbiddenStep(message, ("facilityId",)))
    if problems := list(basket.site.faults(wish.occasion)):
        raise Refused(*problems)
    return replace(wish, basket=basket)


async def for_site(
    session: AsyncSession, basket: Basket, facility_id: UUID, *, by: Actor | None
) -> Basket:
    """The basket to the door of a facility. Raises `Refused(NotFound)` where it is not his."""
    row = await _row(session, facility_id, by)
    if row is None or row.closed_at is not None:
        raise Refused(NotFound("There is no such facility.", ("facilityId",)))
    site = _site(row)
    return replace(basket, destination=site.door, site=site)


async def of_order(session: AsyncSession, order: Order, *, by: Actor) -> Site | None:
    """The rules that a change of an order has to keep; the office is bound by none."""
    if order.facility_id is None or by.role in STAFF:
        return None
    row = await _row(session, order.facility_id, Actor(None, None))
    return None if row is None else _site(row)


async def approve_by(
    session: AsyncSession, basket: Basket, reckoning: Reckoning, price: Price, *, by: Actor
) -> datetime | None:
    """Until when somebody has to approve it; None where nobody has to.

    Raises `Refused` where it is in another currency than the bills, or nobody could approve it.
    """
    site, window = basket.site, basket.window
    if site is None or window is None:
        return None
    if price.currency != site.currency:
        message = f"It is billed in {site.currency}. Order where that is the currency."
        raise Refused(InvalidInput(message, ("lines",), rule="one_currency"))
    if not site.needs_approval(price.total):
        return None
    if not somebody_can(await _approvers(session, site.organisation_id), by.id):
        message = "It has to be approved, and nobody else of the organisation can. Ask the office."
        raise Refused(InvalidInput(message, ("facilityId",), rule="no_approver"))
    deadline = site.approve_by(window, reckoning.now, reckoning.latest(window))
    if deadline < reckoning.now + LEAST_TO_APPROVE:
        soonest = reckoning.soonest(lambda start: start >= window.end)
        raise Refused(
            WindowNotAvailable(
                "It has to be approved, and there is no time left for that.", ("window",),
                next_window=(soonest.start, soonest.end) if soonest else None,
            )
        )  # fmt: skip
    return deadline


async def parts_of(
    session: AsyncSession, organisation_id: UUID | None, who: Actor
) -> frozenset[MemberPart]:
    """What somebody does inside an organisation; nothing where he is no member."""
    query = select(Member.parts).where(
        Member.organisation_id == organisation_id, Member.user_id == who.id
    )
    return frozenset(MemberPart(part) for part in await session.scalar(query) or ())


async def _approvers(session: AsyncSession, organisation_id: UUID) -> list[UUID]:
    query = select(Member.user_id).where(
        Member.organisation_id == organisation_id, Member.parts.contains([MemberPart.APPROVER])
    )
    return list(await session.scalars(query))


async def _row(session: AsyncSession, facility_id: UUID, by: Actor | None) -> Row[Any] | None:
    if by is None:
        return None
    seen = Facility.visible_to(by).with_only_columns(Facility.id)
    columns: list[Any] = [*Facility.__table__.columns, *_OF_THE_ORGANISATION]
    query = (
        select(*columns)
        .join(Organisation, Organisation.id == Facility.organisation_id)
        .where(Facility.id == facility_id, Facility.id.in_(seen))
    )
    return (await session.execute(query)).one_or_none()


def _site(row: Row[Any]) -> Site:
    above = row.usual_approval if row.approval_above is None else row.approval_above
    return Site(
        id=row.id,
        organisation_id=row.organisation_id,
        door=Destination(row.address_line, Point(row.latitude, row.longitude), row.address_details),
        currency=row.currency,
        windows=OpeningHours.read(row.delivery_windows, time_zone=row.time_zone),
        notice=timedelta(minutes=row.notice_minutes),
        cut_off=cut_off(row.cut_off, row.cut_off_days_before),
        cost_centres=tuple(row.cost_centres),
        approval_above=above,
    )
