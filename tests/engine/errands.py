"""Things to be done outside, each ready to be done and held until a test lets it be done."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from catering.domain.events import EventKind
from catering.models import Delivery
from catering.services import kitchens
from tests.services.shopping import CARD
from tests.workers.conftest import Stage
from tests.world import World

from .desk import Desk
from .processes import until


@dataclass(frozen=True)
class Errand:
    """One call that must have one effect: the task, and how the outside knows it."""

    provider: str
    operation: str
    task: UUID
    subject: UUID
    reference: str
    success: EventKind
    stage: Stage

    async def in_flight(self) -> None:
        """Wait until the request has come in, answered or not."""
        await until(lambda: self.stage.outside.requests(self.provider, self.operation))

    async def effects(self) -> int:
        return await self.stage.outside.live_effects(self.reference)


async def tickets(stage: Stage, desk: Desk) -> tuple[Errand, Errand]:
    """An order of two tickets, for a kitchen without idempotency and one with."""
    await stage.connect(stage.world.kitchen, "poster", "1")
    await stage.connect(stage.world.market, "open_kitchen", "gulliver")
    poster, market = (await stage.world.look(await stage.world.order())).tickets
    places = {
        poster.id: ("poster", "incomingOrders.createIncomingOrder", poster.reference),
        market.id: ("open-kitchen", "put_ticket", market.reference),
    }
    made = []
    for id, (provider, operation, reference) in places.items():
        task = await desk.task("submit_ticket", id)
        made.append(
            Errand(
                provider, operation, task.id, id, reference, EventKind.TICKET_SUBMITTED, stage
            )
        )  # fmt: skip
    await desk.hold_everything()
    return made[0], made[1]


async def poster_ticket(stage: Stage, desk: Desk) -> Errand:
    """Something to cook for a kitchen that cooks whatever it is told, as often as it is told."""
    return (await tickets(stage, desk))[0]


async def booking(stage: Stage, desk: Desk) -> Errand:
    """A courier of Uklon's to be sent for an order that is being cooked."""
    world = await World.made(stage.world.transaction)
    await stage.account("uklon", "courier")
    order_id = await world.order(world.portion(world.borscht))
    await stage.do("submit_ticket")
    (ticket,) = (await world.look(order_id)).tickets
    async with world.transaction() as session:
        await kitchens.accept(session, ticket.id, None, by=world.cook)
    for kind in ("plan_delivery", "search_due", "find_carrier", "dispatch_round", "find_carrier"):
        await stage.do(kind)
    delivery: Delivery = (await world.look(order_id)).deliveries[0]
    (booked,) = delivery.bookings
    task = await desk.task("book_courier", booked.id)
    await desk.hold_everything()
    return Errand(
        "uklon", "create_order", task.id, booked.id, booked.reference,
        EventKind.BOOKING_CONFIRMED, stage,
    )  # fmt: skip


async def charge(stage: Stage, desk: Desk) -> Errand:
    """A card to be asked for an order, before a kitchen hears of it."""
    await stage.account("kasa", "payment")
    order_id = await stage.world.order(stage.world.portion(stage.world.borscht), **CARD)
    (asked,) = (await stage.world.look(order_id)).charges
    task = await desk.task("make_charge", asked.id)
    await desk.hold_everything()
    return Errand(
        "kasa", "create_payment", task.id, order_id, asked.reference,
        EventKind.PAYMENT_AUTHORIZED, stage,
    )  # fmt: skip
