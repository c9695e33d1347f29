from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.simulator.conftest import Outside
from tests.simulator.test_open_kitchen import get, put
from tests.waiting import until


def test_an_error_leaves_nothing_behind(outside: Outside) -> None:
    outside.fault("open-kitchen", "put_ticket", "error", status=503, retry_after=7)
    answer = put(outside)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert outside.effects("t-1") == []
    assert put(outside).status_code == 201


def test_a_reset_connection_leaves_nothing_behind(outside: Outside) -> None:
    outside.fault("open-kitchen", "put_ticket", "reset_before")
    with pytest.raises(httpx.RemoteProtocolError):
        put(outside)

    assert outside.effects("t-1") == []
    assert outside.ledger()["requests"][-1]["status"] is None


def test_what_was_done_before_the_connection_broke_stays_done(outside: Outside) -> None:
    outside.fault("open-kitchen", "put_ticket", "commit_then_fail")
    with pytest.raises(httpx.RemoteProtocolError):
        put(outside)

    assert [effect["live"] for effect in outside.effects("t-1")] == [True]
    assert put(outside).status_code == 200


def test_what_was_done_before_an_error_stays_done(outside: Outside) -> None:
    outside.fault("open-kitchen", "put_ticket", "commit_then_fail", status=500)

    assert put(outside).status_code == 500
    assert len(outside.effects("t-1")) == 1


def test_a_truncated_answer_is_no_json_and_the_deed_is_done(outside: Outside) -> None:
    outside.fault("open-kitchen", "put_ticket", "truncated_json")
    answer = put(outside)

    assert answer.status_code == 201
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert len(outside.effects("t-1")) == 1


@pytest.mark.parametrize("status", [200, 502])
def test_a_maintenance_page_may_come_with_200(outside: Outside, status: int) -> None:
    outside.fault("open-kitchen", "*", "maintenance_page", status=status)
    answer = put(outside)

    assert (answer.status_code, answer.headers["content-type"][:9]) == (status, "text/html")
    assert outside.effects("t-1") == []


def test_latency_is_real_time_and_the_deed_is_done(outside: Outside) -> None:
    outside.fault("open-kitchen", "put_ticket", "latency", seconds=0.05)
    began = time.monotonic()

    assert put(outside).status_code == 201
    assert time.monotonic() - began >= 0.05


def test_what_is_held_is_done_once_it_is_released(outside: Outside) -> None:
    outside.fault("open-kitchen", "put_ticket", "hold")
    with ThreadPoolExecutor() as elsewhere:
        asking = elsewhere.submit(put, outside)
        until(lambda: outside.ledger()["requests"])
        assert outside.effects("t-1") == []
        assert not asking.done()
        outside.tell("faults", release=True)
        assert asking.result().status_code == 201

    assert len(outside.effects("t-1")) == 1
    assert put(outside).status_code == 200, "the next one is not held"


def test_what_is_held_is_never_done_in_another_world(outside: Outside) -> None:
    outside.fault("open-kitchen", "put_ticket", "hold")
    with ThreadPoolExecutor() as elsewhere:
        asking = elsewhere.submit(put, outside)
        until(lambda: outside.ledger()["requests"])
        outside.tell("reset")
        with pytest.raises(httpx.RemoteProtocolError):
            asking.result()

    assert outside.effects("t-1") == []


def test_a_fault_waits_for_its_turn_and_is_counted_off(outside: Outside) -> None:
    outside.fault("open-kitchen", "get_ticket", "error", after=1, times=2)
    put(outside)
    codes = [_status_of_reading(outside) for _ in range(4)]

    assert codes == [200, 500, 500, 200]


def test_a_fault_meets_only_its_own_operation(outside: Outside) -> None:
    outside.fault("open-kitchen", "cancel_ticket", "error")
    outside.fault("poster", "*", "error")

    assert put(outside).status_code == 201
    assert get(outside)["status"] == "waiting"


def test_an_unknown_fault_is_refused(outside: Outside) -> None:
    answer = outside.http.post("/_sim/faults", json={"provider": "uber", "kind": "meteor"})
    assert answer.status_code == 400
    assert outside.http.get("/_sim/state").json()["faults"] == []


def test_the_ledger_says_which_fault_a_request_met(outside: Outside) -> None:
    outside.fault("open-kitchen", "put_ticket", "error")
    put(outside)
    (request,) = outside.ledger()["requests"]

    assert (request["operation"], request["fault"], request["status"]) == (
        "put_ticket",
        "error",
        500,
    )


def _status_of_reading(outside: Outside) -> int:
    headers = {"Authorization": "Bearer demo-silpo-key-0123456789abcdef0123"}
    return outside.http.get("/open-kitchen/v1/tickets/t-1", headers=headers).status_code
