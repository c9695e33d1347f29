"""What customers do, and the kitchens that cook for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from catering.domain.amending import Details, Replacement
from catering.domain.baskets import Destination, Portion, Span
from catering.domain.geography import Point
from catering.domain.lines import UNSETTLED, LineAction, ResolutionChoice, StandByKind
from catering.domain.orders import CancellationReason
from catering.domain.reports import KitchenStatus
from catering.domain.tickets import TicketAction, TicketStatus
from catering.models import Line, Resolution, Ticket
from catering.providers.ports import KitchenReport
from catering.services import amending, cancelling, kitchens, ordering, replacing, resolving
from tests.services.acting import step
from tests.services.shopping import CARD
from tests.world import DOOR

from .living import WHICH, Living, one

BASKETS = (
    ("borscht", "juice"), ("borscht",), ("varenyky", "borscht", "bread"), ("juice", "bread"),
)  # fmt: skip
FARTHER = Destination("вул. Бориспільська, 7", Point(50.4310, 30.6400))
STAND_BY = [StandByKind.ASK_ME, StandByKind.BEST_MATCH, StandByKind.CANCEL_ORDER]
PAYING = [
    "CASH",
    "tok_visa",
    "tok_slow",
    "tok_declined",
    "tok_slow_declined",
]
MOST_LIVE, MOST_ORDERS = 2, 5


class Eating(Living):
    """Customers order, change their minds, and choose what comes instead."""

    @rule(
        basket=st.sampled_from(BASKETS), stand_by=st.sampled_from(STAND_BY),
        paying=st.sampled_from(PAYING), hours=st.sampled_from([0, 0, 4]),
    )  # fmt: skip
    @precondition(lambda self: len(self.live) < MOST_LIVE and len(self.seen.orders) < MOST_ORDERS)
    def an_order_is_placed(
        self, basket: tuple[str, ...], stand_by: StandByKind, paying: str, hours: int
    ) -> None:
        self.place(basket, stand_by, paying, hours)

    @rule(which=WHICH, by_office=st.booleans())
    @precondition(lambda self: self.live)
    def an_order_is_cancelled(self, which: int, by_office: bool) -> None:
        order = one(self.live, which)
        by = self.world.manager if by_office else self.world.customer
        why = CancellationReason.CHANGED_MIND
        self.may(step(cancelling.cancel, order.id, why, None, by=by))

    @rule(which=WHICH, far=st.booleans())
    @precondition(lambda self: self.live)
    def the_door_is_another_one(self, which: int, far: bool) -> None:
        details = Details(destination=FARTHER if far else DOOR, door_details="Third floor")
        order = one(self.live, which)
        self.may(step(amending.change_details, order.id, details, by=self.world.customer))

    @rule(which=WHICH, basket=st.sampled_from(BASKETS))
    @precondition(lambda self: self.live)
    def another_basket_is_wanted(self, which: int, basket: tuple[str, ...]) -> None:
        wanted, order = Replacement(tuple(self._portions(basket))), one(self.live, which)
        self.may(step(replacing.replace_lines, order.id, wanted, by=self.world.customer))

    @rule(which=WHICH, choice=st.sampled_from(ResolutionChoice), product=st.integers(0, 3))
    @precondition(lambda self: self.asked)
    def a_customer_chooses(self, which: int, choice: ResolutionChoice, product: int) -> None:
        resolution = one(self.asked, which)
        others = [*resolution.proposals, *map(self._product, ("borscht", "juice", "bread"))]
        self.may(
            step(
                resolving.answer, resolution.id, choice, one(others, product), self._window(4),
                by=self.world.customer,
            )
        )  # fmt: skip

    @property
    def asked(self) -> list[Resolution]:
        return [r for r in self.seen.resolutions if r.status in UNSETTLED]

    def place(
        self,
        basket: tuple[str, ...],
        stand_by: StandByKind = StandByKind.ASK_ME,
        paying: str = "CASH",
        hours: int = 0,
    ) -> None:
        how = {} if paying == "CASH" else {**CARD, "payment_token": paying}
        portions = self._portions(basket, kind=stand_by)
        wish = self.world.wish(*portions, window=self._window(hours), **how)
        if self.may(step(ordering.place, wish, by=self.world.customer)) and "slow" in paying:
            self.day.bank_thinks = True

    def _portions(self, basket: tuple[str, ...], **stand_by: Any) -> list[Portion]:
        return [self.world.portion(self._product(name), **stand_by) for name in basket]

    def _window(self, hours: int) -> Span | None:
        start = self.seen.now + timedelta(hours=hours)
        return Span(start, start + timedelta(hours=1)) if hours else None

    def _product(self, name: str) -> UUID:
        id: UUID = getattr(self.world, name)
        return id


class Cooking(Living):
    """Kitchens say yes or no on our board, or their own systems report what they like."""

    @rule(which=WHICH, minutes=st.sampled_from([None, 5, 50]))
    @precondition(lambda self: self.tickets(TicketStatus.SUBMITTED))
    def a_kitchen_accepts(self, which: int, minutes: int | None) -> None:
        ticket = one(self.tickets(TicketStatus.SUBMITTED), which)
        ready_at = minutes and self.seen.now + timedelta(minutes=minutes)
        self.must(step(kitchens.accept, ticket.id, ready_at or None, by=self.day.cook(ticket)))

    @rule(which=WHICH)
    @precondition(lambda self: self.which_can(TicketAction.REJECT))
    def a_kitchen_rejects(self, which: int) -> None:
        ticket = one(self.which_can(TicketAction.REJECT), which)
        self.must(step(kitchens.reject, ticket.id, "No gas.", by=self.day.cook(ticket)))

    @rule(which=WHICH)
    @precondition(lambda self: self.which_can(TicketAction.FINISH))
    def a_kitchen_is_ready(self, which: int) -> None:
        ticket = one(self.which_can(TicketAction.FINISH), which)
        self.must(step(kitchens.mark_ready, ticket.id, by=self.day.cook(ticket)))

    @rule(which=WHICH)
    @precondition(lambda self: self.had)
    def a_dish_runs_out(self, which: int) -> None:
        line = one(self.had, which)
        self.must(step(resolving.report, line.id, None, by=self.day.cook(line.ticket)))

    @rule(which=WHICH, status=st.sampled_from(KitchenStatus), misses=st.booleans())
    @precondition(lambda self: self.live)
    def a_kitchen_system_reports(self, which: int, status: KitchenStatus, misses: bool) -> None:
        """Late, twice, or out of order: nothing that it says is refused."""
        ticket = one([t for order in self.live for t in order.tickets], which)
        missing = ("100",) if misses else ()
        report = KitchenReport(f"x-{ticket.id}", status, status, missing=missing)
        self.must(step(kitchens.reported, ticket.id, report))

    def tickets(self, *statuses: TicketStatus) -> list[Ticket]:
        return [ticket for ticket in self.seen.tickets if ticket.status in statuses]

    def which_can(self, action: TicketAction) -> list[Ticket]:
        return [ticket for ticket in self.seen.tickets if ticket.can(action)]

    @property
    def had(self) -> list[Line]:
        """Lines that a kitchen thought it could cook until now."""
        asking = [*self.which_can(TicketAction.QUESTION), *self.tickets(TicketStatus.NEEDS_CHANGE)]
        return [line for t in asking for line in t.lines if line.can(LineAction.MISS)]
