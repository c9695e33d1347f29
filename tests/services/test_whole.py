"""An order that is loaded at one look is the order that the ORM would have loaded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import selectinload

from catering.domain.people import SYSTEM
from catering.domain.refusals import Refused
from catering.models import Delivery, Order, Ticket
from catering.services.orders import lock, with_ticket
from tests.services.acting import Day

pytestmark = pytest.mark.anyio

BY_THE_ORM = (
    selectinload(Order.tickets).selectinload(Ticket.lines),
    selectinload(Order.deliveries).options(
        selectinload(Delivery.stops), selectinload(Delivery.offers), selectinload(Delivery.bookings)
    ),
    selectinload(Order.resolutions),
    selectinload(Order.charges),
    selectinload(Order.open_tasks),
)


WRITTEN = {"events", "ledger"}
"""Of those an order has only what a transaction adds."""


async def test_it_is_what_the_orm_would_have_loaded(day: Day) -> None:
    id = await day.assigned()
    async with day.world.transaction() as session:
        ours = told(await lock(session, id))
    async with day.world.transaction() as session:
        query = select(Order).where(Order.id == id).options(*BY_THE_ORM)
        assert ours == told((await session.scalars(query)).one())
    assert {"Ticket", "Line", "Delivery", "Stop", "Offer", "Task"} <= {kind for kind, _ in ours}


async def test_every_part_leads_back_to_its_owner(day: Day) -> None:
    id = await day.assigned()
    async with day.world.transaction() as session:
        order = await lock(session, id)
        parts: list[Any] = [*order.tickets, *order.deliveries]
        assert all(part.order is order for part in parts)
        assert all(line.ticket is ticket for ticket in order.tickets for line in ticket.lines)
        assert not [*session.dirty, *session.new]


async def test_what_was_read_before_the_order_was_ours_is_read_anew(day: Day) -> None:
    id = await day.world.order()
    async with day.world.transaction() as session:
        tickets = (await session.scalars(select(Ticket).where(Ticket.order_id == id))).all()
        theirs = update(Ticket).where(Ticket.order_id == id).values(external_id="theirs")
        await session.execute(theirs.execution_options(synchronize_session=False))
        assert {ticket.external_id for ticket in tickets} == {None}
        assert {*(await lock(session, id)).tickets} == {*tickets}
        assert {ticket.external_id for ticket in tickets} == {"theirs"}


async def test_what_is_ours_already_is_not_read_again(day: Day) -> None:
    id = await day.world.order()
    async with day.world.transaction() as session:
        order = await lock(session, id)
        order.contact_phone = "+380501112233"
        behind_its_back = update(Ticket).where(Ticket.order_id == id).values(external_id="theirs")
        await session.execute(behind_its_back.execution_options(synchronize_session=False))
        ticket = await with_ticket(session, order.tickets[0].id, by=SYSTEM)
        assert ticket.order is order is await lock(session, id)
        assert order.contact_phone == "+380501112233"
        assert ticket.external_id is None


async def test_what_is_changed_is_written(day: Day) -> None:
    id = await day.world.order()
    async with day.world.transaction() as session:
        (await lock(session, id)).tickets[0].lines[0].note = "without dill"
    assert (await day.world.look(id)).tickets[0].lines[0].note == "without dill"


async def test_what_is_not_there_is_refused(day: Day) -> None:
    async with day.world.transaction() as session:
        with pytest.raises(Refused):
            await lock(session, UUID(int=7))


def told(it: Any) -> dict[tuple[str, UUID], dict[str, Any]]:
    """Every value of a thing and of all that was loaded with it, whatever its order."""
    found: dict[tuple[str, UUID], dict[str, Any]] = {}
    todo = [it]
    while todo:
        one = todo.pop()
        key = (type(one).__name__, one.id)
        if key not in found:
            state = inspect(one)
            relations = [
                r.key for r in state.mapper.relationships if r.key in {*state.dict} - WRITTEN
            ]
            found[key] = {c.key: state.dict[c.key] for c in state.mapper.column_attrs}
            for name in relations:
                parts = state.dict[name]
                todo += parts if isinstance(parts, list) else [parts]
                if isinstance(parts, list):
                    ids = [part.id for part in parts]
                    relation = state.mapper.relationships[name]
                    found[key][name] = ids if relation.order_by else set(ids)
    return found
