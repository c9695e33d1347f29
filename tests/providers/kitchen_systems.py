"""The kitchen systems that every kitchen test is held against.

A new adapter joins by one line in `KITCHENS`. Its capabilities decide what must hold.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import pytest

from catering.providers import registry
from catering.providers.ports import (
    Kitchen,
    KitchenTicket,
    TicketItem,
)
from tests.providers.conftest import account_at
from tests.providers.simulated import Outside, Stage

NUMBERS = count(1)
HOUR = 3_600
SIGNING_KEYS = ("demo-poster-application-secret-0001",)
KITCHENS = [
    Stage("open_kitchen", "open-kitchen", "open-kitchen", "put_ticket", "get_ticket", "kyiv-1"),
    Stage(
        "poster",
        "poster",
        "poster",
        "incomingOrders.createIncomingOrder",
        "incomingOrders.getIncomingOrder",
        "1",
        webhook_setting="poster_webhook_url",
    ),
]


@pytest.fixture(params=KITCHENS, ids=lambda stage: stage.provider)
def serves(request: pytest.FixtureRequest) -> Stage:
    stage = request.param
    assert isinstance(stage, Stage)
    return stage


@pytest.fixture
def kitchen(serves: Stage, outside: Outside) -> Kitchen:
    account = account_at(serves.provider, f"{outside.url}/{serves.path}", secrets=SIGNING_KEYS)
    return registry.kitchen(account, outside.http)


@pytest.fixture
def ticket(serves: Stage) -> KitchenTicket:
    number = next(NUMBERS)
    return KitchenTicket(
        reference=f"t-{number}",
        number=f"A-{number}",
        location=serves.location,
        items=(TicketItem("169", "Борщ", 2, 12_000, "без сметани"),),
        currency="UAH",
        phone="+380501112233",
        comment="Домофон не працює",
        wanted_at=None,
        submitted_after=datetime.now(UTC),
    )
