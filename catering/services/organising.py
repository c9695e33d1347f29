"""Organisations, their members and their sites, as the office writes them down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import ids
from catering.domain.events import EventKind
from catering.domain.facilities import MemberPart
from catering.domain.organisations import Calendar, Firm, Place
from catering.domain.people import Actor, Role
from catering.domain.refusals import InvalidInput, NotFound, Refused
from catering.models import Facility, Member, Organisation, User

from .recording import happened

RowT = TypeVar("RowT", Organisation, Facility)


async def create(session: AsyncSession, firm: Firm, currency: str, *, by: Actor) -> Organisation:
    """Write down an organisation. It has no site and no member yet."""
    _must(firm.faults(currency))
    adding = insert(Organisation).values(id=ids.new(), currency=currency, **_firm(firm))
    id = await session.scalar(adding.on_conflict_do_nothing().returning(Organisation.id))
    if id is None:
        raise Refused(InvalidInput("There is one of this name.", ("name",), rule="taken"))
    await happened(session, EventKind.ORGANISATION_CREATED, id, by=by)
    return await session.get_one(Organisation, id)


async def change(
    session: AsyncSession, organisation_id: UUID, firm: Firm, *, by: Actor
) -> Organisation:
    """Write down something new of it. Orders that were placed stay as they are."""
    organisation = await _organisation(session, organisation_id)
    _must(firm.faults(organisation.currency))
    named = select(Organisation.id).where(
        Organisation.name == (firm.name or "").strip(), Organisation.id != organisation_id
    )
    await _must_be_free(session, named)
    _write(organisation, _firm(firm))
    await happened(session, EventKind.ORGANISATION_CHANGED, organisation.id, by=by)
    return organisation


async def set_member(
    session: AsyncSession,
    organisation_id: UUID,
    email: str,
    parts: Sequence[MemberPart],
    *,
    by: Actor,
) -> Organisation:
    """Let a customer be a member, with these parts and no others; without any he only looks on."""
    organisation = await _organisation(session, organisation_id)
    same = func.lower(User.email) == func.lower(email.strip())
    user = await session.scalar(select(User).where(same, User.role == Role.CUSTOMER))
    if user is None:
        message = "There is no customer with this address. He has to register first."
        raise Refused(NotFound(message, ("email",)))
    told = sorted(set(parts))
    joining = insert(Member).values(
        id=ids.new(), organisation_id=organisation_id, user_id=user.id, parts=told
    )
    await session.execute(
        joining.on_conflict_do_update(constraint="uq_members_user", set_={"parts": told})
    )
    note = ", ".join(told) or None
    await happened(session, EventKind.MEMBER_SET, user.id, by=by, note=note)
    return organisation


async def remove_member(
    session: AsyncSession, organisation_id: UUID, user_id: UUID, *, by: Actor
) -> Organisation:
    """Let him be none any more. What he has ordered goes on, and stays his to see."""
    organisation = await _organisation(session, organisation_id)
    gone = delete(Member).where(
        Member.organisation_id == organisation_id, Member.user_id == user_id
    )
    if await session.scalar(gone.returning(Member.id)) is None:
        raise Refused(NotFound("He is no member of it.", ("userId",)))
    await happened(session, EventKind.MEMBER_REMOVED, user_id, by=by)
    return organisation


async def add_facility(
    session: AsyncSession, organisation_id: UUID, place: Place, *, by: Actor
) -> Facility:
    """Add a site. Nothing can be ordered for it before it has windows."""
    organisation = await _organisation(session, organisation_id)
    _must(place.faults(organisation.currency))
    adding = insert(Facility).values(
        id=ids.new(), organisation_id=organisation_id, time_zone="Europe/Kyiv", **_place(place)
    )
    id = await session.scalar(adding.on_conflict_do_nothing().returning(Facility.id))
    if id is None:
        raise Refused(InvalidInput("It has one of this name.", ("name",), rule="taken"))
    await happened(session, EventKind.FACILITY_ADDED, id, by=by)
    return await session.get_one(Facility, id)


async def change_facility(
    session: AsyncSession, facility_id: UUID, place: Place, *, by: Actor
) -> Facility:
    """Write down something new of a site. Orders that were placed go where they went."""
    facility = await _facility(session, facility_id)
    organisation = await session.get_one(Organisation, facility.organisation_id)
    _must(place.faults(organisation.currency))
    named = select(Facility.id).where(
        Facility.organisation_id == facility.organisation_id,
        Facility.name == (place.name or "").strip(),
        Facility.id != facility_id,
    )
    await _must_be_free(session, named)
    _write(facility, _place(place))
    await happened(session, EventKind.FACILITY_CHANGED, facility.id, by=by)
    return facility


async def take_deliveries(
    session: AsyncSession, facility_id: UUID, calendar: Calendar, *, by: Actor
) -> Facility:
    """When a site takes deliveries from now on. What was ordered before still comes."""
    _must(calendar.faults())
    facility = await _facility(session, facility_id)
    facility.delivery_windows = {day: [list(s) for s in its] for day, its in calendar.week.items()}
    facility.notice_minutes = -(-calendar.notice // timedelta(minutes=1))
    facility.cut_off, facility.cut_off_days_before = calendar.cut_off, calendar.cut_off_days_before
    facility.time_zone = calendar.time_zone or facility.time_zone
    await happened(session, EventKind.FACILITY_CHANGED, facility.id, by=by, note="windows")
    return facility


async def close_facility(session: AsyncSession, facility_id: UUID, *, by: Actor) -> Facility:
    """Order nothing for a site any more. What was ordered before still comes."""
    facility = await _facility(session, facility_id)
    if facility.closed_at is None:
        facility.closed_at = await database.clock(session)
        await happened(session, EventKind.FACILITY_CHANGED, facility.id, by=by, note="closed")
    return facility


async def _organisation(session: AsyncSession, id: UUID) -> Organisation:
    found = await session.get(Organisation, id, with_for_update=True)
    if found is None:
        raise Refused(NotFound("There is no such organisation.", ("organisationId",)))
    return found


async def _facility(session: AsyncSession, id: UUID) -> Facility:
    found = await session.get(Facility, id, with_for_update=True)
    if found is None:
        raise Refused(NotFound("There is no such facility.", ("facilityId",)))
    return found


async def _must_be_free(session: AsyncSession, named: Select[Any]) -> None:
    if await session.scalar(named) is not None:
        raise Refused(InvalidInput("There is one of this name.", ("name",), rule="taken"))


def _firm(firm: Firm) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": firm.name and firm.name.strip(),
        "billing": firm.billing and firm.billing.strip(),
        "approval_above": firm.approval_above and firm.approval_above[0],
    }
    without = {"approval_above": None} if firm.without_approval else {}
    return {name: value for name, value in told.items() if value is not None} | without


def _place(place: Place) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": place.name and place.name.strip(),
        "cost_centres": None if place.cost_centres is None else list(place.cost_centres),
        "approval_above": place.approval_above and place.approval_above[0],
    }
    if (door := place.address) is not None:
        told |= {"address_line": door.line, "address_details": door.details or ""}
        told |= {"latitude": door.point.latitude, "longitude": door.point.longitude}
    usual = {"approval_above": None} if place.as_organisation else {}
    return {name: value for name, value in told.items() if value is not None} | usual


def _write(row: RowT, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _must(faults: Iterable[InvalidInput]) -> None:
    if wrong := list(faults):
        raise Refused(*wrong)
