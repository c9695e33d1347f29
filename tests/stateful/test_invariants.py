"""What is looked at after every step of a life is seen when it is wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.services.acting import Day
from tests.services.conftest import day as day

from .invariants import seen

WRONGS = {
    "I2 C-{}: nothing is waited for, and its delivery is ASSIGNED": """
        DELETE FROM tasks WHERE kind = 'courier_silent'""",
    "I2 a dead letter": "UPDATE tasks SET state = 'DEAD' WHERE kind = 'courier_silent'",
    "I3 an order that was delivered twice": """
        UPDATE events SET kind = 'DELIVERY_DELIVERED' WHERE sequence IN (1, 2)""",
    "I4 a delivery that its driver has not said yes to": """
        UPDATE offers SET status = 'WITHDRAWN'""",
    "I4 an open offer of a delivery that is not searched for": """
        UPDATE offers SET status = 'SENT'""",
    "I5 an entry that does not sum to zero": "UPDATE ledger SET amount = amount + 1",
    "I5 C-{}: Borscht costs 12000": "UPDATE tickets SET status = 'REJECTED'",
    "I5 C-{} has ended: its ticket is ACCEPTED": "UPDATE orders SET status = 'DELIVERED'",
    "history replays to the row: C-{}: its events are numbered": """
        DELETE FROM events WHERE kind = 'TICKET_ACCEPTED'""",
    "history replays to the row: C-{}: DELIVERY_ASSIGNED cannot follow PLANNED": """
        UPDATE events SET status = NULL WHERE kind = 'DELIVERY_SEARCHING'""",
}


@pytest.mark.parametrize(("wrong", "how"), WRONGS.items())
async def test_what_is_wrong_is_seen(day: Day, wrong: str, how: str) -> None:
    world = day.world
    id = await day.assigned(world.portion(world.borscht))
    assert [*(await seen(world)).faults()] == []
    serial = (await world.look(id)).serial

    async with world.transaction() as session:
        await session.execute(text(how))

    faults = [*(await seen(world)).faults()]
    assert any(fault.startswith(wrong.format(serial)) for fault in faults), faults


async def test_what_should_have_been_done_by_now_is_seen(day: Day) -> None:
    world = day.world
    await day.assigned(world.portion(world.borscht))
    await day.passes(minutes=5, seconds=-1)
    assert [*(await seen(world)).overdue()] == []
    async with world.transaction() as session:
        await session.execute(text("UPDATE tasks SET due = catering_now() WHERE state = 'PENDING'"))
    assert any("courier_silent" in fault for fault in (await seen(world)).overdue())
