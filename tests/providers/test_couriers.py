"""What every courier adapter promises, held against the outside over real HTTP.

A new adapter joins by one line in `COURIERS`. Its capabilities decide what must hold.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import httpx
import pytest

from catering.domain.reports import CourierStatus, advances
from catering.providers import registry
from catering.providers.ports import (
    Ambiguous,
    Booked,
    Booking,
    Cancelled,
    CannotTell,
    Courier,
    CourierReport,
    Found,
    Missing,
    Notice,
    Place,
    Quote,
    Rejected,
    TicketItem,
    TooLate,
    Trip,
    Unavailable,
)
from tests.providers.conftest import account_at
from tests.providers.simulated import BROKEN, Outside, Stage

NUMBERS = count(1)
HOUR = 3_600
SIGNING_KEYS = ("demo-uber-signing-key-00000000000001",)
COURIERS = [
    Stage("uklon", "uklon", "uklon", "create_order", "get_order", "", "auth", 86_400),
    Stage(
        "uber_direct",
        "uber",
        "uber",
        "create_delivery",
        "get_delivery",
        "",
        "token",
        30 * 86_400,
        "uber_webhook_url",
    ),
]


@pytest.fixture(params=COURIERS, ids=lambda stage: stage.provider)
def carries(request: pytest.FixtureRequest) -> Stage:
    stage = request.param
    assert isinstance(stage, Stage)
    return stage


@pytest.fixture
def courier(carries: Stage, outside: Outside) -> Courier:
    account = account_at(carries.provider, f"{outside.url}/{carries.path}", secrets=SIGNING_KEYS)
    return registry.courier(account, outside.http)


@pytest.fixture
def trip() -> Trip:
    number = next(NUMBERS)
    return Trip(
        reference=f"d-{number}",
        number=f"A-{number}",
        pickup=Place("Кухня", "Хрещатик 1", 50.4501, 30.5234, "+380501112233"),
        dropoff=Place("Ганна", "Сумська 2", 50.4547, 30.5238, "+380501112234", "2 поверх"),
        items=(TicketItem("169", "Борщ", 2, 12_000),),
        value=24_000,
        currency="UAH",
    )


async def test_a_trip_is_priced_booked_and_delivered(
    courier: Courier, trip: Trip, outside: Outside
) -> None:
    quote = await _quote(courier, trip)
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
    quote = await _quote(courier, trip)
    booked = await courier.book(trip, quote)
    assert isinstance(booked, Booked)
    report = await courier.read(booked.report.external_id)
    assert isinstance(report, CourierReport)
    assert report.fee == quote.agreed


async def test_a_courier_under_way_has_a_name_and_a_place(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    await outside.tell(f"courier/{carries.outside}", assign_seconds=10, to_pickup_seconds=600)
    booked = await _book(courier, trip)
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
    first = await _book(courier, trip)
    if courier.capabilities.idempotent_book:
        assert (await _book(courier, trip)).external_id == first.external_id
    else:
        found = await courier.find(trip)
        assert isinstance(found, Found)
        assert found.report.external_id == first.external_id
    assert await outside.live_effects(trip.reference) == 1


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_lost_answer_to_a_booking_is_ambiguous(
    kind: str, courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    quote = await _quote(courier, trip)
    await outside.fail(carries.outside, carries.create, kind)

    assert isinstance(await courier.book(trip, quote), Ambiguous)

    done = await outside.live_effects(trip.reference)
    found = await courier.find(trip)
    assert isinstance(found, Found) if done else found == Missing()
    assert done or kind == "maintenance_page"
    if courier.capabilities.idempotent_book:
        assert isinstance(await courier.book(trip, await _quote(courier, trip)), Booked)
        assert await outside.live_effects(trip.reference) == 1


async def test_a_trip_that_has_ended_is_still_found(
    courier: Courier, trip: Trip, outside: Outside
) -> None:
    booked = await _book(courier, trip)
    await outside.live(6 * HOUR)
    found = await courier.find(trip)
    assert isinstance(found, Found)
    assert found.report.external_id == booked.external_id
    assert found.report.status is CourierStatus.DELIVERED


async def test_a_trip_is_found_among_many(courier: Courier, trip: Trip) -> None:
    booked = await _book(courier, trip)
    for number in range(120):
        await _book(courier, replace(trip, reference=f"{trip.reference}-{number}", number="B"))
    found = await courier.find(trip)
    assert isinstance(found, Found)
    assert found.report.external_id == booked.external_id
    assert await courier.find(replace(trip, reference="never")) == Missing()


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_broken_courier_company_is_never_taken_for_a_no(
    status: int, courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    quote = await _quote(courier, trip)
    await outside.fail(carries.outside, carries.create, "error", status=status)
    assert isinstance(await courier.book(trip, quote), Ambiguous)


async def test_a_busy_courier_company_is_left_alone(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    quote = await _quote(courier, trip)
    await outside.fail(carries.outside, carries.create, "error", status=429, retry_after=7)
    answer = await courier.book(trip, quote)
    assert isinstance(answer, Unavailable)
    assert answer.retry_after == timedelta(seconds=7)


async def test_an_old_quote_asks_for_a_new_one(
    courier: Courier, trip: Trip, outside: Outside
) -> None:
    quote = await _quote(courier, trip)
    await outside.live(HOUR)
    answer = await courier.book(trip, quote)
    assert isinstance(answer, Rejected)
    assert answer.code == "quote_expired"
    assert await outside.live_effects(trip.reference) == 0


async def test_one_token_serves_many_calls(trip: Trip, outside: Outside, carries: Stage) -> None:
    account = account_at(carries.provider, f"{outside.url}/{carries.path}", secrets=SIGNING_KEYS)
    for _ in range(3):
        await _quote(registry.courier(account, outside.http), trip)
    assert await outside.requests(carries.outside, carries.token or "") == 1


async def test_an_expired_token_is_renewed_once(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    await _quote(courier, trip)
    await outside.live(carries.token_life + 1)
    await _quote(courier, trip)
    assert await outside.requests(carries.outside, carries.token or "") == 2


async def test_without_a_token_nothing_is_sent(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    for kind in ("error", "maintenance_page", "truncated_json"):
        await outside.fail(carries.outside, carries.token or "", kind)
        assert isinstance(await courier.book(trip, Quote("q", 1, "UAH", None, 1)), Unavailable)
    assert await outside.requests(carries.outside, carries.create) == 0


async def test_a_trip_is_called_off_only_in_time(
    courier: Courier, trip: Trip, outside: Outside
) -> None:
    booked = await _book(courier, trip)
    assert isinstance(await courier.cancel(booked.external_id, "Changed."), Cancelled)
    assert isinstance(await courier.cancel(booked.external_id, "Changed."), Cancelled)
    assert await outside.live_effects(trip.reference) == 0

    later = await _book(courier, replace(trip, reference=f"{trip.reference}-later", number="B"))
    await outside.live(6 * HOUR)
    assert isinstance(await courier.cancel(later.external_id, "Changed."), TooLate)


async def test_a_courier_company_that_gives_up_is_heard(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    await outside.tell(f"courier/{carries.outside}", cancel_next=1)
    booked = await _book(courier, trip)
    await outside.live(6 * HOUR)
    report = await courier.read(booked.external_id)
    assert isinstance(report, CourierReport)
    assert report.status is CourierStatus.CANCELLED


async def test_a_door_that_stays_closed_is_no_delivery(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    await outside.tell(f"courier/{carries.outside}", fail_next=1)
    booked = await _book(courier, trip)
    await outside.live(6 * HOUR)
    report = await courier.read(booked.external_id)
    assert isinstance(report, CourierReport)
    assert report.status in (CourierStatus.UNDELIVERED, CourierStatus.RETURNED)


async def test_nobody_at_the_courier_company_means_that_nothing_happened(
    carries: Stage, trip: Trip, http: httpx.AsyncClient
) -> None:
    courier = registry.courier(account_at(carries.provider, "http://127.0.0.1:9"), http)
    assert isinstance(await courier.quote(trip), Unavailable)
    assert isinstance(await courier.book(trip, Quote("q", 1, "UAH", None, 1)), Unavailable)
    assert isinstance(await courier.find(trip), CannotTell)
    assert isinstance(await courier.read("1"), CannotTell)


async def _quote(courier: Courier, trip: Trip) -> Quote:
    quote = await courier.quote(trip)
    assert isinstance(quote, Quote), quote
    return quote


async def _book(courier: Courier, trip: Trip) -> CourierReport:
    booked: Booking = await courier.book(trip, await _quote(courier, trip))
    assert isinstance(booked, Booked), booked
    return booked.report


async def test_webhooks_end_the_same_in_whatever_order_they_come(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    if not courier.capabilities.webhooks or not carries.webhook_setting:
        pytest.skip("this provider is asked for its news")
    await outside.tell("dashboard", **{carries.webhook_setting: "http://127.0.0.1:9/"})
    booked = await _book(courier, trip)
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
