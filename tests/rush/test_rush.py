"""`catering rush`, small: it ends, all is well, and it goes the same way twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from catering.domain.ledger import LedgerAccount
from catering.domain.orders import OrderStatus
from catering.domain.tickets import TicketStatus
from catering.models import TaskState
from catering.rush.playing import Played

from .conftest import play


async def test_all_is_well_in_the_end_and_each_order_has_its_line(over: Played) -> None:
    assert [str(finding) for finding in await over.findings() if finding.wrong] == []
    lines = list(over.lines())
    assert [line.split()[0] for line in lines[: lines.index("")]] == [
        order.number for order in over.left.orders
    ]
    assert len(over.left.orders) + len(over.customers.hungry) >= 10


async def test_the_same_seed_gives_the_same_rush(over: Played, another_url: str) -> None:
    async with play(another_url) as again:
        assert list(again.lines()) == list(over.lines())
        assert [*map(str, await again.findings())] == [*map(str, await over.findings())]


def _order(over: Played) -> Any:
    return next(o for o in over.left.orders if o.status is OrderStatus.DELIVERED and o.entries)


@contextmanager
def _set(part: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(part, name)
    setattr(part, name, value)
    yield
    setattr(part, name, before)


@contextmanager
def _lost(over: Played) -> Iterator[None]:
    over.left.orders.remove(order := _order(over))  # type: ignore[attr-defined]
    yield
    over.left.orders.insert(0, order)  # type: ignore[attr-defined]


@contextmanager
def _posted(over: Played) -> Iterator[None]:
    postings = over.left.ledger[_order(over).id]
    line = next(line for line in postings if line.account is LedgerAccount.ESCROW)
    with _set(line, "amount", line.amount + 1):
        yield


@contextmanager
def _unsold(over: Played) -> Iterator[None]:
    products = over.left.products.values()
    counted = next(p for p in products if p.stock and not p.unavailable)
    with _set(counted, "stock", (counted.stock or 0) + 1):
        yield


@contextmanager
def _overbooked(over: Played) -> Iterator[None]:
    slot = next(slot for slot in over.left.slots if slot.taken)
    with _set(slot, "taken", slot.taken - 1):
        yield


@contextmanager
def _task(over: Played) -> Iterator[None]:
    over.left.tasks.setdefault(TaskState.DEAD, []).append("find_carrier")  # type: ignore[attr-defined]
    yield
    over.left.tasks[TaskState.DEAD].remove("find_carrier")  # type: ignore[attr-defined]


@contextmanager
def _unheard(over: Played) -> Iterator[None]:
    over.left.positions.append(None)  # type: ignore[attr-defined]
    yield
    over.left.positions.pop()  # type: ignore[attr-defined]


@contextmanager
def _forgotten(over: Played) -> Iterator[None]:
    events = over.left.events[_order(over).id]
    event = events.pop(2)  # type: ignore[attr-defined]
    yield
    events.insert(2, event)  # type: ignore[attr-defined]


@contextmanager
def _twice(over: Played) -> Iterator[None]:
    effects = over.outside.world.ledger.effects
    effects.append(next(effect for effect in effects if effect.live))
    yield
    effects.pop()


Tamper = Callable[[Played], Any]

WRONG: list[tuple[str, Tamper]] = [
    ("none lost", _lost),
    ("none open", lambda over: _set(_order(over), "status", OrderStatus.READY)),
    ("none open", lambda over: _set(_order(over).tickets[0], "status", TicketStatus.READY)),
    ("nothing left to do", _task),
    ("stock ≥ 0", _unsold),
    ("no kitchen overbooked", _overbooked),
    ("all ledgers zero", _posted),
    ("all ledgers zero", lambda over: _set(_order(over), "captured", 1)),
    ("history replays to the row", _forgotten),
    ("history replays to the row", lambda over: _set(_order(over), "status", OrderStatus.FAILED)),
    ("everything announced", _unheard),
    ("nothing done twice outside", _twice),
]


@pytest.mark.parametrize(("rule", "tamper"), WRONG)
async def test_what_is_wrong_is_said(over: Played, rule: str, tamper: Tamper) -> None:
    with tamper(over):
        assert rule in {finding.rule for finding in await over.findings() if finding.wrong}
    assert not any(finding.wrong for finding in await over.findings())
