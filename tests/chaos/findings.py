"""The invariants, each with the number of things it was looked at."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

import httpx
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import Transaction
from catering.domain.deliveries import DeliveryStatus
from catering.domain.offers import OfferStatus
from catering.domain.orders import OrderStatus
from catering.models import IdempotencyKey, Task, TaskState
from catering.rush import checks
from catering.rush.checks import Finding, Left
from catering.simulator.configuration import Configuration
from catering.walk import ledger

from . import poison, strangers
from .guests import Guests

if TYPE_CHECKING:
    from .town import Town

OF_THE_ROWS: Final = ("I1", "I2", "I5", "I6", "I6")
"""Which invariants `checks.of_the_rows` looks at, in its order."""

CAUGHT_UP_WITHIN: Final = 30.0
"""Seconds in which the screens have to show what happened last, on a machine that may be busy."""

PATIENCE: Final = 30.0
"""Seconds for an answer of the simulator, which has other things to do, too."""


@dataclass(slots=True)
class Outside:
    """The simulator, and what it had done before the first order."""

    url: str
    http: httpx.AsyncClient
    before: int = 0

    @classmethod
    async def of(cls, url: str, http: httpx.AsyncClient) -> Self:
        outside = cls(url, http)
        outside.before = len(await outside.effects())
        return outside

    async def effects(self) -> ledger.Effects:
        """What was done there since."""
        found: ledger.Effects = (await self._get("/_sim/ledger"))["effects"]
        return found[self.before :]

    async def payment(self, id: str) -> Any:
        """What the payment company says of one payment."""
        key = {"authorization": f"Bearer {Configuration().kasa_key}"}
        return await self._get(f"/kasa/v1/payments/{id}", key)

    async def _get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        response = await self.http.get(f"{self.url}{path}", headers=headers, timeout=PATIENCE)
        return response.raise_for_status().json()


async def of(transaction: Transaction, town: Town) -> list[Finding]:
    """Everything that can be said when all is over."""
    guests, outside = town.guests, town.outside
    seen = await _seen(guests)
    async with transaction() as session:
        left = await Left.read(session)
        rows = checks.of_the_rows(left, set(guests.keys.values()))
        found = [
            *map(_numbered, OF_THE_ROWS, rows),
            _numbered("I1", await _one_a_key(session, guests)),
            _numbered("I3", _arrived_once(left)),
            _numbered("I4", _one_carrier(left)),
            _numbered("I5", await checks.the_bank(left, outside.payment)),
            _numbered("I7", await _in_time(session)),
            _numbered("I12", await _nothing_dropped(session, left, town.poison)),
        ]
    found += [
        _numbered("I8", seen),
        _numbered("I9", _outside(left, await outside.effects())),
        _numbered("I10", await strangers.found(transaction, town.stranger, town.riders)),
        _numbered("I11", await poison.found(transaction, town.poison)),
    ]
    return sorted(found, key=lambda finding: int(finding.rule.partition(" ")[0][1:]))


def _numbered(number: str, finding: Finding) -> Finding:
    return replace(finding, rule=f"{number} {finding.rule}")


async def _one_a_key(session: AsyncSession, guests: Guests) -> Finding:
    """What a guest was told under his key is what we know under it."""
    stored = select(IdempotencyKey.key, IdempotencyKey.result_id)
    known = {key: id for key, id in (await session.execute(stored)).all() if id is not None}
    wrong = [f"{key} was never answered" for key in guests.unanswered]
    wrong += [
        f"{key} was answered with {id} and is {known.get(key)}"
        for key, id in guests.keys.items()
        if known.get(key) != id
    ]
    often = Counter(guests.keys.values())
    wrong += [f"{id} has {n} keys" for id, n in often.items() if n > 1]
    no = ", ".join(f"{n} × {code}" for code, n in sorted(guests.refused.items()))
    counted = f"{len(guests.keys)} keys, asked {guests.tries} times; refused: {no or 'none'}"
    return Finding("one order a key", counted, tuple(wrong))


def _arrived_once(left: Left) -> Finding:
    """An order is delivered by one journey, once."""
    wrong, arrived = list[str](), 0
    for order in left.orders:
        ends = [d for d in order.deliveries if d.status is DeliveryStatus.DELIVERED]
        told = [
            event
            for event in left.events.get(order.id, ())
            if event.status == DeliveryStatus.DELIVERED and event.subject_id != order.id
        ]
        due = int(order.status is OrderStatus.DELIVERED)
        arrived += due
        if not len(ends) == len(told) == due:
            journeys = f"{len(ends)} journeys and {len(told)} events"
            wrong.append(f"{order.number} is {order.status} with {journeys} DELIVERED")
    count = sum(len(order.deliveries) for order in left.orders)
    counted = f"{arrived} orders delivered, {count} journeys"
    return Finding("delivered once", counted, tuple(wrong))


def _one_carrier(left: Left) -> Finding:
    """At most one booking stands for a stop, and one driver has said yes to a journey."""
    wrong, booked, driven = list[str](), 0, 0
    for delivery in (d for order in left.orders for d in order.deliveries):
        yes = sum(offer.status is OfferStatus.ACCEPTED for offer in delivery.offers)
        done = Counter(b.stop_id for b in delivery.bookings if b.status == "DELIVERED")
        booked, driven = booked + len(delivery.bookings), driven + yes
        if yes > 1 or any(n > 1 for n in done.values()):
            wrong.append(f"{delivery.id} has {yes} drivers and {dict(done)} bookings")
    counted = f"{booked} bookings with companies, {driven} drivers of ours"
    return Finding("one carrier each", counted, tuple(wrong))


async def _in_time(session: AsyncSession) -> Finding:
    """No deadline waits that has passed; how late those were that something happened at."""
    wrong = (await session.scalars(_OVERDUE)).all()
    fired, median, latest = (await session.execute(_LATENESS)).one()
    counted = f"{fired} were handled" + (
        f", half of them within {median:.2f} s, the latest after {latest:.1f} s" if fired else ""
    )
    return Finding("no deadline overdue", counted, tuple(wrong))


async def _nothing_dropped(session: AsyncSession, left: Left, poison: Sequence[UUID]) -> Finding:
    """Every task that was ever begun is done, not needed any more, or has its time to come."""
    waiting = (await session.execute(_WAITING)).all()
    dead = select(Task.kind).where(Task.state == TaskState.DEAD, Task.id.not_in(poison))
    wrong = [
        *(f"{kind} was given up" for kind in await session.scalars(dead)),
        *(f"{kind} is late" for kind, _, late in waiting if late),
    ]
    # A reminder for later finds that nobody is silent any more, and ends by itself.
    done = len(left.tasks.get(TaskState.DONE, ()))
    not_needed = len(left.tasks.get(TaskState.CANCELLED, ()))
    counted = f"{done} tasks done, {not_needed} not needed, for later: " + ", ".join(
        f"{n} {kind}" for kind, n, _ in waiting
    )
    return Finding("nothing dropped", counted, tuple(wrong))


def _outside(left: Left, effects: ledger.Effects) -> Finding:
    """Nothing reached the outside twice, and nothing is there that we do not know of."""
    journeys = [delivery for order in left.orders for delivery in order.deliveries]
    known = {ticket.reference for order in left.orders for ticket in order.tickets}
    known |= {booking.reference for journey in journeys for booking in journey.bookings}
    strange = {
        each["reference"]
        for each in effects
        if each["kind"] in {"submission", "booking"} and each["reference"] not in known
    }
    wrong = [*ledger.doubles(effects), *(f"{ref} is unknown to us" for ref in sorted(strange))]
    counted = ", ".join(f"{ledger.live(effects, k)} {k}s" for k in ("submission", "booking"))
    return Finding("nothing twice outside, nothing unknown", counted, tuple(wrong))


async def _seen(guests: Guests) -> Finding:
    """Who watched has seen what happened: all of it, once, and in order."""
    began, wrong = time.monotonic(), list[str]()
    while (waited := time.monotonic() - began) < CAUGHT_UP_WITHIN:
        wrong = [fault for watch in guests.watched.values() for fault in await watch.faults()]
        if not wrong:
            break
        await asyncio.sleep(0.5)
    events = sum(len(watch.live) for watch in guests.watched.values())
    sockets = sum(len(watch.feed.sockets) for watch in guests.watched.values())
    counted = f"{events} events on {len(guests.watched)} screens, over {sockets} sockets"
    late = f"the last {waited:.0f} s after the last order" if waited >= 1 else "none late"
    return Finding("seen live is what happened", f"{counted}, {late}", tuple(wrong))


_OVERDUE: Final = text(
    """
    SELECT kind || ' was due ' || due FROM tasks
    WHERE state IN ('PENDING', 'RUNNING') AND "then" IS NOT NULL
      AND due < catering_now() - interval '5 seconds'
    """
)

_LATENESS: Final = text(
    """
    SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY late), max(late) FROM (
        SELECT extract(epoch FROM finished_at - due)::float AS late FROM tasks
        WHERE state = 'DONE' AND "then" IS NOT NULL
    ) AS fired
    """
)

_WAITING: Final = text(
    """
    SELECT kind, count(*), bool_or(due < catering_now() - interval '10 seconds') FROM tasks
    WHERE state IN ('PENDING', 'RUNNING') GROUP BY kind ORDER BY kind
    """
)
