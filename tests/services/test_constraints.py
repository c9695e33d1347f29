"""What nobody can do, not even by a mistake of ours: the database itself refuses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from catering.database import now
from catering.domain import ids
from catering.domain.bookings import BookingStatus
from catering.domain.deliveries import DeliveryStatus
from catering.models import Booking, Delivery, Task, TaskState
from tests.world import World

from .acting import Day


async def test_an_order_has_one_journey_at_a_time(day: Day) -> None:
    id = await day.accepted(day.world.portion(day.world.borscht))
    assert (await day.delivery(id)).status is DeliveryStatus.PLANNED

    await _written(day.world, _journey(id, DeliveryStatus.CANCELLED))
    with pytest.raises(IntegrityError, match="uq_deliveries_order"):
        await _written(day.world, _journey(id, DeliveryStatus.SEARCHING))


async def test_a_stop_has_one_company_at_a_time(day: Day) -> None:
    delivery = await day.delivery(await day.accepted(day.world.portion(day.world.borscht)))
    rockets = await day.world.account(
        "rockets", port="courier", provider="none", base_url="http://127.0.0.1:9"
    )

    def booking(status: BookingStatus) -> Booking:
        return Booking(
            delivery_id=delivery.id, stop_id=delivery.pickups[0].id, account_id=rockets,
            status=status, reference=ids.new().hex,
        )  # fmt: skip

    for status in (BookingStatus.LOST, BookingStatus.REQUESTED):
        await _written(day.world, booking(status))
    with pytest.raises(IntegrityError, match="uq_bookings_stop"):
        await _written(day.world, booking(BookingStatus.CONFIRMED))


async def test_of_one_name_one_task_is_open(world: World) -> None:
    def task(state: TaskState) -> Task:
        return Task(kind="anything", subject_id=ids.new(), dedup="this", state=state, due=now())

    for state in (TaskState.DONE, TaskState.PENDING, TaskState.DEAD):
        await _written(world, task(state))
    for state in (TaskState.PENDING, TaskState.RUNNING):
        with pytest.raises(IntegrityError, match="uq_tasks_dedup"):
            await _written(world, task(state))


def _journey(order_id: UUID, status: DeliveryStatus) -> Delivery:
    return Delivery(order_id=order_id, status=status, distance_m=1, reward=1, search_at=now())


async def _written(world: World, row: Any) -> None:
    async with world.transaction() as session:
        session.add(row)
