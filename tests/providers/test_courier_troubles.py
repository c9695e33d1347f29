"""What every courier adapter makes of broken, busy and absent companies."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from catering.domain.reports import CourierStatus
from catering.providers import registry
from catering.providers.ports import (
    Ambiguous,
    Booked,
    CannotTell,
    Courier,
    CourierReport,
    Found,
    Missing,
    Quote,
    Trip,
    Unavailable,
)
from tests.providers.conftest import account_at
from tests.providers.courier_companies import HOUR, SIGNING_KEYS, ask_price, book
from tests.providers.courier_companies import carries as carries
from tests.providers.courier_companies import courier as courier
from tests.providers.courier_companies import trip as trip
from tests.providers.simulated import BROKEN, Outside, Stage


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_lost_answer_to_a_booking_is_ambiguous(
    kind: str, courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    quote = await ask_price(courier, trip)
    await outside.fail(carries.outside, carries.create, kind)

    assert isinstance(await courier.book(trip, quote), Ambiguous)

    done = await outside.live_effects(trip.reference)
    found = await courier.find(trip)
    assert isinstance(found, Found) if done else found == Missing()
    assert done or kind == "maintenance_page"
    if courier.capabilities.idempotent_book:
        assert isinstance(await courier.book(trip, await ask_price(courier, trip)), Booked)
        assert await outside.live_effects(trip.reference) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_broken_courier_company_is_never_taken_for_a_no(
    status: int, courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    quote = await ask_price(courier, trip)
    await outside.fail(carries.outside, carries.create, "error", status=status)
    assert isinstance(await courier.book(trip, quote), Ambiguous)


async def test_a_busy_courier_company_is_left_alone(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    quote = await ask_price(courier, trip)
    await outside.fail(carries.outside, carries.create, "error", status=429, retry_after=7)
    answer = await courier.book(trip, quote)
    assert isinstance(answer, Unavailable)
    assert answer.retry_after == timedelta(seconds=7)


async def test_one_token_serves_many_calls(trip: Trip, outside: Outside, carries: Stage) -> None:
    account = account_at(carries.provider, f"{outside.url}/{carries.path}", secrets=SIGNING_KEYS)
    for _ in range(3):
        await ask_price(registry.courier(account, outside.http), trip)
    assert await outside.requests(carries.outside, carries.token or "") == 1


async def test_an_expired_token_is_renewed_once(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    await ask_price(courier, trip)
    await outside.live(carries.token_life + 1)
    await ask_price(courier, trip)
    assert await outside.requests(carries.outside, carries.token or "") == 2


async def test_without_a_token_nothing_is_sent(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    for kind in ("error", "maintenance_page", "truncated_json"):
        await outside.fail(carries.outside, carries.token or "", kind)
        assert isinstance(await courier.book(trip, Quote("q", 1, "UAH", None, 1)), Unavailable)
    assert await outside.requests(carries.outside, carries.create) == 0


async def test_a_courier_company_that_gives_up_is_heard(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    await outside.tell(f"courier/{carries.outside}", cancel_next=1)
    booked = await book(courier, trip)
    await outside.live(6 * HOUR)
    report = await courier.read(booked.external_id)
    assert isinstance(report, CourierReport)
    assert report.status is CourierStatus.CANCELLED


async def test_a_door_that_stays_closed_is_no_delivery(
    courier: Courier, trip: Trip, outside: Outside, carries: Stage
) -> None:
    await outside.tell(f"courier/{carries.outside}", fail_next=1)
    booked = await book(courier, trip)
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
