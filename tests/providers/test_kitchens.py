"""What every kitchen adapter promises, held against the outside over real HTTP."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catering.domain.reports import KitchenStatus, advances
from catering.providers.ports import (
    Accepted,
    Cancelled,
    Found,
    Kitchen,
    KitchenReport,
    KitchenTicket,
    Missing,
    Notice,
    Pending,
    Rejected,
    TicketItem,
    TooLate,
    Unsupported,
)
from tests.providers.kitchen_systems import HOUR
from tests.providers.kitchen_systems import kitchen as kitchen
from tests.providers.kitchen_systems import serves as serves
from tests.providers.kitchen_systems import ticket as ticket
from tests.providers.simulated import Outside, Stage


async def test_a_ticket_is_taken_cooked_and_ready(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside
) -> None:
    answer = await kitchen.submit(ticket)
    assert isinstance(answer, Pending | Accepted)
    report = answer.report

    seen = [report.status]
    for _ in range(60):
        await outside.live(30)
        read = await kitchen.read(report.external_id, ticket.reference)
        assert isinstance(read, KitchenReport)
        assert read.external_id == report.external_id
        if advances(seen[-1], read.status):
            seen.append(read.status)
    assert KitchenStatus.ACCEPTED in seen
    ready = KitchenStatus.READY if kitchen.capabilities.tells_ready else KitchenStatus.HANDED_OVER
    assert ready in seen


async def test_a_ticket_is_found_by_our_reference_alone(
    kitchen: Kitchen, ticket: KitchenTicket
) -> None:
    assert await kitchen.find(ticket) == Missing()
    answer = await kitchen.submit(ticket)

    assert isinstance(answer, Pending | Accepted)
    found = await kitchen.find(ticket)
    assert isinstance(found, Found)
    assert found.report.external_id == answer.report.external_id
    assert await kitchen.find(replace(ticket, reference=f"{ticket.reference}0")) == Missing()
    assert await kitchen.find(replace(ticket, reference=ticket.reference[:-1])) == Missing()


async def test_a_ticket_sent_again_is_cooked_once(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside
) -> None:
    for _ in range(2):
        # What the core does: where repeating is not harmless, it looks first.
        if kitchen.capabilities.idempotent_submit or await kitchen.find(ticket) == Missing():
            assert isinstance(await kitchen.submit(ticket), Pending | Accepted)
    assert await outside.live_effects(ticket.reference) == 1


async def test_a_ticket_is_called_off_only_in_time(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside
) -> None:
    answer = await kitchen.submit(ticket)
    assert isinstance(answer, Pending)
    number = answer.report.external_id

    if not kitchen.capabilities.cancel:
        assert await kitchen.cancel(number, ticket.reference, "Changed.") == Unsupported()
        return
    assert await kitchen.cancel(number, ticket.reference, "Changed.") == Cancelled()
    assert await kitchen.cancel(number, ticket.reference, "Changed.") == Cancelled()
    assert await outside.live_effects(ticket.reference) == 0

    later = replace(ticket, reference=f"{ticket.reference}-later")
    answer = await kitchen.submit(later)
    assert isinstance(answer, Pending)
    await outside.live(HOUR)
    too_late = await kitchen.cancel(answer.report.external_id, later.reference, "Changed.")
    assert isinstance(too_late, TooLate)


async def test_webhooks_name_our_ticket_and_are_signed(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside, serves: Stage
) -> None:
    if not kitchen.capabilities.webhooks:
        pytest.skip("this provider is asked for its news")
    await outside.tell("dashboard", **{serves.webhook_setting: "http://127.0.0.1:9/"})
    answer = await kitchen.submit(ticket)
    assert isinstance(answer, Pending)
    await outside.live(HOUR)

    sent = (await outside.ledger(provider=serves.outside))["webhooks"]
    notices = [kitchen.receive(hook["body"].encode(), hook["headers"]) for hook in sent]
    assert len(notices) > 1
    assert all(isinstance(notice, Notice) for notice in notices)
    named = [hint for notice in notices if isinstance(notice, Notice) for hint in notice.hints]
    assert {hint.external_id for hint in named} == {answer.report.external_id}


async def test_a_kitchen_that_can_be_told_cooks_something_else_instead(
    kitchen: Kitchen, ticket: KitchenTicket, outside: Outside, serves: Stage
) -> None:
    if serves.outside == "open-kitchen":
        await outside.tell("restaurant/open-kitchen", miss_next=1)
    answer = await kitchen.submit(ticket)
    assert isinstance(answer, Pending | Accepted)
    number = answer.report.external_id
    instead = replace(ticket, items=(TicketItem("170", "Вареники", 1, 9_000, None),))
    if not kitchen.capabilities.changes:
        assert await kitchen.change(number, instead) == Unsupported()
        return
    await outside.live(120)
    read = await kitchen.read(number, ticket.reference)
    assert isinstance(read, KitchenReport)
    assert read.missing == ("169",)

    refused = await kitchen.change(number, ticket)
    assert isinstance(refused, Rejected)
    assert refused.items == ("169",)
    for _ in range(2):
        assert isinstance(await kitchen.change(number, instead), Pending | Accepted)

    read = await kitchen.read(number, ticket.reference)
    assert isinstance(read, KitchenReport)
    assert read.missing == ()
    await outside.live(HOUR)
    assert isinstance(await kitchen.change(number, ticket), TooLate)
