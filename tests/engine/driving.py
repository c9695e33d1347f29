"""An order that our driver carries, far from where he is going."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from catering.database import now
from catering.domain import ids
from catering.domain.deliveries import DeliveryStatus, StopKind, StopStatus
from catering.models import Delivery, Driver, Stop
from tests.live.riding import BEGUN
from tests.world import DOOR, World


async def on_the_road(world: World, order_id: UUID) -> UUID:
    """Its delivery, of which somebody has heard just now; nobody was asked for it."""
    delivery = ids.new()
    async with world.transaction() as session:
        online = update(Driver).where(Driver.id == world.driver.id)
        await session.execute(online.values(online=True))
        session.add(
            Delivery(
                id=delivery, order_id=order_id, driver_id=world.driver.id, distance_m=9_000,
                reward=0, status=DeliveryStatus.TO_DROPOFF, search_at=now(), position_at=now(),
                latitude=BEGUN, longitude=30.52,
            )
        )  # fmt: skip
        await session.flush()
        session.add(
            Stop(
                delivery_id=delivery, rank=1, kind=StopKind.DROPOFF, status=StopStatus.PENDING,
                address_line=DOOR.line, latitude=DOOR.point.latitude,
                longitude=DOOR.point.longitude,
            )
        )  # fmt: skip
    return delivery
