"""Orders stay, and the person goes: from every table."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from catering.domain.baskets import Destination
from catering.domain.documents import DocumentKind, Paper
from catering.domain.events import EventKind
from catering.domain.geography import Point
from catering.domain.letters import Purpose
from catering.domain.orders import CancellationReason
from catering.domain.payments import ChargeKind, ChargeStatus
from catering.domain.people import Actor, Role
from catering.domain.refusals import (
    AccountSuspended,
    DriverBusy,
    ForbiddenStep,
    NotFound,
    OrderUnderWay,
    Refused,
)
from catering.models import Base, Charge, Driver, Event, Rating, Ticket, User, Webhook
from catering.services import (
    cancelling,
    erasing,
    exporting,
    letters,
    ordering,
    papers,
    recording,
    suspending,
)
from tests.services.acting import Day, done, refused, somebody_waits, step
from tests.world import World

NAME, EMAIL, PHONE = "Мавка Лісова", "mavka@lis.test", "+380671110011"
DOORSTEP = Destination("вул. Казкова, 7", Point(50.431234, 30.513789), "третій дуб ліворуч")
TRACES = (
    NAME, EMAIL, PHONE, DOORSTEP.line, str(DOORSTEP.details), "50.431234", "30.513789",
    "без цибулі", "передумала", "чекала на мосту",
)  # fmt: skip


async def everywhere(world: World) -> str:
    """All that is written in all tables."""
    rows = " UNION ALL ".join(
        f"SELECT t::text || coalesce(encode({raw}, 'escape'), '') FROM {name} t"
        for name in sorted(Base.metadata.tables)
        for raw in ("t.raw" if name == "webhooks" else "NULL::bytea",)
    )
    async with world.transaction() as session:
        return "\n".join(await session.scalars(text(rows)))


async def lived(world: World) -> UUID:
    """A customer who left traces wherever one can; his order was called off."""
    id = world.customer.id
    assert id is not None
    async with world.transaction() as session:
        await session.execute(
            update(User).where(User.id == id).values(display_name=NAME, email=EMAIL, phone=PHONE)
        )
        await letters.write(session, Purpose.PASSWORD_RESET, EMAIL, by=world.customer)
    portion = world.portion(world.borscht)
    noted = type(portion)(portion.product_id, 1, "без цибулі", portion.stand_by)
    order = await world.order(noted, destination=DOORSTEP, contact_phone=PHONE)
    account = await world.account("k", port="kitchen", provider="open_kitchen", base_url="")
    async with world.transaction() as session:
        reference = await session.scalar(select(Ticket.reference).where(Ticket.order_id == order))
        session.add(
            Charge(
                order_id=order, account_id=account, kind=ChargeKind.VOID, amount=1,
                status=ChargeStatus.DONE, reference="pay-fairy",
            )
        )  # fmt: skip
        for key, named in enumerate((reference, "pay-fairy")):
            raw = f'{{"reference": "{named}", "phone": "{PHONE}"}}'.encode()
            session.add(Webhook(account_id=account, dedupe_key=str(key), raw=raw, headers={}))
        await cancelling.cancel(
            session, order, CancellationReason.CHANGED_MIND, "передумала", by=world.customer
        )
        session.add(
            Rating(
                order_id=order, customer_id=id, restaurant_id=world.kitchen, stars=1,
                comment="чекала на мосту", reply="Мавко, вибачте!",
            )
        )  # fmt: skip
    return order


async def test_nothing_of_the_person_is_left_and_the_order_stays(world: World) -> None:
    order = await lived(world)
    before = await everywhere(world)
    assert [trace for trace in TRACES if trace not in before] == []
    kinds = await world.kinds(order)
    total = (await world.look(order)).total

    async with world.transaction() as session:
        await erasing.erase(session, world.customer.id, by=world.customer)  # type: ignore[arg-type]
    after = await everywhere(world)
    assert [trace for trace in TRACES if trace in after] == []
    kept = await world.look(order)
    assert (await world.kinds(order), kept.total) == (kinds, total)
    assert (kept.customer_id, round(kept.latitude, 2)) == (world.customer.id, kept.latitude)
    again = step(erasing.erase, world.customer.id, by=world.customer)  # type: ignore[arg-type]
    await refused(world, again, NotFound)


async def test_where_a_driver_was_and_what_he_showed_is_forgotten(world: World, day: Day) -> None:
    id = world.driver.id
    assert id is not None
    licence = Paper(DocumentKind.DRIVING_LICENCE, "ВХІ 777777")
    await day.do(step(papers.submit, [licence], by=world.driver))
    order = await day.delivered()
    delivery = await day.delivery(order)
    async with world.transaction() as session:
        await recording.happened(
            session, EventKind.COURIER_MOVED, delivery.id, by=world.driver,
            delivery_id=delivery.id, data={"latitude": 50.123456, "longitude": 30.0},
        )  # fmt: skip
        zone = {"centre": [50.777777, 30.0], "radius": 900}
        await session.execute(update(Driver).values(latitude=50.654321, longitude=30.0, zone=zone))
        session.add(
            Rating(
                order_id=order, customer_id=world.customer.id, driver_id=id, stars=2,
                comment="Водій Іван грубий",
            )
        )  # fmt: skip
        told = await exporting.held(session, by=world.driver)
    assert [one["comment"] for one in told["rated"]] == ["Водій Іван грубий"]
    assert {one["account"] for one in told["money"]} == {"CARRIER", "CASH"}
    assert told["driver"][0]["zone"] == zone
    await day.do(step(erasing.erase, id, by=world.driver))
    after = await everywhere(world)
    assert [trace for trace in ("ВХІ 777777", "50.123456", "Іван") if trace in after] == []
    delivery = await day.delivery(order)
    assert (delivery.driver_id, delivery.latitude, delivery.position_at) == (id, None, None)
    async with world.transaction() as session:
        driver = await session.get_one(Driver, id)
        assert (driver.online, driver.latitude, driver.zone) == (False, None, None)
        moved = select(Event.id).where(Event.kind == EventKind.COURIER_MOVED)
        assert (await session.scalars(moved.where(Event.delivery_id == delivery.id))).all() == []


async def test_nobody_goes_while_he_is_waited_for(world: World, day: Day) -> None:
    await day.assigned()
    for who, why in ((world.customer, OrderUnderWay), (world.driver, DriverBusy)):
        await refused(world, step(erasing.erase, who.id, by=who), why)  # type: ignore[arg-type]


async def test_nobody_orders_while_he_goes(committed: World) -> None:
    """His request was let in before; whoever comes first, no order is left of nobody."""
    world, gone = committed, committed.customer
    async with world.transaction() as erasure:
        await erasing.erase(erasure, gone.id, by=gone)  # type: ignore[arg-type]
        ordered = asyncio.create_task(done(world, step(ordering.place, world.wish(), by=gone)))
        while not await somebody_waits(world):
            assert not ordered.done()

    with pytest.raises(Refused) as no:
        await ordered
    assert [type(refusal) for refusal in no.value.refusals] == [AccountSuspended]


async def test_a_closed_account_orders_nothing_in_its_last_request(world: World) -> None:
    close = step(suspending.suspend, world.customer.id, "Rude.", by=world.manager)  # type: ignore[arg-type]
    await done(world, close)
    wanted = step(ordering.place, world.wish(), by=world.customer)
    await refused(world, wanted, AccountSuspended)


async def test_the_last_admin_stays(world: World) -> None:
    async with world.transaction() as session:
        bosses = [
            User(email=f"{n}@boss.test", password_hash="-", display_name="B", role=Role.ADMIN)
            for n in range(2)
        ]
        session.add_all(bosses)
    first, last = (Actor(boss.id, Role.ADMIN) for boss in bosses)
    async with world.transaction() as session:
        await erasing.erase(session, first.id, by=first)  # type: ignore[arg-type]
    await refused(world, step(erasing.erase, last.id, by=last), ForbiddenStep)  # type: ignore[arg-type]


async def test_everything_that_is_held_is_told_but_no_secret(world: World) -> None:
    await lived(world)
    async with world.transaction() as session:
        told: dict[str, Any] = await exporting.held(session, by=world.customer)
        strange = await exporting.held(session, by=world.stranger)
    everything = str(told)
    assert [trace for trace in TRACES if trace not in everything] == []
    assert "password_hash" not in everything
    assert "token_hash" not in everything
    assert [trace for trace in TRACES if trace in str(strange)] == []
