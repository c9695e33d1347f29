"""Rating the restaurants and the driver of an order that has come, and answering it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain import ids
from catering.domain.deliveries import DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.people import Actor
from catering.domain.ratings import faults, must_have_come, text_faults
from catering.domain.refusals import ForbiddenStep, InvalidInput, NotFound, Refused
from catering.domain.tickets import TicketStatus
from catering.models import Driver, Order, Rating, Restaurant, Ticket

from .orders import lock, of_actor
from .welcoming import must_be_welcome


async def rate_restaurant(
    session: AsyncSession,
    order_id: UUID,
    restaurant_id: UUID,
    stars: int,
    comment: str | None,
    *,
    by: Actor,
) -> Rating:
    """Say how the food of one restaurant was. Once, and only of food that has come."""
    order = await _come(session, order_id, stars, comment, by)
    ticket = _ticket_of(order, restaurant_id)
    about = {"restaurant_id": restaurant_id}
    rating = await _add(session, order, about, stars, comment, by)
    await _count(session, Restaurant, restaurant_id, stars)
    order.record(EventKind.ORDER_RATED, ticket, by=by, note=_told(stars))
    return rating


async def rate_driver(
    session: AsyncSession, order_id: UUID, stars: int, comment: str | None, *, by: Actor
) -> Rating:
    """Say how the driver was; a courier company's courier is not ours to rate."""
    order = await _come(session, order_id, stars, comment, by)
    driver_id = next(
        (d.driver_id for d in order.deliveries if d.status is DeliveryStatus.DELIVERED), None
    )
    if driver_id is None:
        raise Refused(NotFound("No driver of ours has carried it."))
    rating = await _add(session, order, {"driver_id": driver_id}, stars, comment, by)
    await _count(session, Driver, driver_id, stars)
    order.say(EventKind.ORDER_RATED, by=by, note=_told(stars))
    return rating


async def reply(session: AsyncSession, rating_id: UUID, text: str, *, by: Actor) -> Rating:
    """The restaurant's answer, once and for good."""
    problems = list(text_faults("text", text))
    if not text.strip():
        problems.append(InvalidInput("Write something.", ("text",), rule="required"))
    if problems:
        raise Refused(*problems)
    mine = Rating.answerable_by(by).where(Rating.id == rating_id)
    order_id = await session.scalar(mine.with_only_columns(Rating.order_id))
    if order_id is None:
        raise Refused(NotFound("There is no such rating.", ("ratingId",)))
    order = await lock(session, order_id)
    rating = await session.get_one(Rating, rating_id, populate_existing=True)
    if rating.reply is not None:
        raise Refused(ForbiddenStep("It was answered already.", current="ANSWERED"))
    rating.reply, rating.replied_at = text.strip(), order.now
    ticket = next(t for t in order.tickets if t.restaurant_id == rating.restaurant_id)
    order.record(EventKind.ORDER_RATING_ANSWERED, ticket, by=by)
    return rating


async def _come(
    session: AsyncSession, order_id: UUID, stars: int, comment: str | None, by: Actor
) -> Order:
    await must_be_welcome(session, by=by)
    order = await of_actor(session, order_id, by=by)
    if problems := list(faults(stars, comment)):
        raise Refused(*problems)
    must_have_come(order.status)
    return order


def _ticket_of(order: Order, restaurant_id: UUID) -> Ticket:
    for ticket in order.tickets:
        came = ticket.status is TicketStatus.PICKED_UP
        if came and ticket.restaurant_id == restaurant_id:
            return ticket
    raise Refused(NotFound("Nothing of this restaurant has come.", ("restaurantId",)))


async def _add(
    session: AsyncSession,
    order: Order,
    about: dict[str, UUID],
    stars: int,
    comment: str | None,
    by: Actor,
) -> Rating:
    """The constraint says that it is one: two at once are one, too."""
    given = insert(Rating).values(
        id=ids.new(), order_id=order.id, customer_id=by.id, stars=stars,
        comment=(comment or "").strip() or None, created_at=now(), **about,
    )  # fmt: skip
    id = await session.scalar(given.on_conflict_do_nothing().returning(Rating.id))
    if id is None:
        raise Refused(ForbiddenStep("You have rated it already.", current="RATED"))
    return await session.get_one(Rating, id)


async def _count(
    session: AsyncSession, model: type[Restaurant | Driver], id: UUID, stars: int
) -> None:
    counted: Any = update(model).where(model.id == id)
    await session.execute(
        counted.values(rating_sum=model.rating_sum + stars, rating_count=model.rating_count + 1)
    )


def _told(stars: int) -> str:
    return "★" * stars
