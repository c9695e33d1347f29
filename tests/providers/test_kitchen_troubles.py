"""What every kitchen adapter makes of broken, refusing and absent kitchens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from catering.domain.reports import KitchenStatus
from catering.providers import registry
from catering.providers.ports import (
    Accepted,
    Ambiguous,
    CannotTell,
    Found,
    Kitchen,
    KitchenReport,
    KitchenTicket,
    Missing,
    Pending,
    Rejected,
    Unavailable,
)
from tests.providers.conftest import account_at
from tests.providers.kitchen_systems import HOUR
from tests.providers.kitchen_systems import kitchen as kitchen
from tests.providers.kitchen_systems import serves as serves
from tests.providers.kitchen_systems import ticket as ticket
from tests.providers.simulated import BROKEN, Outside, Stage


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_lost_answer_to_a_ticket_is_ambiguous(
    kind: str, kitchen: Kitchen, ticket: KitchenTicket, outside: Outside, serves: Stage
) -> None:
    await outside.fail(serves.outside, serves.create, kind)

    assert isinstance(await kitchen.submit(ticket), Ambiguous)

    done = await outside.live_effects(ticket.reference)
    found = await kitchen.find(ticket)
    assert isinstance(found, Found) if done else found == Missing()
    assert done or kind == "maintenance_page"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_broken_kitchen_is_never_taken_for_a_no(
    status: int, kitchen: Kitchen, ticket: KitchenTicket, outside: Outside, serves: Stage
) -> None:
    await outside.fail(serves.outside, serves.create, "error", status=status)

    harmless = status == 503 and kitchen.capabilities.idempotent_submit
    assert isinstance(await kitchen.submit(ticket), Unavailable if harmless else Ambiguous)


async def test_a_kitchen_that_wants_us_to_wait_is_obeyed(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside, serves: Stage
) -> None:
    await outside.fail(serves.outside, serves.create, "error", status=429, retry_after=7)

    answer = await kitchen.submit(ticket)

    assert isinstance(answer, Unavailable)
    assert answer.retry_after == timedelta(seconds=7)
    assert await outside.live_effects(ticket.reference) == 0


async def test_a_kitchen_that_cannot_be_asked_proves_nothing(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside, serves: Stage
) -> None:
    for kind in ("error", "maintenance_page", "truncated_json", "reset_before"):
        answer = await kitchen.submit(replace(ticket, reference=f"{ticket.reference}-{kind}"))
        assert isinstance(answer, Pending | Accepted)
        await outside.fail(serves.outside, serves.ask, kind)
        read = await kitchen.read(answer.report.external_id, f"{ticket.reference}-{kind}")
        assert isinstance(read, CannotTell)


async def test_nobody_at_home_means_that_nothing_happened(
    serves: Stage, ticket: KitchenTicket, http: httpx.AsyncClient
) -> None:
    kitchen = registry.kitchen(account_at(serves.provider, "http://127.0.0.1:9"), http)
    assert isinstance(await kitchen.submit(ticket), Unavailable)
    assert isinstance(await kitchen.find(ticket), CannotTell)
    assert isinstance(await kitchen.read("1", ticket.reference), CannotTell)


async def test_a_wrong_key_is_ours_to_mend(
    serves: Stage, ticket: KitchenTicket, outside: Outside
) -> None:
    credentials = {"key": "wrong", "token": "wrong"}
    account = account_at(serves.provider, f"{outside.url}/{serves.path}", credentials=credentials)
    kitchen = registry.kitchen(account, outside.http)
    assert isinstance(await kitchen.submit(ticket), Unavailable)
    assert isinstance(await kitchen.find(ticket), CannotTell)


async def test_a_refusing_kitchen_is_heard(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside, serves: Stage
) -> None:
    await outside.tell(f"restaurant/{serves.outside}", reject_next=1)
    answer = await kitchen.submit(ticket)
    assert isinstance(answer, Pending)

    await outside.live(HOUR)

    read = await kitchen.read(answer.report.external_id, ticket.reference)
    assert isinstance(read, KitchenReport)
    assert read.status is KitchenStatus.REJECTED


async def test_a_kitchen_that_gives_up_is_heard(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside, serves: Stage
) -> None:
    await outside.tell(f"restaurant/{serves.outside}", abandon_next=1)
    answer = await kitchen.submit(ticket)
    assert isinstance(answer, Pending)

    await outside.live(HOUR)

    read = await kitchen.read(answer.report.external_id, ticket.reference)
    assert isinstance(read, KitchenReport)
    assert read.status in (KitchenStatus.REJECTED, KitchenStatus.CANCELLED)


async def test_a_dish_that_ran_out_is_refused_at_once_or_by_the_staff(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside, serves: Stage
) -> None:
    await outside.tell(f"catalog/{serves.outside}/169", available=False)
    answer = await kitchen.submit(ticket)

    if isinstance(answer, Rejected):
        assert answer.items == ("169",)
        assert await outside.live_effects(ticket.reference) == 0
        return
    assert isinstance(answer, Pending)
    await outside.live(HOUR)
    read = await kitchen.read(answer.report.external_id, ticket.reference)
    assert isinstance(read, KitchenReport)
    assert read.status is KitchenStatus.REJECTED
