"""The courier companies that every courier test is held against.

A new adapter joins by one line in `COURIERS`. Its capabilities decide what must hold.
"""

from __future__ import annotations

from itertools import count

import pytest

from catering.providers import registry
from catering.providers.ports import (
    Booked,
    Booking,
    Courier,
    CourierReport,
    Place,
    Quote,
    TicketItem,
    Trip,
)
from tests.providers.conftest import account_at
from tests.providers.simulated import Outside, Stage

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


async def ask_price(courier: Courier, trip: Trip) -> Quote:
    quote = await courier.quote(trip)
    assert isinstance(quote, Quote), quote
    return quote


async def book(courier: Courier, trip: Trip) -> CourierReport:
    booked: Booking = await courier.book(trip, await ask_price(courier, trip))
    assert isinstance(booked, Booked), booked
    return booked.report
