"""Anybody tries anything that his role may ask for, with whatever there is: most of it is no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from catering.domain.amending import Details
from catering.domain.lines import ResolutionChoice
from catering.domain.orders import CancellationReason
from catering.domain.people import Actor
from catering.domain.permissions import WRITING
from catering.services import (
    amending,
    appointing,
    cancelling,
    kitchens,
    offering,
    resolving,
    travelling,
)
from tests.services.acting import Step, step

from .living import WHICH, Living, one

Try = Callable[[Any, Actor], Step[Any]]

TRIES: Final[dict[str, tuple[str, Try]]] = {
    "cancelOrder": ("orders", lambda order, by: step(
        cancelling.cancel, order.id, CancellationReason.OTHER, None, by=by)),
    "changeOrderDetails": ("orders", lambda order, by: step(
        amending.change_details, order.id, Details(contact_phone="0677654321"), by=by)),
    "acceptTicket": ("tickets", lambda ticket, by: step(kitchens.accept, ticket.id, None, by=by)),
    "rejectTicket": ("tickets", lambda ticket, by: step(kitchens.reject, ticket.id, "No.", by=by)),
    "markTicketReady": ("tickets", lambda ticket, by: step(kitchens.mark_ready, ticket.id, by=by)),
    "reportUnavailable": ("lines", lambda line, by: step(
        resolving.report, line.id, None, by=by)),
    "answerResolution": ("resolutions", lambda asked, by: step(
        resolving.answer, asked.id, ResolutionChoice.WAIT, None, by=by)),
    "acceptOffer": ("offers", lambda offer, by: step(offering.accept, offer.id, by=by)),
    "declineOffer": ("offers", lambda offer, by: step(offering.decline, offer.id, by=by)),
    "arriveAtStop": ("stops", lambda stop, by: step(travelling.arrive, stop.id, None, by=by)),
    "completeStop": ("stops", lambda stop, by: step(
        travelling.complete, stop.id, stop.whole().pin, None, None, by=by)),
    "releaseDelivery": ("deliveries", lambda delivery, by: step(
        travelling.release, delivery.id, by=by)),
    "recordContactAttempt": ("deliveries", lambda delivery, by: step(
        travelling.try_contact, delivery.id, None, by=by)),
    "assignDelivery": ("deliveries", lambda delivery, by: step(
        appointing.appoint, delivery.id, delivery.id, by=by)),
}  # fmt: skip
"""What is tried with which of all that is seen, by the name that the matrix of permissions has
for it."""


class Trying(Living):
    """Whoever is in the wrong place, too early, or too late."""

    @rule(what=st.sampled_from(sorted(TRIES)), which=WHICH, who=WHICH)
    @precondition(lambda self: self.seen.orders)
    def somebody_tries(self, what: str, which: int, who: int) -> None:
        among, take = TRIES[what]
        subjects: Sequence[Any] = getattr(self.seen, among)
        allowed = [actor for actor in self._everybody if actor.role in (WRITING[what] or ())]
        if subjects:
            self.may(take(one(subjects, which), one(allowed, who)))

    @property
    def _everybody(self) -> list[Actor]:
        world = self.world
        return [
            world.customer, world.stranger, world.driver, world.second_driver, world.manager,
            world.cook, world.market_cook,
        ]  # fmt: skip
