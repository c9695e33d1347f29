"""An order to which nothing happens: so that whatever happens does so at any point of its way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.deliveries import DeliveryStatus, StopKind
from catering.domain.lines import UNSETTLED, ResolutionChoice
from catering.domain.tickets import TicketStatus
from catering.models import Order, Stop
from catering.services import driving, kitchens, offering, resolving, travelling
from tests.services.acting import step
from tests.world import AT_KITCHEN

from .living import WHICH, one
from .people import BASKETS, MOST_LIVE, Cooking, Eating
from .roads import Deciding
from .trying import Trying

T = TypeVar("T")
P = ParamSpec("P")
Act = Callable[[], object]

SOUGHT = {DeliveryStatus.SEARCHING, DeliveryStatus.NO_CARRIER}


WAYS = st.lists(
    st.tuples(st.sampled_from(BASKETS), st.integers(0, 9), st.booleans()),
    min_size=1,
    max_size=MOST_LIVE,
)
"""What is ordered, and how far it comes before anything happens to it."""


class Ordinary(Eating, Cooking, Deciding, Trying):
    """Everybody does what is expected of him next."""

    @initialize(ways=WAYS)
    def some_orders_are_under_way(self, ways: list[tuple[tuple[str, ...], int, bool]]) -> None:
        for basket, steps, wanted in ways:
            self.place(basket)
            self.all_is_well()
            self.an_order_goes_on(-1, steps, wanted)

    @rule(which=WHICH, steps=st.integers(1, 6), wanted=st.booleans())
    @precondition(lambda self: self.live)
    def an_order_goes_on(self, which: int, steps: int, wanted: bool) -> None:
        """By so many steps; where it is not `wanted`, the driver who is asked first says no."""
        if not self.live:
            return
        id = one(self.live, which).id
        for _ in range(steps):
            order = next((order for order in self.live if order.id == id), None)
            if order is None:  # it has ended
                return
            next(self._expected(order, wanted))()
            self.all_is_well()

    def _expected(self, order: Order, wanted: bool) -> Iterator[Act]:
        """What would happen next, and if not that, then what."""
        if not self.workers_are_here:
            yield self.the_workers_come_back
        for ticket in order.tickets:
            if ticket.status is TicketStatus.SUBMITTED:
                yield self._takes(kitchens.accept, ticket.id, None, by=self.day.cook(ticket))
        yield from self._on_the_road(order, wanted)
        for resolution in order.resolutions:
            if resolution.status in UNSETTLED:
                how = ResolutionChoice.REMOVE, None, None
                yield self._takes(resolving.answer, resolution.id, *how, by=self.world.customer)
        if order.delivery is not None and order.delivery.status in SOUGHT and not self.online:
            yield self._somebody_drives
        yield partial(self.pass_to_deadline, order.id)

    def _on_the_road(self, order: Order, wanted: bool) -> Iterator[Act]:
        for offer in self.offered:
            if offer.delivery.order_id == order.id:
                answer = offering.accept if wanted or offer.delivery.wave > 1 else offering.decline
                yield self._takes(answer, offer.id, by=self.asked_driver(offer))
        for stop in self.next_stops:
            if stop.delivery.order_id == order.id:
                by = self.carrier(stop.delivery)
                yield self._takes(travelling.arrive, stop.id, None, by=by)
        for stop in [*self.at(StopKind.PICKUP), *self.at(StopKind.DROPOFF)]:
            if stop.delivery.order_id == order.id and not self._is_asked_about(stop):
                by, proof = self.carrier(stop.delivery), (order.pin, None, None)
                yield self._takes(travelling.complete, stop.id, *proof, by=by)

    def _is_asked_about(self, stop: Stop) -> bool:
        return any(
            ticket.id == stop.ticket_id and ticket.status is TicketStatus.NEEDS_CHANGE
            for ticket in stop.delivery.order.tickets
        )

    def _takes(
        self,
        take: Callable[Concatenate[AsyncSession, P], Awaitable[T]],
        *how: P.args,
        **by: P.kwargs,
    ) -> Act:
        return partial(self.must, step(take, *how, **by))

    def _somebody_drives(self) -> None:
        for driver in self.drivers:
            self.may(step(driving.go_online, AT_KITCHEN, by=driver))
