"""A restaurant said no, and the customer would rather wait: it is asked again, a little later."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import restaurants
from catering.domain.events import EventKind
from catering.domain.people import Actor
from catering.domain.reactions import TRY_AGAIN_AFTER
from catering.domain.refusals import ForbiddenStep, Refused, RestaurantClosed
from catering.domain.resolving import MOST_TRIES
from catering.models import Restaurant, Ticket

from .joining import can_join, join


async def insist(session: AsyncSession, lost: Ticket, *, by: Actor) -> Ticket:
    """Ask the restaurant again in ten minutes, with a ticket of its own and the same lines.

    Raises `Refused` where a courier is under way already, where it was asked often enough, or
    where the restaurant is closed then.
    """
    order = lost.order
    _must_make_sense(lost)
    home = await session.get_one(Restaurant, lost.restaurant_id)
    then = order.now + TRY_AGAIN_AFTER
    _must_be_open(home, then)
    again = await join(session, order, home, then, "choice")
    again.ask_anew(lost)
    order.record(EventKind.TICKET_REPEATED, again, by=by)
    return again


def _must_make_sense(lost: Ticket) -> None:
    tries = sum(ticket.restaurant_id == lost.restaurant_id for ticket in lost.order.tickets)
    if tries >= MOST_TRIES or not can_join(lost.order):
        raise Refused(
            ForbiddenStep(
                "It is too late to wait for it. Go without it, or cancel the order.", ("choice",),
                current=lost.status, allowed=("REMOVE", "CANCEL_ORDER"),
            )
        )  # fmt: skip


def _must_be_open(home: Restaurant, then: datetime) -> None:
    if not restaurants.takes_orders(home, then):
        raise Refused(
            RestaurantClosed(
                f"{home.name} takes no orders by then. Go without it, or cancel the order.",
                ("choice",),
                restaurant_id=home.id,
                opens_at=restaurants.next_change(home, then),
            )
        )
