"""What every courier adapter promises, held against the outside over real HTTP."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catering.domain.reports import CourierStatus, advances
from catering.providers.ports import (
    Booked,
    Cancelled,
    Courier,
    CourierReport,
    Found,
    Missing,
    Notice,
    Rejected,
    TooLate,
    Trip,
)
from tests.providers.courier_companies import HOUR, ask_price, book
from tests.providers.courier_companies import carries as carries
from tests.providers.courier_companies import courier as courier
from tests.providers.courier_companies import trip as trip
from tests.providers.simulated import Outside, Stage


async def test_a_trip_is_priced_booked_and_delivered(
    courier: Courier, trip: Trip, outside: Outside
) -> None:
    quote = await ask_price(courier, trip)
    assert quote.fee > 0
    assert quote.currency == "UAH"
    assert quote.expires_at is not None
    booked = await courier.book(trip, quote)
    assert isinstance(booked, Booked)

    seen = [booked.report.status]
    for _ in range(120):
        await outside.live(60)
        report = await courier.read(booked.report.external_id)
        assert isinstance(report, CourierReport)
        assert report.reference == trip.reference
        assert report.status is not CourierStatus.UNKNOWN
        if advances(seen[-1], report.status):
            seen.append(report.status)
    assert seen[-1] is CourierStatus.DELIVERED
    assert CourierStatus.COURIER_ASSIGNED in seen


async def test_a_booked_trip_costs_what_was_agreed(courier: Courier, trip: Trip) -> None:
    quote = await ask_price(courier, trip)
    booked = await courier.book(trip, quote)
    assert isinstance(booked, Booked)
    report = await courier.read(booked.report.external_id)
    assert isinstance(report, CourierReport)
    assert report.fee == quote.agreed


async def test_a_courier_under_way_has_a_name_and_a_place(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    await outside.tell(f"courier/{carries.outside}", assign_seconds=10, to_pickup_seconds=600)
    booked = await book(courier, trip)
    await outside.live(60)
    report = await courier.read(booked.external_id)
    assert isinstance(report, CourierReport)
    assert report.courier_name
    assert report.courier_phone
    assert report.latitude is not None
    assert report.longitude is not None


async def test_a_trip_booked_again_sends_one_courier(
    courier: Courier, trip: Trip, outside: Outside
) -> None:
    first = await book(courier, trip)
    if courier.capabilities.idempotent_book:
        assert (await book(courier, trip)).external_id == first.external_id
    else:
        found = await courier.find(trip)
        assert isinstance(found, Found)
        assert found.report.external_id == first.external_id
    assert await outside.live_effects(trip.reference) == 1


async def test_a_trip_that_has_ended_is_still_found(
    courier: Courier, trip: Trip, outside: Outside
) -> None:
    booked = await book(courier, trip)
    await outside.live(6 * HOUR)
    found = await courier.find(trip)
    assert isinstance(found, Found)
    assert found.report.external_id == booked.external_id
    assert found.report.status is CourierStatus.DELIVERED


async def test_a_trip_is_found_among_many(courier: Courier, trip: Trip) -> None:
    booked = await book(courier, trip)
    for number in range(120):
        await book(courier, replace(trip, reference=f"{trip.reference}-{number}", number="B"))
    found = await courier.find(trip)
    assert isinstance(found, Found)
    assert found.report.external_id == booked.external_id
    assert await courier.find(replace(trip, reference="never")) == Missing()


async def test_an_old_quote_asks_for_a_new_one(
    courier: Courier, trip: Trip, outside: Outside
) -> None:
    quote = await ask_price(courier, trip)
    await outside.live(HOUR)
    answer = await courier.book(trip, quote)
    assert isinstance(answer, Rejected)
    assert answer.code == "quote_expired"
    assert await outside.live_effects(trip.reference) == 0


async def test_a_trip_is_called_off_only_in_time(
    courier: Courier, trip: Trip, outside: Outside
) -> None:
    booked = await book(courier, trip)
    assert isinstance(await courier.cancel(booked.external_id, "Changed."), Cancelled)
    assert isinstance(await courier.cancel(booked.external_id, "Changed."), Cancelled)
    assert await outside.live_effects(trip.reference) == 0

    later = await book(courier, replace(trip, reference=f"{trip.reference}-later", number="B"))
    await outside.live(6 * HOUR)
    assert isinstance(await courier.cancel(later.external_id, "Changed."), TooLate)


async def test_webhooks_end_the_same_in_whatever_order_they_come(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    if not courier.capabilities.webhooks or not carries.webhook_setting:
        pytest.skip("this provider is asked for its news")
    await outside.tell("dashboard", **{carries.webhook_setting: "http://127.0.0.1:9/"})
    booked = await book(courier, trip)
    await outside.live(6 * HOUR)

    sent = (await outside.ledger(provider=carries.outside))["webhooks"]
    notices = [courier.receive(hook["body"].encode(), hook["headers"]) for hook in sent]
    reports = [
        hint.report
        for notice in notices
        if isinstance(notice, Notice)
        for hint in notice.hints
        if isinstance(hint.report, CourierReport)
    ]
    assert len(reports) == len(sent) > 3
    assert {report.external_id for report in reports} == {booked.external_id}
    assert {report.reference for report in reports} == {trip.reference}
    assert len({notice.dedupe_key for notice in notices if isinstance(notice, Notice)}) == len(sent)
    for order in (reports, reports[::-1], sorted(reports * 2, key=lambda each: each.word)):
        status = CourierStatus.PENDING
        for report in order:
            status = report.status if advances(status, report.status) else status
        assert status is CourierStatus.DELIVERED
