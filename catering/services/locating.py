"""Where our drivers are: known at once in Redis, and sampled into PostgreSQL.

A report needs one look that locks nothing. What it takes to write it down, with its order locked
and loaded whole and an event announced, is done where that changes something: a quarter of a minute
after the last time, when the driver may have arrived somewhere or left, and when Redis is away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain.deliveries import CARRIED, DeliveryStatus, StopStatus
from catering.domain.geography import THERE_M, Point, distance
from catering.domain.people import Actor
from catering.domain.refusals import DriverOffline, NotFound, Refused
from catering.domain.whereabouts import Fix
from catering.models import Delivery, Driver, Stop

from . import driving

SAMPLED: Final = timedelta(seconds=15)
"""While a driver carries something: so old may be what those see who see PostgreSQL alone."""

SAMPLED_WAITING: Final = timedelta(minutes=1)
"""While he waits: for a round nobody is farther away because he has said nothing for a minute."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What a report of a driver means just now."""

    carried: UUID | None
    now: datetime
    is_late: bool
    """A newer one was written down: this one changes nothing."""
    is_due: bool
    """It has to be written down."""

    @property
    def again(self) -> timedelta:
        """How soon to report again."""
        return driving.report_again(self.carried)

    @property
    def to_wake(self) -> str | None:
        """The channel of those who watch; whoever sees an event of it is woken by that."""
        return None if self.carried is None or self.is_due else f"delivery:{self.carried}"


async def duty(session: AsyncSession, fix: Fix, *, by: Actor) -> Duty:
    """What is to be done with a report. Raises `Refused` for what `driving.report_position` would
    refuse: what PostgreSQL says of the driver holds from the moment in which it says so."""
    driving.must_be_real(fix.point)
    rows = (await session.execute(_SEEN, {"driver": by.id})).all()
    if not rows:
        raise Refused(NotFound("You are not registered as a driver."))
    he = rows[0]
    driving.must_be_recent(fix.at, he.now)
    if not he.online and he.carried is None:
        raise Refused(DriverOffline("Go online before you report where you are."))
    is_late = he.position_at is not None and fix.at < he.position_at
    return Duty(he.carried, he.now, is_late, _is_due(rows, fix.point))


def courier(delivery: Any) -> UUID | None:
    """The driver with whom this delivery moves, a row of which is enough: who carries it, and was
    seen since he took it. Before, it is where he was then."""
    moves = delivery.position_at is not None and delivery.status in CARRIED
    return delivery.driver_id if moves else None


def _is_due(rows: Sequence[Any], point: Point) -> bool:
    he = rows[0]
    if he.carried is None:
        return he.position_at is None or he.now - he.position_at >= SAMPLED_WAITING
    if he.sampled_at is None or he.now - he.sampled_at >= SAMPLED:
        return True
    # On the first position he departs; two that are near to a stop are an arrival.
    begins, was_near = he.status is DeliveryStatus.ASSIGNED, he.near_stop_id is not None
    return begins or was_near or _may_arrive(rows, point)


def _may_arrive(stops: Sequence[Any], point: Point) -> bool:
    if any(stop.stop_status is StopStatus.ARRIVED for stop in stops):
        return False  # somewhere else: he is at one
    return any(
        stop.stop_status is StopStatus.PENDING
        and distance(Point(stop.latitude, stop.longitude), point) <= THERE_M
        for stop in stops
    )


_SEEN: Final = (
    select(
        Driver.online, Driver.position_at,
        Delivery.id.label("carried"), Delivery.status, Delivery.near_stop_id,
        Delivery.position_at.label("sampled_at"),
        Stop.status.label("stop_status"), Stop.latitude, Stop.longitude,
        now().label("now"),
    )
    .outerjoin(Delivery, and_(Delivery.driver_id == Driver.id, Delivery.status.in_(CARRIED)))
    .outerjoin(Stop, Stop.delivery_id == Delivery.id)
    .where(Driver.id == bindparam("driver"))
)  # fmt: skip
"""A driver, what he carries, and its stops: one row for each, or one."""
