"""What every kitchen adapter promises, held against the outside over real HTTP.

A new adapter joins by one line in `KITCHENS`. Its capabilities decide what must hold.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx
import pytest

from catering.domain.reports import KitchenStatus, advances
from catering.providers import registry
from catering.providers.ports import (
    Accepted,
    Ambiguous,
    Cancelled,
    CannotTell,
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
    Unavailable,
    Unsupported,
)
from tests.providers.conftest import account_at
from tests.providers.simulated import BROKEN, Outside, Stage

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
