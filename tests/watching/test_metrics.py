"""The numbers: what PostgreSQL says of all, and what each process says of itself."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text, update

from catering.database import Transaction
from catering.models import Task
from catering.providers import calling
from catering.providers.guarding import Lines
from catering.services import accounts, gauges
from catering.watching import window
from catering.workers import announcing
from tests.providers.conftest import account_at
from tests.services.acting import Day

from .conftest import TOKEN, Watch, number

FEW = {"accounts", "announced"}
"""Tables that stay small."""


async def test_any_process_of_the_api_tells_how_the_installation_is(day: Day, watch: Watch) -> None:
    await day.assigned()
    page = (await watch().get("/metrics")).text
    assert number(page, "catering_database_up") == 1
    assert number(page, "catering_orders", status="PREPARING") == 1
    assert (number(page, "catering_events_unannounced") or 0) > 10
    assert number(page, "catering_relay_lag_seconds") == 300
    assert number(page, "catering_events_announced_total") == 0

    async with day.world.transaction() as session:
        batch = await announcing.announce(session)
    page = (await watch().get("/metrics")).text
    assert number(page, "catering_events_announced_total") == batch.count
    assert number(page, "catering_relay_lag_seconds") == 0
    assert number(page, "catering_offers_per_delivery", of="mean") == 1
    # It was placed, accepted at once, and a carrier was looked for five minutes later.
    assert number(page, "catering_order_age_seconds", status="PREPARING") == 300
    stays = {"status": "PLACED", "quantile": "0.5"}
    assert number(page, "catering_order_stay_seconds", **stays) == 0


async def test_a_deadline_that_nobody_handles_is_seen(day: Day, watch: Watch) -> None:
    await day.offered()
    page = (await watch().get("/metrics")).text
    assert number(page, "catering_overdue_unhandled") == 0
    assert number(page, "catering_queue_lag_seconds") == 0

    await day.world.time_passes(timedelta(seconds=47))  # An offer is open for 40.
    page = (await watch().get("/metrics")).text
    assert number(page, "catering_overdue_unhandled") == 1
    assert number(page, "catering_queue_lag_seconds") == pytest.approx(7, abs=1)

    before = _late()
    await day.work()
    page = (await watch().get("/metrics")).text
    assert number(page, "catering_overdue_unhandled") == 0
    assert number(page, "catering_queue_lag_seconds") == 0
    assert _late() == before + 1


async def test_a_provider_that_is_left_in_peace_is_seen(day: Day, watch: Watch) -> None:
    id = await day.world.account("uklon", port="courier", provider="uklon", base_url="")
    about = {"account": "uklon", "provider": "uklon"}
    assert number((await watch().get("/metrics")).text, "catering_breaker_open", **about) == 0
    async with day.world.transaction() as session:
        await accounts.leave_in_peace(session, id, "they answered 503", None)
    assert number((await watch().get("/metrics")).text, "catering_breaker_open", **about) == 1


async def test_dead_letters_are_counted_by_kind(day: Day, watch: Watch) -> None:
    id = await day.order()
    async with day.world.transaction() as session:
        dead = update(Task).where(Task.order_id == id, Task.kind == "ticket_unanswered")
        await session.execute(dead.values(state="DEAD"))
    page = (await watch().get("/metrics")).text
    assert number(page, "catering_dead_letters", kind="ticket_unanswered") == 2


async def test_no_number_is_read_by_walking_through_a_whole_table(transaction: Transaction) -> None:
    """An installation keeps all orders it ever had."""
    async with transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        for statement in gauges.STATEMENTS:
            plan = await session.scalars(text("EXPLAIN " + gauges.spelt(statement)), gauges.BOUNDS)
            walked = [line for line in plan if "Seq Scan" in line and not FEW & set(line.split())]
            assert not walked, statement.name


async def test_who_does_not_belong_here_is_shown_nothing(watch: Watch) -> None:
    proxied = {"x-forwarded-for": "192.0.2.7"}
    assert (await watch().get("/metrics")).status_code == 200
    assert (await watch("192.0.2.7").get("/metrics")).status_code == 404
    assert (await watch().get("/metrics", headers=proxied)).status_code == 404

    guarded = watch("192.0.2.7", TOKEN)
    right, wrong = ({"authorization": f"Bearer {token}"} for token in (TOKEN, "guessed"))
    assert (await guarded.get("/metrics", headers=right)).status_code == 200
    assert (await guarded.get("/metrics", headers=wrong)).status_code == 404
    assert (await watch(token=TOKEN).get("/metrics")).status_code == 404


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (httpx.Response(201), "ok"),
        (httpx.Response(409), "refused"),
        (httpx.Response(502), "error"),
        (httpx.ConnectError("nobody"), "unreachable"),
        (httpx.ReadError("cut"), "silent"),
    ],
)
async def test_calls_are_counted_by_whom_we_called_and_how_it_went(
    answer: httpx.Response | Exception, outcome: str
) -> None:
    def answering(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    labels = {"provider": "poster", "outcome": outcome}
    name = "catering_provider_call_seconds_count"
    before = REGISTRY.get_sample_value(name, labels) or 0
    async with httpx.AsyncClient(transport=httpx.MockTransport(answering)) as http:
        line, _ = Lines(http).to(account_at("poster"))
        await calling.call(line, "GET", "http://poster.example/x")
    assert REGISTRY.get_sample_value(name, labels) == before + 1


async def test_processes_of_one_machine_can_be_seen_at_ports_side_by_side() -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        with (
            window.served("worker", "127.0.0.1", 19_100, None) as first,
            window.served("worker", "127.0.0.1", 19_100, TOKEN) as second,
        ):
            assert first != second
            page = (await http.get(f"http://127.0.0.1:{first}/metrics")).text
            assert number(page, "catering_process", role="worker") == 1
            guarded = f"http://127.0.0.1:{second}/metrics"
            assert (await http.get(guarded)).status_code == 401
            right = {"authorization": f"Bearer {TOKEN}"}
            assert (await http.get(guarded, headers=right)).status_code == 200
    with window.served("worker", "127.0.0.1", None, None) as nowhere:
        assert nowhere is None


def _late() -> float:
    """Deadlines that a worker began with more than 5 and at most 10 seconds late."""
    to_ten, to_five = (
        REGISTRY.get_sample_value(
            "catering_task_lateness_seconds_bucket", {"type": "deadline", "le": le}
        )
        for le in ("10.0", "5.0")
    )
    return (to_ten or 0) - (to_five or 0)
