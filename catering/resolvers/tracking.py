"""The live screen of one delivery: where it is, and once it has ended, how.

Events tell where its courier was when that was written down; between them he is told of as he is
seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.deliveries import LIVE
from catering.domain.events import ESTIMATES, EventKind
from catering.domain.people import Actor
from catering.domain.refusals import NotFound, Refused
from catering.domain.whereabouts import Sighting
from catering.models import Delivery
from catering.schema.context import Context
from catering.schema.live import PositionChanged, TrackingEnded
from catering.schema.values import GeoPoint
from catering.services import following, locating
from catering.services.driving import TELL_EVERY
from catering.services.following import Feed

from .screens import must_be
from .streaming import Moment


@dataclass(slots=True)
class TrackingScreen:
    """Where a delivery is, until it ends."""

    id: UUID
    actor: Actor
    over: bool = False
    told_at: datetime | None = None
    """When that was of which was told last."""
    live: tuple[UUID, Sighting] | None = None
    """Who was seen last between two events, and where."""

    @property
    def feed(self) -> Feed:
        return following.of_tracking(self.id)

    async def check(self, session: AsyncSession) -> None:
        await must_be(session, self._visible(), "delivery")

    async def present(
        self, session: AsyncSession, moment: Moment
    ) -> Sequence[PositionChanged | TrackingEnded]:
        now = await self._now(session)
        if now is None:
            raise Refused(NotFound("There is no such delivery."))
        self.over = now.status not in LIVE
        if self.over:
            return [TrackingEnded.told(moment, status=now.status)]
        at = GeoPoint.of(now.latitude, now.longitude)
        if at is None:
            return []
        return [PositionChanged.told(moment, at=at, estimated_at=now.estimated_at)]

    async def tell(
        self, session: AsyncSession, event: Row[Any], moment: Moment
    ) -> PositionChanged | TrackingEnded | None:
        now = await self._now(session)
        if now is None:
            self.over = True
            return None
        if event.kind == EventKind.COURIER_MOVED:
            self.told_at = event.occurred_at
            at = GeoPoint(latitude=event.data["latitude"], longitude=event.data["longitude"])
            return PositionChanged.told(moment, at=at, estimated_at=now.estimated_at)
        if event.kind in ESTIMATES:
            last = self._last(now)
            told = PositionChanged.told
            return told(moment, at=last, estimated_at=now.estimated_at) if last else None
        self.over = event.status is not None and event.status not in LIVE
        return TrackingEnded.told(moment, status=now.status) if self.over else None

    async def between(self, context: Context, position: int) -> PositionChanged | None:
        """Where its courier is by now, under rights that are looked at anew."""
        async with context.transaction(apart=True) as session:
            now = await self._now(session)
        driver_id = locating.courier(now) if now is not None else None
        if driver_id is None:
            return None
        seen = (await context.whereabouts.of([driver_id])).get(driver_id)
        if seen is None or not self._is_news(seen, now):
            return None
        self.told_at, self.live = seen.heard, (driver_id, seen)
        moment, at = Moment(str(position), seen.heard), self._last(now)
        assert at is not None
        return PositionChanged.told(moment, at=at, estimated_at=now.estimated_at)

    def _is_news(self, seen: Sighting, now: Row[Any]) -> bool:
        newer = seen.was_heard_after(now.position_at)
        return newer and seen.was_heard_after(self.told_at, by=TELL_EVERY)

    def _last(self, now: Row[Any]) -> GeoPoint | None:
        """Where its courier was last: nobody is told of an older place than he was told before."""
        if self.live is not None:
            driver_id, seen = self.live
            if driver_id == now.driver_id and seen.was_heard_after(now.position_at):
                return GeoPoint.of(seen.point.latitude, seen.point.longitude)
        return GeoPoint.of(now.latitude, now.longitude)

    async def _now(self, session: AsyncSession) -> Any:
        """What can be told of it; None where it is not there for this subscriber."""
        columns = (
            Delivery.status, Delivery.latitude, Delivery.longitude, Delivery.position_at,
            Delivery.driver_id, Delivery.estimated_at,
        )  # fmt: skip
        return (await session.execute(self._visible().with_only_columns(*columns))).one_or_none()

    def _visible(self) -> Select[Any]:
        return Delivery.visible_to(self.actor).where(Delivery.id == self.id)
